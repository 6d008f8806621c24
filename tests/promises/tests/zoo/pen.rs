//! A pen: cases that live in one sandbox, and the cycles they are put through.

use crate::{
    case::{Built, Case, Kept, Verdict},
    judge::{Complaints, Watched, judge},
    plot::Plot,
    record::run_of,
    seen::{Seen, below_git, freshened},
};
use autocommit_test_support::{Config, Entry, Output, Sandbox};
use serde_json::Value;
use std::{
    any::Any,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::Mutex,
};

/// A sandbox of its own, with what is special about it.
pub(crate) struct Pen {
    pub(crate) name: &'static str,
    pub(crate) cases: Vec<Case>,
    pub(crate) settings: fn(Config) -> Config,
    /// Before the repositories are made.
    pub(crate) prepare: fn(&Sandbox),
    /// After they are made, before the first cycle.
    pub(crate) made: fn(&Sandbox, &[PathBuf]),
    /// Starts the program.
    pub(crate) start: fn(&Sandbox, &[&str]) -> Output,
    /// The repositories change under the program's hands: no preview, no second cycle.
    pub(crate) once_only: bool,
}

impl Pen {
    pub(crate) fn new(name: &'static str, cases: Vec<Case>) -> Self {
        Self {
            name,
            cases,
            settings: |config| config,
            prepare: |_| {},
            made: |_, _| {},
            start: |sandbox, args| sandbox.autocommit(args),
            once_only: false,
        }
    }
}

/// What became of one case.
pub(crate) struct Ended {
    pub(crate) name: String,
    pub(crate) class: &'static str,
    /// Why it was not shown here, if so.
    pub(crate) skipped: Option<String>,
    pub(crate) complaints: Vec<String>,
}

/// A case while its pen runs.
struct Housed<'a> {
    case: &'a Case,
    repos: Vec<Kept>,
    _keep: Option<Box<dyn Any + Send>>,
    before: Vec<Seen>,
    git_before: BTreeMap<PathBuf, Entry>,
    complaints: Complaints,
}

impl Housed<'_> {
    /// Looks at every repository; where no git command may run, at its files only.
    fn look(&self, sandbox: &Sandbox) -> Vec<Seen> {
        let both = self.repos.iter().zip(&self.case.verdicts);
        let never = [Verdict::NotFound, Verdict::NeedsTrust];
        both.map(|(kept, verdict)| Seen::of(sandbox, kept, self.case.blind || never.contains(verdict)))
            .collect()
    }
}

/// Puts every case of a pen through a preview, a cycle, and a further cycle.
pub(crate) fn run(pen: &Pen) -> Vec<Ended> {
    let sandbox = Sandbox::new();
    (pen.prepare)(&sandbox);
    let config = (pen.settings)(sandbox.config().set("http.enabled", false));
    sandbox.write_config(&config);
    let mut ended = Vec::new();
    let mut housed = build(&sandbox, pen, &mut ended);
    let works: Vec<_> = housed.iter().flat_map(|h| h.repos.iter().map(|kept| kept.work.clone())).collect();
    (pen.made)(&sandbox, &works);
    for one in &mut housed {
        let looked = guarded(|| (one.look(&sandbox), below_git(&sandbox, &one.repos)));
        match looked {
            Ok((before, git_before)) => (one.before, one.git_before) = (before, git_before),
            Err(sentence) => one.complaints.add(format!("before: {sentence}")),
        }
    }
    let preview = if pen.once_only { Value::Null } else { preview(&sandbox, pen, &mut housed) };
    let cycle = cycle(&sandbox, pen, &["once", "--json"], &mut housed);
    strangers(&cycle, &works, &mut ended, pen.name);
    for one in housed.iter_mut().filter(|_| !pen.once_only) {
        let complaints = guarded(|| look_after(&sandbox, one, &cycle, &preview));
        one.complaints.0.extend(complaints.unwrap_or_else(|sentence| vec![sentence]));
    }
    if !pen.once_only {
        again(&sandbox, pen, &mut housed);
    }
    for one in &mut housed {
        let plot = Plot { sandbox: &sandbox, name: &one.case.name };
        if let Some(look) = &one.case.finally
            && let Err(sentence) = guarded(|| look(&plot))
        {
            one.complaints.add(sentence);
        }
    }
    ended.extend(housed.into_iter().map(|one| ended_of(one.case, None, one.complaints.0)));
    ended
}

fn build<'a>(sandbox: &Sandbox, pen: &'a Pen, ended: &mut Vec<Ended>) -> Vec<Housed<'a>> {
    let built: Mutex<Vec<(usize, Result<Built, String>)>> = Mutex::default();
    let next = Mutex::new(0_usize);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let place = {
                        let mut next = next.lock().unwrap();
                        *next += 1;
                        *next - 1
                    };
                    let Some(case) = pen.cases.get(place) else { break };
                    let made = guarded(|| (case.build)(&Plot { sandbox, name: &case.name }));
                    built.lock().unwrap().push((place, made));
                }
            });
        }
    });
    let mut built = built.into_inner().unwrap();
    built.sort_by_key(|(place, _)| *place);
    let mut housed = Vec::new();
    for (place, made) in built {
        let case = &pen.cases[place];
        match made {
            Ok(Built::Made(repos, keep)) => {
                assert_eq!(repos.len(), case.verdicts.len(), "{}: one verdict for each", case.name);
                housed.push(Housed {
                    case,
                    repos,
                    _keep: keep,
                    before: Vec::new(),
                    git_before: BTreeMap::new(),
                    complaints: Complaints::default(),
                });
            }
            Ok(Built::Cannot(why)) => ended.push(ended_of(case, Some(why), Vec::new())),
            Err(sentence) => ended.push(ended_of(case, None, vec![format!("cannot be built: {sentence}")])),
        }
    }
    housed
}

fn ended_of(case: &Case, skipped: Option<String>, complaints: Vec<String>) -> Ended {
    Ended { name: case.name.clone(), class: case.class, skipped, complaints }
}

/// Never list 33: a preview writes nothing below any git folder, and nothing anywhere else.
fn preview(sandbox: &Sandbox, pen: &Pen, housed: &mut [Housed<'_>]) -> Value {
    let said = cycle(sandbox, pen, &["once", "--dry-run", "--json"], housed);
    for one in housed {
        let looked = guarded(|| (one.look(sandbox), below_git(sandbox, &one.repos)));
        let Ok((seen, git)) = looked else { continue };
        for path in one.git_before.keys().chain(git.keys().filter(|path| !one.git_before.contains_key(*path)))
        {
            let (old, new) = (one.git_before.get(path), git.get(path));
            let stored = one.case.own_store && crate::write::in_own_store(path, new);
            let same = old == new || stored || freshened(path, old, new);
            one.complaints.unless(same, || format!("the preview wrote {}", path.display()));
        }
        let same = one.before.iter().zip(&seen).all(|(a, b)| a.tree == b.tree && a.remotes == b.remotes);
        one.complaints.unless(same, || "the preview changed the work tree or the remote".to_owned());
    }
    said
}

/// Never list 11: what is done is done once.
fn again(sandbox: &Sandbox, pen: &Pen, housed: &mut [Housed<'_>]) {
    let look = |one: &Housed<'_>| guarded(|| one.look(sandbox));
    let before: Vec<_> = housed.iter().map(look).collect();
    cycle(sandbox, pen, &["once", "--json"], housed);
    for (one, before) in housed.iter_mut().zip(before) {
        let (Ok(before), Ok(after)) = (before, look(one)) else { continue };
        for (old, new) in before.iter().zip(&after).filter(|_| !one.case.restless) {
            one.complaints.unless(old.tree == new.tree, || "a second cycle changed the work tree".to_owned());
            one.complaints.unless(old.told == new.told, || "a second cycle wrote again".to_owned());
            one.complaints.unless(old.remotes == new.remotes, || "a second cycle pushed again".to_owned());
        }
    }
}

fn cycle(sandbox: &Sandbox, pen: &Pen, args: &[&str], housed: &mut [Housed<'_>]) -> Value {
    let output = guarded(|| (pen.start)(sandbox, args));
    let said = output.and_then(|output| guarded(|| output.json()));
    said.unwrap_or_else(|sentence| {
        let sentence = format!("{args:?}: {sentence}");
        housed.iter_mut().for_each(|one| one.complaints.add(sentence.clone()));
        Value::Null
    })
}

/// Everything that is listed belongs to a case.
fn strangers(cycle: &Value, works: &[PathBuf], ended: &mut Vec<Ended>, pen: &str) {
    let runs = cycle["runs"].as_array().cloned().unwrap_or_default();
    let ours = |run: &Value| {
        let one = serde_json::json!({ "runs": [run] });
        works.iter().any(|work| run_of(&one, work).is_some())
    };
    let strange: Vec<_> = runs.iter().filter(|run| !ours(run)).map(|run| run["path"].to_string()).collect();
    if !strange.is_empty() {
        let complaints = vec![format!("listed and in no case: {strange:?}")];
        let name = format!("the pen {pen}");
        ended.push(Ended { name, class: "pens", skipped: None, complaints });
    }
}

fn look_after(sandbox: &Sandbox, one: &Housed<'_>, cycle: &Value, preview: &Value) -> Vec<String> {
    if one.before.is_empty() {
        return Vec::new();
    }
    let after = one.look(sandbox);
    let git_after = below_git(sandbox, &one.repos);
    let watched = Watched {
        sandbox,
        case: one.case,
        repos: &one.repos,
        before: &one.before,
        after: &after,
        git_before: &one.git_before,
        git_after: &git_after,
    };
    judge(&watched, cycle, preview).0
}

/// A panic as a sentence: one bad case must not hide the others.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default()
    })
}
