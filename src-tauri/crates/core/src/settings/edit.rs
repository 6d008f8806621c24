//! Changes of single keys in the text of a configuration file. Whatever is not changed stays as it is, byte for byte:
//! comments, order, blank lines.

use std::{collections::BTreeMap, ops::Range};
use toml_edit::{Array, ArrayOfTables, Document, InlineTable, Item, Table, Value};

/// Longest list on one line; longer ones get a line for each value.
const LINE: usize = 90;

/// Puts `value` at the dotted `key`, or takes the key out. The text must be a valid configuration; nothing comes back
/// where the change could not be made without changing anything else.
pub fn edit(text: &str, key: &str, value: Option<&Value>) -> Option<String> {
    let document = Document::parse(text).ok()?;
    if let Some(Item::ArrayOfTables(blocks)) = document.get(key) {
        // All blocks of the key, or what takes their place, are one value.
        return edit(&without_blocks(text, blocks), key, value);
    }
    let written = value.map(written);
    let (from, to) = split(key);
    let splice = match (place(document.as_table(), key), &written) {
        (Place::Missing, None) => return Some(text.to_owned()),
        (Place::Leaf { value: place, list: Some(list), .. }, Some(_)) if has_comments(text, list, &place) => {
            let wanted = value.and_then(Value::as_array)?;
            let relisted = relisted(text, list, &place, wanted)?;
            (place, relisted)
        }
        (Place::Leaf { value, .. }, Some(written)) => (value, written.clone()),
        (Place::Leaf { key, value, .. }, None) => {
            (line_start(text, key.start)..line_end(text, value.end), String::new())
        }
        (Place::Inline { table, span }, _) => {
            let mut table = table.clone();
            match value {
                Some(value) => table.insert(to, value.clone()),
                None => table.remove(to),
            };
            (span, InlineTable::to_string(&table).trim().to_owned())
        }
        (Place::Missing, Some(written)) => new_line(text, document.as_table(), from, to, written),
    };
    let mut edited = text.to_owned();
    edited.replace_range(splice.0, &splice.1);
    let mut expected = leaves(document.as_table());
    match written {
        Some(written) => expected.insert(key.to_owned(), written),
        None => expected.remove(key),
    };
    (leaves(Document::parse(edited.as_str()).ok()?.as_table()) == expected).then_some(edited)
}

/// The text without these blocks; what stands between them stays.
fn without_blocks(text: &str, blocks: &ArrayOfTables) -> String {
    let mut rest = text.to_owned();
    let mut ranges: Vec<_> = blocks
        .iter()
        .filter_map(|block| {
            let start = block.span()?.start;
            let end = last_leaf(block).unwrap_or(start);
            Some(line_start(text, start)..line_end(text, end))
        })
        .collect();
    ranges.sort_by_key(|range| std::cmp::Reverse(range.start));
    for range in ranges {
        rest.replace_range(range, "");
    }
    rest
}

/// Where a key is.
enum Place<'a> {
    /// On a line of its own.
    Leaf {
        key: Range<usize>,
        value: Range<usize>,
        list: Option<&'a Array>,
    },
    /// Its section is written in braces.
    Inline {
        table: &'a InlineTable,
        span: Range<usize>,
    },
    Missing,
}

/// Section and name of a dotted key.
fn split(key: &str) -> (Option<&str>, &str) {
    key.split_once('.').map_or((None, key), |(section, name)| (Some(section), name))
}

fn place<'a>(root: &'a Table, key: &str) -> Place<'a> {
    let (section, name) = split(key);
    let table = match section.map(|section| root.get(section)) {
        None => Some(root),
        Some(Some(Item::Table(table))) => Some(table),
        Some(Some(Item::Value(Value::InlineTable(table)))) => match table.span() {
            Some(span) => return Place::Inline { table, span },
            None => None,
        },
        Some(_) => None,
    };
    let found = table.and_then(|table| table.get_key_value(name));
    match found.and_then(|(key, item)| Some((key.span()?, item.span()?, item))) {
        Some((key, value, item)) => Place::Leaf { key, value, list: item.as_array() },
        None => Place::Missing,
    }
}

/// A line for a key that is not there: where the template names it, else after the last of its section.
fn new_line(
    text: &str,
    root: &Table,
    section: Option<&str>,
    name: &str,
    value: &str,
) -> (Range<usize>, String) {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut headers: Vec<usize> = root.iter().flat_map(|(_, item)| headers(item)).collect();
    headers.sort_unstable();
    let mut line = format!("{name} = {value}{newline}");
    let within = match section.map(|section| (section, root.get(section).and_then(Item::as_table))) {
        None => Some((0..headers.first().copied().unwrap_or(text.len()), Some(root))),
        Some((_, Some(table))) if !table.is_dotted() => {
            let start = table.span().map_or(text.len(), |span| span.start);
            let end = headers.into_iter().find(|next| *next > start).unwrap_or(text.len());
            Some((line_end(text, start)..end, Some(table)))
        }
        Some((section, Some(table))) => {
            line = format!("{section}.{line}");
            Some((0..0, Some(table)))
        }
        Some((section, None)) => {
            let blank = if text.is_empty() { "" } else { newline };
            line = format!("{blank}[{section}]{newline}{line}");
            None
        }
    };
    let Some((within, table)) = within else {
        return inserted(text, text.len(), newline, line);
    };
    if let Some(at) = named_in_a_comment(text, &within, name) {
        return inserted(text, at, newline, line);
    }
    if let Some(last) = table.and_then(last_leaf) {
        return inserted(text, line_end(text, last), newline, line);
    }
    if section.is_some() {
        return inserted(text, within.start, newline, line);
    }
    // Below the words at the top of the file, where those are not about the section that follows.
    let mut top = 0;
    while text[top..within.end].starts_with('#') {
        top = line_end(text, top);
    }
    if top == within.end {
        top = 0;
    }
    let before = if top > 0 { newline } else { "" };
    let after = if top < text.len() && !text[top..].starts_with(['\r', '\n']) { newline } else { "" };
    inserted(text, top, newline, format!("{before}{line}{after}"))
}

fn inserted(text: &str, at: usize, newline: &str, line: String) -> (Range<usize>, String) {
    let open = at > 0 && !text[..at].ends_with('\n');
    (at..at, if open { format!("{newline}{line}") } else { line })
}

/// The end of the line `# name = …`.
fn named_in_a_comment(text: &str, within: &Range<usize>, name: &str) -> Option<usize> {
    let mut start = within.start;
    while start < within.end {
        let end = line_end(text, start);
        let words = text[start..end].trim().strip_prefix('#').map(str::trim_start);
        let rest = words.and_then(|words| words.strip_prefix(name)).map(str::trim_start);
        if rest.is_some_and(|rest| rest.starts_with('=')) {
            return Some(end);
        }
        start = end;
    }
    None
}

/// Where the lines `[section]` or `[[block]]` start.
fn headers(item: &Item) -> Vec<usize> {
    let start = |table: &Table| table.span().map(|span| span.start);
    match item {
        Item::Table(table) if !table.is_dotted() && !table.is_implicit() => {
            start(table).into_iter().collect()
        }
        Item::ArrayOfTables(blocks) => blocks.iter().filter_map(start).collect(),
        _ => Vec::new(),
    }
}

/// The end of the last value that stands in the table itself, or in one of the dotted keys below it.
fn last_leaf(table: &Table) -> Option<usize> {
    let ends = table.iter().filter_map(|(_, item)| match item {
        Item::Value(value) => value.span().map(|span| span.end),
        Item::Table(inner) if inner.is_dotted() => last_leaf(inner),
        _ => None,
    });
    ends.max()
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The start of the line after the one that `at` is in.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

fn written(value: &Value) -> String {
    let line = value.to_string().trim().to_owned();
    match value {
        Value::Array(list) if line.len() > LINE => {
            let values = list.iter().map(|value| format!("    {},\n", value.to_string().trim()));
            format!("[\n{}]", values.collect::<String>())
        }
        _ => line,
    }
}

/// Whether there is a comment between the brackets of a list.
fn has_comments(text: &str, list: &Array, place: &Range<usize>) -> bool {
    let mut from = place.start;
    let mut between = list.iter().filter_map(Value::span).map(|value| {
        let gap = text.get(from..value.start).unwrap_or_default();
        from = value.end;
        gap
    });
    between.any(|gap| gap.contains('#')) || text[from..place.end].contains('#')
}

/// A list with comments in it, where each value has a line: lines of values that are not wanted go, those of new ones
/// follow the last, and all other lines stay. Nothing where that would not do.
fn relisted(text: &str, list: &Array, place: &Range<usize>, wanted: &Array) -> Option<String> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let wanted: Vec<_> = wanted.iter().map(|value| written(&bare(value))).collect();
    let mut new = wanted.iter().peekable();
    let mut last: Option<Range<usize>> = None;
    let mut splices: Vec<(Range<usize>, String)> = Vec::new();
    for value in list {
        let (words, span) = (written(&bare(value)), value.span()?);
        if new.next_if(|next| **next == words).is_some() {
            last = Some(span);
        } else {
            let line = line_start(text, span.start)..line_end(text, span.end);
            let after = text[span.end..line.end].trim_start();
            let after = after.strip_prefix(',').unwrap_or(after).trim();
            let alone = text[line.start..span.start].trim().is_empty()
                && (after.is_empty() || after.starts_with('#'));
            // One that only moves would lose what is said of it.
            if !alone || wanted.contains(&words) {
                return None;
            }
            splices.push((line, String::new()));
        }
    }
    if new.peek().is_some() {
        // The last value that stays, or else the closing bracket.
        let (at, indent) = match &last {
            Some(last) => (line_end(text, last.end), &text[line_start(text, last.start)..last.start]),
            None => {
                let line = line_start(text, place.end - 1);
                (line, text[line..place.end - 1].trim().is_empty().then_some("    ")?)
            }
        };
        if !indent.trim().is_empty() || at > place.end {
            return None;
        }
        let lines: String = new.map(|value| format!("{indent}{value},{newline}")).collect();
        splices.push((at..at, lines));
        if let Some(last) = last.filter(|last| !text[last.end..].trim_start().starts_with(',')) {
            splices.push((last.end..last.end, ",".to_owned()));
        }
    }
    splices.sort_by_key(|(range, _)| (range.start, range.end));
    let mut edited = text[place.clone()].to_owned();
    for (range, words) in splices.into_iter().rev() {
        let within = range.start.checked_sub(place.start)?..range.end.checked_sub(place.start)?;
        edited.get(within.clone())?;
        edited.replace_range(within, &words);
    }
    Some(edited)
}

/// Every value by its dotted key, in one spelling.
fn leaves(root: &Table) -> BTreeMap<String, String> {
    fn walk(table: &dyn toml_edit::TableLike, prefix: &str, into: &mut BTreeMap<String, String>) {
        for (name, item) in table.iter() {
            let key = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
            match (item.as_table_like(), item.as_value()) {
                (Some(inner), _) => walk(inner, &key, into),
                (None, Some(value)) => {
                    into.insert(key, written(&bare(value)));
                }
                (None, None) => {}
            }
        }
    }
    let mut all = BTreeMap::new();
    walk(root, "", &mut all);
    all
}

/// A value without the blanks and comments around and in it.
fn bare(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(bare).collect::<Array>().into(),
        Value::String(text) => text.value().as_str().into(),
        Value::Integer(number) => (*number.value()).into(),
        Value::Float(number) => (*number.value()).into(),
        Value::Boolean(yes) => (*yes.value()).into(),
        Value::InlineTable(block) => {
            block.iter().map(|(key, value)| (key, bare(value))).collect::<InlineTable>().into()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
