//! What is told: one report, as JSON and as text. It leaves the machine, so everything in it was made for that.

use autocommit_core::text::{escape_controls, shortened, without_credentials, without_secrets};
use autocommit_panel::{Bubble, Concerned, Urgency};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Version of the form of a report.
const VERSION: u32 = 1;
/// Repositories that are listed; the title counts them all.
const LISTED: usize = 20;
/// Characters of a text in it.
const LONGEST: usize = 500;

/// One report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Version of this form.
    pub version: u32,
    /// What it is about.
    pub event: Occasion,
    /// The same for all that is told of one episode.
    pub key: String,
    /// When it was found.
    pub at: Timestamp,
    /// What happened, in a few words.
    pub title: String,
    /// Why and what to do, in sentences.
    pub text: String,
    /// How much it matters.
    pub urgency: Urgency,
    /// The repositories that need somebody.
    pub repositories: Vec<Concerned>,
}

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// Something needs a person.
    Trouble,
    /// A trouble is over.
    Recovered,
    /// Somebody tries whether reports arrive.
    Test,
}

impl Occasion {
    /// Stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Trouble => "trouble",
            Self::Recovered => "recovered",
            Self::Test => "test",
        }
    }
}

impl Report {
    /// What a notification would say. Without repositories it says that some are well again.
    pub(crate) fn of(bubble: &Bubble, concerned: Vec<Concerned>, at: Timestamp) -> Self {
        let event = if concerned.is_empty() { Occasion::Recovered } else { Occasion::Trouble };
        let repositories = concerned.into_iter().take(LISTED).map(|one| Concerned {
            name: harmless(&one.name),
            sentence: harmless(&one.sentence),
            hint: harmless(&one.hint),
            ..one
        });
        Self {
            version: VERSION,
            event,
            key: bubble.key.clone(),
            at,
            title: harmless(&bubble.title),
            text: harmless(&bubble.body),
            urgency: bubble.urgency,
            repositories: repositories.collect(),
        }
    }

    /// One that is about nothing.
    pub(crate) fn test(at: Timestamp) -> Self {
        Self {
            version: VERSION,
            event: Occasion::Test,
            key: "test".to_owned(),
            at,
            title: "Test of Autocommit's reports".to_owned(),
            text: "Reports arrive here. Nothing is the matter.".to_owned(),
            urgency: Urgency::Low,
            repositories: Vec::new(),
        }
    }

    /// As JSON, in one line.
    pub(crate) fn json(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// As text: the title, then the sentences.
    pub(crate) fn plain(&self) -> String {
        format!("{}\n\n{}\n", self.title, self.text)
    }
}

/// A text without secrets, credentials and controls, of bounded length.
pub(crate) fn harmless(text: &str) -> String {
    shortened(&escape_controls(&without_secrets(&without_credentials(text))), LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_panel::Side;

    #[test]
    fn it_is_bounded_and_without_secrets() {
        let token = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
        let one = Concerned {
            name: format!("a\u{1b}{token}"),
            kind: Side::Push,
            code: "rejected".into(),
            sentence: format!("https://me:word@host/x {token} {}", "x".repeat(5000)),
            hint: String::new(),
        };
        let bubble = Bubble {
            key: "k".into(),
            title: format!("{token} was not pushed"),
            body: "See https://me:word@host/x.".into(),
            urgency: Urgency::Normal,
            buttons: Vec::new(),
            route: "#/secret".into(),
        };
        let report = Report::of(&bubble, vec![one; 500], Timestamp::UNIX_EPOCH);
        let (json, plain) = (report.json(), report.plain());
        for text in [&json, &plain] {
            assert!(!text.contains(token) && !text.contains("word") && !text.contains('\u{1b}'), "{text}");
            assert!(text.len() < 64 << 10, "{}", text.len());
        }
        assert_eq!((report.repositories.len(), report.event), (LISTED, Occasion::Trouble));
        assert_eq!(json.matches('\n').count(), 1);
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
        assert_eq!(Report::of(&bubble, Vec::new(), Timestamp::UNIX_EPOCH).event, Occasion::Recovered);
    }
}
