//! What must not happen to a person's work, one case each; every one of them did happen to an earlier version.
#![allow(clippy::unwrap_used, reason = "a test")]

mod world;

use autocommit_core::{
    cycle::{CycleTrigger, RunReport, RunStatus},
    push::PushClass,
    settings::{Guards, Settings},
};
use autocommit_engine::RunRequest;
use std::sync::Arc;
use world::World;

async fn once(world: &World, settings: Settings) -> Arc<[Arc<RunReport>]> {
    let engine = world.engine(settings).await;
    engine.run_cycle(RunRequest::of(CycleTrigger::Once)).await.unwrap().runs
}

#[tokio::test]
async fn a_file_taken_out_of_git_on_purpose_stays_out() {
    let world = World::new();
    let repo = world.cloned("app");
    world.commit(&repo, ".env", "SECRET=1\n");
    world.git(&repo, &["push", "-q"]);
    world.git(&repo, &["rm", "-q", "--cached", ".env"]);
    world.write(&repo, ".gitignore", ".env\n");
    world.write(&repo, ".env", "SECRET=2\n");
    let runs = once(&world, Settings::default()).await;
    assert_eq!(runs[0].status, RunStatus::Pushed, "{:?}", runs[0]);
    assert_eq!(world.git(&repo, &["ls-files", ".env"]), "");
    assert!(!world.git(&repo, &["log", "-p", "--format="]).contains("SECRET=2"), "never committed");
    assert!(repo.join(".env").exists());
}

#[tokio::test]
async fn staged_content_outside_the_work_tree_is_not_a_deletion() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(&repo, "README.md", "staged\n");
    world.git(&repo, &["add", "README.md"]);
    world.git(&repo, &["update-index", "--skip-worktree", "README.md"]);
    world.write(&repo, "other", "1\n");
    let runs = once(&world, Settings::default()).await;
    assert_eq!(runs[0].status, RunStatus::Pushed, "{:?}", runs[0]);
    assert_eq!(world.git(&repo, &["show", "HEAD:README.md"]), "staged");
}

#[tokio::test]
async fn a_hook_sees_what_it_would_see_under_git_commit() {
    let world = World::new();
    let repo = world.cloned("app");
    world.script(
        &repo.join(".git/hooks/pre-commit"),
        "if git diff --cached | grep -q AKIA; then echo found; exit 1; fi",
    );
    world.write(&repo, "key", "AKIA1234\n");
    world.trust().await;
    let runs = once(&world, Settings::default()).await;
    assert_eq!(runs[0].reason_code.as_deref(), Some("hook_failed"), "{:?}", runs[0]);
    assert_eq!(world.git(&repo, &["rev-list", "--count", "HEAD"]), "1");
}

#[tokio::test]
async fn what_is_staged_in_the_middle_of_a_run_stays_staged() {
    let world = World::new();
    let repo = world.cloned("app");
    // A hook of ours has the private index; without that variable it is any other program of the person's.
    world.script(
        &repo.join(".git/hooks/pre-commit"),
        "[ -e theirs ] || { echo theirs > theirs; env -u GIT_INDEX_FILE git add theirs; }",
    );
    world.write(&repo, "a", "1\n");
    world.trust().await;
    let runs = once(&world, Settings::default()).await;
    assert!(runs[0].committed, "{:?}", runs[0]);
    assert_eq!(world.git(&repo, &["ls-tree", "--name-only", "HEAD"]), "README.md\na\nold.txt");
    assert_eq!(world.git(&repo, &["status", "--porcelain"]), "A  theirs");
}

#[tokio::test]
async fn what_a_hook_adds_is_guarded_too() {
    let world = World::new();
    let sneaky = world.cloned("sneaky");
    world.script(&sneaky.join(".git/hooks/pre-commit"), "git add -A");
    std::fs::write(sneaky.join("big.bin"), vec![7; 3 << 20]).unwrap();
    world.write(&sneaky, "small", "1\n");
    let generating = world.cloned("generating");
    world.script(&generating.join(".git/hooks/pre-commit"), "echo made > gen.txt; git add gen.txt");
    world.write(&generating, "small", "1\n");
    world.write(&generating, "README.md", "half\n");
    world.git(&generating, &["add", "README.md"]);
    world.write(&generating, "README.md", "half\nand half\n");
    let settings =
        Settings { guards: Guards { max_file_mib: 1, ..Guards::default() }, ..Settings::default() };
    world.trust().await;
    let runs = once(&world, settings).await;
    assert_eq!(runs[0].status, RunStatus::Pushed, "{:?}", runs[0]);
    assert_eq!(
        world.git(&generating, &["status", "--porcelain"]),
        "MM README.md",
        "no phantom deletion of gen.txt"
    );
    assert_eq!(world.git(&generating, &["show", "HEAD:gen.txt"]), "made");
    assert_eq!(runs[1].reason_code.as_deref(), Some("hook_added_held"), "{:?}", runs[1]);
    assert_eq!(world.git(&sneaky, &["rev-list", "--count", "HEAD"]), "1");
}

#[tokio::test]
async fn pushed_means_every_address_of_the_remote() {
    let world = World::new();
    let repo = world.cloned("app");
    let second = world.remote("second");
    let first = world.remote("app").display().to_string();
    world.git(&repo, &["remote", "set-url", "--add", "--push", "origin", &first]);
    world.git(&repo, &["remote", "set-url", "--add", "--push", "origin", second.to_str().unwrap()]);
    world.write(&repo, "a", "1\n");
    for _ in 0..2 {
        let runs = once(&world, Settings::default()).await;
        assert_eq!(runs[0].status, RunStatus::Failed, "{:?}", runs[0]);
        assert_eq!(runs[0].push, Some(PushClass::RemoteMissing));
    }
    world.bare("second");
    let engine = world.engine(Settings::default()).await;
    let pushed = engine.run_cycle(RunRequest::of(CycleTrigger::Push)).await.unwrap().runs;
    assert_eq!(pushed[0].status, RunStatus::Pushed, "{:?}", pushed[0]);
    assert_eq!(world.remote_tip("second"), world.tip(&repo));
    let again = engine.run_cycle(RunRequest::of(CycleTrigger::Once)).await.unwrap().runs;
    assert_eq!((again[0].status, again[0].push), (RunStatus::Unchanged, None));
}

#[tokio::test]
async fn a_moved_file_never_leaves_the_branch_because_its_new_place_is_held() {
    let world = World::new();
    let repo = world.cloned("app");
    world.git(&repo, &["mv", "old.txt", "new.txt"]);
    world.write(&repo, "new.txt", "old\nand more\n");
    let runs = once(&world, Settings::default()).await;
    assert_eq!(runs[0].status, RunStatus::Held, "{:?}", runs[0]);
    assert_eq!(world.git(&repo, &["show", "HEAD:old.txt"]), "old");
    assert_eq!(
        world.git(&repo, &["status", "--porcelain"]),
        "RM old.txt -> new.txt",
        "their staging is theirs"
    );
}

#[tokio::test]
async fn the_persons_choice_of_where_to_push_counts() {
    let world = World::new();
    let repo = world.cloned("app");
    let fork = world.bare("fork");
    let upstream = world.remote_tip("app");
    world.git(&repo, &["remote", "add", "fork", fork.to_str().unwrap()]);
    world.git(&repo, &["config", "remote.pushDefault", "fork"]);
    world.write(&repo, "a", "1\n");
    let runs = once(&world, Settings::default()).await;
    assert_eq!(runs[0].status, RunStatus::Pushed, "{:?}", runs[0]);
    assert_eq!(world.remote_tip("fork"), world.tip(&repo));
    assert_eq!(world.remote_tip("app"), upstream, "nothing is published where they only pull from");
}

#[tokio::test]
async fn a_new_branch_without_work_is_not_made_on_the_remote() {
    let world = World::new();
    let repo = world.cloned("app");
    world.git(&repo, &["switch", "-q", "-c", "just-looking"]);
    let runs = once(&world, Settings::default()).await;
    assert_eq!((runs[0].status, runs[0].push), (RunStatus::Unchanged, None), "{:?}", runs[0]);
    assert_eq!(world.git(&world.remote("app"), &["branch", "--list"]), "* main");
    world.write(&repo, "a", "1\n");
    assert_eq!(once(&world, Settings::default()).await[0].status, RunStatus::Pushed);
    assert_eq!(world.git(&world.remote("app"), &["rev-parse", "just-looking"]), world.tip(&repo));
}

#[tokio::test]
async fn new_files_that_git_was_told_not_to_look_for_are_not_taken() {
    let world = World::new();
    let repo = world.cloned("home");
    world.git(&repo, &["config", "status.showUntrackedFiles", "no"]);
    world.write(&repo, ".ssh/id_rsa", "key\n");
    world.write(&repo, "README.md", "changed\n");
    assert_eq!(once(&world, Settings::default()).await[0].status, RunStatus::Pushed);
    assert_eq!(world.git(&repo, &["show", "--name-only", "--format=", "HEAD"]), "README.md");
}

#[tokio::test]
async fn thousands_of_changes_are_one_commit() {
    let world = World::new();
    let repo = world.cloned("big");
    for i in 0..6000 {
        world.write(&repo, &format!("dir/with/a/longer/name/so/that/the/list/grows/file-{i:05}.txt"), "1\n");
    }
    world.git(&repo, &["add", "-A"]);
    world.git(&repo, &["commit", "-qm", "many"]);
    for i in 0..6000 {
        world.write(&repo, &format!("dir/with/a/longer/name/so/that/the/list/grows/file-{i:05}.txt"), "2\n");
    }
    let runs = once(&world, Settings::default()).await;
    assert_eq!(runs[0].status, RunStatus::Pushed, "{:?}", runs[0]);
    assert_eq!(world.git(&repo, &["status", "--porcelain"]), "");
}

#[tokio::test]
async fn hooks_that_rewrite_without_changing_or_without_staging_do_not_block() {
    let world = World::new();
    let repo = world.cloned("app");
    world.script(&repo.join(".git/hooks/pre-commit"), "sed -i 's/ *$//' README.md; git add README.md");
    world.write(&repo, "README.md", "clean already\n");
    world.trust().await;
    assert_eq!(once(&world, Settings::default()).await[0].status, RunStatus::Pushed);
    world.script(&repo.join(".git/hooks/pre-commit"), "echo appended >> README.md");
    world.write(&repo, "README.md", "again\n");
    world.trust().await;
    let runs = once(&world, Settings::default()).await;
    assert_eq!(runs[0].status, RunStatus::Pushed, "{:?}", runs[0]);
    assert_eq!(world.git(&repo, &["show", "HEAD:README.md"]), "again");
    assert_eq!(std::fs::read_to_string(repo.join("README.md")).unwrap(), "again\nappended\n");
}

#[tokio::test]
async fn a_post_commit_hook_that_amends_is_pushed_as_it_ends() {
    let world = World::new();
    let repo = world.cloned("app");
    world.script(
        &repo.join(".git/hooks/post-commit"),
        "[ -e .git/amended ] && exit 0; touch .git/amended; git commit -q --amend --no-edit -m amended",
    );
    world.write(&repo, "a", "1\n");
    world.trust().await;
    let _ = once(&world, Settings::default()).await;
    let _ = once(&world, Settings::default()).await;
    assert_eq!(world.git(&repo, &["log", "-1", "--format=%s"]), "amended");
    assert_eq!(world.remote_tip("app"), world.tip(&repo));
    assert_eq!(world.git(&repo, &["status", "--porcelain"]), "");
}

#[tokio::test]
async fn other_hashes_and_ref_storages_work() {
    for args in [["--object-format=sha256", "--quiet"], ["--ref-format=reftable", "--quiet"]] {
        let world = World::new();
        let repo = world.base().join("odd");
        let remote = world.remote("odd");
        if !world.git_may_fail(&world.base(), &["init", args[0], args[1], repo.to_str().unwrap()]) {
            eprintln!("skipped {}: this git does not know it", args[0]);
            continue;
        }
        world.git(&world.base(), &["init", args[0], args[1], "--bare", remote.to_str().unwrap()]);
        world.git(&repo, &["remote", "add", "origin", remote.to_str().unwrap()]);
        world.commit(&repo, "a", "1\n");
        world.write(&repo, "staged", "1\n");
        world.git(&repo, &["add", "staged"]);
        world.write(&repo, "staged", "1\n2\n");
        world.write(&repo, "b", "2\n");
        let runs = once(&world, Settings::default()).await;
        assert_eq!(runs[0].status, RunStatus::Pushed, "{args:?} {:?}", runs[0]);
        assert_eq!(world.remote_tip("odd"), world.tip(&repo), "{args:?}");
        assert_eq!(world.git(&repo, &["status", "--porcelain"]), "AM staged", "{args:?}");
        assert_eq!(once(&world, Settings::default()).await[0].push, None, "{args:?}");
    }
}

#[tokio::test]
async fn an_emptied_conflict_does_not_hold_for_ever() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(&repo, "README.md", "stashed\n");
    world.git(&repo, &["stash"]);
    world.commit(&repo, "README.md", "other\n");
    assert!(!world.git_may_fail(&repo, &["stash", "pop"]));
    world.git(&repo, &["checkout", "-q", "HEAD", "--", "README.md"]);
    world.write(&repo, "later", "1\n");
    assert_eq!(once(&world, Settings::default()).await[0].status, RunStatus::Pushed);
}
