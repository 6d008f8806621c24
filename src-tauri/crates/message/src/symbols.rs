//! Definitions by name: what a file's change added, removed, renamed, gave another head, or changed the inside of.

use crate::{
    change::Change,
    file_class::FileClass,
    language::{Definition, Language, indent_of},
    patch::{FilePatch, Hunk, Side},
};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

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
        let (before, now) =
            (anywhere(language, patch, Side::Removed), anywhere(language, patch, Side::Added));
        let changed: Vec<String> = added.iter().filter(|n| before.contains(*n)).cloned().collect();
        // A definition in a shape that is not known (`public @Nullable Thing error(`) is one all the same.
        let stands = |side: Side, name: &str| patch.side(side).any(|line| calls(line, name));
        // One of several of that name (an overload, a method of two types) is not the name.
        let same = if added.is_empty() && removed.is_empty() { Vec::new() } else { change.unchanged() };
        let others =
            |name: &str| same.iter().any(|line| line.contains(name) && defines(language, line, name));
        let is_new = |n: &String| !before.contains(n) && !stands(Side::Removed, n) && !others(n);
        let is_gone = |n: &String| !now.contains(n) && !stands(Side::Added, n) && !others(n);
        let mut symbols = Self {
            added: added.into_iter().filter(is_new).collect(),
            removed: removed.into_iter().filter(is_gone).collect(),
            changed,
            ..Self::default()
        };
        if let ([to], [from]) = (symbols.added.as_slice(), symbols.removed.as_slice())
            && renamed_throughout(patch, from, to)
        {
            symbols.renamed = Some((from.clone(), to.clone()));
            (symbols.added, symbols.removed) = (Vec::new(), Vec::new());
        }
        symbols.look_inside(language, patch, change);
        symbols
    }

    fn look_inside(&mut self, language: &Language, patch: &FilePatch<'_>, change: &Change<'_>) {
        let mut found: HashMap<String, usize> = HashMap::new();
        let mut elsewhere = 0;
        for hunk in &patch.hunks {
            let lines = hunk.lines.iter().filter(|l| l.side != Side::Context).count();
            match surrounding(language, hunk, change) {
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

/// Whether a line defines this name, and does not only add to it.
fn defines(language: &Language, line: &str, name: &str) -> bool {
    language.definition(line).is_some_and(|found| !found.extends && found.name == name)
}

/// Definitions that went from one file to another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moved<'c, 'a> {
    pub(crate) names: &'c [String],
    pub(crate) from: &'c Change<'a>,
    pub(crate) to: &'c Change<'a>,
}

/// The one move of definitions that all of a change's definitions are part of, most of their lines with them.
pub(crate) fn moved<'c, 'a>(changes: &'c [Change<'a>]) -> Option<Moved<'c, 'a>> {
    let changed = |c: &&Change<'a>| {
        !c.symbols.added.is_empty() || !c.symbols.removed.is_empty() || c.symbols.renamed.is_some()
    };
    let all: Vec<&Change<'a>> = changes.iter().filter(changed).collect();
    let [one, other] = all.as_slice() else { return None };
    if changes.iter().any(|c| c.class == FileClass::Source && !changed(&c)) {
        return None;
    }
    let gives = |c: &Change<'_>| c.symbols.added.is_empty() && c.symbols.renamed.is_none();
    let (from, to) = if gives(one) { (*one, *other) } else { (*other, *one) };
    let takes = to.symbols.removed.is_empty() && to.symbols.renamed.is_none();
    let same: HashSet<&String> = from.symbols.removed.iter().collect();
    if !gives(from) || !takes || same.len() > 2 || same != to.symbols.added.iter().collect() {
        return None;
    }
    let lines = |c: &'c Change<'a>, side: Side| {
        c.patch().map(|patch| patch.side(side).map(str::trim).filter(|l| l.len() > 1))
    };
    let came: HashSet<&str> = lines(to, Side::Added)?.collect();
    let went: Vec<&str> = lines(from, Side::Removed)?.collect();
    let along = went.iter().filter(|line| came.contains(*line)).count();
    (along * 2 > went.len() && along * 2 > came.len()).then_some(Moved {
        names: &from.symbols.removed,
        from,
        to,
    })
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

/// The one definition that all changed lines of a hunk of the change are inside of.
pub(crate) fn surrounding(language: &Language, hunk: &Hunk<'_>, change: &Change<'_>) -> Option<String> {
    let name = by_context(language, hunk)?;
    // What git shows of a hunk is the last definition above it, which may have ended before.
    let holds = change.after().is_none_or(|lines| encloses(language, hunk, lines, &name));
    holds.then_some(name)
}

/// Whether the first changed line of a hunk that says something stands within the definition of this name: above it, and
/// less far in than every line between.
fn encloses(language: &Language, hunk: &Hunk<'_>, lines: &[Cow<'_, str>], name: &str) -> bool {
    // Lines of the file after the change that are above the one that is looked at.
    let mut above = hunk.start.saturating_sub(1);
    if !hunk.lines.iter().any(|line| line.side != Side::Removed) {
        above = hunk.start;
    }
    for line in &hunk.lines {
        if line.side != Side::Context && !line.text.trim().is_empty() && !is_remark(line.text.trim()) {
            return is_within(language, lines.get(..above).unwrap_or(lines), indent_of(&line.text), name);
        }
        above += usize::from(line.side != Side::Removed);
    }
    false
}

fn is_within(language: &Language, above: &[Cow<'_, str>], indent: usize, name: &str) -> bool {
    let (mut most, mut level) = (indent, false);
    for line in above.iter().rev() {
        let text = line.trim();
        let indent = indent_of(line);
        // A line at the same level counts only where it ends what a head began.
        if text.is_empty() || indent > most || indent == most && !level {
            continue;
        }
        if defines(language, line, name) {
            return true;
        }
        if ["//", "/*", "* ", "#"].iter().any(|mark| text.starts_with(mark)) {
            continue;
        }
        // `) -> u8 {` and `{`: what they end begins at their own level.
        level = text.starts_with([')', '{']) || text.starts_with("where");
        most = indent;
        if most == 0 && !level {
            return false;
        }
    }
    false
}

fn by_context(language: &Language, hunk: &Hunk<'_>) -> Option<String> {
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
