//! How a repository grows: stories in `content/*.txt`, each a set of first files and steps that change them.
//!
//! `=== base` or `=== <subject>` starts a step; in it `--- write PATH`, `--- append PATH`, `--- replace PATH` (old,
//! `>>>`, new), `--- delete PATH`, `--- rename A -> B`, `--- executable PATH`. `{name}` and `{snake}` are filled in.

use crate::place::Content;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;

/// The kinds of repositories.
pub(super) const KINDS: [(&str, &str); 7] = [
    ("rust", include_str!("content/rust.txt")),
    ("python", include_str!("content/python.txt")),
    ("web", include_str!("content/web.txt")),
    ("go", include_str!("content/go.txt")),
    ("notes", include_str!("content/notes.txt")),
    ("ops", include_str!("content/ops.txt")),
    ("dotfiles", include_str!("content/dotfiles.txt")),
];

/// The files of a repository at one moment.
pub(super) type Tree = BTreeMap<String, Content>;

/// A repository's life: the subject of each step and the files after it. The first one is how it began.
pub(super) fn life(kind: &str, name: &str) -> Result<Vec<(String, Tree)>> {
    let (_, text) = KINDS.iter().find(|(known, _)| *known == kind).context("no such kind of repository")?;
    let text = text.replace("{name}", name).replace("{snake}", &name.replace('-', "_"));
    let mut life: Vec<(String, Tree)> = Vec::new();
    for step in text.split("\n=== ") {
        let (subject, changes) = step.split_once('\n').context("a step without changes")?;
        let subject = subject.strip_prefix("=== ").unwrap_or(subject);
        let mut tree = life.last().map(|(_, tree)| tree.clone()).unwrap_or_default();
        for change in format!("\n{changes}").split("\n--- ").skip(1) {
            let (order, body) = change.split_once('\n').unwrap_or((change, ""));
            apply(&mut tree, order, body).with_context(|| format!("{kind}, step {subject:?}, {order}"))?;
        }
        let subject = if life.is_empty() { format!("Start {name}") } else { subject.to_owned() };
        life.push((subject, tree));
    }
    Ok(life)
}

fn apply(tree: &mut Tree, order: &str, body: &str) -> Result<()> {
    let (verb, path) = order.split_once(' ').context("no path")?;
    let body = body.strip_suffix('\n').unwrap_or(body);
    let mut known = |path: &str| tree.remove(path).with_context(|| format!("there is no {path}"));
    match verb {
        "write" => {
            tree.insert(path.to_owned(), Content { text: format!("{body}\n"), executable: false });
        }
        "append" => {
            let mut content = known(path)?;
            content.text.push_str(body);
            content.text.push('\n');
            tree.insert(path.to_owned(), content);
        }
        "replace" => {
            let (old, new) = body.split_once("\n>>>\n").context("no >>>")?;
            let mut content = known(path)?;
            if content.text.matches(old).count() != 1 {
                bail!("{old:?} must be there exactly once");
            }
            content.text = content.text.replacen(old, new, 1);
            tree.insert(path.to_owned(), content);
        }
        "delete" => {
            known(path)?;
        }
        "rename" => {
            let (from, to) = path.split_once(" -> ").context("no ->")?;
            let content = known(from)?;
            tree.insert(to.to_owned(), content);
        }
        "executable" => {
            let content = known(path)?;
            tree.insert(path.to_owned(), Content { executable: true, ..content });
        }
        _ => bail!("no such verb"),
    }
    Ok(())
}

/// What must be written or removed to get from one tree to the next.
pub(super) fn difference(old: &Tree, new: &Tree) -> Vec<(String, Option<Content>)> {
    let gone = old.keys().filter(|path| !new.contains_key(*path)).map(|path| (path.clone(), None));
    let written = new.iter().filter(|(path, content)| old.get(*path) != Some(content));
    gone.chain(written.map(|(path, content)| (path.clone(), Some(content.clone())))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_story_can_be_told_to_its_end() {
        for (kind, _) in KINDS {
            let life = life(kind, "my-thing").unwrap();
            assert!(life.len() >= 10, "{kind} has {} steps", life.len());
            for pair in life.windows(2) {
                assert!(
                    !difference(&pair[0].1, &pair[1].1).is_empty(),
                    "{kind}: {} changes nothing",
                    pair[1].0
                );
            }
            let (_, last) = life.last().unwrap();
            assert!(
                last.values().all(|c| !c.text.contains("{name}") && !c.text.contains("\n--- ")),
                "{kind}"
            );
        }
    }

    #[test]
    fn a_story_that_does_not_fit_is_refused() {
        let mut tree = Tree::new();
        apply(&mut tree, "write a", "x\nx\n").unwrap();
        for (order, body) in [
            ("append b", "x"),
            ("replace a", "x\n>>>\ny"),
            ("replace a", "z\n>>>\ny"),
            ("delete b", ""),
            ("turn a", ""),
        ] {
            assert!(apply(&mut tree.clone(), order, body).is_err(), "{order}");
        }
    }
}
