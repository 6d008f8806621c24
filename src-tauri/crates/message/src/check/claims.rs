//! What a sentence says of a change as a whole, compared with what the change is: layout is no repair, a comment is no
//! test, and what stood there before is not included now.

use super::{
    Refusal,
    evidence::{Evidence, Words},
    verbs,
    words::{Kind, Token, is_stop, stem},
};
use crate::{
    facts::Facts,
    file_class::FileClass,
    only::{self, Only},
    patch::Side,
    vocabulary::imperative,
};
use autocommit_core::draft::FileStatus;

/// Stems of words that speak of layout.
const LAYOUT: &[&str] = &[
    "format",
    "reformat",
    "whitespace",
    "indent",
    "indentation",
    "punctuation",
    "semicolon",
    "quote",
    "style",
    "align",
    "alignment",
    "spacing",
    "space",
    "tidy",
    "lint",
    "comma",
    "newline",
    "line",
    "layout",
    "wrap",
    "capitalization",
];
/// Stems of words that speak of remarks.
const REMARKS: &[&str] = &[
    "comment",
    "document",
    "documentation",
    "doc",
    "docstring",
    "note",
    "explain",
    "explanation",
    "describe",
    "description",
    "clarify",
    "mention",
    "typo",
    "wording",
    "spelling",
    "todo",
    "link",
    "license",
    "example",
    "instruction",
    "header",
    "hint",
    "recommend",
    "benchmark",
];

/// What a change is, beyond its words.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    /// Nothing but layout, or nothing but remarks.
    only: Option<Only>,
    /// A test file is new, or has a new line that is code.
    tests: bool,
    /// A file that names dependencies changed.
    dependencies: bool,
}

impl Shape {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let only = only::of(&facts.changes);
        let tests = facts.changes.iter().filter(|change| change.class == FileClass::Test).any(|change| {
            matches!(change.file.status, FileStatus::Added)
                || change
                    .patch()
                    .is_some_and(|patch| patch.side(Side::Added).any(|line| !line.trim().is_empty()))
        });
        let names = |class| matches!(class, FileClass::Manifest(_) | FileClass::Lock);
        Self {
            only,
            tests: tests && !matches!(only, Some(Only::Comments | Only::Layout)),
            dependencies: facts.changes.iter().any(|change| names(change.class)),
        }
    }
}

/// What the sentence claims that the change is not, if any.
pub(super) fn check(text: &str, tokens: &[Token], shape: Shape, evidence: &Evidence) -> Result<(), Refusal> {
    let quoted = text.split('"').skip(1).step_by(2);
    if text.matches('"').count().is_multiple_of(2) && quoted.into_iter().any(|words| !evidence.says(words)) {
        return Err(Refusal::Name);
    }
    let words: Vec<String> = tokens.iter().map(|token| stem(&token.text.to_lowercase())).collect();
    let speaks = |of: &[&str]| words.iter().any(|word| of.iter().any(|known| *word == stem(known)));
    match shape.only {
        Some(Only::Layout) if !speaks(LAYOUT) => return Err(Refusal::Claim),
        Some(Only::Comments) if !speaks(REMARKS) => return Err(Refusal::Claim),
        _ => {}
    }
    for (i, token) in tokens.iter().enumerate() {
        let before = i.checked_sub(1).map(|before| tokens[before].text.to_lowercase());
        let verb = imperative(&token.text).filter(|_| token.kind == Kind::Word);
        let (Some(verb), rest) = (verb, verbs::object(&tokens[i + 1..])) else { continue };
        match before.as_deref() {
            None | Some("and" | "then") => {
                whole(verb, rest, shape, evidence)?;
                // Of a list each is gone, not one of them.
                if verbs::TAKES.contains(&verb) && text.contains(',') && !all_gone(rest, evidence) {
                    return Err(Refusal::NotRemoved);
                }
            }
            // `update README to include x`
            Some("to") if verbs::BRINGS.contains(&verb) && !news(rest, evidence) => {
                return Err(Refusal::NotAdded);
            }
            Some("to") if verbs::TAKES.contains(&verb) => verbs::claim(verb, &tokens[i + 1..], evidence)?,
            Some(_) => {}
        }
    }
    Ok(())
}

fn whole(verb: &str, object: &[Token], shape: Shape, evidence: &Evidence) -> Result<(), Refusal> {
    let has = |word: &str| object.iter().any(|token| token.text.to_lowercase().trim_end_matches('s') == word);
    if verb == "test" || verbs::BRINGS.contains(&verb) && has("test") {
        return shape.tests.then_some(()).ok_or(Refusal::NotAdded);
    }
    if verbs::BRINGS.contains(&verb) && (has("file") || has("readme")) {
        return evidence.new_file.then_some(()).ok_or(Refusal::NotAdded);
    }
    let changes = ["update", "upgrade", "bump", "change", "modify", "adjust"].contains(&verb);
    if changes && (has("dependency") || has("dependencie")) {
        return shape.dependencies.then_some(()).ok_or(Refusal::NotChanged);
    }
    if changes {
        return touched(object, evidence).then_some(()).ok_or(Refusal::NotChanged);
    }
    Ok(())
}

/// Whether something of it is there now and was not, and stands not beside it either.
fn news(object: &[Token], evidence: &Evidence) -> bool {
    let is_new =
        |t| stands(t, &evidence.added) && !stands(t, &evidence.removed) && !stands(t, &evidence.around);
    evidence.new_file || telling(object).any(is_new)
}

/// Whether each of it was there and is not.
fn all_gone(object: &[Token], evidence: &Evidence) -> bool {
    telling(object).all(|t| stands(t, &evidence.removed) && !stands(t, &evidence.added))
}

/// The words that not every sentence has.
fn telling(object: &[Token]) -> impl Iterator<Item = &Token> {
    object.iter().filter(|t| t.kind != Kind::Word || !is_stop(&t.text.to_lowercase()))
}

/// Whether a word stands on one side of a change, in some form; a name stands there as it is.
fn stands(token: &Token, side: &Words) -> bool {
    match token.kind {
        Kind::Word => side.has_word(&token.text),
        _ => side.has_name(&token.text),
    }
}

/// Whether at least half of what is said to have changed stands on changed lines or in paths.
fn touched(object: &[Token], evidence: &Evidence) -> bool {
    let words = telling(object).filter(|t| t.kind == Kind::Word);
    let (mut there, mut all) = (0_usize, 0_usize);
    for token in words {
        all += 1;
        let word = token.text.to_lowercase();
        let changed = evidence.added.has_word(&word) || evidence.removed.has_word(&word);
        there +=
            usize::from(changed || evidence.paths.iter().any(|path| path.to_lowercase().contains(&word)));
    }
    2 * there >= all
}
