//! The API key of a server of the person's own: in the system's keyring, for that server alone, and nowhere else.
#![cfg(target_os = "linux")]

use crate::{history, message_of};
use autocommit_e2e::arg;
use autocommit_test_support::{
    Output, Sandbox,
    keyring::Keyring,
    servers::{FakeLlm, Script},
};
use serde_json::Value;
use std::{
    io::Write as _,
    os::unix::net::UnixListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

const KEY: &str = "k-0f3a77c1e9";
const ANSWER: &str = "change the delay of retry";
const LIMIT: Duration = Duration::from_secs(120);

fn with_server(sandbox: &Sandbox, url: &str) -> autocommit_test_support::Config {
    let config = sandbox.config().set("http.enabled", false).set("llm.enabled", true);
    config.set("llm.base_url", url).set("llm.llama_model_id", FakeLlm::MODEL)
}

/// A server that wants the key.
fn server() -> FakeLlm {
    let server = FakeLlm::new(Script::Says(ANSWER.to_owned()));
    server.want_key(KEY);
    server
}

fn repository(sandbox: &Sandbox) -> PathBuf {
    let repo = sandbox.repo("app");
    before(sandbox, &repo);
    repo
}

/// Commits what the next change is made to.
fn before(sandbox: &Sandbox, repo: &Path) {
    sandbox.write(repo, "retry.py", "def retry(delay):\n    return delay\n");
    sandbox.git(repo, &["add", "--all"]);
    sandbox.commit(repo, "Add retry");
}

/// A change that rules do not tell every line of.
fn change(sandbox: &Sandbox, repo: &Path, limit: u32) {
    before(sandbox, repo);
    let text = format!("def retry(delay):\n    # cap\n    return min(delay, {limit})\n");
    sandbox.write(repo, "retry.py", text);
}

/// The run of one cycle over another change.
#[track_caller]
fn once(sandbox: &Sandbox, repo: &Path, limit: u32) -> (Value, Output) {
    change(sandbox, repo, limit);
    let output = sandbox.autocommit(&["once", "--json", arg(repo)]).ok();
    (output.json()["runs"][0].clone(), output)
}

/// Gives the key as a pipe does.
#[track_caller]
fn set_key(sandbox: &Sandbox, input: &str) -> Output {
    let mut child = sandbox
        .autocommit_command()
        .args(["model", "key", "set"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    Output {
        command: "model key set".to_owned(),
        status: ended.status,
        stdout: String::from_utf8(ended.stdout).unwrap(),
        stderr: String::from_utf8(ended.stderr).unwrap(),
    }
}

#[track_caller]
fn source(sandbox: &Sandbox) -> String {
    let output = sandbox.autocommit(&["model", "status", "--json"]).ok();
    assert!(!output.shown().contains(KEY), "{}", output.shown());
    output.json()["key"]["source"].as_str().unwrap().to_owned()
}

/// No file that Autocommit keeps holds the key, and nothing of the person's either.
#[track_caller]
fn is_written_nowhere(sandbox: &Sandbox) {
    let mut folders =
        vec![sandbox.state_dir(), sandbox.repos_dir(), sandbox.home(), sandbox.root().join("tmp")];
    folders.push(sandbox.config_file().parent().unwrap().to_owned());
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                let bytes = std::fs::read(entry.path()).unwrap_or_default();
                seen += 1;
                let found = bytes.windows(KEY.len()).any(|part| part == KEY.as_bytes());
                assert!(!found, "{}", entry.path().display());
            }
        }
    }
    assert!(seen > 10, "{seen} files");
}

#[test]
fn the_key_is_kept_by_the_keyring_and_goes_to_its_server() {
    if !Keyring::is_installed() {
        return;
    }
    let sandbox = Sandbox::new();
    let keyring = Keyring::unlocked(&sandbox);
    let (own, other) = (server(), server());
    sandbox.write_config(&with_server(&sandbox, &own.url()));
    let repo = repository(&sandbox);
    assert_eq!(source(&sandbox), "none");
    let (run, _) = once(&sandbox, &repo, 30);
    let reason = run["message_reason"].as_str().unwrap();
    assert!(reason.contains("wants an API key") && reason.contains("autocommit model key set"), "{run:#}");

    let wrong = set_key(&sandbox, "two words\n").exits(2);
    assert!(wrong.stderr.contains("Nothing was stored."), "{}", wrong.shown());
    let stored = set_key(&sandbox, &format!("{KEY}\n")).ok();
    assert!(stored.stderr.contains("is in the system keyring."), "{}", stored.shown());
    assert_eq!(source(&sandbox), "keyring");
    let (run, output) = once(&sandbox, &repo, 40);
    assert_eq!(run["message_source"], "llm", "{run:#}");
    assert!(message_of(&sandbox, &repo).to_lowercase().contains(ANSWER));
    assert_eq!(own.keys().last().unwrap().as_deref(), Some(KEY));
    // What a person looks at does not show it, nor does what was asked of the model.
    change(&sandbox, &repo, 45);
    let explained = sandbox.autocommit(&["message", "--explain", arg(&repo)]).ok();
    let shown = [output.shown(), stored.shown(), explained.shown(), format!("{:?}", history(&sandbox, &[]))];
    assert!(shown.iter().all(|text| !text.contains(KEY)), "{shown:?}");
    assert!(own.asked().iter().all(|asked| !asked.to_string().contains(KEY)));
    is_written_nowhere(&sandbox);
    // Who listens on the bus has seen that there is talk about the server, and not the key.
    let heard = keyring.heard();
    assert!(heard.contains("dev.autocommit.ModelKey") && !heard.contains(KEY), "{heard}");

    // Another server is not given it, though it asks in the same way.
    sandbox.write_config(&with_server(&sandbox, &other.url()));
    assert_eq!(source(&sandbox), "none");
    let (run, _) = once(&sandbox, &repo, 50);
    assert_eq!(run["message_source"], "rules", "{run:#}");
    let tested = sandbox.autocommit(&["doctor", "--json"]);
    assert!(!tested.stdout.contains(KEY), "{}", tested.shown());
    assert!(!other.keys().is_empty() && other.keys().iter().all(Option::is_none), "{:?}", other.keys());

    // Nor does it get the key of the first when that is taken away, and then nobody has it.
    let removed = sandbox.autocommit(&["model", "key", "remove"]).ok();
    assert!(removed.stderr.contains("There was no key"), "{}", removed.shown());
    let removed = sandbox.autocommit(&["model", "key", "remove", &own.url()]).ok();
    assert!(removed.stderr.contains("was taken out"), "{}", removed.shown());
    sandbox.write_config(&with_server(&sandbox, &own.url()));
    assert_eq!(source(&sandbox), "none");
}

#[test]
fn the_environment_counts_before_the_keyring() {
    if !Keyring::is_installed() {
        return;
    }
    let sandbox = Sandbox::new();
    let _keyring = Keyring::unlocked(&sandbox);
    let own = server();
    sandbox.write_config(&with_server(&sandbox, &own.url()).set("llm.api_key_env", "SOME_KEY"));
    let _ = set_key(&sandbox, "another-key").ok();
    // The variable is named and not there.
    assert_eq!(source(&sandbox), "keyring");
    sandbox.set_env("SOME_KEY", KEY);
    assert_eq!(source(&sandbox), "environment");
    let repo = repository(&sandbox);
    assert_eq!(once(&sandbox, &repo, 30).0["message_source"], "llm");
    assert_eq!(own.keys(), [Some(KEY.to_owned())]);
}

#[test]
fn a_locked_keyring_is_left_locked_and_said() {
    if !Keyring::is_installed() {
        return;
    }
    let sandbox = Sandbox::new();
    let mut keyring = Keyring::unlocked(&sandbox);
    let own = server();
    sandbox.write_config(&with_server(&sandbox, &own.url()));
    let _ = set_key(&sandbox, KEY).ok();
    keyring.lock();
    let before = keyring.heard().len();
    let repo = repository(&sandbox);
    let (run, output) = once(&sandbox, &repo, 30);
    let said = "The language model's server wants an API key. The system keyring is locked.";
    assert!(run["message_reason"].as_str().unwrap().ends_with(said), "{run:#}");
    assert_eq!(output.stderr.matches(said).count(), 1, "{}", output.shown());
    assert_eq!(source(&sandbox), "unknown");
    let status = sandbox.autocommit(&["model", "status"]).ok();
    assert!(status.stdout.contains("The system keyring is locked."), "{}", status.shown());
    let doctor = sandbox.autocommit(&["doctor"]);
    assert!(doctor.stdout.contains("The system keyring is locked."), "{}", doctor.shown());
    assert!(own.keys().iter().all(Option::is_none), "{:?}", own.keys());
    // Nothing that would have opened a window was said, and something was said at all.
    let heard = keyring.heard()[before..].to_owned();
    assert!(heard.contains("member=ReadAlias"), "{heard}");
    for word in ["member=Unlock", "member=Prompt", "member=GetSecret", "SystemPrompter"] {
        assert!(!heard.contains(word), "{word} in {heard}");
    }
}

#[test]
fn a_keyring_that_does_not_answer_delays_nothing_for_long() {
    if !Keyring::is_installed() {
        return;
    }
    let sandbox = Sandbox::new();
    let keyring = Keyring::unlocked(&sandbox);
    let own = server();
    sandbox.write_config(&with_server(&sandbox, &own.url()));
    let _ = set_key(&sandbox, KEY).ok();
    keyring.hang();
    let repo = repository(&sandbox);
    let (run, _) = once(&sandbox, &repo, 30);
    let reason = run["message_reason"].as_str().unwrap();
    assert!(reason.ends_with("The system keyring did not answer in time."), "{run:#}");
    assert_eq!(run["message_source"], "rules");
    assert!(run["message_ms"].as_u64().unwrap() < 15_000, "{run:#}");
    assert_eq!(source(&sandbox), "unknown");
}

#[test]
fn without_a_keyring_there_is_no_key_and_work_goes_on() {
    let sandbox = Sandbox::new();
    let own = server();
    sandbox.write_config(&with_server(&sandbox, &own.url()));
    let repo = repository(&sandbox);
    let mut limit = 30;
    let mut expect = |sandbox: &Sandbox, sentence: &str| {
        limit += 1;
        let (run, _) = once(sandbox, &repo, limit);
        assert_eq!(run["message_source"], "rules", "{run:#}");
        assert!(run["message_reason"].as_str().unwrap().ends_with(sentence), "{sentence}: {run:#}");
    };
    let absent = "There is no system keyring in this session.";
    // No bus is named, and none is where one usually is.
    expect(&sandbox, absent);
    assert_eq!(source(&sandbox), "none");
    let refused = set_key(&sandbox, KEY).exits(1);
    assert!(refused.stderr.contains(absent), "{}", refused.shown());
    // The socket of a bus that has ended.
    let stale = sandbox.root().join("stale.socket");
    drop(UnixListener::bind(&stale).unwrap());
    sandbox.set_env("DBUS_SESSION_BUS_ADDRESS", &format!("unix:path={}", stale.display()));
    expect(&sandbox, absent);
    // A bus that takes connections and says nothing.
    let silent = sandbox.root().join("silent.socket");
    let _listening = UnixListener::bind(&silent).unwrap();
    sandbox.set_env("DBUS_SESSION_BUS_ADDRESS", &format!("unix:path={}", silent.display()));
    expect(&sandbox, "The system keyring did not answer in time.");
    assert!(own.keys().iter().all(Option::is_none), "{:?}", own.keys());
    if Keyring::is_installed() {
        let _bus = Keyring::bus(&sandbox);
        expect(&sandbox, absent);
    }
}

/// The daemon needs no restart for a key that comes or goes, and tells where it comes from.
#[test]
fn a_running_daemon_takes_a_key_up() {
    if !Keyring::is_installed() {
        return;
    }
    let sandbox = Sandbox::new();
    let _keyring = Keyring::unlocked(&sandbox);
    let own = server();
    let config = with_server(&sandbox, &own.url()).set("http.enabled", true).set("watch", false);
    let repo = repository(&sandbox);
    let daemon = sandbox.daemon_with(config.set("quiet_seconds", 0));
    daemon.wait_for("the repository", LIMIT, |daemon| {
        let known = daemon.get("/repos").json()["repos"].as_array().is_some_and(|repos| repos.len() == 1);
        known.then_some(())
    });
    let commit = |limit: u32| {
        change(&sandbox, &repo, limit);
        let before = sandbox.git(&repo, &["rev-parse", "HEAD"]);
        let _ = sandbox.autocommit(&["trigger", arg(&repo)]).ok();
        daemon.wait_for("a commit in the history", LIMIT, |_| {
            let head = sandbox.git(&repo, &["rev-parse", "HEAD"]).trim().to_owned();
            let newest = history(&sandbox, &["-n", "1"]).into_iter().next()?;
            (head != before.trim() && newest["commit"] == head.as_str()).then_some(newest)
        })
    };
    assert_eq!(commit(30)["message_source"], "rules");
    assert_eq!(daemon.get("/model/key").expect(200).json()["source"], "none");
    let _ = set_key(&sandbox, KEY).ok();
    assert_eq!(commit(40)["message_source"], "llm");
    let state = daemon.get("/model/key").expect(200);
    assert_eq!(state.json()["source"], "keyring");
    assert!(!state.body.contains(KEY) && !daemon.printed().contains(KEY));
    assert!(daemon.post("/llm/test", None).expect(200).json()["ok"].as_bool().unwrap());
    let _ = sandbox.autocommit(&["model", "key", "remove"]).ok();
    let entry = commit(50);
    assert_eq!(entry["message_source"], "rules", "{entry:#}");
    assert!(!daemon.get("/status").body.contains(KEY));
}
