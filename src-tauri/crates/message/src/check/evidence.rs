//! What a change contains, word by word and by side: what a sentence about it is compared with.

use super::words::{parts, stem};
use crate::{
    changelog,
    patch::{self, Side},
};
use autocommit_core::draft::{Diff, FileStatus};
use std::collections::{BTreeSet, HashMap, HashSet};

/// The most text that is looked at, in bytes; more would take longer than an answer is worth.
const MOST: usize = 512 * 1024;

/// Of more words on one side none is looked at for its spelling.
const MOST_WORDS: usize = 200;

/// The words of one side of a change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    /// As they stand there: runs of letters, digits, `_` and `$`.
    whole: HashSet<String>,
    /// Their parts, without endings.
    stems: BTreeSet<String>,
}

/// All of a change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evidence {
    /// On added lines, and in the paths of new files.
    pub(crate) added: Words,
    /// On removed lines, and in the paths of files that are gone.
    pub(crate) removed: Words,
    /// Around them, and in all other paths.
    pub(crate) around: Words,
    /// In files that are new, and their paths.
    pub(crate) fresh: Words,
    /// On unchanged lines of the files, where these were read: neither new nor gone, and no ground for a sentence.
    pub(crate) unchanged: Words,
    /// Where something is: what hunks stand below of, and paths.
    pub(crate) places: Words,
    /// Every path, before and after.
    pub(crate) paths: Vec<String>,
    /// Everything in lower case, for what is looked for word for word.
    text: String,
    /// Changed lines without space around, in lower case.
    lines: HashSet<String>,
    /// Numbers that counting gives: files, lines.
    counts: Vec<String>,
    /// Lines added and removed.
    pub(crate) sums: (usize, usize),
    /// Some file came.
    pub(crate) new_file: bool,
    /// Some file went.
    pub(crate) lost_file: bool,
    /// Some file has another path.
    pub(crate) renamed: bool,
    /// Some word is spelled a little otherwise.
    pub(crate) respelled: bool,
    /// Something was taken from one place to another.
    pub(crate) moved_lines: bool,
}

impl Words {
    fn take(&mut self, text: &str) {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        for word in text.split(|c: char| !is_word(c)).filter(|w| !w.is_empty() && w.len() <= 80) {
            if self.whole.contains(word) {
                continue;
            }
            self.whole.insert(word.to_owned());
            parts(word, |part| {
                self.stems.insert(stem(part));
            });
            // `close_bundle` is `closebundle` to whoever writes it as one word.
            self.stems.insert(stem(&word.to_lowercase()));
        }
    }

    /// Whether nothing stands there.
    pub(crate) fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// Whether a name stands there as it is; each part of a joined name counts.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let mut words = name.split(|c: char| !is_word(c)).filter(|w| !w.is_empty()).peekable();
        words.peek().is_some() && words.all(|w| self.whole.contains(w))
    }

    /// Whether a word of a sentence is there in some form.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        let stem = stem(&word.to_lowercase());
        if self.stems.contains(&stem) {
            return true;
        }
        // `config` for `configuration`, and the reverse.
        let longer =
            stem.len() >= 4 && self.stems.range(stem.clone()..).next().is_some_and(|s| s.starts_with(&stem));
        longer || (4..stem.len()).any(|n| stem.is_char_boundary(n) && self.stems.contains(&stem[..n]))
    }
}

impl Evidence {
    /// Reads a change.
    pub(crate) fn of(diff: &Diff) -> Self {
        let mut found = Self::default();
        for file in &diff.files {
            let path = String::from_utf8_lossy(file.path.as_bytes()).into_owned();
            found.sums.0 += file.added;
            found.sums.1 += file.removed;
            found.counts.extend([file.added.to_string(), file.removed.to_string()]);
            match &file.status {
                FileStatus::Added => {
                    found.new_file = true;
                    found.added.take(&path);
                    found.fresh.take(&path);
                }
                FileStatus::Deleted => {
                    found.lost_file = true;
                    found.removed.take(&path);
                }
                FileStatus::Renamed { from } => {
                    found.renamed = true;
                    let from = String::from_utf8_lossy(from.as_bytes()).into_owned();
                    found.added.take(&path);
                    found.removed.take(&from);
                    found.paths.push(from);
                }
                _ => found.around.take(&path),
            }
            found.paths.push(path);
        }
        found.counts.extend([diff.files.len(), found.sums.0, found.sums.1].map(|n| n.to_string()));
        found.read_patch(&diff.patch[..diff.patch.len().min(MOST)]);
        let parts = patch::parse(&diff.patch);
        for (path, after) in &diff.after {
            let Some(part) = parts.iter().find(|part| part.new.as_ref() == Some(path)) else { continue };
            if diff.files.iter().any(|file| file.path == *path && part.is_whole(file)) {
                part.unchanged(&patch::lines(after)).iter().for_each(|line| found.unchanged.take(line));
            }
        }
        for path in &found.paths {
            found.places.take(path);
            found.text.push_str(&path.to_lowercase());
            found.text.push('\n');
        }
        found
    }

    fn read_patch(&mut self, patch: &[u8]) {
        let (mut gone, mut came) = (HashMap::new(), HashMap::new());
        let mut place = 0;
        for file in patch::parse(patch) {
            // What a changelog says of the change is a message already.
            let path = file.new.as_ref().or(file.old.as_ref());
            let notes = path.is_some_and(|path| changelog::is_one(&path.shown()));
            if file.old.is_none() {
                file.side(Side::Added).for_each(|line| self.fresh.take(line));
            }
            for hunk in &file.hunks {
                place += 1;
                self.around.take(&hunk.context);
                self.places.take(&hunk.context);
                self.keep(&hunk.context);
                for line in &hunk.lines {
                    self.keep(&line.text);
                    let text = line.text.trim();
                    match line.side {
                        Side::Added => {
                            self.added.take(text);
                            came.insert(text.to_owned(), place);
                        }
                        Side::Removed => {
                            self.removed.take(text);
                            gone.insert(text.to_owned(), place);
                        }
                        Side::Context => self.around.take(text),
                    }
                    if text.chars().count() >= 12 && !notes {
                        self.lines.insert(plain(text));
                    }
                }
            }
        }
        self.respelled = self.is_respelled();
        // Within one place it was indented, not moved.
        self.moved_lines = came.iter().any(|(line, place): (&String, &usize)| {
            line.chars().count() >= 12 && gone.get(line).is_some_and(|other| other != place)
        });
    }

    /// Whether a path has a text in it, whatever its case.
    pub(crate) fn says_path(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        text.len() >= 3 && self.paths.iter().any(|path| path.to_lowercase().contains(&text))
    }

    fn keep(&mut self, line: &str) {
        self.text.push_str(&line.to_lowercase());
        self.text.push('\n');
    }

    /// Whether a word that went and one that came are one or two letters apart.
    fn is_respelled(&self) -> bool {
        let only = |side: &Words, other: &Words| -> Vec<String> {
            let words = side.whole.iter().filter(|word| word.len() >= 3 && !other.whole.contains(*word));
            words.take(MOST_WORDS).cloned().collect()
        };
        let (went, came) = (only(&self.removed, &self.added), only(&self.added, &self.removed));
        went.iter().any(|old| came.iter().any(|new| strsim::damerau_levenshtein(old, new) <= 2))
    }

    /// Whether a text stands there word for word, whatever its case.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.text.contains(&text.to_lowercase())
    }

    /// Whether a number stands there, not as a part of another one, or can be counted.
    pub(crate) fn has_number(&self, number: &str) -> bool {
        let number = number.to_lowercase();
        let bare = number.trim_start_matches(['v', '^', '~', '=']).trim_end_matches('%');
        let within = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let stands = self.text.match_indices(bare).any(|(at, _)| {
            !within(self.text[..at].chars().next_back())
                && !within(self.text[at + bare.len()..].chars().next())
        });
        stands || self.counts.iter().any(|count| count == bare)
    }

    /// Whether a path, or the end of one, is in the change or is spoken of in it.
    pub(crate) fn has_path(&self, path: &str) -> bool {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        let ends = |known: &String| known == path || known.ends_with(&format!("/{path}"));
        let folder =
            |known: &String| known.starts_with(&format!("{path}/")) || known.contains(&format!("/{path}/"));
        self.paths.iter().any(|known| ends(known) || folder(known)) || self.says(path)
    }

    /// Whether a name stands anywhere.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        [&self.added, &self.removed, &self.around].iter().any(|words| words.has_name(name)) || self.says(name)
    }

    /// Whether a word of a sentence is anywhere in some form.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        [&self.added, &self.removed, &self.around].iter().any(|words| words.has_word(word))
    }

    /// Whether a sentence is a changed line.
    pub(crate) fn has_line(&self, sentence: &str) -> bool {
        self.lines.contains(&plain(sentence))
    }
}

/// A line without case and without marks around it.
fn plain(line: &str) -> String {
    line.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}
