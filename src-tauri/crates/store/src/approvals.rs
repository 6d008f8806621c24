//! What a person approved although a guard would hold it, in `approvals.json`: by repository, path, rule and content.

use crate::{StoreError, allowed::Allowed, path};
use autocommit_core::{
    Timestamp,
    approval::{Approval, ContentId},
    guards::Rule,
    path::RepoPath,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Approvals kept at most, of all repositories; the oldest are forgotten first, and what they allowed is held again.
const KEPT: usize = 50_000;

/// The approvals. Clones share them.
#[derive(Clone)]
pub struct Approvals(Allowed<List>);

/// One approval with its repository and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Canonical work tree path of the repository.
    pub repo: PathBuf,
    /// What was approved.
    pub approval: Approval,
    /// When.
    pub approved_at: Timestamp,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    repos: Vec<KeptRepo>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptRepo {
    #[serde(with = "crate::path")]
    path: PathBuf,
    approvals: Vec<Kept>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// Inside the repository, in git's own bytes.
    #[serde(with = "crate::path")]
    path: PathBuf,
    rule: Rule,
    content: ContentId,
    approved_at: Timestamp,
}

impl Approvals {
    /// Those of a state folder, which need not exist. Nothing is read yet, and reading never writes.
    pub fn at(state_dir: &Path) -> Self {
        Self(Allowed::at(state_dir.join("approvals.json")))
    }

    /// The approvals of one repository, by canonical work tree path, also those that another process gave a moment ago.
    ///
    /// # Errors
    /// Where the file is damaged: nothing is approved then.
    pub async fn of(&self, repo: &Path) -> Result<Vec<Approval>, StoreError> {
        let list = self.0.get().await?;
        let kept = list.repos.iter().filter(|kept| kept.path == repo).flat_map(|kept| &kept.approvals);
        Ok(kept.map(Kept::approval).collect())
    }

    /// All of them, by repository and path.
    ///
    /// # Errors
    /// Where the file is damaged.
    pub async fn all(&self) -> Result<Vec<Given>, StoreError> {
        let list = self.0.get().await?;
        let given = |repo: &KeptRepo, kept: &Kept| Given {
            repo: repo.path.clone(),
            approval: kept.approval(),
            approved_at: kept.approved_at,
        };
        let mut all: Vec<_> =
            list.repos.iter().flat_map(|repo| repo.approvals.iter().map(|kept| given(repo, kept))).collect();
        all.sort_by(|a, b| (&a.repo, &a.approval).cmp(&(&b.repo, &b.approval)));
        Ok(all)
    }

    /// Keeps approvals durably. Those of rules that nobody can approve are not taken.
    ///
    /// # Errors
    /// Where they cannot be kept, or are too many to be kept at all.
    pub async fn add(&self, repo: &Path, new: Vec<Approval>, at: Timestamp) -> Result<(), StoreError> {
        if new.len() > KEPT {
            return Err(StoreError::TooManyApprovals(KEPT));
        }
        let repo = repo.to_owned();
        self.0.change(move |list| list.add(repo, new, at)).await
    }

    /// Takes back what was approved in one repository: of these paths, or of all where none are given. Returns what was
    /// taken back.
    pub async fn revoke(
        &self,
        repo: &Path,
        paths: Option<Vec<RepoPath>>,
    ) -> Result<Vec<Approval>, StoreError> {
        let repo = repo.to_owned();
        self.0.change(move |list| list.revoke(&repo, paths.as_deref())).await
    }
}

impl List {
    fn add(&mut self, repo: PathBuf, new: Vec<Approval>, at: Timestamp) {
        let place = self.repos.iter().position(|kept| kept.path == repo);
        let place = place.unwrap_or_else(|| {
            self.repos.push(KeptRepo { path: repo, approvals: Vec::new() });
            self.repos.len() - 1
        });
        let approvals = &mut self.repos[place].approvals;
        for approval in new.into_iter().filter(|approval| approval.rule.approvable()) {
            let kept = Kept {
                path: path::from_bytes(approval.path.as_bytes().to_vec()),
                rule: approval.rule,
                content: approval.content,
                approved_at: at,
            };
            approvals.push(kept);
        }
        // Newest first, so that of the same approval given twice the later one stays.
        approvals.sort_by(|a, b| a.key().cmp(&b.key()).then(b.approved_at.cmp(&a.approved_at)));
        approvals.dedup_by(|a, b| a.key() == b.key());
        self.forget_oldest();
    }

    fn forget_oldest(&mut self) {
        let mut times: Vec<_> = self.repos.iter().flat_map(|r| &r.approvals).map(|k| k.approved_at).collect();
        if times.len() > KEPT {
            times.sort_unstable();
            let oldest = times[times.len() - KEPT];
            for repo in &mut self.repos {
                repo.approvals.retain(|kept| kept.approved_at >= oldest);
            }
        }
        self.repos.retain(|repo| !repo.approvals.is_empty());
    }

    fn revoke(&mut self, repo: &Path, paths: Option<&[RepoPath]>) -> Vec<Approval> {
        let mut gone = Vec::new();
        for repo in self.repos.iter_mut().filter(|kept| kept.path == repo) {
            let taken = |kept: &mut Kept| paths.is_none_or(|paths| paths.contains(&kept.approval().path));
            gone.extend(repo.approvals.extract_if(.., taken).map(|kept| kept.approval()));
        }
        self.repos.retain(|repo| !repo.approvals.is_empty());
        gone
    }
}

impl Kept {
    fn key(&self) -> (&Path, Rule, &ContentId) {
        (&self.path, self.rule, &self.content)
    }

    fn approval(&self) -> Approval {
        Approval {
            path: RepoPath::new(path::to_bytes(&self.path)),
            rule: self.rule,
            content: self.content.clone(),
        }
    }
}
