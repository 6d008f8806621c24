//! The body: what the subject only counts, then the files.
//!
//! Every line starts with `- `, so that none of them, and no last paragraph, can be taken for trailers.

use crate::{change::Change, defuse, names, subject::Headline, verbs::Tense};

/// At most so many files, and so many other items.
const FILES: usize = 30;
const DETAILS: usize = 12;
/// Longest path in a line, and longest line, in characters.
const PATH: usize = 72;
const LINE: usize = 100;

/// The body of a message; empty where the subject says it all.
pub(crate) fn of(changes: &[Change<'_>], headline: &Headline, tense: Tense) -> String {
    let mut paragraphs = Vec::new();
    if !headline.details.is_empty() {
        paragraphs.push(list(headline.details.iter().map(|d| (**d).to_owned()), DETAILS));
    }
    if changes.len() > 1 || headline.partial {
        paragraphs.push(list(changes.iter().map(|c| crate::subject::file_line(c, PATH, tense)), FILES));
    }
    paragraphs.join("\n\n")
}

fn list(items: impl ExactSizeIterator<Item = String>, most: usize) -> String {
    let left = items.len().saturating_sub(most);
    let mut lines: Vec<String> = items.take(most).map(|item| bounded(&format!("- {item}"))).collect();
    if left > 0 {
        lines.push(format!("- and {left} more"));
    }
    lines.join("\n")
}

/// A line that is harmless and not too long: escapes can make it longer than its parts were.
fn bounded(line: &str) -> String {
    let line = defuse::line(line);
    if line.chars().count() <= LINE {
        return line;
    }
    let cut = defuse::line(&names::middle_cut(&line, LINE * 3 / 4));
    if cut.chars().count() <= LINE { cut } else { "- a file whose name cannot be shown here".to_owned() }
}
