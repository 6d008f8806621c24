//! How `once`, `push` and `run` end: 0, 1, 2, 3, and the words that go with it.

use autocommit_e2e::{Traces, arg, assert_arrived, commits};
use autocommit_test_support::Sandbox;
use std::net::TcpListener;

/// The commands whose ends are promised.
const COMMANDS: [&str; 3] = ["once", "push", "run"];

#[test]
fn one_where_something_is_held() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.git(&repo, &["checkout", "--quiet", "--detach"]);
    sandbox.write(&repo, "work.txt", "1\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let held = sandbox.autocommit(&["once", "--json"]).exits(1);
    let run = &held.json()["runs"][0];
    assert_eq!(run["status"], "held", "{run:#}");
    assert!(run["hint"].as_str().is_some_and(|hint| hint.ends_with('.')), "says what to do: {run:#}");
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
    // A file that is held does not keep the others back.
    sandbox.git(&repo, &["switch", "--quiet", "main"]);
    sandbox.write(&repo, "large.bin", vec![7_u8; 2 << 20]);
    let held = sandbox.autocommit(&["--set", "guards.max_file_mib=1", "once", "--json"]).exits(1);
    let run = &held.json()["runs"][0];
    assert_eq!(run["held"][0]["path"], "large.bin", "{run:#}");
    assert_eq!(sandbox.git(&repo, &["status", "--porcelain"]), "?? large.bin");
    assert_eq!(sandbox.git(&repo, &["show", "--name-only", "--format=", "HEAD"]), "work.txt");
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(sandbox.git(&repo, &["rev-parse", "HEAD"])));
}

#[test]
fn one_where_something_failed_or_waits_for_the_network() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.hook(&bare, "pre-receive", "exit 1");
    sandbox.trust(&repo);
    sandbox.write(&repo, "work.txt", "1\n");
    let _ = sandbox.autocommit(&["once"]).exits(1);
    assert_eq!(commits(&sandbox, &repo), 2);
    let _ = sandbox.autocommit(&["push"]).exits(1);
    // A port where nobody listens.
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/app.git");
    sandbox.git(&repo, &["remote", "set-url", "origin", &url]);
    sandbox.trust(&repo);
    sandbox.write(&repo, "work.txt", "2\n");
    let waits = sandbox.autocommit(&["once", "--json"]).exits(1).json();
    assert_eq!(waits["runs"][0]["status"], "committed", "{waits:#}");
    assert_eq!(commits(&sandbox, &repo), 3);
    let _ = sandbox.autocommit(&["push"]).exits(1);
    std::fs::remove_file(bare.join("hooks/pre-receive")).unwrap();
    sandbox.git(&repo, &["remote", "set-url", "origin", arg(&bare)]);
    sandbox.trust(&repo);
    let _ = sandbox.autocommit(&["push"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
}

#[test]
fn two_where_no_folder_is_named() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    sandbox.write_config(&sandbox.config().set("http.enabled", false).unset("repos_base_paths"));
    for command in ["once", "push", "scan"] {
        let nothing = sandbox.autocommit(&[command]).exits(2);
        assert!(nothing.stderr.contains("repos_base_paths"), "{}", nothing.shown());
        assert!(nothing.stderr.contains(arg(&sandbox.config_file())), "{}", nothing.shown());
    }
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
}

#[test]
fn two_where_the_configuration_is_wrong() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let base = sandbox.repos_dir();
    for (line, key) in [
        ("pusch = false", "pusch"),
        ("push = \"no\"", "push"),
        ("quiet_seconds = -1", "quiet_seconds"),
        ("cycle_interval_seconds = 0", "cycle_interval_seconds"),
        ("llm.base_url = \"https://models.example.org\"", "llm.base_url"),
        ("http.bind = \"0.0.0.0\"", "http.bind"),
        ("guards.secrets = \"ignore\"", "guards.secrets"),
        ("deadlines.push_seconds = 0", "deadlines.push_seconds"),
    ] {
        let text = format!("repos_base_paths = [{:?}]\n# A comment.\n{line}\n", arg(&base));
        std::fs::write(sandbox.config_file(), text).unwrap();
        for command in COMMANDS.iter().map(|c| vec![*c]).chain([vec!["config", "check"]]) {
            let wrong = sandbox.autocommit(&command).exits(2);
            let place = format!("{}:3", sandbox.config_file().display());
            assert!(wrong.stderr.contains(&place), "file and line: {}", wrong.shown());
            assert!(wrong.stderr.contains(key), "key: {}", wrong.shown());
        }
    }
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
}

#[test]
fn two_where_a_variable_or_flag_is_wrong() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    for args in
        [&["once", "--nope"][..], &["nope"], &["once", "--set", "nope=1"], &["history", "--since", "soon"]]
    {
        let wrong = sandbox.autocommit(args).exits(2);
        assert_eq!(wrong.stdout, "", "{}", wrong.shown());
    }
    let _ = sandbox.autocommit(&["--config", "/nowhere/config.toml", "once"]).exits(2);
    sandbox.set_env("AUTOCOMMIT_NOPE", "1");
    for command in COMMANDS {
        let wrong = sandbox.autocommit(&[command]).exits(2);
        assert!(wrong.stderr.contains("AUTOCOMMIT_NOPE"), "{}", wrong.shown());
    }
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
}

#[test]
fn two_where_the_state_folder_cannot_be_used() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    std::fs::write(sandbox.state_dir(), "not a folder").unwrap();
    for command in COMMANDS {
        let refused = sandbox.autocommit(&[command]).exits(2);
        assert!(refused.stderr.contains(arg(&sandbox.state_dir())), "says why: {}", refused.shown());
    }
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before, "what cannot be locked is not touched");
    assert_eq!(std::fs::read_to_string(sandbox.state_dir()).unwrap(), "not a folder");
}

#[test]
fn two_where_the_port_is_taken() {
    let sandbox = Sandbox::new();
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    sandbox.write_config(&sandbox.config().set("http.port", port));
    let refused = sandbox.autocommit(&["run"]).exits(2);
    assert!(refused.stderr.contains(&port.to_string()), "{}", refused.shown());
    assert!(
        refused.stderr.contains(&format!("pid {}", std::process::id())),
        "names the owner: {}",
        refused.shown()
    );
}

#[test]
fn three_where_another_process_owns_the_repositories() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let daemon = sandbox.daemon_with(sandbox.config().set("watch", false));
    daemon.rested(super::LIMIT);
    sandbox.write(&repo, "work.txt", "1\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    for args in [&["run"][..], &["once"], &["push"], &["once", arg(&repo)], &["once", "--json"]] {
        let refused = sandbox.autocommit(args).exits(3);
        assert_eq!(refused.stderr.lines().count(), 1, "one line: {}", refused.shown());
        assert!(refused.stderr.contains(&format!("pid {}", daemon.pid())), "{}", refused.shown());
        assert_eq!(refused.stdout, "");
    }
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
    assert_eq!(daemon.get("/health").status, 200, "the first one does not notice");
    daemon.kill();
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
}
