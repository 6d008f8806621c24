//! What goes over the wire: the names and shapes that scripts and other programs rely on. Only these types cross a
//! process boundary; the engine's own may change freely.
//!
//! Times are RFC 3339 in UTC. Paths that are not UTF-8 are shown with replacement characters.

mod activity;
mod cycle;
mod diff;
mod event;
mod held;
mod history;
mod llm;
mod login;
mod message;
mod model;
mod repo;
mod settings;
mod status;
mod survey;

pub use activity::{ActivityDay, ActivityReply, ActivityRepo};
pub use cycle::{
    CycleReply, CycleReport, CycleSummary, CycleTrigger, Held, MessageCounts, MessageSource, PushResult,
    Rule, Run, RunStatus,
};
pub use diff::{ChangeStatus, ChangedFile, DiffReply};
pub use event::{Event, EventRecord, Gap, Stage};
pub use held::{HeldFile, HeldReply, HeldRepo};
pub use history::{Entry, EntryStatus, HistoryReply};
pub use llm::LlmTestReply;
pub use login::{LoginLink, LogoutReply, RotateToken, TokenRotated};
pub use message::{MessageBy, MessageReply, MessageText};
pub use model::{
    ManagedModel, ModelKeyReply, ModelKeySource, ModelLogsReply, ModelPresence, ModelReply, ModelServer,
    ModelServerState,
};
pub use repo::{Package, RepoState, ReposReply, Repository, RepositoryDetail, ScanReply, Scanned};
pub use settings::{Setting, SettingGroup, SettingKind, SettingLayer, SettingProblem, SettingsReply};
pub use status::{Llm, Power, RepoTotals, StatusReply, Unwatched, Watch, WorkState};
pub use survey::{FolderSuggestion, FoldersReply, SurveyReply, SurveyedFolder, SurveyedRepo};

use std::path::Path;

/// Mirrors a closed list of the inner crates, so that renaming there is noticed here by the compiler.
macro_rules! mirror {
    ($(#[$doc:meta])* $name:ident of $inner:path { $($(#[$variant_doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema, TS)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$variant_doc])* $variant),+
        }

        impl From<$inner> for $name {
            fn from(inner: $inner) -> Self {
                use $inner as Inner;
                match inner {
                    $(Inner::$variant => Self::$variant),+
                }
            }
        }
    };
}
pub(crate) use mirror;

/// A path as text; bytes that are not UTF-8 become replacement characters.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
