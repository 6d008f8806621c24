//! Plan: from a fresh snapshot to one decision. No clock, no disk: the same snapshot gives the same plan.

use crate::{
    approval::Approved,
    guards::{self, Candidate, Finding},
    reason::Reason,
    repo::Policy,
    settings,
    snapshot::{Destination, Head, LockSeen, PushTarget, Snapshot},
};

/// What to do with a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Leave it alone; nobody needs to act.
    Skip(Reason),
    /// Leave it alone until a person acts.
    Hold(Reason),
    /// Nothing to commit; push if a target is given.
    Nothing {
        /// Something worth saying although all is well.
        note: Option<Reason>,
        /// Old commits that the remote has not.
        push: Option<PushTarget>,
        /// Paths that stay out.
        held: Vec<Finding>,
    },
    /// Commit these paths, then push.
    Commit(CommitPlan),
}

/// A commit that may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitPlan {
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// The paths to stage.
    pub allowed: Vec<Candidate>,
    /// Paths that stay out.
    pub held: Vec<Finding>,
    /// Where to push afterwards.
    pub push: Option<PushTarget>,
    /// Why there will be no push, where there is none.
    pub note: Option<Reason>,
    /// What would be held and a person approved.
    pub approved: Approved,
}

/// Gates that need no candidate: whether the repository may be touched at all right now.
pub fn gate(snapshot: &Snapshot, policy: &Policy) -> Option<Plan> {
    if let Some(why) = policy.off_because {
        return Some(Plan::Skip(Reason::OptedOut(why)));
    }
    if let Some(operation) = snapshot.operation.filter(|op| *op != crate::snapshot::Operation::Conflict) {
        return Some(Plan::Hold(Reason::InProgress(operation)));
    }
    if snapshot.changes.iter().any(|c| c.kind == crate::snapshot::ChangeKind::Unmerged) {
        return Some(Plan::Hold(Reason::Unmerged));
    }
    if let Some(operation) = snapshot.operation {
        return Some(Plan::Hold(Reason::InProgress(operation)));
    }
    let Head::Branch { name, .. } = &snapshot.head else {
        return Some(match snapshot.is_clean() {
            true => Plan::Nothing { note: Some(Reason::Detached), push: None, held: Vec::new() },
            false => Plan::Hold(Reason::Detached),
        });
    };
    if let Some(wanted) = policy.branches.iter().find(|wanted| *wanted != name) {
        return Some(Plan::Skip(Reason::OtherBranch { current: name.clone(), wanted: wanted.clone() }));
    }
    if let Some(lock) = snapshot.locks.iter().find(|lock| lock.blocks) {
        return Some(match snapshot.is_clean() && snapshot.ahead() == 0 {
            true => Plan::Nothing { note: Some(lock.reason()), push: None, held: Vec::new() },
            false => Plan::Hold(lock.reason()),
        });
    }
    if snapshot.room.is_some_and(|room| room.too_little()) && !snapshot.is_clean() {
        return Some(Plan::Hold(Reason::LittleRoom));
    }
    if snapshot.editor_open && !snapshot.is_clean() {
        return Some(Plan::Hold(Reason::EditorOpen));
    }
    None
}

/// The decision for a repository that passed the [`gate`].
pub fn plan(
    snapshot: &Snapshot,
    candidates: Vec<Candidate>,
    policy: &Policy,
    limits: &settings::Guards,
    approved: &Approved,
) -> Plan {
    let (allowed, held) = guards::before_staging(candidates, snapshot.tracked, limits, approved);
    let (push, note) = match &snapshot.destination {
        _ if !policy.push => (None, Some(Reason::PushOff)),
        Destination::NoRemote => (None, Some(Reason::NoRemote)),
        Destination::Missing { remote } => (None, Some(Reason::RemoteNotConfigured(remote.clone()))),
        Destination::Remote(target) => (Some(target.clone()), None),
    };
    match snapshot.head.branch() {
        Some(branch) if !allowed.is_empty() => {
            let (branch, approved) = (branch.to_owned(), approved.clone());
            Plan::Commit(CommitPlan { branch, allowed, held, push, note, approved })
        }
        _ => {
            let beside = snapshot.locks.iter().find(|lock| lock.stays()).map(LockSeen::reason);
            let push = push.filter(|t| t.ahead > 0 && snapshot.head.oid().is_some());
            let note = match note {
                Some(Reason::RemoteNotConfigured(_)) => note,
                note => beside.or(note),
            };
            Plan::Nothing { note, push, held }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        guards::testing::candidate,
        id::Oid,
        repo::{PersonalRules, RepoRules},
        settings::Settings,
        snapshot::{Change, ChangeKind, FileKind, Operation, Room},
    };

    fn oid() -> Option<Oid> {
        Oid::parse(&"1".repeat(40))
    }

    fn clean() -> Snapshot {
        Snapshot {
            head: Head::Branch { name: "main".into(), oid: oid() },
            operation: None,
            locks: Vec::new(),
            room: None,
            editor_open: false,
            changes: Vec::new(),
            tracked: 10,
            destination: Destination::NoRemote,
            rules: RepoRules::default(),
            sign: false,
        }
    }

    fn dirty() -> Snapshot {
        let change = Change {
            path: "a".into(),
            kind: ChangeKind::Modified,
            staged: false,
            unstaged: true,
            submodule: false,
        };
        Snapshot { changes: vec![change], ..clean() }
    }

    fn target(ahead: usize) -> Destination {
        Destination::Remote(PushTarget {
            remote: "origin".into(),
            url: "/srv/a.git".into(),
            branch: "main".into(),
            refs_tell: true,
            tracked: true,
            mirror: Some("refs/remotes/origin/main".into()),
            ahead,
            behind: 0,
            set_upstream: false,
        })
    }

    fn decide(snapshot: &Snapshot, settings: &Settings) -> Plan {
        let policy = Policy::merge(settings, &PersonalRules::default(), &snapshot.rules);
        let candidates =
            snapshot.changes.iter().map(|c| candidate(&c.path.shown(), c.kind, FileKind::File, 1)).collect();
        gate(snapshot, &policy)
            .unwrap_or_else(|| plan(snapshot, candidates, &policy, &settings.guards, &Approved::default()))
    }

    fn held_because(snapshot: &Snapshot) -> String {
        match decide(snapshot, &Settings::default()) {
            Plan::Hold(reason) => reason.code().to_owned(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn every_operation_holds_even_a_clean_tree() {
        for operation in Operation::ALL {
            for mut snapshot in [clean(), dirty()] {
                snapshot.operation = Some(operation);
                assert_eq!(held_because(&snapshot), "in_progress", "{operation:?}");
            }
        }
    }

    #[test]
    fn states_that_hold_a_dirty_tree() {
        let mut unmerged = dirty();
        unmerged.changes[0].kind = ChangeKind::Unmerged;
        unmerged.operation = Some(Operation::Conflict);
        assert_eq!(held_because(&unmerged), "unmerged", "the plainer sentence wins");
        let detached = Snapshot { head: Head::Detached { oid: oid().unwrap() }, ..dirty() };
        assert_eq!(held_because(&detached), "detached_head");
        let lock = |seconds, blocks| LockSeen { name: "x.lock".into(), seconds, blocks, holders: Vec::new() };
        let locked = |seconds| Snapshot { locks: vec![lock(0, false), lock(seconds, true)], ..dirty() };
        assert_eq!(held_because(&locked(2)), "locked");
        assert_eq!(held_because(&locked(20)), "lock_stays");
        let beside = |seconds| Snapshot { locks: vec![lock(seconds, false)], ..clean() };
        let note = |snapshot| match decide(&snapshot, &Settings::default()) {
            Plan::Nothing { note, .. } => note.map(|note| note.code()),
            other => panic!("{other:?}"),
        };
        assert_eq!(note(beside(20)), Some("lock_stays"), "what blocks no commit is said all the same");
        assert_ne!(note(beside(2)), Some("locked"), "and not in the moment that a command takes");
        assert!(matches!(
            decide(&Snapshot { locks: vec![lock(20, false)], ..dirty() }, &Settings::default()),
            Plan::Commit(_)
        ));
        let room = |free| Snapshot { room: Some(Room { free, total: 1 << 40 }), ..dirty() };
        assert_eq!(held_because(&room(63 << 20)), "little_room");
        assert!(matches!(decide(&room(65 << 20), &Settings::default()), Plan::Commit(_)));
        let small = |free| Snapshot { room: Some(Room { free, total: 100 << 20 }), ..dirty() };
        assert_eq!(held_because(&small(4 << 20)), "little_room", "of a small disk a twentieth");
        assert!(matches!(decide(&small(6 << 20), &Settings::default()), Plan::Commit(_)));
        let pushes = Snapshot { destination: target(1), ..Snapshot { changes: Vec::new(), ..room(1) } };
        assert!(
            matches!(decide(&pushes, &Settings::default()), Plan::Nothing { push: Some(_), .. }),
            "what is committed is pushed all the same"
        );
        let editing = Snapshot { editor_open: true, ..dirty() };
        assert_eq!(held_because(&editing), "editor_open");
    }

    #[test]
    fn a_clean_detached_tree_needs_nobody() {
        let detached = Snapshot { head: Head::Detached { oid: oid().unwrap() }, ..clean() };
        let Plan::Nothing { note: Some(note), push: None, .. } = decide(&detached, &Settings::default())
        else {
            panic!()
        };
        assert_eq!(note.code(), "detached_head", "visible all the same");
    }

    #[test]
    fn branches_and_opt_outs_skip() {
        let settings = Settings { git_branch: Some("master".into()), ..Settings::default() };
        assert!(matches!(decide(&dirty(), &settings), Plan::Skip(Reason::OtherBranch { .. })));
        let settings = Settings { git_branch: Some("main".into()), ..Settings::default() };
        assert!(matches!(decide(&dirty(), &settings), Plan::Commit(_)));
        let both = Snapshot {
            rules: RepoRules { branch: Some("release".into()), ..RepoRules::default() },
            ..dirty()
        };
        assert!(
            matches!(decide(&both, &settings), Plan::Skip(Reason::OtherBranch { .. })),
            "both must match"
        );
        let off = Snapshot { rules: RepoRules { enabled: Some(false), ..RepoRules::default() }, ..dirty() };
        assert!(matches!(decide(&off, &Settings::default()), Plan::Skip(Reason::OptedOut(_))));
    }

    #[test]
    fn pushes() {
        let plan_of =
            |snapshot: &Snapshot, push: bool| decide(snapshot, &Settings { push, ..Settings::default() });
        let ahead = Snapshot { destination: target(3), ..clean() };
        assert!(
            matches!(plan_of(&ahead, true), Plan::Nothing { push: Some(_), note: None, .. }),
            "old commits go out"
        );
        assert!(matches!(
            plan_of(&ahead, false),
            Plan::Nothing { push: None, note: Some(Reason::PushOff), .. }
        ));
        let even = Snapshot { destination: target(0), ..clean() };
        assert!(
            matches!(plan_of(&even, true), Plan::Nothing { push: None, note: None, .. }),
            "nothing to push"
        );
        let missing = Snapshot { destination: Destination::Missing { remote: "origni".into() }, ..dirty() };
        let Plan::Commit(commit) = plan_of(&missing, true) else { panic!() };
        assert_eq!(commit.note, Some(Reason::RemoteNotConfigured("origni".into())));
        let unborn = Snapshot {
            head: Head::Branch { name: "main".into(), oid: None },
            destination: target(1),
            ..clean()
        };
        assert!(matches!(plan_of(&unborn, true), Plan::Nothing { push: None, .. }), "no commit to push yet");
        let first = Snapshot { head: Head::Branch { name: "main".into(), oid: None }, ..dirty() };
        assert!(matches!(plan_of(&first, true), Plan::Commit(_)), "an unborn branch commits");
    }
}
