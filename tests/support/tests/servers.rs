//! The remotes work with the real git, refuse, and hang.

use autocommit_test_support::{
    Sandbox,
    servers::{BlackHole, HttpRemote, SshRemote},
};
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// Bytes that do not compress, so that a push is really that long.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[test]
fn pushing_and_cloning_over_http() {
    let sandbox = Sandbox::new();
    let (repo, bare) = (sandbox.repo("one"), sandbox.bare("one"));
    let remote = HttpRemote::new(sandbox.remotes_dir());
    sandbox.git(&repo, &["remote", "add", "origin", &remote.url("one.git")]);
    sandbox.git(&repo, &["push", "--quiet", "origin", "main"]);
    // More than http.postBuffer: sent in chunks, after a question with Expect or an empty request.
    sandbox.write(&repo, "big.bin", noise(3_000_000));
    let commit = sandbox.commit(&repo, "Add big");
    sandbox.git(&repo, &["push", "--quiet", "origin", "main"]);
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(commit));
    sandbox.fsck(&bare);
    let clone = sandbox.clone_of(remote.url("one.git"), "two");
    let hash = |repo| sandbox.worktree_manifest(repo)[Path::new("big.bin")].hash.clone();
    assert_eq!(hash(&clone), hash(&repo));
    // Many commits that the remote does not have: the negotiation is long enough to be compressed.
    for i in 0..80 {
        sandbox.git(&clone, &["commit", "--quiet", "--allow-empty", "--message", &i.to_string()]);
    }
    sandbox.write(&repo, "new.txt", "new");
    let commit = sandbox.commit(&repo, "Add new");
    sandbox.git(&repo, &["push", "--quiet", "origin", "main"]);
    sandbox.git(&clone, &["fetch", "--quiet"]);
    assert_eq!(sandbox.git(&clone, &["rev-parse", "origin/main"]), commit);
    assert!(remote.requests().iter().all(|r| r.ends_with(" 200")), "{:#?}", remote.requests());
    assert!(remote.requests().contains(&"POST /one.git/git-receive-pack 200".to_owned()));
}

#[test]
fn pushing_over_http_with_expect_and_password() {
    let sandbox = Sandbox::new();
    let (repo, bare) = (sandbox.repo("one"), sandbox.bare("one"));
    let remote = HttpRemote::with_password(sandbox.remotes_dir(), "ada", "secret");
    sandbox.add_git_config("[http]\n\textraHeader = Expect: 100-continue");
    sandbox.write(&repo, "big.bin", noise(2_000_000));
    let commit = sandbox.commit(&repo, "Add big");
    sandbox.git(&repo, &["push", "--quiet", &remote.url_with_password("one.git"), "main"]);
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(commit));
    let refused = sandbox.try_git(&repo, &["push", &remote.url("one.git"), "main"]).exits(128);
    assert!(refused.stderr.contains("could not read Username"), "{}", refused.shown());
    let wrong = remote.url_with_password("one.git").replace("secret", "guess");
    let refused = sandbox.try_git(&repo, &["push", &wrong, "main"]).exits(128);
    assert!(refused.stderr.contains("Authentication failed"), "{}", refused.shown());
    assert!(remote.requests().iter().any(|r| r.ends_with(" 401")));
}

#[test]
fn a_remote_can_refuse_and_reject() {
    let sandbox = Sandbox::new();
    let (repo, bare) = (sandbox.repo("one"), sandbox.bare("one"));
    let remote = HttpRemote::new(sandbox.remotes_dir());
    sandbox.git(&repo, &["remote", "add", "origin", &remote.url("one.git")]);
    remote.refuse(Some(503));
    let refused = sandbox.try_git(&repo, &["push", "origin", "main"]).exits(128);
    assert!(refused.stderr.contains("503"), "{}", refused.shown());
    remote.refuse(None);
    let missing = sandbox.try_git(&repo, &["push", &remote.url("none.git"), "main"]).exits(128);
    assert!(missing.stderr.contains("not found"), "{}", missing.shown());
    sandbox.hook(&bare, "pre-receive", "echo 'not today' >&2; exit 1");
    let rejected = sandbox.try_git(&repo, &["push", "origin", "main"]).exits(1);
    assert!(
        rejected.stderr.contains("not today") && rejected.stderr.contains("pre-receive hook declined"),
        "{}",
        rejected.shown()
    );
}

#[test]
fn a_remote_that_ends_during_a_push_leaves_nothing() {
    let sandbox = Sandbox::new();
    let (repo, bare) = (sandbox.repo("one"), sandbox.bare("one"));
    let remote = HttpRemote::new(sandbox.remotes_dir());
    let url = remote.url("one.git");
    sandbox.hook(&bare, "pre-receive", "sleep 1");
    let started = Instant::now();
    let ending = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(400));
        drop(remote);
    });
    let failed = sandbox.try_git(&repo, &["push", &url, "main"]);
    ending.join().expect("the remote ends");
    assert_ne!(failed.code(), Some(0), "{}", failed.shown());
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_black_hole_is_given_up_by_gits_own_limit() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("one");
    let hole = BlackHole::new();
    let limits = ["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=1"];
    let url = hole.url("http", "x.git");
    let output = sandbox.try_git(&repo, &[&limits[..], &["push", &url, "main"]].concat()).exits(128);
    assert!(output.stderr.contains("too slow") || output.stderr.contains("Timeout"), "{}", output.shown());
    assert!(hole.accepted() >= 1);
}

#[test]
fn pushing_over_ssh() {
    let sandbox = Sandbox::new();
    let (repo, bare) = (sandbox.repo("one"), sandbox.bare("one"));
    // Says why where this machine cannot.
    let Some(remote) = SshRemote::start(&sandbox) else { return };
    sandbox.add_git_config(&remote.git_config());
    let pushed = sandbox.try_git(&repo, &["push", "--quiet", &remote.url(&bare), "main"]);
    assert_eq!(pushed.code(), Some(0), "{}\n{}", pushed.shown(), remote.printed());
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(sandbox.git(&repo, &["rev-parse", "HEAD"])));
}
