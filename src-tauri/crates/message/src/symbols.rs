//! Definitions by name: what a file's change added, removed, renamed, gave another head, or changed the inside of.

use crate::{
    change::Change,
    language::{Definition, Language, indent_of},
    patch::{FilePatch, Hunk, Side},
};
use std::collections::{HashMap, HashSet};

/// What happened to the definitions of one file. Each name is in one list only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Symbols {
    /// Defined after and nowhere before; what stands inside another new one is left out.
    pub(crate) added: Vec<String>,
    /// Defined before and nowhere after.
    pub(crate) removed: Vec<String>,
    /// From and to, where nothing else changed.
    pub(crate) renamed: Option<(String, String)>,
    /// Their head reads otherwise now.
    pub(crate) changed: Vec<String>,
    /// Something inside of them changed, the one with the most lines first.
    pub(crate) inside: Vec<String>,
    /// Every changed line is inside one of `inside`.
    pub(crate) nothing_else: bool,
    /// More than half of the changed lines are inside the first of `inside`.
    pub(crate) mostly_first: bool,
}

impl Symbols {
    /// Reads them; none where the patch does not show the whole, or the language is unknown.
    pub(crate) fn of(change: &Change<'_>) -> Self {
        let (Some(language), Some(patch)) = (Language::of(&change.file.path), change.patch()) else {
            return Self::default();
        };
        let (added, removed) =
            (outermost(language, patch, Side::Added), outermost(language, patch, Side::Removed));
        // What moved into or out of another definition was neither added nor removed.
        let (before, after) =
            (anywhere(language, patch, Side::Removed), anywhere(language, patch, Side::Added));
        let changed: Vec<String> = added.iter().filter(|n| before.contains(*n)).cloned().collect();
        // A definition in a shape that is not known (`public @Nullable Thing error(`) is one all the same.
        let stands = |side: Side, name: &str| patch.side(side).any(|line| calls(line, name));
        let mut symbols = Self {
            added: added.into_iter().filter(|n| !before.contains(n) && !stands(Side::Removed, n)).collect(),
            removed: removed.into_iter().filter(|n| !after.contains(n) && !stands(Side::Added, n)).collect(),
            changed,
            ..Self::default()
        };
        if let ([to], [from]) = (symbols.added.as_slice(), symbols.removed.as_slice())
            && renamed_throughout(patch, from, to)
        {
            symbols.renamed = Some((from.clone(), to.clone()));
            (symbols.added, symbols.removed) = (Vec::new(), Vec::new());
        }
        symbols.look_inside(language, patch);
        symbols
    }

    fn look_inside(&mut self, language: &Language, patch: &FilePatch<'_>) {
        let mut found: HashMap<String, usize> = HashMap::new();
        let mut elsewhere = 0;
        for hunk in &patch.hunks {
            let lines = hunk.lines.iter().filter(|l| l.side != Side::Context).count();
            match surrounding(language, hunk) {
                Some(name) => *found.entry(name).or_default() += lines,
                None => elsewhere += lines,
            }
        }
        let told: HashSet<&String> = self.added.iter().chain(&self.removed).collect();
        let all: usize = found.values().sum::<usize>() + elsewhere;
        let mut found: Vec<(String, usize)> =
            found.into_iter().filter(|(name, _)| !told.contains(name)).collect();
        found.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
        self.nothing_else = elsewhere == 0;
        self.mostly_first = found.first().is_some_and(|(_, n)| n * 2 > all);
        self.inside = found.into_iter().map(|(name, _)| name).collect();
    }
}

/// Whether a name stands on a line as a whole word with a parenthesis behind it.
fn calls(line: &str, name: &str) -> bool {
    let within = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    line.match_indices(name)
        .any(|(at, _)| !line[..at].ends_with(within) && line[at + name.len()..].trim_start().starts_with('('))
}

/// Every name defined on one side.
fn anywhere(language: &Language, patch: &FilePatch<'_>, side: Side) -> HashSet<String> {
    patch.side(side).filter_map(|l| language.definition(l)).filter(|d| !d.extends).map(|d| d.name).collect()
}

/// The names defined on one side; what stands inside another of them is left out.
fn outermost(language: &Language, patch: &FilePatch<'_>, side: Side) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    for hunk in &patch.hunks {
        let mut container: Option<usize> = None;
        for line in hunk.lines.iter().filter(|l| l.side == side || l.side == Side::Context) {
            let text = line.text.trim();
            if text.is_empty() || text.starts_with([')', '{']) || text.starts_with("where") {
                continue;
            }
            let indent = indent_of(&line.text);
            if container.is_some_and(|c| indent > c) {
                continue;
            }
            container = None;
            if line.side != side {
                continue;
            }
            if let Some(Definition { name, extends, indent }) = language.definition(&line.text) {
                let known = seen.contains(&name);
                if !extends || known {
                    container = Some(indent);
                }
                if !extends && !known {
                    seen.insert(name.clone());
                    found.push(name);
                }
            }
        }
    }
    found
}

/// Whether the change does nothing but replace one word by another.
fn renamed_throughout(patch: &FilePatch<'_>, from: &str, to: &str) -> bool {
    let before: Vec<String> = patch.side(Side::Removed).map(|l| replaced(l, from, to)).collect();
    let after: Vec<&str> = patch.side(Side::Added).collect();
    before.iter().map(String::as_str).eq(after)
}

/// `line` with the whole word `from` replaced.
fn replaced(line: &str, from: &str, to: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        let before_word = before.ends_with(is_word) || before.is_empty() && out.ends_with(is_word);
        let whole = !before_word && !after.starts_with(is_word);
        out.push_str(before);
        out.push_str(if whole { to } else { from });
        rest = after;
    }
    out + rest
}

/// The one definition that all changed lines of a hunk are inside of.
pub(crate) fn surrounding(language: &Language, hunk: &Hunk<'_>) -> Option<String> {
    let mut current = language.definition(&hunk.context).map(|mut definition| {
        // Git's drivers drop the indentation of what they show: a method's is then unknown, so ask for more.
        let method = language.methods || ["self", "cls"].iter().any(|word| hunk.context.contains(word));
        if definition.indent == 0 && method {
            definition.indent = 4;
        }
        definition
    });
    let mut name: Option<String> = None;
    for line in &hunk.lines {
        let text = line.text.trim();
        if text.is_empty() {
            continue;
        }
        let changed = line.side != Side::Context;
        let indent = indent_of(&line.text);
        if !changed {
            if let Some(definition) = language.definition(&line.text) {
                current = Some(definition);
            } else if current.as_ref().is_some_and(|c| indent <= c.indent) && !continues_head(text) {
                current = None;
            }
            continue;
        }
        if is_remark(text) {
            continue;
        }
        let inside = current.as_ref().filter(|c| indent > c.indent && !c.extends)?;
        if name.as_ref().is_some_and(|n| *n != inside.name) {
            return None;
        }
        name = Some(inside.name.clone());
    }
    name
}

/// A line that belongs to a definition's head although it is not indented: `) -> u8 {`, `{`, `where`.
fn continues_head(text: &str) -> bool {
    text == "{" || text.starts_with("where") || text.starts_with(')') && text.ends_with(['{', ':'])
}

/// Comments and attributes may belong to what follows them.
fn is_remark(text: &str) -> bool {
    ["//", "#", "*", "/*", "--", "@", "\"\"\"", "'''", ";"].iter().any(|mark| text.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_are_replaced() {
        assert_eq!(replaced("a(b.a, aa, a_a)", "a", "x"), "x(b.x, aa, a_a)");
        assert_eq!(replaced("aaa", "a", "x"), "aaa");
    }
}
