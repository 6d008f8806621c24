//! What this process has done since it started: numbers that only grow, for who watches from outside.

use crate::Engine;
use autocommit_core::{
    cycle::{Counts, Messages, RunReport, RunStatus},
    phase::RepoState,
};

/// What was done since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cycles that ended.
    pub cycles: u64,
    /// Commits that were made.
    pub commits: u64,
    /// Runs after which a remote had what it was sent.
    pub pushes: u64,
    /// Times that a repository began to fail, or went on for another reason.
    pub failures: u64,
    /// Times that something in a repository began to be held.
    pub held: u64,
    /// Messages of these commits, by who wrote them.
    pub messages: Messages,
}

impl Tally {
    /// Counts a run that ended with its repository in this state; `news`: it was in another one before, or for another
    /// reason.
    pub(crate) fn ended(&mut self, run: &RunReport, state: RepoState, news: bool) {
        if run.committed && run.commit.is_some() {
            self.commits += 1;
            self.messages.add(Counts::of([run]).messages);
        }
        self.pushes += u64::from(run.status == RunStatus::Pushed);
        if news {
            self.failures += u64::from(matches!(state, RepoState::Failing | RepoState::Unavailable));
            self.held += u64::from(matches!(state, RepoState::Held));
        }
    }
}

impl Engine {
    /// What this process has done since it started.
    pub fn tally(&self) -> Tally {
        Tally { cycles: self.shared.cycles.counted(), ..self.shared.registry().tally() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::{
        draft::MessageSource,
        id::{Oid, RepoId, RunId},
        repo::{Repo, RepoKind},
    };

    #[test]
    fn what_stays_as_it_is_counts_once() {
        let repo = Repo {
            id: RepoId::new("r"),
            work_tree: "/w/r".into(),
            git_dir: "/w/r/.git".into(),
            common_dir: "/w/r/.git".into(),
            kind: RepoKind::Main,
        };
        let mut run = RunReport::new(RunId::new("1"), &repo);
        let mut tally = Tally::default();
        run.status = RunStatus::Failed;
        run.committed = true;
        run.commit = Oid::parse(&"a".repeat(40));
        run.message_source = Some(MessageSource::Rules);
        tally.ended(&run, RepoState::Failing, true);
        run.committed = false;
        tally.ended(&run, RepoState::Failing, false);
        let messages = Messages { rules: 1, ..Messages::default() };
        assert_eq!(tally, Tally { commits: 1, failures: 1, messages, ..Tally::default() });
        run.status = RunStatus::Pushed;
        tally.ended(&run, RepoState::Clean, true);
        run.status = RunStatus::Held;
        tally.ended(&run, RepoState::Held, true);
        assert_eq!((tally.pushes, tally.failures, tally.held), (1, 1, 1));
        run.committed = true;
        run.commit = None;
        tally.ended(&run, RepoState::Dirty, true);
        assert_eq!(tally.commits, 1, "a rehearsal commits nothing");
    }
}
