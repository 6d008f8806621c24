//! The push: after a commit, or of old commits; remembered, so that a refusal is not repeated and an arrival is known.

use super::{
    Progress, record,
    unpushed::{self, Publishable, Stopped},
};
use crate::{
    run::{Mode, Run, fail, untrusted},
    trust::Gate,
};
use autocommit_core::{
    Timestamp,
    backoff::backoff,
    cycle::{CycleTrigger, RunReport, RunStatus},
    history::Stage,
    id::Oid,
    push::{PushClass, PushOutcome, Retry},
    reason::Reason,
    snapshot::{Destination, PushTarget},
    text::counted,
    trust::Brought,
};
use autocommit_git::{GitError, Inspection, Pushed};
use autocommit_store::{PushFailure, PushKey, PushMemory};

/// With several addresses the tracking ref moves as soon as one of them has the commit, and with a new one it is of the old:
/// only what we saw arrive at all of them counts.
pub(crate) async fn doubt(run: &Run, inspection: &mut Inspection) {
    let head = inspection.snapshot.head.oid().cloned();
    let Destination::Remote(target) = &mut inspection.snapshot.destination else { return };
    if target.refs_tell || target.ahead > 0 {
        return;
    }
    let key = key_of(run, target);
    let memory = run.shared.kept("what was pushed", run.shared.store.pushes().get(&key).await).flatten();
    if memory.and_then(|m| m.arrived).map(|a| a.oid) != head {
        target.ahead = 1;
    }
}

/// The place that a push of this run goes to.
pub(crate) fn key_of(run: &Run, target: &PushTarget) -> PushKey {
    PushKey::new(&run.repo.id, &target.remote, &target.url, &target.branch)
}

/// Pushes what was committed earlier, where there is anything.
pub(crate) async fn old_commits(
    run: &Run,
    report: &mut RunReport,
    inspection: &Inspection,
    target: Option<&PushTarget>,
) -> Result<Progress, GitError> {
    let Some((target, tip)) = target.zip(inspection.snapshot.head.oid()) else {
        if report.ahead == 0 {
            record::nothing_waits(run, inspection).await;
        }
        return Ok(Progress::Done);
    };
    match run.mode {
        Mode::Look => Ok(Progress::Done),
        Mode::Guards => {
            if target.ahead > 0 {
                let publishable = unpushed::publishable(run, &key_of(run, target), target, tip).await?;
                publishable.stopped.iter().for_each(|stopped| stays_here(report, stopped));
            }
            Ok(Progress::Done)
        }
        Mode::DryRun => {
            report.reason = Some(format!("{} would be pushed.", counted(target.ahead, "commit")));
            Ok(Progress::Done)
        }
        Mode::PushOnly | Mode::Full => push(run, report, inspection, target, tip).await,
    }
}

/// Pushes `tip`: the commit that this run made, or older ones.
pub(crate) async fn push(
    run: &Run,
    report: &mut RunReport,
    inspection: &Inspection,
    target: &PushTarget,
    tip: &Oid,
) -> Result<Progress, GitError> {
    let shared = &run.shared;
    let key = key_of(run, target);
    let memory =
        shared.kept("what was pushed", shared.store.pushes().get(&key).await).flatten().unwrap_or_default();
    let arrived = memory.arrived.as_ref().is_some_and(|a| a.oid == *tip);
    if !target.tracked && arrived && !(target.mirror.is_some() && shared.clean.first_time(&key, tip)) {
        // No tracking ref covers this branch, but we saw it arrive. Where one could, a crash may have kept git from
        // writing it: one more push, which is up to date, makes up for that.
        report.ahead = 0;
        return Ok(Progress::Done);
    }
    if let Some(failure) = &memory.failure
        && let Some(reason) = left_alone(run, failure, tip)
    {
        not_pushed(report, failure.class, &reason, &failure.detail);
        return Ok(Progress::Done);
    }
    let host = target.host();
    // A folder on this machine costs no more than the commit did.
    if run.spares_pushes && host != "local" {
        shared.power.spare(&run.repo.id);
        report.because(&Reason::PushesSpared);
        report.ahead = report.ahead.max(1);
        report.status = RunStatus::Committed;
        return Ok(Progress::Done);
    }
    let publishable = match unpushed::publishable(run, &key, target, tip).await {
        // The part that may go is there already.
        Ok(part)
            if part.stopped.is_some()
                && part.tip.is_some()
                && part.tip.as_ref() == memory.arrived.as_ref().map(|a| &a.oid) =>
        {
            Publishable { tip: None, ..part }
        }
        Ok(publishable) => publishable,
        Err(error) => {
            fail(report, &error);
            record::failure(run, report, Stage::Push).await;
            return Ok(Progress::Done);
        }
    };
    let Some(sent) = may_go(run, report, inspection, &publishable).await else { return Ok(Progress::Done) };
    let tip = &sent;
    let (_host_permit, _permit) = run.permits.push(&host).await;
    let asked = run.trigger != CycleTrigger::Interval || run.retry_unreached;
    if shared.hosts.closed(&host, asked.then_some(run.asked_at)) {
        not_pushed(report, PushClass::Unreachable, &Reason::WaitsForHost(host), "");
        return Ok(Progress::Done);
    }
    if !shared.may_write() {
        return Ok(Progress::Done);
    }
    // The address, and what a push runs, are still what they were.
    if let Err(asks) = allowed_still(run, inspection).await {
        if let Some(asks) = asks {
            untrusted(report, &asks);
            record::push_failed(run, report).await;
        }
        return Ok(Progress::Done);
    }
    if host != "local" {
        shared.power.pushes();
    }
    run.enter(Stage::Push);
    record::pushing(run, target, tip).await;
    let mut left_locked = false;
    let mut pushed = try_to_push(run, inspection, target, tip).await;
    if let Ok(first) = &pushed
        && first.outcome.class == PushClass::Unknown
    {
        // Most often somebody else's push to the same place at the same moment: one more try tells.
        left_locked = first.left_locked;
        tokio::time::sleep(crate::limits::PUSH_AGAIN).await;
        pushed = try_to_push(run, inspection, target, tip).await;
    }
    if shared.stop.is_cancelled() && matches!(&pushed, Ok(p) if p.outcome.class == PushClass::TimedOut) {
        // Ended with the program; the next start pushes it again, which is harmless.
        return Ok(Progress::Done);
    }
    let pushed = match pushed {
        Ok(pushed) => pushed,
        Err(error) => {
            match left_locked {
                true => shared.left_half_done(run.repo.clone()),
                false => record::push_settled(run).await,
            }
            fail(report, &error);
            record::failure(run, report, Stage::Push).await;
            return Ok(Progress::Done);
        }
    };
    if left_locked || pushed.left_locked {
        // The journal stays open: the lock is cleared before the next cycle, as after a crash.
        shared.left_half_done(run.repo.clone());
    } else {
        record::push(run, target, tip, pushed.outcome.class).await;
    }
    let outcome = &pushed.outcome;
    concluded(run, report, (&key, &memory), outcome, target, tip).await;
    if outcome.class.arrived() {
        // What has arrived cannot be noted here while that is locked.
        let lock = inspection.snapshot.locks.iter().find(|lock| lock.stays());
        if let (None, Some(lock)) = (&report.reason, lock) {
            report.because(&lock.reason());
        }
        match &publishable.stopped {
            None => record::pushed(run).await,
            Some(stopped) => {
                record::some_pushed(run, &publishable.commits).await;
                stays_here(report, stopped);
                record::push_failed(run, report).await;
            }
        }
    }
    Ok(Progress::Done)
}

/// Otherwise what asks now; nothing where the next look is to decide.
async fn allowed_still(run: &Run, inspection: &Inspection) -> Result<(), Option<Vec<Brought>>> {
    match run.shared.gate(&run.repo, &run.settings).await {
        Ok(Gate::Open { trusted, .. }) if trusted == inspection.trusted => Ok(()),
        Ok(Gate::Asks(asks)) => Err(Some(asks)),
        _ => Err(None),
    }
}

/// The commit to push; nothing, and the reason in the report, where none may go.
async fn may_go(
    run: &Run,
    report: &mut RunReport,
    inspection: &Inspection,
    publishable: &Publishable,
) -> Option<Oid> {
    if publishable.lfs && !autocommit_git::uploads_lfs(&run.repo, inspection) {
        report.because(&Reason::LfsNotUploaded);
        report.status = RunStatus::Held;
        record::push_failed(run, report).await;
        return None;
    }
    if let (None, Some(stopped)) = (&publishable.tip, &publishable.stopped) {
        stays_here(report, stopped);
        record::push_failed(run, report).await;
    }
    publishable.tip.clone()
}

/// The report of commits that stay on this disk because of a secret in one of them.
fn stays_here(report: &mut RunReport, stopped: &Stopped) {
    let commit = stopped.commit.short().to_owned();
    report.because(&Reason::SecretUnpushed { commit, path: stopped.path.clone() });
    report.status = RunStatus::Held;
    report.ahead = stopped.staying;
}

/// One push, with what it locks on record.
async fn try_to_push(
    run: &Run,
    inspection: &Inspection,
    target: &PushTarget,
    tip: &Oid,
) -> Result<Pushed, GitError> {
    let branch = inspection.snapshot.head.branch().unwrap_or_default();
    let witness =
        |locks| -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> { Box::pin(record::locks(run, locks)) };
    autocommit_git::push(&run.shared.git, &run.repo, inspection, target, branch, tip, &run.id, &witness).await
}

/// Why a push that failed before is not tried now, if so.
fn left_alone(run: &Run, failure: &PushFailure, tip: &Oid) -> Option<Reason> {
    if run.retry_refused {
        return None;
    }
    match failure.class.retry() {
        Retry::Never => None,
        Retry::OnChange => (failure.tip == *tip).then_some(Reason::StillRefused(failure.class)),
        Retry::Backoff => {
            let waits = failure.next_try_at.is_some_and(|at| at > crate::events::now());
            (run.trigger == CycleTrigger::Interval && !run.retry_unreached && waits)
                .then_some(Reason::Push(failure.class))
        }
    }
}

/// Keeps what came of a push, and puts it into the report.
async fn concluded(
    run: &Run,
    report: &mut RunReport,
    (key, memory): (&PushKey, &PushMemory),
    outcome: &PushOutcome,
    target: &PushTarget,
    tip: &Oid,
) {
    let shared = &run.shared;
    let host = target.host();
    if outcome.class.arrived() {
        shared.hosts.answered(&host);
        // A tracking ref of one address says it by itself; anything else is only known if it is remembered.
        if memory.failure.is_some() || !target.tracked || !target.refs_tell {
            shared
                .kept("what was pushed", shared.store.pushes().arrived(key, tip, crate::events::now()).await);
        }
        report.push = Some(outcome.class);
        report.ahead = 0;
        report.commit.get_or_insert_with(|| tip.clone());
        if report.status != RunStatus::Failed {
            report.status = RunStatus::Pushed;
        }
        if report.held.is_empty() {
            report.reason_code = None;
            report.reason = None;
            report.hint = None;
        }
        return;
    }
    if outcome.class == PushClass::Unreachable {
        shared.hosts.failed(&host);
    } else if outcome.class != PushClass::TimedOut {
        shared.hosts.answered(&host);
    }
    let at = crate::events::now();
    let failures = memory.failure.as_ref().map_or(0, |f| f.failures) + 1;
    let next = (outcome.class.retry() == Retry::Backoff).then(|| {
        let wait = backoff(u32::try_from(failures).unwrap_or(u32::MAX), rand::random());
        at.checked_add(wait).unwrap_or(Timestamp::MAX)
    });
    let failed = shared.store.pushes().failed(key, outcome.class, tip, &outcome.detail, at, next).await;
    shared.kept("what was pushed", failed);
    not_pushed(report, outcome.class, &Reason::Push(outcome.class), &outcome.detail);
    record::push_failed(run, report).await;
}

/// The report of commits that stay here: offline is a state, a refusal is a failure.
fn not_pushed(report: &mut RunReport, class: PushClass, reason: &Reason, detail: &str) {
    report.push = Some(class);
    report.because(reason);
    report.error = Some(detail.to_owned()).filter(|d| !d.is_empty());
    report.ahead = report.ahead.max(1);
    if class.offline() {
        report.waits_for_network = true;
        report.status = RunStatus::Committed;
    } else {
        report.status = RunStatus::Failed;
    }
}
