//! Two names that a file system takes for one: a checkout would write both to the same file, and one of them is lost.

use super::{BeforeStaging, Finding, Rule};

pub(super) fn check(seen: &BeforeStaging<'_>) -> Vec<Finding> {
    seen.candidates
        .iter()
        .filter(|c| c.twin)
        .map(|c| Finding {
            path: c.change.path.clone(),
            rule: Rule::CaseTwin,
            hint: "Another tracked file has the same name in other case: rename one of them with git mv."
                .to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::guards::testing::{candidate, rules};
    use crate::snapshot::{ChangeKind::*, FileKind};

    #[test]
    fn twins_are_held() {
        let mut twin = candidate("ReadMe", Added, FileKind::File, 5);
        twin.twin = true;
        let other = candidate("other", Added, FileKind::File, 5);
        assert_eq!(rules(vec![twin, other], 2), [("ReadMe".into(), "case_twin")]);
    }
}
