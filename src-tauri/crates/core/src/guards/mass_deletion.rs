//! Many files gone at once look more like a lost mount or a slip than like work.

use super::{BeforeStaging, Finding, Rule};
use crate::snapshot::ChangeKind;

/// Fewer deletions than this are never a mass.
const LEAST: usize = 10;

pub(super) fn check(seen: &BeforeStaging<'_>) -> Vec<Finding> {
    let gone: Vec<_> = seen.candidates.iter().filter(|c| c.change.kind == ChangeKind::Deleted).collect();
    let share = usize::from(seen.limits.mass_delete_percent);
    if gone.len() < LEAST || gone.len() * 100 <= seen.tracked * share {
        return Vec::new();
    }
    let hint = format!(
        "{} of {} files are gone at once. {}",
        gone.len(),
        seen.tracked,
        Rule::MassDeletion.next_step()
    );
    gone.into_iter()
        .map(|c| Finding { path: c.change.path.clone(), rule: Rule::MassDeletion, hint: hint.clone() })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::guards::testing::{candidate, rules};
    use crate::snapshot::{ChangeKind::*, FileKind};

    fn deleted(n: usize, tracked: usize) -> usize {
        let gone = (0..n).map(|i| candidate(&format!("f{i}"), Deleted, FileKind::Missing, 0)).collect();
        rules(gone, tracked).len()
    }

    #[test]
    fn both_limits_must_be_passed() {
        assert_eq!(deleted(9, 9), 0, "fewer than ten");
        assert_eq!(deleted(10, 20), 0, "exactly the percentage");
        assert_eq!(deleted(10, 19), 10, "more than the percentage");
        assert_eq!(deleted(400, 1000), 0);
    }
}
