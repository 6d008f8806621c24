//! Lines that changed in one place each: what stood there, and what stands there now.

use super::{
    Block, Kind, Reading, Token, is_plain,
    keywords::{MODIFIERS, is_keyword},
    tokens,
};
use crate::{change::Change, file_class::FileClass, language::Language};

/// A value before and after.
pub(crate) type Values = (String, String);

/// What happened on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Turn {
    /// One word is another one. `defines`: it is what the line defines.
    Swap { from: String, to: String, defines: bool, inside: Option<String> },
    /// What has a name has another value, both told where they are short and plain.
    Value { key: String, values: Option<Values>, inside: Option<String> },
    /// A definition got a word in front of it, or lost it.
    Modifier { word: String, name: String, came: bool },
    /// Names were put between others; `elsewhere`: they stand on other lines of the file as well; `used`: a line of code
    /// works with them now.
    Put { names: Vec<String>, elsewhere: bool, used: bool, inside: Option<String> },
    /// Names were taken from between others, the same.
    Taken { names: Vec<String>, elsewhere: bool, used: bool, inside: Option<String> },
}

/// Longest value that is told, in characters.
const VALUE: usize = 24;

/// What lines became, and whether that is all of the change.
pub(super) fn of(blocks: &[Block<'_>], reading: Reading, change: &Change<'_>) -> (Vec<Turn>, bool) {
    let mut found: Vec<Turn> = Vec::new();
    let mut all = true;
    for block in blocks {
        all &= block.old.len() == block.new.len();
        if block.old.len() != block.new.len() {
            continue;
        }
        for (old, new) in block.old.iter().zip(&block.new) {
            match turn(old, new, block, reading, change) {
                Some(turn) if !found.contains(&turn) => found.push(turn),
                Some(_) => {}
                None => all = false,
            }
        }
    }
    let all = all && !found.is_empty();
    (found, all)
}

/// Where two lines differ: what is the same in front, and what each has there.
fn differing<'a, 'b>(a: &'b [Token<'a>], b: &'b [Token<'a>]) -> (usize, &'b [Token<'a>], &'b [Token<'a>]) {
    let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let most = a.len().min(b.len()) - head;
    let tail = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    (head, &a[head..a.len() - tail], &b[head..b.len() - tail])
}

/// The same with the sign in front of a number: `-1` is not 1.
fn signed<'a, 'b>(
    (head, before, after): (usize, &'b [Token<'a>], &'b [Token<'a>]),
    a: &'b [Token<'a>],
    b: &'b [Token<'a>],
) -> (usize, &'b [Token<'a>], &'b [Token<'a>]) {
    let number = |part: &[Token<'_>]| part.first().is_some_and(|t| t.kind == Kind::Number && t.glued);
    let minus = head > 0 && a[head - 1].text == "-" && number(before) && number(after);
    let value = |t: &Token<'_>| match t.kind {
        Kind::Sign => matches!(t.text, ")" | "]"),
        _ => !is_keyword(t.text) || t.text.len() < 3,
    };
    if minus && !(head > 1 && value(&a[head - 2])) {
        return (head - 1, &a[head - 1..head + before.len()], &b[head - 1..head + after.len()]);
    }
    (head, before, after)
}

fn turn(old: &str, new: &str, block: &Block<'_>, reading: Reading, change: &Change<'_>) -> Option<Turn> {
    let (mut a, mut b) = (tokens(old, reading), tokens(new, reading));
    // A comma at the end says what comes next.
    for side in [&mut a, &mut b] {
        side.pop_if(|last| last.text == ",");
    }
    if a == b {
        return None;
    }
    let (head, before, after) = signed(differing(&a, &b), &a, &b);
    let inside = block.inside.clone();
    if let Some((value, key)) = key(&b).filter(|(value, _)| *value <= head) {
        // The value is what stands behind the sign, up to a comma.
        let whole = |tokens: &[Token<'_>], part: &[Token<'_>]| {
            let end = tokens.len() - usize::from(tokens.last().is_some_and(|t| matches!(t.text, "," | ";")));
            value == head && head + part.len() >= end
        };
        let told = whole(&a, before) && whole(&b, after);
        let values = simple(before).zip(simple(after));
        let values = values.filter(|(from, to)| from != to && told && !speaks_of_secrets(key));
        let settings =
            !matches!(change.class, FileClass::Source | FileClass::Test | FileClass::Docs | FileClass::Ci)
                || key.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit());
        if (values.is_some() || settings) && is_plain(key) {
            return Some(Turn::Value { key: key.to_owned(), values, inside });
        }
    }
    let language = Language::of(&change.file.path);
    let defined = |line: &str| language.and_then(|l| l.definition(line)).map(|d| d.name);
    if let ([], [word]) | ([word], []) = (before, after)
        && MODIFIERS.contains(&word.text)
    {
        let name = defined(new).filter(|name| defined(old).as_ref() == Some(name))?;
        return Some(Turn::Modifier { word: word.text.to_owned(), name, came: before.is_empty() });
    }
    if let ([Token { kind: Kind::Text, text: from, .. }], [Token { kind: Kind::Text, text: to, .. }]) =
        (before, after)
        && (simple(before).is_none() || simple(after).is_none())
    {
        let within = Reading { dashes: true, hash: false, prose: true };
        let (a, b) = (tokens(from, within), tokens(to, within));
        let (_, before, after) = differing(&a, &b);
        // A word more or less in a sentence is nothing that is added to a place.
        return between(before, after, false, inside).filter(|turn| matches!(turn, Turn::Swap { .. }));
    }
    if let (Some(from), Some(to)) = (simple(before), simple(after))
        && from != to
    {
        let defines =
            defined(old).is_some_and(|name| name == from) && defined(new).is_some_and(|name| name == to);
        return Some(Turn::Swap { from, to, defines, inside });
    }
    // An entry of a list and a parameter are put there; any other name is one that the code works with.
    let part = if before.is_empty() { after } else { before };
    let text = part.iter().any(|t| t.kind == Kind::Text);
    let parameter = defined(old).is_some() && !part.first().is_some_and(|t| matches!(t.text, ":" | "-"));
    // Behind a comma it is one of several, unless it is what a call is given.
    let open = |sign: &str| a[..head].iter().filter(|t| t.text == sign).count();
    let several = part.first().is_some_and(|t| t.text == ",") && open("(") <= open(")");
    let used = language.is_some() && !text && !parameter && !several;
    between(before, after, used, inside)
}

/// What happened at one place of a line.
fn between(before: &[Token<'_>], after: &[Token<'_>], used: bool, inside: Option<String>) -> Option<Turn> {
    match (before, after) {
        ([], after) => few(names(after)).map(|names| Turn::Put { names, elsewhere: false, used, inside }),
        (before, []) => few(names(before)).map(|names| Turn::Taken { names, elsewhere: false, used, inside }),
        _ => {
            let (from, to) = (simple(before)?, simple(after)?);
            // Another kind of quotation mark is no other word.
            (from != to).then_some(())?;
            Some(Turn::Swap { from, to, defines: false, inside })
        }
    }
}

fn few(names: Vec<String>) -> Option<Vec<String>> {
    (1..=2).contains(&names.len()).then_some(names)
}

/// The name that a line gives a value, and where the value begins.
pub(super) fn key<'a>(tokens: &[Token<'a>]) -> Option<(usize, &'a str)> {
    let skipped =
        tokens.iter().take_while(|t| t.text == "-" || MODIFIERS.contains(&t.text) || is_binding(t.text));
    let at = skipped.count();
    let named = tokens.get(at).filter(|t| matches!(t.kind, Kind::Name | Kind::Text))?;
    let text = |at: usize| tokens.get(at).map_or("", |t| t.text);
    let behind = match (text(at + 1), text(at + 2)) {
        // No value of that name: a part of a path, a question, an address, a step from what it was.
        (":", ":" | "/") | ("=", "=" | ">") => return None,
        (":" | "?", "=") => at + 3,
        (":" | "=", _) => at + 2,
        _ => return None,
    };
    // Several values on one line, `A=1 B=2 run`: which one it is does not follow from the first.
    let equals = tokens.iter().filter(|t| t.text == "=").count();
    if text(at + 1) == "=" && equals > 1 {
        return None;
    }
    // The surroundings of a command, `MODE=fast run`: what comes behind is no part of the value.
    let near = |at: usize| tokens.get(at).is_some_and(|t| t.glued);
    let command = |t: &Token<'_>| !t.glued && t.kind == Kind::Name;
    if text(at + 1) == "=" && near(at + 1) && near(at + 2) && tokens.iter().skip(at + 3).any(command) {
        return None;
    }
    // The type of it stands between: `limit: usize = 4`.
    let typed = text(at + 1) == ":" && text(at + 3) == "=" && text(at + 4) != "=";
    Some((if typed { at + 4 } else { behind }, named.text))
}

fn is_binding(word: &str) -> bool {
    matches!(word, "let" | "mut" | "var" | "val" | "type" | "local")
}

/// A value or a name that can be told: one word, one number, or words joined by points.
fn simple(part: &[Token<'_>]) -> Option<String> {
    let [first, rest @ ..] = part else { return None };
    if rest.is_empty() {
        return (first.kind != Kind::Sign && is_plain(first.text)).then(|| first.text.to_owned());
    }
    if let ("-", [number]) = (first.text, rest)
        && number.kind == Kind::Number
    {
        return is_plain(number.text).then(|| format!("-{}", number.text));
    }
    let mut text = String::new();
    for (at, token) in part.iter().enumerate() {
        if at > 0 && !token.glued {
            return None;
        }
        let joins = matches!(token.text, "." | ":" | "/" | "@" | "^" | "~" | "-");
        if !joins && !matches!(token.kind, Kind::Name | Kind::Number) {
            return None;
        }
        text.push_str(token.text);
    }
    let ends = |c: char| c.is_alphanumeric() || c == '_';
    let whole = text.starts_with(ends) && text.ends_with(ends);
    (whole && is_plain(&text) && text.chars().count() <= VALUE).then_some(text)
}

/// The names of a part, nothing of it left out that is more than a sign.
fn names(part: &[Token<'_>]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let told = |t: &&Token<'_>| t.kind != Kind::Sign && !is_keyword(t.text) && is_plain(t.text);
    for token in part.iter().filter(told) {
        if !found.iter().any(|name| name == token.text) {
            found.push(token.text.to_owned());
        }
    }
    found
}

/// Values under such names are nobody's business.
fn speaks_of_secrets(key: &str) -> bool {
    let key = key.to_lowercase();
    ["secret", "token", "password", "passwd", "pwd", "credential", "apikey", "api_key", "private", "auth"]
        .iter()
        .any(|word| key.contains(word))
}
