//! Secrets, end to end: unlike any others, planted in every place that a person or a server can put them, and then sought
//! in everything that was pushed, stored, logged or answered, by a scanner that knows nothing of ours.
#![allow(clippy::unwrap_used, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "a test plays the person and the world around the program")]
#![allow(clippy::print_stdout, reason = "what cannot be shown on a machine is said aloud")]

mod canary;
mod places;
mod scanner;

use autocommit_promises::{Scale, Tally};
use autocommit_test_support::{Daemon, Sandbox};
use canary::Canary;
use scanner::{Scanner, files_below, objects_of};
use std::time::Duration;

/// What the program printed and answered: where it was seen, and the bytes.
type Said = Vec<(String, Vec<u8>)>;

/// Everything that can be asked of the command line.
fn asked(sandbox: &Sandbox, said: &mut Said) {
    for args in [
        &["once", "--json"][..],
        &["once"],
        &["push"],
        &["once", "--dry-run"],
        &["once", "--dry-run", "--json"],
        &["status"],
        &["status", "--json"],
        &["repos"],
        &["repos", "--json"],
        &["history"],
        &["history", "--json"],
        &["doctor"],
        &["config", "show"],
        &["held"],
        &["held", "--json"],
        &["trust", "list"],
    ] {
        let output = sandbox.autocommit(args);
        said.push((format!("{args:?} on standard output"), output.stdout.into_bytes()));
        said.push((format!("{args:?} on standard error"), output.stderr.into_bytes()));
    }
}

/// Everything that the API answers, after a cycle of its own.
fn answered(daemon: &Daemon, said: &mut Said) {
    let asked = daemon.post("/trigger", Some(&serde_json::json!({}))).expect(202).json();
    daemon.finished(&asked, Duration::from_secs(120));
    let mut paths = vec![
        "/status".to_owned(),
        "/repos".to_owned(),
        "/history?limit=1000".to_owned(),
        "/health".to_owned(),
    ];
    paths.push(format!("/cycles/{}", asked["cycle_id"].as_str().unwrap()));
    for repo in daemon.get("/repos").json()["repos"].as_array().unwrap() {
        let id = repo["id"].as_str().unwrap();
        paths.extend([format!("/repos/{id}"), format!("/repos/{id}/message")]);
    }
    for path in paths {
        said.push((format!("GET {path}"), daemon.get(&path).body.into_bytes()));
    }
    said.push(("the daemon's log".to_owned(), daemon.printed().into_bytes()));
}

#[test]
fn no_planted_secret_leaves_or_is_kept() {
    let mut tally = Tally::new("secrets", Scale::from_environment().seed());
    let sandbox = Sandbox::new();
    sandbox.write_config(&sandbox.config().set("http.enabled", false));
    let planted = places::plant(&sandbox);
    tally.count("planted secrets", planted.len() as u64);
    let canaries: Vec<&Canary> = planted.iter().map(|place| &place.canary).collect();
    let scanner = Scanner::new(&canaries);
    // What is not to be kept or shown either.
    let own_names = planted.iter().filter(|place| !place.a_name).map(|place| &place.canary);
    let unkept = Scanner::new(&own_names.collect::<Vec<_>>());
    let mut said = Said::new();
    // A remote that is a folder here brings programs too; what they print is what a server would print.
    for place in planted.iter().filter(|place| place.name.starts_with("server-")) {
        let _ = sandbox.autocommit(&["trust", "allow", place.work.to_str().unwrap()]).exits(0);
    }
    asked(&sandbox, &mut said);
    let daemon = sandbox.daemon();
    answered(&daemon, &mut said);
    assert!(daemon.stop().success());

    // What went out.
    for place in &planted {
        for (name, bytes) in objects_of(&sandbox, &place.bare) {
            tally.count("published objects", 1);
            for found in scanner.scan(&bytes) {
                tally.fail(format!("{}: the secret of {found} was pushed, in {name}", place.name));
            }
        }
        for (name, bytes) in files_below(&place.bare, &["objects", "hooks"]) {
            for found in scanner.scan(&bytes) {
                tally.fail(format!("{}: the secret of {found} is at the remote, in {name}", place.name));
            }
        }
    }
    // What is kept, and what was shown.
    for folder in
        [sandbox.state_dir(), sandbox.home(), sandbox.root().join("run"), sandbox.root().join("tmp")]
    {
        for (name, bytes) in files_below(&folder, &[]) {
            tally.count("kept files", 1);
            for found in unkept.scan(&bytes) {
                tally.fail(format!("the secret of {found} is kept in {name}"));
            }
        }
    }
    for (where_seen, bytes) in &said {
        tally.count("answers", 1);
        for found in unkept.scan(bytes) {
            tally.fail(format!("the secret of {found} is shown by {where_seen}"));
        }
    }
    // Work that is no secret went out all the same.
    for place in planted.iter().filter(|place| place.rest_goes) {
        let rest = sandbox.try_git(&place.bare, &["cat-file", "-e", "main:rest.txt"]);
        if !rest.status.success() {
            tally.fail(format!("{}: what is no secret was not pushed", place.name));
        }
    }
    by_another(&sandbox, &planted, &mut tally);
    control(&sandbox, &planted, &scanner, &mut tally);
    tally.end();
}

/// A scanner that others wrote, over the files of every published commit, where there is one on this machine.
fn by_another(sandbox: &Sandbox, planted: &[places::Place], tally: &mut Tally) {
    let Some(program) = std::env::var_os("TEST_DETECT_SECRETS").or_else(|| {
        let there = sandbox.run(sandbox.root(), "sh", &["-c", "command -v detect-secrets"]);
        there.status.success().then(|| there.stdout.trim().into())
    }) else {
        println!("secrets: SKIPPED the scanner of others: detect-secrets is not installed");
        return;
    };
    let out = sandbox.root().join("published");
    for place in planted {
        for (n, commit) in sandbox.git(&place.bare, &["rev-list", "--all"]).lines().enumerate() {
            let dir = out.join(&place.name).join(n.to_string());
            std::fs::create_dir_all(&dir).unwrap();
            let script = format!("git archive {commit} | tar -x -C {}", dir.display());
            let _ = sandbox.run(&place.bare, "sh", &["-ec", &script]);
        }
    }
    let scan = |dir: &std::path::Path| {
        let program = program.to_str().unwrap();
        let said = sandbox.run(dir, program, &["scan", "--all-files", "--no-verify"]).json();
        said["results"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    tally.count("published files seen by another scanner", files_below(&out, &[]).len() as u64);
    for file in scan(&out) {
        tally.fail(format!("another scanner found a secret in the published {file}"));
    }
    let control = sandbox.root().join("control");
    for place in planted {
        sandbox.write(&control, format!("{}.py", place.name), format!("TOKEN = \"{}\"\n", place.canary.text));
    }
    let seen = scan(&control).len();
    assert!(seen * 2 > planted.len(), "the other scanner sees {seen} of {} in the open", planted.len());
}

/// The same repositories pushed by plain git: the scanner finds every secret whose place is a commit.
fn control(sandbox: &Sandbox, planted: &[places::Place], scanner: &Scanner, tally: &mut Tally) {
    for place in planted.iter().filter(|place| place.in_commits) {
        let bare = sandbox.bare(&format!("{}-control", place.name));
        let script = format!(
            "git add -A -f; git -c core.hooksPath=/dev/null commit -qm control --allow-empty; git push -q --no-verify {} --all",
            bare.display()
        );
        let _ = sandbox.run(&place.work, "sh", &["-ec", &script]).ok();
        let objects = objects_of(sandbox, &bare);
        let seen = objects.iter().flat_map(|(_, bytes)| scanner.scan(bytes)).any(|found| found == place.name);
        let refs = sandbox.refs(&bare).into_keys().collect::<String>();
        if !seen && !scanner.scan(refs.as_bytes()).contains(&place.name) {
            tally.fail(format!(
                "{}: the scanner does not see it where plain git pushed it: the case is void",
                place.name
            ));
        }
        tally.count("positive controls", 1);
    }
}
