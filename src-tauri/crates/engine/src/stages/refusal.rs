//! What a hook refused is not shown to it again by the timer until something changed: a check that takes minutes would
//! otherwise run all day for the same answer.

use super::commit::Refusal;
use crate::run::Run;
use autocommit_core::{
    cycle::CycleTrigger,
    id::{Oid, RepoId},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The last refusal of each repository, and the tree it was about.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<HashMap<RepoId, (Oid, Refusal)>>);

impl Refusals {
    /// The refusal of exactly this tree, for a run that nobody asked for.
    pub(crate) fn of(&self, run: &Run, tree: &Oid) -> Option<Refusal> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (refused, refusal) = known.get(&run.repo.id)?;
        (run.trigger == CycleTrigger::Interval && refused == tree).then(|| refusal.clone())
    }

    /// Remembers a refusal.
    pub(crate) fn keep(&self, run: &Run, tree: Oid, refusal: Refusal) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(run.repo.id.clone(), (tree, refusal));
    }
}
