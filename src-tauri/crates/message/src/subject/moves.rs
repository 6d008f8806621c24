//! Changes that move files or flip their executable bit, and do nothing else.

use super::{Headline, Voice};
use crate::{
    change::Change,
    names::{self, file_name, folder, folder_of, full},
    verbs::Verb,
};
use autocommit_core::{draft::FileStatus, path::RepoPath, text::counted};

/// Every file got another path.
pub(super) fn renames(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    let pairs: Vec<(&RepoPath, &RepoPath)> =
        changes.iter().map(|c| c.renamed_from().map(|from| (from, &c.file.path))).collect::<Option<_>>()?;
    let edited = changes.iter().any(|c| c.file.added + c.file.removed > 0);
    let with = if edited { ", with changes" } else { "" };
    match pairs.as_slice() {
        [] => None,
        [(from, to)] => one(from, to, with, voice),
        _ => several(&pairs, with, voice),
    }
}

fn one(from: &RepoPath, to: &RepoPath, with: &str, voice: Voice) -> Option<Headline> {
    let (rename, go) = (voice.say(Verb::Rename), voice.say(Verb::Move));
    let (old, new) = (file_name(from), file_name(to));
    let target = folder_of(to);
    if folder_of(from) == target {
        return voice
            .headline(&format!("{rename} {old} to {new}{with}"))
            .or_else(|| counted_moves(1, with, voice));
    }
    if from.file_name() == to.file_name() {
        let target = if target.is_empty() { folder("") } else { folder(&format!("{target}/")) };
        return voice
            .headline(&format!("{go} {old} to {target}{with}"))
            .or_else(|| voice.headline(&format!("{go} {old}{with}")).map(Headline::partial));
    }
    voice
        .headline(&format!("{go} {old} to {}{with}", full(to, names::SUBJECT_NAME)))
        .or_else(|| voice.headline(&format!("{rename} {old} to {new}{with}")).map(Headline::partial))
        .or_else(|| counted_moves(1, with, voice))
}

fn several(pairs: &[(&RepoPath, &RepoPath)], with: &str, voice: Voice) -> Option<Headline> {
    let (rename, go) = (voice.say(Verb::Rename), voice.say(Verb::Move));
    let n = counted(pairs.len(), "file");
    let first = moved_root(pairs[0].0, pairs[0].1);
    if let Some((old, new)) =
        first.filter(|f| pairs.iter().all(|(a, b)| moved_root(a, b).as_ref() == Some(f)))
    {
        return voice.first([
            format!("{go} {n} from {} to {}{with}", folder(&old), folder(&new)),
            format!("{go} {n} to {}{with}", folder(&new)),
        ]);
    }
    let target = folder_of(pairs[0].1);
    let names_kept = pairs.iter().all(|(a, b)| a.file_name() == b.file_name());
    if names_kept && pairs.iter().all(|(_, b)| folder_of(b) == target) {
        return voice.headline(&format!("{go} {n} to {}{with}", folder(&target)));
    }
    if names_kept {
        return voice.headline(&format!("{go} {n}{with}"));
    }
    let stayed = pairs.iter().all(|(a, b)| folder_of(a) == folder_of(b));
    if let ([(a, b), (c, d)], true) = (pairs, stayed) {
        let text = format!(
            "{rename} {} to {} and {} to {}{with}",
            file_name(a),
            file_name(b),
            file_name(c),
            file_name(d)
        );
        return voice.headline(&text).or_else(|| counted_moves(2, with, voice));
    }
    counted_moves(pairs.len(), with, voice)
}

fn counted_moves(n: usize, with: &str, voice: Voice) -> Option<Headline> {
    voice
        .headline(&format!("{} {}{with}", voice.say(Verb::Rename), counted(n, "file")))
        .map(Headline::partial)
}

/// The folders that differ when everything below them kept its place: `a/x/y` to `b/x/y` gives `a` and `b`.
fn moved_root(from: &RepoPath, to: &RepoPath) -> Option<(String, String)> {
    let (from, to) = (String::from_utf8_lossy(from.as_bytes()), String::from_utf8_lossy(to.as_bytes()));
    let (a, b): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (same > 0).then(|| (a[..a.len() - same].join("/"), b[..b.len() - same].join("/")))
}

/// Every file only became executable, or only stopped to be.
pub(super) fn modes(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    let bits: Vec<bool> = changes
        .iter()
        .map(|c| match c.file.status {
            FileStatus::ModeChanged { executable } => Some(executable),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let first = *bits.first()?;
    let (change, make) = (voice.say(Verb::Change), voice.say(Verb::Make));
    let n = counted(changes.len(), "file");
    if bits.iter().any(|b| *b != first) {
        return voice.headline(&format!("{change} the executable bit of {n}"));
    }
    let how = if first { "executable" } else { "not executable" };
    let shown: Vec<String> = changes.iter().take(4).map(|c| names::short(&c.file.path)).collect();
    let by_name = (changes.len() <= 3).then(|| format!("{make} {} {how}", names::listed(&shown)));
    voice.first(by_name.into_iter().chain([format!("{make} {n} {how}")]))
}
