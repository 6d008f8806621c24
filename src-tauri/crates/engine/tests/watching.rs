//! Watching and sweeping: what an idle engine does not do, and how soon it sees what happens.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the person")]

mod world;

use autocommit_core::{
    cycle::{Counts, CycleTrigger},
    settings::{Power, PowerPolicy, Settings},
};
use autocommit_engine::{Cycle, Engine, RulesPatch, RunRequest};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use world::{PATIENCE, World, until};

/// The tests of this program share a home, and so where git's traces go.
static ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn settings(interval: u64) -> Settings {
    let power = Power { on_battery: PowerPolicy::Same, on_metered: PowerPolicy::Same };
    Settings { cycle_interval_seconds: interval, quiet_seconds: 0.2, power, ..Settings::default() }
}

/// Has every git of this test program leave a file in this folder.
fn traced(world: &World) -> PathBuf {
    let folder = world.state().join("traces");
    std::fs::create_dir(&folder).unwrap();
    let config = PathBuf::from(std::env::var_os("HOME").unwrap()).join(".gitconfig");
    // The last word counts.
    let mut config = std::fs::OpenOptions::new().append(true).open(config).unwrap();
    writeln!(config, "[trace2]\neventTarget = {}", folder.display()).unwrap();
    folder
}

fn calls(traces: &Path) -> usize {
    std::fs::read_dir(traces).unwrap().count()
}

/// Waits until this many further cycles have ended.
async fn cycles(engine: &Engine, count: usize) {
    for _ in 0..count {
        let last = || engine.status().last_cycle.map(|cycle| cycle.id);
        let before = last();
        until("a cycle", || (last() != before).then_some(())).await;
    }
}

/// Waits until cycle after cycle passes without any git.
async fn idle(engine: &Engine, traces: &Path) {
    let begin = Instant::now();
    loop {
        let before = calls(traces);
        cycles(engine, 3).await;
        if before > 0 && calls(traces) == before {
            return;
        }
        assert!(begin.elapsed() < PATIENCE, "it never comes to rest");
    }
}

/// An engine that runs, and what ends it.
async fn running(world: &World, settings: Settings) -> (Engine, impl AsyncFnOnce()) {
    let engine = world.engine(settings).await;
    let stop = CancellationToken::new();
    let run = tokio::spawn({
        let (engine, stop) = (engine.clone(), stop.clone());
        async move { engine.run(stop).await }
    });
    let end = async move || {
        stop.cancel();
        run.await.unwrap();
    };
    (engine, end)
}

/// All that the repository has is committed and pushed.
fn arrived(world: &World, name: &str) -> bool {
    let repo = world.base().join(name);
    let clean = world.git(&repo, &["status", "--porcelain"]).is_empty();
    clean
        && world.git(&repo, &["rev-parse", "main"]) == world.git(&world.remote(name), &["rev-parse", "main"])
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_it_starts_no_git_and_what_happens_is_seen() {
    let _alone = ONE.lock().await;
    let world = World::new();
    let names = ["a", "b", "c"];
    for name in names {
        world.cloned(name);
    }
    std::fs::create_dir_all(world.base().join("a/empty/folder")).unwrap();
    let traces = traced(&world);
    let (engine, end) = running(&world, settings(1)).await;
    idle(&engine, &traces).await;
    let watch = engine.status().watch;
    assert!(watch.on && watch.spared >= 9 && watch.disagreed == 0, "{watch:?}");
    assert!(watch.unwatched.is_empty() && watch.folders > 8, "{watch:?}");

    // From here on only events can tell in time.
    engine.reload(Settings {
        repos_base_paths: vec![world.base().display().to_string()],
        llm: autocommit_core::settings::Llm { enabled: false, ..Settings::default().llm },
        ..settings(3600)
    });
    until("the reload", || (engine.status().cycle_interval.as_secs() == 3600).then_some(())).await;
    until("the last cycle by timer", || engine.status().current_cycle.is_none().then_some(())).await;
    let later =
        [("a", "README.md"), ("b", "new.txt"), ("c", "new/folder/deep/file"), ("a", "empty/folder/file")];
    for (name, path) in later {
        let file = world.base().join(name).join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, format!("{path}\n")).unwrap();
        until(path, || {
            let listed = world.git(&world.base().join(name), &["ls-tree", "-r", "--name-only", "main"]);
            (listed.lines().any(|line| line == path) && arrived(&world, name)).then_some(())
        })
        .await;
    }
    // A repository that appears is found, and watched from then on.
    world.cloned("d");
    until("the new repository", || (engine.status().repos.total == 4).then_some(())).await;
    std::fs::write(world.base().join("d/work.txt"), "work\n").unwrap();
    until("its work", || {
        let listed = world.git(&world.base().join("d"), &["ls-tree", "--name-only", "main"]);
        (listed.contains("work.txt") && arrived(&world, "d")).then_some(())
    })
    .await;

    end().await;
    assert_eq!(engine.status().watch.disagreed, 0);
}

/// The last cycle of an idle engine and the one before.
async fn two_cycles(engine: &Engine) -> (Cycle, Cycle) {
    let last = || engine.status().last_cycle.map(|cycle| cycle.id);
    cycles(engine, 1).await;
    let before = last().unwrap();
    cycles(engine, 1).await;
    (engine.cycle(&before).await.unwrap(), engine.cycle(&last().unwrap()).await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cycle_that_was_told_nothing_has_what_the_last_one_had() {
    let _alone = ONE.lock().await;
    let world = World::new();
    for name in ["a", "b"] {
        world.cloned(name);
    }
    let traces = traced(&world);
    let (engine, end) = running(&world, settings(1)).await;
    idle(&engine, &traces).await;
    let (before, last) = two_cycles(&engine).await;
    assert_eq!(last.summary.counts, Counts { unchanged: 2, ..Counts::default() });
    assert!(Arc::ptr_eq(&before.runs, &last.runs), "they are found out again");

    // What no event tells: a person's rule, and settings.
    let off = last.runs[0].repo_id.clone();
    engine.set_rules(&off, RulesPatch { enabled: Some(false), push: None }).await.unwrap();
    let (_, last) = two_cycles(&engine).await;
    assert_eq!(last.summary.counts, Counts { unchanged: 1, skipped: 1, ..Counts::default() });
    engine.set_rules(&off, RulesPatch { enabled: Some(true), push: None }).await.unwrap();
    idle(&engine, &traces).await;
    let (before, last) = two_cycles(&engine).await;
    assert!(Arc::ptr_eq(&before.runs, &last.runs));
    engine.reload(Settings {
        repos_base_paths: vec![world.base().display().to_string()],
        llm: autocommit_core::settings::Llm { enabled: false, ..Settings::default().llm },
        quiet_seconds: 0.3,
        ..settings(1)
    });
    let asked = calls(&traces);
    until("git is asked about all under the new settings", || (calls(&traces) > asked).then_some(())).await;
    idle(&engine, &traces).await;
    let (_, last) = two_cycles(&engine).await;
    assert_eq!(last.summary.counts.unchanged, 2);
    end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_watching_the_next_cycle_sees_it_and_idle_ones_start_no_git() {
    let _alone = ONE.lock().await;
    let world = World::new();
    let repo = world.cloned("a");
    let traces = traced(&world);
    let (engine, end) = running(&world, Settings { watch: false, ..settings(1) }).await;
    idle(&engine, &traces).await;
    let watch = engine.status().watch;
    assert!(!watch.on && watch.folders == 0 && watch.spared >= 3, "{watch:?}");
    let edits: [&[&str]; 4] = [
        &["sh", "-c", "printf 'OLD\n' > old.txt"],
        &["sh", "-c", "t=$(stat -c %y old.txt); printf 'Old\n' > old.txt; touch -d \"$t\" old.txt"],
        &["chmod", "+x", "old.txt"],
        &["sh", "-c", "mkdir -p d; printf n > d/n"],
    ];
    for edit in edits {
        let before = world.git(&repo, &["rev-parse", "main"]);
        let done = std::process::Command::new(edit[0]).args(&edit[1..]).current_dir(&repo).status();
        assert!(done.unwrap().success());
        until("the commit", || {
            (world.git(&repo, &["rev-parse", "main"]) != before && arrived(&world, "a")).then_some(())
        })
        .await;
        idle(&engine, &traces).await;
    }

    // Switched on while it runs: from then on events tell.
    let base = vec![world.base().display().to_string()];
    let llm = autocommit_core::settings::Llm { enabled: false, ..Settings::default().llm };
    engine.reload(Settings { repos_base_paths: base.clone(), llm: llm.clone(), ..settings(1) });
    until("the watcher", || engine.status().watch.on.then_some(())).await;
    engine.reload(Settings { repos_base_paths: base, llm, watch: false, ..settings(1) });
    until("its end", || (!engine.status().watch.on).then_some(())).await;
    idle(&engine, &traces).await;

    // What git said of folders under other rules of the person's does not count any more.
    let rules = PathBuf::from(std::env::var_os("HOME").unwrap()).join(".config/git");
    std::fs::create_dir_all(&rules).unwrap();
    std::fs::write(rules.join("ignore"), "mine\n").unwrap();
    std::fs::create_dir(repo.join("mine")).unwrap();
    idle(&engine, &traces).await;
    std::fs::write(rules.join("ignore"), "\n").unwrap();
    idle(&engine, &traces).await;
    std::fs::write(repo.join("mine/file"), "x\n").unwrap();
    until("the file that was ignored", || {
        let listed = world.git(&repo, &["ls-tree", "-r", "--name-only", "main"]);
        (listed.contains("mine/file") && arrived(&world, "a")).then_some(())
    })
    .await;
    end().await;
    assert_eq!(engine.status().watch.disagreed, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_remote_it_rests_as_well_and_a_remote_that_comes_is_seen() {
    let _alone = ONE.lock().await;
    let world = World::new();
    let repo = world.initialised("alone");
    world.commit(&repo, "a.txt", "a\n");
    let traces = traced(&world);
    let (engine, end) = running(&world, settings(1)).await;
    idle(&engine, &traces).await;
    let remote = world.bare("alone");
    world.git(&repo, &["remote", "add", "origin", &remote.display().to_string()]);
    until("the push", || {
        let there = world.git_may_fail(&remote, &["rev-parse", "--verify", "--quiet", "main"]);
        (there && world.tip(&repo) == world.remote_tip("alone")).then_some(())
    })
    .await;
    end().await;
}

/// Where something is held every run finds nothing to do. What comes then is seen all the same, and soon: the next cycle by
/// timer is an hour away.
#[tokio::test(flavor = "multi_thread")]
async fn cycles_that_find_nothing_delay_nothing_that_comes_later() {
    let _one = ONE.lock().await;
    let world = World::new();
    let repo = world.cloned("a");
    world.write(&repo, ".env", "API_KEY=sk_live_4eC39HqLyjWDarjtT1zdp7dc\n");
    let (engine, end) = running(&world, Settings { quiet_seconds: 1.0, ..settings(3600) }).await;
    world.trust().await;
    for _ in 0..10 {
        let _ = engine.run_cycle(RunRequest::of(CycleTrigger::Manual)).await;
    }
    assert_eq!(world.git(&repo, &["status", "--porcelain"]), "?? .env", "it is held");
    // The look that its own event led to is over as well.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    world.write(&repo, "later.txt", "later\n");
    until("what came later to be committed", || {
        (world.git(&repo, &["status", "--porcelain"]) == "?? .env").then_some(())
    })
    .await;
    end().await;
}
