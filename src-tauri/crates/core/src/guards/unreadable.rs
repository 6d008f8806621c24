//! A file that we may not read makes git stage nothing at all; alone it is held, and the rest goes on.

use super::{BeforeStaging, Finding, Rule};
use crate::snapshot::FileKind;

pub(super) fn check(seen: &BeforeStaging<'_>) -> Vec<Finding> {
    seen.candidates
        .iter()
        .filter(|c| c.file.kind == FileKind::File && !c.file.readable)
        .map(|c| Finding {
            path: c.change.path.clone(),
            rule: Rule::Unreadable,
            hint: Rule::Unreadable.next_step().to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::guards::testing::{candidate, rules};
    use crate::snapshot::{ChangeKind::*, FileKind};

    #[test]
    fn only_the_unreadable_file_is_held() {
        let mut secret = candidate("locked", Added, FileKind::File, 5);
        secret.file.readable = false;
        assert_eq!(
            rules(vec![secret, candidate("open", Added, FileKind::File, 5)], 2),
            [("locked".into(), "unreadable")]
        );
    }
}
