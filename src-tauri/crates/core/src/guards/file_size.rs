//! One file above the host's limit blocks every later push until history is rewritten, so it never gets in.

use super::{BeforeStaging, Finding, Rule};
use crate::snapshot::FileKind;

pub(super) fn check(seen: &BeforeStaging<'_>) -> Vec<Finding> {
    let limit = seen.limits.max_file_mib.saturating_mul(1 << 20);
    seen.candidates
        .iter()
        .filter(|c| c.file.kind == FileKind::File && c.file.size > limit)
        .map(|c| Finding {
            path: c.change.path.clone(),
            rule: Rule::FileTooLarge,
            hint: format!(
                "It has {} MiB (guards.max_file_mib is {}). {}",
                c.file.size >> 20,
                seen.limits.max_file_mib,
                Rule::FileTooLarge.next_step()
            ),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::guards::testing::{candidate, rules};
    use crate::snapshot::{ChangeKind::*, FileKind};

    #[test]
    fn the_limit_itself_passes() {
        let mib = 1 << 20;
        let found = rules(
            vec![
                candidate("dump.sql", Modified, FileKind::File, 50 * mib + 1),
                candidate("just.bin", Modified, FileKind::File, 50 * mib),
            ],
            2,
        );
        assert_eq!(found, [("dump.sql".into(), "file_too_large")]);
    }
}
