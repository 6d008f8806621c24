//! One point from start to end: the disturbed run, what is true right after it, the restart, and the comparison.

use crate::{
    end::{End, entries, locks, reflogs, text},
    point::Point,
    shapes::{self, Shape},
    workers::shuffled,
};
use autocommit_test_support::{
    Output, Sandbox,
    trace::{Act, Strike, Trace, Victims},
};
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The longest that a state may need until all is well again.
const CYCLES: usize = 2;

/// What came of a point.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Whether the place was met.
    pub(crate) struck: bool,
    /// What is wrong, one sentence each.
    pub(crate) problems: Vec<String>,
    /// Locks that stopped the person's own git right after it, until our restart.
    pub(crate) locks: Vec<String>,
    /// Cycles after the restart until all was well.
    pub(crate) cycles: usize,
    /// Locks that are still there in the end.
    pub(crate) left: Vec<String>,
}

/// The end of an undisturbed run, with its events.
pub(crate) fn undisturbed(shape: &str) -> (End, Trace) {
    let sandbox = Sandbox::new();
    let made = shapes::build(&sandbox, shape);
    let before = sandbox.worktree_manifest(&made.repo);
    let trace = sandbox.trace(&["once", "--json"], None);
    assert!(matches!(trace.code, Some(0 | 1)), "{shape}\n{}\n{}", trace.stdout, trace.stderr);
    let problems = sound(&sandbox, &made);
    assert!(problems.is_empty(), "{shape}: {problems:?}");
    assert_eq!(sandbox.worktree_manifest(&made.repo), before, "{shape}: the work tree");
    let end = End::of(&sandbox, &made);
    (end, trace)
}

/// What is broken on purpose, before the run that is disturbed and before the restart.
pub(crate) struct Broken<'a> {
    pub(crate) before: &'a (dyn Fn(&Sandbox, &Shape) + Sync),
    pub(crate) restart: &'a (dyn Fn(&Sandbox, &Shape) + Sync),
}

/// Nothing is.
pub(crate) const WHOLE: Broken<'static> = Broken { before: &|_, _| {}, restart: &|_, _| {} };

/// Runs a point; whatever goes wrong is in the outcome.
pub(crate) fn run(point: &Point, end: &End, broken: &Broken<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let ran = catch_unwind(AssertUnwindSafe(|| attempt(point, end, broken, &mut outcome)));
    if let Err(panic) = ran {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        outcome.problems.push(said.unwrap_or_default());
    }
    outcome
}

fn attempt(point: &Point, end: &End, broken: &Broken<'_>, outcome: &mut Outcome) {
    let sandbox = Sandbox::new();
    let made = shapes::build(&sandbox, &point.shape);
    let before = sandbox.worktree_manifest(&made.repo);
    let logs = reflogs(&made.common);
    (broken.before)(&sandbox, &made);
    let trace = sandbox.trace(&["once", "--json"], Some(&point.strike));
    outcome.struck = trace.struck;
    outcome.locks = locks(&made.common);
    disturbed(point, &sandbox, &made, &trace, &mut outcome.problems);
    if sandbox.worktree_manifest(&made.repo) != before {
        outcome.problems.push("the work tree was changed".to_owned());
    }
    // The owner of a remote whose server was killed has to look after it.
    if point.strike.place.is_server() && !trace_spared_server(&point.strike) {
        clear_remote(&sandbox, &made, &mut outcome.problems);
    }
    (broken.restart)(&sandbox, &made);
    let mut wrong = Vec::new();
    for cycle in 1..=CYCLES {
        outcome.cycles = cycle;
        let again = sandbox.autocommit(&["once", "--json"]);
        wrong = after(&sandbox, &made, &again, end, point.blinds_history());
        if wrong.is_empty() {
            break;
        }
        for problem in &mut wrong {
            problem.push_str(&format!("\n  (cycle {cycle}: {})", again.shown()));
        }
    }
    outcome.left = locks(&made.common);
    if wrong.is_empty() && shuffled(point, 0).is_multiple_of(3) {
        // And it stays so.
        let idle = sandbox.autocommit(&["once", "--json"]);
        wrong = after(&sandbox, &made, &idle, end, point.blinds_history());
    }
    outcome.problems.append(&mut wrong);
    if sandbox.worktree_manifest(&made.repo) != before {
        outcome.problems.push("the work tree was changed by the restart".to_owned());
    }
    let logs_now = reflogs(&made.common);
    for (file, before) in logs {
        if !logs_now.get(&file).is_some_and(|now| now.starts_with(&before)) {
            outcome.problems.push(format!("lines of the reflog {file} are gone"));
        }
    }
}

fn trace_spared_server(strike: &Strike) -> bool {
    !matches!(strike.act, Act::Kill(_, Victims::Caller) | Act::Fail { .. })
}

/// What must be true of the disturbed run itself.
fn disturbed(point: &Point, sandbox: &Sandbox, made: &Shape, trace: &Trace, problems: &mut Vec<String>) {
    let killed = matches!(point.strike.act, Act::Kill(_, Victims::Program | Victims::Everything))
        || point.strike.place.is_program() && point.kills();
    let shown = || format!("\n{}\n{}", trace.stdout, trace.stderr);
    match trace.code {
        None if killed || !trace.struck => {}
        Some(0..=2) => {}
        code => problems.push(format!("the program ended with {code:?}{}", shown())),
    }
    if trace.stderr.contains("panicked") {
        problems.push(format!("the program panicked{}", shown()));
    }
    if let Ok(cycle) = serde_json::from_str::<Value>(&trace.stdout) {
        problems.extend(claims(sandbox, made, &cycle, "the disturbed run"));
    }
    problems.extend(history_is_true(sandbox, made, "right after it"));
    problems.extend(list_is_true(sandbox, made, "right after it"));
}

/// A cycle's own words against git: what it calls pushed is there, what it calls unchanged is clean.
fn claims(sandbox: &Sandbox, made: &Shape, cycle: &Value, when: &str) -> Vec<String> {
    let runs = cycle["runs"].as_array().cloned().unwrap_or_default();
    let mut wrong = Vec::new();
    for run in runs.iter().filter(|run| text(&run["path"]) == made.repo.to_string_lossy()) {
        let (status, tip) = (text(&run["status"]), sandbox.remote_tip(&made.bare, made.branch));
        let head = sandbox.try_git(&made.repo, &["rev-parse", "--verify", "--quiet", "HEAD"]);
        let head = Some(head.stdout.trim().to_owned());
        let dirty = || !sandbox.git(&made.repo, &["status", "--porcelain"]).is_empty();
        let held = || !run["held"].as_array().is_none_or(Vec::is_empty);
        match status.as_str() {
            "pushed" if tip != head => {
                wrong.push(format!(
                    "{when} says pushed: {run}, and the remote is at {tip:?}, HEAD at {head:?}"
                ));
            }
            "unchanged" if dirty() && !held() => {
                wrong.push(format!("{when} says unchanged: {run}, and there are changes"));
            }
            "committed" | "pushed" if dirty() && !held() => {
                wrong.push(format!("{when} says {status}: {run}, and there are changes"));
            }
            _ => {}
        }
    }
    wrong
}

/// Whatever the history calls pushed is at the remote.
fn history_is_true(sandbox: &Sandbox, made: &Shape, when: &str) -> Vec<String> {
    let pushed = entries(sandbox).into_iter().filter(|entry| entry["status"] == "pushed");
    let commits: Vec<_> = pushed.filter_map(|entry| entry["commit"].as_str().map(str::to_owned)).collect();
    let mut wrong = Vec::new();
    for commit in commits {
        let contained =
            sandbox.try_git(&made.bare, &["for-each-ref", "--contains", &commit, "--format=%(refname)"]);
        if contained.code() != Some(0) || contained.stdout.trim().is_empty() {
            wrong.push(format!(
                "{when} the history says that {commit} was pushed, and no branch of the remote has it"
            ));
        }
    }
    wrong
}

/// What the list of repositories shows, and the API with it: `clean` has no changes, and with nothing ahead its commit is
/// at the remote.
fn list_is_true(sandbox: &Sandbox, made: &Shape, when: &str) -> Vec<String> {
    let list = sandbox.autocommit(&["repos", "--json"]);
    let shown = match serde_json::from_str::<Value>(&list.stdout) {
        Ok(shown) if list.code() == Some(0) => shown,
        _ => return vec![format!("{when} the repositories cannot be listed: {}", list.shown())],
    };
    let repos = shown["repos"].as_array().cloned().unwrap_or_default();
    let Some(repo) = repos.iter().find(|repo| text(&repo["path"]) == made.repo.to_string_lossy()) else {
        return vec![format!("{when} the repository is not listed: {shown}")];
    };
    let mut wrong = Vec::new();
    if repo["state"] == "clean" && repo["ahead"] == 0 {
        let head = sandbox.try_git(&made.repo, &["rev-parse", "--verify", "--quiet", "HEAD"]);
        let head = Some(head.stdout.trim().to_owned()).filter(|head| !head.is_empty());
        let tip = sandbox.remote_tip(&made.bare, made.branch);
        if head != tip {
            wrong.push(format!("{when} all is well: {repo}, and HEAD is {head:?}, the remote at {tip:?}"));
        }
        if !sandbox.git(&made.repo, &["status", "--porcelain"]).is_empty() {
            wrong.push(format!("{when} all is well: {repo}, and there are changes"));
        }
    }
    wrong
}

/// What must be true after a cycle of the restarted program.
fn after(sandbox: &Sandbox, made: &Shape, again: &Output, end: &End, blind: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    match again.code() {
        Some(0 | 1) => wrong.extend(claims(sandbox, made, &again.json(), "the restart")),
        _ => wrong.push("the restart failed".to_owned()),
    }
    wrong.extend(sound(sandbox, made));
    wrong.extend(End::of(sandbox, made).differs(end, blind));
    wrong.extend(history_is_true(sandbox, made, "after the restart"));
    wrong.extend(list_is_true(sandbox, made, "after the restart"));
    wrong
}

/// Neither side is damaged.
fn sound(sandbox: &Sandbox, made: &Shape) -> Vec<String> {
    let mut wrong = Vec::new();
    for folder in [&made.common, &made.bare] {
        let args = ["fsck", "--full", "--strict", "--no-dangling", "--no-progress"];
        let checked = sandbox.try_git(folder, &args);
        let said = format!("{}{}", checked.stdout, checked.stderr);
        let said: Vec<_> = said.lines().filter(|line| !line.starts_with("notice: ")).collect();
        if checked.code() != Some(0) || !said.is_empty() {
            wrong.push(format!("fsck: {}", checked.shown()));
        }
    }
    wrong
}

/// Removes the locks that a killed server left, as its owner would; until then nothing may be called pushed.
fn clear_remote(sandbox: &Sandbox, made: &Shape, problems: &mut Vec<String>) {
    let left = locks(&made.bare);
    if left.is_empty() {
        return;
    }
    let blocked = sandbox.autocommit(&["once", "--json"]);
    if let (Some(0 | 1), Ok(cycle)) = (blocked.code(), serde_json::from_str(&blocked.stdout)) {
        problems.extend(claims(sandbox, made, &cycle, "with the remote's locks in place, the restart"));
    } else {
        problems.push(format!("with the remote's locks in place: {}", blocked.shown()));
    }
    if locks(&made.bare) != left {
        problems.push(format!("locks of the remote were removed: {left:?}"));
    }
    for lock in left {
        std::fs::remove_file(made.bare.join(lock)).unwrap();
    }
}
