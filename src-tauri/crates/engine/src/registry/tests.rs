//! What is kept of a repository from run to run.

use super::*;
use autocommit_core::{id::RunId, reason::Reason, repo::RepoKind};
use std::path::Path;

fn repo() -> Repo {
    let path = Path::new("/w/a");
    Repo {
        id: RepoId::of_path(path),
        work_tree: path.to_owned(),
        git_dir: path.join(".git"),
        common_dir: path.join(".git"),
        kind: RepoKind::Main,
    }
}

/// A registry that knows one repository, in which nobody has looked yet.
fn registry() -> (Registry, RepoId) {
    let mut registry = Registry::default();
    registry.scanned(vec![Found { repo: repo(), packages: Vec::new() }]);
    (registry, repo().id)
}

fn report(status: RunStatus, reason: Option<Reason>, (dirty_files, ahead): (usize, usize)) -> RunReport {
    let mut report = RunReport::new(RunId::new("r"), &repo());
    report.status = status;
    (report.dirty_files, report.ahead) = (dirty_files, ahead);
    if let Some(reason) = reason {
        report.because(&reason);
    }
    report
}

fn secret() -> Finding {
    Finding { path: "key".into(), rule: Rule::Secret, hint: String::new() }
}

fn ends(registry: &mut Registry, run: &RunReport, mode: Mode) {
    registry.begin(&run.repo_id);
    let state = match mode {
        Mode::Look if run.status == RunStatus::Unchanged && run.dirty_files > 0 => RepoState::Dirty,
        _ => RepoState::after(run),
    };
    registry.finished(run, &CycleId::new("c"), (state, mode));
}

#[test]
fn while_a_run_is_on_nothing_but_the_state_is_another() {
    for run in [
        report(RunStatus::Failed, Some(Reason::NoIdentity), (1, 0)),
        report(RunStatus::Held, Some(Reason::Unmerged), (1, 0)),
        report(RunStatus::Unchanged, None, (0, 0)),
    ] {
        let (mut registry, id) = registry();
        ends(&mut registry, &run, Mode::Full);
        let before = registry.view(&id).unwrap();
        assert!(before.since.is_some());
        registry.begin(&id);
        let during = registry.view(&id).unwrap();
        assert_eq!(during, crate::RepoView { state: RepoState::Running, ..before });
    }
}

#[test]
fn a_look_lifts_no_verdict_that_it_cannot_give() {
    let held =
        RunReport { held: vec![secret()], ..report(RunStatus::Held, Some(Reason::AllHeld(1)), (1, 0)) };
    let hook = report(RunStatus::Failed, Some(Reason::HookFailed("pre-commit")), (2, 0));
    let unsent = report(
        RunStatus::Held,
        Some(Reason::SecretUnpushed { commit: "abc".into(), path: "key".into() }),
        (0, 2),
    );
    for run in [held, hook, unsent] {
        let (mut registry, id) = registry();
        ends(&mut registry, &run, Mode::Full);
        let (before, listed) = (registry.view(&id), registry.held());
        ends(&mut registry, &report(RunStatus::Unchanged, None, (run.dirty_files, run.ahead)), Mode::Look);
        assert_eq!((registry.view(&id), registry.held()), (before, listed), "{:?}", run.reason_code);
        ends(&mut registry, &report(RunStatus::Unchanged, None, (0, 0)), Mode::Look);
        let after = registry.view(&id).unwrap();
        assert_eq!((after.state, after.reason_code), (RepoState::Clean, None), "{:?}", run.reason_code);
        assert_eq!(registry.held(), []);
    }
}

#[test]
fn a_push_alone_lifts_no_verdict_on_files() {
    let held =
        RunReport { held: vec![secret()], ..report(RunStatus::Held, Some(Reason::AllHeld(1)), (1, 1)) };
    for status in [RunStatus::Unchanged, RunStatus::Pushed] {
        let (mut registry, id) = registry();
        ends(&mut registry, &held, Mode::Full);
        let (before, listed) = (registry.view(&id).unwrap(), registry.held());
        ends(&mut registry, &report(status, None, (1, 0)), Mode::PushOnly);
        let after = registry.view(&id).unwrap();
        assert_eq!((after.state, after.reason, after.since), (before.state, before.reason, before.since));
        assert_eq!((registry.held(), after.ahead), (listed, 0));
        assert_eq!(after.last_push_at.is_some(), status == RunStatus::Pushed);
        ends(&mut registry, &report(RunStatus::Unchanged, None, (0, 0)), Mode::PushOnly);
        assert_eq!(registry.view(&id).unwrap().state, RepoState::Clean, "nothing is left to be held");
    }
}

#[test]
fn what_a_look_sees_itself_it_also_sees_the_end_of() {
    let (mut registry, id) = registry();
    ends(&mut registry, &report(RunStatus::Held, Some(Reason::Unmerged), (1, 0)), Mode::Full);
    ends(&mut registry, &report(RunStatus::Unchanged, None, (1, 0)), Mode::Look);
    assert_eq!(registry.view(&id).unwrap().state, RepoState::Dirty);
    ends(&mut registry, &report(RunStatus::Failed, Some(Reason::NoIdentity), (1, 0)), Mode::Full);
    ends(&mut registry, &report(RunStatus::Held, Some(Reason::Unmerged), (1, 0)), Mode::Look);
    assert_eq!(registry.view(&id).unwrap().reason_code.as_deref(), Some("unmerged"));
}

#[test]
fn who_is_switched_on_again_counts_as_not_looked_at() {
    let (mut registry, id) = registry();
    ends(&mut registry, &report(RunStatus::Unchanged, None, (0, 0)), Mode::Full);
    registry.set_rules(&id, PersonalRules { enabled: Some(false), push: None });
    ends(
        &mut registry,
        &report(RunStatus::Skipped, Some(Reason::OptedOut("You switched it off.")), (0, 0)),
        Mode::Full,
    );
    registry.set_rules(&id, PersonalRules { enabled: Some(true), push: None });
    let view = registry.view(&id).unwrap();
    assert_eq!((view.since, view.reason_code, view.reason, view.hint), (None, None, None, None));
}

#[test]
fn what_is_forbidden_is_in_force_and_what_is_allowed_waits() {
    let (mut registry, id) = registry();
    assert!(registry.forbid(&id, RulesPatch { enabled: None, push: Some(false) }));
    assert!(registry.forbid(&id, RulesPatch { enabled: Some(false), push: Some(true) }));
    assert_eq!(registry.rules(&id), PersonalRules { enabled: Some(false), push: Some(false) });
    assert!(!registry.view(&id).unwrap().enabled);
    assert!(registry.forbid(&id, RulesPatch { enabled: Some(true), push: None }));
    assert!(!registry.view(&id).unwrap().enabled);
    assert!(!registry.forbid(&RepoId::of_path(Path::new("/w/b")), RulesPatch::default()));
}

#[test]
fn one_is_left_out_of_the_next_cycle_until_all_its_runs_are_over() {
    let (mut registry, id) = registry();
    let run = report(RunStatus::Unchanged, None, (0, 0));
    let over = |registry: &mut Registry| {
        registry.finished(&run, &CycleId::new("c"), (RepoState::Clean, Mode::Full));
    };
    assert_eq!(registry.all_to_run(false).len(), 1);
    registry.begin(&id);
    registry.begin(&id);
    // It stays for as long as it runs, though the last scan did not find it.
    registry.scanned(Vec::new());
    registry.scanned(vec![Found { repo: repo(), packages: Vec::new() }]);
    over(&mut registry);
    assert_eq!((registry.all_to_run(false).len(), registry.all_to_run(true).len()), (0, 1));
    over(&mut registry);
    assert_eq!(registry.all_to_run(false).len(), 1);
    over(&mut registry);
    assert_eq!(registry.all_to_run(false).len(), 1, "one that was not begun");
}
