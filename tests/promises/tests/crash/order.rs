//! What a power cut may take away: the order in which things are made safe on disk, read off an undisturbed run.
//!
//! Objects before the branch that needs them, the branch before the journal that calls it done. A kill cannot show this:
//! what a process wrote stays when it dies.

use crate::{shapes, sweep};
use autocommit_promises::Tally;
use autocommit_test_support::{
    Sandbox,
    trace::{Event, Trace},
};

use std::os::unix::fs::PermissionsExt as _;

/// Shapes with a commit; the others follow the same code.
const SHAPES: [&str; 4] = ["edit", "files", "unborn", "worktree"];

#[test]
fn objects_are_on_disk_before_the_branch_and_the_branch_before_the_journal() {
    if let Err(why) = Trace::available() {
        println!("SKIPPED: the order of fsyncs: {why}");
        return;
    }
    let mut tally = Tally::new("crash-order", 1);
    for shape in SHAPES {
        let (_, trace) = sweep::undisturbed(shape);
        tally.count("runs", 1);
        tally.count(
            "fsyncs in order",
            trace.events.iter().filter(|event| event.place.call == "fsync").count() as u64,
        );
        for problem in refs(&trace.events).into_iter().chain(procedure(&trace.events)) {
            tally.fail(format!("{shape}: {problem}"));
        }
    }
    tally.end();
}

/// The control: git as people use it syncs nothing before its branch moves, and the same look says so.
#[test]
fn the_look_at_the_order_sees_what_is_missing() {
    if Trace::available().is_err() {
        return;
    }
    let sandbox = Sandbox::new();
    let made = shapes::build(&sandbox, "edit");
    let mut command = sandbox.git_command(&made.repo);
    command.args(["-c", "core.fsync=none", "commit", "--quiet", "--all", "--message", "By hand"]);
    let trace = sandbox.trace_command(&command, None);
    assert_eq!(trace.code, Some(0), "{}", trace.stderr);
    let found = refs(&trace.events);
    assert!(found.iter().any(|problem| problem.contains("an object")), "{found:?}");
    assert!(found.iter().any(|problem| problem.contains("branch")), "{found:?}");
}

/// The broken build: with a git that does not sync, although it is told to, the look at our own run goes red.
#[test]
fn without_the_syncs_of_git_the_order_is_red() {
    if Trace::available().is_err() {
        return;
    }
    let sandbox = Sandbox::new();
    let made = shapes::build(&sandbox, "edit");
    let git = sandbox.git_command(&made.repo).get_program().to_str().unwrap().to_owned();
    let without = "for word; do shift; case $word in core.fsync=*) word=core.fsync=none;; esac; set -- \"$@\" \"$word\"; done";
    let shim = sandbox.write(sandbox.bin_dir(), "git", format!("#!/bin/sh\n{without}\nexec {git} \"$@\"\n"));
    std::fs::set_permissions(shim, std::fs::Permissions::from_mode(0o755)).unwrap();
    let trace = sandbox.trace(&["once"], None);
    assert_eq!(trace.code, Some(0), "{}", trace.stderr);
    let found = refs(&trace.events);
    assert!(found.len() >= 2, "{found:?}");
}

/// Objects and branches: each is synced before it gets its name, and objects come first.
fn refs(events: &[Event]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut moved = 0;
    for (at, event) in
        events.iter().enumerate().filter(|(_, event)| !event.place.is_server() && event.answer == 0)
    {
        let place = &event.place;
        let Some((from, to)) = place.path.split_once(" -> ") else { continue };
        let synced = || {
            let before = events[..at].iter().rev().filter(|earlier| earlier.place.role == place.role);
            // Since the file was made: another object had the same name before.
            let since =
                before.take_while(|earlier| !(earlier.place.call == "create" && earlier.place.path == from));
            since.into_iter().any(|earlier| earlier.place.call == "fsync" && earlier.place.path == from)
        };
        if to.contains("/objects/") {
            if !synced() {
                wrong.push(format!("an object got its name before it was synced: {place}"));
            }
        } else if place.call == "rename" && to.contains("/refs/heads/") {
            moved += 1;
            if !synced() {
                wrong.push(format!("the branch moved before its file was synced: {place}"));
            }
            let later = &events[at..];
            let late = later.iter().find(|e| {
                e.place.path.contains("/objects/")
                    && !e.place.is_server()
                    && e.place.path.starts_with("repos")
            });
            if let Some(late) = late {
                wrong.push(format!("an object came after the branch: {}", late.place));
            }
        }
    }
    if moved != 1 {
        wrong.push(format!("the branch moved {moved} times"));
    }
    wrong
}

/// What comes before what, on disk.
fn procedure(events: &[Event]) -> Vec<String> {
    let program = |call: &str, path: &str| -> Vec<usize> {
        let meant = |event: &Event| {
            event.place.is_program()
                && event.place.call == call
                && event.place.path.ends_with(path)
                && event.answer >= 0
        };
        events.iter().enumerate().filter(|(_, event)| meant(event)).map(|(at, _)| at).collect()
    };
    let place = |role: &str, call: &str, path: &str| {
        let meant = |event: &Event| {
            event.place.role == role && event.place.call == call && event.place.path.contains(path)
        };
        events.iter().position(meant)
    };
    let records = program("fsync", ".jsonl");
    let pushed = place("git push", "end", "-");
    let line = [
        ("the intent in the journal", records.first().copied()),
        ("the commit object", place("git commit-tree", "start", "-")),
        ("the next index", program("fsync", ".ready").first().copied()),
        ("the object in the journal", records.get(1).copied()),
        ("the index lock", program("link", "/index.lock").first().copied()),
        ("the branch", place("git update-ref", "rename", "/refs/heads/")),
        ("the index", program("rename", "/index").first().copied()),
        (
            "the history",
            program("fsync", ".db-wal").into_iter().find(|at| Some(at) > program("rename", "/index").first()),
        ),
        ("the outcome in the journal", records.get(2).copied()),
        ("the push", place("git push", "start", "-")),
        ("the end of the push", pushed),
        (
            "the history that calls it pushed",
            program("fsync", ".db-wal").into_iter().find(|at| Some(at) > pushed.as_ref()),
        ),
    ];
    let mut wrong = Vec::new();
    for pair in line.windows(2) {
        let ((first, at), (second, then)) = (pair[0], pair[1]);
        if at.is_none() || then.is_none() || at >= then {
            wrong.push(format!("{first} ({at:?}) must be safe before {second} ({then:?})"));
        }
    }
    // Each of these records is synced right after it was written, and nothing else is done by the program in between. Those of
    // locks and pushes need not be: what outlives the machine itself is told by its start, and a push is repeated.
    let branch = place("git update-ref", "start", "-")..place("git update-ref", "end", "-");
    let written = program("write", ".jsonl").into_iter();
    for written in written.filter(|at| !branch.contains(&Some(*at))).take(3) {
        let next = events[written + 1..].iter().find(|event| event.place.is_program());
        if !next.is_some_and(|next| next.place.call == "fsync" && next.place.path.ends_with(".jsonl")) {
            wrong.push(format!("a record was not synced at once: {}", events[written].place));
        }
    }
    wrong
}
