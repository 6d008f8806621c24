//! On a terminal, in the log and in a bundle.

use crate::World;
use autocommit_e2e::arg;
use autocommit_test_support::hostile::{assert_harmless, raw, without_colours};
use serde_json::Value;
use std::{collections::BTreeSet, fs};

/// Longest line of the log: what is kept of what was said, and some words about what is not.
const LINE: usize = (8 << 10) + 64;
/// Columns of the terminal.
const COLUMNS: u16 = 120;

/// On a terminal and into a pipe, and as JSON that tells the truth.
#[track_caller]
fn check(world: &World, args: &[&str]) -> Value {
    let terminal = world.sandbox.on_terminal(COLUMNS, args);
    // What a progress line draws with are our own words to the terminal.
    let terminal =
        ["\u{1b}[2K", "\u{1b}[1A", "\r"].iter().fold(terminal, |text, ours| text.replace(ours, ""));
    assert_harmless(&format!("{args:?} on a terminal"), &without_colours(&terminal));
    let piped = world.sandbox.autocommit(args);
    assert_harmless(&format!("{args:?}"), &piped.stdout);
    assert_harmless(&format!("{args:?}"), &piped.stderr);
    let whole = piped.stdout.lines().chain(piped.stderr.lines()).map(|line| line.chars().count()).max();
    assert!(whole.is_some_and(|longest| longest < 10_000), "{args:?}: a line of {whole:?} characters");
    let json = world.sandbox.autocommit(&[&["--json"], args].concat());
    assert_eq!(raw(&json.stdout), None, "{args:?} as JSON: {}", json.stdout);
    json.json()
}

fn texts<'a>(list: &'a Value, key: &str) -> BTreeSet<&'a str> {
    list.as_array().unwrap().iter().filter_map(|one| one[key].as_str()).collect()
}

#[test]
fn whatever_others_write_is_shown_harmlessly_and_told_truly() {
    let world = World::new();
    let (sandbox, first) = (&world.sandbox, arg(&world.repos[0].repo));
    sandbox.write_config(&world.config());
    let dry = check(&world, &["once", "--dry-run"]);
    assert_eq!(dry["runs"].as_array().unwrap().len(), world.repos.len());
    for place in world.repos.iter().step_by(2) {
        let said = sandbox.autocommit(&["message", "--explain", "--", arg(&place.repo)]).ok();
        assert_harmless("a message", &said.stdout);
        assert_harmless("why it is so", &said.stderr);
    }
    let daemon = world.daemon();
    let paths: BTreeSet<_> = world.repos.iter().map(|place| arg(&place.repo)).collect();
    let branches: BTreeSet<_> = world.repos.iter().map(|place| place.branch.as_str()).collect();
    let repos = check(&world, &["repos"]);
    assert_eq!(texts(&repos["repos"], "path"), paths);
    assert_eq!(texts(&repos["repos"], "branch"), branches, "{repos:#}");
    let held = check(&world, &["held"]);
    assert_eq!(texts(&held["repos"], "path"), paths, "in each of them a file is held");
    let history = check(&world, &["history", "-n", "500"]);
    assert_eq!(texts(&history["entries"], "repo"), paths);
    assert_eq!(texts(&history["entries"], "branch"), branches);
    let errors = texts(&history["entries"], "error");
    for place in &world.repos {
        // Of each text some words without a control or a space in them arrive; the rest may be escaped or cut.
        let word =
            place.text.split(|c: char| !c.is_ascii_alphanumeric()).max_by_key(|word| word.len()).unwrap();
        assert!(errors.iter().any(|error| error.contains(word)), "{word} in {errors:?}");
    }
    for args in [&["status"][..], &["trust", "list"], &["scan"], &["held", "--", first], &["config", "show"]]
    {
        check(&world, args);
    }
    // Mistakes repeat what was typed.
    for place in world.repos.iter().step_by(3) {
        let wrong = sandbox.autocommit(&["history", "--repo", "/", "--status", &place.branch]);
        assert_harmless("a mistake", &wrong.stderr);
        let nowhere = place.repo.join("no\u{1b}[31m\u{202e}where");
        for args in [&["approve", arg(&nowhere)][..], &["message", "--", arg(&nowhere)]] {
            let wrong = sandbox.autocommit(args);
            assert_harmless(&format!("{args:?}"), &format!("{}{}", wrong.stdout, wrong.stderr));
        }
    }
    let _ = sandbox.autocommit(&["logs", "-n", "1000000"]).ok();
    log(&world);
    bundle(&world);
    assert!(daemon.stop().success());
    assert!(!sandbox.root().join("broken").exists(), "a name was run");
}

/// Every event is one line, harmless and not endless, and nothing can pass for an event.
#[track_caller]
fn log(world: &World) {
    let folder = world.sandbox.state_dir().join("logs");
    let files = fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let text: String = files.collect();
    assert_harmless("the log", &text);
    assert!(
        text.lines().count() > 10 * world.repos.len(),
        "everything was asked for: {}",
        text.lines().count()
    );
    for line in text.lines() {
        let (time, rest) = line.split_once(' ').unwrap();
        let level = rest.trim_start().split(' ').next().unwrap();
        let ours =
            time.len() == 27 && time.ends_with('Z') && !time.starts_with("2026-01-01T00:00:00.000000Z");
        assert!(ours && ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"].contains(&level), "{line}");
        assert!(line.len() <= LINE, "{} bytes: {line}", line.len());
    }
    let last = ["logs", "-n", "50"];
    let shown = world.sandbox.on_terminal(COLUMNS, &last);
    assert_harmless("the log on a terminal", &shown);
    assert_eq!(shown.lines().count(), 50);
    let json = world.sandbox.autocommit(&[&last[..], &["--json"]].concat()).ok().stdout;
    assert_eq!(raw(&json), None, "the log as JSON");
    assert!(json.lines().all(|line| serde_json::from_str::<Value>(line).unwrap()["text"].is_string()));
    for place in &world.repos {
        let asked = ["logs", "-n", "5", "--json", "--repo", arg(&place.repo)];
        let of_one = world.sandbox.autocommit(&asked).ok().stdout;
        let lines: Vec<Value> = of_one.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 5, "{:?}", place.repo);
        assert!(lines.iter().all(|line| line["repo"] == arg(&place.repo)), "{lines:#?}");
    }
}

#[track_caller]
fn bundle(world: &World) {
    let report = world.sandbox.root().join("report.txt");
    let _ = world.sandbox.autocommit(&["doctor", "--bundle", arg(&report)]);
    let text = fs::read_to_string(report).unwrap();
    assert_harmless("the bundle", &text);
    assert!(text.lines().all(|line| line.len() <= LINE), "a line without an end");
    // Nobody but us begins a part of it.
    let parts = text.lines().filter(|line| line.starts_with("== "));
    assert_eq!(parts.count(), 5, "{text}");
}
