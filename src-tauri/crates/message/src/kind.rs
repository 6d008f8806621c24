//! The type of a change, told by the classes and the status of its files.

use crate::{Habits, facts::Facts};

/// The types that a change may have, the most likely first; none in a repository whose messages have no type.
pub(crate) fn candidates(_facts: &Facts<'_>, _habits: &Habits) -> Vec<String> {
    Vec::new()
}
