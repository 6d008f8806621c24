//! Git itself finds no trailer in what the rules write, whatever the files are called.

mod contract;

use autocommit_core::draft::{Diff, FileStatus};
use std::io::Write as _;
use std::process::Stdio;

#[test]
#[allow(clippy::disallowed_methods, reason = "the oracle is git itself, outside of any repository")]
fn git_reads_no_trailers() {
    let home = tempfile::tempdir().expect("a folder");
    let mut names: Vec<&str> = contract::HOSTILE_NAMES.to_vec();
    names.extend(["Fixes: 12", "Change-Id: I12", "a: b", ": x", "(cherry picked from commit 12)"]);
    for count in [1, 2, names.len()] {
        for group in names.chunks(count) {
            let files = group.iter().map(|n| contract::file(*n, FileStatus::Modified, 1, 1)).collect();
            let text = contract::ruled(&Diff { files, patch: Vec::new(), ..Diff::default() }).text();
            let mut git = std::process::Command::new("git")
                .args(["interpret-trailers", "--parse"])
                .env("HOME", home.path())
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .current_dir(home.path())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("git");
            git.stdin.take().expect("stdin").write_all(text.as_bytes()).expect("written");
            let output = git.wait_with_output().expect("git ends");
            assert!(output.status.success());
            assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{text}");
        }
    }
}
