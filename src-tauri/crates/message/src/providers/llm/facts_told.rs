//! The facts of a change as a model reads them: counts, and for each important file what happened to it.

use super::{excerpt::is_secret, prompt::tame};
use crate::{change::Change, facts::Facts};
use autocommit_core::{draft::FileStatus, text::counted};

/// Files that are told one by one.
const FILES: usize = 10;
/// Definitions of one kind that are named of one file.
const SYMBOLS: usize = 4;
/// Longest path, in characters.
const PATH: usize = 100;

/// The lines.
pub(crate) fn told(facts: &Facts<'_>) -> String {
    let (added, removed) = facts.lines();
    let mut out = counted(facts.changes.len(), "file");
    for (n, what) in [(added, "added"), (removed, "removed")] {
        if n > 0 {
            out.push_str(&format!(", {} {what}", counted(n, "line")));
        }
    }
    let shown: Vec<&Change<'_>> = facts.by_importance().filter(|c| !is_secret(&c.file.path)).collect();
    for change in shown.iter().take(FILES) {
        out.push_str(&format!("\n{}", one(change)));
    }
    if shown.len() > FILES {
        out.push_str(&format!("\nand {}", counted(shown.len() - FILES, "more file")));
    }
    let hidden = facts.changes.len() - shown.len();
    if hidden > 0 {
        out.push_str(&format!("\nand {} that may hold secrets", counted(hidden, "file")));
    }
    out
}

fn one(change: &Change<'_>) -> String {
    let file = change.file;
    let path = tame(&String::from_utf8_lossy(file.path.as_bytes()), PATH);
    let what = match &file.status {
        FileStatus::Added => "new",
        FileStatus::Modified => "modified",
        FileStatus::Deleted => "deleted",
        FileStatus::Renamed { .. } => "renamed",
        FileStatus::ModeChanged { executable: true } => "made executable",
        FileStatus::ModeChanged { executable: false } => "made not executable",
        FileStatus::TypeChanged => "type changed",
        FileStatus::Submodule => "submodule",
    };
    let mut out = format!("{what} {path}");
    if let FileStatus::Renamed { from } = &file.status
        && !is_secret(from)
    {
        out.push_str(&format!(" from {}", tame(&String::from_utf8_lossy(from.as_bytes()), PATH)));
    }
    if file.binary {
        out.push_str(" (binary)");
    }
    if file.added > 0 {
        out.push_str(&format!(" +{}", file.added));
    }
    if file.removed > 0 {
        out.push_str(&format!(" -{}", file.removed));
    }
    let symbols = &change.symbols;
    let mut told = |what: &str, names: &[String]| {
        let names: Vec<String> = names.iter().take(SYMBOLS).map(|name| tame(name, PATH)).collect();
        if !names.is_empty() {
            out.push_str(&format!("; {what} {}", names.join(", ")));
        }
    };
    told("new:", &symbols.added);
    told("gone:", &symbols.removed);
    told("changed:", &[symbols.changed.clone(), symbols.inside.clone()].concat());
    if let Some((from, to)) = &symbols.renamed {
        told("renamed:", &[format!("{from} to {to}")]);
    }
    out
}
