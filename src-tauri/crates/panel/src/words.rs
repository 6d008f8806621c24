//! The words of tray and notifications. What a repository, a file or a host is called comes from elsewhere and is made
//! harmless and short here.

use autocommit_api::wire::Repository;
use autocommit_core::text::{counted, escape_controls, shortened};

/// Characters of a name; longer ones are cut.
const NAME: usize = 48;
/// Characters of a sentence that came from elsewhere.
const SENTENCE: usize = 240;
/// Names that are said before "and 3 more".
const NAMES: usize = 3;

/// A repository's name.
pub(crate) fn name(repo: &Repository) -> String {
    short(&repo.name)
}

/// A name of something else.
pub(crate) fn short(name: &str) -> String {
    shortened(&escape_controls(name), NAME)
}

/// A sentence from elsewhere.
pub(crate) fn sentence(text: &str) -> String {
    shortened(&escape_controls(text), SENTENCE)
}

/// As the markup that some desktops read in the body of a notification, of which nothing is used.
pub(crate) fn markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `a, b, c and 2 more`.
pub(crate) fn names(all: &[String]) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if all.len() <= NAMES => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", all[..NAMES].join(", "), all.len() - NAMES),
    }
}

/// Where a repository is pushed to, as people call it; nothing for a folder.
pub(crate) fn host(repo: &Repository) -> Option<String> {
    let url = repo.remote_url.as_deref()?;
    let authority = match url.split_once("://") {
        Some(("file", _)) => return None,
        Some((_, rest)) => rest.split('/').next()?,
        // `git@host:path`; a colon after a slash belongs to a path.
        None => url.split_once(':').map(|(host, _)| host).filter(|host| !host.contains('/'))?,
    };
    let host = authority.rsplit('@').next()?.split(':').next().filter(|host| host.len() > 1)?;
    Some(match host {
        "github.com" => "GitHub".to_owned(),
        "gitlab.com" => "GitLab".to_owned(),
        "bitbucket.org" => "Bitbucket".to_owned(),
        "codeberg.org" => "Codeberg".to_owned(),
        other => short(other),
    })
}

/// What the menu says after a repository's name.
pub(crate) fn brief(code: &str, held: usize) -> String {
    let words = match code {
        "held" if held > 0 => return format!("{} held", counted(held, "file")),
        "held" => "something is held",
        "detached_head" => "no branch is checked out",
        "lock_stays" | "ref_locked" => "locked",
        "unreadable" => "cannot be read",
        "foreign_owner" => "belongs to another user",
        "no_identity" => "git does not know your name",
        "signing_failed" => "could not be signed",
        "hook_failed" => "its own check failed",
        "hook_timed_out" => "its own check did not end",
        "hook_added_held" => "its hook adds a held file",
        "disk_full" => "the disk is full",
        "little_room" => "the disk is almost full",
        "read_only" => "cannot be written",
        "needs_trust" => "waits for your approval",
        "non_fast_forward" => "the remote has other commits",
        "rejected" => "push refused",
        "authentication" => "not signed in",
        "remote_missing" => "the remote is gone",
        "too_large" => "too large for the remote",
        "remote_not_configured" => "no such remote",
        "secret_unpushed" => "a secret in a commit",
        "lfs_not_uploaded" => "LFS files not uploaded",
        _ => "needs a look",
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_row() {
        let all = |n: usize| (0..n).map(|n| format!("r{n}")).collect::<Vec<_>>();
        assert_eq!(names(&all(1)), "r0");
        assert_eq!(names(&all(2)), "r0 and r1");
        assert_eq!(names(&all(3)), "r0, r1 and r2");
        assert_eq!(names(&all(5)), "r0, r1, r2 and 2 more");
    }

    #[test]
    fn hosts_as_people_call_them() {
        let mut repo = crate::tests::repo("a");
        for (url, expected) in [
            ("https://github.com/a/b.git", Some("GitHub")),
            ("git@gitlab.com:a/b.git", Some("GitLab")),
            ("ssh://git@git.example.org:2222/a.git", Some("git.example.org")),
            ("https://u@codeberg.org/a", Some("Codeberg")),
            ("/srv/git/a.git", None),
            ("./a:b/c", None),
            ("file:///srv/git/a.git", None),
            ("C:/work/a", None),
        ] {
            repo.remote_url = Some(url.to_owned());
            assert_eq!(host(&repo).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn what_comes_from_elsewhere_is_harmless_and_short() {
        let mut repo = crate::tests::repo("a");
        repo.name = format!("x\n\u{202e}{}", "y".repeat(90));
        let name = name(&repo);
        assert!(name.starts_with("x\\n\\u{202e}y") && name.ends_with('…'), "{name}");
        assert_eq!(name.chars().count(), NAME);
    }
}
