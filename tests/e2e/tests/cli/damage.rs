//! A damaged state folder: commits go on, loudly; a "no" is never forgotten.

use autocommit_e2e::{Traces, arg, assert_arrived, commits};
use autocommit_test_support::Sandbox;
use std::fs;

#[test]
fn a_damaged_database_costs_history_but_no_commit() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "0\n");
    let _ = sandbox.autocommit(&["once"]).ok();
    let database = sandbox.state_dir().join("autocommit.db");
    for (i, garbage) in [&b"This is no database.\n"[..], &[0xff; 8192], b"SQLite format 3\0 and then garbage"]
        .iter()
        .enumerate()
    {
        assert!(database.is_file(), "there is a database to damage");
        fs::write(&database, garbage).unwrap();
        sandbox.write(&repo, "work.txt", format!("{}\n", i + 1));
        let output = sandbox.autocommit(&["once", "--json"]);
        assert_arrived(&sandbox, &repo, &bare);
        assert_eq!(commits(&sandbox, &repo), 3 + i, "{}", output.shown());
        assert!(output.stderr.contains(arg(&database)), "says so: {}", output.shown());
        assert_eq!(output.json()["pushed"], 1, "{}", output.shown());
        let kept = fs::read_dir(sandbox.state_dir()).unwrap().flatten();
        let kept = kept
            .filter(|entry| entry.path() != database && fs::read(entry.path()).is_ok_and(|b| b == *garbage));
        assert_eq!(kept.count(), 1, "what was there is kept aside");
        let quiet = sandbox.autocommit(&["once", "--json"]).ok();
        assert_eq!(quiet.stderr, "", "said once, mended since");
        let history = sandbox.autocommit(&["history", "--json"]).ok().json();
        let newest = &history["entries"][0];
        assert_eq!(newest["commit"], sandbox.git(&repo, &["rev-parse", "HEAD"]), "{history:#}");
    }
}

#[test]
fn a_damaged_switch_means_off() {
    for both in [false, true] {
        let sandbox = Sandbox::new();
        let (repo, bare) = sandbox.repo_with_remote("app");
        let (out, out_bare) = sandbox.repo_with_remote("out");
        let _ = sandbox.autocommit(&["disable"]).ok();
        let _ = sandbox.autocommit(&["enable"]).ok();
        let _ = sandbox.autocommit(&["repo", "disable", arg(&out)]).ok();
        for repo in [&repo, &out] {
            sandbox.write(repo, "work.txt", "1\n");
        }
        let wanted = sandbox.state_dir().join("wanted.json");
        assert!(wanted.is_file());
        fs::write(&wanted, "{\"wanted\": garbage").unwrap();
        if both {
            fs::write(sandbox.state_dir().join("wanted.json.copy"), "{\"wanted\": garbage").unwrap();
        }
        let before = [Traces::of(&sandbox, &repo, Some(&bare)), Traces::of(&sandbox, &out, Some(&out_bare))];
        for args in [["once"].as_slice(), &["push"], &["once", arg(&repo)]] {
            let refused = sandbox.autocommit(args).exits(1);
            assert!(refused.stderr.contains("autocommit enable"), "{}", refused.shown());
        }
        let after = [Traces::of(&sandbox, &repo, Some(&bare)), Traces::of(&sandbox, &out, Some(&out_bare))];
        assert_eq!(before, after, "nothing is committed while it is not known what the person wants");
        let _ = sandbox.autocommit(&["enable"]).ok();
        let _ = sandbox.autocommit(&["once"]).ok();
        assert_arrived(&sandbox, &repo, &bare);
        if !both {
            assert_eq!(commits(&sandbox, &out), 1, "the opt-out is known from the copy");
        }
    }
}

#[test]
fn a_damaged_switch_says_why_at_once() {
    let sandbox = Sandbox::new();
    let _ = sandbox.repo_with_remote("app");
    let _ = sandbox.autocommit(&["enable"]).ok();
    // The first command that meets the damage moves the file aside: nobody else can tell why it is off.
    let wanted = sandbox.state_dir().join("wanted.json");
    fs::write(&wanted, "garbage").unwrap();
    let refused = sandbox.autocommit(&["once"]).exits(1);
    assert!(refused.stderr.contains(arg(&wanted)), "names the damaged file: {}", refused.shown());
}

#[test]
fn a_journal_that_cannot_be_written_stops_nobody() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let _ = sandbox.autocommit(&["once"]).ok();
    let journal = sandbox.state_dir().join("journal");
    if journal.exists() {
        fs::remove_dir_all(&journal).unwrap();
    }
    fs::write(&journal, "not a folder").unwrap();
    sandbox.write(&repo, "work.txt", "1\n");
    let output = sandbox.autocommit(&["once"]);
    assert_arrived(&sandbox, &repo, &bare);
    assert_eq!(commits(&sandbox, &repo), 2);
    assert!(output.stderr.contains(arg(&journal)), "loudly: {}", output.shown());
    assert_eq!(fs::read_to_string(&journal).unwrap(), "not a folder", "what is there is not ours to remove");
    sandbox.fsck(&repo);
}

#[test]
fn the_state_folder_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    let _ = sandbox.autocommit(&["once"]).ok();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&sandbox.state_dir()), 0o700);
    for name in ["token", "token-read", "lock"] {
        assert_eq!(mode(&sandbox.state_dir().join(name)), 0o600, "{name}");
    }
    assert!(sandbox.state_dir().join("autocommit.db").is_file());
    assert!(sandbox.state_dir().join("journal").is_dir());
}
