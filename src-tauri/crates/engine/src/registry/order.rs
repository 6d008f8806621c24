//! Which repositories a cycle runs, in which order.

use super::{Known, Registry};
use autocommit_core::{id::RepoId, repo::Repo};
use std::sync::Arc;

impl Registry {
    /// All that discovery lists, by path; those that are running already only where asked for. It is the same list as the last
    /// one as long as none came, went, was found anew or has other rules.
    pub(crate) fn all_to_run(&mut self, busy_too: bool) -> Arc<[Arc<Repo>]> {
        if !busy_too && self.busy > 0 {
            return self.sorted(|_, known| known.listed && known.running == 0);
        }
        match &self.in_order {
            Some(list) => list.clone(),
            None => self.in_order.insert(self.sorted(|_, known| known.listed)).clone(),
        }
    }

    /// These, as far as they are known, by path; those that are running already only where asked for.
    pub(crate) fn named_to_run(&self, named: &[RepoId], busy_too: bool) -> Arc<[Arc<Repo>]> {
        self.sorted(|id, known| (busy_too || known.running == 0) && named.contains(id))
    }

    fn sorted(&self, wanted: impl Fn(&RepoId, &Known) -> bool) -> Arc<[Arc<Repo>]> {
        let known = self.known.iter().filter(|(id, known)| wanted(id, known));
        let mut repos: Vec<_> = known.map(|(_, known)| known.repo.clone()).collect();
        repos.sort_by(|a, b| a.work_tree.as_os_str().cmp(b.work_tree.as_os_str()));
        repos.into()
    }
}
