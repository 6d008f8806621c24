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
    test_name,
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

/// Verbs of what can be seen in a change. What it is for (`fix`, `refuse`, `refactor`, `prevent`) cannot: of the sentences
/// of a small model that readers found false, half began with such a verb.
const SEEN: &[&str] = &[
    "add",
    "create",
    "introduce",
    "implement",
    "include",
    "remove",
    "delete",
    "drop",
    "rename",
    "move",
    "bump",
    "upgrade",
    "downgrade",
    "update",
    "change",
    "modify",
    "adjust",
    "set",
    "use",
    "replace",
    "export",
    "import",
    "mention",
    "document",
    "describe",
    "test",
    "format",
    "sort",
    "pin",
    "mark",
    "reword",
    "rewrite",
];
/// Verbs that say of a thing only that it is another now.
const CHANGES: &[&str] = &["update", "upgrade", "bump", "change", "modify", "adjust"];

/// What may stand behind `to` in a sentence about a change: it can be seen as well.
const MEANS: &[&str] = &[
    "check", "add", "include", "remove", "delete", "drop", "use", "match", "name", "list", "map", "test",
    "load", "set",
];

/// What a change is, beyond its words.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    /// Nothing but layout, or nothing but remarks.
    only: Option<Only>,
    /// A test file is new, or a new line begins a test.
    tests: bool,
    /// A file that names dependencies changed.
    dependencies: bool,
    /// The rules can say more of it than that something was updated.
    told: bool,
}

impl Shape {
    pub(super) fn of(facts: &Facts<'_>, told: bool) -> Self {
        let only = only::of(&facts.changes);
        let tests = facts.changes.iter().filter(|change| change.class == FileClass::Test).any(|change| {
            matches!(change.file.status, FileStatus::Added)
                || change.shown.as_ref().is_some_and(|patch| patch.side(Side::Added).any(test_name::opens))
        });
        let names = |class| matches!(class, FileClass::Manifest(_) | FileClass::Lock);
        Self { only, tests, dependencies: facts.changes.iter().any(|change| names(change.class)), told }
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
    // What begins with no verb that is known claims what nobody has checked.
    let begins = tokens.first().is_some_and(|token| imperative(&token.text).is_some());
    if !begins && shape.only.is_none() {
        return Err(Refusal::Claim);
    }
    for (i, token) in tokens.iter().enumerate() {
        let before = i.checked_sub(1).map(|before| tokens[before].text.to_lowercase());
        let verb = imperative(&token.text).filter(|_| token.kind == Kind::Word);
        let (Some(verb), rest) = (verb, verbs::object(&tokens[i + 1..])) else { continue };
        match before.as_deref() {
            None | Some("and" | "then") => {
                whole(verb, &tokens[i + 1..], shape, evidence)?;
                // Of a list each is new, or gone, not one of them.
                let list = text.contains(',') || text.contains(" and ");
                let new = |object: &[Token]| {
                    telling(object).all(|t| verbs::is_kind(&t.text) || is_new(t, evidence))
                };
                if verbs::BRINGS.contains(&verb) && list && !evidence.new_file && !new(rest) {
                    return Err(Refusal::NotAdded);
                }
                if verbs::TAKES.contains(&verb) && list && !all_gone(verbs::list(&tokens[i + 1..]), evidence)
                {
                    return Err(Refusal::NotRemoved);
                }
                // What several things were changed to, each of them was.
                let behind = &tokens[i + 1 + rest.len()..];
                if CHANGES.contains(&verb)
                    && behind.first().is_some_and(|t| t.text == "and")
                    && has_to(behind)
                {
                    return Err(Refusal::Claim);
                }
            }
            // `update README to include x`
            Some("to") if verbs::BRINGS.contains(&verb) && !news(rest, evidence) => {
                return Err(Refusal::NotAdded);
            }
            // `change x to ignore y`: what it does is not seen.
            Some("to") if !MEANS.contains(&verb) && shape.only.is_none() => return Err(Refusal::Claim),
            Some("to") if verb == "use" && !came(rest, evidence) => return Err(Refusal::NotAdded),
            Some("to") if verbs::TAKES.contains(&verb) => verbs::claim(verb, &tokens[i + 1..], evidence)?,
            Some(_) => {}
        }
    }
    // `change x to x`
    let mut joints = tokens.windows(3).filter(|three| ["to", "with", "by"].contains(&three[1].text.as_str()));
    if joints.any(|three| three[0].text == three[2].text) {
        return Err(Refusal::NotChanged);
    }
    replaced(tokens, evidence)
}

fn has_to(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| token.text == "to")
}

/// `replace x with y`: the one is gone and the other one came.
fn replaced(tokens: &[Token], evidence: &Evidence) -> Result<(), Refusal> {
    let [first, rest @ ..] = tokens else { return Ok(()) };
    if imperative(&first.text) != Some("replace") {
        return Ok(());
    }
    let with = rest.iter().position(|t| ["with", "by"].contains(&t.text.as_str()));
    let (old, new) = match with {
        Some(with) => (&rest[..with], verbs::object(&rest[with + 1..])),
        None => (verbs::object(rest), [].as_slice()),
    };
    let only = |tokens: &[Token], side: &Words, other: &Words| {
        telling(tokens).all(|t| stands(t, side)) && telling(tokens).any(|t| !stands(t, other))
    };
    let came = with.is_none() || only(new, &evidence.added, &evidence.removed);
    let both = came && only(old, &evidence.removed, &evidence.added);
    both.then_some(()).ok_or(Refusal::NotChanged)
}

fn whole(verb: &str, rest: &[Token], shape: Shape, evidence: &Evidence) -> Result<(), Refusal> {
    let object = verbs::object(rest);
    let has = |word: &str| object.iter().any(|token| token.text.to_lowercase().trim_end_matches('s') == word);
    let spelling = has("typo") || has("spelling");
    let seen = SEEN.contains(&verb) || spelling && ["fix", "correct"].contains(&verb);
    if !seen && shape.only.is_none() {
        return Err(Refusal::Claim);
    }
    let brings = verbs::BRINGS.contains(&verb);
    if verb == "test" || brings && has("test") {
        return shape.tests.then_some(()).ok_or(Refusal::NotAdded);
    }
    if brings && (has("file") || has("readme")) {
        return evidence.new_file.then_some(()).ok_or(Refusal::NotAdded);
    }
    let dependency = has("dependency") || has("dependencie");
    // What documents speak of was not made with them.
    let documents = shape.only == Some(Only::Documents);
    if documents && (brings || CHANGES.contains(&verb)) && !of_documents(rest, evidence) {
        return Err(Refusal::Claim);
    }
    if CHANGES.contains(&verb) && telling(object).any(|t| t.kind == Kind::Name && is_new(t, evidence)) {
        return Err(Refusal::NotChanged);
    }
    if spelling && !evidence.respelled {
        return Err(Refusal::Claim);
    }
    if (brings || verbs::TAKES.contains(&verb)) && !placed(&rest[object.len()..], evidence) {
        return Err(Refusal::Claim);
    }
    if brings && (has("comment") || has("note")) && shape.only == Some(Only::Comments) {
        return Ok(());
    }
    if brings {
        // `a job`, `an option`: what it is stands behind.
        let named = telling(object).any(|t| t.kind != Kind::Word || !verbs::is_kind(&t.text));
        let there = news(if named { object } else { rest }, evidence) && (!dependency || shape.dependencies);
        return there.then_some(()).ok_or(Refusal::NotAdded);
    }
    if verbs::TAKES.contains(&verb) {
        return gone(object, evidence).then_some(()).ok_or(Refusal::NotRemoved);
    }
    if verb == "use" {
        return came(object, evidence).then_some(()).ok_or(Refusal::NotAdded);
    }
    if CHANGES.contains(&verb) && dependency {
        return shape.dependencies.then_some(()).ok_or(Refusal::NotChanged);
    }
    if CHANGES.contains(&verb) {
        return touched(object, evidence).then_some(()).ok_or(Refusal::NotChanged);
    }
    Ok(())
}

/// Whether a sentence says more of a change than where it is.
pub(super) fn says_more(tokens: &[Token], shape: Shape, evidence: &Evidence) -> bool {
    let [first, rest @ ..] = tokens else { return false };
    let changes = imperative(&first.text).is_some_and(|verb| CHANGES.contains(&verb));
    let news = |t: &Token| {
        stands(t, &evidence.added) != stands(t, &evidence.removed) && !stands(t, &evidence.around)
    };
    !shape.told || !changes || telling(rest).any(news)
}

/// Whether a sentence about documents speaks of them: by a word for what stands in one, or by the name of one.
fn of_documents(rest: &[Token], evidence: &Evidence) -> bool {
    const PARTS: &[&str] = &[
        "doc",
        "docs",
        "readme",
        "changelog",
        "section",
        "heading",
        "guide",
        "page",
        "table",
        "list",
        "title",
        "sentence",
        "paragraph",
        "entry",
        "faq",
        "tutorial",
        "manual",
        "release",
    ];
    rest.iter().any(|token| {
        let word = stem(&token.text.to_lowercase());
        let part = REMARKS.iter().chain(PARTS).any(|known| stem(known) == word);
        part || token.kind == Kind::Path
            || evidence
                .paths
                .iter()
                .any(|path| path.to_lowercase().contains(&token.text.to_lowercase()) && token.text.len() >= 4)
    })
}

/// Whether the place that a sentence names first, if any, is one: a file, a folder, or what a hunk stands below of.
fn placed(behind: &[Token], evidence: &Evidence) -> bool {
    let [preposition, rest @ ..] = behind else { return true };
    if !["to", "in", "into", "from"].contains(&preposition.text.to_lowercase().as_str()) {
        return true;
    }
    let place = verbs::object(rest);
    if place.first().is_some_and(|first| preposition.text == "to" && imperative(&first.text).is_some()) {
        return true;
    }
    telling(place).all(|t| verbs::is_kind(&t.text))
        || telling(place).any(|t| stands(t, &evidence.places) || evidence.says_path(&t.text))
}

/// Whether something of it was there and stands nowhere now.
fn gone(object: &[Token], evidence: &Evidence) -> bool {
    let whole_file = evidence.lost_file && telling(object).all(|t| stands(t, &evidence.removed));
    whole_file || telling(object).any(|t| is_gone(t, evidence))
}

/// Whether all of it stands on new lines, and some of it nowhere else.
fn came(object: &[Token], evidence: &Evidence) -> bool {
    telling(object).all(|t| stands(t, &evidence.added)) && telling(object).any(|t| is_new(t, evidence))
}

fn is_new(token: &Token, evidence: &Evidence) -> bool {
    let others = [&evidence.removed, &evidence.around, &evidence.unchanged];
    stands(token, &evidence.added) && !others.iter().any(|other| stands(token, other))
}

fn is_gone(token: &Token, evidence: &Evidence) -> bool {
    let others = [&evidence.added, &evidence.around, &evidence.unchanged];
    stands(token, &evidence.removed) && !others.iter().any(|other| stands(token, other))
}

/// Whether something of it is there now and was not, and stands not beside it either.
fn news(object: &[Token], evidence: &Evidence) -> bool {
    evidence.new_file || telling(object).any(|t| is_new(t, evidence))
}

/// Whether each of it was there and is not.
fn all_gone(object: &[Token], evidence: &Evidence) -> bool {
    telling(object).all(|t| is_gone(t, evidence))
}

/// The words that not every sentence has.
fn telling(object: &[Token]) -> impl Iterator<Item = &Token> {
    object.iter().filter(|t| t.kind != Kind::Word || !is_stop(&t.text.to_lowercase()))
}

/// Whether a word stands on one side of a change, in some form; a name stands there as it is.
fn stands(token: &Token, side: &Words) -> bool {
    match token.kind {
        // `bg-cancel` may be `BgCancel` there.
        Kind::Word => side.has_word(&token.text) || token.text.split('-').all(|part| side.has_word(part)),
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
