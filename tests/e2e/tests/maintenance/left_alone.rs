//! What is not packed: where the person said otherwise, is at work, or trusts nothing there.

use crate::World;
use std::{path::PathBuf, process::Stdio};

#[test]
fn what_the_person_decided_or_works_on_is_left_alone() {
    let world = World::new();
    let names = [
        "gc-off",
        "maintenance-off",
        "scheduled",
        "strategy",
        "hook",
        "borrows",
        "partial",
        "merging",
        "locked",
        "gc-runs",
        "git-runs",
        "linked-busy",
    ];
    let repos: Vec<(PathBuf, PathBuf)> = names.iter().map(|name| world.repo(name)).collect();
    let repo = |name: &str| {
        let at = names.iter().position(|known| *known == name).unwrap();
        repos[at].0.clone()
    };
    for (name, key, value) in [
        ("gc-off", "gc.auto", "0"),
        ("maintenance-off", "maintenance.auto", "false"),
        ("scheduled", "maintenance.incremental-repack.schedule", "daily"),
        ("strategy", "maintenance.strategy", "incremental"),
        ("partial", "remote.origin.promisor", "true"),
    ] {
        world.git(&repo(name), &["config", key, value]);
    }
    world.sandbox.hook(repo("hook"), "pre-auto-gc", "exit 1");
    world.sandbox.write(
        repo("borrows"),
        ".git/objects/info/alternates",
        format!("{}/.git/objects\n", repo("hook").display()),
    );
    let daemon = world.sandbox.daemon_with(world.config().set("maintenance.enabled", false));
    for name in ["hook", "partial", "borrows", "scheduled", "strategy", "maintenance-off", "gc-off"] {
        world.sandbox.trust(repo(name));
    }
    for (repo, bare) in &repos {
        world.commit(repo, bare);
    }
    assert!(daemon.stop().success());
    let linked = world.sandbox.root().join("linked");
    world.git(&repo("linked-busy"), &["worktree", "add", "--quiet", "--detach", linked.to_str().unwrap()]);
    world.sandbox.write(repo("gc-runs"), ".git/gc.pid", "1 elsewhere\n");
    let mut busy = Vec::new();
    for folder in [repo("git-runs"), linked] {
        let mut command = world.sandbox.git_command(&folder);
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::null());
        busy.push(command.spawn().unwrap());
    }
    let (last, last_bare) = world.repo("zz-last");
    // Time enough to begin something after the commit.
    let daemon = world.sandbox.daemon_with(world.config().set("maintenance.rest_seconds", 5));
    for (name, (repo, bare)) in names.iter().zip(&repos) {
        world.commit(repo, bare);
        match *name {
            "merging" => {
                let tip = world.git(repo, &["rev-parse", "HEAD"]);
                world.sandbox.write(repo, ".git/MERGE_HEAD", format!("{tip}\n"));
            }
            "locked" => drop(world.sandbox.write(repo, ".git/index.lock", "")),
            _ => {}
        }
    }
    world.commit(&last, &last_bare);
    world.until_packed(&last);
    let packed: Vec<_> = names.iter().filter(|name| world.packs(&repo(name)) > 0).collect();
    assert!(packed.is_empty(), "{packed:?}");
    for mut one in busy {
        drop(one.stdin.take());
        let _ = one.wait();
    }
    std::fs::remove_file(repo("locked").join(".git/index.lock")).unwrap();
    for name in ["git-runs", "locked", "linked-busy"] {
        world.until_packed(&repo(name));
    }
    assert!(daemon.stop().success());
}

#[test]
fn not_by_the_setting_and_not_before_its_time() {
    let world = World::new();
    let (repo, bare) = world.repo("app");
    let daemon = world.sandbox.daemon_with(world.config().set("maintenance.enabled", false));
    world.commit(&repo, &bare);
    assert!(daemon.stop().success());
    let (control, control_bare) = world.repo("control");
    let daemon = world.daemon();
    // Few objects, and no commit of ours since the setting is on.
    let (few, few_bare) = world.sandbox.repo_with_remote("few");
    world.commit(&few, &few_bare);
    world.commit(&control, &control_bare);
    world.until_packed(&control);
    assert_eq!((world.packs(&repo), world.packs(&few)), (0, 0));
    assert!(daemon.stop().success());
}
