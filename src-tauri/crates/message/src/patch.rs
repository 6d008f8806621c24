//! Reads a unified diff as git prints it. Tolerant: bytes, binary files, quoted names, anything cut in the middle.
//!
//! Hunks are followed by the counts in their headers, so that a removed line that looks like a header (`--- x`) is not
//! taken for one.

use autocommit_core::{draft::FileDiff, path::RepoPath};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

/// What the patch shows of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FilePatch<'a> {
    /// The path before, unless the file is new.
    pub(crate) old: Option<RepoPath>,
    /// The path after, unless the file is gone.
    pub(crate) new: Option<RepoPath>,
    /// In the order of the patch.
    pub(crate) hunks: Vec<Hunk<'a>>,
}

/// One hunk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Hunk<'a> {
    /// What git shows behind the second `@@`: the line that the hunk is below of.
    pub(crate) context: Cow<'a, str>,
    /// The number of its first line in the file after the change, from 1; where it only removes, of the line before.
    pub(crate) start: usize,
    /// The lines, without their first column.
    pub(crate) lines: Vec<Line<'a>>,
}

/// One line of a hunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// On which side it is.
    pub(crate) side: Side,
    /// Its text, lossily, without line end.
    pub(crate) text: Cow<'a, str>,
}

/// On which side of the change a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// On both.
    Context,
    /// After only.
    Added,
    /// Before only.
    Removed,
}

impl FilePatch<'_> {
    /// All changed lines.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line<'_>> {
        self.hunks.iter().flat_map(|h| &h.lines).filter(|l| l.side != Side::Context)
    }

    /// Whether it shows as many lines as git counted.
    pub(crate) fn is_whole(&self, file: &FileDiff) -> bool {
        self.side(Side::Added).count() == file.added && self.side(Side::Removed).count() == file.removed
    }

    /// The lines that did not change, where the patch is whole: what the file holds `after` without the lines that came, each
    /// as often as it came.
    pub(crate) fn unchanged<'b>(&self, after: &'b [Cow<'_, str>]) -> Vec<&'b str> {
        let mut came: HashMap<&str, usize> = HashMap::new();
        for line in self.side(Side::Added) {
            *came.entry(line).or_default() += 1;
        }
        let mut lines: Vec<&str> = after.iter().map(AsRef::as_ref).collect();
        lines.retain(|line| match came.get_mut(line) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        });
        lines
    }

    /// All lines of one side.
    pub(crate) fn side(&self, side: Side) -> impl Iterator<Item = &str> {
        self.hunks.iter().flat_map(|h| &h.lines).filter(move |l| l.side == side).map(|l| l.text.as_ref())
    }
}

/// Everything that can be read of `patch`.
pub(crate) fn parse(patch: &[u8]) -> Vec<FilePatch<'_>> {
    let mut files: Vec<FilePatch<'_>> = Vec::new();
    // Lines still expected in the current hunk, before and after.
    let mut left = (0usize, 0usize);
    for raw in patch.split(|b| *b == b'\n') {
        if left != (0, 0) && hunk_line(raw, &mut left, &mut files) {
            continue;
        }
        left = (0, 0);
        if raw.starts_with(b"diff --git ") {
            files.push(FilePatch::default());
        } else if let Some(file) = files.last_mut() {
            left = header_line(raw, file).unwrap_or_default();
        }
    }
    files
}

/// The words of lines in small letters, with and without the dashes in them.
pub(crate) fn words<'a>(lines: impl Iterator<Item = &'a str>) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut take = |word: &str| {
        if !word.is_empty() && !found.contains(word) {
            found.insert(word.to_lowercase());
        }
    };
    for line in lines {
        let within = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '-');
        for word in line.split(|c: char| !within(c)) {
            take(word);
            if word.contains('-') {
                word.split('-').for_each(&mut take);
            }
        }
    }
    found
}

/// The lines of a file, lossily, without line ends.
pub(crate) fn lines(text_of_file: &[u8]) -> Vec<Cow<'_, str>> {
    text_of_file.split(|b| *b == b'\n').map(text).collect()
}

/// A line of a file, lossily, without line end.
pub(crate) fn text(line: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line))
}

/// Takes a line into the last hunk; false where it cannot belong to one.
fn hunk_line<'a>(raw: &'a [u8], left: &mut (usize, usize), files: &mut [FilePatch<'a>]) -> bool {
    let side = match raw.first() {
        Some(b'+') if left.1 > 0 => Side::Added,
        Some(b'-') if left.0 > 0 => Side::Removed,
        Some(b' ') | None if left.0 > 0 && left.1 > 0 => Side::Context,
        Some(b'\\') => return true,
        _ => return false,
    };
    if side != Side::Added {
        left.0 -= 1;
    }
    if side != Side::Removed {
        left.1 -= 1;
    }
    let text = text(raw.get(1..).unwrap_or_default());
    if let Some(hunk) = files.last_mut().and_then(|f| f.hunks.last_mut()) {
        hunk.lines.push(Line { side, text });
    }
    true
}

/// Takes a line outside of hunks; the line counts where it opens one.
fn header_line<'a>(raw: &'a [u8], file: &mut FilePatch<'a>) -> Option<(usize, usize)> {
    if let Some(name) = raw.strip_prefix(b"--- ") {
        file.old = path_after_prefix(name);
    } else if let Some(name) = raw.strip_prefix(b"+++ ") {
        file.new = path_after_prefix(name);
    } else if let Some(name) = raw.strip_prefix(b"rename from ") {
        file.old = Some(RepoPath::new(unquoted(name)));
    } else if let Some(name) = raw.strip_prefix(b"rename to ") {
        file.new = Some(RepoPath::new(unquoted(name)));
    } else if let Some(rest) = raw.strip_prefix(b"@@ -") {
        let end = rest.windows(3).position(|w| w == b" @@")?;
        let (ranges, context) = (std::str::from_utf8(&rest[..end]).ok()?, &rest[end + 3..]);
        let (old, new) = ranges.split_once(" +")?;
        let context = String::from_utf8_lossy(context.strip_prefix(b" ").unwrap_or(context));
        let start = new.split(',').next()?.parse().ok()?;
        file.hunks.push(Hunk { context, start, lines: Vec::new() });
        return Some((range_length(old)?, range_length(new)?));
    }
    None
}

fn range_length(range: &str) -> Option<usize> {
    match range.split_once(',') {
        Some((_, length)) => length.parse().ok(),
        None => Some(1),
    }
}

/// The path in a `---` or `+++` line: without its one-letter prefix, nothing for `/dev/null`.
fn path_after_prefix(name: &[u8]) -> Option<RepoPath> {
    let name = unquoted(name);
    if name == b"/dev/null" {
        return None;
    }
    match name.get(1) {
        Some(b'/') => Some(RepoPath::new(&name[2..])),
        _ => Some(RepoPath::new(name)),
    }
}

/// A name as git writes it: a tab behind names with spaces, quotation marks and escapes around unusual ones.
fn unquoted(name: &[u8]) -> Vec<u8> {
    let name = name.strip_suffix(b"\r").unwrap_or(name);
    let name = name.strip_suffix(b"\t").unwrap_or(name);
    let Some(inner) = name.strip_prefix(b"\"").and_then(|n| n.strip_suffix(b"\"")) else {
        return name.to_vec();
    };
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied();
    while let Some(b) = bytes.next() {
        if b != b'\\' {
            out.push(b);
            continue;
        }
        match bytes.next() {
            Some(b'n') => out.push(b'\n'),
            Some(b't') => out.push(b'\t'),
            Some(b'r') => out.push(b'\r'),
            Some(b'a') => out.push(7),
            Some(b'b') => out.push(8),
            Some(b'v') => out.push(11),
            Some(b'f') => out.push(12),
            Some(first @ b'0'..=b'3') => {
                let octal = |b: Option<u8>| b.map_or(0, |b| b.wrapping_sub(b'0') & 7);
                let (second, third) = (octal(bytes.next()), octal(bytes.next()));
                out.push((first - b'0') * 64 + second * 8 + third);
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_change_is_what_is_there_without_what_came() {
        let patch = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,3 @@\n-old\n+one\n+two\r\n+one\n@@ -9,0 +12 @@\n+last\n";
        let file = &parse(patch)[0];
        let after = b"one\ntwo\r\none\nsame\r\none\n\xff\nlast";
        assert_eq!(file.unchanged(&lines(after)), ["same", "one", "\u{fffd}"]);
        assert_eq!(FilePatch::default().unchanged(&lines(b"all\n")), ["all", ""]);
    }

    #[test]
    fn lines_that_look_like_headers_stay_in_their_hunk() {
        let patch =
            b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@ fn a() {\n--- b/y\n+++ b/z\n same\n";
        let files = parse(patch);
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].new, Some(RepoPath::from("x")));
        assert_eq!(files[0].hunks[0].context, "fn a() {");
        assert_eq!(files[0].side(Side::Removed).collect::<Vec<_>>(), ["-- b/y"]);
        assert_eq!(files[0].side(Side::Added).collect::<Vec<_>>(), ["++ b/z"]);
    }

    #[test]
    fn names_are_read_as_git_writes_them() {
        for (name, expected) in [
            (&b"a/plain.rs"[..], &b"plain.rs"[..]),
            (b"a/two words\t", b"two words"),
            (b"\"a/t\\303\\274r\\n\\\"\"", "tür\n\"".as_bytes()),
            (b"no/prefix", b"no/prefix"),
        ] {
            assert_eq!(path_after_prefix(name), Some(RepoPath::new(expected)));
        }
        assert_eq!(path_after_prefix(b"/dev/null"), None);
    }

    #[test]
    fn a_patch_may_end_anywhere() {
        let patch = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n+\xff\xfe\n\\ No newline at end\n+c\ndiff --git a/y b/y\nBinary files a/y and b/y differ\n";
        for end in 0..=patch.len() {
            parse(&patch[..end]);
        }
        let files = parse(patch);
        assert_eq!(files[0].side(Side::Added).count(), 2);
        assert_eq!(files[1], FilePatch::default());
    }
}
