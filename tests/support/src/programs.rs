//! Finds the programs that tests start.

use std::{env, path::PathBuf};

/// The `autocommit` under test: `TEST_BIN`, else the one built beside the test program.
#[track_caller]
pub(crate) fn autocommit() -> PathBuf {
    built("autocommit", "TEST_BIN", "autocommit")
}

/// The double of git: `TEST_FAKE_GIT_BIN`, else the one built beside the test program.
#[track_caller]
pub(crate) fn fake_git() -> PathBuf {
    built("fake-git", "TEST_FAKE_GIT_BIN", "autocommit-test-support")
}

/// The double of llama-server: `TEST_FAKE_LLAMA_BIN`, else the one built beside the test program.
#[track_caller]
pub(crate) fn fake_llama() -> PathBuf {
    built("fake-llama", "TEST_FAKE_LLAMA_BIN", "autocommit-test-support")
}

/// The first program of this name on PATH, or in one of `also`.
pub(crate) fn on_path(name: &str, also: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(also.iter().map(PathBuf::from))
        .map(|dir| dir.join(name))
        .find(|p| p.is_file())
}

/// The real git.
#[track_caller]
pub(crate) fn git() -> PathBuf {
    on_path("git", &["/usr/local/bin", "/usr/bin"]).expect("these tests need git on PATH")
}

#[track_caller]
fn built(name: &str, variable: &str, package: &str) -> PathBuf {
    if let Some(path) = env::var_os(variable).map(PathBuf::from) {
        assert!(path.is_file(), "{variable} names {}, and there is no such file", path.display());
        return path;
    }
    let test = env::current_exe().expect("the path of this test");
    // target/debug/deps/test-1234: the programs are one folder up.
    let found = test.ancestors().skip(1).take(3).map(|dir| dir.join(name)).find(|p| p.is_file());
    found.unwrap_or_else(|| {
        panic!("`{name}` is not built: run `cargo build -p {package}`, or name the file in {variable}")
    })
}
