//! Clear: nothing is committed that the guards have not seen as the bytes it became.

use super::{approved, contents, file_states};
use crate::run::Run;
use autocommit_core::{
    approval::Approved,
    cycle::RunReport,
    draft::{Diff, FileStatus},
    guards::{self, AfterStaging, Candidate, Cleared, Finding, Rule, clear},
    id::Oid,
    path::RepoPath,
    repo::Repo,
};
use autocommit_git::{Git, GitError, Inspection, Staged, TreeChange};
use std::{collections::BTreeSet, path::Path};

/// A tree that was cleared, and what it changes.
pub(crate) struct Judged {
    pub(crate) cleared: Cleared<Oid>,
    pub(crate) diff: Diff,
    /// The same, entry by entry.
    pub(crate) changes: Vec<TreeChange>,
    /// Some of it is stored by Git LFS.
    pub(crate) lfs: bool,
}

/// Clears the staged tree. Paths that moved under it, or that hold what must not be committed, are taken out until
/// nothing is found in the rest. Nothing where somebody has staged something since we looked.
pub(crate) async fn cleared(
    run: &Run,
    report: &mut RunReport,
    inspection: &Inspection,
    staged: &mut Staged,
    allowed: &mut Vec<Candidate>,
    approved: &mut Approved,
    place: Option<&Path>,
) -> Result<Option<Judged>, GitError> {
    let (git, repo) = (&run.shared.git, &*run.repo);
    let parent = inspection.snapshot.head.oid();
    loop {
        let (diff, changes) = autocommit_git::diff(git, repo, parent, staged.tree(), place).await?;
        if !strangers(&diff, allowed).is_empty() {
            return Ok(None);
        }
        let contents = contents::read(run, inspection, &changes, place).await?;
        let now = file_states(run, paths(allowed)).await;
        let limits = &run.settings.guards;
        let seen = AfterStaging { staged: allowed, now: &now, contents: &contents, limits };
        let findings = loop {
            let findings = match clear(staged.tree().clone(), &seen, approved) {
                Ok(cleared) => {
                    contents::warn(run, &contents);
                    let lfs = contents::has_lfs(&contents);
                    return Ok(Some(Judged { cleared, diff, changes, lfs }));
                }
                Err(findings) => findings,
            };
            if !approved::staged(run, inspection, &changes, place, &findings, approved).await? {
                break findings;
            }
        };
        // Each round takes at least one path out, so this ends.
        let out: Vec<_> = findings.iter().map(|f| f.path.clone()).collect();
        report.held.extend(findings);
        take_out(git, repo, inspection, report, allowed, staged, &out).await?;
    }
}

/// Takes paths out of what is staged, and with them the removals that may be the other half of their move.
async fn take_out(
    git: &Git,
    repo: &Repo,
    inspection: &Inspection,
    report: &mut RunReport,
    allowed: &mut Vec<Candidate>,
    staged: &mut Staged,
    out: &[RepoPath],
) -> Result<(), GitError> {
    let (held, rest): (Vec<_>, Vec<_>) = allowed.drain(..).partition(|c| out.contains(&c.change.path));
    *allowed = rest;
    let halves = guards::other_halves(allowed, held);
    let out: Vec<_> = out.iter().chain(halves.iter().map(|f| &f.path)).cloned().collect();
    report.held.extend(halves);
    staged.take_out(git, repo, inspection, &out).await
}

/// The plan without the paths that git could not stage.
pub(crate) async fn without_refused(
    git: &Git,
    repo: &Repo,
    inspection: &Inspection,
    report: &mut RunReport,
    mut allowed: Vec<Candidate>,
    staged: &mut Staged,
) -> Result<Vec<Candidate>, GitError> {
    let refused = staged.refused().to_vec();
    if refused.is_empty() {
        return Ok(allowed);
    }
    report.held.extend(refused.iter().map(|path| Finding {
        path: path.clone(),
        rule: Rule::NotStageable,
        hint: Rule::NotStageable.next_step().to_owned(),
    }));
    take_out(git, repo, inspection, report, &mut allowed, staged, &refused).await?;
    Ok(allowed)
}

/// Paths of a tree that nobody has allowed.
pub(crate) fn strangers(diff: &Diff, allowed: &[Candidate]) -> Vec<RepoPath> {
    let known: BTreeSet<_> = allowed.iter().map(|c| &c.change.path).collect();
    let from = diff.files.iter().filter_map(|f| match &f.status {
        FileStatus::Renamed { from } => Some(from),
        _ => None,
    });
    diff.files.iter().map(|f| &f.path).chain(from).filter(|path| !known.contains(path)).cloned().collect()
}

pub(crate) fn paths(candidates: &[Candidate]) -> Vec<RepoPath> {
    candidates.iter().map(|c| c.change.path.clone()).collect()
}
