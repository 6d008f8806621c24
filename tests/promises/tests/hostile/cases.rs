//! What a case is, and all of them.

use crate::{elsewhere, programs};

/// What becomes of a case once a person has approved it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// It is committed and pushed, and its program is run, as by git.
    Runs,
    /// It is committed and pushed; its program is nothing that our calls need, and stays silent.
    Silent,
    /// It is committed and stays here: git would start a helper of the address's choice, which we never do.
    Stays,
    /// It is committed, and pushed where it says, not where its remote is.
    Elsewhere,
    /// Approved or not, it is left alone.
    LeftAlone,
    /// Nobody is asked: nothing we call could run it. Committed and pushed from the beginning.
    Inert,
}

/// One hostile repository.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Run in a fresh clone; see [`crate::zoo::Zoo`] for its variables.
    pub(crate) plant: &'static str,
    /// Plain git, by hand in a twin: makes the canary sing.
    pub(crate) spring: &'static str,
    pub(crate) then: Then,
}

pub(crate) const fn case(name: &'static str, plant: &'static str, spring: &'static str, then: Then) -> Case {
    Case { name, plant, spring, then }
}

/// Every case. `TEST_CASE` names one.
pub(crate) fn all() -> Vec<Case> {
    let only = std::env::var("TEST_CASE").ok();
    let all = programs::CASES.iter().chain(programs::MORE).chain(elsewhere::CASES).copied();
    all.filter(|case| only.as_deref().is_none_or(|name| name == case.name)).collect()
}
