//! The subject: a list of rules, the first that has something to say wins. A rule is silent where it is not certain.

mod dependencies;
mod files;
mod headings;
mod moves;
mod symbols;

use crate::{change::Change, defuse};

/// Longest subject, in characters.
pub(crate) const LIMIT: usize = 72;

/// A subject, and what it had no room for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Headline {
    /// The subject.
    pub(crate) text: String,
    /// What belongs in the body because the subject only counts it: one item each, without bullet.
    pub(crate) details: Vec<String>,
    /// The subject left something out that the list of files would tell.
    pub(crate) partial: bool,
}

impl Headline {
    /// A subject that says everything; nothing where it would not fit.
    fn of(text: &str) -> Option<Self> {
        let text = defuse::line(text);
        let fits = (1..=LIMIT).contains(&text.chars().count()) && text.trim() == text && !text.ends_with('.');
        fits.then_some(Self { text, details: Vec::new(), partial: false })
    }

    /// The first of several wordings that fits.
    fn first(wordings: impl IntoIterator<Item = String>) -> Option<Self> {
        wordings.into_iter().find_map(|text| Self::of(&text))
    }

    fn with_details(self, details: Vec<String>) -> Self {
        Self { details, ..self }
    }

    fn partial(self) -> Self {
        Self { partial: true, ..self }
    }
}

type Rule = fn(&[Change<'_>]) -> Option<Headline>;

pub(crate) use files::line as file_line;

/// In order.
const RULES: &[Rule] = &[
    moves::renames,
    moves::modes,
    dependencies::changed,
    headings::documented,
    symbols::named,
    files::listed,
];

/// The subject of a change.
pub(crate) fn of(changes: &[Change<'_>]) -> Headline {
    let found = RULES.iter().find_map(|rule| rule(changes));
    found.unwrap_or_else(|| Headline {
        text: "Commit without changed files".to_owned(),
        details: Vec::new(),
        partial: false,
    })
}
