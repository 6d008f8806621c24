//! A file that was moved is a new path and a removed one. Where the new one is held, committing the removal alone would
//! take the only saved copy out of the branch.

use super::{Candidate, Finding, Rule};
use crate::{path::RepoPath, snapshot::ChangeKind};

/// Deletions that may be the other half of a held new path: both staged, or of the same name or kind of file.
pub(super) fn check(allowed: &[Candidate], held: &[Candidate]) -> Vec<Finding> {
    let new: Vec<_> = held.iter().filter(|c| c.change.kind == ChangeKind::Added).collect();
    let alike = |gone: &Candidate| {
        new.iter().any(|new| {
            (gone.change.staged && new.change.staged)
                || gone.change.path.file_name() == new.change.path.file_name()
                || extension(&gone.change.path).is_some_and(|e| Some(e) == extension(&new.change.path))
        })
    };
    allowed
        .iter()
        .filter(|c| c.change.kind == ChangeKind::Deleted && alike(c))
        .map(|c| Finding {
            path: c.change.path.clone(),
            rule: Rule::SplitRename,
            hint: Rule::SplitRename.next_step().to_owned(),
        })
        .collect()
}

fn extension(path: &RepoPath) -> Option<&[u8]> {
    let name = path.file_name();
    let dot = name.iter().rposition(|b| *b == b'.').filter(|at| *at > 0)?;
    Some(&name[dot + 1..])
}

#[cfg(test)]
mod tests {
    use crate::guards::testing::{candidate, rules};
    use crate::snapshot::{ChangeKind::*, FileKind};

    #[test]
    fn a_removal_waits_for_the_new_place_of_its_file() {
        let large = 60 << 20;
        let found = rules(
            vec![
                candidate("d2/same.txt", Added, FileKind::File, large),
                candidate("v2.bin", Added, FileKind::File, large),
                candidate("d1/same.txt", Deleted, FileKind::Missing, 0),
                candidate("v1.bin", Deleted, FileKind::Missing, 0),
                candidate("unrelated.md", Deleted, FileKind::Missing, 0),
            ],
            100,
        );
        let held: Vec<_> = found.iter().filter(|f| f.1 == "split_rename").map(|f| f.0.as_str()).collect();
        assert_eq!(held, ["d1/same.txt", "v1.bin"]);
    }

    #[test]
    fn a_staged_rename_with_further_edits_stays_whole() {
        let mut new = candidate("a2", Added, FileKind::File, 1);
        new.change.staged = true;
        let mut old = candidate("a", Deleted, FileKind::Missing, 0);
        old.change.staged = true;
        old.change.unstaged = false;
        assert_eq!(
            rules(vec![new, old], 9),
            [("a2".into(), "partial_staging"), ("a".into(), "split_rename")]
        );
    }
}
