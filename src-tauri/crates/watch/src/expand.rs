//! Base paths as a person writes them: `~` and environment variables.

use std::path::{Path, PathBuf};

/// Turns `~`, `~/x`, `$VAR` and `${VAR}` in a base path into an absolute path; the error is a sentence for a person.
pub fn expand(
    base: &str,
    home: Option<&Path>,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<PathBuf, String> {
    let (mut path, rest) = match base.strip_prefix('~') {
        None => (PathBuf::new(), base),
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            let home = home.filter(|h| h.is_absolute());
            let home = home.ok_or_else(|| format!("{base}: the home folder is not known"))?;
            (home.to_path_buf(), rest.trim_start_matches('/'))
        }
        Some(_) => return Err(format!("{base}: the home folder of another user must be written in full")),
    };
    let rest = with_variables(base, rest, env)?;
    if path.as_os_str().is_empty() {
        path = PathBuf::from(rest);
    } else if !rest.is_empty() {
        // A variable with an absolute value behind `~/` stays below the home folder.
        path.push(rest.trim_start_matches('/'));
    }
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(format!("{base:?} is not a full path: start it with / or ~/"))
    }
}

fn with_variables(base: &str, text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, tail) = match after.strip_prefix('{') {
            Some(inner) => inner.split_once('}').ok_or_else(|| format!("{base}: ${{ without }}"))?,
            None => {
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                after.split_at(after.find(|c| !is_name(c)).unwrap_or(after.len()))
            }
        };
        if name.is_empty() {
            return Err(format!("{base}: $ without the name of a variable"));
        }
        let value = env(name).filter(|value| !value.is_empty());
        out.push_str(&value.ok_or_else(|| format!("{base}: the variable {name} is not set"))?);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_expand() {
        let env = |name: &str| match name {
            "CODE" => Some("/srv/code".to_owned()),
            "TEAM" => Some("blue".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let home = Some(Path::new("/home/ada"));
        for (base, expected) in [
            ("~", Ok("/home/ada")),
            ("~/", Ok("/home/ada")),
            ("~/code", Ok("/home/ada/code")),
            ("/a/~/b", Ok("/a/~/b")),
            ("$CODE", Ok("/srv/code")),
            ("${CODE}/x", Ok("/srv/code/x")),
            ("$CODE/$TEAM-x", Ok("/srv/code/blue-x")),
            ("~/${TEAM}y", Ok("/home/ada/bluey")),
            ("~/$CODE", Ok("/home/ada/srv/code")),
            ("code", Err("full path")),
            ("$TEAM/x", Err("full path")),
            ("", Err("full path")),
            ("~bob/x", Err("another user")),
            ("$NOPE/x", Err("NOPE is not set")),
            ("/x/$EMPTY/", Err("EMPTY is not set")),
            ("/x/${CODE", Err("without }")),
            ("/x/$/y", Err("without the name")),
        ] {
            match (expand(base, home, &env), expected) {
                (Ok(path), Ok(text)) => assert_eq!(path, Path::new(text), "{base}"),
                (Err(sentence), Err(part)) => assert!(sentence.contains(part), "{base}: {sentence}"),
                (got, _) => panic!("{base}: {got:?}, expected {expected:?}"),
            }
        }
        assert!(expand("~/x", None, &env).is_err());
    }
}
