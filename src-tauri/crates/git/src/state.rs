//! What a person has under way, told by files in the work tree's own git folder.

use autocommit_core::{
    Timestamp,
    repo::Repo,
    snapshot::{LockSeen, Operation},
};
use std::{
    path::Path,
    time::{Duration, SystemTime},
};

/// How long an unfinished message counts as being written where running programs cannot be seen.
const EDITING: Duration = Duration::from_secs(10 * 60);

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
        ("AUTO_MERGE", Operation::Conflict),
    ]
    .into_iter()
    .find(|(name, _)| there(name))
    .map(|(_, operation)| operation)
}

/// An `index.lock` that is there.
pub(crate) fn index_lock(repo: &Repo) -> Option<LockSeen> {
    let meta = repo.git_dir.join("index.lock").symlink_metadata().ok()?;
    let since = meta.modified().ok().and_then(|t| Timestamp::try_from(t).ok()).unwrap_or_default();
    Some(LockSeen { since })
}

/// Whether a `git commit` waits for its message: no lock exists meanwhile, only a COMMIT_EDITMSG that is younger than
/// the last commit. Where running programs can be seen they decide; elsewhere the file's age does.
pub(crate) fn editor_open(repo: &Repo) -> bool {
    let modified = |name: &str| repo.git_dir.join(name).metadata().and_then(|m| m.modified()).ok();
    let Some(message) = modified("COMMIT_EDITMSG") else { return false };
    if modified("logs/HEAD").is_some_and(|head| head >= message) {
        return false;
    }
    match commit_is_running(&repo.work_tree) {
        Some(running) => running,
        None => SystemTime::now().duration_since(message).is_ok_and(|age| age < EDITING),
    }
}

/// Whether some process is a `git commit` in this work tree, or an editor of a COMMIT_EDITMSG there. Nothing where
/// processes cannot be listed.
fn commit_is_running(work_tree: &Path) -> Option<bool> {
    if !Path::new("/proc/self/cmdline").exists() {
        return None;
    }
    let processes = std::fs::read_dir("/proc").ok()?;
    Some(processes.flatten().any(|process| {
        let Ok(command) = std::fs::read(process.path().join("cmdline")) else { return false };
        let mut words = command.split(|b| *b == 0);
        let program = words.next().unwrap_or_default();
        let git = program.ends_with(b"git") || program.ends_with(b"git.exe");
        let commits = git && words.any(|w| w == b"commit");
        let edits = command.windows(14).any(|w| w == b"COMMIT_EDITMSG");
        (commits || edits)
            && std::fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(work_tree))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::{id::RepoId, repo::RepoKind};

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
            ("AUTO_MERGE", Operation::Conflict),
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
        assert!(!editor_open(&repo));
        std::fs::write(repo.git_dir.join("COMMIT_EDITMSG"), "x").unwrap();
        assert!(!editor_open(&repo), "no git commit runs here");
    }
}
