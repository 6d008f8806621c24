//! Replies of an API, made by hand.

use crate::{Delivery, Owner, Shell, View};
use autocommit_api::wire::{HeldFile, HeldRepo, RepoState, ReposReply, Repository, StatusReply};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;

/// 14:00:00 UTC on some day, and seconds after it.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_750_082_400 + seconds).unwrap()
}

/// A clean repository on GitHub that was looked at.
pub(crate) fn repo(name: &str) -> Repository {
    serde_json::from_value(json!({
        "id": format!("id-{name}"), "path": format!("/w/{name}"), "name": name, "branch": "main", "remote": "origin",
        "remote_url": format!("https://github.com/me/{name}.git"), "enabled": true, "push": true, "state": "clean",
        "reason": null, "code": null, "since": at(-3600), "hint": null, "ahead": 0, "dirty_files": 0, "packages": [],
        "last_commit_at": null, "last_push_at": null, "last_error": null, "web_url": null,
    }))
    .unwrap()
}

/// The same in another state, for a reason with this code.
pub(crate) fn in_state(name: &str, state: RepoState, code: &str) -> Repository {
    let code = Some(code.to_owned()).filter(|code| !code.is_empty());
    let reason = code.as_ref().map(|_| format!("Something is the matter with {name}."));
    Repository { state, code, reason, ..repo(name) }
}

/// The status of an engine at rest.
pub(crate) fn status() -> StatusReply {
    serde_json::from_value(json!({
        "enabled": true, "state": "idle", "version": "0.1.0", "uptime_seconds": 60, "cycle_interval_seconds": 60,
        "next_cycle_at": null, "paused_until": null, "offline": false, "commits_by_hour": vec![0; 24],
        "repos": {"total": 0, "enabled": 0, "dirty": 0, "held": 0, "needs_trust": 0, "failing": 0, "unpushed": 0,
            "packages": 0},
        "llm": {"state": "off", "model": "", "base_url": "", "message": "", "seconds_per_message": null}, "current_cycle": null, "last_cycle": null,
        "warnings": [],
    }))
    .unwrap()
}

/// The same with a cycle under way.
pub(crate) fn running() -> StatusReply {
    let cycle = serde_json::from_value(json!({
        "id": "c", "trigger": "interval", "dry_run": false, "started_at": at(-5), "finished_at": null, "total": 9,
        "committed": 0, "pushed": 0, "failed": 0, "unchanged": 0, "held": 0, "skipped": 0, "messages": {"llm": 0, "rules": 0, "person": 0},
    }));
    StatusReply { state: autocommit_api::wire::WorkState::Running, current_cycle: cycle.unwrap(), ..status() }
}

/// What a repository keeps back: files and the rules that hold them.
pub(crate) fn held(name: &str, files: &[(&str, &str)]) -> HeldRepo {
    let file = |(path, rule): &(&str, &str)| HeldFile {
        path: (*path).to_owned(),
        rule: (*rule).to_owned(),
        sentence: "It holds what looks like a password, a token or a key.".to_owned(),
        hint: String::new(),
        approvable: true,
    };
    HeldRepo {
        id: format!("id-{name}"),
        path: format!("/w/{name}"),
        name: name.to_owned(),
        reason: None,
        hint: None,
        files: files.iter().map(file).collect(),
        count: files.len(),
    }
}

/// A desktop app that owns the repositories and could start at login.
pub(crate) fn shell() -> Shell {
    Shell { zone: TimeZone::UTC, login_item: Some(false), delivery: Delivery::Unknown, owner: Owner::Here }
}

/// A view at a time.
pub(crate) fn view<'a>(status: &'a StatusReply, repos: &'a [Repository], held: &'a [HeldRepo]) -> View<'a> {
    View { status, repos, held, now: at(0) }
}

#[test]
fn the_replies_made_here_are_those_of_the_api() {
    let reply = ReposReply { repos: vec![repo("a")] };
    let text = serde_json::to_string(&reply).unwrap();
    assert_eq!(serde_json::from_str::<ReposReply>(&text).unwrap(), reply);
}
