//! Why a commit keeps its message although a person wrote another.

/// The closed list of reasons.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Kept {
    /// The entry names no commit.
    #[error("Nothing was committed here, so there is no message to change.")]
    NoCommit,
    /// It is not at the tip of the branch that is checked out.
    #[error(
        "Only the last commit of the branch that is checked out can get another message, and this is not it any more."
    )]
    NotLast,
    /// A remote has it.
    #[error("The commit is on a remote ({0}), and what was pushed is never rewritten.")]
    Published(String),
    /// Another ref has it.
    #[error("The commit is on {0} too, which would keep the old one.")]
    Shared(String),
    /// A remote cannot say whether it has it.
    #[error("It cannot be told whether the remote {0} has the commit already, because it does not answer.")]
    Unasked(String),
    /// It is being sent.
    #[error("A push or a fetch from here is running, so the commit may be on its way already.")]
    OnItsWay,
    /// Somebody is at work.
    #[error("Somebody works in the repository at this moment.")]
    Busy,
    /// The repository is not there.
    #[error("The repository is not there any more.")]
    Gone,
    /// The hook refused, and said this.
    #[error("The hook commit-msg did not accept the message. {0}")]
    Hook(String),
    /// Git failed, and said this.
    #[error("The commit could not be made. {0}")]
    Failed(String),
}
