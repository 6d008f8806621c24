//! Settings: every key once, with its default and its explanation.
//!
//! The doc comment of a field is its explanation everywhere: in the file that `config init` writes, in `config show`,
//! and (through the JSON schema) in the window. Adding a setting is adding one field here.

mod layers;
mod template;

pub use layers::{ENV_CALL, KeyInfo, Layer, Layered, SettingsError};
pub use template::template;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{net::IpAddr, time::Duration};

/// All settings of the program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Folders searched for repositories. `~` and environment variables expand. While it is empty, nothing is touched.
    pub repos_base_paths: Vec<String>,
    /// How many folders deep below a base path a repository may be.
    pub recursive_depth: usize,
    /// Folder names or globs that are never entered while searching.
    pub exclude_patterns: Vec<String>,
    /// Seconds from the end of one cycle to the start of the next.
    pub cycle_interval_seconds: u64,
    /// React to file events instead of waiting for the next cycle.
    pub watch: bool,
    /// Seconds of stillness that a change needs before it is committed.
    pub quiet_seconds: f64,
    /// The longest time in seconds that constant writing can delay a commit; never less than `quiet_seconds`.
    pub max_wait_seconds: f64,
    /// The remote to push to when the branch has no upstream.
    pub git_remote: String,
    /// Commit and push only this branch; repositories on another branch are skipped and say so. Unset: whichever
    /// branch is checked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git_branch: Option<String>,
    /// Push after committing. False: commit only.
    pub push: bool,
    /// Do everything but write: report what would be committed, with its message.
    pub dry_run: bool,
    /// How many repositories are committed at the same time. Unset: the number of processor cores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_workers: Option<usize>,
    /// How many pushes run at the same time.
    pub push_workers: usize,
    /// How many pushes run at the same time to one host.
    pub push_per_host: usize,
    /// The language model that writes messages.
    pub llm: Llm,
    /// The local HTTP API.
    pub http: Http,
    /// What is held back instead of committed.
    pub guards: Guards,
    /// Desktop notifications.
    pub notifications: Notifications,
    /// How long a git command may take before it is ended.
    pub deadlines: Deadlines,
}

/// The language model that writes messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Llm {
    /// Ask a language model for messages. False: messages by rules only.
    pub enabled: bool,
    /// Address of a server that speaks the OpenAI API.
    pub base_url: String,
    /// The model to ask for.
    pub llama_model_id: String,
    /// Name of the environment variable that holds the API key. Unset: no key is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key_env: Option<String>,
    /// The longest time in seconds to wait for a message; afterwards the rules write it.
    pub timeout_seconds: f64,
    /// The one host other than this machine that may receive changes for a message. Unset: only this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_host: Option<String>,
}

/// The local HTTP API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Serve the API.
    pub enabled: bool,
    /// TCP port of the API.
    pub port: u16,
    /// Address the API listens on; only loopback addresses are accepted.
    pub bind: String,
}

/// What is held back instead of committed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Guards {
    /// Files larger than this many MiB are held.
    pub max_file_mib: u64,
    /// More new files than this in one commit are held.
    pub max_new_files: usize,
    /// More new MiB than this in one commit are held.
    pub max_new_mib: u64,
    /// Deletions of at least 10 files and more than this percentage of the repository are held.
    pub mass_delete_percent: u8,
    /// What happens to files that look like secrets.
    pub secrets: SecretsPolicy,
}

/// What happens to files that look like secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SecretsPolicy {
    /// The file is not committed until a person approves it.
    Hold,
    /// The file is committed and a warning is recorded.
    Warn,
}

/// Desktop notifications.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Notifications {
    /// Tell when a push failed for good.
    pub push_failure: bool,
    /// Tell when a change is held.
    pub held: bool,
    /// Tell when a failure is over.
    pub recovered: bool,
}

/// How long a git command may take before it is ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Deadlines {
    /// Seconds for a git command that works on this machine only.
    pub local_seconds: f64,
    /// Seconds for one hook of the repository.
    pub hook_seconds: f64,
    /// Seconds for one push; while its upload makes headway it is given longer.
    pub push_seconds: f64,
    /// Seconds that a push may go without any sign of progress.
    pub push_stall_seconds: f64,
}

impl Default for Settings {
    fn default() -> Self {
        let excluded = [
            "node_modules",
            ".venv",
            "venv",
            "dist",
            "build",
            "out",
            "__pycache__",
            "target",
            ".cache",
            ".git",
            ".tox",
            ".mypy_cache",
            ".pytest_cache",
            ".gradle",
            ".terraform",
            ".direnv",
            ".next",
            ".nuxt",
            "bower_components",
            "Pods",
            "DerivedData",
            ".Trash",
            ".local",
        ];
        Self {
            repos_base_paths: Vec::new(),
            recursive_depth: 4,
            exclude_patterns: excluded.map(str::to_owned).to_vec(),
            cycle_interval_seconds: 60,
            watch: true,
            quiet_seconds: 3.0,
            max_wait_seconds: 60.0,
            git_remote: "origin".to_owned(),
            git_branch: None,
            push: true,
            dry_run: false,
            commit_workers: None,
            push_workers: 8,
            push_per_host: 4,
            llm: Llm::default(),
            http: Http::default(),
            guards: Guards::default(),
            notifications: Notifications::default(),
            deadlines: Deadlines::default(),
        }
    }
}

impl Default for Llm {
    fn default() -> Self {
        Self {
            enabled: true,
            base_url: "http://127.0.0.1:8000".to_owned(),
            llama_model_id: "qwen2.5-1.5b-instruct".to_owned(),
            api_key_env: None,
            timeout_seconds: 20.0,
            allow_host: None,
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self { enabled: true, port: 8200, bind: "127.0.0.1".to_owned() }
    }
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            max_file_mib: 50,
            max_new_files: 2000,
            max_new_mib: 200,
            mass_delete_percent: 50,
            secrets: SecretsPolicy::Hold,
        }
    }
}

impl Default for Notifications {
    fn default() -> Self {
        Self { push_failure: true, held: true, recovered: false }
    }
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { local_seconds: 60.0, hook_seconds: 300.0, push_seconds: 300.0, push_stall_seconds: 60.0 }
    }
}

impl Settings {
    /// What is wrong with the values taken together: the dotted key and a sentence. Empty when all is well.
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let mut require = |ok: bool, key: &'static str, sentence: &str| {
            if !ok {
                found.push((key, sentence.to_owned()));
            }
        };
        let seconds = |s: f64, least: f64| s.is_finite() && (least..=31_536_000.0).contains(&s);
        require(self.cycle_interval_seconds >= 1, "cycle_interval_seconds", "must be at least 1");
        require(
            self.cycle_interval_seconds <= 31_536_000,
            "cycle_interval_seconds",
            "must be at most one year",
        );
        require(seconds(self.quiet_seconds, 0.0), "quiet_seconds", "must be 0 or more");
        require(seconds(self.max_wait_seconds, 0.0), "max_wait_seconds", "must be 0 or more");
        require((1..=64).contains(&self.recursive_depth), "recursive_depth", "must be between 1 and 64");
        require(valid_ref_part(&self.git_remote), "git_remote", "is not a name that a remote can have");
        require(
            self.git_branch.as_deref().is_none_or(valid_ref_part),
            "git_branch",
            "is not a name that a branch can have; leave it out to commit whichever branch is checked out",
        );
        require(
            self.commit_workers.is_none_or(|n| (1..=256).contains(&n)),
            "commit_workers",
            "must be between 1 and 256",
        );
        require((1..=256).contains(&self.push_workers), "push_workers", "must be between 1 and 256");
        require((1..=256).contains(&self.push_per_host), "push_per_host", "must be between 1 and 256");
        require(seconds(self.llm.timeout_seconds, 0.1), "llm.timeout_seconds", "must be more than 0");
        require(
            self.guards.mass_delete_percent <= 100,
            "guards.mass_delete_percent",
            "must be between 0 and 100",
        );
        require(self.guards.max_file_mib >= 1, "guards.max_file_mib", "must be at least 1");
        require(seconds(self.deadlines.local_seconds, 1.0), "deadlines.local_seconds", "must be at least 1");
        require(seconds(self.deadlines.hook_seconds, 1.0), "deadlines.hook_seconds", "must be at least 1");
        require(seconds(self.deadlines.push_seconds, 1.0), "deadlines.push_seconds", "must be at least 1");
        require(
            seconds(self.deadlines.push_stall_seconds, 1.0),
            "deadlines.push_stall_seconds",
            "must be at least 1",
        );
        require(self.http.port != 0, "http.port", "must be between 1 and 65535");
        require(
            self.http.bind.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
            "http.bind",
            "must be a loopback address such as 127.0.0.1 or ::1",
        );
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

/// The host of an http or https address, without port and brackets, in lower case.
pub fn url_host(url: &str) -> Option<String> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split_once(']')?.0,
        None => authority.split(':').next()?,
    };
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

fn is_loopback_host(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_have_no_problem() {
        assert_eq!(Settings::default().problems(), vec![]);
    }

    #[test]
    fn each_bad_value_is_named() {
        type Edit = fn(&mut Settings);
        let cases: [(&str, Edit); 12] = [
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
            ("deadlines.push_seconds", |s| s.deadlines.push_seconds = 0.5),
        ];
        for (key, edit) in cases {
            let mut settings = Settings::default();
            edit(&mut settings);
            assert_eq!(settings.problems().iter().map(|p| p.0).collect::<Vec<_>>(), vec![key]);
        }
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
    }
}
