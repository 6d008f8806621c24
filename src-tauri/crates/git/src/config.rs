//! Reads git's configuration: who said what, in which scope.
//!
//! The person's own part (system and global) is asked of git once and kept while its files do not change. A
//! repository's part is a plain file, read in process; where it does more than a plain file can (includes, per-worktree
//! files, conditional includes of the person's) git is asked instead.

use crate::{command::Git, error::GitError, repo_call, trust::conditional_hooks};
use autocommit_core::{
    gitconfig::{self, Setting},
    repo::Repo,
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

/// Who a value belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The machine's or the person's own.
    Person,
    /// The repository's.
    Repository,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    key: String,
    value: String,
    scope: Scope,
}

/// The effective configuration of one repository; later entries win.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Config {
    entries: Vec<Entry>,
}

impl Config {
    /// The value in force for `key` (section and name in lower case, subsection as written).
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.entries.iter().rev().find(|e| e.key == key).map(|e| e.value.as_str())
    }

    /// The value that the person's own configuration gives.
    pub(crate) fn person(&self, key: &str) -> Option<&str> {
        self.entries.iter().rev().find(|e| e.key == key && e.scope == Scope::Person).map(|e| e.value.as_str())
    }

    /// All values of `key`, in order.
    pub(crate) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.entries.iter().filter(move |e| e.key == key).map(|e| e.value.as_str())
    }

    /// All keys that have a value.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|e| e.key.as_str())
    }

    /// A value as git reads a boolean; nothing where it is unset or not one.
    pub(crate) fn boolean(&self, key: &str) -> Option<bool> {
        gitconfig::boolean(self.get(key)?)
    }

    /// All values of keys `section.*.name`, with the subsection, in order.
    pub(crate) fn subsections<'a>(&'a self, section: &str, name: &str) -> Vec<(&'a str, &'a str, Scope)> {
        let (head, tail) = (format!("{section}."), format!(".{name}"));
        self.entries
            .iter()
            .filter_map(|e| {
                let middle = e.key.strip_prefix(&head)?.strip_suffix(&tail)?;
                Some((middle, e.value.as_str(), e.scope))
            })
            .collect()
    }

    /// Keys and values of the person's that `wanted` accepts, in order.
    pub(crate) fn person_entries(&self, wanted: impl Fn(&str) -> bool) -> Vec<(&str, &str)> {
        let theirs = self.entries.iter().filter(|e| e.scope == Scope::Person && wanted(&e.key));
        theirs.map(|e| (e.key.as_str(), e.value.as_str())).collect()
    }

    #[cfg(test)]
    pub(crate) fn of(entries: &[(&str, &str, Scope)]) -> Self {
        let entry = |(key, value, scope): &(&str, &str, Scope)| Entry {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
            scope: *scope,
        };
        Self { entries: entries.iter().map(entry).collect() }
    }
}

/// The person's configuration, kept while its files stay the same.
#[derive(Debug, Default)]
pub(crate) struct PersonConfig(Mutex<Option<Arc<Kept>>>);

#[derive(Debug)]
pub(crate) struct Kept {
    entries: Vec<Entry>,
    conditional: bool,
    files: Vec<(PathBuf, Stamp)>,
    /// Every `core.hooksPath`, also those that count in some repositories only.
    pub(crate) hooks: Vec<String>,
}

type Stamp = Option<(SystemTime, u64)>;

impl Kept {
    /// Every file that was read, or would be if it were there.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.files.iter().map(|(path, _)| path.clone()).collect()
    }

    /// The effective configuration of a repository with these settings of its own.
    pub(crate) fn with(&self, own: &[Setting]) -> Config {
        let own = own.iter().map(|s| Entry { key: s.key.clone(), value: s.text(), scope: Scope::Repository });
        Config { entries: self.entries.iter().cloned().chain(own).collect() }
    }
}

impl PersonConfig {
    pub(crate) async fn read(&self, git: &Git) -> Result<Arc<Kept>, GitError> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(kept) = kept
            && kept.files.iter().all(|(path, stamp)| stamp_of(path) == *stamp)
        {
            return Ok(kept);
        }
        let output = git
            .call("config")
            // Outside every repository, so that only the person's own answers.
            .env("GIT_DIR", "/dev/null")
            .directory(Path::new("/"))
            .args(["config", "--list", "--includes", "-z", "--show-scope", "--show-origin"])
            .run()
            .await?;
        let mut files: Vec<_> =
            candidates(git).into_iter().map(|path| (stamp_of(&path), path)).map(|(s, p)| (p, s)).collect();
        let entries = parse(&output.stdout, |origin| {
            if let Some(path) = origin.strip_prefix("file:").map(PathBuf::from)
                && !files.iter().any(|(known, _)| *known == path)
            {
                files.push((path.clone(), stamp_of(&path)));
            }
        })
        .ok_or(GitError::Unparsable { step: "config" })?;
        let conditional = entries.iter().any(|e| e.key.starts_with("includeif."));
        let mut hooks: Vec<_> =
            entries.iter().filter(|e| e.key == "core.hookspath").map(|e| e.value.clone()).collect();
        if conditional {
            let origins: Vec<_> = files.iter().map(|(path, _)| path.clone()).collect();
            for (path, found) in conditional_hooks(git, &origins) {
                hooks.extend(found);
                files.push((path.clone(), stamp_of(&path)));
            }
        }
        let kept = Arc::new(Kept { entries, conditional, files, hooks });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept.clone());
        Ok(kept)
    }
}

/// Files that may appear later and would then count.
fn candidates(git: &Git) -> Vec<PathBuf> {
    let home = git.environment("HOME").map(PathBuf::from);
    let xdg = git
        .environment("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| home.as_ref().map(|h| h.join(".config")));
    let global = git.environment("GIT_CONFIG_GLOBAL").map(PathBuf::from);
    [home.map(|h| h.join(".gitconfig")), xdg.map(|x| x.join("git/config")), global]
        .into_iter()
        .flatten()
        .collect()
}

fn stamp_of(path: &Path) -> Stamp {
    let meta = std::fs::metadata(path).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

/// The effective configuration of `repo`.
pub(crate) async fn read(git: &Git, person: &PersonConfig, repo: &Repo) -> Result<Config, GitError> {
    let kept = person.read(git).await?;
    if !kept.conditional
        && let Some(own) = plain_file(&repo.common_dir.join("config"))
    {
        let entries = kept.entries.iter().cloned().chain(own).collect();
        return Ok(Config { entries });
    }
    let output = repo_call(git, repo, "config")
        .args(["config", "--list", "--includes", "-z", "--show-scope", "--show-origin"])
        .check()
        .await?;
    let entries = parse(&output.stdout, |_| {}).ok_or(GitError::Unparsable { step: "config" })?;
    // Our own `-c` overrides are in the list too; they are nobody's configuration.
    Ok(Config { entries })
}

/// The entries of a configuration file that stands alone; nothing where git itself must be asked.
fn plain_file(path: &Path) -> Option<Vec<Entry>> {
    // A pipe in its place would be waited for without a limit; git, which is asked instead, has one.
    if !path.metadata().is_ok_and(|meta| meta.is_file()) {
        return None;
    }
    let settings = gitconfig::parse(&std::fs::read(path).ok()?).ok()?;
    let more =
        |s: &Setting| matches!(s.section(), "include" | "includeif") || s.key == "extensions.worktreeconfig";
    if settings.iter().any(more) {
        return None;
    }
    let entry = |s: Setting| Entry { value: s.text(), key: s.key, scope: Scope::Repository };
    Some(settings.into_iter().map(entry).collect())
}

/// Keys and values of a configuration file that stands alone, in order; nothing where it cannot be read as one.
pub(crate) fn plain_entries(path: &Path) -> Option<Vec<(String, String)>> {
    Some(plain_file(path)?.into_iter().map(|e| (e.key, e.value)).collect())
}

/// Parses `scope NUL origin NUL key NL value NUL …`.
fn parse(bytes: &[u8], mut origin_seen: impl FnMut(&str)) -> Option<Vec<Entry>> {
    let mut fields = bytes.split(|b| *b == 0).map(String::from_utf8_lossy);
    let mut entries = Vec::new();
    loop {
        let scope = fields.next()?;
        if scope.is_empty() {
            return Some(entries);
        }
        let scope = match scope.as_ref() {
            "system" | "global" => Scope::Person,
            "local" | "worktree" => Scope::Repository,
            "command" => {
                fields.nth(1)?;
                continue;
            }
            _ => return None,
        };
        origin_seen(&fields.next()?);
        let pair = fields.next()?;
        let (key, value) = pair.split_once('\n').unwrap_or((&pair, "true"));
        entries.push(Entry { key: key.to_owned(), value: value.to_owned(), scope });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_in_the_place_of_a_file_is_not_opened() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config");
        mknodat(CWD, &path, FileType::Fifo, Mode::RWXU, 0).unwrap();
        let writer = path.clone();
        // Whoever opens it gets something, so that a mistake is told instead of waited for.
        std::thread::spawn(move || while std::fs::write(&writer, "[core]\n\tbare = false\n").is_ok() {});
        assert!(plain_entries(&path).is_none());
        assert!(!path.metadata().unwrap().is_file());
    }

    #[test]
    fn scopes_and_order() {
        let bytes = b"system\0file:/etc/gitconfig\0push.default\nsimple\0global\0file:/h/.gitconfig\0user.name\nA\nB\0\
            command\0command line:\0core.pager\ncat\0local\0file:.git/config\0remote.o.x.url\nu\0local\0file:.git/config\0core.bare\0";
        let mut origins = Vec::new();
        let config = Config { entries: parse(bytes, |o| origins.push(o.to_owned())).unwrap() };
        assert_eq!(config.get("user.name"), Some("A\nB"));
        assert_eq!(config.get("core.pager"), None);
        assert_eq!(config.boolean("core.bare"), Some(true));
        assert_eq!(config.person("remote.o.x.url"), None);
        assert_eq!(config.subsections("remote", "url"), [("o.x", "u", Scope::Repository)]);
        assert_eq!(origins.len(), 4);
        assert_eq!(parse(b"garbage", |_| {}), None);
    }

    #[test]
    fn a_plain_file_reads_as_git_reads_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config");
        std::fs::write(
            &path,
            "[core]\n\tfileMode\n[Remote \"Ori.gin\"]\n\tURL = \"https://h/a b\" ; note\n\turl = two\n[autocommit]\nenabled = no\n",
        )
        .unwrap();
        let config = Config { entries: plain_file(&path).unwrap() };
        assert_eq!(config.boolean("core.filemode"), Some(true));
        let urls: Vec<_> = config.subsections("remote", "url").iter().map(|u| (u.0, u.1)).collect();
        assert_eq!(urls, [("Ori.gin", "https://h/a b"), ("Ori.gin", "two")]);
        assert_eq!(config.boolean("autocommit.enabled"), Some(false));
        for asks_git in ["[include]\npath = x\n", "[extensions]\nworktreeConfig = true\n", "[broken\n"] {
            std::fs::write(&path, asks_git).unwrap();
            assert_eq!(plain_file(&path), None, "{asks_git}");
        }
    }
}
