//! What a sentence says of a change as a whole, compared with what the change is: layout is no repair, a comment is no
//! test, and what stood there before is not included now.

use super::{
    Refusal,
    evidence::{Evidence, Words},
    shape::Shape,
    sides::{all_gone, came, gone, is_new, news, stands, telling, touched},
    verbs,
    words::{Kind, Token, stem},
};
use crate::{only::Only, vocabulary::imperative};

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

/// Words for how one thing stands to another, which lines do not show.
const RELATIONS: &[&str] = &["around", "so", "because", "instead"];

/// What the sentence claims that the change is not, if any.
pub(super) fn check(text: &str, tokens: &[Token], shape: &Shape, evidence: &Evidence) -> Result<(), Refusal> {
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
        // A verb behind a comma begins a statement as well.
        let behind_comma = i > 0 && text.contains(&format!(", {} ", token.text));
        let before = if behind_comma { Some(",".to_owned()) } else { before };
        let verb = imperative(&token.text).filter(|_| token.kind == Kind::Word);
        let (Some(verb), rest) = (verb, verbs::object(&tokens[i + 1..])) else { continue };
        match before.as_deref() {
            None | Some("," | "and" | "then") => {
                whole(verb, &tokens[i + 1..], shape, evidence)?;
                // Of a list each is new, or gone, not one of them.
                let list = text.contains(',') || text.contains(" and ");
                let new = |object: &[Token]| {
                    telling(object).all(|t| {
                        verbs::is_kind(&t.text)
                            || is_new(t, evidence)
                            || evidence.new_file && stands(t, &evidence.fresh)
                    })
                };
                let listed = verbs::list(&tokens[i + 1..]);
                if verbs::BRINGS.contains(&verb) && list && !new(listed) {
                    return Err(Refusal::NotAdded);
                }
                if verbs::TAKES.contains(&verb) && list && !all_gone(listed, evidence) {
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
            Some("to") if verbs::BRINGS.contains(&verb) && !news(rest, true, evidence) => {
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
    if joints.any(|three| three[0].text == three[2].text) || !turned(text, tokens, shape) {
        return Err(Refusal::NotChanged);
    }
    replaced(tokens, evidence)
}

/// `change x to y`: where `y` is one word, or stands between quotation marks, all of it stands where something else stood.
fn turned(text: &str, tokens: &[Token], shape: &Shape) -> bool {
    let changes = tokens.first().and_then(|first| imperative(&first.text));
    if !changes.is_some_and(|verb| CHANGES.contains(&verb) || verb == "set") {
        return true;
    }
    let quoted = text.rsplit_once(" to ").map(|(_, value)| value).filter(|v| v.starts_with(['\'', '"', '`']));
    if let Some(value) = quoted {
        return shape.became.contains(value.trim_matches(['\'', '"', '`']));
    }
    match tokens {
        [.., to, value] if to.text == "to" && value.kind != Kind::Number => {
            shape.became.contains(&value.text)
        }
        _ => true,
    }
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

fn whole(verb: &str, rest: &[Token], shape: &Shape, evidence: &Evidence) -> Result<(), Refusal> {
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
    let takes = verbs::TAKES.contains(&verb);
    let related = rest.iter().any(|t| RELATIONS.contains(&t.text.to_lowercase().as_str()));
    if (brings || takes) && (related || !placed(&rest[object.len()..], evidence)) {
        return Err(Refusal::Claim);
    }
    if takes && !taken(object, shape) {
        return Err(Refusal::NotRemoved);
    }
    if brings && (has("comment") || has("note")) && shape.only == Some(Only::Comments) {
        return Ok(());
    }
    if brings {
        // `a job`, `an option`: what it is stands behind.
        let named = telling(object).any(|t| t.kind != Kind::Word || !verbs::is_kind(&t.text));
        // What is said to be in a file that was there is not new because another file is.
        let old = rest[object.len()..].iter().any(|t| t.kind == Kind::Path && !shape.has_got(&t.text));
        let there = news(if named { object } else { rest }, !old, evidence)
            && (!dependency || shape.dependencies)
            && (evidence.new_file || begun(object, shape));
        return there.then_some(()).ok_or(Refusal::NotAdded);
    }
    if takes {
        let from = rest.get(object.len()).is_some_and(|t| t.text == "from");
        return gone(object, from, evidence).then_some(()).ok_or(Refusal::NotRemoved);
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

/// Whether what is said to be gone can be: a file or a test that went, and no definition with another name now.
fn taken(object: &[Token], shape: &Shape) -> bool {
    let test = object.iter().any(|t| t.text.to_lowercase().trim_end_matches('s') == "test");
    let paths = object.iter().filter(|t| t.kind == Kind::Path).all(|t| shape.has_lost(&t.text));
    paths && (!test || shape.tests_gone) && !object.iter().any(|t| shape.renamed.contains(&t.text))
}

/// Whether one of the names that are said to be new, where nothing but names is, is more than used.
fn begun(object: &[Token], shape: &Shape) -> bool {
    let mut names = telling(object).peekable();
    let only = telling(object).all(|t| t.kind == Kind::Name);
    names.peek().is_none() || !only || names.any(|t| t.text.split('.').any(|part| shape.begun.contains(part)))
}

/// Whether a sentence says more of a change than where it is.
pub(super) fn says_more(tokens: &[Token], shape: &Shape, evidence: &Evidence) -> bool {
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
