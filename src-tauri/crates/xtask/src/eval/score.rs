//! What one message is worth, and the list of what is reported.

use super::{
    arms::Answer,
    case::Case,
    header::Header,
    text::{edit_similarity, jaccard, rouge_l},
    valid,
};

/// The marks of one message.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Score {
    /// The repository's name.
    pub(super) repository: String,
    /// The commit.
    pub(super) name: String,
    /// The message's first line.
    pub(super) subject: String,
    /// What people wrote.
    pub(super) reference: Option<String>,
    /// What is wrong with it.
    pub(super) breaches: Vec<&'static str>,
    /// Names, numbers and a word of it occur in the change.
    pub(super) grounded: bool,
    /// The type that people wrote, where they wrote one.
    pub(super) kind: Option<String>,
    /// The type that the message has.
    pub(super) said: Option<String>,
    /// The scope that people wrote.
    pub(super) scope: Option<String>,
    /// The scope that the message has.
    pub(super) said_scope: Option<String>,
    /// A source file is among what changed.
    pub(super) source: bool,
    /// A program that reads types is configured.
    pub(super) automation: bool,
    /// F1 of the longest common subsequence.
    pub(super) rouge: f64,
    /// Content words in common.
    pub(super) jaccard: f64,
    /// Similarity by edits.
    pub(super) edit: f64,
    /// Milliseconds.
    pub(super) millis: f64,
    /// Tokens sent.
    pub(super) sent: Option<u32>,
    /// Tokens written.
    pub(super) written: Option<u32>,
    /// Why somebody else wrote it.
    pub(super) fell_back: Option<String>,
}

impl Score {
    /// Marks an answer.
    pub(super) fn of(case: &Case, answer: &Answer) -> Self {
        let subject = answer.subject.as_str();
        let (said, meant) = (Header::of(subject), case.reference.as_deref().map(Header::of));
        let owned = |text: Option<&str>| text.map(str::to_lowercase);
        let alike = |measure: fn(&str, &str) -> f64| {
            meant.map_or(f64::NAN, |meant| {
                measure(&meant.description.to_lowercase(), &said.description.to_lowercase())
            })
        };
        Self {
            repository: case.repository.clone(),
            name: case.name.clone(),
            subject: subject.to_owned(),
            reference: case.reference.clone(),
            breaches: valid::breaches(case, subject, &answer.body),
            grounded: valid::grounded(case, subject),
            kind: owned(meant.and_then(|meant| meant.kind)),
            said: owned(said.kind),
            scope: owned(meant.and_then(|meant| meant.scope)),
            said_scope: owned(said.scope),
            source: case.has_source(),
            automation: case.automation,
            rouge: alike(rouge_l),
            jaccard: meant.map_or(f64::NAN, |meant| jaccard(meant.description, said.description)),
            edit: alike(edit_similarity),
            millis: answer.millis,
            sent: answer.sent,
            written: answer.written,
            fell_back: answer.fell_back.clone(),
        }
    }

    /// The message claims a feature or a fix, or `!`.
    fn cuts_release(&self) -> bool {
        matches!(self.said.as_deref(), Some("feat" | "fix")) || self.breaches.contains(&"release marker")
    }
}

/// One column of the tables.
pub(super) struct Metric {
    /// Its name.
    pub(super) name: &'static str,
    /// Its value for one message; nothing where it does not apply.
    pub(super) of: fn(&Score) -> Option<f64>,
}

/// All that are means over messages.
pub(super) const METRICS: [Metric; 15] = [
    Metric { name: "valid", of: |s| Some(yes(s.breaches.is_empty())) },
    Metric { name: "grounded", of: |s| Some(yes(s.grounded)) },
    Metric { name: "type", of: |s| s.kind.is_some().then(|| yes(s.kind == s.said)) },
    Metric {
        name: "type, no source",
        of: |s| (s.kind.is_some() && !s.source).then(|| yes(s.kind == s.said)),
    },
    Metric { name: "type, source", of: |s| (s.kind.is_some() && s.source).then(|| yes(s.kind == s.said)) },
    Metric {
        name: "false feat/fix",
        of: |s| s.kind.is_some().then(|| yes(s.cuts_release() && s.kind != s.said)),
    },
    Metric {
        name: "feat/fix where automated",
        of: |s| (s.automation && s.kind.is_some()).then(|| yes(s.cuts_release() && s.kind != s.said)),
    },
    Metric { name: "scope emitted", of: |s| s.kind.is_some().then(|| yes(s.said_scope.is_some())) },
    Metric {
        name: "scope precision",
        of: |s| (s.kind.is_some() && s.said_scope.is_some()).then(|| yes(s.scope == s.said_scope)),
    },
    Metric { name: "scope recall", of: |s| s.scope.is_some().then(|| yes(s.scope == s.said_scope)) },
    Metric { name: "ROUGE-L", of: |s| number(s.rouge) },
    Metric { name: "Jaccard", of: |s| number(s.jaccard) },
    Metric { name: "edit similarity", of: |s| number(s.edit) },
    Metric { name: "fell back", of: |s| Some(yes(s.fell_back.is_some())) },
    Metric { name: "length / 100", of: |s| Some(super::text::share(s.subject.chars().count(), 100)) },
];

fn yes(fact: bool) -> f64 {
    f64::from(u8::from(fact))
}

fn number(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}
