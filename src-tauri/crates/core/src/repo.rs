//! What discovery knows of a repository, and which rules of the person and of the repository apply to it.

use crate::{
    id::RepoId,
    settings::{Settings, valid_ref_part},
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One work tree. Each linked worktree is one of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repo {
    /// Made from the canonical work tree path.
    pub id: RepoId,
    /// Canonical path of the work tree.
    pub work_tree: PathBuf,
    /// The work tree's own git folder (`.git`, or `…/worktrees/<name>`).
    pub git_dir: PathBuf,
    /// The git folder shared by all linked worktrees: runs are serial within it.
    pub common_dir: PathBuf,
    /// The kind of work tree.
    pub kind: RepoKind,
}

/// The kind of work tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepoKind {
    /// The main work tree of a repository.
    Main,
    /// Made by `git worktree add`.
    LinkedWorktree,
    /// A submodule of another repository.
    Submodule,
}

impl Repo {
    /// The folder's own name, for people.
    pub fn name(&self) -> String {
        let name = self.work_tree.file_name().unwrap_or(self.work_tree.as_os_str());
        crate::text::escape_controls(&name.to_string_lossy())
    }
}

/// A package inside a repository, told by its manifest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Package {
    /// `cargo`, `npm`, `python`, `go` and so on.
    pub kind: String,
    /// The name in the manifest, or the folder's name where the manifest has none.
    pub name: String,
    /// Folder of the manifest, relative to the work tree; `.` at its top.
    pub path: String,
}

/// Why a repository is off that says `autocommit.enabled = false`.
pub const OFF_BY_ITSELF: &str = "Its own git configuration says autocommit.enabled = false.";

/// A person's settings for one repository, kept in the state folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalRules {
    /// False: opted out.
    pub enabled: Option<bool>,
    /// False: commit only.
    pub push: Option<bool>,
}

/// `autocommit.*` of the repository's own git configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepoRules {
    /// `autocommit.enabled`: false opts out, true changes nothing.
    pub enabled: Option<bool>,
    /// `autocommit.push`: false commits only, true changes nothing.
    pub push: Option<bool>,
    /// `autocommit.remote`: another existing remote to push to.
    pub remote: Option<String>,
    /// `autocommit.branch`: the only branch to commit.
    pub branch: Option<String>,
}

/// The rules in force for one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Whether the repository is looked after at all.
    pub enabled: bool,
    /// Who switched it off, for people.
    pub off_because: Option<&'static str>,
    /// Whether commits are pushed.
    pub push: bool,
    /// The only branches that are committed; every one given must match. Empty: any.
    pub branches: Vec<String>,
    /// The remote the repository names for itself.
    pub remote: Option<String>,
}

impl Policy {
    /// Merges the three sources. What a repository says may only tighten (invariant A9).
    pub fn merge(settings: &Settings, person: &PersonalRules, repo: &RepoRules) -> Self {
        let off_because = if person.enabled == Some(false) {
            Some("You switched it off.")
        } else if repo.enabled == Some(false) {
            Some(OFF_BY_ITSELF)
        } else {
            None
        };
        let push = settings.push && person.push != Some(false) && repo.push != Some(false);
        let branches = settings.git_branch.iter().chain(repo.branch.iter()).cloned().collect();
        let remote = repo.remote.clone().filter(|name| valid_ref_part(name));
        Self { enabled: off_because.is_none(), off_because, push, branches, remote }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules() -> impl Strategy<Value = RepoRules> {
        (any::<Option<bool>>(), any::<Option<bool>>(), any::<Option<String>>(), any::<Option<String>>())
            .prop_map(|(enabled, push, remote, branch)| RepoRules { enabled, push, remote, branch })
    }

    proptest! {
        #[test]
        fn a_repository_only_tightens(
            repo in rules(),
            person_enabled in any::<Option<bool>>(),
            person_push in any::<Option<bool>>(),
            push in any::<bool>(),
            branch in any::<Option<String>>(),
        ) {
            let settings = Settings { push, git_branch: branch, ..Settings::default() };
            let person = PersonalRules { enabled: person_enabled, push: person_push };
            let without = Policy::merge(&settings, &person, &RepoRules::default());
            let with = Policy::merge(&settings, &person, &repo);
            prop_assert!(!with.enabled || without.enabled);
            prop_assert!(!with.push || without.push);
            prop_assert!(with.branches.starts_with(&without.branches));
            prop_assert!(with.remote.is_none_or(|name| valid_ref_part(&name)));
        }
    }
}
