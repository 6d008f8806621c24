//! How messages are written in one repository, told by what its people wrote and what its files ask for.

pub(crate) mod ticket;

use crate::{subject::LIMIT, verbs::Tense};
use autocommit_core::draft::Background;
use ticket::Ticket;

/// How subjects begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Style {
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
    /// Types that people use here, the most used first.
    pub(crate) types: Vec<String>,
    /// Descriptions begin with a capital letter.
    pub(crate) capital: bool,
    /// Descriptions end with a full stop.
    pub(crate) full_stop: bool,
    /// Most characters of a subject.
    pub(crate) limit: usize,
    /// The verbs' form.
    pub(crate) tense: Tense,
    /// How subjects carry tickets, where they do.
    pub(crate) ticket: Option<Ticket>,
    /// A program reads the types and decides about releases.
    pub(crate) release_automation: bool,
    /// Descriptions by people without type, scope and ticket, newest first; at most 50.
    pub(crate) descriptions: Vec<String>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            style: Style::Plain,
            types: Vec::new(),
            capital: true,
            full_stop: false,
            limit: LIMIT,
            tense: Tense::Imperative,
            ticket: None,
            release_automation: false,
            descriptions: Vec::new(),
        }
    }
}

impl Habits {
    /// Reads them from what is there.
    pub fn of(_background: &Background) -> Self {
        Self::default()
    }
}
