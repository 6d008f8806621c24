//! The one way to a model's server: plain http, without proxy and redirects (the person named neither), and only to
//! this machine or the host that the person allowed.

use autocommit_core::settings::{is_loopback_host, url_host};
use std::time::Duration;

/// The longest wait for a connection.
pub(crate) const CONNECT: Duration = Duration::from_secs(1);

/// Why an address is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Forbidden {
    /// An https address: a whole implementation of TLS for an address that is on this machine by default.
    Https,
    /// Not an address, or one that two readers take for two hosts.
    Unclear,
    /// Another machine that the person did not allow.
    Elsewhere(String),
}

/// Whether the server at `base_url` may receive what a repository contains.
pub(crate) fn allowed(base_url: &str, allow_host: Option<&str>) -> Result<(), Forbidden> {
    if base_url.starts_with("https:") {
        return Err(Forbidden::Https);
    }
    let host = url_host(base_url).ok_or(Forbidden::Unclear)?;
    // What is connected to is what this one reads: `http://evil\@127.0.0.1` is two hosts to two readers.
    let parsed = reqwest::Url::parse(base_url).map_err(|_| Forbidden::Unclear)?;
    let meant = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']);
    if meant != host {
        return Err(Forbidden::Unclear);
    }
    match is_loopback_host(&host) || allow_host == Some(host.as_str()) {
        true => Ok(()),
        false => Err(Forbidden::Elsewhere(host)),
    }
}

/// The server that is connected to, as host and port: what a key belongs to. Another port is another program.
pub(crate) fn server(base_url: &str) -> Option<String> {
    let parsed = reqwest::Url::parse(base_url).ok()?;
    Some(format!("{}:{}", parsed.host_str()?, parsed.port_or_known_default()?))
}

/// A client for such a server.
pub(crate) fn client(connect: Duration) -> Result<reqwest::Client, reqwest::Error> {
    autocommit_web::client().connect_timeout(connect).build()
}

/// The address of one method, such as `chat/completions`; a base address may end with `/v1` or not.
pub(crate) fn address(base_url: &str, method: &str) -> String {
    let base = base_url.trim_end_matches('/');
    let version = if base.ends_with("/v1") { "" } else { "/v1" };
    format!("{base}{version}/{method}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_the_allowed_host() {
        let elsewhere = |host: &str| Err(Forbidden::Elsewhere(host.to_owned()));
        for (url, allow, expected) in [
            ("http://127.0.0.1:8000", None, Ok(())),
            ("http://localhost:11434/v1/", None, Ok(())),
            ("http://[::1]:8000", None, Ok(())),
            ("http://box.lan:8000", None, elsewhere("box.lan")),
            ("http://box.lan:8000", Some("box.lan"), Ok(())),
            ("http://box.lan.evil:8000", Some("box.lan"), elsewhere("box.lan.evil")),
            ("http://localhost.evil", None, elsewhere("localhost.evil")),
            ("http://127.0.0.1@evil.example", None, elsewhere("evil.example")),
            ("http://evil.example\\@127.0.0.1", None, Err(Forbidden::Unclear)),
            ("http://evil.example\t/@127.0.0.1", None, Err(Forbidden::Unclear)),
            ("http://0x7f.1", None, Err(Forbidden::Unclear)),
            ("https://127.0.0.1", None, Err(Forbidden::Https)),
            ("ftp://127.0.0.1", None, Err(Forbidden::Unclear)),
            ("", None, Err(Forbidden::Unclear)),
        ] {
            assert_eq!(allowed(url, allow), expected, "{url}");
        }
    }

    #[test]
    fn a_server_is_a_host_and_a_port() {
        for (url, expected) in [
            ("http://Box.lan/v1", "box.lan:80"),
            ("http://box.lan:8000/v1/", "box.lan:8000"),
            ("http://me:secret@box.lan:8000", "box.lan:8000"),
            ("http://[::1]:8000", "[::1]:8000"),
        ] {
            assert_eq!(server(url).as_deref(), Some(expected), "{url}");
        }
        assert_eq!([server(""), server("unix:/run/x")], [None, None]);
    }

    #[test]
    fn a_base_may_name_the_version() {
        for base in ["http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/"] {
            assert_eq!(address(base, "models"), "http://h:1/v1/models");
        }
    }
}
