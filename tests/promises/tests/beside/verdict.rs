//! What must be true in the end, judged from outside.

use crate::{
    contents::{Was, Written},
    ours,
    world::World,
};
use autocommit_promises::Tally;
use std::{collections::BTreeSet, path::Path, time::Duration};

/// The person's own commits are dated from 2024 on, one second each; ours have the time of day.
const OURS_FROM: u64 = 1_704_067_200 + 10_000_000;
/// What a person does not notice.
const UNNOTICED: Duration = Duration::from_millis(250);

pub(crate) fn judge(world: &mut World, written: &Written, tally: &mut Tally) {
    tally.count("user commands", world.commands);
    tally.count("versions written in pieces", written.versions());
    waits(world, tally);
    for failure in std::mem::take(&mut world.failures) {
        tally.fail(format!("4: a person's command failed because of us: {failure}"));
    }
    commits(world, tally);
    blobs(world, written, tally);
    one_at_a_time(world, tally);
    arrived(world, tally);
}

fn waits(world: &World, tally: &mut Tally) {
    let longest = world.waits.iter().max_by_key(|wait| wait.waited);
    tally.count("waits for a lock", world.waits.len() as u64);
    tally.count("ms for the longest wait", longest.map_or(0, |w| w.waited.as_millis() as u64));
    // On a machine that takes long to only look, a moment of ours takes as much longer.
    let bound = UNNOTICED + 4 * world.slowest_look;
    for wait in world.waits.iter().filter(|wait| wait.waited > bound) {
        let (command, waited) = (&wait.command, wait.waited);
        tally.fail(format!("4: {command} waited {waited:?} for {}, not {bound:?}", wait.lock.display()));
    }
}

/// 2, 7: no commit and no message of the person's is lost.
fn commits(world: &World, tally: &mut Tally) {
    // What the person rebased after we had pushed it is on the remote's branch as it was before, too.
    let subjects = world.sandbox.git(&world.app, &["log", "--branches", "--format=%s"]);
    for message in &world.messages {
        match subjects.lines().filter(|line| line == message).count() {
            1 => {}
            count => tally.fail(format!("7: the person's commit {message} is there {count} times")),
        }
    }
    let reachable = world.sandbox.git(&world.app, &["rev-list", "--all", "--reflog"]);
    let reachable: BTreeSet<&str> = reachable.lines().collect();
    for head in world.heads.iter().filter(|head| !reachable.contains(head.as_str())) {
        tally.fail(format!("2: {head} was HEAD, and neither a ref nor a reflog has it"));
    }
    tally.count("commits of the person's found again", world.messages.len() as u64);
}

/// 8: what we committed was whole.
fn blobs(world: &World, written: &Written, tally: &mut Tally) {
    let log = world.sandbox.git(&world.app, &["log", "--all", "--reflog", "--format=%H %ct %P"]);
    for line in log.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let (commit, date) = (words[0], words[1].parse::<u64>().unwrap());
        if date < OURS_FROM {
            continue;
        }
        tally.count("commits of ours", 1);
        let args = ["diff-tree", "-r", "--root", "--no-renames", "--no-commit-id", commit];
        for change in world.sandbox.git(&world.app, &args).lines() {
            let (meta, path) = change.split_once('\t').unwrap();
            let oid = meta.split(' ').nth(3).unwrap();
            if oid.bytes().all(|b| b == b'0') {
                tally.fail(format!("8: {commit} removes {path}, which the person never did"));
                continue;
            }
            tally.count("blobs checked", 1);
            let content = blob(world, &world.app, oid);
            let known = match path.ends_with(".log") {
                true => written.was(&content),
                false if world.contents.contains(&(path.to_owned(), content.clone())) => Was::Whole,
                // Git empties a file before it writes it.
                false if content.is_empty() || content.starts_with(b"# ") => Was::AtRest,
                false => Was::Torn,
            };
            match known {
                Was::Whole => {}
                Was::AtRest => tally.count("blobs that lay still half written", 1),
                Was::Torn => {
                    let size = content.len();
                    tally.fail(format!("8: {path} in {commit} was never so at rest ({size} bytes)"));
                }
            }
        }
    }
}

fn blob(world: &World, folder: &Path, oid: &str) -> Vec<u8> {
    let mut command = world.sandbox.git_command(folder);
    command.args(["cat-file", "blob", oid]).output().expect("git starts").stdout
}

/// 15: no two writing commands of ours ran at the same time in one repository.
fn one_at_a_time(world: &World, tally: &mut Tally) {
    let calls = ours::calls(&world.traces);
    if calls.is_empty() {
        tally.fail("git told of no command of ours: the check for 15 is void");
    }
    for (common, calls) in &calls {
        tally.count("writing commands of ours", calls.len() as u64);
        if let Some((one, other)) = ours::overlap(calls) {
            tally.fail(format!("15: at the same time in {common}: {one:?} and {other:?}"));
        }
    }
}

/// In the end everything is at the remote, and both repositories are sound.
fn arrived(world: &World, tally: &mut Tally) {
    world.sandbox.write_config(&world.config().set("http.enabled", false));
    let _ = world.sandbox.autocommit(&["once"]).ok();
    for (tree, branch) in [(&world.app, "main"), (&world.side, "side")] {
        let status = world.sandbox.git(tree, &["status", "--porcelain"]);
        if !status.is_empty() {
            tally.fail(format!("14: left in {branch}: {status}"));
        }
        let head = world.sandbox.git(tree, &["rev-parse", "HEAD"]);
        let there = world.sandbox.remote_tip(&world.bare, branch);
        if there.as_ref() != Some(&head) {
            tally.fail(format!("12: {branch} is {head}, at the remote {there:?}"));
        }
    }
    world.sandbox.fsck(&world.app);
    world.sandbox.fsck(&world.bare);
}
