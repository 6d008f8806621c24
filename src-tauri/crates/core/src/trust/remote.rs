//! Addresses of remotes: which ones would start a program, which are folders, and whether a push goes where it went.

use super::{Digest, TrustKind};
use crate::{gitconfig::boolean, text::without_credentials};
use serde::{Deserialize, Serialize};

/// Inert names of `remote.*`; addresses are looked at by themselves.
pub(super) const INERT: &[&str] = &[
    "fetch",
    "followremotehead",
    "partialclonefilter",
    "promisor",
    "prune",
    "prunetags",
    "push",
    "pushdefault",
    "serveroption",
    "skipdefaultupdate",
    "skipfetchall",
    "tagopt",
];

/// Schemes that git speaks by itself, and those of its own helpers.
const PLAIN: &[&str] = &["file", "ftp", "ftps", "git", "git+ssh", "http", "https", "ssh", "ssh+git"];

/// The kind under which `remote.*.NAME = VALUE` asks.
pub(super) fn kind_of(name: &str, value: &str) -> Option<TrustKind> {
    match name {
        "url" | "pushurl" => helper(value).map(|_| TrustKind::RemoteProgram),
        "receivepack" | "uploadpack" | "vcs" => Some(TrustKind::RemoteProgram),
        "proxy" | "proxyauthmethod" => Some(TrustKind::Network),
        "lfsurl" | "lfspushurl" => Some(TrustKind::PushRedirect),
        "mirror" if value == "fetch" || boolean(value) == Some(false) => None,
        _ if INERT.contains(&name) => None,
        // Git's own names have no dash; this is some other program's note.
        _ if name.contains('-') => None,
        _ => Some(TrustKind::Other),
    }
}

/// The remote helper (`git-remote-NAME`) that git would start for an address, where it would start one.
pub fn helper(address: &str) -> Option<&str> {
    let end = address.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.'));
    let (name, rest) = address.split_at(end?);
    match rest {
        _ if name.is_empty() => None,
        _ if rest.starts_with("::") => Some(name),
        _ if rest.starts_with("://") && !PLAIN.contains(&name) => Some(name),
        _ => None,
    }
}

/// The folder that an address names, as it is written (without `file://`, `%XX` read); nothing for one that names a host
/// or a helper.
pub fn folder(address: &str) -> Option<String> {
    if let Some(path) = address.strip_prefix("file://") {
        return Some(unescaped(path));
    }
    if helper(address).is_some() || address.contains("://") {
        return None;
    }
    // `host:path`, but not `./odd:name`.
    match address.split_once(':') {
        Some((host, _)) if !host.contains('/') => None,
        _ => Some(address.to_owned()),
    }
}

fn unescaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| std::str::from_utf8(tail.get(..2)?).ok()).flatten();
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                rest = &tail[2..];
            }
            None => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// One address that a remote is pushed to, without what must not be stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Name of the remote.
    pub remote: String,
    /// Of the address without credentials: new ones lead to the same place.
    pub digest: Digest,
    /// The host, or `this machine`, for people.
    pub host: String,
}

impl Address {
    /// Of the address `url` of `remote`.
    pub fn new(remote: &str, url: &str) -> Self {
        let host = crate::snapshot::host_of(url);
        let host = if host == "local" { "this machine".to_owned() } else { host };
        let digest = Digest::of(&[b"push address", without_credentials(url).as_bytes()]);
        Self { remote: remote.to_owned(), digest, host }
    }
}

/// Which remotes the next push may go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushTo {
    /// None.
    Nowhere,
    /// This one.
    Remote(String),
    /// Unknown: it may be any.
    Any,
}

/// What is known of earlier addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Enrolled {
    /// Never looked at: the first sight is believed.
    #[default]
    Never,
    /// These.
    Known(Vec<Address>),
    /// There were some, and they cannot be read any more: none is believed.
    Lost,
}

/// The addresses of `now` that a person must confirm: a remote that led elsewhere before, or one that the next push goes
/// to although another was known.
pub(super) fn unconfirmed<'a>(now: &'a [Address], before: &Enrolled, to: &PushTo) -> Vec<&'a Address> {
    let known = match before {
        Enrolled::Never => return Vec::new(),
        Enrolled::Known(known) if known.is_empty() => return Vec::new(),
        Enrolled::Known(known) => known.as_slice(),
        Enrolled::Lost => return now.iter().collect(),
    };
    let next = |address: &Address| match to {
        PushTo::Nowhere => false,
        PushTo::Remote(name) => *name == address.remote,
        PushTo::Any => true,
    };
    let led_elsewhere = |address: &Address| known.iter().any(|k| k.remote == address.remote);
    now.iter()
        .filter(|a| !known.iter().any(|k| k.digest == a.digest))
        .filter(|a| led_elsewhere(a) || next(a))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::slice::from_ref;

    #[test]
    fn addresses_that_start_a_helper() {
        for (address, expected) in [
            ("ext::sh -c x", Some("ext")),
            ("fd::7", Some("fd")),
            ("codecommit::eu-west-1://x", Some("codecommit")),
            ("s3://bucket/x", Some("s3")),
            ("persistent-https://x", Some("persistent-https")),
            ("https://h/x::y", None),
            ("ssh://h/x", None),
            ("git@h:x::y", None),
            ("../x", None),
            ("/srv/ext::x", None),
            ("::x", None),
            ("x", None),
        ] {
            assert_eq!(helper(address), expected, "{address}");
        }
    }

    #[test]
    fn addresses_that_are_folders() {
        for (address, expected) in [
            ("../x.git", Some("../x.git")),
            ("/srv/a b.git", Some("/srv/a b.git")),
            ("./odd:name", Some("./odd:name")),
            ("file:///srv/a%20b.git", Some("/srv/a b.git")),
            ("file:///srv/100%", Some("/srv/100%")),
            ("host:x.git", None),
            ("git@h:x", None),
            ("https://h/x", None),
            ("ext::x", None),
        ] {
            assert_eq!(folder(address).as_deref(), expected, "{address}");
        }
    }

    #[test]
    fn an_address_is_confirmed_once() {
        let at = |remote: &str, url: &str| Address::new(remote, url);
        let known = |list: &[Address]| Enrolled::Known(list.to_vec());
        let origin = at("origin", "https://h/a");
        let to = |name: &str| PushTo::Remote(name.to_owned());
        let asks = |now: &[Address], before: &Enrolled, to: &PushTo| {
            unconfirmed(now, before, to).into_iter().map(|a| a.remote.clone()).collect::<Vec<_>>()
        };
        let nothing = Vec::<String>::new();
        assert_eq!(asks(from_ref(&origin), &Enrolled::Never, &to("origin")), nothing, "first sight");
        assert_eq!(asks(from_ref(&origin), &known(&[]), &to("origin")), nothing, "none before");
        assert_eq!(asks(from_ref(&origin), &known(from_ref(&origin)), &to("origin")), nothing);
        let token = at("origin", "https://me:new-token@h/a");
        assert_eq!(asks(&[token], &known(from_ref(&origin)), &to("origin")), nothing, "another token");
        let moved = at("origin", "https://evil/a");
        assert_eq!(asks(from_ref(&moved), &known(from_ref(&origin)), &PushTo::Nowhere), ["origin"]);
        let renamed = at("upstream", "https://h/a");
        assert_eq!(asks(from_ref(&renamed), &known(from_ref(&origin)), &to("upstream")), nothing, "renamed");
        assert_eq!(asks(&[renamed, moved], &known(from_ref(&origin)), &to("upstream")), ["origin"]);
        let fork = at("fork", "https://h/fork");
        let both = [origin.clone(), fork];
        assert_eq!(asks(&both, &known(from_ref(&origin)), &to("origin")), nothing, "added, not pushed to");
        assert_eq!(asks(&both, &known(from_ref(&origin)), &to("fork")), ["fork"]);
        assert_eq!(asks(&both, &known(&[origin]), &PushTo::Any), ["fork"]);
        assert_eq!(asks(&both, &Enrolled::Lost, &PushTo::Nowhere).len(), 2);
    }

    #[test]
    fn what_is_kept_names_no_secret() {
        let address = Address::new("origin", "https://me:s3cret@h:8443/a");
        assert_eq!(address.host, "h:8443");
        assert!(!format!("{address:?}").contains("s3cret"));
        assert_eq!(Address::new("origin", "/srv/a").host, "this machine");
    }
}
