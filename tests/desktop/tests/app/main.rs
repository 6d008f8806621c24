//! The desktop app as a person meets it: in the tray, in bubbles, in its window, at login and at logout.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test")]

mod notifications;
mod panel;
mod start;
mod tray;
mod window;

use autocommit_desktop_tests::{SOON, Session, eventually};
use autocommit_test_support::Config;
use std::path::Path;

/// How many commits a branch of a repository, bare or not, has.
fn commits(session: &Session, repo: &Path) -> usize {
    session.sandbox().git(repo, &["rev-list", "--count", "main"]).parse().unwrap()
}

/// Waits until the remote's branch has this many commits.
#[track_caller]
fn wait_for_commits(session: &Session, bare: &Path, many: usize) {
    eventually(&format!("{many} commits in {}", bare.display()), SOON, || match commits(session, bare) {
        found if found == many => Ok(()),
        found => Err(format!("{found} commits")),
    });
}

/// Settings for tests of the app: cycles only when asked for, and no API on a port.
fn quiet(session: &Session) -> Config {
    session.sandbox().config().set("http.enabled", false).set("watch", false)
}
