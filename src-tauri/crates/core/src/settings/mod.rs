//! Settings: every key once, with its default and its explanation.
//!
//! The doc comment of a field is its explanation everywhere: in the file that `config init` writes, in `config show`,
//! and (through the JSON schema) in the window. Adding a setting is adding one field in `keys.rs`.

mod describe;
mod edit;
mod keys;
mod layers;
mod reports;
mod template;

pub use describe::{GROUPS, KeyInfo, Kind};
pub use edit::edit;
pub use keys::{
    Deadlines, Guards, Http, Llm, Maintenance, MessageWishes, Notifications, Power, PowerPolicy,
    SecretsPolicy, Settings,
};
pub use layers::{ENV_CALL, ENV_REPORT, Layer, Layered, SettingsError};
pub use reports::{ReportFormat, Reports, public_value};
pub use template::template;
pub use toml_edit::Value as FileValue;

use std::{net::IpAddr, time::Duration};

impl Settings {
    /// What is wrong with the values taken together: the dotted key and a sentence. Empty when all is well.
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let values = serde_json::to_value(self).unwrap_or_default();
        let mut found: Vec<(&'static str, String)> = Vec::new();
        for key in describe::keys() {
            let value = key.key.split('.').try_fold(&values, |value, part| value.get(part));
            if !key.allows(value) {
                found.push((&key.key, format!("must be {}", key.limits().unwrap_or_default())));
            }
        }
        let mut require = |ok: bool, key: &'static str, sentence: &str| {
            if !ok {
                found.push((key, sentence.to_owned()));
            }
        };
        require(valid_ref_part(&self.git_remote), "git_remote", "is not a name that a remote can have");
        require(
            self.git_branch.as_deref().is_none_or(valid_ref_part),
            "git_branch",
            "is not a name that a branch can have; leave it out to commit whichever branch is checked out",
        );
        require(
            self.http.bind.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
            "http.bind",
            "must be a loopback address such as 127.0.0.1 or ::1",
        );
        require(
            valid_model_name(&self.llm.managed_model),
            "llm.managed_model",
            "is not a name that a model can have; autocommit model list shows the names",
        );
        require(
            self.llm.server_program.as_deref().is_none_or(is_whole_path),
            "llm.server_program",
            "must be the whole path of a program",
        );
        require(
            self.log_filter.as_deref().is_none_or(is_log_filter),
            "log_filter",
            "must be levels such as `debug`, or parts with levels such as `info,autocommit_git=debug`",
        );
        found.extend(self.reports.problems());
        for wishes in &self.messages {
            let wrong = wishes.problem().map(|sentence| ("messages", sentence));
            found.extend(wrong);
        }
        match url_host(&self.llm.base_url) {
            None => found.push(("llm.base_url", "must be an address like http://127.0.0.1:8000".to_owned())),
            Some(host) if is_loopback_host(&host) => {}
            Some(host) if self.llm.allow_host.as_deref() == Some(host.as_str()) => {}
            Some(host) => found.push((
                "llm.base_url",
                format!(
                    "{host} is not this machine; to send changes there set allow_host = {host:?} under [llm]"
                ),
            )),
        }
        found
    }

    /// Stillness that a change needs.
    pub fn quiet(&self) -> Duration {
        Duration::from_secs_f64(self.quiet_seconds)
    }

    /// The longest delay by constant writing.
    pub fn max_wait(&self) -> Duration {
        Duration::from_secs_f64(self.max_wait_seconds.max(self.quiet_seconds))
    }
}

impl MessageWishes {
    /// What is wrong with it, as the end of a sentence.
    fn problem(&self) -> Option<String> {
        let line = |text: &String| !text.trim().is_empty() && !text.chars().any(char::is_control);
        let absolute =
            self.path.starts_with(['/', '~', '$']) || std::path::Path::new(&self.path).is_absolute();
        let sentence = match () {
            () if !absolute => "needs a `path` that begins with / or ~ in each block",
            () if self.instructions.len() > 2000 => "has instructions of more than 2000 bytes",
            () if self.instructions.chars().any(|c| c.is_control() && c != '\n' && c != '\t') => {
                "has instructions with a control character in them"
            }
            () if self.examples.len() > 10 || self.examples.iter().any(|e| e.len() > 200 || !line(e)) => {
                "takes at most ten examples, each one line of at most 200 bytes"
            }
            () => return None,
        };
        Some(sentence.to_owned())
    }
}

/// Whether `name` can be a remote or branch name (git's check-ref-format, and no leading dash).
pub fn valid_ref_part(name: &str) -> bool {
    let bad_component = |c: &str| c.is_empty() || c.starts_with('.') || c.ends_with(".lock");
    !name.is_empty()
        && !name.starts_with('-')
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.contains("@{")
        && name != "@"
        && !name
            .chars()
            .any(|c| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\'))
        && !name.split('/').any(bad_component)
}

/// The host of an http or https address, without port and brackets, in lower case. Nothing for an address with a
/// character in it that some programs read as another, or leave out: a backslash is a slash to browsers.
pub fn url_host(url: &str) -> Option<String> {
    if url.chars().any(|c| c == '\\' || c.is_whitespace() || c.is_control()) {
        return None;
    }
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
    // Readers of addresses differ in what these mean: `http://a\\@b` is the host a to some and b to others.
    if rest.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control()) {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split_once(']').filter(|(_, port)| port.is_empty() || port.starts_with(':'))?.0,
        None => authority.split(':').next()?,
    };
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// Whether a text says what is logged, in the words of tracing's `EnvFilter`. A word that is no level would be taken for a
/// part's name, and silence all others: alone stand only names that are certainly meant as such.
fn is_log_filter(filter: &str) -> bool {
    const LEVELS: [&str; 12] =
        ["error", "warn", "info", "debug", "trace", "off", "0", "1", "2", "3", "4", "5"];
    let is_level = |word: &str| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word));
    let is_part =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "_:-".contains(c));
    let is_ours = |word: &str| is_part(word) && (word.contains("::") || word.starts_with("autocommit"));
    filter.split(',').map(str::trim).all(|directive| match directive.rsplit_once('=') {
        // What is said of spans and their fields stands in brackets.
        Some((part, level)) => is_level(level) && (is_part(part) || part.ends_with(']')),
        None => directive.is_empty() || is_level(directive) || is_ours(directive),
    })
}

/// Whether a path means the same wherever it is read.
fn is_whole_path(path: &str) -> bool {
    path.starts_with("~/") || std::path::Path::new(path).is_absolute()
}

/// Host and port of an http or https address.
pub fn host_and_port(url: &str) -> Option<(String, u16)> {
    let host = url_host(url)?;
    let authority = url.split_once("://")?.1.split(['/', '?', '#']).next()?;
    let after_user = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let after_host = after_user.rsplit_once(']').map_or(after_user, |(_, rest)| rest);
    let port = match after_host.rsplit_once(':') {
        Some((_, port)) => port.parse().ok()?,
        None if url.starts_with("https:") => 443,
        None => 80,
    };
    Some((host, port))
}

/// Whether a text can be the name of a model: it becomes the name of a file and a word on a command line.
pub fn valid_model_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    name.len() <= 80 && name.bytes().all(plain) && name.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// Whether a host is this machine, by its name or number alone.
pub fn is_loopback_host(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_filter_names_levels() {
        for good in [
            "",
            "debug",
            "debug,",
            "off",
            "INFO,autocommit_git=debug",
            "warn, autocommit_engine::run=trace",
            "info,autocommit_git",
            "hyper::proto",
            "autocommit_git[run]=debug",
            "[run{repo=x}]=trace",
        ] {
            assert!(is_log_filter(good), "{good}");
        }
        for bad in ["][", "nonsense", "info,nonsense", "autocommit_git=", "=debug", "a=loud"] {
            assert!(!is_log_filter(bad), "{bad}");
        }
    }

    #[test]
    fn defaults_have_no_problem() {
        assert_eq!(Settings::default().problems(), vec![]);
    }

    #[test]
    fn each_bad_value_is_named() {
        type Edit = fn(&mut Settings);
        let cases: [(&str, Edit); 14] = [
            ("cycle_interval_seconds", |s| s.cycle_interval_seconds = 0),
            ("quiet_seconds", |s| s.quiet_seconds = -1.0),
            ("max_wait_seconds", |s| s.max_wait_seconds = -1.0),
            ("git_remote", |s| s.git_remote = "--upload-pack=x".into()),
            ("git_branch", |s| s.git_branch = Some(String::new())),
            ("push_workers", |s| s.push_workers = 0),
            ("http.bind", |s| s.http.bind = "0.0.0.0".into()),
            ("http.bind", |s| s.http.bind = "localhost".into()),
            ("http.port", |s| s.http.port = 0),
            ("llm.base_url", |s| s.llm.base_url = "https://api.example.org/v1".into()),
            ("llm.base_url", |s| s.llm.base_url = "127.0.0.1:8000".into()),
            ("llm.managed_model", |s| s.llm.managed_model = "../x".into()),
            ("llm.server_program", |s| s.llm.server_program = Some("llama-server".into())),
            ("deadlines.push_seconds", |s| s.deadlines.push_seconds = 0.5),
        ];
        for (key, edit) in cases {
            let mut settings = Settings::default();
            edit(&mut settings);
            assert_eq!(settings.problems().iter().map(|p| p.0).collect::<Vec<_>>(), vec![key]);
        }
    }

    #[test]
    fn wishes_name_a_folder_and_fit_into_a_prompt() {
        let wishes = MessageWishes { path: "~/code".into(), ..MessageWishes::default() };
        let problems = |wishes: MessageWishes| {
            Settings { messages: vec![wishes], ..Settings::default() }.problems().len()
        };
        assert_eq!(problems(wishes.clone()), 0);
        assert_eq!(problems(MessageWishes { path: "code".into(), ..wishes.clone() }), 1);
        assert_eq!(problems(MessageWishes { path: String::new(), ..wishes.clone() }), 1);
        assert_eq!(problems(MessageWishes { instructions: "a\u{1b}".into(), ..wishes.clone() }), 1);
        assert_eq!(problems(MessageWishes { instructions: "x".repeat(2001), ..wishes.clone() }), 1);
        assert_eq!(problems(MessageWishes { examples: vec!["a\nb".into()], ..wishes.clone() }), 1);
        assert_eq!(problems(MessageWishes { examples: vec!["a".into(); 11], ..wishes.clone() }), 1);
        let fine = MessageWishes {
            instructions: "Short.\nIn German.".into(),
            examples: vec!["Kürze".into()],
            ..wishes
        };
        assert_eq!(problems(fine), 0);
    }

    #[test]
    fn hosts_and_ports() {
        for (url, host, port) in [
            ("http://127.0.0.1:8000", "127.0.0.1", 8000),
            ("http://localhost/v1", "localhost", 80),
            ("https://[::1]:9/v1", "::1", 9),
            ("https://[::1]/v1", "::1", 443),
            ("http://u:p@127.0.0.1:1/x", "127.0.0.1", 1),
        ] {
            assert_eq!(host_and_port(url), Some((host.into(), port)), "{url}");
        }
        assert_eq!(host_and_port("127.0.0.1:8000"), None);
    }

    #[test]
    fn a_model_elsewhere_needs_exactly_its_host_named() {
        let mut settings = Settings::default();
        settings.llm.base_url = "https://API.example.org:443/v1".into();
        settings.llm.allow_host = Some("example.org".into());
        assert_eq!(settings.problems().len(), 1);
        settings.llm.allow_host = Some("api.example.org".into());
        assert_eq!(settings.problems(), vec![]);
        settings.llm.allow_host = None;
        for local in ["http://localhost:1", "http://[::1]:1/v1", "http://127.9.9.9", "http://u@127.0.0.1"] {
            settings.llm.base_url = local.into();
            assert_eq!(settings.problems(), vec![], "{local}");
        }
        settings.llm.base_url = "http://127.0.0.1@evil.example".into();
        assert_eq!(settings.problems().len(), 1, "the part before @ is a user name");
        for odd in [
            "http://evil.example\\@127.0.0.1",
            "http://evil.example\\/@127.0.0.1/v1",
            "http://127.0.0.1\t.evil.example",
            "http://127.0.0.1 .evil.example",
            "http://[::1].evil.example",
            "http://[::1]@evil.example",
            "http://evil.example#@127.0.0.1",
            "http://evil.example?@127.0.0.1",
            " http://127.0.0.1",
        ] {
            settings.llm.base_url = odd.into();
            assert_eq!(settings.problems().len(), 1, "{odd:?}");
        }
    }
}
