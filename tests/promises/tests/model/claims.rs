//! What Autocommit says is true (12), and nothing stays stuck without a word (14).

use crate::{
    judge::Did,
    look::{Seen, TreeSeen},
    ours::Told,
    words::shown,
    world::{Verdict, World, text},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Compares what was said with what is there.
pub(crate) fn judge(world: &mut World, before: &Seen, after: &Seen, told: &Told, did: &Did) -> Verdict {
    let Some(cycle) = &told.cycle else { return Ok(()) };
    let runs = cycle["runs"].as_array().cloned().unwrap_or_default();
    exit_code(&runs, told.code)?;
    for tree in 0..after.trees.len() {
        let path = text(&world.trees[tree].path).to_owned();
        let Some(run) = runs.iter().find(|run| run["path"] == path.as_str()) else {
            // A run of one repository, or nothing at all while switched off.
            if runs.is_empty() && !world.enabled || runs.len() == 1 && after.trees.len() > 1 {
                continue;
            }
            return Err(format!("14: nothing is said of {path}: {cycle}"));
        };
        let (old, new) = (&before.trees[tree], &after.trees[tree]);
        let told_of = Of { run, status: word(run, "status"), held: held(run) };
        told_of.speaks()?;
        if !told.only_looked {
            told_of.is_true(world, new, after, did.anything(tree) || told.only_pushed)?;
        }
        if !(did.anything(tree) || told.only_looked || told.only_pushed) && world.enabled {
            told_of.is_enough(world, old, new)?;
        }
    }
    Ok(())
}

/// 0 says that nothing needs a person.
fn exit_code(runs: &[Value], code: Option<i32>) -> Verdict {
    let bad = runs.iter().find(|run| matches!(word(run, "status"), "held" | "failed"));
    match (bad, code) {
        (Some(run), Some(0)) => Err(format!("12: exit code 0, and {run}")),
        (_, Some(code)) if !(0..2).contains(&code) => Err(format!("14: exit code {code}: {runs:?}")),
        _ => Ok(()),
    }
}

/// What was said of one work tree.
struct Of<'a> {
    run: &'a Value,
    status: &'a str,
    /// Paths, as they are shown, and rules.
    held: Vec<(String, String)>,
}

impl Of<'_> {
    /// Whatever keeps work back has a sentence and a next step.
    fn speaks(&self) -> Verdict {
        let sentence =
            |value: &Value| value.as_str().is_some_and(|text| text.len() > 8 && text.ends_with('.'));
        let silent = matches!(self.status, "held" | "failed" | "skipped")
            && !(sentence(&self.run["reason"]) && sentence(&self.run["hint"]));
        let hints = self.run["held"].as_array().is_some_and(|held| held.iter().all(|h| sentence(&h["hint"])));
        if silent || !hints {
            return Err(format!("14: no sentence or no next step: {}", self.run));
        }
        Ok(())
    }

    fn is_true(&self, world: &mut World, new: &TreeSeen, after: &Seen, interrupted: bool) -> Verdict {
        let commit = word(self.run, "commit");
        let pushed = matches!(word(self.run, "push"), "pushed" | "up_to_date");
        if self.status == "pushed" || pushed {
            let branch = word(self.run, "branch");
            let tip = after.remote.as_ref().and_then(|refs| refs.get(&format!("refs/heads/{branch}")));
            if !tip.is_some_and(|tip| world.is_ancestor(&world.bare, commit, tip)) {
                return Err(format!(
                    "12: {commit} is said to be pushed, and {branch} of the remote is {tip:?}"
                ));
            }
            world.arrived.insert(commit.to_owned());
            world.count("claims checked", 1);
        }
        if matches!(self.status, "committed" | "pushed") && !interrupted {
            let head = new.head.as_deref().unwrap_or_default();
            if !world.is_ancestor(world.app(), commit, head) {
                return Err(format!("12: {commit} is said to be committed, and HEAD is {head}"));
            }
        }
        let left = &new.status;
        let clean = matches!(self.status, "pushed" | "unchanged" | "committed") && self.held.is_empty();
        if clean && !interrupted && !left.is_empty() {
            let left: Vec<_> = left.iter().map(|(path, status)| (shown(path), status)).collect();
            return Err(format!("12: said to be {}, and not clean: {left:?}", self.status));
        }
        let head = new.head.as_deref().unwrap_or_default();
        if self.status == "unchanged"
            && new.branch.is_some()
            && world.remote_is_there()
            && !interrupted
            && !world.at_remote(head)
        {
            return Err(format!("12: said to be unchanged, and the remote does not have {head}"));
        }
        Ok(())
    }

    /// What can be committed is committed, what is left is held for a reason that can be seen from outside.
    fn is_enough(&self, world: &World, old: &TreeSeen, new: &TreeSeen) -> Verdict {
        let said = self.run;
        if !old.is_ordinary() {
            let clean = old.status.is_empty();
            return match self.status {
                "held" => Ok(()),
                "unchanged" | "pushed" | "failed" | "committed" if clean && old.operation.is_none() => Ok(()),
                _ => Err(format!("4: something is under way ({:?}), and it says {said}", old.operation)),
            };
        }
        let held: BTreeSet<&str> = self.held.iter().map(|(path, _)| path.trim_end_matches('/')).collect();
        for raw in new.status.keys() {
            let path = shown(raw);
            if !held.contains(path.trim_end_matches('/')) {
                return Err(format!("14: {path} is left, and nothing is said of it: {said}"));
            }
        }
        for (path, rule) in &self.held {
            self.justified(path, rule, old)?;
        }
        match self.status {
            "pushed" | "unchanged" => Ok(()),
            "held" if !self.held.is_empty() => Ok(()),
            "failed" | "committed" | "held" if self.push_may_fail(world, new) => Ok(()),
            _ => Err(format!("14: nothing stood in the way, and it says {said}")),
        }
    }

    /// Whether what holds a path can be seen from outside.
    fn justified(&self, path: &str, rule: &str, old: &TreeSeen) -> Verdict {
        let path = path.trim_end_matches('/');
        let found = old.status.iter().find(|(known, _)| shown(known).trim_end_matches('/') == path);
        let (raw, letters) = found.map_or((&[][..], ""), |(raw, letters)| (raw.as_slice(), letters.as_str()));
        let fine = match rule {
            "partial_staging" => {
                letters.len() > 2 || letters.len() == 2 && letters != "??" && !letters.contains('.')
            }
            "nested_repository" => {
                let raw = raw.strip_suffix(b"/").unwrap_or(raw);
                let inside = [raw, b"/.git"].concat();
                let pointer = old.index.get(&(raw.to_vec(), 0)).is_some_and(|entry| entry.mode == "160000");
                pointer || old.files.keys().any(|known| crate::judge::key(known) == inside)
            }
            "special_file" => old
                .files
                .iter()
                .any(|(known, entry)| crate::judge::key(known) == raw && entry.mode & 0o170_000 == 0o010_000),
            "file_too_large" => old.contents.get(raw).is_some_and(|c| c.1.len() > 1 << 20),
            "mass_deletion" => {
                old.status.iter().filter(|(known, _)| !old.contents.contains_key(*known)).count() >= 10
            }
            "split_rename" => !old.contents.contains_key(raw),
            "traded_places" => self.held.iter().any(|(other, _)| {
                let other = other.trim_end_matches('/');
                other.starts_with(&format!("{path}/")) || path.starts_with(&format!("{other}/"))
            }),
            _ => false,
        };
        match fine {
            true => Ok(()),
            false => Err(format!("14: {path} is held by {rule}, which is not so ({letters})")),
        }
    }

    /// Whether something outside keeps the push from arriving.
    fn push_may_fail(&self, world: &World, new: &TreeSeen) -> bool {
        let again = word(self.run, "reason").contains("Nothing changed since");
        if again || !world.remote_is_there() || world.refusing {
            return true;
        }
        let refs = world.sandbox.refs(&world.bare);
        let there = new.branch.as_ref().and_then(|branch| refs.get(&format!("refs/heads/{branch}")));
        let head = new.head.as_deref().unwrap_or_default();
        // Both sides moved.
        there.is_some_and(|there| !world.is(world.app(), &["merge-base", "--is-ancestor", there, head]))
    }
}

fn held(run: &Value) -> Vec<(String, String)> {
    let all = run["held"].as_array().cloned().unwrap_or_default();
    all.iter().map(|held| (word(held, "path").to_owned(), word(held, "rule").to_owned())).collect()
}

fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
