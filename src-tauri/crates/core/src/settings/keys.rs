//! The settings themselves: every key once.
//!
//! The doc comment of a field is its explanation, `title` its name for people; `group` says where it is shown (a section's
//! counts for what is in it), `unit` what it counts, `range` which numbers it takes. `file_only` is what no program may set
//! for a person: it could send work elsewhere or name a secret. `restart` is what takes effect at the next start only.

use super::Reports;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest time that can be set, in seconds.
pub(super) const YEAR: u32 = 31_536_000;

/// All settings of the program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Folders searched for repositories. `~` and environment variables expand. While it is empty, nothing is touched.
    #[schemars(title = "Folders", extend("group" = "folders"))]
    pub repos_base_paths: Vec<String>,
    /// How many folders deep below a base path a repository may be.
    #[schemars(title = "Search depth", extend("group" = "folders"), range(min = 1, max = 64))]
    pub recursive_depth: usize,
    /// Folder names or globs that are never entered while searching.
    #[schemars(title = "Folders to leave out", extend("group" = "folders"))]
    pub exclude_patterns: Vec<String>,
    /// Seconds from the end of one cycle to the start of the next.
    #[schemars(title = "Time between cycles", extend("group" = "timing", "unit" = "seconds"), range(min = 1, max = YEAR))]
    pub cycle_interval_seconds: u64,
    /// React to file events instead of waiting for the next cycle.
    #[schemars(title = "React at once", extend("group" = "timing"))]
    pub watch: bool,
    /// Seconds of stillness that a change needs before it is committed.
    #[schemars(title = "Stillness before a commit", extend("group" = "timing", "unit" = "seconds"), range(min = 0.0, max = YEAR))]
    pub quiet_seconds: f64,
    /// The longest time in seconds that constant writing can delay a commit; never less than `quiet_seconds`.
    #[schemars(title = "Longest delay", extend("group" = "timing", "unit" = "seconds"), range(min = 0.0, max = YEAR))]
    pub max_wait_seconds: f64,
    /// The remote to push to when the branch has no upstream.
    #[schemars(title = "Remote", extend("group" = "push"))]
    pub git_remote: String,
    /// Commit and push only this branch; repositories on another branch are skipped and say so. Unset: whichever
    /// branch is checked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Branch", extend("group" = "push"))]
    pub git_branch: Option<String>,
    /// Push after committing. False: commit only.
    #[schemars(title = "Push after committing", extend("group" = "push"))]
    pub push: bool,
    /// Do everything but write: report what would be committed, with its message.
    #[schemars(title = "Rehearse only", extend("group" = "guards"))]
    pub dry_run: bool,
    /// How many repositories are committed at the same time. Unset: the number of processor cores.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Commits at the same time", extend("group" = "timing"), range(min = 1, max = 256))]
    pub commit_workers: Option<usize>,
    /// How many pushes run at the same time.
    #[schemars(title = "Pushes at the same time", extend("group" = "push"), range(min = 1, max = 256))]
    pub push_workers: usize,
    /// How many pushes run at the same time to one host.
    #[schemars(title = "Pushes at the same time to one host", extend("group" = "push"), range(min = 1, max = 256))]
    pub push_per_host: usize,
    /// Let pushes to one host share an SSH connection, which ends a minute after its last use. Where your SSH settings share
    /// connections themselves, or you have git use another program, those are left as they are.
    #[schemars(title = "Share SSH connections", extend("group" = "push"))]
    pub share_ssh_connections: bool,
    /// How messages are written below a path: for each such path one `[[messages]]` with `path`, `instructions` and
    /// `examples` for the language model, and `rules_only`. Of several, the longest path counts.
    #[schemars(title = "Wishes by folder", extend("group" = "messages"))]
    pub messages: Vec<MessageWishes>,
    /// The language model that writes messages.
    #[schemars(extend("group" = "messages"))]
    pub llm: Llm,
    /// What is logged, such as `debug` or `info,autocommit_git=debug`; takes effect at once. Unset: what was asked for at the
    /// start.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Log", extend("group" = "api"))]
    pub log_filter: Option<String>,
    /// The local HTTP API.
    #[schemars(extend("group" = "api"))]
    pub http: Http,
    /// What is done less often on battery, and where data costs money.
    #[schemars(extend("group" = "timing"))]
    pub power: Power,
    /// How repositories are kept fast: what commits left as single files is packed while nobody is at work.
    #[schemars(extend("group" = "timing"))]
    pub maintenance: Maintenance,
    /// What is held back instead of committed.
    #[schemars(extend("group" = "guards"))]
    pub guards: Guards,
    /// Desktop notifications.
    #[schemars(extend("group" = "notifications"))]
    pub notifications: Notifications,
    /// Reports of what needs you, for a machine without a desktop: the same episodes as notifications, each told once.
    #[schemars(extend("group" = "notifications"))]
    pub reports: Reports,
    /// How long a git command may take before it is ended.
    #[schemars(extend("group" = "timing"))]
    pub deadlines: Deadlines,
}

/// The language model that writes messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Llm {
    /// Ask a language model for messages. False: messages by rules only.
    #[schemars(title = "Ask a language model")]
    pub enabled: bool,
    /// Address of a server that speaks the OpenAI API.
    #[schemars(title = "Server")]
    pub base_url: String,
    /// The model to ask for.
    #[schemars(title = "Model")]
    pub llama_model_id: String,
    /// Name of the environment variable that holds the API key. Unset: a server that asks for a key is given the one that
    /// `autocommit model key set` put into the system's keyring for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Variable of the API key", extend("file_only" = true))]
    pub api_key_env: Option<String>,
    /// The longest time in seconds to wait for a message; afterwards the rules write it.
    #[schemars(title = "Longest wait for a message", extend("unit" = "seconds"), range(min = 0.1, max = YEAR))]
    pub timeout_seconds: f64,
    /// The one host other than this machine that may receive changes for a message. Unset: only this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Allowed host", extend("file_only" = true))]
    pub allow_host: Option<String>,
    /// Run `llama-server` with a downloaded model whenever no other server answers at `base_url`.
    #[schemars(title = "Run a model on this machine")]
    pub managed: bool,
    /// The model to run; `autocommit model list` shows which there are.
    #[schemars(title = "Model to run")]
    pub managed_model: String,
    /// The `llama-server` program to run. Unset: the one found on PATH.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Program of the model", extend("file_only" = true))]
    pub server_program: Option<String>,
}

/// What a person asks of the messages below a path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MessageWishes {
    /// The folder; `~` and environment variables expand.
    pub path: String,
    /// How to write, in words, for the language model.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub instructions: String,
    /// Subjects to write like.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
    /// Messages by rules only: nothing of these repositories is shown to a language model.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rules_only: bool,
}

/// The local HTTP API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Serve the API.
    #[schemars(title = "Local API", extend("restart" = true))]
    pub enabled: bool,
    /// TCP port of the API.
    #[schemars(title = "Port", extend("restart" = true), range(min = 1))]
    pub port: u16,
    /// Address the API listens on; only loopback addresses are accepted.
    #[schemars(title = "Address", extend("restart" = true))]
    pub bind: String,
    /// Let a coding agent (`autocommit mcp`) commit with its own message, start cycles, pause and resume. Without it, it
    /// may only look.
    #[schemars(title = "Actions of coding agents", extend("file_only" = true))]
    pub agent_actions: bool,
}

/// What is done less often on battery, and where data costs money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Power {
    /// What changes on battery: `stretch` looks at most every 10 minutes and pushes every 5, `pause` does neither by itself
    /// until the machine is plugged in, `same` changes nothing. What is told to change is committed all the same.
    #[schemars(title = "On battery")]
    pub on_battery: PowerPolicy,
    /// What changes where the system says that data costs money: `stretch` pushes every 15 minutes, `pause` not before the
    /// connection is another one, `same` changes nothing.
    #[schemars(title = "On a metered connection")]
    pub on_metered: PowerPolicy,
}

/// What happens where power or data is scarce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PowerPolicy {
    /// It is done less often.
    Stretch,
    /// Nothing changes.
    Same,
    /// It waits.
    Pause,
}

/// How repositories are kept fast: what commits left as single files is packed while nobody is at work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Maintenance {
    /// Pack the objects of a repository now and then; nothing is ever given up by it. Where your git configuration says
    /// anything about maintenance (`gc.auto = 0`, `maintenance.*`), the repository is left to you.
    #[schemars(title = "Pack repositories")]
    pub enabled: bool,
    /// So many objects that are files of their own are packed.
    #[schemars(title = "Objects to pack", extend("unit" = "objects"), range(min = 1))]
    pub loose_objects: usize,
    /// Seconds for which nothing may have happened in the repository before.
    #[schemars(title = "Rest before packing", extend("unit" = "seconds"), range(min = 1, max = YEAR))]
    pub rest_seconds: u64,
    /// Wait until the machine has little else to do.
    #[schemars(title = "Pack only on an idle machine")]
    pub only_when_idle: bool,
}

/// What is held back instead of committed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Guards {
    /// Files larger than this many MiB are held.
    #[schemars(title = "Largest file", extend("unit" = "MiB"), range(min = 1))]
    pub max_file_mib: u64,
    /// More new files than this in one commit are held.
    #[schemars(title = "New files in one commit", extend("unit" = "files"))]
    pub max_new_files: usize,
    /// More new MiB than this in one commit are held.
    #[schemars(title = "New data in one commit", extend("unit" = "MiB"))]
    pub max_new_mib: u64,
    /// Deletions of at least 10 files and more than this percentage of the repository are held.
    #[schemars(title = "Deletions in one commit", extend("unit" = "%"), range(max = 100))]
    pub mass_delete_percent: u8,
    /// What happens to files that look like secrets.
    #[schemars(title = "Secrets")]
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
    #[schemars(title = "Failed pushes")]
    pub push_failure: bool,
    /// Tell when a change is held.
    #[schemars(title = "Held changes")]
    pub held: bool,
    /// Tell when a failure is over.
    #[schemars(title = "Recoveries")]
    pub recovered: bool,
}

/// How long a git command may take before it is ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Deadlines {
    /// Seconds for a git command that works on this machine only.
    #[schemars(title = "Time for a git command", extend("unit" = "seconds"), range(min = 1.0, max = YEAR))]
    pub local_seconds: f64,
    /// Seconds for one hook of the repository.
    #[schemars(title = "Time for a hook", extend("unit" = "seconds"), range(min = 1.0, max = YEAR))]
    pub hook_seconds: f64,
    /// Seconds for one push; while its upload makes headway it is given longer.
    #[schemars(title = "Time for a push", extend("unit" = "seconds", "group" = "push"), range(min = 1.0, max = YEAR))]
    pub push_seconds: f64,
    /// Seconds that a push may go without any sign of progress.
    #[schemars(title = "Silence during a push", extend("unit" = "seconds", "group" = "push"), range(min = 1.0, max = YEAR))]
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
            share_ssh_connections: true,
            messages: Vec::new(),
            llm: Llm::default(),
            log_filter: None,
            http: Http::default(),
            power: Power::default(),
            maintenance: Maintenance::default(),
            guards: Guards::default(),
            notifications: Notifications::default(),
            reports: Reports::default(),
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
            managed: false,
            managed_model: "qwen2.5-coder-1.5b-instruct".to_owned(),
            server_program: None,
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self { enabled: true, port: 8200, bind: "127.0.0.1".to_owned(), agent_actions: false }
    }
}

impl Default for Power {
    fn default() -> Self {
        Self { on_battery: PowerPolicy::Stretch, on_metered: PowerPolicy::Stretch }
    }
}

impl Default for Maintenance {
    fn default() -> Self {
        Self { enabled: true, loose_objects: 2000, rest_seconds: 600, only_when_idle: true }
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
