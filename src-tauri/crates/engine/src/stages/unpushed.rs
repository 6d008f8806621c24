//! What a push would publish is looked through right before it, the person's own commits included: a secret stops the push
//! at the last commit before it.

use super::approved::{self, Blob, is_link};
use crate::run::Run;
use autocommit_core::{
    approval::Approval,
    guards::{Finding, Rule, content::is_lfs_pointer},
    id::Oid,
    settings::SecretsPolicy,
    snapshot::PushTarget,
};
use autocommit_git::{GitError, Known, NewCommit};
use autocommit_store::PushKey;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};

/// What may be pushed.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
pub(crate) struct Stopped {
    pub(crate) commit: Oid,
    pub(crate) path: String,
    pub(crate) staying: usize,
}

/// By place that is pushed to, the tip below which everything was looked through for it, and whether Git LFS has a part in
/// it.
#[derive(Debug, Default)]
pub(crate) struct Clean {
    tips: Mutex<HashMap<PushKey, (Oid, bool)>>,
    asked: Mutex<HashMap<PushKey, Oid>>,
    stopped: Mutex<HashMap<PushKey, Verdict>>,
}

/// What was found to be stopped, and what that depends on.
#[derive(Debug)]
struct Verdict {
    tip: Oid,
    approvals: Vec<Approval>,
    publishable: Publishable,
}

impl Clean {
    /// Notes that everything that `tip` would publish at `place` was looked through.
    pub(crate) fn note(&self, place: &PushKey, tip: &Oid, lfs: bool) {
        self.tips.lock().unwrap_or_else(PoisonError::into_inner).insert(place.clone(), (tip.clone(), lfs));
    }

    /// Whether this was not asked before of `tip` since the program started.
    pub(crate) fn first_time(&self, place: &PushKey, tip: &Oid) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(place.clone(), tip.clone()).as_ref() != Some(tip)
    }

    /// What was found to be stopped in `tip`, as long as a person approves nothing else: nobody reads it again each minute.
    fn stopped(&self, place: &PushKey, tip: &Oid, approvals: &[Approval]) -> Option<Publishable> {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        let verdict = stopped.get(place).filter(|v| v.tip == *tip && v.approvals == approvals)?;
        Some(verdict.publishable.clone())
    }

    /// Whether `tip` is known, and whether Git LFS has a part in it.
    pub(crate) fn known(&self, place: &PushKey, tip: &Oid) -> Option<bool> {
        let known = self.tips.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(place).filter(|(oid, _)| oid == tip).map(|(_, lfs)| *lfs)
    }
}

/// Looks through everything that a push of `tip` would publish at `place`.
pub(crate) async fn publishable(
    run: &Run,
    place: &PushKey,
    target: &PushTarget,
    tip: &Oid,
) -> Result<Publishable, GitError> {
    let all = |lfs| Publishable { tip: Some(tip.clone()), commits: Vec::new(), stopped: None, lfs };
    let hold = run.settings.guards.secrets == SecretsPolicy::Hold;
    // A branch that the remote has already is no secret any more.
    if hold && !target.tracked && !autocommit_secret::scan(b"", target.branch.as_bytes()).is_empty() {
        let (commit, path) = (tip.clone(), "the name of its branch".to_owned());
        let stopped = Some(Stopped { commit, path, staying: target.ahead.max(1) });
        return Ok(Publishable { tip: None, commits: Vec::new(), stopped, lfs: false });
    }
    if let Some(lfs) = run.shared.clean.known(place, tip) {
        return Ok(all(lfs));
    }
    let (git, repo) = (&run.shared.git, &*run.repo);
    let approvals = run.shared.store.approvals().of(&run.repo.work_tree).await.unwrap_or_default();
    if hold && let Some(publishable) = run.shared.clean.stopped(place, tip, &approvals) {
        return Ok(publishable);
    }
    let there = if target.refs_tell {
        Known::Remote(&target.remote)
    } else {
        let memory = run.shared.kept("what was pushed", run.shared.store.pushes().get(place).await).flatten();
        Known::Commit(memory.and_then(|memory| memory.arrived).map(|arrival| arrival.oid))
    };
    let commits = autocommit_git::unpushed(git, repo, &there, tip).await?;
    let seen = look_through(run, &commits).await?;
    let Some(first) = commits.iter().find(|c| hold && seen.secrets.contains_key(&c.oid)) else {
        if seen.secrets.is_empty() && !seen.approved {
            run.shared.clean.note(place, tip, seen.lfs);
        }
        return Ok(all(seen.lfs));
    };
    let tainted = tainted(&commits, &seen.secrets);
    let free = |oid: &Oid| !tainted.contains(oid);
    let path = seen.secrets.get(&first.oid).cloned().unwrap_or_default();
    let stopped = Stopped { commit: first.oid.clone(), path, staying: tainted.len() };
    let publishable = Publishable {
        // Of several addresses one may have more than the clean part already, and would refuse it.
        tip: target.refs_tell.then(|| last_free(&commits, tip, &tainted)).flatten(),
        commits: commits.iter().map(|c| c.oid.clone()).filter(free).collect(),
        stopped: Some(stopped),
        lfs: seen.lfs,
    };
    let verdict = Verdict { tip: tip.clone(), approvals, publishable: publishable.clone() };
    run.shared.clean.stopped.lock().unwrap_or_else(PoisonError::into_inner).insert(place.clone(), verdict);
    Ok(publishable)
}

struct Seen {
    /// The first path with a secret, for people, by commit.
    secrets: BTreeMap<Oid, String>,
    lfs: bool,
    /// Something would have stopped it that a person approved: it counts only as long as they do not take it back.
    approved: bool,
}

/// Reads every new file of every commit once, and the messages.
async fn look_through(run: &Run, commits: &[NewCommit]) -> Result<Seen, GitError> {
    let mut places: BTreeMap<Oid, Vec<Place>> = BTreeMap::new();
    for commit in commits {
        let message = Place { commit: commit.oid.clone(), file: None, new: false };
        places.entry(commit.oid.clone()).or_default().push(message);
        for change in &commit.changes {
            if let Some((mode, oid)) = &change.new
                && mode != "160000"
            {
                let file = Blob { path: change.path.clone(), oid: oid.clone(), link: is_link(mode) };
                let place = Place { commit: commit.oid.clone(), file: Some(file), new: change.old.is_none() };
                places.entry(oid.clone()).or_default().push(place);
            }
        }
    }
    let wanted: Vec<_> = places.keys().cloned().collect();
    let (sender, found) = std::sync::mpsc::channel();
    let asked = wanted.clone();
    let look = move |at: usize, bytes: Option<&[u8]>| {
        let lfs = bytes.is_some_and(is_lfs_pointer);
        for place in &places[&asked[at]] {
            let name = place.file.as_ref().map_or(&b"COMMIT_EDITMSG"[..], |file| file.path.as_bytes());
            // What is too large to be looked through is not passed unseen.
            let rule = match bytes {
                None => Some(Rule::FileTooLarge),
                Some(bytes) if !autocommit_secret::scan(name, bytes).is_empty() => Some(Rule::Secret),
                Some(_) if place.new && autocommit_secret::path_is_secret(name).is_some() => {
                    Some(Rule::SecretFile)
                }
                Some(_) => None,
            };
            if rule.is_some() || lfs {
                let _ = sender.send((place.clone(), rule, lfs));
            }
        }
    };
    drop(autocommit_git::read_each(&run.shared.git, &run.repo, None, wanted, look).await?);
    let found: Vec<_> = found.into_iter().collect();
    let finding = |blob: &Blob, rule: Rule| Finding {
        path: blob.path.clone(),
        rule,
        hint: rule.next_step().to_owned(),
    };
    let stopped = found.iter().filter_map(|(place, rule, _)| {
        let blob = place.file.clone()?;
        let finding = finding(&blob, (*rule)?);
        Some((blob, finding))
    });
    let approved = approved::published(run, stopped.collect()).await?;
    let mut seen = Seen { secrets: BTreeMap::new(), lfs: false, approved: !approved.is_empty() };
    for (place, rule, lfs) in found {
        seen.lfs |= lfs;
        let fine = place.file.as_ref().is_some_and(|blob| approved.contains(blob));
        if rule.is_some() && !fine {
            let shown = place.file.map_or_else(|| "its message".to_owned(), |file| file.path.shown());
            seen.secrets.entry(place.commit).or_insert(shown);
        }
    }
    Ok(seen)
}

/// A file of a commit, or its message.
#[derive(Clone)]
struct Place {
    commit: Oid,
    file: Option<Blob>,
    /// The parent has nothing there.
    new: bool,
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
