//! What the daemon does by itself: cycles, watching, settling, reading its settings again, ending.

use crate::{LIMIT, rested, still, wait_until_arrived};
use autocommit_e2e::{arg, assert_arrived, commits};
use autocommit_test_support::Sandbox;
use std::{
    fs,
    time::{Duration, Instant},
};

#[test]
fn the_next_cycle_comes_by_itself() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox).set("cycle_interval_seconds", 1));
    for i in 0..3 {
        sandbox.write(&repo, "work.txt", format!("{i}\n"));
        wait_until_arrived(&sandbox, &daemon, &repo, &bare);
        assert_eq!(commits(&sandbox, &repo), 2 + i, "one commit for one change");
    }
    // A repository that was not there before is found.
    let (new, new_bare) = sandbox.repo_with_remote("new");
    sandbox.write(&new, "work.txt", "1\n");
    wait_until_arrived(&sandbox, &daemon, &new, &new_bare);
}

#[test]
fn what_is_being_written_is_not_committed_until_it_rests() {
    /// At 100 ms each, long enough for more than one cycle to come by.
    const WRITES: usize = 25;
    let quiet = Duration::from_secs(1);
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let config = sandbox.config().set("quiet_seconds", 1).set("max_wait_seconds", 60);
    let daemon = rested(&sandbox, config.set("cycle_interval_seconds", 1));
    // The moments just before and just after each write.
    let mut writes: Vec<(Instant, Instant)> = Vec::new();
    for i in 0..WRITES {
        let before = Instant::now();
        sandbox.write(&repo, "work.txt", format!("{i}\n"));
        writes.push((before, Instant::now()));
        std::thread::sleep(Duration::from_millis(100));
    }
    wait_until_arrived(&sandbox, &daemon, &repo, &bare);
    for commit in sandbox.git(&repo, &["rev-list", "--min-parents=1", "main"]).lines() {
        let content = sandbox.git(&repo, &["show", &format!("{commit}:work.txt")]);
        let i: usize = content.parse().unwrap();
        // On a busy machine this test itself may have paused for as long as it takes to come to rest.
        let rested = writes.get(i + 1).is_none_or(|next| next.1 - writes[i].0 >= quiet);
        assert!(rested, "write {i} of {WRITES} was committed while the next followed at once");
    }
    assert_eq!(sandbox.git(&repo, &["show", "HEAD:work.txt"]), (WRITES - 1).to_string());
    daemon.stop();
}

#[test]
fn a_change_of_the_settings_file_takes_effect() {
    let sandbox = Sandbox::new();
    let _ = sandbox.repo_with_remote("app");
    let (made, bare) = sandbox.repo_with_remote("later");
    let folder = sandbox.root().join("more");
    fs::create_dir(&folder).unwrap();
    let repo = folder.join("later");
    fs::rename(made, &repo).unwrap();
    sandbox.write(&repo, "work.txt", "1\n");
    let daemon = rested(&sandbox, still(&sandbox).set("cycle_interval_seconds", 1));
    assert_eq!(commits(&sandbox, &repo), 1, "not looked after yet");
    // A mistake leaves the earlier settings in force, and is told.
    let good = fs::read_to_string(sandbox.config_file()).unwrap();
    fs::write(sandbox.config_file(), format!("pusch = true\n{good}")).unwrap();
    daemon.wait_for("the warning", LIMIT, |daemon| {
        let warnings = daemon.get("/status").json()["warnings"].to_string();
        (warnings.contains("pusch") && warnings.contains(arg(&sandbox.config_file()))).then_some(())
    });
    let bases = format!("repos_base_paths = [{:?}, {:?}]", arg(&sandbox.repos_dir()), arg(&folder));
    let line = good.lines().find(|line| line.starts_with("repos_base_paths")).unwrap();
    fs::write(sandbox.config_file(), good.replace(line, &bases)).unwrap();
    wait_until_arrived(&sandbox, &daemon, &repo, &bare);
    let warnings = daemon.get("/status").json()["warnings"].to_string();
    assert!(!warnings.contains("pusch"), "what is mended is not told any more: {warnings}");
}

#[test]
fn a_hangup_reads_the_settings_again() {
    let sandbox = Sandbox::new();
    let (made, bare) = sandbox.repo_with_remote("later");
    let _ = sandbox.repo_with_remote("app");
    // As long as the name of the first folder, and the file keeps its time: only the signal tells.
    let folder = sandbox.root().join("other");
    fs::create_dir(&folder).unwrap();
    let repo = folder.join("later");
    fs::rename(made, &repo).unwrap();
    sandbox.write(&repo, "work.txt", "1\n");
    let daemon = rested(&sandbox, still(&sandbox).set("cycle_interval_seconds", 1));
    let file = sandbox.config_file();
    let (text, time) = (fs::read_to_string(&file).unwrap(), fs::metadata(&file).unwrap().modified().unwrap());
    let other = text.replace(arg(&sandbox.repos_dir()), arg(&folder));
    assert_eq!(text.len(), other.len());
    fs::write(&file, other).unwrap();
    fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
    daemon.reload();
    wait_until_arrived(&sandbox, &daemon, &repo, &bare);
}

#[test]
fn it_ends_cleanly_when_asked() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let began = sandbox.root().join("began");
    sandbox.hook(&repo, "pre-commit", &format!("touch {}; sleep 0.5", began.display()));
    sandbox.trust(&repo);
    sandbox.write(&repo, "work.txt", "1\n");
    let daemon = sandbox.daemon_with(still(&sandbox));
    daemon.wait_for("the hook", LIMIT, |_| began.exists().then_some(()));
    assert_eq!(daemon.stop().code(), Some(0), "in the middle of a commit");
    sandbox.fsck(&repo);
    assert!(!repo.join(".git/index.lock").exists());
    let whole = (commits(&sandbox, &repo), sandbox.git(&repo, &["status", "--porcelain"]));
    assert!(
        [(1, "?? work.txt"), (2, "")].contains(&(whole.0, whole.1.as_str())),
        "all or nothing: {whole:?}"
    );
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
    assert_eq!(commits(&sandbox, &repo), 2);
    // Idle, and before it had anything to look after.
    assert_eq!(rested(&sandbox, still(&sandbox)).stop().code(), Some(0));
    assert_eq!(sandbox.daemon_with(still(&sandbox).unset("repos_base_paths")).stop().code(), Some(0));
}
