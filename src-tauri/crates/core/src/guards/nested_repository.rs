//! A repository inside the work tree would become a bare gitlink: its files would look saved and would not be.

use super::{BeforeStaging, Finding, Rule};
use crate::snapshot::FileKind;

pub(super) fn check(seen: &BeforeStaging<'_>) -> Vec<Finding> {
    seen.candidates
        .iter()
        .filter(|c| {
            // Of a repository in the place of a tracked file git says that the file is gone, and of the repository nothing.
            let inside = c.file.kind == FileKind::Repository && !c.change.submodule;
            inside || c.change.path.as_bytes().ends_with(b"/")
        })
        .map(|c| Finding {
            path: c.change.path.clone(),
            rule: Rule::NestedRepository,
            hint: Rule::NestedRepository.next_step().to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::guards::testing::{candidate, rules};
    use crate::snapshot::{ChangeKind::*, FileKind};

    #[test]
    fn nested_repositories_are_held_and_submodules_are_not() {
        let mut submodule = candidate("sub", Modified, FileKind::Repository, 0);
        submodule.change.submodule = true;
        let found = rules(
            vec![
                candidate("vendor/lib/", Added, FileKind::Repository, 0),
                candidate("empty/", Added, FileKind::Folder, 0),
                candidate("was-a-file", Modified, FileKind::Repository, 0),
                candidate("looks-gone", Deleted, FileKind::Repository, 0),
                candidate("plain-folder-now", Deleted, FileKind::Folder, 0),
                candidate("a.txt", Added, FileKind::File, 1),
                submodule,
            ],
            10,
        );
        let held: Vec<_> = found.iter().map(|f| f.0.as_str()).collect();
        assert_eq!(held, ["vendor/lib/", "empty/", "was-a-file", "looks-gone"]);
        assert!(found.iter().all(|f| f.1 == "nested_repository"));
    }
}
