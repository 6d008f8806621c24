//! Source files: what was defined, removed or renamed by name; else inside which definition something changed.

use super::{
    Headline,
    files::{capital, counted_summary, summary},
};
use crate::{
    change::Change,
    file_class::FileClass,
    language::{Definition, Language, indent_of},
    names,
    patch::{FilePatch, Hunk, Side},
};
use autocommit_core::{draft::FileStatus, text::counted};
use std::collections::HashSet;

/// In a change of more files than this, names in one of them no longer describe the whole.
const FEW_FILES: usize = 8;

/// What one file's definitions tell; starts with a small letter.
struct Story {
    /// From the fullest wording to the shortest.
    wordings: Vec<String>,
    details: Vec<String>,
    /// How many definitions were added or removed.
    weight: usize,
}

/// What the definitions on changed lines tell.
pub(super) fn named(changes: &[Change<'_>]) -> Option<Headline> {
    if let [change] = changes {
        let tests = new_tests(change).into_iter();
        let story = tests.chain(story(change)).chain(inside(change)).next()?;
        return Headline::first(story.wordings.iter().map(|w| capital(w)))
            .map(|headline| headline.with_details(story.details));
    }
    // New, gone or moved files are the bigger news.
    let quiet = changes.iter().all(|c| c.is_modified() || c.class != FileClass::Other);
    if changes.len() > FEW_FILES || !quiet {
        return None;
    }
    let stories = changes.iter().enumerate().filter(|(_, c)| c.class == FileClass::Other);
    let mut stories: Vec<(usize, Story)> = stories.filter_map(|(i, c)| Some((i, story(c)?))).collect();
    stories.sort_by_key(|(_, story)| std::cmp::Reverse(story.weight));
    let (at, story) = stories.into_iter().next()?;
    let others: Vec<&Change<'_>> =
        changes.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, c)| c).collect();
    let (by_name, by_count) = (summary(&others)?, counted_summary(&others)?);
    let texts = story.wordings.iter().flat_map(|w| [format!("{w}, {by_name}"), format!("{w}, {by_count}")]);
    Headline::first(texts.map(|t| capital(&t))).map(|headline| headline.with_details(story.details))
}

/// Definitions that only one side of a file's change has.
fn story(change: &Change<'_>) -> Option<Story> {
    let (language, patch) = (Language::of(&change.file.path)?, change.patch.as_ref()?);
    if !change.is_modified() {
        return None;
    }
    let (added, removed) =
        (outermost(language, patch, Side::Added), outermost(language, patch, Side::Removed));
    // What moved into or out of another definition was neither added nor removed.
    let (before, after) = (anywhere(language, patch, Side::Removed), anywhere(language, patch, Side::Added));
    let new: Vec<&String> = added.iter().filter(|n| !before.contains(*n)).collect();
    let gone: Vec<&String> = removed.iter().filter(|n| !after.contains(*n)).collect();
    let file = names::short(&change.file.path);
    let weight = new.len() + gone.len();
    let (mut wordings, mut details) = (Vec::new(), Vec::new());
    match (new.as_slice(), gone.as_slice()) {
        ([], []) => return None,
        (new, []) => {
            wordings.extend(several(new).iter().map(|n| format!("add {n} to {file}")));
            details = left_out("add", new);
        }
        ([], gone) => {
            wordings.extend(several(gone).iter().map(|n| format!("remove {n} from {file}")));
            details = left_out("remove", gone);
        }
        ([to], [from]) if renamed_throughout(patch, from, to) => {
            wordings.push(format!("rename {from} to {to} in {file}"));
        }
        ([new], [gone]) => wordings.push(format!("add {new} and remove {gone} in {file}")),
        (new, gone) => {
            let (n, m) = (counted(new.len(), "definition"), gone.len());
            wordings.push(format!("add {n} and remove {m} in {file}"));
            details = [left_out("add", new), left_out("remove", gone)].concat();
            if details.is_empty() {
                details = [listed_item("add", new), listed_item("remove", gone)].concat();
            }
        }
    }
    Some(Story { wordings, details, weight })
}

/// Up to three names, or two and a number.
fn several(names: &[&String]) -> Vec<String> {
    let all = names::listed(&names.iter().map(|n| (*n).clone()).collect::<Vec<_>>());
    let few = match names {
        [a, b, rest @ ..] if !rest.is_empty() => vec![format!("{a}, {b} and {} more", rest.len())],
        _ => Vec::new(),
    };
    let counted = counted(names.len(), "definition");
    if names.len() <= 3 { [vec![all], few, vec![counted]].concat() } else { [few, vec![counted]].concat() }
}

/// The names as items of the body where the subject cannot have all of them.
fn left_out(verb: &str, names: &[&String]) -> Vec<String> {
    if names.len() <= 3 { Vec::new() } else { listed_item(verb, names) }
}

fn listed_item(verb: &str, names: &[&String]) -> Vec<String> {
    names.iter().map(|n| format!("{verb} {n}")).collect()
}

/// Every name defined on one side.
fn anywhere(language: &Language, patch: &FilePatch<'_>, side: Side) -> HashSet<String> {
    patch.side(side).filter_map(|l| language.definition(l)).filter(|d| !d.extends).map(|d| d.name).collect()
}

/// The names defined on one side; what stands inside another of them is left out.
fn outermost(language: &Language, patch: &FilePatch<'_>, side: Side) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
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
                let known = found.contains(&name);
                if !extends || known {
                    container = Some(indent);
                }
                if !extends && !known {
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

/// Tests that a test file got: the number of them, or the whole file.
fn new_tests(change: &Change<'_>) -> Option<Story> {
    let patch = change.patch.as_ref()?;
    if change.class != FileClass::Test || patch.side(Side::Removed).any(opens_test) {
        return None;
    }
    let n = patch.side(Side::Added).filter(|l| opens_test(l)).count();
    let name = names::short(&change.file.path);
    let wordings = match (&change.file.status, n) {
        (FileStatus::Added, 1..) => {
            vec![format!("add tests for {}", tested(&names::file_name(&change.file.path))?)]
        }
        (FileStatus::Modified, 2..) => vec![format!("add {n} tests to {name}")],
        _ => return None,
    };
    Some(Story { wordings, details: Vec::new(), weight: n })
}

fn opens_test(line: &str) -> bool {
    let text = line.trim_start();
    let attribute = text.strip_prefix("#[").map(|t| t.split(['(', ']']).next().unwrap_or_default());
    attribute.is_some_and(|a| a == "test" || a.ends_with("::test"))
        || ["def test_", "async def test_", "func Test", "it(\"", "it('", "test(\"", "test('", "@Test"]
            .iter()
            .any(|start| text.starts_with(start))
}

/// What a test file is about, by its name: `test_cli.py`, `cli_test.go` and `cli.test.ts` are about `cli`.
fn tested(name: &str) -> Option<String> {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let about = stem.strip_prefix("test_").or_else(|| stem.strip_suffix("_test")).or_else(|| {
        let marked = [".test.", ".spec."].iter().any(|mark| name.contains(mark));
        marked.then_some(stem)
    })?;
    let plain = !about.is_empty() && about.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
    plain.then(|| about.to_owned())
}

/// Definitions whose inside changed: `update a in x.rs`. Each hunk has to be certain.
fn inside(change: &Change<'_>) -> Option<Story> {
    let (language, patch) = (Language::of(&change.file.path)?, change.patch.as_ref()?);
    if !change.is_modified() {
        return None;
    }
    let mut found: Vec<String> = outermost(language, patch, Side::Added);
    if found.is_empty() {
        for hunk in &patch.hunks {
            let name = surrounding(language, hunk)?;
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    if found.is_empty() || found.len() > 2 {
        return None;
    }
    let text = format!("update {} in {}", names::listed(&found), names::short(&change.file.path));
    Some(Story { wordings: vec![text], details: Vec::new(), weight: found.len() })
}

/// The one definition that all changed lines of a hunk are inside of.
fn surrounding(language: &Language, hunk: &Hunk<'_>) -> Option<String> {
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

    #[test]
    fn what_a_test_file_is_about() {
        for (name, about) in [
            ("test_cli.py", Some("cli")),
            ("cli_test.go", Some("cli")),
            ("cli.spec.ts", Some("cli")),
            ("support.rs", None),
            ("test_.py", None),
        ] {
            assert_eq!(tested(name).as_deref(), about, "{name}");
        }
    }
}
