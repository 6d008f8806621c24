//! Tickets: numbers that a branch is named after and that messages here carry.

/// How a repository's subjects carry their ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ticket {
    place: Place,
    /// `#12` where it is set, else `ABC-12`.
    numbered: bool,
}

/// Where in a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Before the description, behind a type.
    Front {
        /// Before the ticket.
        open: String,
        /// Behind it.
        close: String,
    },
    /// At the end.
    Back {
        /// Before the ticket.
        open: String,
        /// Behind it.
        close: String,
    },
}

/// What may stand around a ticket at the front, and at the end of a subject.
const FRONTS: [(&str, &str); 5] = [("[", "] "), ("(", ") "), ("", ": "), ("", " - "), ("", " ")];
const BACKS: [(&str, &str); 3] = [(" (", ")"), (" [", "]"), (" ", "")];

impl Ticket {
    /// How most of these subjects carry a ticket; nothing where fewer than half of them do. Descriptions, without type.
    pub(crate) fn of<'a>(descriptions: impl Iterator<Item = &'a str>) -> Option<Self> {
        let (mut all, mut found) = (0, Vec::<(Self, usize)>::new());
        for text in descriptions {
            all += 1;
            if let Some((ticket, _)) = Self::in_text(text) {
                match found.iter_mut().find(|(known, _)| *known == ticket) {
                    Some((_, n)) => *n += 1,
                    None => found.push((ticket, 1)),
                }
            }
        }
        let (ticket, n) = found.into_iter().max_by_key(|(_, n)| *n)?;
        // Numbers at the end are what hosts put there when they merge: no habit of whoever writes.
        let by_hosts = ticket.numbered && matches!(&ticket.place, Place::Back { open, .. } if open == " (");
        (n >= 2 && n * 2 >= all && !by_hosts).then_some(ticket)
    }

    /// The ticket that a branch is named after, and where it goes.
    pub(crate) fn on(&self, branch: &str) -> Option<(String, Place)> {
        let ticket = if self.numbered { number_in(branch)? } else { key_in(branch)? };
        Some((ticket, self.place.clone()))
    }

    /// Whether a text begins with a ticket.
    pub(crate) fn in_front(text: &str) -> bool {
        Self::in_text(text).is_some_and(|(ticket, _)| matches!(ticket.place, Place::Front { .. }))
    }

    /// How one description carries its ticket, and the description without it.
    pub(crate) fn in_text(text: &str) -> Option<(Self, &str)> {
        for (open, close) in FRONTS {
            let Some(rest) = text.strip_prefix(open) else { continue };
            let Some((length, numbered)) = ticket_at(rest) else { continue };
            if let Some(rest) = rest[length..].strip_prefix(close) {
                let place = Place::Front { open: open.to_owned(), close: close.to_owned() };
                return Some((Self { place, numbered }, rest));
            }
        }
        for (open, close) in BACKS {
            let Some(inner) = text.strip_suffix(close) else { continue };
            let Some(at) = inner.rfind(open) else { continue };
            let candidate = &inner[at + open.len()..];
            if let Some((length, numbered)) = ticket_at(candidate)
                && length == candidate.len()
            {
                let place = Place::Back { open: open.to_owned(), close: close.to_owned() };
                return Some((Self { place, numbered }, &text[..at]));
            }
        }
        None
    }
}

/// Length of the ticket that a text begins with, and whether it is a number alone.
fn ticket_at(text: &str) -> Option<(usize, bool)> {
    let digits = |t: &str| t.bytes().take_while(u8::is_ascii_digit).count();
    if let Some(rest) = text.strip_prefix('#') {
        return Some(digits(rest)).filter(|n| (1..=9).contains(n)).map(|n| (n + 1, true));
    }
    let key = text.bytes().take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_').count();
    let number = digits(text.get(key..)?.strip_prefix('-')?);
    let sound = (2..=10).contains(&key) && text.starts_with(|c: char| c.is_ascii_uppercase());
    (sound && (1..=9).contains(&number) && !ORDINARY.contains(&&text[..key]))
        .then_some((key + 1 + number, false))
}

/// Names with a number that are no tickets.
const ORDINARY: &[&str] =
    &["UTF", "SHA", "ISO", "RFC", "CVE", "MD", "AES", "HTTP", "GPT", "PEP", "UTC", "ES"];

/// `ABC-12` in `feature/abc-12-some-words`.
fn key_in(branch: &str) -> Option<String> {
    let upper = branch.to_ascii_uppercase();
    let starts = upper.char_indices().filter(|(i, c)| {
        c.is_ascii_uppercase() && !upper[..*i].ends_with(|b: char| b.is_ascii_alphanumeric() || b == '_')
    });
    let mut found = starts.filter_map(|(i, _)| {
        let (length, _) = ticket_at(&upper[i..])?;
        let ends = !upper[i + length..].starts_with(|c: char| c.is_ascii_alphanumeric());
        // `fix-12` and `issue-12` are words with a number behind them.
        let key = upper[i..].split('-').next().unwrap_or_default();
        (ends && !WORDS.contains(&key)).then(|| upper[i..i + length].to_owned())
    });
    found.next()
}

/// Words in names of branches that a number often follows.
const WORDS: &[&str] = &[
    "FIX", "ISSUE", "ISSUES", "BUG", "FEAT", "FEATURE", "RELEASE", "HOTFIX", "PR", "GH", "TASK", "STORY",
    "V", "VERSION", "PATCH", "TICKET", "STEP", "PART", "PHASE", "SPRINT", "TEST", "REVIEW", "DOCS", "CHORE",
    "WIP", "DEV",
];

/// `#12` in `12-some-words`, `fix/12`, `issue-12`.
fn number_in(branch: &str) -> Option<String> {
    let mut pieces = branch.split(['/', '-', '_', '#']).filter(|p| !p.is_empty());
    let named_after = branch.starts_with(|c: char| c.is_ascii_digit()) || branch.contains(['/', '#']) || {
        let first = pieces.clone().next().unwrap_or_default().to_ascii_uppercase();
        WORDS.contains(&first.as_str()) && !["RELEASE", "V", "VERSION"].contains(&first.as_str())
    };
    let released = branch.to_ascii_lowercase().starts_with("release") || branch.contains('.');
    let number = pieces.find(|p| p.bytes().all(|b| b.is_ascii_digit()) && (1..=9).contains(&p.len()))?;
    (named_after && !released).then(|| format!("#{number}"))
}
