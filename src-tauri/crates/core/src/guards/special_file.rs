//! FIFOs, sockets and devices: reading one can hang git for ever.

use super::{BeforeStaging, Finding, Rule};
use crate::snapshot::FileKind;

pub(super) fn check(seen: &BeforeStaging<'_>) -> Vec<Finding> {
    seen.candidates
        .iter()
        .filter(|c| c.file.kind == FileKind::Special)
        .map(|c| Finding {
            path: c.change.path.clone(),
            rule: Rule::SpecialFile,
            hint: Rule::SpecialFile.next_step().to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::guards::testing::{candidate, rules};
    use crate::snapshot::{ChangeKind::*, FileKind};

    #[test]
    fn a_tracked_file_turned_fifo_is_held() {
        let found = rules(
            vec![candidate("p", Modified, FileKind::Special, 0), candidate("f", Modified, FileKind::File, 0)],
            2,
        );
        assert_eq!(found, [("p".into(), "special_file")]);
    }
}
