//! Points that are red for a known reason that somebody is mending: printed, never passed over in silence.

use crate::{point::Point, sweep::Outcome};

/// Why a failing point is known, if it is.
pub(crate) fn why(point: &Point, outcome: &Outcome) -> Option<&'static str> {
    let only = |known: &[&str]| {
        outcome.problems.iter().all(|problem| known.iter().any(|start| problem.starts_with(start)))
    };
    let place = &point.strike.place;
    if outcome.left.iter().any(|lock| !lock.ends_with("index.lock")) {
        return Some("a lock that a killed git left on a ref or the configuration is not cleared");
    }
    if matches!(point.shape.as_str(), "unborn" | "branch")
        && only(&["the status", "the configuration", "the repository", "what is missing"])
    {
        return Some("the upstream of a new branch is not set after a crash between push and upstream");
    }
    if place.role.starts_with("git update-index") && point.kills() {
        return Some("a git update-index that was killed is taken for a path that cannot be staged");
    }
    if place.is_server() && !point.kills() {
        return Some("trouble at the remote's disk is taken for a refusal");
    }
    None
}
