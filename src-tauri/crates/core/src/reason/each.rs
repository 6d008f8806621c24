//! The closed list of reasons, walked.

use super::Reason;
use crate::{closed::one_of_each, push::PushClass, snapshot::Operation};

impl Reason {
    /// One of each, for tests that walk the list.
    pub fn one_of_each() -> Vec<Self> {
        let mut list = one_of_each!(Reason:
            Self::Unmerged => Self::Unmerged,
            Self::Detached => Self::Detached,
            Self::Locked { seconds: ..10, .. } => {
                Self::Locked { lock: "index.lock".into(), seconds: 1, holders: Vec::new() }
            },
            Self::Locked { .. } => {
                Self::Locked { lock: "HEAD.lock".into(), seconds: 7200, holders: Vec::new() }
            },
            Self::EditorOpen => Self::EditorOpen,
            Self::OtherBranch { .. } => Self::OtherBranch { current: "a".into(), wanted: "b".into() },
            Self::OptedOut(_) => Self::OptedOut("You switched it off."),
            Self::Disabled => Self::Disabled,
            Self::Stopping => Self::Stopping,
            Self::NoRemote => Self::NoRemote,
            Self::RemoteNotConfigured(_) => Self::RemoteNotConfigured("origni".into()),
            Self::PushOff => Self::PushOff,
            Self::AllHeld(_) => Self::AllHeld(1),
            Self::Unreadable => Self::Unreadable,
            Self::ForeignOwner => Self::ForeignOwner,
            Self::Gone => Self::Gone,
            Self::NoIdentity => Self::NoIdentity,
            Self::SigningFailed => Self::SigningFailed,
            Self::HookFailed(_) => Self::HookFailed("pre-commit"),
            Self::HookTimedOut(_) => Self::HookTimedOut("pre-commit"),
            Self::HookAddedHeld(_) => Self::HookAddedHeld("pre-commit"),
            Self::RefLocked => Self::RefLocked,
            Self::TimedOut(_) => Self::TimedOut("status"),
            Self::GitEnded(_) => Self::GitEnded("stage"),
            Self::DiskFull => Self::DiskFull,
            Self::LittleRoom => Self::LittleRoom,
            Self::ReadOnly => Self::ReadOnly,
            Self::MovedMeanwhile => Self::MovedMeanwhile,
            Self::Settling => Self::Settling,
            Self::WaitsForHost(_) => Self::WaitsForHost("example.org".into()),
            Self::PushesSpared => Self::PushesSpared,
            Self::NeedsTrust(_) => Self::NeedsTrust("hooks".into()),
            Self::SecretUnpushed { .. } => {
                Self::SecretUnpushed { commit: "1234567".into(), path: "config.py".into() }
            },
            Self::LfsNotUploaded => Self::LfsNotUploaded,
            Self::Unexpected => Self::Unexpected,
            Self::InProgress(_) => Self::InProgress(Operation::Merge),
            Self::Push(_) => Self::Push(PushClass::Pushed),
            Self::StillRefused(_) => Self::StillRefused(PushClass::Pushed),
        );
        list.extend(Operation::ALL.into_iter().skip(1).map(Self::InProgress));
        list.extend(PushClass::ALL.into_iter().skip(1).flat_map(|c| [Self::Push(c), Self::StillRefused(c)]));
        list
    }
}
