//! What a person has under way, told by files in the work tree's own git folder.

use crate::processes::{self, Process};
use autocommit_core::{repo::Repo, snapshot::Operation};
use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

/// How long an unfinished message counts as being written where running programs cannot be seen.
const EDITING: Duration = Duration::from_secs(10 * 60);
/// How long a list of running commits is good for.
const LIST_EVERY: Duration = Duration::from_millis(50);
/// How often the list is read on in the instant before a branch moves.
const LOOKS: u32 = 32;

/// The operation under way, if any.
pub(crate) fn operation(repo: &Repo) -> Option<Operation> {
    let there = |name: &str| repo.git_dir.join(name).symlink_metadata().is_ok();
    // A rebase leaves CHERRY_PICK_HEAD too, and am is a kind of rebase-apply: the outer operation is named.
    [
        ("rebase-apply/applying", Operation::Am),
        ("rebase-merge", Operation::Rebase),
        ("rebase-apply", Operation::Rebase),
        ("MERGE_HEAD", Operation::Merge),
        ("CHERRY_PICK_HEAD", Operation::CherryPick),
        ("REVERT_HEAD", Operation::Revert),
        ("BISECT_LOG", Operation::Bisect),
        ("SQUASH_MSG", Operation::Squash),
        ("sequencer", Operation::Conflict),
    ]
    .into_iter()
    .find(|(name, _)| there(name))
    .map(|(_, operation)| operation)
}

/// The commits that people are making right now, seen in the list of processes. While a message is being written, or a
/// hook runs, git itself holds no lock that would tell.
#[derive(Debug, Default)]
pub(crate) struct Commits(Mutex<Option<Seen>>);

#[derive(Debug)]
struct Seen {
    at: Instant,
    /// Folders in which a commit is being made; nothing where processes cannot be listed.
    folders: Option<Vec<PathBuf>>,
}

impl Commits {
    /// Whether a person's `git commit` is under way in this work tree, or an editor is open on its message.
    pub(crate) fn under_way(&self, repo: &Repo) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = seen.take().filter(|s| s.at.elapsed() < LIST_EVERY);
        let list =
            fresh.unwrap_or_else(|| Seen { folders: processes::list().map(committing), at: Instant::now() });
        let found = match &list.folders {
            Some(folders) => any_in(folders, repo),
            None => message_is_young(repo),
        };
        *seen = Some(list);
        found
    }

    /// The same as of now, for the instant before a branch moves. A list takes milliseconds to read, in which a commit may
    /// begin: it is read on until no program was started meanwhile.
    pub(crate) fn under_way_now(&self, repo: &Repo) -> bool {
        let mut last = processes::newest();
        let Some(mut list) = processes::list() else { return message_is_young(repo) };
        for _ in 0..LOOKS {
            if any_in(&committing(list), repo) {
                return true;
            }
            let newest = processes::newest();
            let (Some(from), Some(to)) = (last, newest) else { return false };
            if from == to {
                return false;
            }
            let Some(new) = processes::since(from, to) else { return false };
            (list, last) = (new, newest);
        }
        // Programs start faster than they can be looked at: this is no quiet moment.
        true
    }
}

/// Where processes cannot be listed: a COMMIT_EDITMSG that is younger than the last commit, and not old.
fn message_is_young(repo: &Repo) -> bool {
    let modified = |name: &str| repo.git_dir.join(name).metadata().and_then(|m| m.modified()).ok();
    let Some(message) = modified("COMMIT_EDITMSG") else { return false };
    let committed = modified("logs/HEAD").is_some_and(|head| head >= message);
    !committed && SystemTime::now().duration_since(message).is_ok_and(|age| age < EDITING)
}

/// Whether one of these folders is in the work tree.
fn any_in(folders: &[PathBuf], repo: &Repo) -> bool {
    folders.iter().any(|folder| folder.starts_with(&repo.work_tree))
}

/// The current folders of those of the programs that are a `git commit`, or an editor of a COMMIT_EDITMSG.
fn committing(list: Vec<Process>) -> Vec<PathBuf> {
    list.into_iter().filter(|p| p.commits() || p.edits_a_message()).filter_map(|p| p.folder).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::{id::RepoId, repo::RepoKind};
    use std::path::Path;

    fn repo(dir: &Path) -> Repo {
        let git_dir = dir.join(".git");
        std::fs::create_dir_all(&git_dir).unwrap();
        Repo {
            id: RepoId::of_path(dir),
            work_tree: dir.to_owned(),
            common_dir: git_dir.clone(),
            git_dir,
            kind: RepoKind::Main,
        }
    }

    #[test]
    fn each_operation_by_its_file() {
        for (file, expected) in [
            ("MERGE_HEAD", Operation::Merge),
            ("rebase-merge/head-name", Operation::Rebase),
            ("rebase-apply/next", Operation::Rebase),
            ("rebase-apply/applying", Operation::Am),
            ("CHERRY_PICK_HEAD", Operation::CherryPick),
            ("REVERT_HEAD", Operation::Revert),
            ("BISECT_LOG", Operation::Bisect),
            ("SQUASH_MSG", Operation::Squash),
            ("sequencer/todo", Operation::Conflict),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let repo = repo(dir.path());
            assert_eq!(operation(&repo), None);
            let path = repo.git_dir.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
            assert_eq!(operation(&repo), Some(expected), "{file}");
        }
    }

    #[test]
    fn an_old_message_is_nobody_writing() {
        let dir = tempfile::tempdir().unwrap();
        let repo = repo(dir.path());
        assert!(!message_is_young(&repo));
        std::fs::write(repo.git_dir.join("COMMIT_EDITMSG"), "x").unwrap();
        assert!(message_is_young(&repo), "all that is known without a list of processes");
        assert!(!Commits::default().under_way(&repo), "no git commit runs here");
    }

    #[cfg(target_os = "linux")]
    #[allow(clippy::disallowed_methods, reason = "it plays the person")]
    #[test]
    fn a_commit_that_has_just_begun_is_seen_in_the_last_instant() {
        use std::process::{Command, Stdio};
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().canonicalize().unwrap();
        let repo = repo(&folder);
        let git = |args: &[&str]| {
            let mut command = Command::new("git");
            command
                .args(["-c", "user.name=P", "-c", "user.email=p@example.org"])
                .args(args)
                .current_dir(&folder);
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        };
        assert!(git(&["init"]).wait().unwrap().success());
        let inspector = crate::Inspector::default();
        for _ in 0..20 {
            assert!(!inspector.commit_under_way(&repo), "nobody commits yet");
            // It waits for its message on standard input, as one with an editor waits for the editor.
            let mut commit = git(&["commit", "--allow-empty", "-F", "-"]);
            let words = format!("/proc/{}/cmdline", commit.id());
            // In the instant in which it becomes git its words are still ours, then none.
            while !std::fs::read(&words).unwrap().starts_with(b"git\0") {}
            let seen = inspector.commit_under_way(&repo);
            drop(commit.stdin.take());
            let _ = commit.wait();
            assert!(seen, "it runs since before the look");
        }
    }
}
