//! Changes that move files or flip their executable bit, and do nothing else.

use super::Headline;
use crate::{
    change::Change,
    names::{self, file_name, folder, folder_of, full},
};
use autocommit_core::{draft::FileStatus, path::RepoPath, text::counted};

/// Every file got another path.
pub(super) fn renames(changes: &[Change<'_>]) -> Option<Headline> {
    let pairs: Vec<(&RepoPath, &RepoPath)> =
        changes.iter().map(|c| c.renamed_from().map(|from| (from, &c.file.path))).collect::<Option<_>>()?;
    let edited = changes.iter().any(|c| c.file.added + c.file.removed > 0);
    let with = if edited { ", with changes" } else { "" };
    match pairs.as_slice() {
        [] => None,
        [(from, to)] => one(from, to, with),
        _ => several(&pairs, with),
    }
}

fn one(from: &RepoPath, to: &RepoPath, with: &str) -> Option<Headline> {
    let (old, new) = (file_name(from), file_name(to));
    let target = folder_of(to);
    if folder_of(from) == target {
        return Headline::of(&format!("Rename {old} to {new}{with}")).or_else(|| counted_moves(1, with));
    }
    if from.file_name() == to.file_name() {
        let target = if target.is_empty() { folder("") } else { folder(&format!("{target}/")) };
        return Headline::of(&format!("Move {old} to {target}{with}"))
            .or_else(|| Headline::of(&format!("Move {old}{with}")).map(Headline::partial));
    }
    Headline::of(&format!("Move {old} to {}{with}", full(to, names::SUBJECT_NAME)))
        .or_else(|| Headline::of(&format!("Rename {old} to {new}{with}")).map(Headline::partial))
        .or_else(|| counted_moves(1, with))
}

fn several(pairs: &[(&RepoPath, &RepoPath)], with: &str) -> Option<Headline> {
    let n = counted(pairs.len(), "file");
    let first = moved_root(pairs[0].0, pairs[0].1);
    if let Some((old, new)) =
        first.filter(|f| pairs.iter().all(|(a, b)| moved_root(a, b).as_ref() == Some(f)))
    {
        return Headline::first([
            format!("Move {n} from {} to {}{with}", folder(&old), folder(&new)),
            format!("Move {n} to {}{with}", folder(&new)),
        ]);
    }
    let target = folder_of(pairs[0].1);
    let names_kept = pairs.iter().all(|(a, b)| a.file_name() == b.file_name());
    if names_kept && pairs.iter().all(|(_, b)| folder_of(b) == target) {
        return Headline::of(&format!("Move {n} to {}{with}", folder(&target)));
    }
    if names_kept {
        return Headline::of(&format!("Move {n}{with}"));
    }
    let stayed = pairs.iter().all(|(a, b)| folder_of(a) == folder_of(b));
    if let ([(a, b), (c, d)], true) = (pairs, stayed) {
        let text = format!(
            "Rename {} to {} and {} to {}{with}",
            file_name(a),
            file_name(b),
            file_name(c),
            file_name(d)
        );
        return Headline::of(&text).or_else(|| counted_moves(2, with));
    }
    counted_moves(pairs.len(), with)
}

fn counted_moves(n: usize, with: &str) -> Option<Headline> {
    Headline::of(&format!("Rename {}{with}", counted(n, "file"))).map(Headline::partial)
}

/// The folders that differ when everything below them kept its place: `a/x/y` to `b/x/y` gives `a` and `b`.
fn moved_root(from: &RepoPath, to: &RepoPath) -> Option<(String, String)> {
    let (from, to) = (String::from_utf8_lossy(from.as_bytes()), String::from_utf8_lossy(to.as_bytes()));
    let (a, b): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (same > 0).then(|| (a[..a.len() - same].join("/"), b[..b.len() - same].join("/")))
}

/// Every file only became executable, or only stopped to be.
pub(super) fn modes(changes: &[Change<'_>]) -> Option<Headline> {
    let bits: Vec<bool> = changes
        .iter()
        .map(|c| match c.file.status {
            FileStatus::ModeChanged { executable } => Some(executable),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let first = *bits.first()?;
    let n = counted(changes.len(), "file");
    if bits.iter().any(|b| *b != first) {
        return Headline::of(&format!("Change the executable bit of {n}"));
    }
    let how = if first { "executable" } else { "not executable" };
    let shown: Vec<String> = changes.iter().take(4).map(|c| names::short(&c.file.path)).collect();
    let by_name = (changes.len() <= 3).then(|| format!("Make {} {how}", names::listed(&shown)));
    Headline::first(by_name.into_iter().chain([format!("Make {n} {how}")]))
}
