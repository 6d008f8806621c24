//! Line 13: a lock that a living program holds, or that nobody can tell anything about, stays where it is.

use crate::{quiet, run_of, sh, tally, text};
use autocommit_test_support::Sandbox;
use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A git command of the person's that waits in their editor.
struct Editing {
    child: Child,
    done: PathBuf,
}

/// Starts git with an editor that says when it is open, and goes on when it is told to.
fn edit(sandbox: &Sandbox, repo: &Path, name: &str, args: &[&str]) -> Editing {
    let open = sandbox.root().join(format!("{name}.open"));
    let done = sandbox.root().join(format!("{name}.done"));
    let editor = sandbox.root().join(format!("{name}.editor"));
    let script = format!(
        "#!/bin/sh\necho 'Words of the person' > \"$1.new\"; cat \"$1\" >> \"$1.new\"\n: > {}\n\
         i=0; while [ ! -e {} ] && [ $i -lt 1200 ]; do sleep 0.05; i=$((i+1)); done\nmv \"$1.new\" \"$1\"\n",
        text(&open),
        text(&done)
    );
    sandbox.write(sandbox.root(), format!("{name}.editor"), script);
    sh(sandbox, &sandbox.root(), &format!("chmod 755 {}", text(&editor)));
    let mut command: Command = sandbox.git_command(repo);
    command.args(args).env("GIT_EDITOR", &editor).env("GIT_SEQUENCE_EDITOR", "true");
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    while !open.exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "the editor of {args:?} does not open");
        std::thread::sleep(Duration::from_millis(10));
    }
    Editing { child, done }
}

#[test]
fn n13_a_lock_that_is_held_stays() {
    let mut tally = tally(13);
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    let dirty = |name: &str| {
        let (repo, _) = sandbox.repo_with_remote(name);
        sandbox.write(&repo, "README.md", "changed\n");
        repo
    };
    let (all, some) = (dirty("commit-all"), dirty("commit-paths"));
    let mut editing = vec![
        (all.clone(), edit(&sandbox, &all, "all", &["commit", "-a"])),
        (some.clone(), edit(&sandbox, &some, "some", &["commit", "--", "README.md"])),
    ];
    // Nobody can tell who made these.
    let locks = [
        ("empty-lock", "index.lock"),
        ("lock-of-head", "HEAD.lock"),
        ("lock-of-the-branch", "refs/heads/main.lock"),
        ("lock-of-the-configuration", "config.lock"),
    ];
    let strangers: Vec<_> = locks
        .iter()
        .map(|(name, file)| {
            let repo = dirty(name);
            fs::write(repo.join(".git").join(file), "").unwrap();
            (repo.clone(), repo.join(".git").join(file))
        })
        .collect();
    let held = editing.iter().map(|(repo, _)| repo.join(".git/index.lock"));
    let all_locks: Vec<_> = held.chain(strangers.iter().map(|(_, file)| file.clone())).collect();
    let looks = |file: &PathBuf| {
        let meta = fs::symlink_metadata(file).unwrap_or_else(|_| panic!("{} is gone", file.display()));
        (meta.ino(), meta.mtime_nsec(), meta.len())
    };
    let before: Vec<_> = all_locks.iter().map(looks).collect();
    for _ in 0..2 {
        let cycle = sandbox.autocommit(&["once", "--json"]).json();
        tally.count("cycles", 1);
        for (file, seen) in all_locks.iter().zip(&before) {
            tally.count("looks at locks", 1);
            assert_eq!(looks(file), *seen, "{}", file.display());
        }
        for (repo, file) in strangers.iter().filter(|(_, file)| !file.ends_with("config.lock")) {
            let run = run_of(&cycle, repo);
            assert!(
                run["status"] != "pushed" && run["reason"].is_string(),
                "{} in silence: {run}",
                file.display()
            );
        }
        for (repo, _) in &editing {
            assert_eq!(
                sandbox.git(repo, &["rev-list", "--count", "HEAD"]),
                "1",
                "committed under their hands"
            );
        }
    }
    // The person's own commits end as they meant them.
    for (repo, edit) in editing.iter_mut().map(|(repo, edit)| (&*repo, edit)) {
        fs::write(&edit.done, "").unwrap();
        assert!(edit.child.wait().unwrap().success(), "{}", repo.display());
        assert_eq!(sandbox.git(repo, &["log", "-1", "--format=%s"]), "Words of the person");
        assert_eq!(sandbox.git(repo, &["status", "--porcelain"]), "");
    }
    // Once the others are gone, everything goes on by itself.
    for (_, file) in &strangers {
        fs::remove_file(file).unwrap();
    }
    let _ = sandbox.autocommit(&["once"]).exits(0);
    for (repo, _) in &strangers {
        assert_eq!(sandbox.git(repo, &["status", "--porcelain"]), "", "{}", repo.display());
        sandbox.fsck(repo);
    }
    tally.end();
}
