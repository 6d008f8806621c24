//! What a push would publish is looked through right before it, the person's own commits included: a secret stops the push
//! at the last commit before it.

use crate::run::Run;
use autocommit_core::{
    guards::content::is_lfs_pointer,
    id::{Oid, RepoId},
    path::RepoPath,
    settings::SecretsPolicy,
    snapshot::PushTarget,
};
use autocommit_git::{GitError, NewCommit};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};

/// What may be pushed.
#[derive(Debug)]
pub(crate) struct Publishable {
    /// The newest commit that may go, with all below it; nothing where none may.
    pub(crate) tip: Option<Oid>,
    /// The commits that go with it.
    pub(crate) commits: Vec<Oid>,
    /// The first secret that stops the rest: its commit and path, and how many commits stay here.
    pub(crate) stopped: Option<Stopped>,
    /// Some file that goes is a pointer of Git LFS.
    pub(crate) lfs: bool,
}

/// Why a part stays here.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) commit: Oid,
    pub(crate) path: String,
    pub(crate) staying: usize,
}

/// Tips below which everything was looked through, and whether Git LFS has a part in it.
#[derive(Debug, Default)]
pub(crate) struct Clean {
    tips: Mutex<HashMap<RepoId, (Oid, bool)>>,
    asked: Mutex<HashMap<RepoId, Oid>>,
}

impl Clean {
    /// Notes that everything that `tip` would publish was looked through.
    pub(crate) fn note(&self, repo: &RepoId, tip: &Oid, lfs: bool) {
        self.tips.lock().unwrap_or_else(PoisonError::into_inner).insert(repo.clone(), (tip.clone(), lfs));
    }

    /// Whether this was not asked before of `tip` since the program started.
    pub(crate) fn first_time(&self, repo: &RepoId, tip: &Oid) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(repo.clone(), tip.clone()).as_ref() != Some(tip)
    }

    /// Whether `tip` is known, and whether Git LFS has a part in it.
    pub(crate) fn known(&self, repo: &RepoId, tip: &Oid) -> Option<bool> {
        let known = self.tips.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(repo).filter(|(oid, _)| oid == tip).map(|(_, lfs)| *lfs)
    }
}

/// Looks through everything that a push of `tip` would publish.
pub(crate) async fn publishable(run: &Run, target: &PushTarget, tip: &Oid) -> Result<Publishable, GitError> {
    let all = |lfs| Publishable { tip: Some(tip.clone()), commits: Vec::new(), stopped: None, lfs };
    if let Some(lfs) = run.shared.clean.known(&run.repo.id, tip) {
        return Ok(all(lfs));
    }
    let (git, repo) = (&run.shared.git, &*run.repo);
    let commits = autocommit_git::unpushed(git, repo, &target.remote, tip).await?;
    let hold = run.settings.guards.secrets == SecretsPolicy::Hold;
    let seen = look_through(run, &commits).await?;
    let Some(first) = commits.iter().find(|c| hold && seen.secrets.contains_key(&c.oid)) else {
        if seen.secrets.is_empty() {
            run.shared.clean.note(&run.repo.id, tip, seen.lfs);
        }
        return Ok(all(seen.lfs));
    };
    let tainted = tainted(&commits, &seen.secrets);
    let free = |oid: &Oid| !tainted.contains(oid);
    let path = seen.secrets.get(&first.oid).cloned().unwrap_or_default();
    let stopped = Stopped { commit: first.oid.clone(), path, staying: tainted.len() };
    Ok(Publishable {
        tip: last_free(&commits, tip, &tainted),
        commits: commits.iter().map(|c| c.oid.clone()).filter(free).collect(),
        stopped: Some(stopped),
        lfs: seen.lfs,
    })
}

struct Seen {
    /// The first path with a secret, for people, by commit.
    secrets: BTreeMap<Oid, String>,
    lfs: bool,
}

/// Reads every new file of every commit once, and the messages.
async fn look_through(run: &Run, commits: &[NewCommit]) -> Result<Seen, GitError> {
    let mut places: BTreeMap<Oid, Vec<(Oid, Option<RepoPath>)>> = BTreeMap::new();
    for commit in commits {
        places.entry(commit.oid.clone()).or_default().push((commit.oid.clone(), None));
        for change in &commit.changes {
            if let Some((mode, oid)) = &change.new
                && mode != "160000"
            {
                let place = (commit.oid.clone(), Some(change.path.clone()));
                places.entry(oid.clone()).or_default().push(place);
            }
        }
    }
    let wanted: Vec<_> = places.keys().cloned().collect();
    let (sender, found) = std::sync::mpsc::channel();
    let asked = wanted.clone();
    let look = move |at: usize, bytes: Option<&[u8]>| {
        let lfs = bytes.is_some_and(is_lfs_pointer);
        for (commit, path) in &places[&asked[at]] {
            let name = path.as_ref().map_or(&b"COMMIT_EDITMSG"[..], RepoPath::as_bytes);
            // What is too large to be looked through is not passed unseen.
            let secret = bytes.is_none_or(|bytes| !autocommit_secret::scan(name, bytes).is_empty());
            if secret || lfs {
                let _ = sender.send((commit.clone(), path.clone(), asked[at].clone(), secret, lfs));
            }
        }
    };
    drop(autocommit_git::read_each(&run.shared.git, &run.repo, None, wanted, look).await?);
    let mut seen = Seen { secrets: BTreeMap::new(), lfs: false };
    for (commit, path, _blob, secret, lfs) in found {
        seen.lfs |= lfs;
        if secret {
            let shown = path.map_or_else(|| "its message".to_owned(), |p| p.shown());
            seen.secrets.entry(commit).or_insert(shown);
        }
    }
    Ok(seen)
}

/// Commits with a secret, and all that come after one.
fn tainted(commits: &[NewCommit], secrets: &BTreeMap<Oid, String>) -> BTreeSet<Oid> {
    let mut tainted = BTreeSet::new();
    // Parents come first.
    for commit in commits {
        if secrets.contains_key(&commit.oid) || commit.parents.iter().any(|p| tainted.contains(p)) {
            tainted.insert(commit.oid.clone());
        }
    }
    tainted
}

/// The newest commit on the branch's own line that may be published, if the remote has not got it already.
fn last_free(commits: &[NewCommit], tip: &Oid, tainted: &BTreeSet<Oid>) -> Option<Oid> {
    let by_oid: BTreeMap<_, _> = commits.iter().map(|c| (&c.oid, c)).collect();
    let mut at = by_oid.get(tip)?;
    while tainted.contains(&at.oid) {
        at = by_oid.get(at.parents.first()?)?;
    }
    Some(at.oid.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oid(n: u8) -> Oid {
        Oid::parse(&format!("{n:02x}").repeat(20)).unwrap()
    }

    fn commit(n: u8, parents: &[u8]) -> NewCommit {
        NewCommit { oid: oid(n), parents: parents.iter().map(|n| oid(*n)).collect(), changes: Vec::new() }
    }

    #[test]
    fn what_comes_after_a_secret_stays() {
        // 9 is at the remote; 3 is a merge of a branch with a secret.
        let commits = [commit(1, &[9]), commit(2, &[9]), commit(3, &[1, 2]), commit(4, &[3])];
        let secrets = BTreeMap::from([(oid(2), "x".to_owned())]);
        let stays = tainted(&commits, &secrets);
        assert_eq!(stays, BTreeSet::from([oid(2), oid(3), oid(4)]));
        assert_eq!(last_free(&commits, &oid(4), &stays), Some(oid(1)));
        let first = BTreeMap::from([(oid(1), "x".to_owned())]);
        assert_eq!(last_free(&commits, &oid(4), &tainted(&commits, &first)), None);
    }
}
