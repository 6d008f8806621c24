//! Broken builds: the sweep must see what they do, or its being green says nothing.

use crate::{
    end::End,
    point::Point,
    shapes::Shape,
    sweep::{self, Broken, WHOLE},
};
use autocommit_promises::Tally;
use autocommit_test_support::{Sandbox, trace::Trace};
use rustix::process::{Pid, Signal, kill_process_group};
use std::{
    fs,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    process::{Command, Stdio},
    sync::Mutex,
};

/// Everything ends with our lock in place.
const LOCKED: &str = "edit;everything killed after;program|link|repos/edit/.git/autocommit-*.ready -> repos/edit/.git/index.lock|1";
/// The commit is made and not yet pushed.
const COMMITTED: &str =
    "edit;program killed after;program|rename|repos/edit/.git/index.lock -> repos/edit/.git/index|1";

/// A push is killed with git's lock in place where it notes what has arrived.
const PUSH_KILLED: &str =
    "packed;caller killed after;git push|write|repos/packed/.git/refs/remotes/origin/main.lock|2";

/// A git that does something else first where it is called with this word.
fn git_that(sandbox: &Sandbox, made: &Shape, word: &str, does: &str) {
    let git = sandbox.git_command(&made.repo).get_program().to_str().unwrap().to_owned();
    let repo = made.repo.to_str().unwrap();
    let script = format!(
        "#!/bin/sh\ngit='{git}'\nrepo='{repo}'\ncase \" $* \" in *' {word} '*) {does};; esac\nexec \"$git\" \"$@\"\n"
    );
    let shim = sandbox.write(sandbox.bin_dir(), "git", script);
    fs::set_permissions(shim, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn what_is_broken_on_purpose_is_seen() {
    if let Err(why) = Trace::available() {
        println!("SKIPPED: the controls of the crash sweep: {why}");
        return;
    }
    let nothing = |_: &Sandbox, _: &Shape| {};
    let controls: [(&str, &str, Broken, &str); 6] = [
        ("nothing is broken", LOCKED, WHOLE, ""),
        (
            "recovery knows of nothing",
            LOCKED,
            Broken {
                before: &nothing,
                restart: &|sandbox, _| fs::remove_dir_all(sandbox.state_dir().join("journal")).unwrap(),
            },
            "what is left over below the git folder",
        ),
        (
            "a push is called done that was not",
            COMMITTED,
            Broken {
                before: &nothing,
                restart: &|sandbox, made| {
                    let says = "for last; do :; done; printf 'To x\\n*\\t%s\\t[new branch]\\nDone\\n' \"$last\"; exit 0";
                    git_that(sandbox, made, "push", says);
                },
            },
            "the restart says pushed",
        ),
        (
            "a file is touched",
            COMMITTED,
            Broken {
                before: &|sandbox, made| {
                    git_that(sandbox, made, "commit-tree", "touch -d yesterday \"$repo/README.md\"");
                },
                restart: &nothing,
            },
            "the work tree was changed",
        ),
        (
            "a reflog is lost",
            COMMITTED,
            Broken {
                before: &nothing,
                restart: &|sandbox, made| git_that(sandbox, made, "push", ": >\"$repo/.git/logs/HEAD\""),
            },
            "lines of the reflog",
        ),
        (
            "a commit is made twice",
            COMMITTED,
            Broken {
                before: &nothing,
                restart: &|sandbox, made| {
                    let again = "\"$git\" -C \"$repo\" commit --quiet --allow-empty --message Again";
                    git_that(sandbox, made, "push", again);
                },
            },
            "the repository is",
        ),
    ];
    let (end, _): (End, _) = sweep::undisturbed("edit");
    let mut tally = Tally::new("crash-controls", 1);
    for (what, point, broken, expected) in controls {
        let point: Point = point.parse().unwrap();
        let outcome = sweep::run(&point, &end, &broken);
        tally.count("broken builds", u64::from(!expected.is_empty()));
        let seen = outcome.problems.iter().any(|problem| problem.starts_with(expected));
        let right = if expected.is_empty() { outcome.problems.is_empty() } else { seen };
        if !right || !outcome.struck {
            tally.fail(format!("{what}: {:?}", outcome.problems));
        }
    }
    tally.end();
}

/// What a killed push left is not ours to judge while somebody works there; the second push, which finds everything at the
/// remote, must not make us forget it.
#[allow(clippy::disallowed_methods, reason = "it plays somebody at work")]
#[test]
fn what_a_killed_push_locked_is_cleared_once_nobody_works_there() {
    if let Err(why) = Trace::available() {
        println!("SKIPPED: a killed push beside somebody at work: {why}");
        return;
    }
    // A tracer waits for every child of ours: this one is a shell's, which ends at once.
    let somebody: Mutex<Option<Pid>> = Mutex::default();
    let comes = |sandbox: &Sandbox, made: &Shape| {
        let git = sandbox.git_command(&made.repo);
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 600 | \"$0\" cat-file --batch &"]).arg(git.get_program());
        shell.current_dir(&made.repo).stdin(Stdio::null()).stdout(Stdio::null()).process_group(0);
        let mut shell = shell.spawn().unwrap();
        *somebody.lock().unwrap() = Pid::from_raw(i32::try_from(shell.id()).unwrap());
        assert!(shell.wait().unwrap().success());
    };
    let goes = |_: &Sandbox, _: &Shape| {
        kill_process_group(somebody.lock().unwrap().take().unwrap(), Signal::KILL).unwrap();
    };
    let point: Point = PUSH_KILLED.parse().unwrap();
    let (end, _): (End, _) = sweep::undisturbed(&point.shape);
    let outcome = sweep::run(&point, &end, &Broken { before: &comes, restart: &goes });
    assert!(outcome.struck, "the push was not killed");
    assert_eq!(outcome.locks, ["refs/remotes/origin/main.lock"], "somebody was at work");
    assert!(outcome.problems.is_empty(), "{}", outcome.problems.join("\n"));
}
