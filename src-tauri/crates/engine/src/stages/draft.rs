//! The message: the person's own, or the rules' at once, and a language model's in its place where there is time for one.

use crate::{
    Requested, WrittenBy,
    folders::home,
    lanes::Place,
    limits,
    run::{Mode, Run},
    shared::KEY,
};
use autocommit_core::{
    cycle::{CycleTrigger, RunReport},
    draft::{Diff, Draft, Wishes, Written},
    settings::MessageWishes,
};
use autocommit_git::Inspection;
use autocommit_llama::ServerError;
use autocommit_message::{
    Brief, MessageProvider as _, ProviderError,
    providers::{
        llm::{Recipe, prompt_of},
        rules,
    },
};
use std::{
    path::PathBuf,
    pin::pin,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

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
    let said = run.steer.request.as_ref().map(Requested::sentence);
    let own = own.map(|own| Draft { reason: said.unwrap_or_else(|| own.reason.clone()), ..own });
    let draft = match own {
        Some(own) => own,
        None => match by_model(run, &brief, permit).await {
            Ok(draft) => draft,
            Err(why) => Draft {
                reason: format!("Written by rules. {why}"),
                prompt: why.sent(&brief),
                ..rules.clone()
            },
        },
    };
    Written { draft, rules, took: started.elapsed() }
}

/// Messages that are being asked of the model, or wait for that.
#[derive(Debug, Default)]
pub(crate) struct Asking(AtomicU32);

/// One of them.
struct Turn<'a>(&'a AtomicU32);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Why there is no message of the model.
#[derive(Debug, thiserror::Error)]
enum Without {
    #[error("No language model was asked.")]
    NotWanted,
    #[error("The language model is switched off.")]
    Off,
    #[error("No language model is asked in a rehearsal.")]
    Rehearsal,
    #[error("Autocommit is ending.")]
    Ending,
    #[error("{0}")]
    Managed(#[from] ServerError),
    #[error("{0}")]
    Provider(#[from] ProviderError),
}

impl Without {
    /// What the model was sent all the same.
    fn sent(&self, brief: &Brief<'_>) -> Option<String> {
        use ProviderError::{Broken, Key, Loading, NoKey, NotAModel, Refused, TooSlow, Unusable};
        let Self::Provider(error) = self else { return None };
        let asked = matches!(
            error,
            Broken | Key | Loading | NoKey(_) | NotAModel | Refused(_) | TooSlow(_) | Unusable(_)
        );
        asked.then(|| prompt_of(brief, &Recipe::default()).map(|prompt| prompt.text())).flatten()
    }
}

/// A message of the language model, or a sentence that says why there is none. A commit place is given back if it takes
/// long: rules and pushes of the others go on meanwhile.
async fn by_model(run: &Run, brief: &Brief<'_>, permit: &mut Option<Place>) -> Result<Draft, Without> {
    let (model, llm) = (&run.shared.model, &run.settings.llm);
    let within = Duration::from_secs_f64(llm.timeout_seconds);
    match run.steer.by {
        WrittenBy::Rules => return Err(Without::NotWanted),
        WrittenBy::Llm => {
            run.shared.reach_model(within, true).await?;
            return Ok(model.ask(brief, within).await?);
        }
        WrittenBy::Auto if !llm.enabled => return Err(Without::Off),
        // A rehearsal every minute would have the model write the same again and again.
        WrittenBy::Auto if run.mode == Mode::DryRun && run.trigger == CycleTrigger::Interval => {
            return Err(Without::Rehearsal);
        }
        WrittenBy::Auto => {}
    }
    let ahead = run.shared.asking.0.fetch_add(1, Ordering::SeqCst);
    let _place = Turn(&run.shared.asking.0);
    let left = run.permits.model_time(limits::model_budget(&run.settings));
    let each = model.state().per_message.unwrap_or(limits::MODEL_MESSAGE);
    // Who would come too late does not wait at all.
    if ahead > 0 && each * (ahead + 1) > left {
        return Err(ProviderError::OverBudget.into());
    }
    // A model that is loaded too late serves the next cycle: of these there is none, and a person waits for this one.
    let is_last = run.trigger == CycleTrigger::Once;
    let start = if is_last { left } else { limits::MODEL_START.min(left) };
    let mut asked = pin!(tokio::time::timeout(left, async {
        run.shared.reach_model(start, is_last).await?;
        Ok::<Draft, Without>(model.draft(brief, within).await?)
    }));
    let at_once = tokio::time::timeout(limits::MODEL_AT_ONCE, &mut asked).await;
    let came = match at_once {
        Ok(came) => came,
        Err(_) => {
            let held = permit.take().is_some();
            let came = tokio::select! {
                came = asked => came,
                () = run.shared.stop.cancelled() => return Err(Without::Ending),
            };
            if held {
                *permit = run.permits.commit().await;
            }
            came
        }
    };
    match came {
        Ok(answered) => {
            match &answered {
                Ok(_) => run.shared.resolved(KEY),
                Err(Without::Provider(error @ ProviderError::NoKey(_))) => {
                    run.shared.warn_about(Some(KEY), error.to_string());
                }
                Err(_) => {}
            }
            answered
        }
        Err(_) => Err(ProviderError::OverBudget.into()),
    }
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
