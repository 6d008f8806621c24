//! What is in some folders and what would be committed of it, for a person who has not decided yet. Nothing is written
//! and nobody is enrolled: it is done with a registry and a history of its own, which are forgotten afterwards.

use crate::{
    EngineError, RepoView, cycle::unseen, events::Event, folders::home, limits, run::Mode, shared::Shared,
};
use autocommit_core::{
    cycle::{RunReport, RunStatus},
    id::RepoId,
    repo::Repo,
    settings::Settings,
};
use autocommit_watch::{Found, discover, discover_until, expand};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};
use tokio::task::JoinSet;

/// What a survey found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The folders as they were asked for.
    pub folders: Vec<SurveyedFolder>,
    /// The repositories, by path.
    pub repos: Vec<SurveyedRepo>,
}

/// One folder of a survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyedFolder {
    /// As it was asked for.
    pub path: String,
    /// Repositories in it.
    pub repos: usize,
    /// Why it could not be searched, or not entirely.
    pub problem: Option<String>,
}

/// One repository of a survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyedRepo {
    /// What was seen of it.
    pub view: RepoView,
    /// What a run would do; nothing where looking took too long.
    pub report: Option<RunReport>,
}

/// A folder that holds repositories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderSuggestion {
    /// The folder.
    pub path: PathBuf,
    /// Repositories in it.
    pub repos: usize,
}

/// Looks at the repositories below `folders`, written as in the settings. A new survey ends the one that is on: whoever
/// asked for that has changed their mind, and may have no way to say so.
pub(crate) async fn survey(
    shared: &Arc<Shared>,
    folders: Vec<String>,
    depth: Option<usize>,
) -> Result<Survey, EngineError> {
    let over = shared.stop.child_token();
    shared.replace_survey(over.clone()).cancel();
    tokio::select! {
        biased;
        () = over.cancelled() => {
            Err(EngineError::NotNow("Another look at folders began, or Autocommit ends.".to_owned()))
        }
        surveyed = look_at(shared, folders, depth) => surveyed,
    }
}

async fn look_at(
    shared: &Arc<Shared>,
    folders: Vec<String>,
    depth: Option<usize>,
) -> Result<Survey, EngineError> {
    let _one_at_a_time = shared.surveying.lock().await;
    let mut settings = (*shared.settings()).clone();
    settings.recursive_depth = depth.unwrap_or(settings.recursive_depth);
    let aside = Arc::new(Shared::beside(&shared.state_dir, settings.clone()).await?);
    let searched = tokio::task::spawn_blocking(move || search(folders, &settings));
    let (folders, found) = searched.await.map_err(|_| EngineError::State("the search broke".to_owned()))?;
    let repos: Vec<Arc<Repo>> = found.iter().map(|found| Arc::new(found.repo.clone())).collect();
    {
        let mut registry = aside.registry();
        registry.take_rules(shared.registry().all_rules());
        registry.scanned(found);
    }
    let mut progress = Progress { shared, total: repos.len(), done: 0, told: None };
    let mut reports: BTreeMap<RepoId, RunReport> = BTreeMap::new();
    let looked =
        each(&aside, repos.iter().cloned().map(|repo| (repo, Mode::Look)).collect(), |repo, report| {
            if !report.as_ref().is_some_and(worth_a_closer_look) {
                progress.one(&repo.work_tree);
            }
            reports.extend(report.map(|report| (repo.id.clone(), report)));
        });
    looked.await;
    let dirty = repos.iter().filter(|repo| reports.get(&repo.id).is_some_and(worth_a_closer_look));
    let closer = dirty.enumerate().map(|(place, repo)| {
        (repo.clone(), if place < limits::MESSAGES_SURVEYED { Mode::DryRun } else { Mode::Guards })
    });
    let looked = each(&aside, closer.collect(), |repo, report| {
        progress.one(&repo.work_tree);
        reports.extend(report.map(|report| (repo.id.clone(), report)));
    });
    looked.await;
    let views = aside.registry().views();
    aside.store.close().await;
    let repos = views.into_iter().map(|view| SurveyedRepo { report: reports.remove(&view.repo.id), view });
    Ok(Survey { folders, repos: repos.collect() })
}

/// There is something that could be committed.
fn worth_a_closer_look(report: &RunReport) -> bool {
    report.dirty_files > 0 && report.status != RunStatus::Skipped
}

/// Looks at each repository, some at a time, and hands over what came of it.
async fn each(
    aside: &Arc<Shared>,
    repos: Vec<(Arc<Repo>, Mode)>,
    mut came: impl FnMut(&Repo, Option<RunReport>),
) {
    let mut waiting = repos.into_iter();
    let mut looks = JoinSet::new();
    loop {
        while looks.len() < limits::SURVEYED_AT_ONCE {
            let Some((repo, mode)) = waiting.next() else { break };
            let aside = aside.clone();
            looks.spawn(async move {
                let look = unseen(&aside, repo.clone(), mode, None);
                let report = tokio::time::timeout(limits::SURVEYED_REPO, look).await.ok().flatten();
                (repo, report)
            });
        }
        match looks.join_next().await {
            Some(Ok((repo, report))) => came(&repo, report),
            Some(Err(error)) => tracing::error!(%error, "a look was lost"),
            None => return,
        }
    }
}

/// Tells how far it is, not more often than anybody sees.
struct Progress<'a> {
    shared: &'a Shared,
    total: usize,
    done: usize,
    told: Option<Instant>,
}

impl Progress<'_> {
    fn one(&mut self, path: &Path) {
        self.done += 1;
        let fresh = self.told.is_some_and(|told| told.elapsed() < limits::PROGRESS_TOLD);
        if !fresh || self.done == self.total {
            self.told = Some(Instant::now());
            let (done, total, path) = (self.done, self.total, path.to_owned());
            self.shared.events.append(Event::SurveyProgress { done, total, path });
        }
    }
}

fn search(folders: Vec<String>, settings: &Settings) -> (Vec<SurveyedFolder>, Vec<Found>) {
    let variable = |name: &str| std::env::var(name).ok();
    let mut all: BTreeMap<PathBuf, Found> = BTreeMap::new();
    let mut surveyed = Vec::with_capacity(folders.len());
    for path in folders {
        let (repos, problem) = match expand(&path, home().as_deref(), &variable) {
            Err(sentence) => (0, Some(format!("{}.", sentence.trim_end_matches('.')))),
            Ok(folder) => {
                let found = discover(std::slice::from_ref(&folder), &settings.into());
                let canonical = folder.canonicalize().unwrap_or_else(|_| folder.clone());
                let here = |path: &Path| path == folder || path == canonical;
                let problem = found.problems.into_iter().find(|problem| here(&problem.path));
                let count = found.repos.len();
                all.extend(found.repos.into_iter().map(|found| (found.repo.work_tree.clone(), found)));
                (count, problem.map(|problem| problem.sentence))
            }
        };
        surveyed.push(SurveyedFolder { path, repos, problem });
    }
    (surveyed, all.into_values().collect())
}

/// Folders of the home folder that hold repositories, the fullest first. It looks for two seconds at most.
pub(crate) async fn suggestions(settings: &Settings) -> Vec<FolderSuggestion> {
    let Some(home) = home() else { return Vec::new() };
    let mut limits: autocommit_watch::Limits = settings.into();
    limits.depth = limits::SUGGESTED_DEPTH;
    // What is hidden is the programs' own: caches, checkouts of packages, trash.
    limits.exclude_patterns.extend([".*".to_owned(), "Library".to_owned(), "snap".to_owned()]);
    let looked = tokio::task::spawn_blocking(move || {
        let home = home.canonicalize().unwrap_or(home);
        let until = Instant::now() + limits::SUGGESTED_IN;
        group(&home, discover_until(std::slice::from_ref(&home), &limits, until).repos)
    });
    // A folder on a disk that does not answer is not waited for.
    match tokio::time::timeout(limits::SUGGESTED_IN * 2, looked).await {
        Ok(Ok(found)) => found,
        _ => Vec::new(),
    }
}

fn group(home: &Path, found: Vec<Found>) -> Vec<FolderSuggestion> {
    let mut counts: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for found in found {
        let top = found.repo.work_tree.strip_prefix(home).ok().and_then(|below| below.components().next());
        if let Some(top) = top {
            *counts.entry(home.join(top)).or_default() += 1;
        }
    }
    let mut folders: Vec<_> =
        counts.into_iter().map(|(path, repos)| FolderSuggestion { path, repos }).collect();
    folders.sort_by(|a, b| (b.repos, &a.path).cmp(&(a.repos, &b.path)));
    folders.truncate(limits::SUGGESTED);
    folders
}
