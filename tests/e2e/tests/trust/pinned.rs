//! Where pushes go, which folder and whose: kept as it was when the repository was first looked after.

use super::{arg, assert_asks, once, run_of};
use autocommit_test_support::{Sandbox, fake_git::Rule};

#[test]
fn a_push_address_that_changed_is_asked_about_before_anything_goes_there() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    let _ = once(&sandbox).ok();
    let elsewhere = sandbox.bare("elsewhere");
    for (key, value) in [("remote.origin.pushurl", arg(&elsewhere)), ("remote.origin.url", arg(&elsewhere))] {
        let before = sandbox.git(&repo, &["config", "--get-all", "remote.origin.url"]);
        sandbox.git(&repo, &["config", key, value]);
        sandbox.write(&repo, "work.txt", format!("{key}\n"));
        let run = run_of(&once(&sandbox).exits(1), &repo);
        assert_asks(&run);
        assert!(run["reason"].as_str().unwrap().contains("a new push address"), "{run:#}");
        assert!(sandbox.refs(&elsewhere).is_empty(), "{key}");
        if key.ends_with("pushurl") {
            sandbox.git(&repo, &["config", "--unset", key]);
        } else {
            sandbox.git(&repo, &["config", key, &before]);
        }
        let _ = once(&sandbox).ok();
        assert_eq!(sandbox.remote_tip(&bare, "main"), Some(sandbox.git(&repo, &["rev-parse", "HEAD"])));
    }
    sandbox.git(&repo, &["remote", "set-url", "origin", arg(&elsewhere)]);
    sandbox.write(&repo, "work.txt", "last\n");
    sandbox.trust(&repo);
    let _ = once(&sandbox).ok();
    assert_eq!(sandbox.remote_tip(&elsewhere, "main"), Some(sandbox.git(&repo, &["rev-parse", "HEAD"])));
}

/// The address is exchanged between the look and the push.
#[test]
fn an_address_that_is_exchanged_in_the_middle_of_a_run_gets_nothing() {
    let sandbox = Sandbox::new();
    let fake = sandbox.fake_git();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let elsewhere = sandbox.bare("elsewhere");
    let before = sandbox.refs(&bare);
    sandbox.write(&repo, "work.txt", "1\n");
    let config = repo.join(".git/config");
    fake.script(&[Rule::before("commit-tree").run(&[
        "sh",
        "-c",
        &format!(
            "printf '[remote \"origin\"]\\npushurl = {}\\n' >> '{}'",
            elsewhere.display(),
            config.display()
        ),
    ])]);
    let _ = once(&sandbox);
    assert!(sandbox.refs(&elsewhere).is_empty(), "pushed elsewhere");
    assert_eq!(sandbox.refs(&bare), before);
    assert_eq!(sandbox.git(&repo, &["status", "--porcelain"]), "", "the commit itself was made");
}

#[test]
fn a_repository_in_the_place_of_another_inherits_nothing() {
    let sandbox = Sandbox::new();
    let (repo, _, mark) = super::hooked(&sandbox, "app");
    sandbox.trust(&repo);
    let _ = once(&sandbox).ok();
    assert!(mark.exists());
    std::fs::remove_file(&mark).unwrap();
    // The same files with the same hook, but another folder.
    let copy = sandbox.root().join("copy");
    let _ = sandbox.run(sandbox.root(), "cp", &["-a", arg(&repo), arg(&copy)]).ok();
    std::fs::rename(&repo, sandbox.root().join("old")).unwrap();
    std::fs::rename(&copy, &repo).unwrap();
    sandbox.write(&repo, "work.txt", "2\n");
    assert_asks(&run_of(&once(&sandbox).exits(1), &repo));
    assert!(!mark.exists());
}

#[test]
fn a_damaged_list_means_that_nothing_is_trusted() {
    let sandbox = Sandbox::new();
    let (repo, bare, mark) = super::hooked(&sandbox, "app");
    let (plain, plain_bare) = sandbox.repo_with_remote("plain");
    sandbox.trust(&repo);
    sandbox.write(&plain, "work.txt", "1\n");
    let _ = once(&sandbox).ok();
    let (before, plain_before) = (sandbox.refs(&bare), sandbox.refs(&plain_bare));
    std::fs::remove_file(&mark).unwrap();
    let file = sandbox.state_dir().join("trust.json");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("\"ino\": ", "\"ino\": 1", 1)).unwrap();
    for repo in [&repo, &plain] {
        sandbox.write(repo, "work.txt", "2\n");
    }
    let cycle = once(&sandbox).exits(1);
    assert_asks(&run_of(&cycle, &repo));
    assert_asks(&run_of(&cycle, &plain));
    assert!(!mark.exists());
    assert_eq!((sandbox.refs(&bare), sandbox.refs(&plain_bare)), (before, plain_before));
    sandbox.trust(&repo);
    // Beginning anew does not make the others believed at first sight.
    assert_asks(&run_of(&once(&sandbox).exits(1), &plain));
    let _ = sandbox.autocommit(&["trust", "allow", "--kind", "push-address"]).ok();
    let _ = once(&sandbox).ok();
    assert!(mark.exists());
}

/// Only root can make a repository somebody else's.
#[test]
fn a_repository_of_somebody_else_is_left_alone_until_the_person_says_otherwise() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    let before = (sandbox.refs(&repo), sandbox.refs(&bare));
    let given = sandbox.run(sandbox.root(), "chown", &["-R", "65534:65534", arg(&repo)]);
    if given.code() != Some(0) {
        eprintln!("skipped: it takes root to give a repository away");
        return;
    }
    assert!(!sandbox.try_git(&repo, &["status"]).status.success(), "git itself refuses");
    let run = run_of(&once(&sandbox).exits(1), &repo);
    assert!(run["reason"].as_str().unwrap().contains("belongs to another user"), "{run:#}");
    assert_eq!(before.1, sandbox.refs(&bare));
    sandbox.add_git_config(&format!("[safe]\n\tdirectory = {}", repo.display()));
    assert_eq!(before.0, sandbox.refs(&repo));
    let _ = once(&sandbox).ok();
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(sandbox.git(&repo, &["rev-parse", "HEAD"])));
    assert_ne!(before.1, sandbox.refs(&bare));
}
