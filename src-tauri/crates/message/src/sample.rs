//! Changes for unit tests.

use autocommit_core::draft::{Diff, FileDiff, FileStatus};

/// Modified files, each with its hunks: lines with their first column.
pub(crate) fn modified(files: &[(&str, &[&str])]) -> Diff {
    let mut diff = Diff::default();
    for (path, hunks) in files {
        let count = |hunk: &str, mark: char| hunk.lines().filter(|line| line.starts_with(mark)).count();
        let sum = |mark: char| hunks.iter().map(|hunk| count(hunk, mark)).sum();
        let (added, removed) = (sum('+'), sum('-'));
        let mut patch = format!("diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n");
        for hunk in *hunks {
            patch += &format!("@@ -1,{} +1,{} @@\n{hunk}\n", count(hunk, '-'), count(hunk, '+'));
        }
        let (path, status) = ((*path).into(), FileStatus::Modified);
        diff.files.push(FileDiff { path, status, added, removed, binary: false });
        diff.patch.extend(patch.into_bytes());
    }
    diff
}
