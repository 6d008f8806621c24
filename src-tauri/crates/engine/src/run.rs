//! The run: one repository, one straight function of few named stages.

use crate::{
    Steer,
    asked::Asked,
    events::Event,
    lanes::{Permits, Place},
    limits,
    shared::Shared,
    stages::{self, Progress},
    trust::Gate,
};
use autocommit_core::{
    cycle::{CycleTrigger, RunReport, RunStatus},
    guards::Candidate,
    history::Stage,
    id::{CycleId, RunId},
    plan::{Plan, gate},
    reason::Reason,
    repo::{OFF_BY_ITSELF, Policy, Repo},
    settings::Settings,
    settle::{Settle, settle},
    snapshot::{Change, ChangeKind, FileKind},
    trust::{Brought, summary},
};
use autocommit_git::{GitError, Inspection};
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

/// How far a run may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Read only, no message.
    Look,
    /// What the guards hold, to the last object: a dry run without a message.
    Guards,
    /// Everything but writing.
    DryRun,
    /// Push what is committed.
    PushOnly,
    /// Commit and push.
    Full,
}

/// One run and all it needs to know.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) shared: Arc<Shared>,
    pub(crate) repo: Arc<Repo>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) permits: Arc<Permits>,
    pub(crate) id: RunId,
    pub(crate) cycle: CycleId,
    pub(crate) trigger: CycleTrigger,
    pub(crate) mode: Mode,
    /// Nobody is told.
    pub(crate) quiet: bool,
    /// Wait until writing stops, instead of coming back later or going on at once.
    pub(crate) wait_for_quiet: bool,
    /// A person asked for exactly this: what was refused before is tried again.
    pub(crate) retry_refused: bool,
    /// A network is back: what could not be reached before is tried again.
    pub(crate) retry_unreached: bool,
    /// Pushes wait for the next time that some go.
    pub(crate) spares_pushes: bool,
    pub(crate) asked_at: Instant,
    /// Somebody wants to know what could be approved.
    pub(crate) asked: Option<Arc<Asked>>,
    /// What the person says about the message.
    pub(crate) steer: Steer,
}

/// What a run ended with.
pub(crate) struct Ended {
    pub(crate) report: RunReport,
    /// Look again after this long.
    pub(crate) again: Option<Duration>,
    /// Something moved under it and nothing was written: worth another try at once.
    pub(crate) moved: bool,
}

impl Run {
    /// What says of each line of the log which run it belongs to. Under a target of its own, so that no filter hides it; the
    /// path is quoted, so that no name can pass for the rest of the line.
    pub(crate) fn span(&self) -> tracing::Span {
        let repo = self.repo.work_tree.to_string_lossy();
        tracing::error_span!(target: "autocommit_run", "run", ?repo, id = %self.id, cycle = %self.cycle)
    }

    /// Runs to the end. Never fails: what goes wrong is in the report.
    pub(crate) async fn execute(self) -> Ended {
        let started = Instant::now();
        let mut report = RunReport::new(self.id.clone(), &self.repo);
        let (again, moved) = match Box::pin(self.stages(&mut report)).await {
            Ok(Progress::Done) => (None, false),
            Ok(Progress::Again(after)) => (Some(after), false),
            Ok(Progress::Moved) | Err(GitError::MovedMeanwhile) => {
                report.status = RunStatus::Held;
                report.because(&Reason::MovedMeanwhile);
                // Whatever moves it again and again is not met without a pause.
                (Some(self.settings.quiet().max(limits::PUT_OFF)), true)
            }
            Err(error) => {
                fail(&mut report, &error);
                stages::record::failure(&self, &report, Stage::Inspect).await;
                (None, false)
            }
        };
        if report.committed && self.mode == Mode::Full {
            tracing::info!("committed");
        }
        if report.status == RunStatus::Pushed {
            tracing::info!("pushed");
        }
        report.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ended { report, again, moved }
    }

    /// Announces a stage that takes time.
    pub(crate) fn enter(&self, stage: Stage) {
        tracing::debug!(stage = stage.code(), "stage");
        if self.quiet {
            return;
        }
        let event =
            Event::StageEntered { repo_id: self.repo.id.clone(), cycle_id: self.cycle.clone(), stage };
        self.shared.events.append(event);
    }

    async fn stages(&self, report: &mut RunReport) -> Result<Progress, GitError> {
        let rules = self.shared.registry().rules(&self.repo.id);
        if rules.enabled == Some(false) {
            report.status = RunStatus::Skipped;
            report.because(&Reason::OptedOut("You switched it off."));
            return Ok(Progress::Done);
        }
        let mut permit = self.permits.commit().await;
        let waited_since = Instant::now();
        loop {
            match self.look(report, &rules).await? {
                Look::Decided(seen) => {
                    let (inspection, decision) = *seen;
                    return self.carry_out(report, &inspection, decision, &mut permit).await;
                }
                Look::Asks(asks) => {
                    untrusted(report, &asks);
                    stages::record::held(self, report).await;
                    return Ok(Progress::Done);
                }
                Look::OptedOut => {
                    self.shared.registry().opts_out(&self.repo.id);
                    report.status = RunStatus::Skipped;
                    report.because(&Reason::OptedOut(OFF_BY_ITSELF));
                    return Ok(Progress::Done);
                }
                Look::Settling(wait)
                    if self.wait_for_quiet && waited_since.elapsed() < limits::LONGEST_SETTLE =>
                {
                    drop(permit.take());
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        () = self.shared.stop.cancelled() => {
                            self.interrupted(report);
                            return Ok(Progress::Done);
                        }
                    }
                    permit = self.permits.commit().await;
                }
                Look::Settling(wait) => {
                    report.status = RunStatus::Skipped;
                    report.because(&Reason::Settling);
                    return Ok(Progress::Again(wait));
                }
            }
        }
    }

    /// Inspect and plan.
    async fn look(
        &self,
        report: &mut RunReport,
        rules: &autocommit_core::repo::PersonalRules,
    ) -> Result<Look, GitError> {
        let trusted = match self.shared.gate(&self.repo, &self.settings).await? {
            Gate::Open { trusted, newcomer } => {
                if matches!(self.mode, Mode::Full | Mode::PushOnly) {
                    self.shared.newcomers().extend(newcomer);
                }
                trusted
            }
            Gate::Asks(asks) => return Ok(Look::Asks(asks)),
            Gate::OptedOut => return Ok(Look::OptedOut),
        };
        self.note_files(&trusted).await;
        let mut inspection =
            self.shared.inspector.inspect(&self.shared.git, &self.repo, trusted, &self.settings).await?;
        let writes = matches!(self.mode, Mode::Full | Mode::PushOnly) && self.shared.may_write();
        if writes && !inspection.snapshot.locks.is_empty() && stages::locks::ladder(self, &inspection).await {
            let inspector = &self.shared.inspector;
            let trusted = inspection.trusted;
            inspection = inspector.inspect(&self.shared.git, &self.repo, trusted, &self.settings).await?;
        }
        stages::push::doubt(self, &mut inspection).await;
        let snapshot = &inspection.snapshot;
        let policy = Policy::merge(&self.settings, rules, &snapshot.rules);
        let dirty_for =
            self.shared.registry().inspected(&self.repo.id, snapshot, policy.push, policy.enabled);
        report.branch = snapshot.head.branch().map(str::to_owned);
        report.dirty_files = snapshot.changes.len();
        report.ahead = snapshot.ahead();
        if let Some(decision) = gate(snapshot, &policy) {
            return Ok(Look::Decided(Box::new((inspection, decision))));
        }
        let candidates = match self.mode {
            Mode::PushOnly => Vec::new(),
            _ => self.candidates(&inspection).await?,
        };
        let in_a_hurry = !self.wait_for_quiet && self.trigger != CycleTrigger::Interval;
        if !candidates.is_empty() && self.mode == Mode::Full && !in_a_hurry {
            let age = newest_change(&candidates, dirty_for);
            if let Settle::Wait(wait) =
                settle(age, dirty_for, self.settings.quiet(), self.settings.max_wait())
            {
                return Ok(Look::Settling(wait));
            }
        }
        let decision = stages::approved::plan(self, &inspection, candidates, &policy).await;
        Ok(Look::Decided(Box::new((inspection, decision))))
    }

    async fn candidates(&self, inspection: &Inspection) -> Result<Vec<Candidate>, GitError> {
        let changes = &inspection.snapshot.changes;
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let paths: Vec<_> = changes.iter().map(|c| c.path.clone()).collect();
        let new = changes.iter().filter(|c| c.kind == ChangeKind::Added).map(|c| c.path.clone());
        let new: Vec<_> = new.collect();
        let twins = autocommit_git::case_twins(&self.shared.git, &self.repo, inspection, &new).await?;
        let files = stages::file_states(self, paths).await;
        let candidate =
            |(change, file): (Change, _)| Candidate { twin: twins.contains(&change.path), change, file };
        Ok(changes.iter().cloned().zip(files).map(candidate).collect())
    }

    async fn carry_out(
        &self,
        report: &mut RunReport,
        inspection: &Inspection,
        decision: Plan,
        permit: &mut Option<Place>,
    ) -> Result<Progress, GitError> {
        match decision {
            Plan::Skip(reason) => {
                report.status = RunStatus::Skipped;
                report.because(&reason);
                Ok(Progress::Done)
            }
            Plan::Hold(reason) => {
                report.status = RunStatus::Held;
                report.because(&reason);
                stages::record::held(self, report).await;
                Ok(Progress::Done)
            }
            Plan::Nothing { note, push, held } => {
                report.held = held;
                stages::nothing(report, note.as_ref());
                if report.status == RunStatus::Held {
                    stages::record::held(self, report).await;
                }
                drop(permit.take());
                stages::push::old_commits(self, report, inspection, push.as_ref()).await
            }
            Plan::Commit(commit) => {
                if self.mode == Mode::Look {
                    report.held = commit.held;
                    stages::nothing(report, commit.note.as_ref());
                    return Ok(Progress::Done);
                }
                if self.mode == Mode::Full && !self.shared.may_write() {
                    self.interrupted(report);
                    return Ok(Progress::Done);
                }
                Box::pin(stages::commit::commit(self, report, inspection, commit, permit)).await
            }
        }
    }

    /// Whether what was approved is still all there is: asked right before programs of the repository's own may run.
    pub(crate) async fn still_trusted(&self, inspection: &Inspection) -> Result<bool, GitError> {
        self.shared.still(&self.repo, &self.settings, &inspection.trusted).await
    }

    /// Nothing new starts: switched off, or ending.
    pub(crate) fn interrupted(&self, report: &mut RunReport) {
        report.status = RunStatus::Skipped;
        let stopping = self.shared.stop.is_cancelled();
        report.because(if stopping { &Reason::Stopping } else { &Reason::Disabled });
    }
}

enum Look {
    Decided(Box<(Inspection, Plan)>),
    Settling(Duration),
    Asks(Vec<Brought>),
    OptedOut,
}

/// Puts what asks for trust into the report.
pub(crate) fn untrusted(report: &mut RunReport, asks: &[Brought]) {
    report.status = RunStatus::Held;
    report.because(&Reason::NeedsTrust(summary(asks)));
    report.error = Some(crate::trust::listed(asks));
}

/// Puts an error into the report.
pub(crate) fn fail(report: &mut RunReport, error: &GitError) {
    report.status = RunStatus::Failed;
    report.because(&error.reason());
    report.error = Some(error.detail()).filter(|d| !d.is_empty());
}

/// Age of the newest change. A deletion leaves no time behind; it is as old as the first sight of it.
fn newest_change(candidates: &[Candidate], dirty_for: Duration) -> Option<Duration> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_nanos();
    let now = i128::try_from(now).ok()?;
    let ages = candidates.iter().map(|c| match c.file.kind {
        FileKind::Missing | FileKind::Folder | FileKind::Repository => dirty_for,
        _ => {
            // A file restored with an old date still has a new inode time.
            let newest = c.file.mtime_ns.max(c.file.ctime_ns);
            u64::try_from(now - newest).map_or(Duration::ZERO, Duration::from_nanos)
        }
    });
    ages.min()
}
