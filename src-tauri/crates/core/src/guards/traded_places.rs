//! Where a file has become a folder, or a folder a file, the index can hold only one of the two: staging the new one throws
//! the old one out. While one is held, for example because a person has staged it, the other waits.

use super::{Candidate, Finding, Rule};
use crate::snapshot::ChangeKind;

/// Paths to be added whose place is above or below that of a held path.
pub(super) fn check(allowed: &[Candidate], held: &[Candidate]) -> Vec<Finding> {
    let in_the_way = |new: &Candidate| {
        held.iter().any(|old| {
            let (old, new) = (&old.change.path, &new.change.path);
            old != new && (old.contains(new) || new.contains(old))
        })
    };
    allowed
        .iter()
        .filter(|c| c.change.kind != ChangeKind::Deleted && in_the_way(c))
        .map(|c| Finding {
            path: c.change.path.clone(),
            rule: Rule::TradedPlaces,
            hint: Rule::TradedPlaces.next_step().to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::guards::testing::{candidate, rules};
    use crate::snapshot::{ChangeKind::*, FileKind};

    #[test]
    fn what_takes_the_place_of_a_held_path_waits() {
        let mut staged = candidate("b.txt", Added, FileKind::Folder, 0);
        staged.change.staged = true;
        let inner = candidate("b.txt/inner", Added, FileKind::File, 1);
        let near = candidate("b.txt2", Added, FileKind::File, 1);
        assert_eq!(
            rules(vec![staged.clone(), inner, near], 9),
            [("b.txt".into(), "partial_staging"), ("b.txt/inner".into(), "traded_places")]
        );
        staged.change.path = "dir/x".into();
        staged.file.kind = FileKind::Missing;
        let file = candidate("dir", Added, FileKind::File, 1);
        assert_eq!(
            rules(vec![staged, file], 9),
            [("dir/x".into(), "partial_staging"), ("dir".into(), "traded_places")]
        );
    }

    #[test]
    fn what_waits_is_waited_for_in_turn() {
        let found = rules(
            vec![
                candidate("large.txt", Added, FileKind::File, 60 << 20),
                candidate("dir/c.txt", Deleted, FileKind::Folder, 0),
                candidate("dir/c.txt/inner.md", Added, FileKind::File, 1),
                candidate("old.md", Deleted, FileKind::Missing, 0),
                candidate("gone.rs", Deleted, FileKind::Missing, 0),
            ],
            100,
        );
        let held: Vec<_> = found.iter().map(|(path, rule)| (path.as_str(), *rule)).collect();
        assert_eq!(
            held,
            [
                ("large.txt", "file_too_large"),
                ("dir/c.txt", "split_rename"),
                ("dir/c.txt/inner.md", "traded_places"),
                ("old.md", "split_rename"),
            ]
        );
    }
}
