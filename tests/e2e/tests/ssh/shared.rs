//! What is shared.

use crate::World;

#[test]
fn pushes_to_one_host_share_one_connection_and_nothing_is_left() {
    let Some(world) = World::new("") else { return };
    let repos = world.dirty(6);
    let _ = world.sandbox.autocommit(&["once"]).ok();
    assert!(repos.iter().all(|pair| world.has_arrived(pair, 2)), "{}", world.server.printed());
    assert_eq!(world.server.logins(), 1, "{:#?}", world.calls());
    let opened: Vec<_> = world.calls().into_iter().filter(|call| call.starts_with("-N ")).collect();
    assert_eq!(opened.len(), 1, "{opened:?}");
    assert!(opened[0].contains("ControlPersist=60"), "it ends by itself where we cannot: {opened:?}");
    world.nothing_is_left();
}

#[test]
fn more_pushes_than_a_server_takes_arrive_all_the_same() {
    let Some(world) = World::new("MaxSessions 2\n") else { return };
    let repos = world.dirty(6);
    for (_, bare) in &repos {
        // Long enough for all to be there together.
        world.sandbox.hook(bare, "pre-receive", "sleep 0.5");
    }
    let config = world.sandbox.config().set("http.enabled", false).set("push_per_host", 6);
    world.sandbox.write_config(&config);
    let _ = world.sandbox.autocommit(&["once"]).ok();
    assert!(repos.iter().all(|pair| world.has_arrived(pair, 2)), "{}", world.server.printed());
    world.nothing_is_left();
}

#[test]
fn a_daemon_uses_it_again_and_leaves_nothing_behind() {
    let Some(world) = World::new("") else { return };
    let (first, second) = (world.repo("first"), world.repo("second"));
    let daemon = world.sandbox.daemon_with(world.sandbox.config().set("cycle_interval_seconds", 1));
    for (commits, pair) in [(2, &first), (2, &second), (3, &first)] {
        world.sandbox.write(&pair.0, "work.txt", format!("{commits}\n"));
        world.until("the push", || world.has_arrived(pair, commits));
    }
    assert_eq!(world.server.logins(), 1, "{:#?}", world.calls());
    assert_eq!((world.holders().len(), world.sockets()), (1, 1));
    let folder = world.sandbox.root().join("run/autocommit");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(folder).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o700);
    assert!(daemon.stop().success());
    world.nothing_is_left();
}

#[test]
fn what_a_killed_daemon_left_is_replaced() {
    let Some(world) = World::new("") else { return };
    let pair = world.repo("app");
    let config = world.sandbox.config().set("cycle_interval_seconds", 1);
    let daemon = world.sandbox.daemon_with(config.clone());
    world.sandbox.write(&pair.0, "work.txt", "1\n");
    world.until("the push", || world.has_arrived(&pair, 2));
    let left = world.holders();
    assert_eq!(left.len(), 1);
    daemon.kill();
    assert_eq!(world.holders(), left, "it is there until its time is over, or somebody comes");
    let daemon = world.sandbox.daemon_with(config);
    world.sandbox.write(&pair.0, "work.txt", "2\n");
    world.until("the push", || world.has_arrived(&pair, 3));
    world.until("the end of the old one", || !world.holders().contains(&left[0]));
    assert_eq!(world.holders().len(), 1);
    assert!(daemon.stop().success());
    world.nothing_is_left();
}

#[test]
fn the_setting_counts_at_once() {
    let Some(world) = World::new("") else { return };
    let pair = world.repo("app");
    let config = world.sandbox.config().set("cycle_interval_seconds", 1);
    let daemon = world.sandbox.daemon_with(config.set("share_ssh_connections", false));
    world.sandbox.write(&pair.0, "work.txt", "1\n");
    world.until("the push", || world.has_arrived(&pair, 2));
    assert!(world.calls().iter().all(|call| !call.contains("Control")), "{:#?}", world.calls());
    assert_eq!(world.server.logins(), 1);
    let set = |on: bool| {
        let body = serde_json::json!({"changes": {"share_ssh_connections": on}});
        let reply = daemon.request("PATCH", "/settings", Some(&body));
        assert_eq!(reply.status, 200, "{reply:?}");
    };
    set(true);
    world.sandbox.write(&pair.0, "work.txt", "2\n");
    world.until("the push", || world.has_arrived(&pair, 3));
    assert_eq!(world.holders().len(), 1);
    set(false);
    world.nothing_is_left();
    world.sandbox.write(&pair.0, "work.txt", "3\n");
    world.until("the push", || world.has_arrived(&pair, 4));
    assert!(world.holders().is_empty());
}

#[test]
fn two_names_of_one_host_with_two_keys_are_two_connections() {
    let Some(world) = World::new("") else { return };
    let second = world.server.second_key();
    let own = world.server.host_entry("host", true);
    let first_key = own.lines().find(|line| line.contains("IdentityFile")).unwrap().to_owned();
    let other = world.server.host_entry("other", true);
    let other = other.replace(&first_key, &format!("  IdentityFile {}", second.display()));
    world.ssh_settings(&format!("{own}{other}"));
    let repos = world.dirty(4);
    for (repo, bare) in &repos[2..] {
        world.sandbox.git(repo, &["remote", "set-url", "origin", &format!("ssh://other{}", bare.display())]);
    }
    let _ = world.sandbox.autocommit(&["once"]).ok();
    assert!(repos.iter().all(|pair| world.has_arrived(pair, 2)), "{}", world.server.printed());
    let printed = world.server.printed();
    let keys: std::collections::BTreeSet<_> = printed
        .lines()
        .filter(|line| line.contains("Accepted publickey"))
        .filter_map(|line| line.split_once("SHA256:"))
        .map(|(_, key)| key)
        .collect();
    assert_eq!((keys.len(), world.server.logins()), (2, 2), "{printed}");
    world.nothing_is_left();
}
