//! Push: one object to one branch, never forced.

use crate::{
    answer::{classify, unanswered, words},
    branch::Witness,
    command::{Call, Git},
    error::{GitError, readable},
    hooks,
    inspect::{Inspection, own_helpers},
    limits::Class,
    locks::{self, Claim, Settled},
    person_call,
    ssh::{self, Lease},
    upstream,
};
use autocommit_core::{
    id::{Oid, RunId},
    push::{PushClass, PushOutcome},
    repo::Repo,
    snapshot::PushTarget,
};
use std::time::SystemTime;

/// What is added to ssh, against questions and black holes. The person's host-key policy stays.
pub(crate) const SSH_OPTIONS: &str =
    "-o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=3";

/// Protocols that start no program of the address's choice (`ext::` and other helpers do).
const PLAIN_PROTOCOLS: &str = "file:git:http:https:ssh";

/// What came of a push.
#[derive(Debug)]
pub struct Pushed {
    /// At the remote.
    pub outcome: PushOutcome,
    /// A lock is still there that a killed git may have left here, or that could not be given up.
    pub left_locked: bool,
}

/// Pushes `oid` to the target's branch, and sets the upstream of `branch` where it has none. Locks that are made for
/// that are put on record by `witness`.
#[allow(clippy::too_many_arguments, reason = "one step, with all it stands on")]
pub async fn push(
    git: &Git,
    repo: &Repo,
    inspection: &Inspection,
    target: &PushTarget,
    branch: &str,
    oid: &Oid,
    run: &RunId,
    witness: Witness<'_>,
) -> Result<Pushed, GitError> {
    let runs_hooks = hooks::runs_in_a_push(repo, &inspection.config);
    let lease = ssh::lease(git, &inspection.config, &target.url, runs_hooks).await;
    let Pushed { mut outcome, mut left_locked } =
        send(git, repo, inspection, target, oid, lease.as_ref()).await?;
    if let Some(lease) = lease
        && doubted(git, &lease, outcome.class).await
        // Where git cannot even be run again, what the first push said stands.
        && let Ok(alone) = send(git, repo, inspection, target, oid, None).await
    {
        // The remote's word, or the connection's end: by itself it is told from that of the host.
        match alone.outcome.class.arrived() {
            true => lease.leave_alone(git).await,
            false => lease.suspect(git, alone.outcome.class != PushClass::Unreachable).await,
        }
        (outcome, left_locked) = (alone.outcome, alone.left_locked || left_locked);
    }
    if outcome.class.arrived() && target.set_upstream {
        left_locked |= upstream::set(git, repo, target, branch, run, witness).await;
    }
    Ok(Pushed { outcome, left_locked })
}

/// Whether a shared connection may be why a push through it failed: a push that fails by itself would say the same again.
async fn doubted(git: &Git, lease: &Lease, class: PushClass) -> bool {
    match class {
        _ if class.arrived() || git.is_ending() => false,
        PushClass::Unreachable
        | PushClass::Unknown
        | PushClass::Authentication
        | PushClass::RemoteMissing => true,
        // It took its time once: only where nobody is at the other end of the socket it is given it again.
        PushClass::TimedOut => !lease.answers(git).await,
        _ => false,
    }
}

/// One push, through `lease` where there is one. What a killed one locked is cleared at once, if it can be.
async fn send(
    git: &Git,
    repo: &Repo,
    inspection: &Inspection,
    target: &PushTarget,
    oid: &Oid,
    lease: Option<&Lease>,
) -> Result<Pushed, GitError> {
    let begun = SystemTime::now();
    let shared = lease.map(Lease::options);
    let result = to_the_network(git, repo, inspection, "push", shared.as_deref())
        .args_global(["-c", "push.followTags=false"])
        .args_global(["-c", submodules(repo)])
        .args([
            "push",
            "--porcelain",
            "--progress",
            "--no-follow-tags",
            "--receive-pack=git-receive-pack",
            "--",
        ])
        .args([&target.remote, &format!("{oid}:refs/heads/{}", target.branch)])
        .run()
        .await;
    let (outcome, killed) = match result {
        Ok(output) => {
            let class = classify(&output);
            let detail = if class.arrived() { String::new() } else { readable(&words(&output)) };
            (PushOutcome { class, detail }, output.code.is_none())
        }
        Err(GitError::TimedOut { detail, .. }) => (PushOutcome { class: PushClass::TimedOut, detail }, true),
        Err(error) => return Err(error),
    };
    let left_locked = killed && !cleared(repo, target, oid, begun).await;
    Ok(Pushed { outcome, left_locked })
}

/// Clears the lock that a killed push may have left where git notes what has arrived; `false` if it is still there.
async fn cleared(repo: &Repo, target: &PushTarget, oid: &Oid, begun: SystemTime) -> bool {
    let Some(mirror) = &target.mirror else { return true };
    let lasted = begun.elapsed().unwrap_or_default();
    let claims = Claim::of_push(repo, mirror, oid, begun, lasted);
    let left = locks::claimed(repo, None, Some(mirror), &claims);
    locks::settle(repo, left, &claims).await.iter().all(|one| matches!(one, Settled::Cleared(_)))
}

/// Asks the remote for its HEAD, as a push would be made but without pushing: whether it answers and lets us in.
pub async fn reach(
    git: &Git,
    repo: &Repo,
    inspection: &Inspection,
    target: &PushTarget,
) -> Result<PushOutcome, GitError> {
    let call = to_the_network(git, repo, inspection, "reach", None).args([
        "ls-remote",
        "--quiet",
        "--",
        &target.remote,
        "HEAD",
    ]);
    match call.run().await {
        Ok(output) if output.success() => {
            Ok(PushOutcome { class: PushClass::UpToDate, detail: String::new() })
        }
        Ok(output) => {
            Ok(PushOutcome { class: unanswered(&output.stderr), detail: readable(&words(&output)) })
        }
        Err(GitError::TimedOut { detail, .. }) => Ok(PushOutcome { class: PushClass::TimedOut, detail }),
        Err(error) => Err(error),
    }
}

/// A call that may talk to a remote: with the person's own credential helpers and ssh command, and nobody to ask. Words
/// about a connection to share are given to ssh first.
pub(crate) fn to_the_network<'a>(
    git: &'a Git,
    repo: &Repo,
    inspection: &Inspection,
    step: &'static str,
    shared: Option<&str>,
) -> Call<'a> {
    let ssh = inspection.config.person("core.sshcommand").unwrap_or("ssh");
    person_call(git, repo, step)
        .class(Class::Network)
        .args_global(own_helpers(&inspection.config))
        .args_global(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=30"])
        .env(
            "GIT_SSH_COMMAND",
            [Some(ssh), shared, Some(SSH_OPTIONS)].into_iter().flatten().collect::<Vec<_>>().join(" "),
        )
        .env("GIT_ALLOW_PROTOCOL", PLAIN_PROTOCOLS)
}

/// A pointer to a submodule's commit must not arrive before that commit does. Where there are no submodules git need not
/// look through the new commits for them, which costs as much as a commit.
fn submodules(repo: &Repo) -> &'static str {
    match repo.work_tree.join(".gitmodules").symlink_metadata() {
        Ok(_) => "push.recurseSubmodules=check",
        Err(_) => "push.recurseSubmodules=no",
    }
}
