//! Approved: which findings a person has approved, for exactly the content that is there now. The rest stays a finding.

use super::file_states;
use crate::{asked::Asked, limits, run::Run};
use autocommit_core::{
    approval::{Approval, Approved, ContentId},
    guards::{Candidate, Finding, Rule},
    id::Oid,
    path::RepoPath,
    plan::{self, Plan},
    repo::{Policy, Repo},
    snapshot::FileState,
};
use autocommit_git::{GitError, Inspection, TreeChange};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

/// What a person approved in the repository of a run, and what is to be found out for one who asks.
pub(crate) struct Given<'a> {
    contents: BTreeMap<(RepoPath, Rule), Vec<ContentId>>,
    asked: Option<&'a Asked>,
}

impl<'a> Given<'a> {
    /// Reads it. What cannot be read is not approved, and said.
    pub(crate) async fn to(run: &'a Run) -> Self {
        let approvals = match run.shared.store.approvals().of(&run.repo.work_tree).await {
            Ok(approvals) => {
                run.shared.resolved("approvals");
                approvals
            }
            Err(error) => {
                let rest = "Until then nothing counts as approved: approve again what you still want.";
                run.shared.warn_about(Some("approvals"), format!("{error}. {rest}"));
                Vec::new()
            }
        };
        let mut contents: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for Approval { path, rule, content } in approvals {
            contents.entry((path, rule)).or_default().push(content);
        }
        Self { contents, asked: run.asked.as_deref() }
    }

    /// Whether there is nothing to compare with.
    fn is_empty(&self) -> bool {
        self.contents.is_empty() && self.asked.is_none()
    }

    /// Whether the content of a path matters for this rule.
    pub(crate) fn concerns(&self, path: &RepoPath, rule: Rule) -> bool {
        rule.approvable()
            && (self.asked.is_some_and(|asked| asked.about(path))
                || self.contents.contains_key(&(path.clone(), rule)))
    }

    /// Whether this content, of so many bytes, is no reason to hold.
    pub(crate) fn covers(&self, finding: &Finding, content: ContentId, bytes: u64) -> bool {
        let given = self.contents.get(&(finding.path.clone(), finding.rule));
        given.is_some_and(|contents| contents.contains(&content))
            || self
                .asked
                .is_some_and(|asked| asked.about(&finding.path) && asked.note(finding, content, bytes))
    }
}

/// Plans, and plans again with what was approved of the findings.
pub(crate) async fn plan(
    run: &Run,
    inspection: &Inspection,
    candidates: Vec<Candidate>,
    policy: &Policy,
) -> Plan {
    let (snapshot, limits) = (&inspection.snapshot, &run.settings.guards);
    let mut approved = Approved::default();
    if candidates.is_empty() || Given::to(run).await.is_empty() {
        return plan::plan(snapshot, candidates, policy, limits, &approved);
    }
    // Ends: each round approves at least one rule of one path more.
    loop {
        let decision = plan::plan(snapshot, candidates.clone(), policy, limits, &approved);
        let held = match &decision {
            Plan::Commit(commit) => &commit.held,
            Plan::Nothing { held, .. } => held,
            Plan::Skip(_) | Plan::Hold(_) => return decision,
        };
        if !files(run, inspection, held, &mut approved).await {
            return decision;
        }
    }
}

/// Counts in what was approved of findings in the work tree; `true` if that is anything new.
pub(crate) async fn files(
    run: &Run,
    inspection: &Inspection,
    findings: &[Finding],
    approved: &mut Approved,
) -> bool {
    let given = Given::to(run).await;
    let mut more = false;
    let concerned: Vec<_> = findings.iter().filter(|f| given.concerns(&f.path, f.rule)).collect();
    let states = file_states(run, concerned.iter().map(|f| f.path.clone()).collect()).await;
    for (finding, state) in concerned.into_iter().zip(states) {
        let content = match finding.rule {
            Rule::MassDeletion => Some(autocommit_git::content_of_deletion(inspection, &finding.path)),
            _ => of_file(run, &finding.path, &state).await,
        };
        if content.is_some_and(|content| given.covers(finding, content, state.size)) {
            more |= approved.add(finding.path.clone(), finding.rule);
        }
    }
    more
}

/// Counts in what was approved of findings in a staged tree; `true` if that is anything new. `scratch` is the folder it
/// was staged in, if any.
pub(crate) async fn staged(
    run: &Run,
    inspection: &Inspection,
    changes: &[TreeChange],
    scratch: Option<&Path>,
    findings: &[Finding],
    approved: &mut Approved,
) -> Result<bool, GitError> {
    let given = Given::to(run).await;
    // How large a file is says the file; what is in it says the object.
    let (sizes, inside): (Vec<_>, Vec<_>) = findings
        .iter()
        .filter(|f| given.concerns(&f.path, f.rule))
        .partition(|f| f.rule == Rule::FileTooLarge);
    let sizes: Vec<_> = sizes.into_iter().cloned().collect();
    let mut more = !sizes.is_empty() && files(run, inspection, &sizes, approved).await;
    let entries: BTreeMap<_, _> = changes.iter().filter_map(|c| Some((&c.path, c.new.as_ref()?))).collect();
    let blobs = inside.iter().filter_map(|f| {
        let (mode, blob) = entries.get(&f.path)?;
        Some(Blob { path: f.path.clone(), link: is_link(mode), oid: (*blob).clone() })
    });
    let contents = of_blobs(run, blobs.collect(), scratch).await?;
    let contents: BTreeMap<_, _> = contents.into_iter().map(|(blob, content)| (blob.path, content)).collect();
    for finding in inside {
        if let Some((content, bytes)) = contents.get(&finding.path).cloned()
            && given.covers(finding, content, bytes)
        {
            more |= approved.add(finding.path.clone(), finding.rule);
        }
    }
    Ok(more)
}

/// Of what a push would publish and a rule would stop, the blobs that a person approved at their path.
pub(crate) async fn published(run: &Run, stopped: Vec<(Blob, Finding)>) -> Result<BTreeSet<Blob>, GitError> {
    let given = Given::to(run).await;
    let concerned: BTreeMap<Blob, Finding> =
        stopped.into_iter().filter(|(_, f)| given.concerns(&f.path, f.rule)).collect();
    let (sizes, inside): (BTreeMap<_, _>, BTreeMap<_, _>) =
        concerned.into_iter().partition(|(_, f)| f.rule == Rule::FileTooLarge);
    let mut fine = BTreeSet::new();
    let contents = of_blobs(run, inside.keys().cloned().collect(), None).await?;
    for (blob, (content, bytes)) in contents {
        if given.covers(&inside[&blob], content, bytes) {
            fine.insert(blob);
        }
    }
    // Too large to be read as an object: the file that was approved tells, while it is still there.
    for (blob, finding) in sizes {
        let state = file_states(run, vec![blob.path.clone()]).await;
        let Some(content) = of_file(run, &blob.path, &state[0]).await else { continue };
        let (repo, asked) = (run.repo.clone(), blob.clone());
        let same = move || autocommit_git::is_blob_of(&repo, &asked.path, &asked.oid);
        if tokio::task::spawn_blocking(same).await.unwrap_or(false)
            && given.covers(&finding, content, state[0].size)
        {
            fine.insert(blob);
        }
    }
    Ok(fine)
}

/// An entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Blob {
    pub(crate) path: RepoPath,
    pub(crate) oid: Oid,
    /// It is a symbolic link.
    pub(crate) link: bool,
}

/// The contents of blobs, with their sizes; those that are too large to be read are left out.
async fn of_blobs(
    run: &Run,
    blobs: Vec<Blob>,
    scratch: Option<&Path>,
) -> Result<Vec<(Blob, (ContentId, u64))>, GitError> {
    let wanted = blobs.iter().map(|blob| blob.oid.clone()).collect();
    let (sender, found) = std::sync::mpsc::channel();
    let look = move |at: usize, bytes: Option<&[u8]>| {
        if let Some(bytes) = bytes {
            let content = autocommit_git::content_of_blob(blobs[at].link, bytes);
            // The receiver outlives the reading.
            let _ = sender.send((blobs[at].clone(), (content, bytes.len() as u64)));
        }
    };
    drop(autocommit_git::read_each(&run.shared.git, &run.repo, scratch, wanted, look).await?);
    Ok(found.into_iter().collect())
}

/// Whether an entry of this mode is a symbolic link.
pub(crate) fn is_link(mode: &str) -> bool {
    mode == "120000"
}

/// The content of a file; nothing where it cannot be read.
async fn of_file(run: &Run, path: &RepoPath, state: &FileState) -> Option<ContentId> {
    let known = &run.shared.contents;
    if let Some(content) = known.of(&run.repo, path, state) {
        return Some(content);
    }
    let (repo, path, state) = (run.repo.clone(), path.clone(), state.clone());
    let read = tokio::task::spawn_blocking(move || {
        let content = autocommit_git::content_of_file(&repo, &path);
        let unmoved = autocommit_git::states(&repo, std::slice::from_ref(&path)) == [state.clone()];
        (content, unmoved, path, state)
    });
    let (content, unmoved, path, state) = read.await.ok()?;
    let content = content.ok()?;
    if unmoved {
        known.keep(&run.repo, path, state, content.clone());
    }
    // What moved under the reading is nobody's content.
    unmoved.then_some(content)
}

/// Contents of files that were read before, so that a large one which differs from what was approved is not read again
/// in every cycle.
#[derive(Debug, Default)]
pub(crate) struct Contents(Mutex<HashMap<(PathBuf, RepoPath), (FileState, ContentId)>>);

impl Contents {
    fn of(&self, repo: &Repo, path: &RepoPath, state: &FileState) -> Option<ContentId> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(&(repo.work_tree.clone(), path.clone()))
            .filter(|(seen, _)| seen == state)
            .map(|(_, content)| content.clone())
    }

    /// Keeps it unless the file is so young that it could change once more without its times telling.
    fn keep(&self, repo: &Repo, path: RepoPath, state: FileState, content: ContentId) {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let newest = state.mtime_ns.max(state.ctime_ns);
        let age = i128::try_from(now.as_nanos()).unwrap_or(0) - newest;
        if age < i128::try_from(limits::RACY.as_nanos()).unwrap_or(i128::MAX) {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= limits::CONTENTS_KEPT {
            known.clear();
        }
        known.insert((repo.work_tree.clone(), path), (state, content));
    }
}
