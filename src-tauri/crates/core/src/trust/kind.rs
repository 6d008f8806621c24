//! The kinds of what a repository brings.

use serde::{Deserialize, Serialize};

/// Kinds of what a repository brings; a person may approve one kind in all repositories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustKind {
    /// Hooks in husky's layout.
    Husky,
    /// Hooks of the framework called pre-commit.
    PreCommit,
    /// Hooks of lefthook.
    Lefthook,
    /// Hooks and filters exactly as Git LFS writes them.
    GitLfs,
    /// The filter exactly as git-crypt writes it.
    GitCrypt,
    /// Any other hook.
    Hook,
    /// Another folder of hooks.
    HooksPath,
    /// Any other filter, or attributes from elsewhere.
    Filter,
    /// Configuration taken from another file.
    Include,
    /// Programs that are asked for passwords.
    Credential,
    /// The ssh command.
    Ssh,
    /// Programs that sign.
    Signing,
    /// Addresses that are replaced by others.
    PushRedirect,
    /// A remote whose address is not the one that was known.
    PushAddress,
    /// Proxies, and what is believed of a connection.
    Network,
    /// Programs at either end of a push, and helpers for protocols.
    RemoteProgram,
    /// Programs of a folder on this machine that is pushed to.
    RemoteFolder,
    /// Another work tree or store.
    WorkTree,
    /// Any other program.
    Program,
    /// What is not known to be harmless.
    Other,
}

impl TrustKind {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::Husky,
        Self::PreCommit,
        Self::Lefthook,
        Self::GitLfs,
        Self::GitCrypt,
        Self::Hook,
        Self::HooksPath,
        Self::Filter,
        Self::Include,
        Self::Credential,
        Self::Ssh,
        Self::Signing,
        Self::PushRedirect,
        Self::PushAddress,
        Self::Network,
        Self::RemoteProgram,
        Self::RemoteFolder,
        Self::WorkTree,
        Self::Program,
        Self::Other,
    ];

    /// Stable name, as in JSON and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Husky => "husky",
            Self::PreCommit => "pre-commit",
            Self::Lefthook => "lefthook",
            Self::GitLfs => "git-lfs",
            Self::GitCrypt => "git-crypt",
            Self::Hook => "hook",
            Self::HooksPath => "hooks-path",
            Self::Filter => "filter",
            Self::Include => "include",
            Self::Credential => "credential",
            Self::Ssh => "ssh",
            Self::Signing => "signing",
            Self::PushRedirect => "push-redirect",
            Self::PushAddress => "push-address",
            Self::Network => "network",
            Self::RemoteProgram => "remote-program",
            Self::RemoteFolder => "remote-folder",
            Self::WorkTree => "work-tree",
            Self::Program => "program",
            Self::Other => "other",
        }
    }

    /// The kind of that name.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// As the object of "brings", for people.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Husky => "husky hooks",
            Self::PreCommit => "pre-commit hooks",
            Self::Lefthook => "lefthook hooks",
            Self::GitLfs => "Git LFS hooks",
            Self::GitCrypt => "a git-crypt filter",
            Self::Hook => "hooks",
            Self::HooksPath => "a folder of hooks",
            Self::Filter => "a filter",
            Self::Include => "included configuration",
            Self::Credential => "a credential helper",
            Self::Ssh => "an ssh command",
            Self::Signing => "a signing program",
            Self::PushRedirect => "a redirection of addresses",
            Self::PushAddress => "a new push address",
            Self::Network => "network settings",
            Self::RemoteProgram => "a program for its remote",
            Self::RemoteFolder => "a remote folder with hooks",
            Self::WorkTree => "another work tree or store",
            Self::Program => "programs",
            Self::Other => "settings that Autocommit does not know",
        }
    }
}
