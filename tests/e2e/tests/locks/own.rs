//! SIGKILL while git holds its locks. A `reference-transaction` hook is git's own call in exactly that moment.

use autocommit_e2e::{arg, assert_arrived, commits};
use autocommit_test_support::Sandbox;
use std::path::{Path, PathBuf};

/// Who is killed.
#[derive(Clone, Copy, PartialEq)]
enum Victims {
    /// Git, and the program that called it.
    Both,
    Git,
}

/// The first time that git holds its locks for a ref whose name starts with `refs`, in state `moment`.
fn kill_while_locked(sandbox: &Sandbox, repo: &Path, refs: &str, moment: &str, victims: Victims) {
    let both = match victims {
        Victims::Both => "kill -9 $(sed 's/.*) . //; s/ .*//' /proc/$git/stat); ",
        Victims::Git => "",
    };
    let script = format!(
        "[ \"$1\" = {moment} ] || exit 0\n\
         grep -q ' {refs}' || exit 0\n\
         [ -e {mark} ] && exit 0\n\
         touch {mark}; git=$PPID; {both}kill -9 $git",
        mark = arg(&mark(sandbox)),
    );
    sandbox.hook(repo, "reference-transaction", &script);
    sandbox.trust(repo);
}

fn mark(sandbox: &Sandbox) -> PathBuf {
    sandbox.root().join("killed")
}

/// Lock files and files of ours in the git folder, by name.
fn left_over(repo: &Path) -> Vec<String> {
    fn walk(top: &Path, folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                walk(top, &path, found);
            } else if name.ends_with(".lock") || name.starts_with("autocommit-") {
                found.push(path.strip_prefix(top).unwrap().display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    walk(&repo.join(".git"), &repo.join(".git"), &mut found);
    found.sort();
    found
}

#[test]
fn both_killed_while_the_branch_is_locked() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    kill_while_locked(&sandbox, &repo, "refs/heads/", "prepared", Victims::Both);
    let output = sandbox.autocommit(&["once"]);
    assert_eq!(output.code(), None, "killed: {}", output.shown());
    let left = left_over(&repo);
    for lock in ["HEAD.lock", "index.lock", "refs/heads/main.lock"] {
        assert!(left.iter().any(|name| name == lock), "git left {lock}: {left:?}");
    }
    assert!(
        !sandbox.try_git(&repo, &["commit", "--allow-empty", "-m", "x"]).status.success(),
        "the person is stuck"
    );
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(left_over(&repo), Vec::<String>::new());
    assert_arrived(&sandbox, &repo, &bare);
    assert_eq!(commits(&sandbox, &repo), 2, "one commit for one change");
}

#[test]
fn both_killed_when_the_branch_had_moved() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    kill_while_locked(&sandbox, &repo, "refs/heads/", "committed", Victims::Both);
    assert_eq!(sandbox.autocommit(&["once"]).code(), None, "killed");
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(left_over(&repo), Vec::<String>::new());
    assert_arrived(&sandbox, &repo, &bare);
    assert_eq!(commits(&sandbox, &repo), 2, "one commit for one change");
}

#[test]
fn only_git_killed_while_the_branch_is_locked() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    kill_while_locked(&sandbox, &repo, "refs/heads/", "prepared", Victims::Git);
    let output = sandbox.autocommit(&["once"]);
    assert_eq!(output.code(), Some(1), "{}", output.shown());
    assert!(mark(&sandbox).exists(), "git was killed");
    assert_eq!(left_over(&repo), Vec::<String>::new(), "cleared at once, by the same process");
    assert_eq!(commits(&sandbox, &repo), 1);
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
    assert_eq!(commits(&sandbox, &repo), 2);
}

#[test]
fn a_push_killed_while_it_notes_what_arrived() {
    for victims in [Victims::Both, Victims::Git] {
        let sandbox = Sandbox::new();
        let (repo, bare) = sandbox.repo_with_remote("app");
        sandbox.write(&repo, "work.txt", "1\n");
        kill_while_locked(&sandbox, &repo, "refs/remotes/", "prepared", victims);
        let output = sandbox.autocommit(&["once"]);
        assert!(mark(&sandbox).exists(), "git was killed");
        if victims == Victims::Both {
            assert_eq!(output.code(), None, "killed");
            assert_eq!(left_over(&repo), ["refs/remotes/origin/main.lock"]);
        }
        let _ = sandbox.autocommit(&["once"]).ok();
        assert_eq!(left_over(&repo), Vec::<String>::new());
        assert_arrived(&sandbox, &repo, &bare);
        assert_eq!(
            sandbox.git(&repo, &["rev-parse", "origin/main"]),
            sandbox.git(&repo, &["rev-parse", "main"]),
            "what arrived is noted"
        );
    }
}

#[test]
fn in_a_linked_worktree_and_with_reftable() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let linked = sandbox.repos_dir().join("linked");
    sandbox.git(&repo, &["worktree", "add", "-q", "-b", "side/line", arg(&linked)]);
    sandbox.write(&linked, "work.txt", "1\n");
    kill_while_locked(&sandbox, &repo, "refs/heads/", "prepared", Victims::Both);
    sandbox.trust(&linked);
    assert_eq!(sandbox.autocommit(&["once"]).code(), None, "killed");
    assert!(left_over(&repo).len() >= 3, "{:?}", left_over(&repo));
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(left_over(&repo), Vec::<String>::new());
    assert_eq!(sandbox.remote_tip(&bare, "side/line"), Some(sandbox.git(&linked, &["rev-parse", "HEAD"])));

    let sandbox = Sandbox::new();
    let bare = sandbox.bare("tables");
    let repo = sandbox.repos_dir().join("tables");
    if !sandbox.try_git(sandbox.root(), &["init", "-q", "--ref-format=reftable", arg(&repo)]).status.success()
    {
        return;
    }
    sandbox.write(&repo, "README.md", "1\n");
    sandbox.commit(&repo, "Start");
    sandbox.git(&repo, &["remote", "add", "origin", arg(&bare)]);
    sandbox.git(&repo, &["push", "-q", "-u", "origin", "main"]);
    sandbox.write(&repo, "work.txt", "1\n");
    kill_while_locked(&sandbox, &repo, "refs/heads/", "prepared", Victims::Both);
    assert_eq!(sandbox.autocommit(&["once"]).code(), None, "killed");
    assert!(left_over(&repo).contains(&"reftable/tables.list.lock".to_owned()), "{:?}", left_over(&repo));
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(left_over(&repo), Vec::<String>::new());
    assert_arrived(&sandbox, &repo, &bare);
}

/// The same moment, but by the time of the restart somebody else holds a lock of that name.
#[test]
fn a_strangers_lock_in_the_same_place_survives() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    kill_while_locked(&sandbox, &repo, "refs/heads/", "prepared", Victims::Both);
    assert_eq!(sandbox.autocommit(&["once"]).code(), None, "killed");
    let lock = repo.join(".git/refs/heads/main.lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::write(&lock, format!("{}\n", "1".repeat(40))).unwrap();
    let inode = |path: &Path| std::os::unix::fs::MetadataExt::ino(&path.metadata().unwrap());
    let before = inode(&lock);
    let _ = sandbox.autocommit(&["once"]);
    assert_eq!(inode(&lock), before);
    assert_eq!(std::fs::read_to_string(&lock).unwrap().trim(), "1".repeat(40));
    assert_eq!(left_over(&repo), ["refs/heads/main.lock"], "ours are gone, theirs is not");
    assert_eq!(commits(&sandbox, &repo), 1);
}

#[test]
fn the_first_push_of_a_branch_sets_its_upstream_once() {
    let sandbox = Sandbox::new();
    let (repo, bare) = (sandbox.repo("app"), sandbox.bare("app"));
    sandbox.git(&repo, &["remote", "add", "origin", arg(&bare)]);
    // A name that would be cut by a careless reader of configuration keys.
    sandbox.git(&repo, &["switch", "-q", "-c", "a.b/c d\"e".replace([' ', '"'], "-").as_str()]);
    sandbox.write(&repo, "work.txt", "1\n");
    let config = repo.join(".git/config");
    let mode = |mode| {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&config, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o600);
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(sandbox.git(&repo, &["rev-parse", "--abbrev-ref", "@{upstream}"]), "origin/a.b/c-d-e");
    let mode = std::os::unix::fs::PermissionsExt::mode(&config.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "the file keeps its mode");
    assert_eq!(left_over(&repo), Vec::<String>::new());
    sandbox.fsck(&repo);
}

/// exFAT and some network storage have no hard links: the lock is then made anew, and known just the same.
#[test]
fn without_hard_links() {
    let sandbox = Sandbox::new();
    if sandbox.run(sandbox.root(), "strace", &["-V"]).code() != Some(0) {
        eprintln!("skipped: strace is not installed");
        return;
    }
    sandbox.write_config(&sandbox.config().set("http.enabled", false));
    let program = sandbox.autocommit_command().get_program().to_string_lossy().into_owned();
    let linkless =
        ["-f", "-qq", "-o", "/dev/null", "-e", "trace=link,linkat", "-e", "inject=link,linkat:error=EPERM"];
    let once = |sandbox: &Sandbox| {
        let output = sandbox.run(sandbox.root(), "strace", &[&linkless[..], &[&program, "once"]].concat());
        // Of a program that was killed strace itself ends the same way.
        output.code()
    };
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    assert_eq!(once(&sandbox), Some(0));
    assert_arrived(&sandbox, &repo, &bare);
    sandbox.write(&repo, "work.txt", "2\n");
    kill_while_locked(&sandbox, &repo, "refs/heads/", "prepared", Victims::Both);
    assert_ne!(once(&sandbox), Some(0), "killed");
    assert!(left_over(&repo).contains(&"index.lock".to_owned()), "{:?}", left_over(&repo));
    assert_eq!(once(&sandbox), Some(0));
    assert_eq!(left_over(&repo), Vec::<String>::new());
    assert_arrived(&sandbox, &repo, &bare);
    assert_eq!(commits(&sandbox, &repo), 3);
}
