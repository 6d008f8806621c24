//! What a repository, its remote and the history look like in the end, by git and by the bytes of files.

use crate::shapes::Shape;
use autocommit_test_support::Sandbox;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The end of a run, without what differs from run to run (times, and the ids that follow from them).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    /// Every commit of the remote that a branch reaches: decorations, tree, subject.
    remote: String,
    /// The same here, remote-tracking branches and tags included.
    local: String,
    /// The person's index, with flags.
    index: String,
    status: String,
    /// `.git/config`.
    config: String,
    /// Every file below the git folder but objects.
    files: BTreeSet<String>,
    /// The commits in the history: subject and status.
    history: Vec<(String, String)>,
}

impl End {
    /// Looks at everything.
    pub(crate) fn of(sandbox: &Sandbox, shape: &Shape) -> Self {
        let log = |folder: &Path| {
            let args = ["log", "--all", "--topo-order", "--decorate=full", "--format=%D | %T | %s"];
            sandbox.git(folder, &args)
        };
        let root = sandbox.root().to_string_lossy().into_owned();
        let mut history: Vec<_> = entries(sandbox)
            .iter()
            .filter(|entry| entry["commit"].is_string())
            .map(|entry| (text(&entry["subject"]), text(&entry["status"])))
            .collect();
        history.sort();
        Self {
            remote: log(&shape.bare),
            local: log(&shape.repo),
            index: sandbox.git(&shape.repo, &["ls-files", "--stage", "-v"]),
            status: sandbox.git(&shape.repo, &["status", "--porcelain", "--branch", "--untracked-files=all"]),
            config: fs::read_to_string(shape.common.join("config")).unwrap().replace(&root, ""),
            files: files(&shape.common),
            history,
        }
    }

    /// How this differs from the undisturbed `end`, one sentence each. `blind`: the history could not be written, so that
    /// it may lack what was done meanwhile; it never says more than is true.
    pub(crate) fn differs(&self, end: &Self, blind: bool) -> Vec<String> {
        let mut found = Vec::new();
        let mut same = |what: &str, got: &dyn std::fmt::Debug, want: &dyn std::fmt::Debug| {
            let (got, want) = (format!("{got:#?}"), format!("{want:#?}"));
            if got != want {
                let got = got.replace("\\n", "\n    ");
                let want = want.replace("\\n", "\n    ");
                found.push(format!("{what} is {got}\n  undisturbed it is {want}"));
            }
        };
        same("the remote", &self.remote, &end.remote);
        same("the repository", &self.local, &end.local);
        same("the index", &self.index, &end.index);
        same("the status", &self.status, &end.status);
        same("the configuration", &self.config, &end.config);
        if !(blind && self.history.iter().all(|entry| end.history.contains(entry))) {
            same("the history", &self.history, &end.history);
        }
        let extra: Vec<_> = self.files.difference(&end.files).collect();
        let missing: Vec<_> = end.files.difference(&self.files).collect();
        same("what is left over below the git folder", &extra, &[(); 0]);
        same("what is missing below the git folder", &missing, &[(); 0]);
        found
    }
}

/// Paths of all files below a git folder but objects.
fn files(git: &Path) -> BTreeSet<String> {
    let names = files_below(git).into_iter().map(|file| name(git, &file));
    names.filter(|name| !name.starts_with("objects/") || name.ends_with(".lock")).collect()
}

/// Every reflog below a git folder, whole.
///
/// Git writes the log before it moves a branch and HEAD's log after it: killed in between it leaves a line too many or too
/// few, as `git commit` does. What was there before stays.
pub(crate) fn reflogs(git: &Path) -> BTreeMap<String, String> {
    let logs = files_below(git).into_iter().map(|file| (name(git, &file), file));
    let logs = logs.filter(|(name, _)| name.starts_with("logs/") || name.contains("/logs/"));
    logs.filter(|(name, _)| !name.ends_with(".lock"))
        .map(|(name, file)| (name, fs::read_to_string(file).unwrap()))
        .collect()
}

fn name(folder: &Path, file: &Path) -> String {
    file.strip_prefix(folder).unwrap().to_string_lossy().into_owned()
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Locks below a folder that stop a person's own git, relative to it.
pub(crate) fn locks(folder: &Path) -> Vec<String> {
    let mut found: Vec<_> = files_below(folder).iter().map(|file| name(folder, file)).collect();
    found.retain(|name| name.ends_with(".lock") && !name.contains("autocommit-"));
    found.sort();
    found
}

/// The history as the command line prints it.
pub(crate) fn entries(sandbox: &Sandbox) -> Vec<Value> {
    let history = sandbox.autocommit(&["history", "--json"]).ok().json();
    history["entries"].as_array().unwrap().clone()
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
