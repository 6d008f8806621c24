//! What is left alone: where the person's own settings, or a program of theirs, say how ssh connects.

use crate::World;

/// Two repositories are pushed as ssh does it by itself, with no word of ours about sharing, and without asking ssh where
/// `asks` is not.
#[track_caller]
fn alone(world: &World, asks: bool, logins: usize) {
    let repos = world.dirty(2);
    let config = world.sandbox.config().set("http.enabled", false).set("push_per_host", 1);
    world.sandbox.write_config(&config);
    let _ = world.sandbox.autocommit(&["once"]).ok();
    assert!(repos.iter().all(|pair| world.has_arrived(pair, 2)), "{}", world.server.printed());
    let calls = world.calls();
    let ours = |call: &&String| call.contains("Control") || call.starts_with("-N") || call.starts_with("-O");
    assert!(!calls.iter().any(|call| ours(&call)), "{calls:#?}");
    assert_eq!(calls.iter().any(|call| call.starts_with("-G")), asks, "{calls:#?}");
    assert_eq!(world.server.logins(), logins, "{}", world.server.printed());
    assert!(world.holders().is_empty() && world.sockets() == 0);
}

#[test]
fn settings_of_the_persons_own() {
    for theirs in [
        "  ControlMaster no\n",
        "  ControlPath none\n",
        "  ControlPath ~/elsewhere/%C\n",
        "  ControlPersist 5\n",
        "  LocalForward 127.0.0.1:1 127.0.0.1:2\n  ExitOnForwardFailure no\n",
        "  RequestTTY no\nMatch host 127.0.0.1 exec true\n  Compression no\n",
    ] {
        let Some(world) = World::new("") else { return };
        world.ssh_settings(&format!("{}{theirs}", world.server.host_entry("host", true)));
        println!("{theirs}");
        alone(&world, true, 2);
    }
}

#[test]
fn a_connection_that_the_person_shares() {
    let Some(world) = World::new("") else { return };
    // Short, because of the socket.
    let folder = tempfile::Builder::new().prefix("s").tempdir_in("/tmp").unwrap();
    let theirs =
        format!("  ControlMaster auto\n  ControlPath {}/%C\n  ControlPersist 30\n", folder.path().display());
    world.ssh_settings(&format!("{}{theirs}", world.server.host_entry("host", true)));
    let sockets = || std::fs::read_dir(folder.path()).unwrap().flatten().count();
    alone(&world, true, 1);
    assert_eq!(sockets(), 1, "it is theirs, and it stays");
    let _ = world.sandbox.run(world.sandbox.root(), "ssh", &["-O", "exit", "host"]).ok();
    world.until("its end", || sockets() == 0);
}

#[test]
fn another_program_of_the_persons_own() {
    let Some(world) = World::new("") else { return };
    let wrapped = world.sandbox.write(world.sandbox.bin_dir(), "other", "#!/bin/sh\nexec ssh \"$@\"\n");
    let _ = world.sandbox.run(world.sandbox.root(), "chmod", &["+x", wrapped.to_str().unwrap()]).ok();
    world.sandbox.add_git_config(&format!("[core]\n\tsshCommand = {}", wrapped.display()));
    alone(&world, false, 2);
}

#[test]
fn the_plain_program_named_by_the_person() {
    let Some(world) = World::new("") else { return };
    world.sandbox.add_git_config("[core]\n\tsshCommand = ssh -o Compression=no");
    alone(&world, false, 2);
}

#[test]
fn a_variant_that_the_person_names() {
    let Some(world) = World::new("") else { return };
    world.sandbox.add_git_config("[ssh]\n\tvariant = simple");
    // A simple one is told no port and no options; the name is in the settings.
    alone(&world, false, 2);
}

#[test]
fn a_program_named_in_the_environment() {
    for name in ["GIT_SSH", "GIT_SSH_COMMAND"] {
        let Some(world) = World::new("") else { return };
        world.sandbox.set_env(name, "ssh");
        alone(&world, false, 2);
    }
}

#[test]
fn a_push_that_runs_hooks() {
    let Some(world) = World::new("") else { return };
    let repos = world.dirty(2);
    for (repo, _) in &repos {
        world.sandbox.hook(repo, "pre-push", "env > env-of-the-hook");
        world.sandbox.trust(repo);
    }
    let _ = world.sandbox.autocommit(&["once"]).ok();
    for (repo, _) in &repos {
        let seen = std::fs::read_to_string(repo.join("env-of-the-hook")).unwrap();
        assert!(seen.contains("GIT_SSH_COMMAND=") && !seen.contains("Control"), "{seen}");
    }
    assert_eq!(world.server.logins(), 2);
    assert!(world.holders().is_empty());
}

#[test]
fn settings_that_change_are_asked_again() {
    let Some(world) = World::new("") else { return };
    let pair = world.repo("app");
    let daemon = world.sandbox.daemon_with(world.sandbox.config().set("cycle_interval_seconds", 1));
    let asked = || world.calls().iter().filter(|call| call.starts_with("-G")).count();
    for (commits, times) in [(2, 1), (3, 1)] {
        world.sandbox.write(&pair.0, "work.txt", format!("{commits}\n"));
        world.until("the push", || world.has_arrived(&pair, commits));
        assert_eq!(asked(), times, "{:#?}", world.calls());
    }
    world.ssh_settings(&format!("{}  ControlPath none\n", world.server.host_entry("host", true)));
    world.sandbox.write(&pair.0, "work.txt", "4\n");
    world.until("the push", || world.has_arrived(&pair, 4));
    assert_eq!(asked(), 2, "{:#?}", world.calls());
    let last = world.calls().into_iter().rfind(|call| call.contains("git-receive-pack")).unwrap();
    assert!(!last.contains("Control"), "{last}");
    assert!(daemon.stop().success());
    world.nothing_is_left();
}
