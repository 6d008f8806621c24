//! Remotes and hooks that misbehave: the four say why, the others do not wait for them.
#![allow(clippy::unwrap_used, reason = "a test")]

use autocommit_e2e::statuses;
use autocommit_test_support::{
    Sandbox,
    fake_git::Rule,
    servers::{BlackHole, HttpRemote, SshRemote},
};
use std::{
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

/// Whether some process has this argument.
fn runs(argument: &str) -> bool {
    std::fs::read_dir("/proc").unwrap().flatten().any(|process| {
        let command = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        command.split(|b| *b == 0).any(|word| word == argument.as_bytes())
    })
}

#[test]
fn four_bad_ones_among_68_delay_nobody() {
    let sandbox = Sandbox::new();
    let mut good: Vec<(PathBuf, PathBuf)> = Vec::new();
    for i in 0..64 {
        let pair = sandbox.repo_with_remote(&format!("good-{i:02}"));
        sandbox.write(&pair.0, "work.txt", format!("{i}\n"));
        good.push(pair);
    }
    let hole = BlackHole::new();
    let (hanging, _) = sandbox.repo_with_remote("bad-hanging");
    sandbox.git(&hanging, &["remote", "set-url", "origin", &hole.url("http", "x.git")]);
    let (refusing, bare) = sandbox.repo_with_remote("bad-refusing");
    sandbox.hook(&bare, "pre-receive", "echo 'no pushes on Fridays'; exit 1");
    sandbox.trust(&refusing);
    let (endless, _) = sandbox.repo_with_remote("bad-hook");
    // A length that no other program sleeps, to be found by.
    let sleep = format!("600.{}", std::process::id());
    sandbox.hook(&endless, "pre-commit", &format!("sleep {sleep}"));
    sandbox.trust(&endless);
    let (unreadable, _) = sandbox.repo_with_remote("bad-unreadable");
    for repo in [&hanging, &refusing, &endless, &unreadable] {
        sandbox.write(repo, "work.txt", "x\n");
    }
    sandbox.write(&unreadable, ".git/config", "[core\nbroken");
    let config = sandbox.config().set("deadlines.hook_seconds", 25).set("deadlines.push_stall_seconds", 25);
    sandbox.write_config(&config.set("http.enabled", false));

    let mut command = sandbox.autocommit_command();
    let mut child =
        command.args(["once", "--json"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let limit = Instant::now() + Duration::from_secs(100);
    let arrived = |pair: &(PathBuf, PathBuf)| {
        let tip = sandbox.git(&pair.0, &["rev-parse", "main"]);
        sandbox.git(&pair.0, &["rev-list", "--count", "main"]) == "2"
            && sandbox.remote_tip(&pair.1, "main") == Some(tip)
    };
    while !good.iter().all(arrived) {
        assert!(Instant::now() < limit, "the good ones did not arrive");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(runs(&sleep), "the hook does run: what ends it later is seen to end it");
    assert!(child.try_wait().unwrap().is_none(), "all 64 arrived while two of the bad ones still hang");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let cycle: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(cycle["pushed"], 64);
    let bad: Vec<_> = statuses(&cycle).into_iter().filter(|(name, _)| name.starts_with("bad")).collect();
    let bad: Vec<_> = bad.iter().map(|(n, s)| (n.as_str(), s.as_str())).collect();
    assert_eq!(
        bad,
        [
            ("bad-hanging", "committed"),
            ("bad-hook", "failed"),
            ("bad-refusing", "failed"),
            ("bad-unreadable", "failed")
        ]
    );
    for run in
        cycle["runs"].as_array().unwrap().iter().filter(|r| r["name"].as_str().unwrap().starts_with("bad"))
    {
        assert!(run["reason"].as_str().is_some_and(|r| r.ends_with('.')), "says why: {run:#}");
        assert!(run["hint"].as_str().is_some_and(|r| r.ends_with('.')), "says what to do: {run:#}");
    }
    assert_eq!(
        sandbox.git(&endless, &["rev-list", "--count", "HEAD"]),
        "1",
        "no commit past a hook that never ends"
    );
    assert!(!runs(&sleep), "the hook was ended with everything below it");
}

#[test]
fn http_with_password_without_and_unreachable() {
    let sandbox = Sandbox::new();
    let server = HttpRemote::with_password(sandbox.remotes_dir(), "ada", "secret-word");
    let (locked, bare) = sandbox.repo_with_remote("locked");
    sandbox.git(&bare, &["config", "http.receivepack", "true"]);
    sandbox.git(&locked, &["remote", "set-url", "origin", &server.url("locked.git")]);
    let (open, open_bare) = sandbox.repo_with_remote("open");
    sandbox.git(&open_bare, &["config", "http.receivepack", "true"]);
    sandbox.git(&open, &["remote", "set-url", "origin", &server.url_with_password("open.git")]);
    let (away, _) = sandbox.repo_with_remote("away");
    sandbox.git(&away, &["remote", "set-url", "origin", "http://127.0.0.1:9/away.git"]);
    let (gone, _) = sandbox.repo_with_remote("gone");
    sandbox.git(&gone, &["remote", "set-url", "origin", &server.url_with_password("nowhere.git")]);
    for repo in [&locked, &open, &away, &gone] {
        sandbox.write(repo, "work.txt", "x\n");
    }
    let cycle = sandbox.autocommit(&["once", "--json"]).exits(1).json();
    let pushes: Vec<_> = cycle["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["name"].as_str().unwrap(), r["push"].as_str().unwrap()))
        .collect();
    assert_eq!(
        pushes,
        [
            ("away", "unreachable"),
            ("gone", "remote_missing"),
            ("locked", "authentication"),
            ("open", "pushed")
        ],
        "{cycle:#}"
    );
    assert_eq!(sandbox.remote_tip(&open_bare, "main").unwrap(), sandbox.git(&open, &["rev-parse", "HEAD"]));
    let everything = sandbox.autocommit(&["history", "--json"]).ok().stdout
        + &sandbox.autocommit(&["repos", "--json"]).ok().stdout
        + &cycle.to_string();
    assert!(!everything.contains("secret-word"), "no credential is stored or shown");
    let repos = sandbox.autocommit(&["repos", "--json"]).ok().json();
    let state = |name: &str| {
        let all = repos["repos"].as_array().unwrap();
        all.iter().find(|r| r["name"] == name).unwrap()["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state("away"), "unpushed", "offline is a state, not a failure");
}

#[test]
fn ssh_pushes_and_a_black_hole_ends_by_its_deadline() {
    let sandbox = Sandbox::new();
    let Some(server) = SshRemote::start(&sandbox) else { return };
    sandbox.add_git_config(&server.git_config());
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.git(&repo, &["remote", "set-url", "origin", &server.url(&bare)]);
    sandbox.write(&repo, "work.txt", "x\n");
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(sandbox.remote_tip(&bare, "main").unwrap(), sandbox.git(&repo, &["rev-parse", "HEAD"]));
    let hole = BlackHole::new();
    sandbox.git(&repo, &["remote", "set-url", "origin", &format!("ssh://git@127.0.0.1:{}/x", hole.port())]);
    sandbox.write(&repo, "work.txt", "y\n");
    sandbox.trust(&repo);
    sandbox.write_config(&sandbox.config().set("http.enabled", false).set("deadlines.push_seconds", 3));
    let cycle = sandbox.autocommit(&["once", "--json"]).exits(1).json();
    let run = &cycle["runs"][0];
    assert_eq!(
        (run["status"].as_str(), run["push"].as_str()),
        (Some("committed"), Some("timed_out")),
        "{cycle:#}"
    );
}

#[test]
fn a_person_at_work_in_the_same_repository_is_not_harmed() {
    let sandbox = Sandbox::new();
    let fake = sandbox.fake_git();
    let real = sandbox.run(sandbox.root(), "sh", &["-c", "PATH=${PATH#*:} command -v git"]).ok().stdout;
    let git = real.trim();

    // They stage something between our copy of the index and our commit.
    let (stager, _) = sandbox.repo_with_remote("stager");
    sandbox.write(&stager, "ours.txt", "1\n");
    sandbox.git(&stager, &["switch", "-q", "-c", "topic"]);
    fake.script(&[Rule::before("commit-tree").run(&[
        "sh",
        "-c",
        &format!("echo theirs > late.txt && {git} add late.txt"),
    ])]);
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(sandbox.git(&stager, &["show", "--name-only", "--format=", "HEAD"]), "ours.txt");
    assert_eq!(
        sandbox.git(&stager, &["status", "--porcelain"]),
        "A  late.txt",
        "their staging is there, ours is in"
    );

    // They switch to another branch at the same commit while we are about to move the ref.
    let (switcher, _) = sandbox.repo_with_remote("switcher");
    sandbox.git(&switcher, &["branch", "other"]);
    sandbox.write(&switcher, "work.txt", "1\n");
    let tip = sandbox.git(&switcher, &["rev-parse", "main"]);
    fake.script(&[Rule::before("commit-tree").repo("switcher").run(&[git, "switch", "-q", "other"])]);
    let _ = sandbox.autocommit(&["once", &switcher.display().to_string()]).ok();
    assert_eq!(sandbox.git(&switcher, &["rev-parse", "main"]), tip, "the branch they left did not move");
    assert_eq!(sandbox.git(&switcher, &["show", "--name-only", "--format=", "other"]), "work.txt");

    // They commit meanwhile themselves.
    let (committer, _) = sandbox.repo_with_remote("committer");
    sandbox.write(&committer, "work.txt", "1\n");
    let script = format!("echo mine > mine.txt && {git} add mine.txt && {git} commit -q -m 'My own words'");
    fake.script(&[Rule::before("commit-tree").repo("committer").run(&["sh", "-c", &script])]);
    let _ = sandbox.autocommit(&["once", &committer.display().to_string()]).ok();
    let log = sandbox.git(&committer, &["log", "--format=%s"]);
    assert_eq!(log.lines().count(), 3, "{log}");
    assert_eq!(log.lines().nth(1), Some("My own words"), "theirs stands, ours is on top of it");
}

#[test]
fn a_hook_may_ask_autocommit() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let ask = format!(
        "AUTOCOMMIT_CONFIG='{}' AUTOCOMMIT_STATE_DIR='{}' '{}' config check",
        sandbox.config_file().display(),
        sandbox.state_dir().display(),
        sandbox.autocommit_command().get_program().display()
    );
    sandbox.hook(&repo, "pre-commit", &ask);
    sandbox.trust(&repo);
    sandbox.write(&repo, "work.txt", "x\n");
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(sandbox.remote_tip(&bare, "main").unwrap(), sandbox.git(&repo, &["rev-parse", "HEAD"]));
}

#[test]
fn a_message_being_written_is_theirs() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    sandbox.git(&repo, &["add", "work.txt"]);
    let go = sandbox.root().join("go");
    let editor = format!(
        "sh -c 'echo Words of a person > \"$1\"; i=0; while [ ! -e {} ] && [ $i -lt 1200 ]; do \
         i=$((i+1)); sleep 0.05; done' --",
        go.display()
    );
    let mut commit = sandbox.git_command(&repo);
    let mut commit = commit.args(["commit", "--quiet"]).env("GIT_EDITOR", editor).spawn().unwrap();
    let message = repo.join(".git/COMMIT_EDITMSG");
    while std::fs::read_to_string(&message).unwrap_or_default() != "Words of a person\n" {
        std::thread::sleep(Duration::from_millis(20));
    }
    let cycle = sandbox.autocommit(&["once", "--json"]).exits(1).json();
    assert_eq!(cycle["runs"][0]["status"], "held", "{cycle:#}");
    assert_eq!(sandbox.git(&repo, &["rev-list", "--count", "HEAD"]), "1");
    std::fs::write(go, "").unwrap();
    assert!(commit.wait().unwrap().success(), "their commit succeeds");
    assert_eq!(sandbox.git(&repo, &["log", "-1", "--format=%s"]), "Words of a person");
    let _ = sandbox.autocommit(&["once"]).ok();
}

#[test]
fn doctor_tells_what_a_commit_and_a_push_would_meet() {
    let sandbox = Sandbox::new();
    let server = HttpRemote::with_password(sandbox.remotes_dir(), "ada", "secret-word");
    let (locked, _) = sandbox.repo_with_remote("locked");
    sandbox.git(&locked, &["remote", "set-url", "origin", &server.url("locked.git")]);
    let _ = sandbox.repo_with_remote("fine");
    let verdicts = |args: &[&str], code| {
        let checks = sandbox.autocommit(args).exits(code).json();
        let checks = checks["checks"].as_array().unwrap().clone();
        let of = move |name: &str| -> Vec<String> {
            let named = checks.iter().filter(|c| c["name"] == name);
            named.map(|c| c["verdict"].as_str().unwrap().to_owned()).collect()
        };
        (of("signing"), of("remote"), of("identity"))
    };
    let (signing, remotes, identity) = verdicts(&["doctor", "--json"], 1);
    assert_eq!((signing, identity), (vec!["ok".to_owned()], vec!["ok".to_owned()]));
    assert_eq!(remotes, ["ok", "fail"], "the folder answers, the server wants a password");
    sandbox.git(&locked, &["remote", "set-url", "origin", &server.url_with_password("locked.git")]);
    sandbox.add_git_config("[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = false");
    let (signing, remotes, _) = verdicts(&["doctor", "--json"], 1);
    assert_eq!((signing, remotes), (vec!["fail".to_owned()], vec!["ok".to_owned(), "ok".to_owned()]));
    assert!(!sandbox.state_dir().join("scratch-signing").exists());
}
