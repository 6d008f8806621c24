//! A folder of thousands of small files, or hundreds of new MiB, is more often a cache than work.

use super::{BeforeStaging, Candidate, Finding, Rule};
use crate::snapshot::ChangeKind;

pub(super) fn check(seen: &BeforeStaging<'_>) -> Vec<Finding> {
    let new: Vec<_> = seen.candidates.iter().filter(|c| c.change.kind == ChangeKind::Added).collect();
    let bytes: u64 = new.iter().map(|c| c.file.size).sum();
    let limit = seen.limits.max_new_mib.saturating_mul(1 << 20);
    if new.len() > seen.limits.max_new_files {
        let hint = format!(
            "{} new files at once (guards.max_new_files is {}). {}",
            new.len(),
            seen.limits.max_new_files,
            Rule::TooManyNewFiles.next_step()
        );
        hold(&new, Rule::TooManyNewFiles, &hint)
    } else if bytes > limit {
        let hint = format!(
            "{} MiB of new files at once (guards.max_new_mib is {}). {}",
            bytes >> 20,
            seen.limits.max_new_mib,
            Rule::TooManyNewBytes.next_step()
        );
        hold(&new, Rule::TooManyNewBytes, &hint)
    } else {
        Vec::new()
    }
}

fn hold(new: &[&Candidate], rule: Rule, hint: &str) -> Vec<Finding> {
    new.iter().map(|c| Finding { path: c.change.path.clone(), rule, hint: hint.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use crate::guards::testing::{candidate, rules};
    use crate::snapshot::{ChangeKind::*, FileKind};

    #[test]
    fn only_the_new_files_are_held() {
        let mut many: Vec<_> =
            (0..2001).map(|i| candidate(&format!("n{i}"), Added, FileKind::File, 1)).collect();
        many.push(candidate("old.txt", Modified, FileKind::File, 1));
        let found = rules(many, 5000);
        assert_eq!(found.len(), 2001);
        assert!(found.iter().all(|f| f.1 == "too_many_new_files"));
    }

    #[test]
    fn bytes_count_together() {
        let five: Vec<_> =
            (0..5).map(|i| candidate(&format!("n{i}"), Added, FileKind::File, 41 << 20)).collect();
        assert_eq!(rules(five.clone(), 9).len(), 5, "205 MiB");
        assert_eq!(rules(five[..4].to_vec(), 9).len(), 0, "164 MiB");
    }
}
