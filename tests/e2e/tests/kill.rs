//! SIGKILL at each stage of a run, then a new start: the remotes end as they would have undisturbed, and no commit is
//! made twice.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

use autocommit_e2e::Fleet;
use autocommit_test_support::{Sandbox, fake_git::Rule};

/// Git commands of a run, in order: killing before and after each covers every stage and the steps between them.
const STEPS: [&str; 8] =
    ["config", "status", "update-index", "write-tree", "diff-tree", "hook", "commit-tree", "update-ref"];

fn expected() -> Vec<String> {
    let sandbox = Sandbox::new();
    let fleet = Fleet::four(&sandbox);
    let _ = sandbox.autocommit(&["once"]).ok();
    fleet.assert_arrived(&sandbox, "undisturbed");
    fleet.trees(&sandbox)
}

/// Kills at the given call and starts again; returns whether the kill happened.
fn kill_and_start_again(rule: &Rule, when: &str, expected: &[String]) -> bool {
    let sandbox = Sandbox::new();
    let fleet = Fleet::four(&sandbox);
    let fake = sandbox.fake_git();
    fake.script(std::slice::from_ref(rule));
    let output = sandbox.autocommit(&["once"]);
    let killed = output.code().is_none();
    assert!(killed || output.code() == Some(0), "{when}\n{}", output.shown());
    fake.script(&[]);
    let again = sandbox.autocommit(&["once"]);
    assert_eq!(again.code(), Some(0), "{when}\n{}", again.shown());
    fleet.assert_arrived(&sandbox, when);
    assert_eq!(fleet.trees(&sandbox), expected, "{when}");
    let history = sandbox.autocommit(&["history", "--json"]).ok().json();
    let entries = history["entries"].as_array().unwrap();
    let pushed = entries.iter().filter(|e| e["status"] == "pushed" && e["commit"].is_string()).count();
    assert!(pushed >= 4, "every commit is in the history as pushed, {when}: {history:#}");
    let third = sandbox.autocommit(&["once", "--json"]).ok().json();
    assert_eq!(third["unchanged"], 4, "{when}");
    killed
}

#[test]
fn at_every_step_before_and_after_git() {
    let expected = expected();
    let mut killed = 0;
    let mut points = 0;
    for step in STEPS.into_iter().chain(["push"]) {
        for nth in [1, 3] {
            for (when, rule) in [("before", Rule::before(step)), ("after", Rule::after(step))] {
                let when = format!("killed {when} git {step}, call {nth}");
                points += 1;
                killed += usize::from(kill_and_start_again(&rule.nth(nth).kill_parent(), &when, &expected));
            }
        }
    }
    eprintln!("{points} kill points tried, {killed} kills, 0 failures");
    assert!(
        killed >= 28,
        "only {killed} of {points} kills happened: the points do not reach the program any more"
    );
}

#[test]
fn twice_in_a_row_while_recovering() {
    let expected = expected();
    let sandbox = Sandbox::new();
    let fleet = Fleet::four(&sandbox);
    let fake = sandbox.fake_git();
    for step in ["update-ref", "merge-base", "update-ref", "push"] {
        fake.script(&[Rule::after(step).kill_parent()]);
        let _ = sandbox.autocommit(&["once"]);
    }
    fake.script(&[]);
    let _ = sandbox.autocommit(&["once"]).ok();
    fleet.assert_arrived(&sandbox, "killed again and again");
    assert_eq!(fleet.trees(&sandbox), expected);
}

#[test]
fn at_any_moment_of_the_daemon() {
    let sandbox = Sandbox::new();
    let fleet = Fleet::four(&sandbox);
    for pause in [5, 20, 40, 60, 80, 100, 150, 250] {
        let daemon = sandbox.daemon();
        std::thread::sleep(std::time::Duration::from_millis(pause));
        daemon.kill();
    }
    let _ = sandbox.autocommit(&["once"]).ok();
    fleet.assert_arrived(&sandbox, "the daemon was killed eight times");
}
