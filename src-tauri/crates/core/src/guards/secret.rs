//! Passwords, tokens and keys in what would be committed.

use super::{AfterStaging, Finding, Rule, content::Seen};
use crate::{path::RepoPath, settings::SecretsPolicy};
use autocommit_secret::Found;

pub(super) fn check(seen: &AfterStaging<'_>) -> Vec<Finding> {
    let hold = seen.limits.secrets == SecretsPolicy::Hold;
    seen.contents
        .iter()
        .filter_map(|c| match &c.seen {
            Seen::Bytes(bytes) if hold && !bytes.secrets.is_empty() => Some(finding(&c.path, &bytes.secrets)),
            Seen::TooLarge => Some(Finding {
                path: c.path.clone(),
                rule: Rule::FileTooLarge,
                hint: "It is too large to be looked through: use Git LFS, ignore it, or run autocommit approve on it."
                    .to_owned(),
            }),
            _ => None,
        })
        .collect()
}

fn finding(path: &RepoPath, secrets: &[Found]) -> Finding {
    let others = match secrets.len() {
        1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    };
    let first = &secrets[0];
    Finding {
        path: path.clone(),
        rule: Rule::Secret,
        hint: format!(
            "Line {} holds what looks like {}{others}: take it out, ignore the file, or run autocommit approve on it.",
            first.line, first.what
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        guards::{
            content::{Bytes, Content},
            testing::found_in,
        },
        settings,
    };

    #[test]
    fn what_looks_like_a_secret_is_held_unless_the_person_only_wants_a_warning() {
        let found = Found { rule: "x", what: "a token", line: 3 };
        let secret = Seen::Bytes(Bytes { secrets: vec![found], ..Bytes::default() });
        let contents = [
            Content { path: "config.py".into(), seen: secret },
            Content { path: "fine".into(), seen: Seen::Bytes(Bytes::default()) },
            Content { path: "huge".into(), seen: Seen::TooLarge },
        ];
        let hold = settings::Guards::default();
        let expected = [("config.py".to_owned(), "secret"), ("huge".to_owned(), "file_too_large")];
        assert_eq!(found_in(&contents, &hold), expected);
        let warn = settings::Guards { secrets: SecretsPolicy::Warn, ..hold };
        assert_eq!(found_in(&contents, &warn), expected[1..], "never passed unread, whatever the policy");
    }
}
