//! What a commit changed, as a person is shown it: cut to what anybody reads, and harmless on a page.

use crate::{path::RepoPath, text::is_unsafe};

/// Files of a commit that are shown.
pub const FILES_AT_MOST: usize = 400;
/// Lines of one file that are shown.
pub const LINES_AT_MOST: usize = 2000;
/// Bytes of one file that are shown, so that one endless line leaves room for the other files.
pub const FILE_AT_MOST: usize = 512 << 10;
/// Bytes of all files together.
pub const BYTES_AT_MOST: usize = 2 << 20;

/// What a commit changed against its first parent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommitDiff {
    /// The files in git's order, at most [`FILES_AT_MOST`].
    pub files: Vec<ChangedFile>,
    /// There is more than is shown.
    pub truncated: bool,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its path.
    pub path: RepoPath,
    /// Its path before, where that is another one.
    pub old_path: Option<RepoPath>,
    /// What became of it.
    pub change: Change,
    /// Lines added.
    pub insertions: usize,
    /// Lines removed.
    pub deletions: usize,
    /// It is not text, or too large to be compared.
    pub binary: bool,
    /// The hunks, escaped.
    pub patch: String,
    /// There is more of the patch than is shown.
    pub truncated: bool,
}

/// What a commit did to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Added,
    /// Its content or its mode is another one.
    Modified,
    /// It is gone.
    Deleted,
    /// It has another name.
    Renamed,
    /// It was made from another one.
    Copied,
    /// It is another kind of thing now.
    TypeChanged,
}

impl CommitDiff {
    /// Gives each file its part of a patch that git printed for all of them, in the same order. `whole` is false where git
    /// had more to print.
    pub fn new(files: Vec<ChangedFile>, patch: &[u8], whole: bool) -> Self {
        let left_out = files.len() > FILES_AT_MOST;
        let mut files = files;
        files.truncate(FILES_AT_MOST);
        let mut sections = sections(patch).peekable();
        let mut room = BYTES_AT_MOST;
        for file in &mut files {
            // What becomes another kind of thing is taken away and made anew: two parts.
            let parts = if file.change == Change::TypeChanged { 2 } else { 1 };
            let mut lines = LINES_AT_MOST;
            let mut arrived = 0;
            for section in sections.by_ref().take(parts) {
                file.add(section, &mut lines, room);
                arrived += 1;
            }
            let cut_off = !whole && (arrived < parts || sections.peek().is_none());
            file.truncated |= cut_off && file.insertions + file.deletions > 0;
            room -= file.patch.len().min(room);
        }
        let truncated = left_out || files.iter().any(|file| file.truncated);
        Self { files, truncated }
    }
}

impl ChangedFile {
    /// Adds the hunks of a part, as many lines and bytes as there is room for.
    fn add(&mut self, section: &[u8], lines: &mut usize, room: usize) {
        let most = FILE_AT_MOST.min(room);
        let hunks = section.split_inclusive(|b| *b == b'\n').skip_while(|line| !line.starts_with(b"@@ "));
        for line in hunks {
            let line = escaped(line.strip_suffix(b"\n").unwrap_or(line));
            if *lines == 0 || self.patch.len() + line.len() >= most {
                self.truncated = true;
                return;
            }
            *lines -= 1;
            self.patch.push_str(&line);
            self.patch.push('\n');
        }
    }
}

/// The parts of a patch, one for each pair of files. No line within a part begins as its first one does: those of hunks
/// begin with a sign, and git quotes names.
fn sections(patch: &[u8]) -> impl Iterator<Item = &[u8]> {
    const FIRST: &[u8] = b"diff --git ";
    let mut rest = if patch.starts_with(FIRST) { patch } else { &[] };
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let lines = rest.split_inclusive(|b| *b == b'\n').enumerate();
        let end =
            lines.take_while(|(n, line)| *n == 0 || !line.starts_with(FIRST)).map(|(_, line)| line.len());
        let (section, tail) = rest.split_at(end.sum());
        rest = tail;
        Some(section)
    })
}

/// A line as it may be shown: tabs stay, every other control and whatever turns the direction of text becomes visible.
fn escaped(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\t' && is_unsafe(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, change: Change, lines: usize) -> ChangedFile {
        ChangedFile {
            path: path.into(),
            old_path: None,
            change,
            insertions: lines,
            deletions: 0,
            binary: false,
            patch: String::new(),
            truncated: false,
        }
    }

    fn part(name: &str, hunks: &str) -> String {
        format!("diff --git a/{name} b/{name}\nindex 1..2 100644\n--- a/{name}\n+++ b/{name}\n{hunks}")
    }

    #[test]
    fn each_file_gets_its_hunks() {
        let patch = [
            part("a", "@@ -1 +1 @@ fn x()\n-diff --git a/x b/x\n+two\n\\ No newline at end of file\n"),
            "diff --git a/run b/run\nold mode 100644\nnew mode 100755\n".to_owned(),
            part("link", "@@ -1 +0,0 @@\n-old\n"),
            part("link", "@@ -0,0 +1 @@\n+new\n"),
            "diff --git a/bin b/bin\nindex 1..2 100644\nBinary files a/bin and b/bin differ\n".to_owned(),
            part("z", "@@ -1 +1 @@\n+@@ -1 +1 @@\n"),
        ];
        let files = vec![
            file("a", Change::Modified, 1),
            file("run", Change::Modified, 0),
            file("link", Change::TypeChanged, 1),
            file("bin", Change::Modified, 0),
            file("z", Change::Modified, 1),
        ];
        let diff = CommitDiff::new(files, patch.concat().as_bytes(), true);
        let patches: Vec<_> = diff.files.iter().map(|f| f.patch.as_str()).collect();
        assert_eq!(
            patches,
            [
                "@@ -1 +1 @@ fn x()\n-diff --git a/x b/x\n+two\n\\ No newline at end of file\n",
                "",
                "@@ -1 +0,0 @@\n-old\n@@ -0,0 +1 @@\n+new\n",
                "",
                "@@ -1 +1 @@\n+@@ -1 +1 @@\n",
            ]
        );
        assert!(!diff.truncated);
    }

    #[test]
    fn what_could_fool_a_reader_is_visible() {
        assert_eq!(escaped(b"+a\tb\x1b[31m\r"), "+a\tb\\u{1b}[31m\\r");
        assert_eq!(escaped("+\u{202e}abc \u{200b}é".as_bytes()), "+\\u{202e}abc \\u{200b}é");
        assert_eq!(escaped(b"+\xff\xfe"), "+\u{fffd}\u{fffd}");
    }

    #[test]
    fn nothing_is_endless() {
        let long = "+x\n".repeat(LINES_AT_MOST + 5);
        let wide = format!("+{}\n", "y".repeat(FILE_AT_MOST));
        let heavy = format!("+{}\n", "z".repeat(250)).repeat(LINES_AT_MOST - 1);
        let many = BYTES_AT_MOST / heavy.len() + 2;
        let mut files = vec![file("long", Change::Added, 9), file("wide", Change::Added, 1)];
        let mut patch = part("long", &format!("@@ -0,0 +1 @@\n{long}"))
            + &part("wide", &format!("@@ -0,0 +1 @@\n{wide}"));
        for n in 0..many {
            files.push(file(&n.to_string(), Change::Added, 9));
            patch += &part(&n.to_string(), &format!("@@ -0,0 +1 @@\n{heavy}"));
        }
        let diff = CommitDiff::new(files, patch.as_bytes(), true);
        assert_eq!(diff.files[0].patch.lines().count(), LINES_AT_MOST);
        assert_eq!(diff.files[1].patch, "@@ -0,0 +1 @@\n");
        assert!(diff.files[0].truncated && diff.files[1].truncated && !diff.files[2].truncated);
        assert!(diff.files.last().unwrap().truncated && diff.truncated);
        assert!(diff.files.iter().map(|f| f.patch.len()).sum::<usize>() <= BYTES_AT_MOST);

        let names = (0..=FILES_AT_MOST).map(|n| file(&n.to_string(), Change::Added, 0)).collect();
        let diff = CommitDiff::new(names, b"", true);
        assert_eq!((diff.files.len(), diff.truncated), (FILES_AT_MOST, true));
    }

    #[test]
    fn what_git_had_no_time_to_print_is_said() {
        let patch = part("a", "@@ -0,0 +1 @@\n+1\n") + &part("b", "@@ -0,0 +1,9 @@\n+1\n");
        let files = || ["a", "b", "c"].map(|name| file(name, Change::Added, 1)).to_vec();
        let cut: Vec<_> =
            CommitDiff::new(files(), patch.as_bytes(), false).files.iter().map(|f| f.truncated).collect();
        assert_eq!(cut, [false, true, true]);
        assert!(!CommitDiff::new(files(), patch.as_bytes(), true).truncated);
    }
}
