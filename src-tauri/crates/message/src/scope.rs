//! The scope of a change, by the vote of past commits; mostly none.

use crate::{Habits, facts::Facts};

/// The scope, where the past leaves little doubt.
pub(crate) fn of(_facts: &Facts<'_>, _habits: &Habits, _kind: Option<&str>) -> Option<String> {
    None
}
