//! The changed lines that a model sees: few, from all important files in turn, and without what is secret.

use super::prompt::tame;
use crate::{
    facts::Facts,
    file_class::FileClass,
    patch::{self, FilePatch, Hunk, Side},
};
use autocommit_core::{draft::Diff, path::RepoPath};
use std::collections::HashSet;

/// Longest line, in characters.
const LINE: usize = 120;
/// Longest context of a hunk, in characters.
const CONTEXT: usize = 80;
/// The most of a patch that is looked at, in bytes.
const MOST: usize = 512 * 1024;
/// Files that lines are shown of.
const FILES: usize = 12;
/// Lines of one file until the next one's turn.
const TURN: usize = 6;
/// Characters without a space that are data and no code.
const RUN: usize = 40;

/// Changed lines of `characters` characters at most, each file under its path, the most important file first.
pub(crate) fn of(facts: &Facts<'_>, characters: usize) -> String {
    let mut files: Vec<(String, Vec<String>)> = Vec::new();
    for change in facts.by_importance().filter(|c| !is_secret(&c.file.path)).take(FILES) {
        // What machines write says nothing that its first line does not.
        if matches!(change.class, FileClass::Lock | FileClass::Generated) {
            continue;
        }
        let lines = change.shown.as_ref().map(lines).unwrap_or_default();
        if !lines.is_empty() {
            files.push((tame(&String::from_utf8_lossy(change.file.path.as_bytes()), LINE), lines));
        }
    }
    shared_out(&files, characters)
}

/// The beginning of the patch as it is, but for what is secret.
pub(crate) fn diff(diff: &Diff, characters: usize) -> String {
    let mut out = String::new();
    for part in patch::parse(&diff.patch[..diff.patch.len().min(MOST)]) {
        let Some(path) = part.new.as_ref().or(part.old.as_ref()).filter(|path| !is_secret(path)) else {
            continue;
        };
        out.push_str(&format!("--- {}\n", tame(&String::from_utf8_lossy(path.as_bytes()), LINE)));
        for line in lines(&part) {
            out.push_str(&line);
            out.push('\n');
        }
    }
    let end = out.char_indices().nth(characters).map_or(out.len(), |(end, _)| end);
    out[..end].to_owned()
}

/// Whether the content of a file at this path is shown to nobody.
pub(crate) fn is_secret(path: &RepoPath) -> bool {
    autocommit_secret::path_is_secret(path.as_bytes()).is_some()
}

/// Each file gets its turn until the room is full.
fn shared_out(files: &[(String, Vec<String>)], characters: usize) -> String {
    let mut taken = vec![0; files.len()];
    let mut left = characters;
    let mut going = true;
    while going {
        going = false;
        for (i, (path, lines)) in files.iter().enumerate() {
            let head = if taken[i] == 0 { path.chars().count() + 5 } else { 0 };
            let mut used = 0;
            for line in lines.iter().skip(taken[i]).take(TURN) {
                let cost = line.chars().count() + 1 + if used == 0 { head } else { 0 };
                if cost > left {
                    left = 0;
                    break;
                }
                left -= cost;
                used += 1;
            }
            taken[i] += used;
            going |= used > 0 && taken[i] < lines.len();
        }
    }
    let mut out = String::new();
    for ((path, lines), taken) in files.iter().zip(taken).filter(|(_, taken)| *taken > 0) {
        out.push_str(&format!("--- {path}\n"));
        for line in &lines[..taken] {
            out.push_str(line);
            out.push('\n');
        }
        if taken < lines.len() {
            out.push_str("(more)\n");
        }
    }
    out
}

/// The changed lines of each hunk before and after, redacted before anything is cut: half a secret is not recognised as
/// one.
pub(crate) fn blocks(part: &FilePatch<'_>) -> Vec<(Vec<String>, Vec<String>)> {
    let (gone, came): (HashSet<&str>, HashSet<&str>) =
        (part.side(Side::Removed).map(str::trim).collect(), part.side(Side::Added).map(str::trim).collect());
    let block = |hunk: &Hunk<'_>, side: Side, others: &HashSet<&str>| -> Vec<String> {
        // What stands on both sides was moved or indented.
        let lines = hunk.lines.iter().filter(|l| l.side == side).map(|l| l.text.as_ref());
        let lines = lines.filter(|l| l.chars().any(char::is_alphanumeric) && !others.contains(l.trim()));
        let text = lines.collect::<Vec<_>>().join("\n");
        autocommit_secret::redact(&text).lines().map(|line| without_data(line.trim())).collect()
    };
    let both = |hunk| (block(hunk, Side::Removed, &came), block(hunk, Side::Added, &gone));
    part.hunks.iter().map(both).collect()
}

/// The added lines of a file, redacted.
pub(crate) fn added(part: &FilePatch<'_>) -> Vec<String> {
    blocks(part).into_iter().flat_map(|(_, new)| new).collect()
}

/// The changed lines of a file with the context of each hunk.
fn lines(part: &FilePatch<'_>) -> Vec<String> {
    let mut out = Vec::new();
    for (hunk, (old, new)) in part.hunks.iter().zip(blocks(part)) {
        let before = out.len();
        let paired = old.len() == new.len();
        for (mark, lines, others) in [('-', &old, &new), ('+', &new, &old)] {
            for (i, line) in lines.iter().enumerate() {
                let from = if paired { differs_at(line, &others[i]) } else { 0 };
                out.push(format!("{mark}{}", tame(&line[from..], LINE)));
            }
        }
        let context = tame(&autocommit_secret::redact(hunk.context.trim()), CONTEXT);
        if out.len() > before && !context.is_empty() {
            out.insert(before, format!("@@ {}", without_data(&context)));
        }
    }
    out
}

/// Where to begin showing a line that differs from another one only behind what would be shown of it.
fn differs_at(line: &str, other: &str) -> usize {
    let same = line.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    if same < LINE / 2 || line.len() <= LINE { 0 } else { boundary(line, same - LINE / 3) }
}

/// The last place at or before a byte where a character begins.
pub(crate) fn boundary(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Long runs without a space are keys, sums or pictures: a line in the middle of a key has nothing that tells it.
fn without_data(line: &str) -> String {
    let is_data = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(from) = rest.find(is_data) {
        let length = rest[from..].find(|c| !is_data(c)).unwrap_or(rest.len() - from);
        let run = &rest[from..from + length];
        out.push_str(&rest[..from]);
        let mixed =
            run.contains(|c: char| c.is_ascii_digit()) && run.contains(|c: char| c.is_ascii_alphabetic());
        out.push_str(if length >= RUN && mixed { "[data]" } else { run });
        rest = &rest[from + length..];
    }
    out + rest
}
