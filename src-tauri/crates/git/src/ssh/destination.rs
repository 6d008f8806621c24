//! Whom git would have ssh connect to for an address, in ssh's own words.

/// The words that git puts on ssh's command line to say where.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Destination(Vec<String>);

impl Destination {
    /// That of one address; nothing for one that is not of ssh, is one of several, or is written in an unusual way
    /// (addresses of numbers in brackets, percent signs): those are left to git alone.
    pub(crate) fn of(url: &str) -> Option<Self> {
        let (authority, port) = match url.split_once("://") {
            Some(("ssh" | "git+ssh" | "ssh+git", rest)) => {
                let authority = rest.split_once('/')?.0;
                match authority.rsplit_once(':') {
                    Some((before, port)) => (before, Some(port)),
                    None => (authority, None),
                }
            }
            Some(_) => return None,
            None => {
                let (authority, _) = url.split_once(':')?;
                (authority, None)
            }
        };
        let (user, host) = match authority.split_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        let plain = |text: &str| {
            !text.is_empty()
                && !text.starts_with('-')
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        };
        let known = plain(host) && user.is_none_or(plain) && !url.contains([' ', '%']);
        let words = match port {
            Some(port) => vec!["-p".to_owned(), port.parse::<u16>().ok()?.to_string(), authority.to_owned()],
            None => vec![authority.to_owned()],
        };
        known.then_some(Self(words))
    }

    pub(crate) fn words(&self) -> &[String] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_git_tells_ssh() {
        for (url, words) in [
            ("git@host.example:me/x.git", Some("git@host.example")),
            ("host:x", Some("host")),
            ("ssh://host/x", Some("host")),
            ("ssh://git@host:2222/x:y", Some("-p 2222 git@host")),
            ("git+ssh://a-b_c@host/x", Some("a-b_c@host")),
            ("/srv/x:y", None),
            ("./x:y", None),
            ("file:///srv/x", None),
            ("https://git@host/x", None),
            ("ssh://host", None),
            ("ssh://host:/x", None),
            ("ssh://u:secret@host/x", None),
            ("ssh://[::1]:22/x", None),
            ("[host:22]:x", None),
            ("ssh://ho%73t/x", None),
            ("-oProxyCommand=x:y", None),
            ("git@-host:x", None),
            ("git@one:x git@two:x", None),
        ] {
            let found = Destination::of(url).map(|d| d.words().join(" "));
            assert_eq!(found.as_deref(), words, "{url}");
        }
    }
}
