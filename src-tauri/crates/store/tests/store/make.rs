//! Values for tests.

use autocommit_core::{
    Timestamp,
    cycle::{CycleSummary, CycleTrigger, RunReport, RunStatus},
    draft::MessageSource,
    history::{HistoryEntry, Stage},
    id::{CycleId, Oid, RepoId, RunId},
    repo::{Repo, RepoKind},
};
use autocommit_store::Store;
use std::path::{Path, PathBuf};

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

pub(crate) fn oid(n: u32) -> Oid {
    Oid::parse(&format!("{n:039x}f")).unwrap()
}

pub(crate) fn repo(name: &str) -> RepoId {
    RepoId::of_path(Path::new(name))
}

/// A committed entry of the repository at `path`.
pub(crate) fn entry(path: &str, n: u32) -> HistoryEntry {
    HistoryEntry {
        id: 0,
        run_id: RunId::new(format!("{path}-{n}")),
        cycle_id: CycleId::new("c1"),
        repo_id: repo(path),
        repo: path.into(),
        branch: Some("main".to_owned()),
        commit: Some(oid(n)),
        subject: Some(format!("Subject {n}")),
        body: Some("Body\nof lines".to_owned()),
        message_source: Some(MessageSource::Rules),
        message_reason: Some("The model is not there.".into()),
        message_ms: Some(7),
        request_id: None,
        files_changed: 3,
        insertions: 20,
        deletions: 1,
        started_at: at(i64::from(n)),
        committed_at: Some(at(i64::from(n) + 1)),
        pushed_at: None,
        status: RunStatus::Committed,
        stage: Stage::Commit,
        error: None,
        hint: None,
    }
}

/// A failed entry without a commit.
pub(crate) fn failure(path: &str, n: u32, error: &str) -> HistoryEntry {
    HistoryEntry {
        commit: None,
        committed_at: None,
        subject: None,
        body: None,
        message_source: None,
        status: RunStatus::Failed,
        error: Some(error.to_owned()),
        hint: Some("Look.".to_owned()),
        ..entry(path, n)
    }
}

pub(crate) fn report(path: PathBuf) -> RunReport {
    let repo = Repo {
        id: RepoId::of_path(&path),
        git_dir: path.join(".git"),
        common_dir: path.join(".git"),
        work_tree: path,
        kind: RepoKind::Main,
    };
    RunReport::new(RunId::new("r1"), &repo)
}

pub(crate) fn cycle(n: i64) -> CycleSummary {
    CycleSummary {
        id: CycleId::new(format!("cycle-{n}")),
        trigger: CycleTrigger::Interval,
        dry_run: false,
        started_at: at(n),
        finished_at: Some(at(n + 1)),
        total: 1,
        counts: autocommit_core::cycle::Counts::default(),
    }
}

/// Opens a store that must have nothing to complain of.
pub(crate) async fn open(dir: &Path) -> Store {
    let (store, warnings) = Store::open(dir).await.unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    store
}

/// Names in a folder that begin with `prefix`.
pub(crate) fn names(dir: &Path, prefix: &str) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(prefix))
        .collect();
    names.sort();
    names
}
