//! What a sentence says that was done, compared with what was done: added is new, removed is gone, renamed has two names.

use super::{
    Refusal,
    evidence::{Evidence, Words},
    words::{Kind, Token, is_stop, parts},
};
use crate::vocabulary::imperative;

/// Words that end what a verb is about: behind them stands where, why or with what.
const ENDS: &[&str] = &[
    "to", "in", "into", "from", "for", "of", "with", "on", "at", "by", "when", "where", "if", "so",
    "because", "via", "using", "and", "or", "as", "instead", "after", "before", "that", "which", "while",
    "during", "per", "under", "within", "without", "between", "across",
];

/// What a name is the name of.
const KINDS: &[&str] = &[
    "method",
    "function",
    "option",
    "clas",
    "class",
    "field",
    "type",
    "parameter",
    "constant",
    "variable",
    "struct",
    "enum",
    "helper",
    "flag",
    "property",
    "argument",
    "component",
    "hook",
    "module",
    "interface",
    "trait",
    "macro",
    "dependency",
    "file",
    "call",
    "import",
    "key",
    "setting",
    "attribute",
    "command",
    "package",
    "statement",
    "job",
    "step",
    "support",
];

/// Whether a word says only what kind of thing something is.
pub(super) fn is_kind(word: &str) -> bool {
    KINDS.contains(&word.to_lowercase().trim_end_matches('s'))
}

/// Verbs after which something is there.
pub(super) const BRINGS: &[&str] = &["add", "create", "introduce", "implement", "include"];
/// Verbs after which something is gone.
pub(super) const TAKES: &[&str] = &["remove", "delete", "drop"];

/// What a claim of the sentence is that the change does not bear out, if any.
pub(super) fn check(tokens: &[Token], evidence: &Evidence) -> Result<(), Refusal> {
    let mut first = true;
    for (i, token) in tokens.iter().enumerate() {
        let follows = i > 0 && matches!(tokens[i - 1].text.to_lowercase().as_str(), "and" | "then");
        let verb = imperative(&token.text).filter(|_| (first || follows) && token.kind == Kind::Word);
        first = false;
        if let Some(verb) = verb {
            claim(verb, &tokens[i + 1..], evidence)?;
        }
    }
    from_to(tokens, evidence)
}

/// What a verb is about: the words up to where, why or with what.
pub(super) fn object(rest: &[Token]) -> &[Token] {
    up_to(rest, |word| ENDS.contains(&word))
}

/// The same with all that is joined to it by `and`, up to the next verb.
pub(super) fn list(rest: &[Token]) -> &[Token] {
    let list = up_to(rest, |word| word != "and" && ENDS.contains(&word));
    let next = list.windows(2).position(|two| two[0].text == "and" && imperative(&two[1].text).is_some());
    &list[..next.unwrap_or(list.len())]
}

/// What stands in front of the first word that ends it.
fn up_to(rest: &[Token], ends: impl Fn(&str) -> bool) -> &[Token] {
    let ends = |t: &Token| t.kind == Kind::Word && ends(&t.text.to_lowercase());
    &rest[..rest.iter().position(ends).unwrap_or(rest.len())]
}

pub(super) fn claim(verb: &str, rest: &[Token], evidence: &Evidence) -> Result<(), Refusal> {
    let object = object(rest);
    match verb {
        _ if BRINGS.contains(&verb) => {
            let any = evidence.sums.0 > 0 || evidence.new_file;
            let ok = any
                && one_sided(
                    object,
                    &evidence.added,
                    &[&evidence.removed, &evidence.around, &evidence.unchanged],
                    evidence.new_file,
                );
            ok.then_some(()).ok_or(Refusal::NotAdded)
        }
        _ if TAKES.contains(&verb) => {
            let any = evidence.sums.1 > 0 || evidence.lost_file;
            let file =
                object.iter().any(|t| ["file", "files", "folder", "directory"].contains(&t.text.as_str()));
            let ok = any
                && (!file || evidence.lost_file)
                && one_sided(
                    object,
                    &evidence.removed,
                    &[&evidence.added, &evidence.unchanged],
                    evidence.lost_file,
                );
            ok.then_some(()).ok_or(Refusal::NotRemoved)
        }
        "rename" => renamed(rest, evidence).then_some(()).ok_or(Refusal::NotRenamed),
        "move" => (evidence.renamed || evidence.moved_lines).then_some(()).ok_or(Refusal::NotRenamed),
        "bump" | "upgrade" | "downgrade" => {
            let both = evidence.sums.0 > 0 && evidence.sums.1 > 0;
            both.then_some(()).ok_or(Refusal::NotChanged)
        }
        // All of these need something that was there before.
        "refactor" | "simplify" | "replace" | "restructure" | "reorganize" | "streamline" => {
            // What is nearly all new, or nearly all gone, was not made over.
            let (more, less) = (evidence.sums.0.max(evidence.sums.1), evidence.sums.0.min(evidence.sums.1));
            (less * 4 >= more || evidence.renamed).then_some(()).ok_or(Refusal::NotChanged)
        }
        // What it undid is not in the change, nor is what was published.
        "revert" | "release" => Err(Refusal::Claim),
        _ => Ok(()),
    }
}

/// Whether the names of an object are on one side and not on the others; where it has no names, whether some word of it
/// is on that side. A word that stands on the other side too is no news, unless a whole file is.
fn one_sided(object: &[Token], side: &Words, others: &[&Words], file: bool) -> bool {
    let mut names = object.iter().filter(|t| matches!(t.kind, Kind::Name | Kind::Path)).peekable();
    if names.peek().is_some() {
        // Another noun behind the name may be what is new: `add x tests`.
        let says_no_more = |word: &str| is_stop(word) || is_kind(word);
        let only = object.iter().all(|t| t.kind != Kind::Word || says_no_more(&t.text.to_lowercase()));
        return names.all(|t| {
            side.has_name(&t.text) && (!only || file || !others.iter().any(|other| other.has_name(&t.text)))
        });
    }
    // Where nothing stood on the other side, all of it is news, whatever it is called.
    let all = file || others[0].is_empty();
    let mut words = Vec::new();
    for token in object.iter().filter(|t| t.kind == Kind::Word) {
        parts(&token.text, |part| {
            if !is_stop(part) {
                words.push(part.to_owned());
            }
        });
    }
    words.is_empty()
        || others[0].is_empty() && !side.is_empty()
        || words.iter().any(|word| side.has_word(word) && (all || !others[0].has_word(word)))
}

/// A file has another path, or one name is gone and another one new.
fn renamed(rest: &[Token], evidence: &Evidence) -> bool {
    let names: Vec<&Token> = rest.iter().filter(|t| t.kind != Kind::Number).collect();
    let to = names.iter().position(|t| t.text == "to");
    let pair = to.and_then(|to| Some((names.get(to.checked_sub(1)?)?, names.get(to + 1)?)));
    match pair {
        Some((from, to)) => {
            let (from, to) = (&from.text, &to.text);
            evidence.removed.has_name(from) && evidence.added.has_name(to)
                || evidence.removed.has_word(from) && evidence.added.has_word(to) && from != to
        }
        None => evidence.renamed || evidence.sums.0 > 0 && evidence.sums.1 > 0,
    }
}

/// `from 1.2 to 1.3`: the one was there, the other one is there now; and a version after `to` is new.
fn from_to(tokens: &[Token], evidence: &Evidence) -> Result<(), Refusal> {
    for (i, pair) in tokens.windows(2).enumerate() {
        let number = pair[1].kind == Kind::Number;
        let bare = pair[1].text.trim_start_matches(['v', '^', '~', '=']);
        // `v5` may be written as `5` and the reverse.
        let stands =
            |side: &Words| [bare, &pair[1].text, &format!("v{bare}")].iter().any(|t| side.has_name(t));
        let ok = match pair[0].text.as_str() {
            "from" if number => stands(&evidence.removed),
            "to" if number && i > 0 => stands(&evidence.added),
            _ => true,
        };
        if !ok {
            return Err(Refusal::NotChanged);
        }
    }
    Ok(())
}
