//! Where reports go: to an address, to a program, or nowhere. Only the person's own configuration says it.

use super::{is_loopback_host, is_whole_path, url_host};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// Reports of what needs you, for a machine without a desktop: the same episodes as notifications, each told once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Reports {
    /// The https address that reports are posted to; http only on this machine, unless `webhook_plain_http` says
    /// otherwise. Unset: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Webhook", extend("file_only" = true))]
    pub webhook_url: Option<String>,
    /// What is posted: `json`, or `text` for services that show what they are sent.
    #[schemars(title = "Form of the webhook", extend("file_only" = true))]
    pub webhook_format: ReportFormat,
    /// Name of a header that is sent along, such as Authorization; its value comes from `webhook_header_env` or
    /// `webhook_header_file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Header of the webhook", extend("file_only" = true))]
    pub webhook_header: Option<String>,
    /// Name of the environment variable that holds the header's value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Variable of the header", extend("file_only" = true))]
    pub webhook_header_env: Option<String>,
    /// The file that holds the header's value, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(title = "File of the header", extend("file_only" = true))]
    pub webhook_header_file: Option<String>,
    /// Let reports and the header go to another machine over http, readable by all who are on the way.
    #[schemars(title = "Webhook without encryption", extend("file_only" = true))]
    pub webhook_plain_http: bool,
    /// A program and its arguments that is started for each report and is given it on standard input. No shell reads
    /// it. Empty: none.
    #[schemars(title = "Command for reports", extend("file_only" = true))]
    pub command: Vec<String>,
    /// Seconds that this program may take before it is ended.
    #[schemars(title = "Time for the command", range(min = 1, max = 600), extend("unit" = "seconds", "file_only" = true))]
    pub command_seconds: u64,
}

/// What is posted to the webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReportFormat {
    /// An object with fields.
    Json,
    /// Title and sentences.
    Text,
}

/// Headers that the request itself needs.
const OURS: [&str; 6] =
    ["host", "content-length", "content-type", "transfer-encoding", "connection", "user-agent"];

impl Default for Reports {
    fn default() -> Self {
        Self {
            webhook_url: None,
            webhook_format: ReportFormat::Json,
            webhook_header: None,
            webhook_header_env: None,
            webhook_header_file: None,
            webhook_plain_http: false,
            command: Vec::new(),
            command_seconds: 30,
        }
    }
}

impl Reports {
    /// Whether anybody is to be told.
    pub fn on(&self) -> bool {
        self.webhook_url.is_some() || !self.command.is_empty()
    }

    /// Time for the command.
    pub fn command_time(&self) -> Duration {
        Duration::from_secs(self.command_seconds)
    }

    /// What is wrong with it: the dotted key and the end of a sentence.
    pub(super) fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let mut require = |ok: bool, key: &'static str, sentence: &str| {
            if !ok {
                found.push((key, sentence.to_owned()));
            }
        };
        let url = self.webhook_url.as_deref();
        let host = url.map(url_host);
        require(
            host != Some(None),
            "reports.webhook_url",
            "must be an address like https://ntfy.example.org/topic",
        );
        require(
            !url.is_some_and(has_user),
            "reports.webhook_url",
            "must not hold a user name or password; name a header for it with webhook_header",
        );
        let plain = url.is_some_and(|url| url.starts_with("http://"));
        let away = host.flatten().is_some_and(|host| !is_loopback_host(&host));
        require(
            !(plain && away) || self.webhook_plain_http,
            "reports.webhook_url",
            "must begin with https://; to send reports in the open set webhook_plain_http = true under [reports]",
        );
        let value = (self.webhook_header_env.is_some(), self.webhook_header_file.is_some());
        require(
            self.webhook_header.as_deref().is_none_or(is_header),
            "reports.webhook_header",
            "is not the name of a header that can be added",
        );
        require(
            self.webhook_header.is_none() || value.0 != value.1,
            "reports.webhook_header",
            "needs its value from either webhook_header_env or webhook_header_file",
        );
        require(
            self.webhook_header.is_some() || value == (false, false),
            if value.0 { "reports.webhook_header_env" } else { "reports.webhook_header_file" },
            "is for a header, which webhook_header must name",
        );
        require(
            self.webhook_header_file.as_deref().is_none_or(is_whole_path),
            "reports.webhook_header_file",
            "must be the whole path of a file",
        );
        require(
            self.command.first().is_none_or(|program| is_whole_path(program)),
            "reports.command",
            "must begin with the whole path of a program",
        );
        require(
            self.command.len() <= 64
                && self.command.iter().all(|part| part.len() <= 4096 && !part.contains('\0')),
            "reports.command",
            "takes at most 64 parts of at most 4096 bytes each",
        );
        require(
            (1..=600).contains(&self.command_seconds),
            "reports.command_seconds",
            "must be between 1 and 600",
        );
        found
    }
}

/// The value of a setting as others may see it: the address of a webhook often is its own password, and arguments of a
/// program may hold one.
pub fn public_value(key: &str, value: Value) -> Value {
    match (key, value) {
        ("reports.webhook_url", Value::String(url)) => match (url.split_once("://"), url_host(&url)) {
            (Some((scheme, _)), Some(host)) => Value::String(format!("{scheme}://{host}/…")),
            _ => Value::String("…".to_owned()),
        },
        ("reports.command", Value::Array(parts)) if parts.len() > 1 => {
            parts.into_iter().take(1).chain([Value::String("…".to_owned())]).collect()
        }
        (_, value) => value,
    }
}

fn has_user(url: &str) -> bool {
    let authority = url.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    authority.is_some_and(|authority| authority.contains('@'))
}

fn is_header(name: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&byte);
    !name.is_empty()
        && name.len() <= 100
        && name.bytes().all(token)
        && !OURS.contains(&name.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(edit: impl FnOnce(&mut Reports)) -> Vec<&'static str> {
        let mut reports = Reports::default();
        edit(&mut reports);
        reports.problems().into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn in_the_open_only_to_this_machine_or_at_a_word() {
        for (url, plain, well) in [
            ("https://ntfy.sh/topic", false, true),
            ("http://127.0.0.1:8080/x", false, true),
            ("http://localhost/x", false, true),
            ("http://[::1]:1", false, true),
            ("http://ntfy.lan/topic", false, false),
            ("http://ntfy.lan/topic", true, true),
            ("http://127.0.0.1.evil.example/", false, false),
            ("http://127.0.0.1@evil.example/", true, false),
            ("https://me:word@ntfy.sh/topic", false, false),
            ("https://ntfy.sh\\@127.0.0.1/", false, false),
            ("ntfy.sh/topic", true, false),
            ("file:///etc/passwd", true, false),
            ("", true, false),
        ] {
            let found = wrong(|reports| {
                reports.webhook_url = Some(url.into());
                reports.webhook_plain_http = plain;
            });
            assert_eq!(found.is_empty(), well, "{url}: {found:?}");
            assert!(found.iter().all(|key| *key == "reports.webhook_url"), "{url}: {found:?}");
        }
    }

    #[test]
    fn a_header_has_one_value_and_a_program_a_whole_path() {
        assert_eq!(
            wrong(|reports| reports.webhook_header = Some("X-Key".into())),
            ["reports.webhook_header"]
        );
        assert_eq!(
            wrong(|reports| reports.webhook_header_env = Some("KEY".into())),
            ["reports.webhook_header_env"]
        );
        for (header, file, env, well) in [
            ("Authorization", Some("~/.config/key"), None, true),
            ("Authorization", None, Some("KEY"), true),
            ("Authorization", Some("/k"), Some("KEY"), false),
            ("Authorization", Some("key"), None, false),
            ("Host", Some("/k"), None, false),
            ("X-Key: a\r\nX-Other", Some("/k"), None, false),
        ] {
            let found = wrong(|reports| {
                reports.webhook_header = Some(header.into());
                reports.webhook_header_file = file.map(str::to_owned);
                reports.webhook_header_env = env.map(str::to_owned);
            });
            assert_eq!(found.is_empty(), well, "{header}: {found:?}");
        }
        let command =
            |parts: &[&str]| wrong(|r| r.command = parts.iter().map(|part| (*part).to_owned()).collect());
        assert_eq!(command(&["/usr/bin/msmtp", "me@example.org"]), [""; 0]);
        for bad in [&["msmtp"][..], &["./report"], &[""], &["/x", "a\0b"]] {
            assert_eq!(command(bad), ["reports.command"], "{bad:?}");
        }
        assert_eq!(wrong(|reports| reports.command_seconds = 0), ["reports.command_seconds"]);
    }

    #[test]
    fn others_see_neither_the_whole_address_nor_arguments() {
        let url = Value::from("https://hooks.example.org:8443/services/T0/B0/hush?key=hush");
        assert_eq!(public_value("reports.webhook_url", url), "https://hooks.example.org/…");
        let command = Value::from(vec!["/usr/bin/curl", "-H", "X: hush"]);
        assert_eq!(public_value("reports.command", command).to_string(), r#"["/usr/bin/curl","…"]"#);
        assert_eq!(public_value("push", Value::Bool(true)), true);
    }
}
