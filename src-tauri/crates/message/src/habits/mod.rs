//! How messages are written in one repository, told by what its people wrote and what its files ask for.
//!
//! Commits of ours and of bots tell nothing about people, except how updates of dependencies are called here.

mod automation;
mod commitlint;
mod language;
mod near;
mod subject_line;
pub(crate) mod ticket;

use crate::{
    file_class::FileClass,
    kind::ClassSet,
    subject::LIMIT,
    verbs::{Tense, Verb},
};
use autocommit_core::{
    draft::{Background, PastCommit},
    path::RepoPath,
};
use commitlint::Commitlint;
use near::Near;
use std::collections::HashMap;
pub(crate) use subject_line::KNOWN;
use subject_line::SubjectLine;
use ticket::Ticket;

/// How subjects begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Style {
    /// With the description itself.
    #[default]
    Plain,
    /// With a type of Conventional Commits: `fix(parser): `.
    Conventional,
    /// With the part that changed: `parser: `.
    Area,
}

/// The habits of one repository.
#[derive(Debug, Clone, PartialEq)]
pub struct Habits {
    /// How subjects begin.
    pub(crate) style: Style,
    /// Types that people use here with how often, the most used first.
    pub(crate) types: Vec<(String, usize)>,
    /// Descriptions begin with a capital letter.
    pub(crate) capital: bool,
    /// Descriptions end with a full stop.
    pub(crate) full_stop: bool,
    /// Most characters of a subject.
    pub(crate) limit: usize,
    /// The verbs' form.
    pub(crate) tense: Tense,
    /// The natural language of descriptions, by its English name.
    pub(crate) language: &'static str,
    /// How subjects carry tickets, where they do.
    pub(crate) ticket: Option<Ticket>,
    /// A program reads the types and decides about releases.
    pub(crate) release_automation: bool,
    /// What updates of dependencies are called: type and scope.
    pub(crate) dependencies: Option<(String, Option<String>)>,
    /// Descriptions by people without type, scope and ticket, newest first; at most 50.
    pub(crate) descriptions: Vec<String>,
    /// What people did, newest first.
    pub(crate) past: Vec<Past>,
    /// The same by paths.
    pub(crate) near: Near,
    /// What the configuration asks.
    pub(crate) lint: Commitlint,
}

/// A commit by a person, for votes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Past {
    /// Its type, if any.
    pub(crate) kind: Option<String>,
    /// Its scope, or its area.
    pub(crate) scope: Option<String>,
    /// What it changed.
    pub(crate) paths: Vec<String>,
    /// Roles of what it changed.
    pub(crate) classes: ClassSet,
}

/// Recent commits that tell the style; the older ones still vote for scopes.
const RECENT: usize = 100;
/// Descriptions from which on their first letters tell a habit.
const FEW: usize = 2;
/// Shortest limit that is learnt from people, and shortest that configuration can ask for, in characters.
const SHORT: usize = 50;
const SHORTEST: usize = 30;

impl Default for Habits {
    fn default() -> Self {
        Self {
            style: Style::Plain,
            types: Vec::new(),
            capital: true,
            full_stop: false,
            limit: LIMIT,
            tense: Tense::Imperative,
            language: "English",
            ticket: None,
            release_automation: false,
            dependencies: None,
            descriptions: Vec::new(),
            past: Vec::new(),
            near: Near::default(),
            lint: Commitlint::default(),
        }
    }
}

impl Habits {
    /// Whether a file of the commit at HEAD belongs into [`Background::files`].
    pub fn reads(path: &RepoPath) -> bool {
        let text = String::from_utf8_lossy(path.as_bytes());
        automation::is_of_interest(&text) || Commitlint::is_file(&text)
    }

    /// Reads them from what is there.
    pub fn of(background: &Background) -> Self {
        let (mut lint, mut release_automation) = (Commitlint::default(), false);
        for (path, content) in &background.files {
            let (path, content) =
                (String::from_utf8_lossy(path.as_bytes()), String::from_utf8_lossy(content));
            release_automation |= automation::reads_types(&path, &content);
            if let Some(found) = Commitlint::read(&path, &content) {
                lint = found;
            }
        }
        let people: Vec<(&PastCommit, SubjectLine<'_>)> = background
            .past
            .iter()
            .filter(|c| is_by_a_person(c))
            .map(|c| (c, SubjectLine::of(&c.subject)))
            .collect();
        let recent = &people[..people.len().min(RECENT)];
        let style = style(recent, lint.needs_type);
        let mut habits = Self { style, release_automation, ..Self::default() };
        habits.types = types(&people, style);
        habits.past = people.iter().map(|(commit, line)| past(commit, line, style)).collect();
        habits.near = Near::of(&habits.past);
        habits.dependencies = dependencies(background, &habits.past, style);
        habits.learn_wording(recent);
        habits.apply(lint);
        habits
    }

    fn learn_wording(&mut self, recent: &[(&PastCommit, SubjectLine<'_>)]) {
        let described: Vec<&str> = recent
            .iter()
            .map(|(commit, line)| match self.style {
                // What stands before a colon is part of it where it is no type.
                Style::Plain if line.kind.is_some() || line.area.is_some() => commit.subject.trim(),
                _ => line.description,
            })
            .filter(|text| !text.is_empty())
            .collect();
        let share = |counted: usize, of: usize| of > 0 && counted * 2 > of;
        let lettered = described.iter().filter(|d| d.starts_with(char::is_alphabetic)).count();
        let capital = described.iter().filter(|d| d.starts_with(char::is_uppercase)).count();
        // One is a beginning, no habit.
        self.capital = if lettered < FEW { self.style == Style::Plain } else { share(capital, lettered) };
        self.full_stop = share(described.iter().filter(|d| d.ends_with('.')).count(), described.len());
        self.tense = tense(&described);
        self.language = language::of(described.iter().copied());
        self.ticket = Ticket::of(recent.iter().map(|(_, line)| line.rest));
        self.descriptions = described.iter().take(50).map(|d| (*d).to_owned()).collect();
        let mut lengths: Vec<usize> = recent.iter().map(|(c, _)| c.subject.chars().count()).collect();
        lengths.sort_unstable();
        if lengths.len() >= 10 {
            self.limit = lengths[lengths.len() * 9 / 10].clamp(SHORT, LIMIT);
        }
    }

    /// What the configuration asks goes before what people do.
    fn apply(&mut self, lint: Commitlint) {
        self.capital = lint.capital.unwrap_or(self.capital) && !lint.lower;
        self.full_stop = lint.full_stop.unwrap_or(self.full_stop);
        self.limit = lint.limit.map_or(self.limit, |n| n.clamp(SHORTEST, LIMIT));
        self.lint = lint;
    }
}

fn is_by_a_person(commit: &PastCommit) -> bool {
    let merge = ["Merge ", "Revert \"", "fixup! ", "squash! ", "amend! "];
    !commit.ours && !is_bot(&commit.author) && !merge.iter().any(|start| commit.subject.starts_with(start))
}

fn is_bot(author: &str) -> bool {
    const MARKS: &[&str] = &[
        "[bot]",
        "dependabot",
        "renovate",
        "github-actions",
        "greenkeeper",
        "weblate",
        "crowdin",
        "pre-commit-ci",
        "autofix",
        "semantic-release",
        "release-please",
        "snyk-",
        "bot@",
        "noreply@github.com>bot",
        "automation",
    ];
    let author = author.to_lowercase();
    let name = author.split('<').next().unwrap_or_default().trim();
    MARKS.iter().any(|mark| author.contains(mark)) || name.ends_with("bot") && !name.ends_with("abbot")
}

fn style(recent: &[(&PastCommit, SubjectLine<'_>)], asked: bool) -> Style {
    let conventional =
        recent.iter().filter(|(_, l)| l.kind.as_deref().is_some_and(|k| KNOWN.contains(&k))).count();
    let areas = recent.iter().filter(|(_, l)| l.area.is_some()).count();
    if asked || conventional * 2 > recent.len() {
        Style::Conventional
    } else if areas >= 3 && areas * 10 >= recent.len() * 6 {
        Style::Area
    } else {
        Style::Plain
    }
}

fn types(people: &[(&PastCommit, SubjectLine<'_>)], style: Style) -> Vec<(String, usize)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let kinds = people.iter().filter_map(|(_, l)| l.kind.as_deref());
    kinds.filter(|_| style == Style::Conventional).for_each(|k| *counts.entry(k).or_default() += 1);
    let mut found: Vec<(String, usize)> = counts
        .into_iter()
        .filter(|(k, n)| KNOWN.contains(k) || *n >= 3)
        .map(|(k, n)| (k.to_owned(), n))
        .collect();
    found.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
    found
}

fn past(commit: &PastCommit, line: &SubjectLine<'_>, style: Style) -> Past {
    let scope = if style == Style::Area { line.area } else { line.scope };
    let paths: Vec<String> =
        commit.paths.iter().take(24).map(|p| String::from_utf8_lossy(p.as_bytes()).into_owned()).collect();
    let classes = ClassSet::of(commit.paths.iter().take(24).map(FileClass::of));
    Past { kind: line.kind.clone(), scope: scope.map(str::to_owned), paths, classes }
}

/// What most updates of dependencies are called: by people, else by bots, which people have set up.
fn dependencies(background: &Background, past: &[Past], style: Style) -> Option<(String, Option<String>)> {
    if style != Style::Conventional {
        return None;
    }
    let by_people: Vec<Past> = past.iter().filter(|p| p.classes.only_dependencies()).cloned().collect();
    let bots = background.past.iter().filter(|c| !c.ours && is_bot(&c.author));
    let by_bots: Vec<Past> =
        bots.map(|c| past_of_bot(c, style)).filter(|p| p.classes.only_dependencies()).collect();
    [by_people, by_bots].iter().find_map(|commits| {
        let mut counts: HashMap<(&String, &Option<String>), usize> = HashMap::new();
        commits
            .iter()
            .filter_map(|p| Some((p.kind.as_ref()?, &p.scope)))
            .for_each(|k| *counts.entry(k).or_default() += 1);
        let ((kind, scope), n) =
            counts.into_iter().max_by(|(a, n), (b, m)| n.cmp(m).then_with(|| b.cmp(a)))?;
        (n >= 2 && n * 2 > commits.len()).then(|| (kind.clone(), scope.clone()))
    })
}

fn past_of_bot(commit: &PastCommit, style: Style) -> Past {
    past(commit, &SubjectLine::of(&commit.subject), style)
}

/// The form that most first words have.
fn tense(described: &[&str]) -> Tense {
    let mut counts = [0usize; 3];
    for text in described {
        let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
        for (count, tense) in counts.iter_mut().zip([Tense::Imperative, Tense::Past, Tense::Present]) {
            *count += usize::from(Verb::is_form(&first, tense));
        }
    }
    let [imperative, past, present] = counts;
    if past > imperative && past >= present && past >= 3 {
        Tense::Past
    } else if present > imperative && present >= 3 {
        Tense::Present
    } else {
        Tense::Imperative
    }
}
