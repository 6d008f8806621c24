//! What a person answers counts for exactly what was there.

use super::{arg, assert_asks, hooked, once, run_of};
use autocommit_test_support::{Sandbox, fake_git::Rule};
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

fn head(sandbox: &Sandbox, repo: &Path) -> String {
    sandbox.git(repo, &["rev-parse", "HEAD"])
}

#[test]
fn one_changed_byte_of_an_approved_hook_asks_again() {
    let sandbox = Sandbox::new();
    let (repo, bare, mark) = hooked(&sandbox, "app");
    assert_asks(&run_of(&once(&sandbox).exits(1), &repo));
    assert!(!mark.exists());
    sandbox.trust(&repo);
    let _ = once(&sandbox).ok();
    assert!(mark.exists(), "what was approved runs");
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(head(&sandbox, &repo)));

    fs::remove_file(&mark).unwrap();
    let hook = repo.join(".git/hooks/pre-commit");
    let before = fs::metadata(&hook).unwrap().modified().unwrap();
    let text = fs::read_to_string(&hook).unwrap();
    fs::write(&hook, text.replacen("touch ", "touch\t", 1)).unwrap();
    // The same length and the same time.
    fs::File::options().write(true).open(&hook).unwrap().set_modified(before).unwrap();
    sandbox.write(&repo, "work.txt", "2\n");
    let tip = head(&sandbox, &repo);
    assert_asks(&run_of(&once(&sandbox).exits(1), &repo));
    assert!(!mark.exists(), "the changed hook ran");
    assert_eq!(head(&sandbox, &repo), tip);
    // Put back, it is what was approved.
    fs::write(&hook, &text).unwrap();
    let _ = once(&sandbox).ok();
    assert!(mark.exists());
    let reply = sandbox.autocommit(&["trust", "revoke", "--json", arg(&repo)]).ok().json();
    assert_eq!(reply["revoked"][0], arg(&repo));
    sandbox.write(&repo, "work.txt", "3\n");
    assert_asks(&run_of(&once(&sandbox).exits(1), &repo));
}

#[test]
fn a_daemon_that_runs_notices_a_change_and_an_answer() {
    let sandbox = Sandbox::new();
    let limit = std::time::Duration::from_secs(60);
    let (repo, _, mark) = hooked(&sandbox, "app");
    sandbox.trust(&repo);
    let config = sandbox.config().set("quiet_seconds", 0).set("cycle_interval_seconds", 1);
    let daemon = sandbox.daemon_with(config);
    let clean = || sandbox.git(&repo, &["status", "--porcelain"]).is_empty();
    daemon.wait_for("the commit", limit, |_| (mark.exists() && clean()).then_some(()));
    sandbox.hook(&repo, "pre-commit", &format!("touch '{}x'", mark.display()));
    sandbox.write(&repo, "work.txt", "2\n");
    let state = |daemon: &autocommit_test_support::Daemon| {
        let repos = daemon.get("/repos").expect(200).json();
        repos["repos"][0]["state"].as_str().unwrap().to_owned()
    };
    daemon.wait_for("the question", limit, |daemon| (state(daemon) == "needs_trust").then_some(()));
    let repos = daemon.get("/repos").expect(200).json();
    let said = repos["repos"][0]["reason"].as_str().unwrap().to_owned();
    assert!(
        said.contains("hooks") && repos["repos"][0]["hint"].as_str().unwrap().contains("trust"),
        "{repos:#}"
    );
    sandbox.trust(&repo);
    daemon.wait_for("the second commit", limit, |_| clean().then_some(()));
    assert!(Path::new(&format!("{}x", mark.display())).exists());
}

/// The hook is exchanged after the repository was looked at and before hooks run.
#[test]
fn a_hook_that_is_exchanged_in_the_middle_of_a_run_does_not_run() {
    let sandbox = Sandbox::new();
    let fake = sandbox.fake_git();
    let (repo, _, mark) = hooked(&sandbox, "app");
    sandbox.trust(&repo);
    let other = sandbox.root().join("other-ran");
    let script = format!("#!/bin/sh\ntouch '{}'\n", other.display());
    let exchanged = sandbox.write(sandbox.root(), "exchanged", script);
    fs::set_permissions(&exchanged, fs::Permissions::from_mode(0o755)).unwrap();
    fake.script(&[Rule::before("write-tree").run(&[
        "sh",
        "-c",
        &format!("cp '{}' '{}'", exchanged.display(), repo.join(".git/hooks/pre-commit").display()),
    ])]);
    let tip = head(&sandbox, &repo);
    assert_asks(&run_of(&once(&sandbox).exits(1), &repo));
    assert!(!mark.exists() && !other.exists(), "no hook ran");
    assert_eq!(head(&sandbox, &repo), tip);
}

/// Moving the branch runs a hook too. It comes after all other looks.
#[test]
fn a_hook_of_references_that_comes_in_the_middle_of_a_run_does_not_run() {
    let sandbox = Sandbox::new();
    let fake = sandbox.fake_git();
    let (repo, _) = sandbox.repo_with_remote("app");
    let mark = sandbox.root().join("it-ran");
    let hook = sandbox.write(sandbox.root(), "hook", format!("#!/bin/sh\ntouch '{}'\n", mark.display()));
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let place = repo.join(".git/hooks/reference-transaction");
    let copy = format!(
        "mkdir -p '{}'; cp -p '{}' '{}'",
        repo.join(".git/hooks").display(),
        hook.display(),
        place.display()
    );
    fake.script(&[Rule::before("diff-tree").run(&["sh", "-c", &copy])]);
    sandbox.write(&repo, "work.txt", "1\n");
    let tip = head(&sandbox, &repo);
    assert_asks(&run_of(&once(&sandbox).exits(1), &repo));
    assert!(place.exists() && !mark.exists(), "it came, and did not run");
    assert_eq!(head(&sandbox, &repo), tip);
}

#[test]
fn the_same_hooks_in_many_repositories_are_one_question() {
    let sandbox = Sandbox::new();
    let many: Vec<_> = (0..12)
        .map(|i| {
            let (repo, bare) = sandbox.repo_with_remote(&format!("app-{i:02}"));
            sandbox.git(&repo, &["config", "core.hooksPath", ".husky/_"]);
            sandbox.write(&repo, ".husky/_/h", "sh -e .husky/pre-commit\n");
            let hook =
                sandbox.write(&repo, ".husky/_/pre-commit", "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"\n");
            fs::set_permissions(hook, fs::Permissions::from_mode(0o755)).unwrap();
            sandbox.write(&repo, ".husky/pre-commit", "true\n");
            (repo, bare)
        })
        .collect();
    let (mixed, _) = &many[11];
    sandbox.git(mixed, &["config", "core.sshCommand", "ssh -v"]);
    let list = sandbox.autocommit(&["trust", "list", "--json"]).ok().json();
    let kinds = list["kinds"].as_array().unwrap();
    let codes: Vec<_> = kinds.iter().map(|k| k["kind"].as_str().unwrap()).collect();
    assert_eq!(codes, ["husky", "ssh"], "{list:#}");
    let contents = kinds[0]["contents"].as_array().unwrap();
    assert_eq!((contents.len(), contents[0]["repos"].as_array().unwrap().len()), (1, 12), "{list:#}");
    let shown = sandbox.autocommit(&["trust", "list"]).ok().stdout;
    assert!(shown.contains("12 repositories bring husky hooks") && shown.lines().count() < 20, "{shown}");
    assert!(shown.contains("hook pre-commit  in .husky/_/pre-commit"), "{shown}");

    let said = sandbox.autocommit(&["trust", "allow", "--kind", "husky"]).ok();
    assert!(said.stderr.contains("1 repository with more than that"), "{}", said.shown());
    let cycle = once(&sandbox).exits(1);
    for (repo, bare) in &many[..11] {
        let run = run_of(&cycle, repo);
        assert_eq!(run["status"], "pushed", "{run:#}");
        assert_eq!(sandbox.remote_tip(bare, "main"), Some(head(&sandbox, repo)));
    }
    assert_asks(&run_of(&cycle, mixed));
}

#[test]
fn what_is_shown_is_what_would_run() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.hook(&repo, "pre-commit", "echo one\necho two");
    sandbox.hook(&bare, "post-receive", "echo received");
    sandbox.git(&repo, &["config", "filter.x.clean", "clean --with=it"]);
    sandbox.git(&repo, &["config", "credential.helper", "!f() { echo password=hunter2; }; f"]);
    let shown = sandbox.autocommit(&["trust", "show", arg(&repo)]).ok().stdout;
    for part in [
        "| echo two",
        "| echo received",
        "filter.x.clean = clean --with=it",
        ".git/hooks/pre-commit",
        "sha256 ",
    ] {
        assert!(shown.contains(part), "{part} is missing in\n{shown}");
    }
    assert!(shown.contains("hunter2"), "the person sees exactly what would run");
    sandbox.write(&repo, "work.txt", "1\n");
    let cycle = once(&sandbox).exits(1);
    let run = run_of(&cycle, &repo);
    let why = run["error"].as_str().unwrap();
    assert!(
        why.contains("hook pre-commit in .git/hooks/pre-commit") && why.contains("credential.helper"),
        "{why}"
    );
    assert!(!cycle.stdout.contains("hunter2"), "what programs get names no value");
    let again = sandbox.autocommit(&["repos"]).ok().stdout;
    assert!(again.contains("needs trust") && again.contains("autocommit trust allow"), "{again}");
    let doctor = sandbox.autocommit(&["doctor"]).stdout;
    assert!(doctor.contains("autocommit trust list"), "{doctor}");
}
