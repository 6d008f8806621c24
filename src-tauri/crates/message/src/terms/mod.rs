//! What came, what went and what became what in the lines of one file, word by word. Everything in it stands in the
//! diff; where a word also stands on the other side or around, it is no news.

mod conditions;
mod keywords;
mod line;
mod turns;

use crate::{
    change::Change,
    file_class::FileClass,
    language::{Language, indent_of, is_comment},
    patch::{self, FilePatch, Hunk, Side},
    symbols,
};
pub(crate) use conditions::{Condition, Fate};
use keywords::is_keyword;
use line::{Kind, Reading, Token, tokens};
use std::collections::HashSet;
pub(crate) use turns::Turn;

/// More changed lines than this have no single word that tells them.
const MOST: usize = 600;
/// Longest name that is told, in characters.
const LONGEST: usize = 40;

/// How a word stands where it is new, or where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// It is brought from elsewhere.
    Import,
    /// It is spoken of.
    Plain,
    /// It is called.
    Call,
    /// It stands alone between quotation marks: an entry of a list.
    Entry,
    /// It is given a value.
    Key,
}

/// A word that one side has and nothing else that is known of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) name: String,
    pub(crate) role: Role,
    /// How often it stands there.
    pub(crate) times: usize,
    /// Columns in front of the line that has the fewest.
    pub(crate) indent: usize,
    /// It is brought from elsewhere in this change.
    pub(crate) imported: bool,
    /// It stands elsewhere in the file as well.
    pub(crate) elsewhere: bool,
    /// The definition that all its places are inside of.
    pub(crate) inside: Option<String>,
}

/// The words of one file's change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    /// New ones, the one that says most first.
    pub(crate) came: Vec<Term>,
    /// Gone ones, the same.
    pub(crate) went: Vec<Term>,
    /// What became what, line by line.
    pub(crate) turns: Vec<Turn>,
    /// Every changed line is one of `turns`.
    pub(crate) nothing_else: bool,
    /// Conditions, where at least half of the places are about one.
    pub(crate) conditions: Vec<Condition>,
    /// Lines that are news, and lines that are gone, without remarks and without what only moved.
    pub(crate) lines: (usize, usize),
}

/// The lines of one hunk that only one side has.
struct Block<'a> {
    old: Vec<&'a str>,
    new: Vec<&'a str>,
    inside: Option<String>,
}

impl Terms {
    /// Reads them; none where the patch does not show the whole, or machines wrote it.
    pub(crate) fn of(change: &Change<'_>) -> Self {
        let Some(patch) = change.patch().filter(|_| change.is_modified() && change.lines() <= MOST) else {
            return Self::default();
        };
        if matches!(change.class, FileClass::Lock | FileClass::Generated) || may_hold_secrets(change, patch) {
            return Self::default();
        }
        let reading = reading(change);
        let blocks = blocks(change, patch);
        let lines = (
            blocks.iter().map(|block| block.new.len()).sum(),
            blocks.iter().map(|block| block.old.len()).sum(),
        );
        let unchanged = change.unchanged_words();
        let (old, new) = (beside(patch, Side::Removed, &unchanged), beside(patch, Side::Added, &unchanged));
        let (mut turns, nothing_else) = turns::of(&blocks, reading, change);
        for turn in &mut turns {
            match turn {
                Turn::Put { names, elsewhere, .. } => *elsewhere = any_of(names, &new),
                Turn::Taken { names, elsewhere, .. } => *elsewhere = any_of(names, &old),
                _ => {}
            }
        }
        let (mut conditions, places) = conditions::of(&blocks, reading);
        if conditions.len() * 2 < places {
            conditions.clear();
        }
        // What is new stands nowhere else; of what went, lines went, wherever else it stands.
        let mut came = terms(&blocks, Side::Added, &new, reading);
        came.retain(|term| !term.elsewhere);
        let went = terms(&blocks, Side::Removed, &old, reading);
        Self { came, went, turns, nothing_else, conditions, lines }
    }
}

fn any_of(names: &[String], known: &HashSet<String>) -> bool {
    names.iter().any(|name| stands(name, known))
}

/// Whether a name is known, as it is or in all its parts: `node.js`.
fn stands(name: &str, known: &HashSet<String>) -> bool {
    let name = name.to_lowercase();
    let within = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let parts = || name.split(|c: char| !within(c)).filter(|part| !part.is_empty());
    known.contains(&name) || parts().count() > 1 && parts().all(|part| known.contains(part))
}

/// Words of such a change are not told: one of them could be what nobody may read.
fn may_hold_secrets(change: &Change<'_>, patch: &FilePatch<'_>) -> bool {
    let path = change.file.path.as_bytes();
    let lines: Vec<&str> = patch.lines().map(|line| line.text.as_ref()).collect();
    autocommit_secret::path_is_secret(path).is_some()
        || !autocommit_secret::scan(path, lines.join("\n").as_bytes()).is_empty()
}

fn reading(change: &Change<'_>) -> Reading {
    let name = String::from_utf8_lossy(change.file.path.file_name()).to_ascii_lowercase();
    let code = Language::of(&change.file.path).is_some();
    let prose = change.class == FileClass::Docs && !code;
    let hash =
        [".py", ".pyi", ".rb", ".sh", ".bash", ".zsh", ".ex", ".exs"].iter().any(|end| name.ends_with(end));
    Reading { dashes: !code, hash: !code || hash, prose }
}

/// The changed lines of each hunk: no remarks, nothing that stands on both sides.
fn blocks<'a>(change: &Change<'_>, patch: &'a FilePatch<'_>) -> Vec<Block<'a>> {
    let sides =
        [Side::Removed, Side::Added].map(|side| patch.side(side).map(str::trim).collect::<HashSet<_>>());
    let language = Language::of(&change.file.path);
    let told = |hunk: &'a Hunk<'_>, side: Side, others: &HashSet<&str>| -> Vec<&'a str> {
        let lines = hunk.lines.iter().filter(|l| l.side == side).map(|l| l.text.as_ref());
        let says = |l: &&str| l.chars().any(char::is_alphanumeric) && !is_comment(&change.file.path, l);
        lines.filter(|l| says(l) && !others.contains(l.trim())).collect()
    };
    let block = |hunk| Block {
        old: told(hunk, Side::Removed, &sides[1]),
        new: told(hunk, Side::Added, &sides[0]),
        inside: language.and_then(|language| symbols::surrounding(language, hunk, change)),
    };
    patch.hunks.iter().map(block).collect()
}

/// Every word that is known of the file and does not stand on `side`.
fn beside(patch: &FilePatch<'_>, side: Side, unchanged: &HashSet<String>) -> HashSet<String> {
    let shown = patch.hunks.iter().flat_map(|hunk| {
        let lines = hunk.lines.iter().filter(|l| l.side != side).map(|l| l.text.as_ref());
        lines.chain([hunk.context.as_ref()])
    });
    patch::words(shown).union(unchanged).cloned().collect()
}

fn terms(blocks: &[Block<'_>], side: Side, known: &HashSet<String>, reading: Reading) -> Vec<Term> {
    let mut found: Vec<Term> = Vec::new();
    for block in blocks {
        for line in if side == Side::Added { &block.new } else { &block.old } {
            for (name, role) in named(line, side, reading) {
                if is_keyword(name) || !is_plain(name) {
                    continue;
                }
                match found.iter_mut().find(|term| term.name == name) {
                    Some(term) => {
                        term.times += 1;
                        term.indent = term.indent.min(indent_of(line));
                        term.imported |= role == Role::Import;
                        // What it is brought from says nothing of where it is used.
                        if term.role == Role::Import {
                            term.inside.clone_from(&block.inside);
                        } else if role != Role::Import && term.inside != block.inside {
                            term.inside = None;
                        }
                        term.role = term.role.max(role);
                    }
                    None => found.push(Term {
                        name: name.to_owned(),
                        role,
                        times: 1,
                        indent: indent_of(line),
                        imported: role == Role::Import,
                        elsewhere: stands(name, known),
                        inside: block.inside.clone(),
                    }),
                }
            }
        }
    }
    found.sort_by_key(|term| std::cmp::Reverse(weight(term)));
    found
}

/// Whether a line that came takes something away, so that its names are not used by it: `DROP TABLE x`, `#[allow(x)]`.
fn undoes(line: &str, tokens: &[Token<'_>]) -> bool {
    const WORDS: &[&str] = &[
        "drop",
        "unset",
        "undef",
        "del",
        "delete",
        "rm",
        "remove",
        "purge",
        "uninstall",
        "disable",
        "revoke",
        "truncate",
    ];
    let text = line.trim();
    let silences = ["#[allow", "#![allow", "#[expect", "#![expect", "@SuppressWarnings"];
    let word = |t: &Token<'_>| WORDS.iter().any(|word| t.text.eq_ignore_ascii_case(word));
    silences.iter().any(|mark| text.starts_with(mark)) || tokens.iter().any(word)
}

/// The names of a line of one side, each with what it does there.
fn named(line: &str, side: Side, reading: Reading) -> Vec<(&str, Role)> {
    if reading.prose {
        // Addresses are no names, nor is what a mark of layout stands in front of.
        let words = line
            .split([' ', '(', ')', '<', '>', '[', ']'])
            .filter(|word| !word.contains("//") && !word.contains('\\'));
        let told = |token: &Token<'_>| match token.kind {
            Kind::Name => is_joined(token.text) && !token.text.contains('-'),
            Kind::Text => true,
            _ => false,
        };
        let tokens = words.flat_map(|word| tokens(word, reading)).filter(told);
        return links(line)
            .map(|name| (name, Role::Entry))
            .chain(tokens.map(|token| (token.text, Role::Plain)))
            .collect();
    }
    let tokens = tokens(line, reading);
    if side == Side::Added && undoes(line, &tokens) {
        return Vec::new();
    }
    let import = !reading.dashes && imports(&tokens);
    let key = turns::key(&tokens);
    // A variable is a step on the way; a field or a parameter is given its value from outside.
    let assigned =
        key.is_some_and(|(value, _)| value > 0 && tokens[value - 1].text == "=") && !reading.dashes;
    let key = key.map(|(_, key)| key);
    let alone = |text: &str| {
        let said = line.trim().trim_start_matches(['-', '*', '+', ' ']).trim_end_matches(',');
        said.trim_matches(['"', '\'', '`', '/']) == text
    };
    let role = |at: usize, token: &Token<'_>| {
        // Prose has a space in front of its parentheses.
        let called = tokens.get(at + 1).is_some_and(|next| next.text == "(" && next.glued);
        match token.kind {
            _ if import => Role::Import,
            _ if key == Some(token.text) && assigned => Role::Plain,
            _ if key == Some(token.text) => Role::Key,
            // A bare name alone on a line of code may belong to a list of imports.
            _ if alone(token.text) && (token.kind == Kind::Text || reading.dashes) => Role::Entry,
            Kind::Name if called => Role::Call,
            _ => Role::Plain,
        }
    };
    let tells = |token: &Token<'_>, role: Role| match token.kind {
        Kind::Name => true,
        // What a text says is no name, unless it is the whole of an entry, or a key.
        Kind::Text => matches!(role, Role::Entry | Role::Key),
        _ => false,
    };
    let all = tokens.iter().enumerate().map(|(at, token)| (token, role(at, token)));
    all.filter(|(token, role)| tells(token, *role)).map(|(token, role)| (token.text, role)).collect()
}

/// What links of Markdown are called, where that is one word.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let ends = line.match_indices("](").map(|(end, _)| &line[..end]);
    ends.filter_map(|text| text.rsplit('[').next()).filter(|text| is_plain(text))
}

fn imports(tokens: &[Token<'_>]) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |t: &Token<'_>| t.text);
    let required = tokens.iter().any(|t| t.text == "require") && tokens.iter().any(|t| t.kind == Kind::Text);
    let at = usize::from(matches!(word(0), "pub" | "global" | "export" | "#"));
    let from = word(at) == "from" && tokens.iter().any(|t| t.text == "import");
    from || matches!(word(at), "import" | "use" | "using" | "include") || required
}

/// How much a word says: joined ones most, those of a list or with a value of their own more than others.
fn weight(term: &Term) -> usize {
    let joined = if is_joined(&term.name) { 6 } else { 0 };
    let role = match term.role {
        Role::Import => 0,
        Role::Plain => 1,
        Role::Call => 2,
        Role::Entry | Role::Key => 4,
    };
    // What is brought from elsewhere and used is what the change is made with.
    let used = if term.imported && term.role > Role::Import { 7 } else { 0 };
    joined + role + used + term.times.min(4)
}

/// Whether a name is made of several words, or is one that nobody writes in prose.
pub(crate) fn is_joined(name: &str) -> bool {
    let inner = name.trim_matches('_');
    let (mut lower, mut camel) = (false, false);
    for c in inner.chars() {
        camel |= lower && c.is_uppercase();
        lower = c.is_lowercase();
    }
    let capitals = inner.len() >= 4 && inner.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    camel || capitals || inner.contains(['_', '-']) && inner.chars().any(char::is_alphabetic)
}

/// Whether a text can stand in a sentence as a name: no secret, no key, no sentence.
pub(crate) fn is_plain(name: &str) -> bool {
    let fits = (1..=LONGEST).contains(&name.chars().count());
    // What ends with a dollar sign or a dash was cut off: `codeql-${{ … }}`.
    let signs =
        name.chars().all(|c| c.is_alphanumeric() || "_-$./:".contains(c)) && !name.ends_with(['$', '-']);
    // Long and mixed is data.
    let data = name.len() >= 20
        && name.chars().filter(char::is_ascii_digit).count() >= 5
        && name.chars().any(|c| c.is_ascii_alphabetic());
    fits && signs && !data && name.chars().any(char::is_alphanumeric)
}
