//! Runs against real repositories: what is committed and pushed, what is held, and what stays as it was. Asserts on
//! git itself.

#![allow(clippy::unwrap_used, reason = "a test")]

mod world;

use autocommit_core::{
    cycle::{CycleTrigger, RunStatus},
    push::PushClass,
    settings::Settings,
};
use autocommit_engine::{Engine, RunRequest, WrittenBy};
use world::World;

fn once() -> RunRequest {
    RunRequest::of(CycleTrigger::Once)
}

async fn run(engine: &Engine) -> autocommit_engine::Cycle {
    engine.run_cycle(once()).await.expect("a cycle")
}

#[tokio::test]
async fn everything_dirty_is_committed_and_pushed_and_nothing_else_changes() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(&repo, "src/new file.rs", "fn one() {}\n");
    world.write(&repo, "README.md", "# changed\n");
    std::fs::remove_file(repo.join("old.txt")).unwrap();
    world.git(&repo, &["add", "README.md"]);
    let before = world.manifest(&repo);
    let engine = world.engine(Settings::default()).await;
    let cycle = run(&engine).await;
    assert_eq!(cycle.runs.len(), 1, "{cycle:?}");
    let report = &cycle.runs[0];
    assert_eq!(report.status, RunStatus::Pushed, "{report:?}");
    assert_eq!(world.git(&repo, &["status", "--porcelain"]), "");
    assert_eq!(world.tip(&repo), world.remote_tip("app"));
    assert_eq!(world.git(&repo, &["rev-list", "--count", "HEAD"]), "2");
    assert_eq!(world.git(&repo, &["fsck", "--full", "--strict"]), "");
    assert_eq!(world.git(&repo, &["diff", "--cached", "--stat"]), "", "the index knows of the commit");
    assert_eq!(world.manifest(&repo), before, "no byte, mode or time of the work tree changed");
    assert_eq!(Some(world.tip(&repo)), report.commit.as_ref().map(ToString::to_string));
    assert!(world.git(&repo, &["reflog", "-1"]).contains("commit: "), "the reflog says so too");
    let leftovers: Vec<_> = std::fs::read_dir(repo.join(".git"))
        .unwrap()
        .flatten()
        .filter(|e| e.file_name().to_string_lossy().contains("autocommit") || e.file_name() == "index.lock")
        .collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");

    let again = run(&engine).await;
    assert_eq!(again.runs[0].status, RunStatus::Unchanged);
    assert_eq!(again.runs[0].push, None, "no push was started");
    let (history, _) = engine.history(Default::default()).await.unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].status, RunStatus::Pushed);
    assert_eq!((history[0].files_changed, history[0].insertions, history[0].deletions), (3, 2, 2));
}

#[tokio::test]
async fn an_unborn_branch_gets_its_first_commit_and_an_upstream() {
    let world = World::new();
    let repo = world.initialised("fresh");
    let remote = world.bare("fresh");
    world.git(&repo, &["remote", "add", "origin", remote.to_str().unwrap()]);
    world.write(&repo, "a", "1\n");
    let engine = world.engine(Settings::default()).await;
    let cycle = run(&engine).await;
    assert_eq!(cycle.runs[0].status, RunStatus::Pushed, "{:?}", cycle.runs[0]);
    assert_eq!(world.tip(&repo), world.remote_tip("fresh"));
    assert_eq!(world.git(&repo, &["rev-parse", "--abbrev-ref", "@{u}"]), "origin/main");
    assert_eq!(run(&engine).await.runs[0].status, RunStatus::Unchanged);
}

#[tokio::test]
async fn partial_staging_is_held_alone_and_kept_exactly() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(&repo, "README.md", "# staged\n");
    world.git(&repo, &["add", "README.md"]);
    world.write(&repo, "README.md", "# staged\nand more\n");
    world.write(&repo, "other.txt", "x\n");
    let staged = world.git(&repo, &["ls-files", "--stage", "README.md"]);
    let engine = world.engine(Settings::default()).await;
    let cycle = run(&engine).await;
    let report = &cycle.runs[0];
    assert_eq!(report.status, RunStatus::Pushed, "{report:?}");
    assert_eq!(report.held.iter().map(|f| f.path.shown()).collect::<Vec<_>>(), ["README.md"]);
    assert!(report.wants_attention());
    assert_eq!(world.git(&repo, &["ls-files", "--stage", "README.md"]), staged, "their staging is theirs");
    assert_eq!(world.git(&repo, &["status", "--porcelain"]), "MM README.md");
    assert_eq!(world.git(&repo, &["show", "HEAD:README.md"]), "# app", "the half is not in the commit");
    assert_eq!(world.git(&repo, &["show", "--name-only", "--format=", "HEAD"]), "other.txt");
}

#[tokio::test]
async fn states_hold_and_say_so() {
    let world = World::new();
    let merging = world.cloned("merging");
    world.git(&merging, &["switch", "-qc", "side"]);
    world.commit(&merging, "README.md", "side\n");
    world.git(&merging, &["switch", "-q", "main"]);
    world.commit(&merging, "README.md", "main\n");
    assert!(!world.git_may_fail(&merging, &["merge", "side"]));
    let stash = world.cloned("stash");
    world.write(&stash, "README.md", "stashed\n");
    world.git(&stash, &["stash"]);
    world.commit(&stash, "README.md", "other\n");
    assert!(!world.git_may_fail(&stash, &["stash", "pop"]));
    let detached = world.cloned("detached");
    world.git(&detached, &["checkout", "-q", "--detach"]);
    world.write(&detached, "x", "x\n");
    let locked = world.cloned("locked");
    world.write(&locked, "x", "x\n");
    std::fs::write(locked.join(".git/index.lock"), "").unwrap();
    let bisect = world.cloned("bisect");
    world.git(&bisect, &["bisect", "start"]);
    world.write(&bisect, "x", "x\n");
    let tips: Vec<_> = [&merging, &stash, &detached, &locked, &bisect].iter().map(|r| world.tip(r)).collect();
    let engine = world.engine(Settings::default()).await;
    let cycle = run(&engine).await;
    let seen: Vec<_> =
        cycle.runs.iter().map(|r| (r.name.as_str(), r.status, r.reason_code.as_deref().unwrap())).collect();
    use RunStatus::Held;
    assert_eq!(
        seen,
        [
            ("bisect", Held, "in_progress"),
            ("detached", Held, "detached_head"),
            ("locked", Held, "locked"),
            ("merging", Held, "in_progress"),
            ("stash", Held, "unmerged"),
        ]
    );
    let after: Vec<_> =
        [&merging, &stash, &detached, &locked, &bisect].iter().map(|r| world.tip(r)).collect();
    assert_eq!(tips, after);
    assert!(merging.join(".git/MERGE_HEAD").exists());
    assert!(locked.join(".git/index.lock").exists(), "a stranger's lock is never removed");
}

#[tokio::test]
async fn refusals_are_said_once_and_not_repeated() {
    let world = World::new();
    let repo = world.cloned("app");
    let hook = world.remote("app").join("hooks/pre-receive");
    world.script(&hook, "echo ran >> ran; echo 'main is protected'; exit 1");
    world.trust().await;
    world.write(&repo, "a", "1\n");
    let engine = world.engine(Settings::default()).await;
    let first = run(&engine).await.runs[0].clone();
    assert_eq!((first.status, first.push), (RunStatus::Failed, Some(PushClass::Rejected)), "{first:?}");
    assert!(first.error.as_deref().unwrap().contains("main is protected"), "the remote's own words are kept");
    let second = run(&engine).await.runs[0].clone();
    assert_eq!(second.status, RunStatus::Failed);
    let ran = || std::fs::read_to_string(world.remote("app").join("ran")).unwrap().lines().count();
    assert_eq!(ran(), 1, "the remote was not asked again");
    let (history, _) = engine.history(Default::default()).await.unwrap();
    assert_eq!(history.len(), 1, "one entry for the commit, which says why it waits: {history:#?}");
    std::fs::remove_file(&hook).unwrap();
    let asked =
        engine.run_cycle(RunRequest { push_only: true, ..RunRequest::of(CycleTrigger::Push) }).await.unwrap();
    assert_eq!(asked.runs[0].status, RunStatus::Pushed, "{:?}", asked.runs[0]);
    assert_eq!(world.tip(&repo), world.remote_tip("app"));
    let (history, _) = engine.history(Default::default()).await.unwrap();
    assert_eq!(history[0].status, RunStatus::Pushed);
    assert!(history[0].error.is_none());
}

#[tokio::test]
async fn a_moved_remote_is_never_forced() {
    let world = World::new();
    let repo = world.cloned("app");
    let other = world.clone_of("app", "other-clone");
    world.commit(&other, "theirs", "1\n");
    world.git(&other, &["push", "-q"]);
    let theirs = world.remote_tip("app");
    std::fs::remove_dir_all(&other).unwrap();
    world.write(&repo, "ours", "1\n");
    let engine = world.engine(Settings::default()).await;
    let report = run(&engine).await.runs[0].clone();
    assert_eq!(
        (report.status, report.push),
        (RunStatus::Failed, Some(PushClass::NonFastForward)),
        "{report:?}"
    );
    assert_eq!(world.remote_tip("app"), theirs);
}

#[tokio::test]
async fn hooks_run_may_change_the_index_and_may_refuse() {
    let world = World::new();
    let formatted = world.cloned("formatted");
    world.script(
        &formatted.join(".git/hooks/pre-commit"),
        "for f in $(git diff --cached --name-only -- '*.txt'); do tr a-z A-Z < $f > $f.new && mv $f.new $f && git add $f; done",
    );
    world.script(&formatted.join(".git/hooks/commit-msg"), "printf '\\nChange-Id: 42\\n' >> \"$1\"");
    world.write(&formatted, "shout.txt", "hello\n");
    let refused = world.cloned("refused");
    world.script(&refused.join(".git/hooks/pre-commit"), "echo eslint: 2 errors >&2; exit 1");
    world.write(&refused, "a", "1\n");
    let tip = world.tip(&refused);
    world.trust().await;
    let engine = world.engine(Settings::default()).await;
    let cycle = run(&engine).await;
    assert_eq!(cycle.runs[0].status, RunStatus::Pushed, "{:?}", cycle.runs[0]);
    assert_eq!(world.git(&formatted, &["show", "HEAD:shout.txt"]), "HELLO");
    assert_eq!(world.git(&formatted, &["status", "--porcelain"]), "");
    assert!(world.git(&formatted, &["log", "-1", "--format=%B"]).ends_with("Change-Id: 42"));
    let report = &cycle.runs[1];
    assert_eq!((report.status, report.reason_code.as_deref()), (RunStatus::Failed, Some("hook_failed")));
    assert!(report.error.as_ref().unwrap().contains("eslint: 2 errors"));
    assert_eq!(world.tip(&refused), tip);
    assert_eq!(world.git(&refused, &["status", "--porcelain"]), "?? a", "nothing was staged either");
}

#[tokio::test]
async fn a_dry_run_writes_nothing_and_tells_the_message() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(&repo, "a.txt", "1\n");
    let before = world.everything(&repo);
    let engine = world.engine(Settings::default()).await;
    let cycle = engine.run_cycle(RunRequest { dry_run: true, ..once() }).await.unwrap();
    assert_eq!(cycle.runs[0].subject.as_deref(), Some("Add a.txt"), "{:?}", cycle.runs[0]);
    assert_eq!(cycle.runs[0].commit, None);
    let id = cycle.runs[0].repo_id.clone();
    assert_eq!(engine.message(&id, WrittenBy::Auto).await.unwrap().draft.subject, "Add a.txt");
    engine.look().await;
    assert_eq!(world.everything(&repo), before, "not a byte below .git changed");
}

/// The patch alone would show it as new.
#[tokio::test]
async fn what_stands_elsewhere_in_the_file_is_not_called_new() {
    let world = World::new();
    let repo = world.cloned("app");
    let lines = |last: &str| {
        let middle = "    more(1)\n".repeat(12);
        format!("def first(self):\n    reset_all(1)\n{middle}\ndef last(self):\n    more(2)\n{last}")
    };
    world.commit(&repo, "a.py", &lines(""));
    world.git(&repo, &["push", "-q"]);
    let engine = world.engine(Settings::default()).await;
    for (last, dry_run, told) in [
        ("    reset_all(2)\n", true, false),
        ("    reset_all(2)\n", false, false),
        ("    reset_all(2)\n    reset_most(2)\n", false, true),
    ] {
        world.write(&repo, "a.py", &lines(last));
        let cycle = engine.run_cycle(RunRequest { dry_run, ..once() }).await.unwrap();
        let subject = cycle.runs[0].subject.clone().unwrap();
        assert_eq!(subject.contains("reset"), told, "{subject}");
        assert_eq!(subject.to_lowercase().starts_with("update "), !told, "{subject}");
    }
}

#[tokio::test]
async fn switched_off_means_off_and_survives() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(&repo, "a", "1\n");
    let before = world.everything(&repo);
    {
        let engine = world.engine(Settings::default()).await;
        engine.set_enabled(false).await.unwrap();
    }
    let engine = world.engine(Settings::default()).await;
    assert!(!engine.status().enabled);
    assert!(engine.run_cycle(once()).await.is_err());
    assert_eq!(world.everything(&repo), before);
    engine.set_enabled(true).await.unwrap();
    let id = engine.scan().await[0].repo.id.clone();
    let patch = autocommit_engine::RulesPatch { enabled: Some(false), push: None };
    engine.set_rules(&id, patch).await.unwrap();
    assert_eq!(run(&engine).await.runs[0].status, RunStatus::Skipped);
    assert_eq!(world.everything(&repo), before, "an opt-out is respected by the next cycle");
    std::fs::remove_dir_all(&repo).unwrap();
    let repo = world.clone_of("app", "app");
    world.write(&repo, "a", "1\n");
    assert_eq!(run(&engine).await.runs[0].status, RunStatus::Skipped, "and survives a re-clone");
}

#[tokio::test]
async fn old_commits_are_pushed_and_no_remote_is_healthy() {
    let world = World::new();
    let ahead = world.cloned("ahead");
    world.commit(&ahead, "mine", "by hand\n");
    let local = world.initialised("local");
    world.write(&local, "a", "1\n");
    let misspelt = world.cloned("misspelt");
    world.git(&misspelt, &["config", "branch.main.remote", "origni"]);
    world.write(&misspelt, "a", "1\n");
    let engine = world.engine(Settings::default()).await;
    let runs = run(&engine).await.runs;
    assert_eq!(runs[0].status, RunStatus::Pushed, "{:?}", runs[0]);
    assert_eq!(world.tip(&ahead), world.remote_tip("ahead"));
    assert_eq!((runs[1].status, runs[1].reason_code.as_deref()), (RunStatus::Committed, Some("no_remote")));
    assert!(!runs[1].wants_attention());
    assert_eq!(
        (runs[2].status, runs[2].reason_code.as_deref()),
        (RunStatus::Failed, Some("remote_not_configured"))
    );
    assert_eq!(
        world.git(&misspelt, &["rev-list", "--count", "HEAD"]),
        "2",
        "the commit is safe all the same"
    );
}

#[tokio::test]
async fn a_nested_repository_is_named_and_never_becomes_a_gitlink() {
    let world = World::new();
    let repo = world.cloned("outer");
    let inner = repo.join("vendor/inner");
    std::fs::create_dir_all(&inner).unwrap();
    world.git(&inner, &["init", "-q"]);
    world.write(&repo, "a", "1\n");
    let engine = world.engine(Settings::default()).await;
    let runs = run(&engine).await.runs;
    assert_eq!(runs.len(), 2, "listed on its own");
    assert_eq!(runs[0].status, RunStatus::Pushed);
    assert_eq!(runs[0].held[0].path.shown(), "vendor/inner/");
    assert!(!world.git(&repo, &["ls-tree", "-r", "HEAD"]).contains("160000"));
}

#[tokio::test]
async fn linked_worktrees_are_repositories_in_one_lane() {
    let world = World::new();
    let repo = world.cloned("app");
    world.git(&repo, &["worktree", "add", "-q", "../app-side", "-b", "side"]);
    let side = world.base().join("app-side");
    world.write(&repo, "a", "1\n");
    world.write(&side, "b", "2\n");
    let engine = world.engine(Settings::default()).await;
    let runs = run(&engine).await.runs;
    assert_eq!(runs.iter().map(|r| r.status).collect::<Vec<_>>(), [RunStatus::Pushed; 2], "{runs:#?}");
    assert_eq!(world.git(&world.remote("app"), &["rev-parse", "side"]), world.tip(&side));
    assert_eq!(world.git(&side, &["status", "--porcelain"]), "");
}

#[tokio::test]
async fn odd_names_and_replaced_folders_are_committed() {
    let world = World::new();
    let repo = world.cloned("odd");
    std::fs::create_dir(repo.join("dir")).unwrap();
    world.commit(&repo, "dir/file", "1\n");
    std::fs::remove_dir_all(repo.join("dir")).unwrap();
    world.write(&repo, "dir", "now a file\n");
    std::fs::remove_file(repo.join("old.txt")).unwrap();
    world.write(&repo, "old.txt/inside", "now a folder\n");
    world.write(&repo, "-dash", "1\n");
    world.write(&repo, "new\nline", "1\n");
    world.write(&repo, "*.rs", "1\n");
    let engine = world.engine(Settings::default()).await;
    let runs = run(&engine).await.runs;
    assert_eq!(runs[0].status, RunStatus::Pushed, "{:?}", runs[0]);
    assert!(runs[0].held.is_empty(), "{:?}", runs[0].held);
    assert_eq!(world.git(&repo, &["status", "--porcelain"]), "");
}
