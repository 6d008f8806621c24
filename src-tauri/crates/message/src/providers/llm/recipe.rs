//! What a model is told and how it may answer: one choice for each way that was measured against the others.

/// A way to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recipe {
    /// Tell files, counts and definitions.
    pub facts: bool,
    /// Characters of changed lines that are shown.
    pub excerpt: usize,
    /// Show made-up changes with their subjects first, instead of earlier subjects.
    pub examples: bool,
    /// What the server holds the answer to.
    pub constraint: Constraint,
    /// Let the model choose among the types that the rules think possible.
    pub model_picks_type: bool,
    /// Only the first part of the diff and a plain question, as most programs ask.
    pub raw: bool,
}

/// What a server holds an answer to. None of it is relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Constraint {
    /// Nothing.
    Free,
    /// A JSON schema with the subject in it.
    Schema,
    /// A grammar for one line (llama.cpp).
    Grammar,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            facts: true,
            excerpt: 1200,
            examples: true,
            constraint: Constraint::Schema,
            model_picks_type: false,
            raw: false,
        }
    }
}

impl Recipe {
    /// The first 3,000 characters of the diff and a plain question.
    pub fn raw() -> Self {
        Self { facts: false, excerpt: 3000, constraint: Constraint::Free, raw: true, ..Self::default() }
    }

    /// The same with less to read, for a model that could not take all of it.
    pub(crate) fn shorter(self) -> Self {
        Self { excerpt: self.excerpt / 4, ..self }
    }
}
