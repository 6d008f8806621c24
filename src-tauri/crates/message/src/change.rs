//! One changed file with everything that a message may say about it.

use crate::{
    file_class::FileClass,
    language,
    layout::{self, Look},
    patch::{self, FilePatch, Side},
    steps::{self, Step},
    symbols::Symbols,
    terms::Terms,
};
use autocommit_core::{
    draft::{Diff, FileDiff, FileStatus},
    path::RepoPath,
};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::OnceLock,
};

/// One changed file.
#[derive(Debug, Clone)]
pub(crate) struct Change<'a> {
    /// What git counted.
    pub(crate) file: &'a FileDiff,
    /// What role the file has in a project.
    pub(crate) class: FileClass,
    /// What the patch shows of it; where it is not `whole` there is more that is not shown.
    pub(crate) shown: Option<FilePatch<'a>>,
    /// What the file holds after the change, where that was read, and its lines when they are asked for.
    after: Option<&'a [u8]>,
    lines_after: OnceLock<Vec<Cow<'a, str>>>,
    /// Every changed line is shown.
    pub(crate) whole: bool,
    /// Definitions by name; empty where the patch does not show the whole.
    pub(crate) symbols: Symbols,
    /// Read when they are asked for: most changes are told without them.
    terms: OnceLock<Terms>,
    look: OnceLock<Option<Look>>,
    /// Dependencies by name; nothing unless the file is a manifest whose every changed line is understood.
    pub(crate) steps: Option<Vec<Step>>,
}

impl<'a> Change<'a> {
    /// All files of a diff, each with its part of the patch, in the order of the diff.
    pub(crate) fn read(diff: &'a Diff) -> Vec<Self> {
        let mut parts: HashMap<RepoPath, Vec<FilePatch<'a>>> = HashMap::new();
        for part in patch::parse(&diff.patch) {
            if let Some(path) = part.new.clone().or_else(|| part.old.clone()) {
                parts.entry(path).or_default().push(part);
            }
        }
        let after: HashMap<&RepoPath, &[u8]> = diff.after.iter().map(|(path, c)| (path, &c[..])).collect();
        diff.files
            .iter()
            .map(|file| {
                // Two parts for one path are a file that became something else: neither tells the whole.
                let part = parts.remove(&file.path).filter(|p| p.len() == 1).and_then(|mut p| p.pop());
                Self::of(file, part, after.get(&file.path).copied())
            })
            .collect()
    }

    fn of(file: &'a FileDiff, shown: Option<FilePatch<'a>>, after: Option<&'a [u8]>) -> Self {
        let class = FileClass::of(&file.path).seen(shown.as_ref());
        let whole = shown.as_ref().is_some_and(|part| part.is_whole(file));
        let mut change = Self {
            file,
            class,
            shown,
            after,
            lines_after: OnceLock::new(),
            whole,
            symbols: Symbols::default(),
            terms: OnceLock::new(),
            look: OnceLock::new(),
            steps: None,
        };
        change.symbols = Symbols::of(&change);
        change.steps = change.patch().and_then(|patch| steps::of(class.manifest()?, patch));
        change
    }

    /// Its part of the patch, only where that is complete: what is not seen whole cannot be described truthfully.
    pub(crate) fn patch(&self) -> Option<&FilePatch<'a>> {
        self.shown.as_ref().filter(|_| self.whole)
    }

    /// The words that came, went or became others.
    pub(crate) fn terms(&self) -> &Terms {
        self.terms.get_or_init(|| Terms::of(self))
    }

    /// How it looks otherwise, where nothing else may have changed.
    pub(crate) fn look(&self) -> Option<Look> {
        *self.look.get_or_init(|| layout::of(self))
    }

    /// The lines that the file holds after the change, where it was read.
    pub(crate) fn after(&self) -> Option<&[Cow<'a, str>]> {
        let text = self.after?;
        Some(self.lines_after.get_or_init(|| patch::lines(text)))
    }

    /// The lines that did not change; none where they are not known.
    pub(crate) fn unchanged(&self) -> Vec<&str> {
        self.patch().zip(self.after()).map_or_else(Vec::new, |(patch, after)| patch.unchanged(after))
    }

    /// Whether a changed line may be part of a text over several lines, in which no sign is one of the language.
    pub(crate) fn is_within_text(&self) -> bool {
        let (Some(after), Some(patch)) = (self.after(), self.patch()) else { return false };
        let path = &self.file.path;
        if language::has_here_documents(path) && after.iter().any(|line| line.contains("<<")) {
            return true;
        }
        language::text_marks(path).iter().any(|mark| {
            let odd = |line: &str| line.matches(mark).count() % 2 == 1;
            let mut open = false;
            // Of each line, and of the end, whether a text is open in front of it.
            let mut opened: Vec<bool> = Vec::new();
            for line in after {
                opened.push(open);
                open ^= odd(line);
            }
            patch.lines().any(|line| odd(&line.text))
                || patch.hunks.iter().any(|hunk| {
                    let removes = hunk.lines.iter().all(|line| line.side == Side::Removed);
                    let first = if removes { hunk.start } else { hunk.start.saturating_sub(1) };
                    opened.get(first).copied().unwrap_or(open)
                })
        })
    }

    /// Words of its unchanged lines in small letters, where these are known.
    pub(crate) fn unchanged_words(&self) -> HashSet<String> {
        patch::words(self.unchanged().into_iter())
    }

    /// The path before, where it was another one.
    pub(crate) fn renamed_from(&self) -> Option<&'a RepoPath> {
        match &self.file.status {
            FileStatus::Renamed { from } => Some(from),
            _ => None,
        }
    }

    /// Whether the file has other content now, under the same name.
    pub(crate) fn is_modified(&self) -> bool {
        self.file.status == FileStatus::Modified
    }

    /// Lines that changed.
    pub(crate) fn lines(&self) -> usize {
        self.file.added + self.file.removed
    }
}
