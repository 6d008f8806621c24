//! What is shown of the registry: plain values, made fresh for each question.

use super::{Known, Registry};
use crate::{
    hours::HOURS,
    view::{HeldView, RepoTotals, RepoView, ScannedRepo},
};
use autocommit_core::{id::RepoId, phase::RepoState};
use std::path::Path;

impl Registry {
    /// Commits in each of the last 24 hours.
    pub(crate) fn commits_by_hour(&self) -> [usize; HOURS] {
        self.commits.by_hour(crate::events::now())
    }

    pub(crate) fn view(&self, id: &RepoId) -> Option<RepoView> {
        self.known.get(id).map(Known::view)
    }

    pub(crate) fn views(&self) -> Vec<RepoView> {
        let mut views: Vec<_> = self.known.values().map(Known::view).collect();
        views.sort_by(|a, b| a.repo.work_tree.cmp(&b.repo.work_tree));
        views
    }

    /// What is held, by path of the repository.
    pub(crate) fn held(&self) -> Vec<HeldView> {
        let mut held: Vec<_> = self.known.values().filter_map(Known::held).collect();
        held.sort_by(|a, b| a.repo.work_tree.cmp(&b.repo.work_tree));
        held
    }

    pub(crate) fn listing(&self) -> Vec<ScannedRepo> {
        let listed = self.known.values().filter(|k| k.listed);
        let mut repos: Vec<_> = listed
            .map(|k| ScannedRepo {
                repo: (*k.repo).clone(),
                packages: k.packages.clone(),
                enabled: k.rules.enabled != Some(false),
            })
            .collect();
        repos.sort_by(|a, b| a.repo.work_tree.cmp(&b.repo.work_tree));
        repos
    }

    pub(crate) fn totals(&self) -> RepoTotals {
        let mut totals = RepoTotals::default();
        for known in self.known.values() {
            let state = known.shown_state();
            totals.total += 1;
            totals.enabled += usize::from(known.enabled());
            totals.dirty += usize::from(known.seen.dirty_files > 0);
            totals.held += usize::from(state == RepoState::Held);
            totals.needs_trust += usize::from(state == RepoState::NeedsTrust);
            totals.failing += usize::from(matches!(state, RepoState::Failing | RepoState::Unavailable));
            totals.unpushed += usize::from(known.seen.ahead > 0);
            totals.packages += known.packages.len();
        }
        totals
    }

    /// The listed repository whose work tree is `path`.
    pub(crate) fn at(&self, path: &Path) -> Option<RepoId> {
        self.known.iter().find(|(_, k)| k.repo.work_tree == path).map(|(id, _)| id.clone())
    }
}

impl Known {
    fn enabled(&self) -> bool {
        self.rules.enabled != Some(false) && !self.seen.off_by_itself
    }

    fn shown_state(&self) -> RepoState {
        if self.running > 0 { RepoState::Running } else { self.seen.state }
    }

    fn held(&self) -> Option<HeldView> {
        if !self.enabled() {
            return None;
        }
        let (findings, count) = self.seen.held.clone();
        let waits = matches!(self.seen.state, RepoState::Held | RepoState::NeedsTrust);
        let reason = self.seen.reason.clone().zip(self.seen.hint.clone());
        // Where it is only that files are held, each says why itself.
        let reason = reason.filter(|_| waits && self.seen.reason_code.as_deref() != Some("held"));
        (reason.is_some() || count > 0).then(|| HeldView {
            repo: (*self.repo).clone(),
            reason,
            findings,
            count,
        })
    }

    fn view(&self) -> RepoView {
        RepoView {
            repo: (*self.repo).clone(),
            packages: self.packages.clone(),
            branch: self.seen.branch.clone(),
            remote: self.seen.remote.clone(),
            remote_url: self.seen.remote_url.clone(),
            enabled: self.enabled(),
            push: self.seen.push && self.rules.push != Some(false),
            state: if self.enabled() { self.shown_state() } else { RepoState::OptedOut },
            reason_code: self.seen.reason_code.clone(),
            reason: self.seen.reason.clone(),
            since: self.seen.since,
            hint: self.seen.hint.clone(),
            ahead: self.seen.ahead,
            dirty_files: self.seen.dirty_files,
            last_commit_at: self.seen.last_commit_at,
            last_push_at: self.seen.last_push_at,
            last_error: self.seen.last_error.clone(),
        }
    }
}
