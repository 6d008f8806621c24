//! What is known of every repository: found by discovery, ruled by a person, last seen in some state.

mod order;
mod shown;

use crate::{RulesPatch, Tally, hours::LastDay, limits, run::Mode};
use autocommit_core::{
    Timestamp,
    cycle::{RunReport, RunStatus},
    guards::{Finding, Rule},
    id::{CycleId, RepoId},
    phase::RepoState,
    repo::{Package, PersonalRules, Repo},
    snapshot::{Destination, Snapshot},
    text::without_credentials,
};
use autocommit_watch::Found;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

/// One repository.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) repo: Arc<Repo>,
    packages: Vec<Package>,
    rules: PersonalRules,
    /// Found below a base path; others were named outright and last until the next scan.
    listed: bool,
    running: u32,
    swept: bool,
    /// The cycle that first saw the mass deletion that is still there.
    deletion_seen: Option<CycleId>,
    seen: Seen,
    dirty_since: Option<Instant>,
}

#[derive(Debug)]
struct Seen {
    state: RepoState,
    reason_code: Option<String>,
    reason: Option<String>,
    /// Since when it is in this state for this reason.
    since: Option<Timestamp>,
    hint: Option<String>,
    /// What the last run that looked at the files held, and how many.
    held: (Vec<Finding>, usize),
    branch: Option<String>,
    remote: Option<String>,
    remote_url: Option<String>,
    /// The repository's own configuration opts it out.
    off_by_itself: bool,
    push: bool,
    ahead: usize,
    dirty_files: usize,
    last_commit_at: Option<Timestamp>,
    last_push_at: Option<Timestamp>,
    last_error: Option<String>,
}

/// All repositories, by id.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    known: BTreeMap<RepoId, Known>,
    /// Those that discovery lists, in order; nothing where that or a rule changed since it was asked for.
    in_order: Option<Arc<[Arc<Repo>]>>,
    /// How many are running, or wait for their lane.
    busy: usize,
    rules: HashMap<PathBuf, PersonalRules>,
    scanned: bool,
    commits: LastDay,
    tally: Tally,
}

impl Registry {
    pub(crate) fn new(rules: HashMap<PathBuf, PersonalRules>) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Takes over what a scan found; what is known of a repository that is still there stays.
    pub(crate) fn scanned(&mut self, found: Vec<Found>) {
        self.in_order = None;
        let listed: HashSet<_> = found.iter().map(|f| f.repo.id.clone()).collect();
        self.known.retain(|id, known| listed.contains(id) || known.running > 0);
        for Found { repo, packages } in found {
            let known = self.entry(repo);
            known.packages = packages;
            known.listed = true;
        }
        self.scanned = true;
    }

    /// Adds a repository that was named outright.
    pub(crate) fn named(&mut self, repo: Repo) -> RepoId {
        let id = repo.id.clone();
        self.entry(repo);
        id
    }

    /// The person's rules for every path.
    pub(crate) fn all_rules(&self) -> HashMap<PathBuf, PersonalRules> {
        self.rules.clone()
    }

    /// Puts these rules in the place of all; before anything is known.
    pub(crate) fn take_rules(&mut self, rules: HashMap<PathBuf, PersonalRules>) {
        self.rules = rules;
    }

    fn entry(&mut self, repo: Repo) -> &mut Known {
        self.in_order = None;
        let rules = self.rules.get(&repo.work_tree).cloned().unwrap_or_default();
        let fresh = Arc::new(repo);
        let known = self.known.entry(fresh.id.clone()).or_insert_with(|| Known {
            repo: fresh.clone(),
            packages: Vec::new(),
            rules,
            listed: false,
            running: 0,
            swept: false,
            deletion_seen: None,
            seen: Seen::default(),
            dirty_since: None,
        });
        known.repo = fresh;
        known
    }

    /// Since when this process has seen changes in a repository that are not committed.
    pub(crate) fn dirty_since(&self, id: &RepoId) -> Option<Instant> {
        self.known.get(id)?.dirty_since
    }

    pub(crate) fn is_scanned(&self) -> bool {
        self.scanned
    }

    pub(crate) fn ids(&self) -> HashSet<RepoId> {
        self.known.keys().cloned().collect()
    }

    /// Repositories whose commits wait for the remote, and for nobody's decision.
    pub(crate) fn unpushed(&self) -> Vec<RepoId> {
        let waits = |known: &&Known| known.seen.state == RepoState::Unpushed && known.seen.ahead > 0;
        self.known.values().filter(waits).map(|known| known.repo.id.clone()).collect()
    }

    /// Repositories with a run that is not over.
    pub(crate) fn under_way(&self) -> HashSet<RepoId> {
        self.known.iter().filter(|(_, known)| known.running > 0).map(|(id, _)| id.clone()).collect()
    }

    pub(crate) fn knows(&self, id: &RepoId) -> bool {
        self.known.contains_key(id)
    }

    pub(crate) fn repo(&self, id: &RepoId) -> Option<Arc<Repo>> {
        self.known.get(id).map(|k| k.repo.clone())
    }

    pub(crate) fn rules(&self, id: &RepoId) -> PersonalRules {
        self.known.get(id).map(|k| k.rules.clone()).unwrap_or_default()
    }

    pub(crate) fn set_rules(&mut self, id: &RepoId, rules: PersonalRules) {
        let Some(known) = self.known.get_mut(id) else { return };
        self.in_order = None;
        let was_off = known.rules.enabled == Some(false);
        known.rules = rules.clone();
        let seen = &mut known.seen;
        if rules.enabled == Some(false) {
            seen.state = RepoState::OptedOut;
            seen.reason = Some("You switched it off.".to_owned());
        } else if was_off && !seen.off_by_itself {
            // What is in it now is not known before it is looked at.
            seen.state = RepoState::Clean;
            (seen.reason_code, seen.reason, seen.hint, seen.since) = (None, None, None, None);
        }
        self.rules.insert(known.repo.work_tree.clone(), rules);
    }

    /// Puts what a change forbids in force at once, and nothing that it allows; false where nobody knows the repository.
    pub(crate) fn forbid(&mut self, id: &RepoId, patch: RulesPatch) -> bool {
        let Some(mut rules) = self.known.get(id).map(|known| known.rules.clone()) else { return false };
        let before = rules.clone();
        rules.enabled = patch.enabled.filter(|allowed| !allowed).or(rules.enabled);
        rules.push = patch.push.filter(|allowed| !allowed).or(rules.push);
        if rules != before {
            self.set_rules(id, rules);
        }
        true
    }

    /// Whether an earlier cycle saw the mass deletion too. A disk that comes back in between is nobody's business.
    pub(crate) fn second_look(&self, id: &RepoId, cycle: &CycleId) -> bool {
        self.known.get(id).and_then(|k| k.deletion_seen.as_ref()).is_some_and(|seen| seen != cycle)
    }

    /// Marks a repository as running, or as waiting for its lane.
    pub(crate) fn begin(&mut self, id: &RepoId) {
        if let Some(known) = self.known.get_mut(id) {
            self.busy += usize::from(known.running == 0);
            known.running += 1;
        }
    }

    /// Whether the git folder is still to be searched for files that an earlier process left; asked once.
    pub(crate) fn begin_sweep(&mut self, id: &RepoId) -> bool {
        self.known.get_mut(id).is_some_and(|known| !std::mem::replace(&mut known.swept, true))
    }

    /// Notes what a reading found; returns how long the repository has been dirty.
    pub(crate) fn inspected(
        &mut self,
        id: &RepoId,
        snapshot: &Snapshot,
        push: bool,
        enabled: bool,
    ) -> Duration {
        let Some(known) = self.known.get_mut(id) else { return Duration::ZERO };
        let seen = &mut known.seen;
        seen.branch = snapshot.head.branch().map(str::to_owned);
        seen.dirty_files = snapshot.changes.len();
        seen.ahead = snapshot.ahead();
        seen.push = push;
        seen.off_by_itself = !enabled && known.rules.enabled != Some(false);
        (seen.remote, seen.remote_url) = match &snapshot.destination {
            Destination::Remote(target) => {
                (Some(target.remote.clone()), Some(without_credentials(&target.url)))
            }
            Destination::Missing { remote } => (Some(remote.clone()), None),
            Destination::NoRemote => (None, None),
        };
        if snapshot.is_clean() {
            known.dirty_since = None;
            return Duration::ZERO;
        }
        known.dirty_since.get_or_insert_with(Instant::now).elapsed()
    }

    /// Its own configuration says no, and more of it was not read.
    pub(crate) fn opts_out(&mut self, id: &RepoId) {
        if let Some(known) = self.known.get_mut(id) {
            known.seen.off_by_itself = true;
        }
    }

    /// Takes over how a run ended; `true` if that changes what is shown.
    pub(crate) fn finished(
        &mut self,
        run: &RunReport,
        cycle: &CycleId,
        (state, mode): (RepoState, Mode),
    ) -> bool {
        let Some(known) = self.known.get_mut(&run.repo_id) else { return false };
        self.busy -= usize::from(known.running == 1);
        known.running = known.running.saturating_sub(1);
        let outlasts = match mode {
            Mode::Look => known.seen.outlasts_a_look(run),
            Mode::PushOnly => known.seen.outlasts_a_push(run),
            _ => false,
        };
        if outlasts {
            (known.seen.ahead, known.seen.dirty_files) = (run.ahead, run.dirty_files);
            if run.status == RunStatus::Pushed {
                known.seen.last_push_at = Some(crate::events::now());
                self.tally.ended(run, known.seen.state, false);
            }
            return false;
        }
        let gone = run.held.iter().any(|f| f.rule == Rule::MassDeletion);
        known.deletion_seen = gone.then(|| known.deletion_seen.take().unwrap_or_else(|| cycle.clone()));
        let seen = &mut known.seen;
        let changed = seen.state != state || seen.reason != run.reason;
        let news = seen.since.is_none() || seen.state != state || seen.reason_code != run.reason_code;
        if news {
            seen.since = Some(crate::events::now());
        }
        seen.state = state;
        seen.reason_code.clone_from(&run.reason_code);
        seen.reason.clone_from(&run.reason);
        seen.hint.clone_from(&run.hint);
        if looked_at_files(run) {
            let mut held = run.held.clone();
            held.sort_by(|a, b| a.path.cmp(&b.path));
            held.truncate(limits::HELD_SHOWN);
            seen.held = (held, run.held.len());
        }
        seen.ahead = run.ahead;
        seen.dirty_files = run.dirty_files;
        if run.branch.is_some() {
            seen.branch.clone_from(&run.branch);
        }
        let now = crate::events::now();
        if run.committed && run.commit.is_some() {
            seen.last_commit_at = Some(now);
            known.dirty_since = None;
            self.commits.add(now);
        }
        if run.status == RunStatus::Pushed {
            seen.last_push_at = Some(now);
        }
        self.tally.ended(run, state, news);
        match run.status {
            RunStatus::Failed => seen.last_error = run.error.clone().or_else(|| run.reason.clone()),
            RunStatus::Pushed | RunStatus::Unchanged | RunStatus::Committed => seen.last_error = None,
            RunStatus::Held | RunStatus::Skipped => {}
        }
        changed
    }

    /// What was done since the start; nobody counts cycles here.
    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }

    /// Times of earlier commits and pushes, from the history.
    pub(crate) fn remember(&mut self, id: &RepoId, commit: Option<Timestamp>, push: Option<Timestamp>) {
        if let Some(known) = self.known.get_mut(id) {
            known.seen.last_commit_at = known.seen.last_commit_at.or(commit);
            known.seen.last_push_at = known.seen.last_push_at.or(push);
        }
    }

    /// Commits of an earlier process, oldest first.
    pub(crate) fn remember_commits(&mut self, times: Vec<Timestamp>) {
        times.into_iter().for_each(|at| self.commits.add(at));
    }
}

/// Whether a run says anything new about what is held: one that waits until writing stops, or that failed before, does not.
fn looked_at_files(run: &RunReport) -> bool {
    match run.status {
        RunStatus::Skipped => run.reason_code.as_deref() == Some("opted_out"),
        RunStatus::Failed => !run.held.is_empty(),
        _ => true,
    }
}

impl Seen {
    /// Whether what is held still is after a push, which looks at no file.
    fn outlasts_a_push(&self, push: &RunReport) -> bool {
        (self.state, self.reason_code.as_deref()) == (RepoState::Held, Some("held"))
            && matches!(push.status, RunStatus::Unchanged | RunStatus::Pushed)
            && push.dirty_files > 0
    }

    /// Whether what the last run found still counts after a look that found nothing of the kind: a look reads neither
    /// contents nor commits, runs no hook and does not push. What it sees itself, and what is clean again, is over.
    fn outlasts_a_look(&self, look: &RunReport) -> bool {
        let nothing_else = match look.status {
            RunStatus::Unchanged => true,
            RunStatus::Held => look.reason_code.as_deref() == Some("held"),
            _ => false,
        };
        nothing_else
            && match (self.state, self.reason_code.as_deref().unwrap_or("held")) {
                (RepoState::Held, "held") => look.dirty_files > 0,
                (
                    RepoState::Held,
                    "in_progress" | "unmerged" | "detached_head" | "locked" | "lock_stays" | "editor_open"
                    | "little_room" | "moved_meanwhile",
                )
                | (RepoState::Failing, "remote_not_configured") => false,
                (RepoState::Held | RepoState::Failing, _) => look.dirty_files + look.ahead > 0,
                _ => false,
            }
    }
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            state: RepoState::Clean,
            reason_code: None,
            reason: None,
            since: None,
            hint: None,
            held: (Vec::new(), 0),
            branch: None,
            remote: None,
            remote_url: None,
            off_by_itself: false,
            push: true,
            ahead: 0,
            dirty_files: 0,
            last_commit_at: None,
            last_push_at: None,
            last_error: None,
        }
    }
}

#[cfg(test)]
mod tests;
