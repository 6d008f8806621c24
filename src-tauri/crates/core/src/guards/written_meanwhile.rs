//! A file that changed between the look before and the look after staging may have been stored torn.

use super::{AfterStaging, Finding, Rule};

pub(super) fn check(seen: &AfterStaging<'_>) -> Vec<Finding> {
    seen.staged
        .iter()
        .zip(seen.now)
        .filter(|(before, now)| before.file != **now)
        .map(|(before, _)| Finding {
            path: before.change.path.clone(),
            rule: Rule::StillBeingWritten,
            hint: Rule::StillBeingWritten.next_step().to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::approval::Approved;
    use crate::guards::{AfterStaging, Candidate, clear, testing::candidate};
    use crate::settings;
    use crate::snapshot::{ChangeKind::*, FileKind, FileState};

    #[test]
    fn any_difference_holds_the_path() {
        let limits = settings::Guards::default();
        let judge = |staged: &[Candidate], now: &[FileState]| {
            clear("tree", &AfterStaging { staged, now, contents: &[], limits: &limits }, &Approved::default())
        };
        let staged =
            [candidate("a", Modified, FileKind::File, 5), candidate("b", Modified, FileKind::File, 5)];
        let same: Vec<_> = staged.iter().map(|c| c.file.clone()).collect();
        assert!(judge(&staged, &same).is_ok());
        let mut grown = same.clone();
        grown[1].size = 6;
        let mut touched = same.clone();
        touched[1].mtime_ns += 1;
        let mut vanished = same;
        vanished[1].kind = FileKind::Missing;
        for now in [grown, touched, vanished] {
            let found = judge(&staged, &now).unwrap_err();
            assert_eq!(found.iter().map(|f| f.path.shown()).collect::<Vec<_>>(), ["b"]);
        }
    }
}
