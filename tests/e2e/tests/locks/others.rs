//! Locks of other git programs: never touched while they may be held, said within one cycle, cleared at a person's word.

use autocommit_e2e::{arg, assert_arrived, commits};
use autocommit_test_support::Sandbox;
use std::{
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

/// A `git commit -a` whose editor is open; ended, with the editor, when dropped.
struct Editor {
    git: Child,
    go_on: PathBuf,
}

impl Editor {
    fn open(sandbox: &Sandbox, repo: &Path) -> Self {
        let (started, go_on) = (sandbox.root().join("started"), sandbox.root().join("go-on"));
        let script = sandbox.root().join("vim");
        let wait = "until [ -e \"$GO_ON\" ]; do sleep 0.05; done";
        std::fs::write(
            &script,
            format!("#!/bin/sh\necho 'My own words' > \"$1\"\n: > {}\n{wait}\n", arg(&started)),
        )
        .unwrap();
        let _ = sandbox.run(sandbox.root(), "chmod", &["+x", arg(&script)]).ok();
        let mut command = sandbox.git_command(repo);
        command.env("GIT_EDITOR", &script).env("GO_ON", &go_on).args(["commit", "-a"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let editor = Self { git: command.spawn().unwrap(), go_on };
        until("the editor is open", || started.exists().then_some(()));
        editor
    }

    fn save_and_close(mut self) {
        std::fs::write(&self.go_on, "").unwrap();
        assert!(self.git.wait().unwrap().success(), "the person's own commit succeeds");
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = std::fs::write(&self.go_on, "");
        let _ = self.git.wait();
    }
}

fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn identity(path: &Path) -> (u64, i64, Vec<u8>) {
    let meta = path.metadata().unwrap();
    (meta.ino(), meta.mtime_nsec(), std::fs::read(path).unwrap())
}

#[test]
fn a_lock_that_is_held_is_neither_touched_nor_moved_at_a_word() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "README.md", "theirs\n");
    let editor = Editor::open(&sandbox, &repo);
    let lock = repo.join(".git/index.lock");
    let before = identity(&lock);
    sandbox.write(&repo, "ours.txt", "1\n");
    let once = sandbox.autocommit(&["once", "--json"]).exits(1);
    assert!(once.stdout.contains("locked for"), "{}", once.shown());
    let refused = sandbox.autocommit(&["unlock", arg(&repo), "--json"]).exits(1).json();
    assert_eq!(refused["result"], "held", "{refused}");
    let names: Vec<_> =
        refused["holders"].as_array().unwrap().iter().map(|h| h["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"git commit"), "{names:?}");
    assert_eq!(refused["locks"][0]["name"], "index.lock");
    assert_eq!(identity(&lock), before, "the very same lock");
    editor.save_and_close();
    assert_eq!(sandbox.git(&repo, &["log", "-1", "--format=%s"]), "My own words");
    assert_eq!(commits(&sandbox, &repo), 2);
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
    assert_eq!(commits(&sandbox, &repo), 3, "then ours");
}

/// A lock that a killed git left is nobody's that could be proved: it is said at once, and waits for a word.
#[test]
fn a_repository_that_is_stuck_says_so_in_one_cycle_and_is_freed_by_a_word() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    let locks = ["HEAD.lock", "index.lock", "refs/heads/main.lock"].map(|name| repo.join(".git").join(name));
    for lock in &locks {
        std::fs::write(lock, "left\n").unwrap();
        let old = std::time::SystemTime::now() - Duration::from_secs(7200);
        std::fs::File::options().write(true).open(lock).unwrap().set_modified(old).unwrap();
    }
    let before = locks.each_ref().map(|lock| identity(lock));
    let daemon = sandbox.daemon();
    let seen = daemon.wait_for("the repository says so", Duration::from_secs(30), |daemon| {
        let repos = daemon.get("/repos").expect(200).json();
        let one = repos["repos"].as_array()?.first()?.clone();
        (one["state"] == "held").then_some(one)
    });
    let reason = seen["reason"].as_str().unwrap();
    assert!(reason.contains("locked for more than an hour") && reason.contains("index.lock"), "{reason}");
    assert!(seen["hint"].as_str().unwrap().contains("autocommit unlock"), "{seen}");
    assert_eq!(locks.each_ref().map(|lock| identity(lock)), before, "nothing was touched");
    assert_eq!(commits(&sandbox, &repo), 1);
    // Written a moment ago as the inode has it: only once that has passed is it moved.
    let refused = sandbox.autocommit(&["unlock", arg(&repo), "--json"]).json();
    assert_eq!(refused["result"], "young", "{refused}");
    let moved = until("the locks are old enough", || {
        let told = sandbox.autocommit(&["unlock", arg(&repo), "--json"]).json();
        (told["result"] != "young").then_some(told)
    });
    assert_eq!(moved["result"], "moved", "{moved}");
    for lock in moved["locks"].as_array().unwrap() {
        let to = PathBuf::from(lock["moved_to"].as_str().unwrap());
        assert_eq!(std::fs::read_to_string(&to).unwrap(), "left\n", "renamed, not removed");
        assert_eq!(to.parent(), Some(repo.join(".git").as_path()), "no ref is made of it");
    }
    let inodes = |paths: &[PathBuf]| paths.iter().map(|p| p.metadata().unwrap().ino()).collect::<Vec<_>>();
    let aside: Vec<_> = std::fs::read_dir(repo.join(".git"))
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("autocommit-aside-"))
        .collect();
    let mut found = inodes(&aside);
    found.sort_unstable();
    let mut expected: Vec<_> = before.iter().map(|b| b.0).collect();
    expected.sort_unstable();
    assert_eq!(found, expected, "the very files");
    let _ = daemon.post("/trigger", None);
    daemon.wait_for("the work arrives", Duration::from_secs(30), |_| {
        let tip = sandbox.remote_tip(&bare, "main");
        (tip == Some(sandbox.git(&repo, &["rev-parse", "HEAD"])) && commits(&sandbox, &repo) == 2)
            .then_some(())
    });
    sandbox.fsck(&repo);
    drop(daemon);
    assert_eq!(sandbox.autocommit(&["unlock", arg(&repo)]).exits(0).stdout, "");
}

/// A lock that is gone after a moment delays nobody: no report, no failure.
#[test]
fn a_lock_of_a_moment_is_waited_for() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    let lock = repo.join(".git/index.lock");
    let real = sandbox.run(sandbox.root(), "sh", &["-c", "command -v git"]).ok().stdout;
    // Somebody takes the lock while our git looks, and is done with it a moment later.
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in *' status '*) [ -e {done} ] || {{ : > {lock}; : > {done}; {real} \"$@\"; code=$?; \
         (sleep 0.1; rm {lock}) >/dev/null 2>&1 & exit $code; }};; esac\nexec {real} \"$@\"\n",
        done = arg(&sandbox.root().join("done")),
        lock = arg(&lock),
        real = real.trim(),
    );
    let git = sandbox.bin_dir().join("git");
    let _ = std::fs::remove_file(&git);
    std::fs::write(&git, script).unwrap();
    let _ = sandbox.run(sandbox.root(), "chmod", &["+x", arg(&git)]).ok();
    let once = sandbox.autocommit(&["once"]).ok();
    assert!(sandbox.root().join("done").exists(), "somebody held the lock: {}", once.shown());
    assert!(!lock.exists());
    assert_arrived(&sandbox, &repo, &bare);
    assert_eq!(commits(&sandbox, &repo), 2);
}
