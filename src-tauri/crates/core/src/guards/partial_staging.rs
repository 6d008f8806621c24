//! A path that is staged and then changed again: a person is composing a commit, and staging it would flatten that.

use super::{BeforeStaging, Finding, Rule};

pub(super) fn check(seen: &BeforeStaging<'_>) -> Vec<Finding> {
    seen.candidates
        .iter()
        .filter(|c| c.change.staged && c.change.unstaged)
        .map(|c| Finding {
            path: c.change.path.clone(),
            rule: Rule::PartialStaging,
            hint: Rule::PartialStaging.next_step().to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::guards::testing::{candidate, rules};
    use crate::snapshot::{ChangeKind::*, FileKind};

    #[test]
    fn half_staged_is_held_and_wholly_staged_is_not() {
        let mut half = candidate("half", Modified, FileKind::File, 5);
        half.change.staged = true;
        let mut whole = half.clone();
        whole.change.path = "whole".into();
        whole.change.unstaged = false;
        assert_eq!(rules(vec![half, whole], 2), [("half".into(), "partial_staging")]);
    }
}
