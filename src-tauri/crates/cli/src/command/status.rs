//! `autocommit status`.

use crate::{
    args::Globals,
    client,
    exit::{Exit, Failure},
    say,
    style::{Stream, Style},
    time, way,
};
use autocommit_api::{
    Nothing, methods,
    wire::{CycleSummary, Llm, StatusReply, WorkState},
};
use autocommit_core::{
    cycle::{Counts, Messages},
    text::{counted, escape_controls},
};
use clap::Args;

/// Tell whether all is well, in one sentence first.
///
/// Asks the running process. With --json it prints the API's /status, or {"running":false,…} where nothing runs.
#[derive(Debug, Args)]
pub(crate) struct Status {}

pub(crate) async fn run(globals: &Globals) -> Result<Exit, Failure> {
    let folders = globals.folders()?;
    let Some(client) = way::running(&folders)? else {
        let owner = client::owner(&folders)?;
        let pid = owner.as_ref().and_then(|owner| owner.pid);
        if globals.json {
            let version = env!("CARGO_PKG_VERSION");
            say::json(&serde_json::json!({"running": owner.is_some(), "pid": pid, "version": version}));
        } else if let Some(owner) = owner {
            say::out(&format!("{owner}"));
            say::out("It serves no API, so there is no more to tell.");
        } else {
            say::out("Autocommit is not running.");
            say::note("Start it with autocommit run, or run one cycle with autocommit once.");
        }
        return Ok(Exit::Well);
    };
    let (status, text) = client.call::<methods::Status>(&Nothing {}).await?;
    if globals.json {
        say::reply(&text);
    } else {
        let style = Style::of(Stream::Out);
        lines(&status).iter().for_each(|line| say::out(&style.text(&escape_controls(line))));
    }
    Ok(Exit::Well)
}

/// The answer first, then what explains it.
fn lines(status: &StatusReply) -> Vec<String> {
    let mut lines = vec![headline(status)];
    if let Some(cycle) = &status.current_cycle {
        lines.push(format!("A cycle is on since {}.", time::clock(cycle.started_at)));
    }
    if let Some(cycle) = &status.last_cycle {
        let at = time::clock(cycle.finished_at.unwrap_or(cycle.started_at));
        let dry = if cycle.dry_run { " (dry run, nothing was written)" } else { "" };
        let counts = counts(cycle);
        let by = counts.messages.sentence().map(|by| format!(" Messages: {by}.")).unwrap_or_default();
        lines.push(format!("Last cycle {at}{dry}: {}.{by}", counts.sentence()));
    }
    if let Some(next) = status.next_cycle_at {
        lines.push(format!("Next cycle {}.", time::clock(next)));
    }
    lines.extend(status.power.message.clone());
    let repos = status.repos;
    let off = repos.total.saturating_sub(repos.enabled);
    let mut found =
        format!("{} with {}", counted(repos.total, "repository"), counted(repos.packages, "package"));
    if off > 0 {
        found.push_str(&format!(", {off} of them switched off"));
    }
    lines.push(format!("{found}."));
    lines.push(model(&status.llm));
    lines.extend(status.warnings.iter().cloned());
    lines
}

/// Who writes the messages, and how it is with them.
fn model(llm: &Llm) -> String {
    if llm.state == "off" {
        return llm.message.clone();
    }
    let speed =
        llm.seconds_per_message.map(|s| format!(" A message takes about {s:.1} s.")).unwrap_or_default();
    format!("Messages by {} at {}: {}{speed}", llm.model, llm.base_url, llm.message)
}

/// One sentence: is all well, and if not, what is it.
fn headline(status: &StatusReply) -> String {
    let repos = status.repos;
    let verb = |n: usize, one: &'static str, many: &'static str| if n == 1 { one } else { many };
    let attention = repos.held + repos.failing;
    let stuck = attention + repos.needs_trust;
    if let Some(until) = status.paused_until {
        return format!("Autocommit is paused until {}. autocommit enable ends that.", time::clock(until));
    }
    if !status.enabled {
        return "Autocommit is switched off. Switch it on with autocommit enable.".to_owned();
    }
    if status.state == WorkState::Starting {
        return "Autocommit is looking for repositories.".to_owned();
    }
    if repos.total == 0 {
        return "No repositories yet. Name folders as repos_base_paths in the configuration file.".to_owned();
    }
    if attention > 0 {
        let who = counted(stuck, "repository");
        return format!("{who} {} you; autocommit repos says why.", verb(stuck, "needs", "need"));
    }
    if repos.needs_trust > 0 {
        let who = counted(repos.needs_trust, "repository");
        let verb = verb(repos.needs_trust, "brings", "bring");
        return format!("{who} {verb} programs that nobody approved; autocommit trust list shows them.");
    }
    if repos.unpushed > 0 {
        let who = counted(repos.unpushed, "repository");
        return format!("Commits of {who} wait for the remote.");
    }
    if repos.dirty > 0 {
        let who = counted(repos.dirty, "repository");
        return format!("{who} {} changes that wait for the next cycle.", verb(repos.dirty, "has", "have"));
    }
    format!("All is well: nothing waits in {}.", counted(repos.enabled, "repository"))
}

fn counts(cycle: &CycleSummary) -> Counts {
    Counts {
        committed: cycle.committed,
        pushed: cycle.pushed,
        failed: cycle.failed,
        unchanged: cycle.unchanged,
        held: cycle.held,
        skipped: cycle.skipped,
        messages: Messages {
            llm: cycle.messages.llm,
            rules: cycle.messages.rules,
            person: cycle.messages.person,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_api::wire::RepoTotals;

    #[test]
    fn the_answer_first() {
        let mut status = StatusReply {
            enabled: true,
            state: WorkState::Idle,
            version: "0".into(),
            uptime_seconds: 1,
            cycle_interval_seconds: 60,
            paused_until: None,
            next_cycle_at: None,
            repos: RepoTotals { total: 68, enabled: 67, packages: 3, ..RepoTotals::default() },
            commits_by_hour: [0; 24],
            offline: false,
            llm: Llm {
                state: "off".into(),
                model: "m".into(),
                base_url: "u".into(),
                message: "Rules write every message.".into(),
                seconds_per_message: None,
            },
            watch: Default::default(),
            power: Default::default(),
            current_cycle: None,
            last_cycle: None,
            warnings: vec!["The history is damaged.".into()],
        };
        assert_eq!(
            lines(&status),
            [
                "All is well: nothing waits in 67 repositories.",
                "68 repositories with 3 packages, 1 of them switched off.",
                "Rules write every message.",
                "The history is damaged.",
            ]
        );
        status.power.message = Some("On battery: looks every 10 minutes, pushes every 5 minutes.".into());
        assert_eq!(lines(&status)[1], "On battery: looks every 10 minutes, pushes every 5 minutes.");
        type Edit = fn(&mut StatusReply);
        let worse: [(Edit, &str); 7] = [
            (|s| s.repos.dirty = 1, "1 repository has changes that wait for the next cycle."),
            (|s| s.repos.unpushed = 2, "Commits of 2 repositories wait for the remote."),
            (
                |s| s.repos.needs_trust = 1,
                "1 repository brings programs that nobody approved; autocommit trust list shows them.",
            ),
            (|s| s.repos.held = 1, "2 repositories need you; autocommit repos says why."),
            (|s| s.repos.failing = 1, "3 repositories need you; autocommit repos says why."),
            (|s| s.state = WorkState::Starting, "Autocommit is looking for repositories."),
            (|s| s.enabled = false, "Autocommit is switched off. Switch it on with autocommit enable."),
        ];
        for (edit, expected) in worse {
            edit(&mut status);
            assert_eq!(headline(&status), expected);
        }
    }
}
