//! Who writes: the floors, the rules, and models with one part of the recipe changed.

use super::{
    case::{Case, people},
    header::Header,
    text::share,
};
use autocommit_core::{draft::Wishes, path::RepoPath};
use autocommit_message::{
    Brief, Checks, Refusal,
    providers::{
        llm::{Constraint, Recipe},
        rules,
    },
};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

/// Who writes the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Arm {
    /// A past subject at random: the floor
    Random,
    /// "update a.rs and 2 more files"
    Template,
    /// The subject of the past commit with the most paths in common
    Nearest,
    /// The product's rules
    Rules,
    /// What people wrote, where the checks would take it from a model: what falls back is refused without need
    People,
    /// A model with a truncated diff and a plain question; what it says is taken as it is
    Raw,
    /// A model as the product asks it
    Designed,
    /// As designed, without the changed lines
    NoExcerpt,
    /// As designed, without the facts
    NoFacts,
    /// As designed, the other way round with examples
    Examples,
    /// As designed, one plain line instead of a JSON schema
    Line,
    /// As designed, held to a grammar instead of a JSON schema
    Grammar,
    /// As designed, the model chooses among the types that are possible
    PicksType,
}

/// A message and what it took.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Answer {
    /// First line.
    pub(super) subject: String,
    /// Further lines.
    pub(super) body: String,
    /// Milliseconds.
    pub(super) millis: f64,
    /// Tokens sent, where the server told.
    pub(super) sent: Option<u32>,
    /// Tokens written, where the server told.
    pub(super) written: Option<u32>,
    /// Why somebody else wrote it.
    pub(super) fell_back: Option<String>,
}

impl Answer {
    fn new(subject: String, body: String, took: Duration) -> Self {
        let millis = took.as_secs_f64() * 1e3;
        Self { subject, body, millis, sent: None, written: None, fell_back: None }
    }
}

impl Arm {
    /// The name in tables and on the command line.
    pub(super) fn name(self) -> String {
        clap::ValueEnum::to_possible_value(&self).map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// How a model is asked; nothing where none is.
    pub(super) fn recipe(self) -> Option<Recipe> {
        let designed = Recipe::default();
        Some(match self {
            Self::Random | Self::Template | Self::Nearest | Self::Rules | Self::People => return None,
            Self::Raw => Recipe::raw(),
            Self::Designed => designed,
            Self::NoExcerpt => Recipe { excerpt: 0, ..designed },
            Self::NoFacts => Recipe { facts: false, ..designed },
            Self::Examples => Recipe { examples: !designed.examples, ..designed },
            Self::Line => Recipe { constraint: Constraint::Free, ..designed },
            Self::Grammar => Recipe { constraint: Constraint::Grammar, ..designed },
            Self::PicksType => Recipe { model_picks_type: true, ..designed },
        })
    }

    /// Writes the message of a change without a model.
    pub(super) fn write(self, case: &Case, seed: u64) -> Answer {
        let start = Instant::now();
        let (subject, body) = match self {
            Self::Random => (random(case, seed), String::new()),
            Self::Template => (template(case), String::new()),
            Self::Nearest => (nearest(case), String::new()),
            Self::People => {
                let refused = match checked(case) {
                    Ok(subject) => return Answer::new(subject, String::new(), start.elapsed()),
                    Err(refused) => refused,
                };
                let rules = Self::Rules.write(case, seed);
                return Answer { fell_back: Some(refused.to_string()), ..rules };
            }
            _ => {
                let draft = rules::draft(&brief(case, &Wishes::default()));
                (draft.subject, draft.body)
            }
        };
        Answer::new(subject, body, start.elapsed())
    }
}

/// What a provider is given for a case.
pub(super) fn brief<'a>(case: &'a Case, wishes: &'a Wishes) -> Brief<'a> {
    Brief { diff: &case.diff, habits: &case.habits, branch: Some("main"), wishes }
}

/// What people wrote, as the checks leave it.
fn checked(case: &Case) -> Result<String, Refusal> {
    let wishes = Wishes::default();
    let written = case.reference.as_deref().map(|reference| Header::of(reference).description);
    Checks::of(&brief(case, &wishes)).subject(written.unwrap_or_default(), false, false)
}

fn random(case: &Case, seed: u64) -> String {
    let people: Vec<&str> = people(&case.background).collect();
    let digest = Sha256::digest(format!("{seed} {}", case.name));
    let number = digest.iter().take(4).fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
    as_written(people.get(number % people.len().max(1)).copied())
}

fn template(case: &Case) -> String {
    let name = |path: &RepoPath| String::from_utf8_lossy(path.file_name()).into_owned();
    match &case.diff.files[..] {
        [] => "update files".to_owned(),
        [one] => format!("update {}", name(&one.path)),
        [one, other] => format!("update {} and {}", name(&one.path), name(&other.path)),
        [one, more @ ..] => format!("update {} and {} more files", name(&one.path), more.len()),
    }
}

fn nearest(case: &Case) -> String {
    let ours: BTreeSet<&RepoPath> = case.diff.files.iter().map(|file| &file.path).collect();
    let alike = |paths: &[RepoPath]| {
        let theirs: BTreeSet<&RepoPath> = paths.iter().collect();
        share(ours.intersection(&theirs).count(), ours.union(&theirs).count())
    };
    let mut best: Option<(f64, &str)> = None;
    for past in case.background.past.iter().filter(|past| !super::case::is_bot(&past.author)) {
        let alike = alike(&past.paths);
        if best.is_none_or(|(most, _)| alike > most) {
            best = Some((alike, &past.subject));
        }
    }
    as_written(best.map(|(_, subject)| subject))
}

/// A subject without the number that its host gave it.
fn as_written(subject: Option<&str>) -> String {
    let Some(subject) = subject else { return "update files".to_owned() };
    let description = Header::of(subject).description;
    let end = subject.find(description).map_or(subject.len(), |start| start + description.len());
    subject[..end].to_owned()
}
