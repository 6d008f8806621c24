//! One document that got a new section.

use super::{Headline, Voice};
use crate::{
    change::Change,
    defuse,
    file_class::FileClass,
    names,
    patch::{FilePatch, Side},
    verbs::Verb,
};

/// Longest heading that a subject quotes, in characters.
const LONGEST: usize = 40;

/// One existing document with exactly one new heading, and text below it.
pub(super) fn documented(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    let [change] = changes else { return None };
    if change.class != FileClass::Docs || !change.is_modified() {
        return None;
    }
    let name = names::file_name(&change.file.path);
    if name.to_ascii_uppercase().starts_with("CHANGE") {
        return None;
    }
    let patch = change.patch()?;
    let heading = only_new_heading(patch)?;
    let document = voice.say(Verb::Document);
    voice.headline(&format!("{document} {heading} in {}", names::short(&change.file.path)))
}

fn only_new_heading(patch: &FilePatch<'_>) -> Option<String> {
    // A fence among the lines: what looks like a heading could be a comment in an example.
    let fenced = patch.hunks.iter().flat_map(|h| &h.lines).any(|l| {
        let text = l.text.trim_start();
        text.starts_with("```") || text.starts_with("~~~")
    });
    if fenced || patch.side(Side::Removed).any(|l| heading(l).is_some()) {
        return None;
    }
    let mut added = patch.side(Side::Added).filter_map(heading);
    let only = added.next()?;
    let text_below = patch.side(Side::Added).filter(|l| !l.trim().is_empty()).count() > 1;
    (added.next().is_none() && text_below).then_some(only)
}

/// The text of a Markdown heading of level two or deeper, where it is plain enough to quote.
fn heading(line: &str) -> Option<String> {
    let text = line.strip_prefix("##")?.trim_start_matches('#');
    let text = text.strip_prefix(' ')?.trim().trim_end_matches('#').trim().replace('`', "");
    let text = text.trim_end_matches(['.', ':', '!', '?', ' ']).to_owned();
    let plain = |c: char| c.is_alphanumeric() || " -_.,'()&/+".contains(c);
    let fine = text.chars().any(char::is_alphabetic)
        && text.chars().all(plain)
        && text.chars().count() <= LONGEST
        && defuse::line(&text) == text;
    fine.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_headings_are_quoted() {
        for (line, text) in [
            ("## Installation", Some("Installation")),
            ("### The `run` command:", Some("The run command")),
            ("## Questions ##", Some("Questions")),
            ("# Title", None),
            ("## 1.2", None),
            ("## see https://example.org", None),
            ("## [skip ci]", None),
            ("##nothing", None),
            ("## Breaking change", None),
        ] {
            assert_eq!(heading(line).as_deref(), text, "{line}");
        }
    }
}
