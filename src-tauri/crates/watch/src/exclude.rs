//! Folders that are never entered: names, globs on names, globs on paths.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::{ffi::OsStr, path::Path};

/// The skip list, compiled.
pub(crate) struct Exclude {
    names: GlobSet,
    paths: GlobSet,
}

impl Exclude {
    /// Compiles `patterns`; returns with it a sentence for each pattern that is not a glob (it is then taken literally,
    /// so that what a person meant to exclude is not entered).
    pub(crate) fn new(patterns: &[String]) -> (Self, Vec<(String, String)>) {
        let mut problems = Vec::new();
        let (mut names, mut paths) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for pattern in patterns {
            let text = pattern.trim_end_matches('/');
            if text.is_empty() {
                continue;
            }
            if text.starts_with('~') || text.starts_with('$') {
                let sentence = "This exclude pattern matches nothing: write a folder name or the full path.";
                problems.push((pattern.clone(), sentence.to_owned()));
            }
            let is_path = text.contains('/');
            let build = |text: &str| GlobBuilder::new(text).literal_separator(is_path).build();
            let glob = build(text).or_else(|error| {
                let sentence = format!("This exclude pattern is not a glob ({}).", error.kind());
                problems.push((pattern.clone(), sentence));
                build(&globset::escape(text))
            });
            let Ok(glob) = glob else { continue };
            let set = if is_path { &mut paths } else { &mut names };
            set.add(glob);
            if let Some(relative) = text.strip_prefix('/')
                && let Ok(glob) = build(relative)
            {
                paths.add(glob);
            }
        }
        let built = |set: GlobSetBuilder, problems: &mut Vec<(String, String)>| {
            set.build().unwrap_or_else(|error| {
                problems.push((String::new(), format!("The exclude patterns cannot be used: {error}.")));
                GlobSet::empty()
            })
        };
        let (names, paths) = (built(names, &mut problems), built(paths, &mut problems));
        (Self { names, paths }, problems)
    }

    /// Whether the folder `parent/name`, found below `base`, is never entered.
    pub(crate) fn matches(&self, base: &Path, parent: &Path, name: &OsStr) -> bool {
        if name == ".git" || self.names.is_match(Path::new(name)) {
            return true;
        }
        if self.paths.is_empty() {
            return false;
        }
        let path = parent.join(name);
        let relative = path.strip_prefix(base).unwrap_or(&path);
        self.paths.is_match(relative) || self.paths.is_match(&path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_globs_and_paths() {
        let patterns = ["target", "*.tmp", "work/old", "deep/**/x", "/srv/base/abs", "/top", "back/", "[a"];
        let (exclude, problems) = Exclude::new(&patterns.map(str::to_owned));
        assert_eq!(problems.len(), 1, "{problems:?}");
        let base = Path::new("/srv/base");
        for (relative, expected) in [
            ("target", true),
            ("a/b/target", true),
            ("targets", false),
            ("a/x.tmp", true),
            ("work/old", true),
            ("a/work/old", false),
            ("old", false),
            ("deep/x", true),
            ("deep/a/b/x", true),
            ("abs", true),
            ("top", true),
            ("a/top", false),
            ("back", true),
            ("[a", true),
            (".git", true),
        ] {
            let path = base.join(relative);
            let (parent, name) = (path.parent().unwrap(), path.file_name().unwrap());
            assert_eq!(exclude.matches(base, parent, name), expected, "{relative}");
        }
    }

    #[test]
    fn a_pattern_that_cannot_match_is_named() {
        let (_, problems) = Exclude::new(&["~/private".to_owned()]);
        assert_eq!(problems.len(), 1);
    }
}
