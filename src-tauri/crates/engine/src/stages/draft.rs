//! The message: the person's own, or the rules' at once, and a language model's in its place where there is time for one.

use crate::{
    lanes::Place,
    run::{Mode, Run},
    shared::home,
};
use autocommit_core::{
    cycle::RunReport,
    draft::{Diff, Draft, Wishes, Written},
    settings::MessageWishes,
};
use autocommit_git::Inspection;
use autocommit_message::{Brief, providers::rules};
use std::{path::PathBuf, time::Instant};

/// Writes the message of a change.
pub(crate) async fn write(
    run: &Run,
    report: &RunReport,
    inspection: &Inspection,
    diff: &Diff,
    permit: &mut Option<Place>,
) -> Written {
    let started = Instant::now();
    let habits = run.shared.habits.of(run, inspection).await;
    let wishes = wishes(run).await;
    let brief = Brief { diff, habits: &habits, branch: report.branch.as_deref(), wishes: &wishes };
    let rules = rules::draft(&brief);
    // It was looked at when it was given.
    let own = run.steer.message.as_deref().and_then(|text| Draft::by_person(text).ok());
    let draft = own.unwrap_or_else(|| rules.clone());
    Written { draft, rules, took: started.elapsed() }
}

/// What the person asks for this repository: of the blocks that name a folder around it the one with the longest path.
async fn wishes(run: &Run) -> Wishes {
    let hint = run.steer.hint.clone();
    if run.settings.messages.is_empty() {
        return Wishes { hint, ..Wishes::default() };
    }
    let (settings, place) = (run.settings.clone(), run.repo.work_tree.clone());
    let found = tokio::task::spawn_blocking(move || {
        let around = settings.messages.iter().filter_map(|wishes| {
            let folder = folder(&wishes.path)?;
            place.starts_with(&folder).then_some((folder.components().count(), wishes))
        });
        around.max_by_key(|(depth, _)| *depth).map(|(_, wishes)| wishes.clone())
    });
    let MessageWishes { instructions, examples, rules_only, .. } =
        found.await.ok().flatten().unwrap_or_default();
    Wishes { rules_only, instructions, examples, hint }
}

/// The folder that a path of the settings means.
fn folder(path: &str) -> Option<PathBuf> {
    let variable = |name: &str| std::env::var(name).ok();
    let folder = autocommit_watch::expand(path, home().as_deref(), &variable).ok()?;
    Some(folder.canonicalize().unwrap_or(folder))
}

/// Puts a message into the report.
pub(crate) fn describe(run: &Run, report: &mut RunReport, written: &Written) {
    let draft = &written.draft;
    report.subject = Some(draft.subject.clone());
    report.body = Some(draft.body.clone()).filter(|b| !b.trim().is_empty());
    report.message_source = Some(draft.source);
    report.message_reason = Some(draft.reason.clone());
    report.message_ms = Some(u64::try_from(written.took.as_millis()).unwrap_or(u64::MAX));
    if run.quiet && run.mode == Mode::DryRun {
        report.written = Some(Box::new(written.clone()));
    }
}
