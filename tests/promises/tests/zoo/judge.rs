//! Whether the verdict came true: by git and by the bytes of files, and only then by what the program says of itself.

use crate::{
    case::{Case, Kept, Sent, Verdict},
    commit, record,
    seen::{Seen, Told},
    write,
};
use autocommit_test_support::{Entry, Sandbox};
use serde_json::Value;
use std::{collections::BTreeMap, path::PathBuf};

/// A case as it was and as it is.
pub(crate) struct Watched<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) case: &'a Case,
    pub(crate) repos: &'a [Kept],
    pub(crate) before: &'a [Seen],
    pub(crate) after: &'a [Seen],
    /// Every byte below the git folders.
    pub(crate) git_before: &'a BTreeMap<PathBuf, Entry>,
    pub(crate) git_after: &'a BTreeMap<PathBuf, Entry>,
}

/// What is wrong, one sentence each.
#[derive(Debug, Default)]
pub(crate) struct Complaints(pub(crate) Vec<String>);

impl Complaints {
    pub(crate) fn add(&mut self, sentence: impl Into<String>) {
        self.0.push(sentence.into());
    }

    pub(crate) fn unless(&mut self, ok: bool, sentence: impl FnOnce() -> String) {
        if !ok {
            self.0.push(sentence());
        }
    }
}

/// Compares everything.
pub(crate) fn judge(watched: &Watched<'_>, cycle: &Value, preview: &Value) -> Complaints {
    let mut found = Complaints::default();
    for (place, verdict) in watched.case.verdicts.iter().enumerate() {
        let (kept, before, after) = (&watched.repos[place], &watched.before[place], &watched.after[place]);
        unharmed(before, after, &mut found);
        if let (Some(old), Some(new)) = (&before.told, &after.told) {
            history_kept(watched, place, (old, new), &mut found);
        }
        record::judge(kept, verdict, cycle, preview, &mut found);
        if let (Verdict::Commit { paths, held, unseen, .. }, Some(old), Some(new)) =
            (verdict, &before.told, &after.told)
        {
            let stays: Vec<_> =
                held.iter().map(|(path, _)| path.as_str()).chain(unseen.iter().copied()).collect();
            commit::judge(watched.sandbox, &kept.work, (paths, &stays), (old, new), &mut found);
        }
        remotes(watched, place, verdict, &mut found);
        if after.told.is_some() && kept.work.is_dir() && !matches!(verdict, Verdict::Own) {
            fsck(watched.sandbox, kept, &mut found);
        }
    }
    write::judge(watched, &mut found);
    found
}

/// Never list 1: no byte, mode or time of the work tree.
fn unharmed(before: &Seen, after: &Seen, found: &mut Complaints) {
    let paths = before.tree.keys().chain(after.tree.keys());
    let differing: Vec<_> = paths.filter(|path| before.tree.get(*path) != after.tree.get(*path)).collect();
    found.unless(differing.is_empty(), || format!("the work tree changed: {differing:?}"));
}

/// Never list 2 and 6: refs and reflogs only grow, and only the one branch moves.
fn history_kept(watched: &Watched<'_>, place: usize, (old, new): (&Told, &Told), found: &mut Complaints) {
    found
        .unless(old.branch == new.branch, || format!("HEAD moved from {:?} to {:?}", old.branch, new.branch));
    for (name, lines) in &old.reflogs {
        let kept = new.reflogs.get(name).is_some_and(|now| now.starts_with(lines));
        found.unless(kept, || format!("the reflog of {name} lost entries"));
    }
    let may_move = movable(watched);
    let names = old.refs.keys().chain(new.refs.keys());
    for name in names.filter(|name| old.refs.get(*name) != new.refs.get(*name)) {
        found.unless(may_move.contains(name), || format!("the ref {name} moved"));
        if let (Some(from), Some(to)) = (old.refs.get(name), new.refs.get(name)) {
            let args = ["merge-base", "--is-ancestor", from.as_str(), to.as_str()];
            let descends =
                crate::seen::ask(watched.sandbox, &watched.repos[place].work, &args).status.success();
            found.unless(descends, || {
                format!("the ref {name} went from {from} to {to}, which does not descend")
            });
        }
        found.unless(new.refs.contains_key(name), || format!("the ref {name} is gone"));
    }
}

/// The refs that this case's commits and pushes may move.
fn movable(watched: &Watched<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for (verdict, before) in watched.case.verdicts.iter().zip(watched.before) {
        let Some(branch) = before.told.as_ref().and_then(Told::short_branch) else { continue };
        if matches!(verdict, Verdict::Commit { .. } | Verdict::Own) {
            names.extend(["HEAD".to_owned(), format!("refs/heads/{branch}")]);
        }
        if verdict.writes() {
            for remote in ["origin", "backup", "fork"] {
                names.extend([branch, "HEAD"].map(|name| format!("refs/remotes/{remote}/{name}")));
            }
        }
    }
    names
}

/// Never list 3: at the remote only the one branch moves, forward, to what was committed here.
fn remotes(watched: &Watched<'_>, place: usize, verdict: &Verdict, found: &mut Complaints) {
    let (kept, before, after) = (&watched.repos[place], &watched.before[place], &watched.after[place]);
    let moves = matches!(verdict, Verdict::Commit { sent: Sent::Arrived, .. } | Verdict::Push);
    let branches: Vec<_> = watched
        .case
        .verdicts
        .iter()
        .zip(watched.before)
        .filter(|(verdict, _)| {
            matches!(verdict, Verdict::Commit { sent: Sent::Arrived, .. } | Verdict::Push | Verdict::Own)
        })
        .filter_map(|(_, seen)| seen.told.as_ref()?.branch.clone())
        .collect();
    for ((bare, old), new) in kept.remotes.iter().zip(&before.remotes).zip(&after.remotes) {
        for name in old.keys().chain(new.keys()).filter(|name| old.get(*name) != new.get(*name)) {
            // Where git could not be asked, the branch is the one that every repository here starts with.
            let blind = before.told.is_none() && *verdict == Verdict::Own && name == "refs/heads/main";
            let expected = branches.contains(name) || kept.arrives.is_some() || blind;
            found.unless(expected, || format!("the remote's {name} moved"));
            if let (Some(from), Some(to)) = (old.get(name), new.get(name)) {
                let args = ["merge-base", "--is-ancestor", from.as_str(), to.as_str()];
                let forward = crate::seen::ask(watched.sandbox, bare, &args).status.success();
                found.unless(forward, || format!("the remote's {name} was forced"));
            }
            found.unless(new.contains_key(name), || format!("the remote's {name} was deleted"));
        }
        let Some(told) = after.told.as_ref().filter(|_| *verdict != Verdict::Own) else { continue };
        let Some(branch) = &told.branch else { continue };
        let wanted = kept.arrives.as_ref().or(if moves { told.head.as_ref() } else { old.get(branch) });
        found.unless(new.get(branch) == wanted, || {
            format!("the remote has {branch} at {:?}, not at {wanted:?}", new.get(branch))
        });
    }
}

fn fsck(sandbox: &Sandbox, kept: &Kept, found: &mut Complaints) {
    for dir in kept.remotes.iter().filter(|bare| bare.is_dir()).chain([&kept.work]) {
        let output =
            crate::seen::ask(sandbox, dir, &["fsck", "--full", "--strict", "--no-dangling", "--no-progress"]);
        let said = format!("{}{}", output.stdout, output.stderr);
        let harmless = |line: &&str| {
            !line.starts_with("notice: ") && !line.starts_with("hint:") && !line.starts_with("warning")
        };
        let lines: Vec<_> = said.lines().filter(harmless).collect();
        let ok = output.status.success() && lines.is_empty();
        found.unless(ok, || format!("fsck of {}: {}", dir.display(), lines.join(" | ")));
    }
}
