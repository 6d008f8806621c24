//! A person's "no": to everything and to one repository.

use autocommit_e2e::{Traces, arg, assert_arrived, commits};
use autocommit_test_support::Sandbox;

#[test]
fn disable_holds_for_every_command_and_survives() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "old.txt", "1\n");
    sandbox.commit(&repo, "Old work");
    sandbox.write(&repo, "work.txt", "1\n");
    let _ = sandbox.autocommit(&["disable"]).ok();
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    for args in [&["once"][..], &["push"], &["once", arg(&repo)], &["once", "--json"], &["push", arg(&repo)]]
    {
        let refused = sandbox.autocommit(args).exits(1);
        assert!(refused.stderr.contains("switched off"), "{}", refused.shown());
        assert!(refused.stderr.contains("autocommit enable"), "says how to switch on: {}", refused.shown());
        assert_eq!(refused.stdout, "");
        assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before, "{args:?}");
    }
    let _ = sandbox.autocommit(&["enable"]).ok();
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
}

#[test]
fn a_repository_that_is_disabled_stays_so_after_a_clone_to_the_same_place() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let (other, other_bare) = sandbox.repo_with_remote("other");
    sandbox.write(&repo, "deep/work.txt", "1\n");
    sandbox.write(&other, "work.txt", "1\n");
    let _ = sandbox.autocommit_in(repo.join("deep"), &["repo", "disable", "."]).ok();
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let cycle = sandbox.autocommit(&["once", "--json"]).ok().json();
    assert_arrived(&sandbox, &other, &other_bare);
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before, "{cycle:#}");

    std::fs::remove_dir_all(&repo).unwrap();
    let repo = sandbox.clone_of(&bare, "app");
    sandbox.write(&repo, "work.txt", "2\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    for args in [&["once", "--json"][..], &["once", arg(&repo), "--json"], &["push", "--json"]] {
        let cycle = sandbox.autocommit(args).ok().json();
        assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before, "{args:?}: {cycle:#}");
    }
    let repos = sandbox.autocommit(&["repos", "--json"]).ok().json();
    let app = &repos["repos"][0];
    assert_eq!(
        (&app["name"], &app["enabled"], &app["state"]),
        (&"app".into(), &false.into(), &"opted_out".into())
    );

    let _ = sandbox.autocommit(&["repo", "enable", arg(&repo)]).ok();
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
}

#[test]
fn the_repositorys_own_no_is_stronger_than_a_persons_yes() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.git(&repo, &["config", "autocommit.enabled", "false"]);
    sandbox.write(&repo, "work.txt", "1\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let cycle = sandbox.autocommit(&["once", arg(&repo), "--json"]).ok().json();
    assert_eq!(cycle["runs"][0]["status"], "skipped", "{cycle:#}");
    let _ = sandbox.autocommit(&["once"]).ok();
    let _ = sandbox.autocommit(&["repo", "enable", arg(&repo)]).ok();
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before, "it can only switch off, and it does");
    sandbox.git(&repo, &["config", "autocommit.enabled", "true"]);
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
    assert_eq!(commits(&sandbox, &repo), 2);
}
