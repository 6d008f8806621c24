//! How messages are written in each repository: read where a message is due, and kept until somebody else committed.

use crate::{limits, run::Run};
use autocommit_core::id::{Oid, RepoId};
use autocommit_git::Inspection;
use autocommit_message::Habits;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

/// What is known of the repositories that were committed in.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<HashMap<RepoId, Kept>>);

#[derive(Debug, Clone)]
struct Kept {
    habits: Arc<Habits>,
    /// The commit that was looked at last, or that we made since.
    tip: Oid,
    read_at: Instant,
    /// Commits of ours since it was read.
    ours: usize,
}

impl Known {
    /// The habits of a run's repository. What cannot be read in time is no habit.
    pub(crate) async fn of(&self, run: &Run, inspection: &Inspection) -> Arc<Habits> {
        let Some(head) = inspection.snapshot.head.oid() else { return Arc::default() };
        if let Some(habits) = self.kept(&run.repo.id, head) {
            return habits;
        }
        let history = run.shared.store.history();
        let ours = run.shared.kept("the history", history.commits_in(&run.repo.id, limits::OURS).await);
        let ours = ours.unwrap_or_default().into_iter().collect();
        let reading =
            autocommit_git::background(&run.shared.git, &run.repo, &inspection.trusted, head, &ours);
        let habits = match tokio::time::timeout(limits::BACKGROUND, reading).await {
            Ok(Ok(background)) => Arc::new(Habits::of(&background)),
            Ok(Err(error)) => {
                tracing::debug!(%error, "no habits");
                Arc::default()
            }
            Err(_) => Arc::default(),
        };
        let kept = Kept { habits: habits.clone(), tip: head.clone(), read_at: Instant::now(), ours: 0 };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(run.repo.id.clone(), kept);
        habits
    }

    fn kept(&self, repo: &RepoId, head: &Oid) -> Option<Arc<Habits>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = known.get(repo)?;
        let fresh = kept.tip == *head
            && kept.ours < limits::HABITS_FOR
            && kept.read_at.elapsed() < limits::HABITS_LAST;
        fresh.then(|| kept.habits.clone())
    }

    /// Notes a commit of ours: it is no news.
    pub(crate) fn committed(&self, repo: &RepoId, parent: Option<&Oid>, commit: &Oid) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = known.get_mut(repo).filter(|kept| Some(&kept.tip) == parent) {
            kept.tip = commit.clone();
            kept.ours += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_elses_commit_is_news() {
        let oid = |n: u8| Oid::parse(&format!("{n:02x}").repeat(20)).unwrap();
        let (known, repo) = (Known::default(), RepoId::new("r"));
        assert!(known.kept(&repo, &oid(1)).is_none());
        let kept = Kept { habits: Arc::default(), tip: oid(1), read_at: Instant::now(), ours: 0 };
        known.0.lock().unwrap().insert(repo.clone(), kept);
        assert!(known.kept(&repo, &oid(1)).is_some());
        known.committed(&repo, Some(&oid(1)), &oid(2));
        assert!(known.kept(&repo, &oid(2)).is_some() && known.kept(&repo, &oid(1)).is_none());
        known.committed(&repo, Some(&oid(8)), &oid(9));
        assert!(known.kept(&repo, &oid(9)).is_none(), "somebody committed in between");
        for n in 0..limits::HABITS_FOR {
            let n = u8::try_from(n).unwrap() + 2;
            known.committed(&repo, Some(&oid(n)), &oid(n + 1));
        }
        let last = u8::try_from(limits::HABITS_FOR).unwrap() + 2;
        assert!(known.kept(&repo, &oid(last)).is_none(), "after many of ours they are read again");
    }
}
