//! What is kept out of a commit or a push for what it holds, one case each. The rest of the repository goes on.
#![allow(clippy::unwrap_used, reason = "a test")]

mod world;

use autocommit_core::{
    cycle::{CycleTrigger, RunReport, RunStatus},
    settings::{Guards, SecretsPolicy, Settings},
};
use autocommit_engine::RunRequest;
use std::{path::Path, sync::Arc};
use world::World;

async fn once(world: &World, settings: Settings) -> Arc<[Arc<RunReport>]> {
    let engine = world.engine(settings).await;
    engine.run_cycle(RunRequest::of(CycleTrigger::Once)).await.unwrap().runs
}

fn held(run: &RunReport) -> Vec<(String, &'static str)> {
    run.held.iter().map(|f| (f.path.shown(), f.rule.code())).collect()
}

/// Put together here, so that no scanner takes this file for one that leaks.
fn private_key() -> String {
    let line = "-----";
    let body = "MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9Oi8b0J2xQpXk1mEw7hQv5aRr4Lf".to_owned();
    format!("{line}BEGIN RSA PRIVATE KEY{line}\n{body}\n{body}\n{line}END RSA PRIVATE KEY{line}\n")
}

/// Whether any object of a repository holds these bytes.
fn any_object_holds(world: &World, repo: &Path, needle: &str) -> bool {
    let all =
        world.git(repo, &["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"]);
    let blobs = all.lines().filter_map(|l| l.strip_suffix(" blob"));
    blobs.into_iter().any(|oid| world.git(repo, &["cat-file", "blob", oid]).contains(needle))
}

#[tokio::test]
async fn a_secret_is_held_and_the_rest_goes_on() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(&repo, "deploy.txt", &private_key());
    world.write(&repo, ".env", "A=1\n");
    world.write(&repo, "work.txt", "work\n");
    let runs = once(&world, Settings::default()).await;
    assert_eq!(runs[0].status, RunStatus::Pushed, "{:?}", runs[0]);
    assert_eq!(held(&runs[0]), [(".env".into(), "secret_file"), ("deploy.txt".into(), "secret")]);
    assert_eq!(world.git(&repo, &["ls-files"]), "README.md\nold.txt\nwork.txt");
    assert_eq!(world.remote_tip("app"), world.tip(&repo));
    assert!(!any_object_holds(&world, &world.remote("app"), "PRIVATE KEY"));
    assert!(!runs[0].held[1].hint.contains("MIIE"), "the secret itself is never shown");
}

#[tokio::test]
async fn a_moved_file_with_a_secret_does_not_lose_its_old_place() {
    let world = World::new();
    let repo = world.cloned("app");
    std::fs::remove_file(repo.join("old.txt")).unwrap();
    world.write(&repo, "new.txt", &format!("old\n{}", private_key()));
    let runs = once(&world, Settings::default()).await;
    assert_eq!(held(&runs[0]), [("new.txt".into(), "secret"), ("old.txt".into(), "split_rename")]);
    assert_eq!(world.git(&repo, &["ls-tree", "--name-only", "HEAD"]), "README.md\nold.txt");
}

#[tokio::test]
async fn a_secret_in_the_persons_own_commit_stops_the_push_before_it() {
    let world = World::new();
    let repo = world.cloned("app");
    world.commit(&repo, "one.txt", "1\n");
    let clean = world.tip(&repo);
    world.commit(&repo, "deploy.txt", &private_key());
    world.git(&repo, &["rm", "-q", "deploy.txt"]);
    world.git(&repo, &["commit", "-qm", "take it out again"]);
    world.write(&repo, "more.txt", "more\n");
    let engine = world.engine(Settings::default()).await;
    for round in ["with a commit of ours", "without"] {
        let runs = engine.run_cycle(RunRequest::of(CycleTrigger::Once)).await.unwrap().runs;
        assert_eq!(runs[0].status, RunStatus::Held, "{round}: {:?}", runs[0]);
        assert_eq!(runs[0].reason_code.as_deref(), Some("secret_unpushed"), "{round}");
        assert!(runs[0].reason.as_ref().unwrap().contains("deploy.txt"));
        assert_eq!(runs[0].ahead, 3, "{round}");
        assert_eq!(world.remote_tip("app"), clean, "{round}: up to the last clean one");
        assert!(!any_object_holds(&world, &world.remote("app"), "PRIVATE KEY"));
    }
    assert_eq!(world.git(&repo, &["rev-list", "--count", "HEAD"]), "5", "committed all the same");
}

#[tokio::test]
async fn a_secret_hidden_from_the_eye_is_found_before_the_push() {
    let world = World::new();
    let repo = world.cloned("app");
    // In a message; behind a replacement, which git shows in place of what it pushes.
    world.write(&repo, "a", "1\n");
    world.git(&repo, &["add", "a"]);
    world.git(&repo, &["commit", "-qm", &format!("keep this\n\n{}", private_key())]);
    let other = world.cloned("replaced");
    world.commit(&other, "key.txt", &private_key());
    let blob = world.git(&other, &["rev-parse", "HEAD:key.txt"]);
    let harmless = world.git(&other, &["rev-parse", "HEAD:old.txt"]);
    world.git(&other, &["replace", &blob, &harmless]);
    for run in &*once(&world, Settings::default()).await {
        assert_eq!(run.reason_code.as_deref(), Some("secret_unpushed"), "{run:?}");
        assert_eq!(world.git(&world.remote(&run.name), &["rev-list", "--count", "main"]), "1");
    }
}

#[tokio::test]
async fn a_person_may_want_a_warning_only() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(&repo, "deploy.txt", &private_key());
    let guards = Guards { secrets: SecretsPolicy::Warn, ..Guards::default() };
    let engine = world.engine(Settings { guards, ..Settings::default() }).await;
    let runs = engine.run_cycle(RunRequest::of(CycleTrigger::Once)).await.unwrap().runs;
    assert_eq!(runs[0].status, RunStatus::Pushed, "{:?}", runs[0]);
    let warnings = engine.status().warnings;
    assert!(warnings.iter().any(|w| w.contains("deploy.txt") && w.contains("line 1")), "{warnings:?}");
}

#[tokio::test]
async fn new_conflict_markers_are_held_and_old_ones_are_not() {
    let world = World::new();
    let repo = world.cloned("app");
    let block = "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> topic\n";
    world.commit(&repo, "manual.md", &format!("How a conflict looks:\n{block}"));
    world.write(&repo, "manual.md", &format!("How every conflict looks:\n{block}"));
    world.write(&repo, "heading.md", "Title\n=======\n");
    world.write(&repo, "old.txt", &format!("old\n{block}"));
    let runs = once(&world, Settings::default()).await;
    assert_eq!(held(&runs[0]), [("old.txt".into(), "conflict_markers")]);
    assert_eq!(world.git(&repo, &["diff", "--name-only", "HEAD~1", "HEAD"]), "heading.md\nmanual.md");
}

#[tokio::test]
async fn clear_text_is_never_stored_where_a_filter_was_asked_for() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(
        &repo,
        ".gitattributes",
        "*.key filter=git-crypt\n*.bin filter=lfs\n*.x filter=broken\n*.up filter=upper\n",
    );
    world.git(&repo, &["add", ".gitattributes"]);
    world.git(&repo, &["commit", "-qm", "attributes"]);
    // Configured by the person, as git-lfs and git-crypt are; `required` is not set.
    let home = std::env::var("HOME").unwrap();
    let global = |key: &str, value: &str| {
        world.git(&repo, &["config", "--file", &format!("{home}/.gitconfig"), key, value]);
    };
    global("filter.broken.clean", "false");
    global("filter.upper.clean", "tr a-z A-Z");
    for name in ["a.key", "a.bin", "a.x", "a.up", "plain.txt"] {
        world.write(&repo, name, "clear text\n");
    }
    let runs = once(&world, Settings::default()).await;
    let mut found = held(&runs[0]);
    found.sort();
    let expected =
        [("a.bin", "filter_did_not_run"), ("a.key", "filter_did_not_run"), ("a.x", "not_stageable")];
    assert_eq!(found, expected.map(|(path, rule)| (path.to_owned(), rule)));
    assert_eq!(world.git(&repo, &["diff", "--name-only", "HEAD~1", "HEAD"]), "a.up\nplain.txt");
    assert_eq!(world.git(&repo, &["show", "HEAD:a.up"]), "CLEAR TEXT");
}

#[tokio::test]
async fn a_submodule_is_pointed_to_only_where_others_can_get_it() {
    let world = World::new();
    let library = world.cloned("library");
    let repo = world.cloned("app");
    let url = world.remote("library").display().to_string();
    world.git(&repo, &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "lib"]);
    world.git(&repo, &["commit", "-qm", "a submodule"]);
    world.git(&repo, &["push", "-q"]);
    let before = world.git(&repo, &["rev-parse", "HEAD:lib"]);
    let inner = repo.join("lib");
    world.git(&inner, &["config", "autocommit.enabled", "false"]);
    world.commit(&inner, "new.txt", "new\n");
    world.write(&repo, "work.txt", "work\n");
    // A repository that is no submodule, staged by hand.
    world.initialised("app/stray");
    world.commit(&repo.join("stray"), "a", "a\n");
    world.git(&repo, &["-c", "advice.addEmbeddedRepo=false", "add", "stray"]);
    let runs = once(&world, Settings::default()).await;
    let run = runs.iter().find(|r| r.name == "app").unwrap();
    let mut found = held(run);
    found.sort();
    assert_eq!(
        found,
        [("lib".into(), "submodule_not_pushed"), ("stray".into(), "nested_repository")],
        "{run:?}"
    );
    assert_eq!(world.git(&repo, &["rev-parse", "HEAD:lib"]), before);
    assert_eq!(world.git(&repo, &["show", "HEAD:work.txt"]), "work", "the rest goes on");
    world.git(&inner, &["push", "-q"]);
    let runs = once(&world, Settings::default()).await;
    let run = runs.iter().find(|r| r.name == "app").unwrap();
    assert_eq!(world.git(&repo, &["rev-parse", "HEAD:lib"]), world.tip(&inner), "{run:?}");
    assert_eq!(world.remote_tip("library"), world.tip(&inner));
    drop(library);
}

#[tokio::test]
async fn names_that_differ_by_case_only_are_held_where_they_are_one() {
    let world = World::new();
    for (name, folds) in [("folding", "true"), ("exact", "false")] {
        let repo = world.cloned(name);
        world.git(&repo, &["config", "core.ignorecase", folds]);
        world.write(&repo, "Twin.txt", "1\n");
        world.write(&repo, "twin.txt", "2\n");
        world.write(&repo, "other", "1\n");
    }
    let runs = once(&world, Settings::default()).await;
    let of = |name: &str| held(runs.iter().find(|r| r.name == name).unwrap());
    assert_eq!(of("folding"), [("Twin.txt".into(), "case_twin"), ("twin.txt".into(), "case_twin")]);
    assert_eq!(of("exact"), []);
}

#[tokio::test]
async fn pointers_of_git_lfs_are_not_pushed_without_their_content() {
    let world = World::new();
    let repo = world.cloned("app");
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    world.commit(&repo, "model.bin", pointer);
    let runs = once(&world, Settings::default()).await;
    assert_eq!(runs[0].reason_code.as_deref(), Some("lfs_not_uploaded"), "{:?}", runs[0]);
    assert_ne!(world.remote_tip("app"), world.tip(&repo));
}

#[tokio::test]
async fn a_mass_deletion_is_told_only_at_the_second_look() {
    let world = World::new();
    let repo = world.cloned("app");
    for n in 0..12 {
        world.write(&repo, &format!("f{n}"), "x\n");
    }
    world.git(&repo, &["add", "-A"]);
    world.git(&repo, &["commit", "-qm", "many"]);
    world.git(&repo, &["push", "-q"]);
    let tip = world.tip(&repo);
    let engine = world.engine(Settings { quiet_seconds: 0.0, ..Settings::default() }).await;
    let told = async || engine.history(Default::default()).await.unwrap().0.len();
    let vanish = || (0..12).for_each(|n| std::fs::remove_file(repo.join(format!("f{n}"))).unwrap());
    let cycle = async || engine.run_cycle(RunRequest::of(CycleTrigger::Interval)).await.unwrap().runs;
    vanish();
    assert_eq!(cycle().await[0].status, RunStatus::Held);
    assert_eq!(told().await, 0, "a disk may come back");
    world.git(&repo, &["checkout", "-q", "."]);
    assert_eq!(cycle().await[0].status, RunStatus::Unchanged);
    vanish();
    cycle().await;
    assert_eq!(told().await, 0, "the first look at another one");
    cycle().await;
    assert_eq!(told().await, 1, "the second");
    assert_eq!(world.tip(&repo), tip, "held all the while");
}

/// Hooks and servers sometimes print what they were called with.
#[tokio::test]
async fn what_hooks_and_servers_say_is_kept_without_its_secrets() {
    let world = World::new();
    let token = ["gh", "p_q8Zt4LmXv2RkW9sBn7Yh", "Jc3PdF6gTe5QaUoK"].concat();
    let (body, dashes) = ("q8Zt4LmXv2RkW9sBn7YhJc3PdF6gTe5QaUoKx1M0".repeat(3), "-".repeat(5));
    let hooked = world.cloned("hooked");
    world.script(
        &hooked.join(".git/hooks/pre-commit"),
        &format!("echo 'eslint: 2 errors, called with {token}' >&2; exit 1"),
    );
    world.write(&hooked, "a", "1\n");
    let served = world.cloned("served");
    world.script(
        &world.remote("served").join("hooks/pre-receive"),
        &format!(
            "echo 'no room for {token}' >&2; printf '{dashes}BEGIN PRIVATE KEY{dashes}\\n{body}\\n{body}\\n' >&2; exit 1"
        ),
    );
    world.write(&served, "a", "1\n");
    world.trust().await;
    let runs = once(&world, Settings::default()).await;
    let said = |n: usize| format!("{:?}", runs[n]);
    assert!(said(0).contains("eslint: 2 errors, called with [a GitHub token]"), "{}", said(0));
    assert!(said(1).contains("no room for [a GitHub token]"), "{}", said(1));
    for (path, (bytes, ..)) in world.everything(&world.state()) {
        let kept = String::from_utf8_lossy(&bytes);
        assert!(!kept.contains(&token) && !kept.contains(&body[..40]), "{}", path.display());
    }
    assert!(!format!("{runs:?}").contains(&token) && !format!("{runs:?}").contains(&body[..40]));
}
