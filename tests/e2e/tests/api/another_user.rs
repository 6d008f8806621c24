//! Another user of the same machine: what is kept of this one's is closed to them. Skipped where the tests may not become
//! another user.

#![allow(clippy::print_stdout, reason = "a test that says what it cannot try")]

use crate::{rested, still, triggered};
use autocommit_test_support::{Sandbox, request};
use rustix::{
    process::{Gid, Uid},
    thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid},
};
use std::{
    fs,
    io::ErrorKind,
    os::unix::{
        fs::{FileTypeExt as _, PermissionsExt as _},
        net::UnixStream,
    },
    path::{Path, PathBuf},
    thread,
};

/// Nobody's number, by custom.
const NOBODY: u32 = 65_534;

/// What this gives to somebody who is not us: a thread of its own becomes that one, and ends.
fn as_another<T: Send>(look: impl FnOnce() -> T + Send) -> Option<T> {
    let (user, group) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            set_thread_groups(&[]).ok()?;
            set_thread_res_gid(group, group, group).ok()?;
            set_thread_res_uid(user, user, user).ok()?;
            Some(look())
        });
        thread.join().unwrap()
    })
}

fn open_to_all(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Every file below a folder, sockets too.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn what_is_kept_is_closed_to_another_user() {
    let sandbox = Sandbox::new();
    // Only the program's own modes are to keep the other one out, not those of the folders around.
    open_to_all(&sandbox.root());
    let open = sandbox.root().join("open.txt");
    fs::write(&open, "for all\n").unwrap();
    let Some(read) = as_another(|| fs::read_to_string(&open)) else {
        println!("another_user: SKIPPED: this needs the right to become another user (root)");
        return;
    };
    assert_eq!(read.unwrap(), "for all\n", "the other one gets as far as this");

    let (repo, _) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    sandbox.write(&repo, "work.txt", "1\n");
    triggered(&daemon, None);
    // Open from the beginning, it would not have been taken.
    open_to_all(&sandbox.root().join("run"));
    // Even where somebody opened the folder: each file is closed by itself.
    for opened in [false, true] {
        if opened {
            open_to_all(&sandbox.state_dir());
        }
        let kept = files(&sandbox.state_dir());
        for name in ["token", "token-read", "lock", "journal", "autocommit.db"] {
            let is_it = |path: &PathBuf| path.to_string_lossy().contains(name);
            assert!(kept.iter().any(is_it), "{name} is among {kept:#?}");
        }
        let sockets = files(&sandbox.root().join("run"));
        let sockets: Vec<_> =
            sockets.into_iter().filter(|path| path.metadata().unwrap().file_type().is_socket()).collect();
        assert_eq!(sockets.len(), 1, "{sockets:?}");
        as_another(|| {
            for path in &kept {
                let refused = fs::read(path).map(|bytes| bytes.len()).map_err(|error| error.kind());
                assert_eq!(refused, Err(ErrorKind::PermissionDenied), "{}", path.display());
                let refused =
                    fs::File::options().append(true).open(path).map(|_| ()).map_err(|error| error.kind());
                assert_eq!(refused, Err(ErrorKind::PermissionDenied), "writing {}", path.display());
            }
            let refused = UnixStream::connect(&sockets[0]).map(|_| ()).map_err(|error| error.kind());
            assert_eq!(refused, Err(ErrorKind::PermissionDenied), "{}", sockets[0].display());
            // The port is everybody's, and without the token it says nothing.
            let told = request(daemon.port(), "GET", "/status", &[], b"").unwrap();
            assert_eq!(told.status, 401);
        })
        .expect("as before");
        UnixStream::connect(&sockets[0]).expect("for ourselves it is open");
    }
}
