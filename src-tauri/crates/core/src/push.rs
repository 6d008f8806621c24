//! What came of a push: a closed list of classes, each with its sentence, its next step and whether to try again.

use crate::all_variants;
use serde::{Deserialize, Serialize};

/// The class of a push's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushClass {
    /// The remote took it.
    Pushed,
    /// The remote had it already.
    UpToDate,
    /// The remote has commits that we have not.
    NonFastForward,
    /// A rule or hook of the remote, or the repository's own pre-push hook, said no.
    Rejected,
    /// The remote did not accept the credentials.
    Authentication,
    /// The remote could not be reached.
    Unreachable,
    /// There is no such repository at the address.
    RemoteMissing,
    /// Something is larger than the remote takes.
    TooLarge,
    /// It did not end in time.
    TimedOut,
    /// None of these.
    Unknown,
}

/// When to try a push again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It is done.
    Never,
    /// By itself, with growing distance.
    Backoff,
    /// Not before something changed here, or a person asks.
    OnChange,
}

impl PushClass {
    /// All of them, for tests that walk the list.
    pub const ALL: [Self; 10] = all_variants!(PushClass:
        Pushed,
        UpToDate,
        NonFastForward,
        Rejected,
        Authentication,
        Unreachable,
        RemoteMissing,
        TooLarge,
        TimedOut,
        Unknown,
    );

    /// Whether the remote has the commit.
    pub fn arrived(self) -> bool {
        matches!(self, Self::Pushed | Self::UpToDate)
    }

    /// Whether only the network is to blame: a state, not a failure.
    pub fn offline(self) -> bool {
        matches!(self, Self::Unreachable | Self::TimedOut)
    }

    /// When to try again.
    pub fn retry(self) -> Retry {
        match self {
            Self::Pushed | Self::UpToDate => Retry::Never,
            Self::Unreachable | Self::TimedOut | Self::Unknown => Retry::Backoff,
            Self::NonFastForward
            | Self::Rejected
            | Self::Authentication
            | Self::RemoteMissing
            | Self::TooLarge => Retry::OnChange,
        }
    }

    /// Stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pushed => "pushed",
            Self::UpToDate => "up_to_date",
            Self::NonFastForward => "non_fast_forward",
            Self::Rejected => "rejected",
            Self::Authentication => "authentication",
            Self::Unreachable => "unreachable",
            Self::RemoteMissing => "remote_missing",
            Self::TooLarge => "too_large",
            Self::TimedOut => "timed_out",
            Self::Unknown => "unknown",
        }
    }

    /// One plain sentence about the repository called `name`.
    pub fn sentence(self, name: &str) -> String {
        match self {
            Self::Pushed => format!("The commits of {name} are on the remote."),
            Self::UpToDate => format!("The remote already had the commits of {name}."),
            Self::NonFastForward => {
                format!("The remote of {name} has commits that are not here, so it did not take ours.")
            }
            Self::Rejected => format!("The push of {name} was refused by a rule or a hook."),
            Self::Authentication => format!("The remote of {name} did not accept the credentials."),
            Self::Unreachable => format!("The remote of {name} could not be reached."),
            Self::RemoteMissing => format!("There is no repository at the remote address of {name}."),
            Self::TooLarge => format!("Something in {name} is larger than its remote takes."),
            Self::TimedOut => format!("The push of {name} did not end in time and was stopped."),
            Self::Unknown => format!("The push of {name} failed for a reason that Autocommit does not know."),
        }
    }

    /// The one next step, as an imperative sentence.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Pushed | Self::UpToDate => "Nothing to do.",
            Self::NonFastForward => {
                "Run git pull (or git pull --rebase) in it; Autocommit never merges or forces."
            }
            Self::Rejected => "Read the remote's words in the details; then run autocommit push PATH.",
            Self::Authentication => "Run git push in it once by hand to sign in, then autocommit push PATH.",
            Self::Unreachable => "Nothing to do; it is tried again by itself.",
            Self::RemoteMissing => {
                "Create it on the host or correct the address with git remote set-url; then run autocommit push PATH."
            }
            Self::TooLarge => "Take the large file out of the unpushed commits, or use Git LFS.",
            Self::TimedOut => "Nothing to do; it is tried again. deadlines.push_seconds sets the limit.",
            Self::Unknown => "Read git's words in the details; it is tried again by itself.",
        }
    }
}

/// What came of one push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushOutcome {
    /// The class.
    pub class: PushClass,
    /// What git and the remote said, without credentials; empty when all went well.
    pub detail: String,
}
