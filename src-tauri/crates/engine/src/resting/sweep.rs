//! What a cycle by timer finds at rest: by events, by the stats of files, or because the last one found it so.

use super::{AtRest, Epoch};
use crate::{limits, run::Mode, shared::Shared, watching};
use autocommit_core::{cycle::RunReport, repo::Repo, settings::Settings};
use autocommit_watch::Still;
use std::{sync::Arc, time::Instant};

/// A cycle that found all at rest: as long as nothing changed, the next one finds the same.
#[derive(Debug)]
pub(super) struct AllRest {
    repos: Arc<[Arc<Repo>]>,
    reports: Arc<[Arc<RunReport>]>,
    mode: Mode,
    settings: Arc<Settings>,
    epoch: Epoch,
    changes: u64,
}

impl Shared {
    /// Takes from `repos` those that rest, with what is to be reported of them.
    pub(crate) async fn resting(
        self: &Arc<Self>,
        repos: Arc<[Arc<Repo>]>,
        mode: Mode,
        sweep: bool,
    ) -> (Arc<[Arc<RunReport>]>, Vec<Arc<Repo>>) {
        if !matches!(mode, Mode::Full | Mode::Look) || self.same_outside().await.is_none() {
            return (Arc::default(), repos.to_vec());
        }
        let settings = self.settings();
        // What was lost between the beginning of this cycle and here is nobody's but this one's to notice.
        let told = self.resting.watching.take_in(&settings);
        let sweep = sweep || told.lost;
        if told.places {
            watching::search_soon(self);
        }
        if sweep {
            self.resting.disturbed(&self.resting.watching.now_allowed());
        }
        if !sweep && let Some(reports) = self.all_rest(&repos, mode, &settings) {
            return (reports, Vec::new());
        }
        let (shared, all) = (self.clone(), repos.clone());
        let swept = tokio::task::spawn_blocking(move || shared.sweep(&all, mode, settings, sweep));
        swept.await.unwrap_or_else(|_| (Arc::default(), repos.to_vec()))
    }

    /// The reports of the last cycle, where all rested in it and nothing was told since.
    fn all_rest(
        &self,
        repos: &Arc<[Arc<Repo>]>,
        mode: Mode,
        settings: &Arc<Settings>,
    ) -> Option<Arc<[Arc<RunReport>]>> {
        if !self.resting.watching.tells_all(repos) {
            return None;
        }
        let mut state = self.resting.state();
        let same = |all: &&AllRest| {
            Arc::ptr_eq(&all.repos, repos)
                && all.mode == mode
                && Arc::ptr_eq(&all.settings, settings)
                && all.epoch == state.epoch
                && all.changes == state.at_rest.changes
        };
        let compared = state.compared.is_some_and(|at| at.elapsed() < limits::COMPARED_EVERY);
        let reports = state.all.as_ref().filter(|_| compared).filter(same)?.reports.clone();
        state.spared += reports.len() as u64;
        Some(reports)
    }

    /// With `sweep` the files of all are looked at, else only of those that nobody watches.
    fn sweep(
        &self,
        repos: &Arc<[Arc<Repo>]>,
        mode: Mode,
        settings: Arc<Settings>,
        sweep: bool,
    ) -> (Arc<[Arc<RunReport>]>, Vec<Arc<Repo>>) {
        let (epoch, changes) = {
            let state = self.resting.state();
            (state.epoch, state.at_rest.changes)
        };
        let known = self.known_to_rest(repos, mode, &settings);
        let told = if sweep { vec![false; repos.len()] } else { self.resting.watching.tells(repos) };
        let (mut reports, mut others) = (Vec::with_capacity(repos.len()), Vec::new());
        for ((repo, known), told) in repos.iter().zip(known).zip(told) {
            match known.filter(|(still, _)| told || still.holds()) {
                Some((_, report)) => reports.push(report),
                None => others.push(repo.clone()),
            }
        }
        self.compare_one(&mut reports, &mut others);
        let reports: Arc<[_]> = reports.into();
        let mut state = self.resting.state();
        state.spared += reports.len() as u64;
        state.all = others.is_empty().then(|| AllRest {
            repos: repos.clone(),
            reports: reports.clone(),
            mode,
            settings,
            epoch,
            changes,
        });
        (reports, others)
    }

    /// What is known of each that rested under the rules of now.
    fn known_to_rest(
        &self,
        repos: &[Arc<Repo>],
        mode: Mode,
        settings: &Arc<Settings>,
    ) -> Vec<Option<(Arc<Still>, Arc<RunReport>)>> {
        let (state, registry) = (self.resting.state(), self.registry());
        let counts = |repo: &Arc<Repo>, rest: &AtRest| {
            rest.epoch == state.epoch
                && (rest.full || mode == Mode::Look)
                && Arc::ptr_eq(&rest.settings, settings)
                && rest.rules == registry.rules(&repo.id)
        };
        let rest = |repo: &Arc<Repo>| {
            let rest = state.at_rest.by_id.get(&repo.id).filter(|rest| counts(repo, rest))?;
            Some((rest.still.clone(), rest.report.clone()))
        };
        repos.iter().map(rest).collect()
    }

    /// Now and then git is asked all the same.
    fn compare_one(&self, reports: &mut Vec<Arc<RunReport>>, others: &mut Vec<Arc<Repo>>) {
        let mut state = self.resting.state();
        let due = state.compared.get_or_insert_with(Instant::now).elapsed() >= limits::COMPARED_EVERY;
        if !due || reports.is_empty() {
            return;
        }
        let report = reports.swap_remove(rand::random_range(0..reports.len()));
        if let Some(repo) = self.registry().repo(&report.repo_id) {
            others.push(repo);
        }
        state.comparing = Some(report.repo_id.clone());
        state.compared = Some(Instant::now());
    }
}
