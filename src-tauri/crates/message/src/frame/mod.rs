//! What code decides of a message, whoever writes the description: type, scope, ticket, case, full stop, length.

use crate::{
    Brief, defuse,
    facts::Facts,
    habits::ticket::Place,
    kind, scope,
    subject::{LIMIT, Voice},
};

/// Fewer characters than this are not enough for any description.
const LEAST_ROOM: usize = 24;

/// What stands around a description.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// What comes before it, such as `fix(parser): `.
    pub prefix: String,
    /// What comes after it, such as ` (ABC-12)`.
    pub suffix: String,
    /// Most characters of a description.
    pub room: usize,
    /// Begins with a capital letter.
    pub capital: bool,
    /// Ends with a full stop.
    pub full_stop: bool,
    /// The types that the change may have, the rules' own choice first; none where messages have no type.
    pub types: Vec<String>,
    /// Every letter of a description has to be small; names with others stand in back-ticks.
    lower: bool,
    /// Most characters of a subject.
    limit: usize,
    /// Without parentheses.
    scope: Option<String>,
    /// The branch's ticket and where it goes.
    ticket: Option<(String, Place)>,
}

impl Frame {
    /// The frame of the message for a change.
    pub fn of(brief: &Brief<'_>) -> Self {
        Self::around(&Facts::of(brief), brief)
    }

    /// The same for facts that are there already.
    pub(crate) fn around(facts: &Facts<'_>, brief: &Brief<'_>) -> Self {
        let habits = brief.habits;
        let types = kind::candidates(facts, habits);
        let scope = scope::of(facts, habits, types.first().map(String::as_str));
        let ticket = habits.ticket.as_ref().zip(brief.branch).and_then(|(ticket, branch)| ticket.on(branch));
        let mut frame = Self {
            capital: habits.capital,
            full_stop: habits.full_stop,
            lower: habits.lint.lower,
            limit: habits.limit.min(LIMIT),
            types,
            scope,
            ticket,
            ..Self::default()
        };
        frame.fit();
        frame
    }

    /// The same frame with another of its types; nothing for a word that is none of them.
    pub fn with_type(&self, word: &str) -> Option<Self> {
        let at = self.types.iter().position(|t| t == word)?;
        let mut other = self.clone();
        let chosen = other.types.remove(at);
        other.types.insert(0, chosen);
        other.fit();
        Some(other)
    }

    /// The subject with this description in it, in the repository's case; nothing where it does not fit, or where the
    /// whole would act on whoever reads it.
    pub fn subject(&self, description: &str) -> Option<String> {
        let text = description.trim().trim_end_matches(['.', '…']).trim_end();
        let text = match (self.capital, self.lower) {
            (_, true) => &small_but_for_names(&small(text))?,
            (true, false) => &capital(text),
            (false, false) => &small(text),
        };
        let stop = if self.full_stop && self.suffix.is_empty() { "." } else { "" };
        // What the ticket would have an effect with is seen without it: the ticket is the person's own.
        let bare = match &self.ticket {
            Some((ticket, _)) => format!("{}{text}", self.prefix.replace(ticket.as_str(), "")),
            None => format!("{}{text}", self.prefix),
        };
        let line = format!("{}{text}{stop}{}", self.prefix, self.suffix);
        let fits = !text.is_empty() && line.chars().count() <= self.limit && line.trim() == line;
        (fits && !text.contains(['\n', '\r']) && defuse::line(&bare) == bare && !closes(text, &self.suffix))
            .then_some(line)
    }

    /// How the rules have to put a description for it.
    pub(crate) fn voice(&self, brief: &Brief<'_>) -> Voice {
        Voice { room: self.room, tense: brief.habits.tense }
    }

    /// Puts prefix and suffix together, and leaves out what takes the description's place.
    fn fit(&mut self) {
        loop {
            (self.prefix, self.suffix) = self.parts();
            let stop = usize::from(self.full_stop && self.suffix.is_empty());
            let around = self.prefix.chars().count() + self.suffix.chars().count() + stop;
            self.room = self.limit.saturating_sub(around);
            // A type or an area that would act on whoever reads it is none of ours to write.
            let sound = defuse::line(&self.head()) == self.head();
            if self.room >= LEAST_ROOM && sound {
                return;
            }
            if self.scope.take().is_none() && self.ticket.take().is_none() {
                self.types.clear();
                self.limit = self.limit.max(LEAST_ROOM + 1);
            }
        }
    }

    /// Type and scope, or area.
    fn head(&self) -> String {
        match (self.types.first(), &self.scope) {
            (Some(kind), Some(scope)) => format!("{kind}({scope}): "),
            (Some(kind), None) => format!("{kind}: "),
            (None, Some(scope)) => format!("{scope}: "),
            (None, None) => String::new(),
        }
    }

    fn parts(&self) -> (String, String) {
        let (head, kind) = (self.head(), self.types.first().map(String::as_str));
        let Some((ticket, place)) = &self.ticket else { return (head, String::new()) };
        match place {
            // `fix: ABC-12` closes ABC-12 where a host is told to listen.
            Place::Front { .. } if kind.is_some_and(defuse::is_closer) => (head, format!(" ({ticket})")),
            Place::Front { open, close } => (format!("{head}{open}{ticket}{close}"), String::new()),
            Place::Back { open, close } => (head, format!("{open}{ticket}{close}")),
        }
    }
}

/// Whether a text's last word would close the ticket behind it.
fn closes(text: &str, suffix: &str) -> bool {
    let last = text.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    !suffix.is_empty() && defuse::is_closer(&last.to_lowercase())
}

/// The text with a capital first letter.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

/// Words with capital letters in back-ticks; nothing where the text has some already.
fn small_but_for_names(text: &str) -> Option<String> {
    let words =
        text.split(' ').map(|w| if w.contains(char::is_uppercase) { format!("`{w}`") } else { w.to_owned() });
    let joined = words.collect::<Vec<_>>().join(" ");
    (joined == text || !text.contains('`')).then_some(joined)
}

/// The text with a small first letter, unless its first word is a name.
fn small(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    if first.chars().skip(1).any(|c| !c.is_lowercase()) || first.chars().count() == 1 {
        return text.to_owned();
    }
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_lowercase().chain(chars).collect())
}
