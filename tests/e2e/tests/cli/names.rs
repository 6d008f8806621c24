//! Names that nobody expects: committed as they are, shown harmlessly.

use autocommit_e2e::{arg, assert_arrived};
use autocommit_test_support::{Output, Sandbox};
use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, path::Path};

/// Files with every kind of odd name.
const FILES: [&[u8]; 9] = [
    b"two\nlines.txt",
    "caf\u{e9} \u{1f980}.txt".as_bytes(),
    b"-n",
    b"--help",
    b"\xff\xfe.bin",
    b"tab\tbell\x07.txt",
    b"\x1b[31mred.txt",
    b":(glob)star*.txt",
    b" quote\"'$(x)\\ ",
];

/// Bidirectional controls, which can make a name read as another one.
const BIDI: &str = "invoice\u{202e}txt.exe";

#[track_caller]
fn harmless(output: &Output) {
    for text in [&output.stdout, &output.stderr] {
        let raw = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!text.contains(raw), "a raw control character in {text:?}");
    }
}

#[test]
fn odd_names_are_committed_and_shown_harmlessly() {
    let sandbox = Sandbox::new();
    let folders: [&[u8]; 4] = [b"new\nline", "crab \u{1f980} \x1b[2J".as_bytes(), b"-f", b"latin\xe9"];
    let mut pairs = Vec::new();
    for (i, folder) in folders.into_iter().enumerate() {
        let (made, bare) = sandbox.repo_with_remote(&format!("odd{i}"));
        let repo = sandbox.repos_dir().join(OsStr::from_bytes(folder));
        std::fs::rename(made, &repo).unwrap();
        for name in FILES.into_iter().chain([BIDI.as_bytes()]) {
            sandbox.write(&repo, Path::new(OsStr::from_bytes(name)), b"content\n");
        }
        sandbox.write(&repo, Path::new(OsStr::from_bytes(b"large\n\x1b]0;title\x07")), vec![7_u8; 2 << 20]);
        pairs.push((repo, bare));
    }
    let limit = ["--set", "guards.max_file_mib=1"];
    let commands: [&[&str]; 2] = [&["once", "--dry-run"], &["once"]];
    for command in commands {
        let output = sandbox.autocommit(&[&limit[..], command].concat()).exits(1);
        harmless(&output);
        assert!(output.stderr.contains("large\\n"), "the held file is named: {}", output.shown());
    }
    for (repo, bare) in &pairs {
        let tree = sandbox.git_command(repo).args(["ls-tree", "-z", "--name-only", "HEAD"]).output().unwrap();
        let mut found: Vec<&[u8]> = tree.stdout.split(|b| *b == 0).filter(|n| !n.is_empty()).collect();
        let mut expected: Vec<&[u8]> = FILES.into_iter().chain([BIDI.as_bytes(), b"README.md"]).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "every name, byte for byte, and not the held one");
        assert_eq!(sandbox.remote_tip(bare, "main"), Some(sandbox.git(repo, &["rev-parse", "HEAD"])));
        let message = sandbox.git(repo, &["log", "-1", "--format=%B"]);
        assert!(!message.contains(|c: char| c.is_control() && c != '\n'), "{message:?}");
        sandbox.fsck(repo);
    }
    for command in [&["repos"][..], &["history"], &["scan"], &["status"], &["config", "show"]] {
        harmless(&sandbox.autocommit(command).ok());
        let _ = sandbox.autocommit(&[command, &["--json"]].concat()).ok().json();
    }
    let cycle = sandbox.autocommit(&[&limit[..], &["once", "--json"]].concat()).exits(1).json();
    assert_eq!(cycle["runs"].as_array().map(Vec::len), Some(4), "{cycle:#}");
}

#[test]
fn a_path_with_a_leading_dash_can_be_named() {
    let sandbox = Sandbox::new();
    let (made, bare) = sandbox.repo_with_remote("app");
    let repo = sandbox.repos_dir().join("--force");
    std::fs::rename(made, &repo).unwrap();
    sandbox.write(&repo, "work.txt", "1\n");
    let message = sandbox.autocommit_in(sandbox.repos_dir(), &["message", "--", "--force"]).ok();
    harmless(&message);
    let _ = sandbox.autocommit_in(sandbox.repos_dir(), &["once", "--", "--force"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
    let shown = sandbox.autocommit(&["history", "--repo", arg(&repo)]).ok();
    assert!(shown.stdout.contains("--force"), "{}", shown.shown());
}
