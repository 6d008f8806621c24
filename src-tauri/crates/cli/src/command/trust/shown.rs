//! What one repository brings, so that a person sees exactly what would run.

use autocommit_core::{
    text::escape_controls,
    trust::{Brought, Fingerprint},
};
use autocommit_engine::{TrustState, TrustView};
use serde::Serialize;

/// Lines shown of a file.
const LINES: usize = 12;

/// One repository, as JSON.
#[derive(Debug, Serialize)]
pub(super) struct Shown<'a> {
    path: String,
    state: &'static str,
    fingerprint: Option<&'a Fingerprint>,
    asks: &'a [Brought],
    brings: &'a [Brought],
    error: Option<&'a str>,
}

pub(super) fn of(view: &TrustView) -> Shown<'_> {
    let error = match &view.state {
        TrustState::Unreadable(why) => Some(why.as_str()),
        _ => None,
    };
    Shown {
        path: view.repo.work_tree.display().to_string(),
        state: view.state.code(),
        fingerprint: view.fingerprint.as_ref(),
        asks: &view.asks,
        brings: &view.brought,
        error,
    }
}

/// `hook pre-commit  .git/hooks/pre-commit  1f0c2d3e4a5b`.
pub(super) fn line(item: &Brought) -> String {
    format!("{}  in {}  {}", escape_controls(&item.what), escape_controls(&item.place), item.digest.short())
}

/// What was allowed, or why there was nothing to allow.
pub(super) fn answer(view: &TrustView) -> Vec<String> {
    let path = escape_controls(&view.repo.work_tree.display().to_string());
    match &view.state {
        TrustState::Asks | TrustState::OptedOut => {
            let first = format!("Allowed in {path}, exactly as it is now:");
            std::iter::once(first).chain(view.asks.iter().map(|item| format!("  {}", line(item)))).collect()
        }
        TrustState::Inert => vec![format!("{path} brings nothing that asks.")],
        TrustState::Approved => vec![format!("What {path} brings was allowed before.")],
        TrustState::Unreadable(why) => vec![escape_controls(why)],
    }
}

/// Everything, with the first lines of what would run.
pub(super) fn in_full(view: &TrustView) -> Vec<String> {
    let path = escape_controls(&view.repo.work_tree.display().to_string());
    let mut lines = vec![match &view.state {
        TrustState::Inert => format!("{path} brings nothing that would run or redirect anything."),
        TrustState::Approved => format!("{path} brings this, and you allowed it:"),
        TrustState::Asks => format!("{path} brings this, and is left alone until you allow it:"),
        TrustState::OptedOut => format!("{path} brings this, and its own configuration switches it off:"),
        TrustState::Unreadable(why) => escape_controls(why),
    }];
    let addresses = view.asks.iter().filter(|item| !view.brought.contains(item));
    for item in view.brought.iter().chain(addresses) {
        let open = if view.asks.contains(item) { "asks" } else { "allowed" };
        lines.push(String::new());
        lines.push(format!("{} ({}, {open})", escape_controls(&item.what), item.kind.code()));
        lines.push(format!("  in {}, sha256 {}", escape_controls(&item.place), item.digest));
        lines.extend(excerpt(item));
    }
    if view.state == TrustState::Asks {
        lines.push(String::new());
        lines.push(format!("Allow exactly this: autocommit trust allow {path}"));
    }
    lines
}

fn excerpt(item: &Brought) -> Vec<String> {
    if item.file.is_none() {
        return Vec::new();
    }
    let Some(text) = autocommit_engine::excerpt(item) else {
        return vec!["  | (a program or a long file; only its sum is shown)".to_owned()];
    };
    let mut lines: Vec<_> =
        text.lines().take(LINES).map(|line| format!("  | {}", escape_controls(line))).collect();
    let more = text.lines().count().saturating_sub(LINES);
    if more > 0 {
        lines.push(format!("  | … {more} more lines"));
    }
    lines
}
