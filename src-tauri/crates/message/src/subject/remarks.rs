//! Changes that no program notices: remarks, lines that became remarks, another look.

use super::{Headline, Voice, terms};
use crate::{
    change::Change,
    language::is_comment,
    layout::Look,
    only::{self, Only},
    patch::{FilePatch, Side},
    verbs::Verb,
};
use autocommit_core::text::counted;

/// Nothing but remarks or layout in all files.
pub(super) fn only(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    let place = place(changes);
    if let Some(n) =
        changes.iter().map(|change| commented_out(change.patch()?, change)).sum::<Option<usize>>()
        && n > 0
    {
        let lines = counted(n, "line");
        return voice.first([format!("{} {lines} in {place}", voice.say(Verb::CommentOut))]);
    }
    if !changes.is_empty() && changes.iter().all(|change| change.look() == Some(Look::Spaces)) {
        return voice.first([format!("{} {place}", voice.say(Verb::Reformat))]);
    }
    match only::of(changes)? {
        Only::Comments => {
            let (came, went) =
                changes.iter().fold((0, 0), |(a, r), c| (a + c.file.added, r + c.file.removed));
            let text = match (came, went) {
                (1.., 0) => format!("{} comments to {place}", voice.say(Verb::Add)),
                (0, 1..) => format!("{} comments from {place}", voice.say(Verb::Remove)),
                _ => format!("{} comments in {place}", voice.say(Verb::Change)),
            };
            voice.first([text])
        }
        Only::Layout => {
            voice.first([format!("{} layout and punctuation in {place}", voice.say(Verb::Change))])
        }
        Only::Documents | Only::Tests => None,
    }
}

/// The same where no word of it is left out.
pub(super) fn exactly(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    only(changes, voice).filter(|_| only::of(changes) != Some(Only::Comments))
}

fn place(changes: &[Change<'_>]) -> String {
    terms::together(&changes.iter().map(terms::place).collect::<Vec<_>>())
}

/// How many lines became remarks, where nothing else happened.
fn commented_out(patch: &FilePatch<'_>, change: &Change<'_>) -> Option<usize> {
    if !change.is_modified() {
        return None;
    }
    let mut n = 0;
    for hunk in &patch.hunks {
        let side = |side: Side| hunk.lines.iter().filter(move |l| l.side == side).map(|l| l.text.trim());
        let (old, new): (Vec<&str>, Vec<&str>) = (side(Side::Removed).collect(), side(Side::Added).collect());
        let became = |(old, new): (&&str, &&str)| {
            let inner = ["#", "//", "--"].iter().find_map(|mark| new.strip_prefix(mark));
            let comments = |line: &str| is_comment(&change.file.path, line);
            inner.is_some_and(|inner| inner.trim() == *old) && comments(new) && !comments(old)
        };
        if old.len() != new.len() || !old.iter().zip(&new).all(became) {
            return None;
        }
        n += old.len();
    }
    Some(n)
}
