//! The web pages of a remote, made from its address: only for hosts whose addresses are known, and only https.

/// How a host writes the addresses of its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// GitHub, Gitea and Forgejo (Codeberg), sourcehut: `/commit/ID`.
    Commit,
    /// GitLab: `/-/commit/ID`.
    GitLab,
    /// Bitbucket: `/commits/ID`.
    Bitbucket,
}

/// Characters in a path on such a host; longer ones are not theirs.
const LONGEST_PATH: usize = 400;

/// The page of a repository, from the address of its remote.
pub fn repository_page(remote_url: &str) -> Option<String> {
    page(remote_url).map(|(page, _)| page)
}

/// The page of a commit, from the address of the remote that has it and the commit's id.
pub fn commit_page(remote_url: &str, commit: &str) -> Option<String> {
    let (page, style) = page(remote_url)?;
    let hex = !commit.is_empty() && commit.bytes().all(|b| b.is_ascii_hexdigit());
    let between = match style {
        Style::Commit => "commit",
        Style::GitLab => "-/commit",
        Style::Bitbucket => "commits",
    };
    hex.then(|| format!("{page}/{between}/{commit}"))
}

fn page(remote_url: &str) -> Option<(String, Style)> {
    let (host, path) = host_and_path(remote_url)?;
    let host = match host.to_ascii_lowercase().as_str() {
        // Their ssh by way of the port of https.
        "ssh.github.com" => "github.com".to_owned(),
        "altssh.gitlab.com" => "gitlab.com".to_owned(),
        "altssh.bitbucket.org" => "bitbucket.org".to_owned(),
        host => host.to_owned(),
    };
    let style = style_of(&host)?;
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    let parts: Vec<&str> = path.split('/').collect();
    let good = |part: &&str| !part.is_empty() && !part.trim_matches('.').is_empty();
    let owner = |part: &str| host != "git.sr.ht" || part.starts_with('~');
    let whole = parts.len() >= 2 && owner(parts[0]) && path.len() <= LONGEST_PATH;
    (whole && parts.iter().all(|part| good(part) && part.chars().all(plain)))
        .then(|| (format!("https://{host}/{path}"), style))
}

/// Which pages a host has, by its name; nothing of a host that could be anything.
fn style_of(host: &str) -> Option<Style> {
    let labels: Vec<&str> = host.split('.').collect();
    let name =
        |label: &&str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if labels.len() < 2 || !labels.iter().all(name) {
        return None;
    }
    match (host, labels[0]) {
        ("bitbucket.org", _) => Some(Style::Bitbucket),
        (_, "gitlab") => Some(Style::GitLab),
        ("git.sr.ht" | "codeberg.org", _) | (_, "github" | "gitea" | "forgejo") => Some(Style::Commit),
        _ => None,
    }
}

/// Host and path of `https://…`, `ssh://…`, `git://…` and `user@host:path`, without user and port.
fn host_and_path(url: &str) -> Option<(&str, &str)> {
    let without_user = |authority| str::rsplit_once(authority, '@').map_or(authority, |(_, host)| host);
    if let Some((scheme, rest)) = url.split_once("://") {
        if !["https", "http", "ssh", "git", "git+ssh", "ssh+git"].contains(&scheme) {
            return None;
        }
        let (authority, path) = rest.split_once('/')?;
        let host = without_user(authority);
        return Some((host.split_once(':').map_or(host, |(host, _)| host), path));
    }
    let (host, path) = url.split_once(':')?;
    (!host.contains('/')).then(|| (without_user(host), path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages() {
        for (remote, expected) in [
            ("git@github.com:ada/notes.git", "https://github.com/ada/notes"),
            ("https://github.com/ada/notes", "https://github.com/ada/notes"),
            ("https://ada:secret@github.com/ada/notes.git/", "https://github.com/ada/notes"),
            ("ssh://git@ssh.github.com:443/ada/notes.git", "https://github.com/ada/notes"),
            ("ssh://github.com/ada/.dotfiles", "https://github.com/ada/.dotfiles"),
            ("git@gitlab.com:group/sub/x.y.git", "https://gitlab.com/group/sub/x.y"),
            ("https://GitLab.example.org/group/x.git", "https://gitlab.example.org/group/x"),
            ("git@bitbucket.org:team/x.git", "https://bitbucket.org/team/x"),
            ("https://codeberg.org/ada/x.git", "https://codeberg.org/ada/x"),
            ("ssh://git@gitea.example.org:2222/ada/x.git", "https://gitea.example.org/ada/x"),
            ("git@git.sr.ht:~ada/x", "https://git.sr.ht/~ada/x"),
        ] {
            assert_eq!(repository_page(remote).as_deref(), Some(expected), "{remote}");
        }
    }

    #[test]
    fn addresses_without_a_page_that_is_known() {
        for remote in [
            "/srv/git/notes.git",
            "../notes",
            "file:///srv/github.com/a/b",
            "https://example.org/ada/notes.git",
            "git@work:ada/notes.git",
            "https://github.com/ada",
            "https://github.com/ada/../x",
            "https://github.com/ada/%2e%2e/x",
            "https://github.com/a b/x",
            "https://github.com/ada/x\"y",
            "https://github.com/ada/x?y=z",
            "https://github.com.evil\\/ada/x",
            "git@git.sr.ht:ada/x",
            "ext::sh -c x github.com:a/b",
            "javascript://github.com/a/b",
            "https://github/a/b",
            "",
        ] {
            assert_eq!(repository_page(remote), None, "{remote}");
        }
    }

    #[test]
    fn commits() {
        let of = |remote| commit_page(remote, "0abc12").unwrap();
        assert_eq!(of("git@github.com:a/b"), "https://github.com/a/b/commit/0abc12");
        assert_eq!(of("git@gitlab.com:a/b"), "https://gitlab.com/a/b/-/commit/0abc12");
        assert_eq!(of("git@bitbucket.org:a/b"), "https://bitbucket.org/a/b/commits/0abc12");
        assert_eq!(commit_page("git@github.com:a/b", "../x"), None);
    }
}
