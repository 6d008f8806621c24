//! What came of a cycle, for a person: what happened, what needs them and what to do, and the summary last.

use crate::{
    style::{Style, Tone},
    table::{Cell, Table},
};
use autocommit_core::{
    cycle::{Counts, RunReport, RunStatus},
    text::{counted, escape_controls},
};
use autocommit_engine::Cycle;

/// Held files named for one repository; the others are counted.
const HELD_SHOWN: usize = 5;
/// Lines of what git or a hook said.
const WORDS_SHOWN: usize = 6;

/// The whole report, line by line.
pub(crate) fn cycle(cycle: &Cycle, style: Style) -> Vec<String> {
    let dry_run = cycle.summary.dry_run;
    let mut lines = Vec::new();
    let worth: Vec<_> = cycle.runs.iter().filter(|run| worth_showing(run)).collect();
    if !worth.is_empty() {
        let mut table = Table::new(style, &["STATE", "REPOSITORY", "BRANCH", "WHAT"]);
        for run in &worth {
            let (tone, word) = state(run, dry_run);
            table.row([
                Cell::state(style, tone, word),
                Cell::new(run.name.as_str()),
                Cell::dim(run.branch.as_deref().unwrap_or("–")),
                Cell::new(what(run)),
            ]);
        }
        table.keep(&[0]);
        lines.push(table.render());
    }
    for run in worth.iter().filter(|run| run.wants_attention()) {
        lines.push(String::new());
        lines.extend(problem(run, style));
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(style.text(&summary(&cycle.summary.counts, dry_run)));
    lines
}

/// `4 committed · 4 pushed · 64 unchanged · 1 held`.
fn summary(counts: &Counts, dry_run: bool) -> String {
    let sentence = counts.sentence();
    match dry_run {
        true => {
            format!("Dry run, nothing was written: {}", sentence.replace(" committed", " would be committed"))
        }
        false => sentence,
    }
}

/// Unchanged ones are only counted, and so is what a person switched off.
fn worth_showing(run: &RunReport) -> bool {
    match run.status {
        RunStatus::Unchanged => run.wants_attention() || !run.held.is_empty(),
        RunStatus::Skipped => run.reason_code.as_deref() != Some("opted_out"),
        _ => true,
    }
}

fn state(run: &RunReport, dry_run: bool) -> (Tone, &'static str) {
    match run.status {
        _ if run.status != RunStatus::Failed && run.held.iter().any(|f| !f.rule.transient()) => {
            (Tone::NeedsYou, if run.committed { "partly held" } else { "held" })
        }
        RunStatus::Committed if dry_run => (Tone::Working, "would be committed"),
        RunStatus::Pushed => (Tone::Good, "pushed"),
        RunStatus::Committed if run.waits_for_network => (Tone::Waiting, "not pushed yet"),
        RunStatus::Committed => (Tone::Good, "committed"),
        RunStatus::Unchanged if run.waits_for_network => (Tone::Waiting, "not pushed yet"),
        RunStatus::Unchanged => (Tone::Dim, "unchanged"),
        RunStatus::Held => (Tone::NeedsYou, "held"),
        RunStatus::Skipped => (Tone::Dim, "skipped"),
        RunStatus::Failed => (Tone::NeedsYou, "failed"),
    }
}

fn what(run: &RunReport) -> String {
    let held = || format!("{} held", counted(run.held.len(), "file"));
    match (&run.subject, &run.reason) {
        (Some(subject), _) if run.committed => subject.clone(),
        (_, Some(reason)) => reason.clone(),
        (Some(subject), None) => subject.clone(),
        (None, None) if !run.held.is_empty() => held(),
        (None, None) => String::new(),
    }
}

/// What happened, why, and what to do.
fn problem(run: &RunReport, style: Style) -> Vec<String> {
    let mark = style.mark(state(run, false).0);
    let mut lines = vec![format!("{mark} {}", escape_controls(&run.path.to_string_lossy()))];
    if let Some(reason) = &run.reason {
        lines.push(format!("  {}", escape_controls(reason)));
    }
    for finding in run.held.iter().take(HELD_SHOWN) {
        lines.push(format!("  {}: {}", finding.path.shown(), escape_controls(&finding.hint)));
    }
    if run.held.len() > HELD_SHOWN {
        lines.push(format!("  and {} more", counted(run.held.len() - HELD_SHOWN, "file")));
    }
    let words = run.error.as_deref().unwrap_or_default();
    let words: Vec<_> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    for line in words.iter().take(WORDS_SHOWN) {
        lines.push(format!("  | {}", escape_controls(line)));
    }
    if words.len() > WORDS_SHOWN {
        lines.push(style.text("  | …"));
    }
    if let Some(hint) = &run.hint {
        lines.push(format!("  {}", escape_controls(hint)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::Stream;
    use autocommit_core::{
        Timestamp,
        cycle::{CycleSummary, CycleTrigger},
        guards::{Finding, Rule},
        id::{CycleId, Oid, RepoId, RunId},
        push::PushClass,
        reason::Reason,
        repo::{Repo, RepoKind},
    };
    use std::sync::Arc;

    const PLAIN: Style = Style { stream: Stream::Err, terminal: false, colour: false, unicode: true };

    fn run(name: &str, edit: impl FnOnce(&mut RunReport)) -> RunReport {
        let path = std::path::PathBuf::from("/w").join(name);
        let repo = Repo {
            id: RepoId::of_path(&path),
            git_dir: path.join(".git"),
            common_dir: path.join(".git"),
            work_tree: path,
            kind: RepoKind::Main,
        };
        let mut run = RunReport::new(RunId::new("u"), &repo);
        run.branch = Some("main".into());
        edit(&mut run);
        run
    }

    fn pushed(run: &mut RunReport) {
        run.status = RunStatus::Pushed;
        run.committed = true;
        run.commit = Oid::parse(&"1".repeat(40));
        run.subject = Some("Add coupons".into());
    }

    fn of(runs: Vec<RunReport>, dry_run: bool) -> String {
        let summary = CycleSummary {
            id: CycleId::new("c"),
            trigger: CycleTrigger::Once,
            dry_run,
            started_at: Timestamp::from_second(0).unwrap(),
            finished_at: None,
            total: runs.len(),
            counts: Counts::of(&runs),
        };
        cycle(&Cycle { summary, runs: runs.into_iter().map(Arc::new).collect() }, PLAIN).join("\n")
    }

    #[test]
    fn nothing_happened() {
        let skipped = run("off", |run| {
            run.status = RunStatus::Skipped;
            run.because(&Reason::OptedOut("You switched it off."));
        });
        assert_eq!(of(vec![run("a", |_| {}), skipped], false), "1 unchanged · 1 skipped");
    }

    #[test]
    fn what_happened_then_what_needs_a_person_then_the_summary() {
        let refused = run("site", |run| {
            run.status = RunStatus::Failed;
            run.because(&Reason::Push(PushClass::Rejected));
            run.error = Some("remote: no\x1b[31m\n\nremote: pull request only".into());
        });
        let held = run("notes", |run| {
            pushed(run);
            run.held.push(Finding {
                path: "dump\n.sql".into(),
                rule: Rule::FileTooLarge,
                hint: "Ignore it.".into(),
            });
        });
        let text = of(vec![run("web", pushed), held, refused, run("idle", |_| {})], false);
        let expected = "STATE          REPOSITORY  BRANCH  WHAT\n\
             ✓ pushed       web         main    Add coupons\n\
             ▲ partly held  notes       main    Add coupons\n\
             ▲ failed       site        main    The push of site was refused by a rule or a hook.\n\
             \n\
             ▲ /w/notes\n  dump\\n.sql: Ignore it.\n\
             \n\
             ▲ /w/site\n  The push of site was refused by a rule or a hook.\n  | remote: no\\u{1b}[31m\n  \
             | remote: pull request only\n  Read the remote's words in the details; then run autocommit push PATH.\n\
             \n\
             2 committed · 2 pushed · 1 unchanged · 1 held · 1 failed";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_dry_run_never_says_that_something_was_done() {
        let would = run("web", |run| {
            pushed(run);
            run.status = RunStatus::Committed;
            run.commit = None;
        });
        let text = of(vec![would], true);
        assert!(text.contains("would be committed") && text.contains("Add coupons"), "{text}");
        assert!(text.ends_with("Dry run, nothing was written: 1 would be committed · 0 unchanged"), "{text}");
    }
}
