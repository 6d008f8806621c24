//! A repository inside the work tree would become a bare gitlink: its files would look saved and would not be.

use super::{BeforeStaging, Finding, Rule};
use crate::snapshot::{ChangeKind, FileKind};

pub(super) fn check(seen: &BeforeStaging<'_>) -> Vec<Finding> {
    seen.candidates
        .iter()
        .filter(|c| {
            let shown_as_folder = c.change.path.as_bytes().ends_with(b"/");
            let new_folder =
                c.change.kind == ChangeKind::Added && !c.change.submodule && c.file.kind == FileKind::Folder;
            // A file that became a repository: git would replace the blob by a gitlink. (A file that became a plain
            // folder is shown as deleted.)
            let became_folder = c.change.kind == ChangeKind::Modified
                && !c.change.submodule
                && c.file.kind == FileKind::Folder;
            shown_as_folder || new_folder || became_folder
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
        let mut submodule = candidate("sub", Modified, FileKind::Folder, 0);
        submodule.change.submodule = true;
        let found = rules(
            vec![
                candidate("vendor/lib/", Added, FileKind::Folder, 0),
                candidate("was-a-file", Modified, FileKind::Folder, 0),
                candidate("plain-folder-now", Deleted, FileKind::Folder, 0),
                candidate("a.txt", Added, FileKind::File, 1),
                submodule,
            ],
            10,
        );
        assert_eq!(
            found,
            [("vendor/lib/".into(), "nested_repository"), ("was-a-file".into(), "nested_repository")]
        );
    }
}
