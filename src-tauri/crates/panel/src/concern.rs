//! Does a repository need a person? From its state and the code of its reason.

use crate::View;
use autocommit_api::wire::{HeldRepo, RepoState, Repository};
use jiff::Timestamp;

/// What passes by itself more often than not is nobody's concern before it has lasted this long, in seconds.
const PATIENCE: i64 = 600;

/// How a repository stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing needs a person.
    Well,
    /// Committed; the network is what is missing.
    Offline,
    /// Not known yet, or a person is at work in it themselves: whatever was true before still counts.
    Undecided,
    /// A person must act.
    Needs(Concern),
}

/// What a person must act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Concern {
    pub(crate) side: Side,
    /// The reason's stable code.
    pub(crate) code: String,
}

/// Where it stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Changes are not committed.
    Commit,
    /// Commits are not pushed.
    Push,
    /// Nothing was touched: it brings programs of its own.
    Trust,
}

/// The code of why it is in its state; the state's own name where none is given.
pub(crate) fn code(repo: &Repository) -> &str {
    repo.code.as_deref().unwrap_or(match repo.state {
        RepoState::Held => "held",
        RepoState::NeedsTrust => "needs_trust",
        RepoState::Unavailable => "unreadable",
        _ => "",
    })
}

/// The state it is in; while a run is on, the one before, as far as its reason tells. Most runs find what the last one
/// found.
pub(crate) fn state(repo: &Repository) -> RepoState {
    if repo.state != RepoState::Running {
        return repo.state;
    }
    match repo.code.as_deref() {
        None | Some("settling" | "disabled" | "stopping" | "no_remote" | "push_off") => RepoState::Running,
        Some("opted_out" | "other_branch") => RepoState::OptedOut,
        Some("unreachable" | "timed_out" | "waits_for_host") => RepoState::Unpushed,
        Some("needs_trust") => RepoState::NeedsTrust,
        Some("unreadable" | "foreign_owner" | "gone") => RepoState::Unavailable,
        Some("held") => RepoState::Held,
        Some(_) => RepoState::Failing,
    }
}

/// Whether only the network is to blame.
pub(crate) fn offline(repo: &Repository) -> bool {
    repo.enabled
        && state(repo) == RepoState::Unpushed
        && matches!(code(repo), "unreachable" | "timed_out" | "waits_for_host")
}

/// How a repository stands, by what is known of it and of what it keeps back.
pub(crate) fn standing(repo: &Repository, view: &View<'_>) -> Standing {
    if !repo.enabled {
        return Standing::Well;
    }
    // Nobody has looked at it since the program started.
    let Some(since) = repo.since else { return Standing::Undecided };
    let side = match state(repo) {
        RepoState::Clean | RepoState::OptedOut => return Standing::Well,
        RepoState::Unpushed if !repo.push => return Standing::Well,
        RepoState::Unpushed => return Standing::Offline,
        RepoState::Dirty | RepoState::Settling | RepoState::Running => return Standing::Undecided,
        RepoState::NeedsTrust => Side::Trust,
        RepoState::Held | RepoState::Failing | RepoState::Unavailable => side_of(code(repo)),
    };
    match code(repo) {
        // A person is in the middle of something, or nothing is wrong at all.
        "in_progress" | "unmerged" | "editor_open" | "settling" | "disabled" | "stopping" | "locked" => {
            Standing::Undecided
        }
        // Moved, deleted or on a disk that is not plugged in.
        "gone" => Standing::Well,
        "unknown" | "git_timed_out" | "git_ended" | "unexpected" | "ref_locked" | "moved_meanwhile"
            if !lasted(since, view.now) =>
        {
            Standing::Undecided
        }
        "held" if view.held_in(repo).is_some_and(|held| held.count > 0 && lasting(held).next().is_none()) => {
            Standing::Undecided
        }
        code => Standing::Needs(Concern { side, code: code.to_owned() }),
    }
}

/// The files that a person must decide about, as far as they are listed: not what passes by itself, and not what the
/// person is composing a commit of.
pub(crate) fn lasting(held: &HeldRepo) -> impl Iterator<Item = &autocommit_api::wire::HeldFile> {
    held.files.iter().filter(|file| !matches!(file.rule.as_str(), "still_being_written" | "partial_staging"))
}

fn side_of(code: &str) -> Side {
    match code {
        "non_fast_forward"
        | "rejected"
        | "authentication"
        | "remote_missing"
        | "too_large"
        | "unknown"
        | "remote_not_configured"
        | "secret_unpushed"
        | "lfs_not_uploaded" => Side::Push,
        "needs_trust" => Side::Trust,
        _ => Side::Commit,
    }
}

fn lasted(since: Timestamp, now: Timestamp) -> bool {
    now.as_second() - since.as_second() >= PATIENCE
}
