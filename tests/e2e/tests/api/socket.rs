//! The socket beside the port: what the command line takes first.

use crate::{rested, still};
use autocommit_test_support::{Sandbox, free_port};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

/// The file that tells clients where the owner is.
fn lock(sandbox: &Sandbox) -> (PathBuf, Value) {
    let path = sandbox.state_dir().join("lock");
    let owner = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    (path, owner)
}

#[test]
fn the_command_line_takes_the_socket_first_and_else_the_port() {
    let sandbox = Sandbox::new();
    let daemon = rested(&sandbox, still(&sandbox));
    let (path, owner) = lock(&sandbox);
    let socket = PathBuf::from(owner["socket"].as_str().unwrap());
    assert!(socket.starts_with(sandbox.root().join("run")), "{}", socket.display());
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);

    let mut elsewhere = owner.clone();
    elsewhere["port"] = free_port().into();
    fs::write(&path, elsewhere.to_string()).unwrap();
    let status = sandbox.autocommit(&["status", "--json"]).ok().json();
    assert_eq!(status["enabled"], true, "nobody listens on that port");

    fs::write(&path, owner.to_string()).unwrap();
    let kept = socket.with_extension("kept");
    fs::rename(&socket, &kept).unwrap();
    let _ = sandbox.autocommit(&["status", "--json"]).ok().json();
    // A name that nobody answers at any more.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    let _ = sandbox.autocommit(&["status", "--json"]).ok().json();
    assert!(daemon.stop().success());
}

#[test]
fn a_killed_owner_leaves_a_socket_that_is_in_nobodys_way() {
    let sandbox = Sandbox::new();
    let daemon = rested(&sandbox, still(&sandbox));
    daemon.kill();
    let daemon = rested(&sandbox, still(&sandbox));
    let (_, owner) = lock(&sandbox);
    let socket = PathBuf::from(owner["socket"].as_str().unwrap());
    assert!(daemon.stop().success());
    assert!(!socket.exists());
}

#[test]
fn a_port_that_is_taken_is_told_with_its_holder_and_no_other_is_taken() {
    // Another program: what this one holds is for a moment held by whatever it is just starting, too.
    let (sandbox, other) = (Sandbox::new(), Sandbox::new());
    let taken = rested(&other, still(&other));
    let port = taken.port();
    sandbox.write_config(&sandbox.config().set("http.port", port));
    let ended = sandbox.autocommit(&["run"]).exits(2);
    let holder = format!("(pid {})", taken.pid());
    assert!(ended.stderr.contains(&port.to_string()) && ended.stderr.contains(&holder), "{}", ended.shown());
}
