//! The subject: a list of rules, the first that has something to say wins. A rule is silent where it is not certain.

mod dependencies;
mod exact;
mod files;
mod headings;
mod moves;
mod notes;
mod remarks;
mod swapped;
mod symbols;
mod terms;
mod workflows;

use crate::{
    change::Change,
    defuse,
    facts::Facts,
    verbs::{Tense, Verb},
};

/// Longest subject, in characters.
pub(crate) const LIMIT: usize = 72;

/// A description, and what it had no room for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Headline {
    /// The description, with a small first letter.
    pub(crate) text: String,
    /// What belongs in the body because the subject only counts it: one item each, without bullet.
    pub(crate) details: Vec<String>,
    /// The subject left something out that the list of files would tell.
    pub(crate) partial: bool,
}

/// How a description has to be put.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voice {
    /// Most characters.
    pub(crate) room: usize,
    /// The verbs' form.
    pub(crate) tense: Tense,
}

impl Voice {
    /// The word for it.
    fn say(self, verb: Verb) -> &'static str {
        verb.told(self.tense)
    }

    /// A description that says everything; nothing where it would not fit.
    fn headline(self, text: &str) -> Option<Headline> {
        let text = defuse::line(text);
        let fits =
            (1..=self.room).contains(&text.chars().count()) && text.trim() == text && !text.ends_with('.');
        fits.then_some(Headline { text, details: Vec::new(), partial: false })
    }

    /// The first of several wordings that fits.
    fn first(self, wordings: impl IntoIterator<Item = String>) -> Option<Headline> {
        wordings.into_iter().find_map(|text| self.headline(&text))
    }
}

impl Headline {
    fn with_details(self, details: Vec<String>) -> Self {
        Self { details, ..self }
    }

    fn partial(self) -> Self {
        Self { partial: true, ..self }
    }
}

type Rule = fn(&[Change<'_>], Voice) -> Option<Headline>;

pub(crate) use exact::is_exact;
pub(crate) use files::line as file_line;

/// In order.
const RULES: &[Rule] = &[
    moves::renames,
    moves::modes,
    dependencies::changed,
    workflows::changed,
    headings::documented,
    remarks::only,
    notes::noted,
    swapped::throughout,
    symbols::named,
    files::listed,
];

/// The description of a change.
pub(crate) fn of(facts: &Facts<'_>, voice: Voice) -> Headline {
    let found = RULES.iter().find_map(|rule| rule(&facts.changes, voice));
    found.unwrap_or_else(|| Headline {
        text: match facts.changes.as_slice() {
            [] => format!("{} without changed files", voice.say(Verb::Commit)),
            _ => counted(facts, voice),
        },
        details: Vec::new(),
        partial: true,
    })
}

/// Whether the rules can say more of a change than which files it is in.
pub(crate) fn tells(facts: &Facts<'_>) -> bool {
    let voice = Voice { room: LIMIT, tense: Tense::Imperative };
    let headline = of(facts, voice);
    let dull = [Verb::Update, Verb::Change].map(|verb| voice.say(verb));
    !headline.partial && !dull.iter().any(|verb| headline.text.split(' ').next() == Some(verb))
        || headline.text.contains(" from ") && headline.text.contains(" to ")
}

/// The shortest that is true of every change.
pub(crate) fn counted(facts: &Facts<'_>, voice: Voice) -> String {
    let n = autocommit_core::text::counted(facts.changes.len(), "file");
    format!("{} {n}", voice.say(Verb::Change))
}
