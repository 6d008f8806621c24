//! What a person has in the index: whole stagings go along, half ones are theirs, and flags stay.

use crate::case::{Case, Verdict, after, all_held, case, class, commit};

const CLEAN: Verdict = Verdict::Unchanged("");

pub(crate) fn cases() -> Vec<Case> {
    let half = [("a.txt", "partial_staging")];
    let all = vec![
        case(
            "half-staged",
            after("sed -i s/one/1/ a.txt; git add a.txt; sed -i s/two/2/ a.txt; echo x > b.txt"),
            commit(&["b.txt"]).held(&half),
        ),
        case(
            "half-staged-alone",
            after("sed -i s/one/1/ a.txt; git add a.txt; sed -i s/two/2/ a.txt"),
            all_held(&half),
        ),
        case(
            "half-staged-new-file",
            after("echo 1 > new; git add new; echo 2 >> new; echo x > b.txt"),
            commit(&["b.txt"]).held(&[("new", "partial_staging")]),
        ),
        case(
            "staged-and-taken-back-in-the-work-tree",
            after("sed -i s/one/1/ a.txt; git add a.txt; sed -i s/1/one/ a.txt; echo x > b.txt"),
            commit(&["b.txt"]).held(&half),
        ),
        case(
            "staged-and-deleted-in-the-work-tree",
            after("sed -i s/one/1/ a.txt; git add a.txt; rm a.txt; echo x > b.txt"),
            commit(&["b.txt"]).held(&half),
        ),
        case("staged-whole", after("sed -i s/one/1/ a.txt; git add a.txt"), commit(&["a.txt"])),
        case("intent-to-add", after("echo 1 > new; git add -N new"), commit(&["new"])),
        case("intent-to-add-empty", after(": > new; git add -N new"), commit(&["new"])),
        case("staged-rename", after("git mv a.txt c.txt"), commit(&["a.txt", "c.txt"])),
        case(
            "staged-rename-then-edited",
            after("git mv a.txt c.txt; echo six >> c.txt; echo x > b.txt"),
            commit(&["b.txt"]).held(&[("a.txt", "split_rename"), ("c.txt", "partial_staging")]),
        ),
        case("unstaged-rename", after("mv a.txt c.txt"), commit(&["a.txt", "c.txt"])),
        case("rename-of-a-folder", after("git mv src lib"), commit(&[
            "lib/deep/er/leaf.txt", "lib/main.rs", "src/deep/er/leaf.txt", "src/main.rs",
        ])),
        case("rename-by-case-only", after("git mv README.md readme.md"), commit(&["README.md", "readme.md"])),
        case(
            "taken-out-of-git-and-ignored",
            after("echo b.txt > .gitignore; git rm -q --cached b.txt"),
            commit(&[".gitignore", "b.txt"]).held(&[]),
        )
        .finally(|plot| assert!(plot.dir().join("b.txt").exists())),
        case(
            "taken-out-of-git-and-kept",
            after("git rm -q --cached b.txt; sed -i s/one/1/ a.txt"),
            commit(&["a.txt"]).held(&[("b.txt", "partial_staging")]),
        ),
        // A file and a folder that trade places: while one is held, the other waits (and nothing staged is thrown out).
        case(
            "staged-and-a-folder-now",
            after("echo staged > b.txt; git add b.txt; rm b.txt; mkdir b.txt; echo x > b.txt/inner; echo x > a.txt"),
            commit(&["a.txt"]).held(&[("b.txt", "partial_staging"), ("b.txt/inner", "traded_places")]),
        ),
        case(
            "staged-new-and-a-folder-now",
            after("echo staged > new; git add new; rm new; mkdir new; echo x > new/inner; echo x > a.txt"),
            commit(&["a.txt"]).held(&[("new", "partial_staging"), ("new/inner", "traded_places")]),
        ),
        case(
            "staged-and-its-folder-a-file-now",
            after("mkdir dir; echo staged > dir/x; git add dir; rm -r dir; echo file > dir; echo x > a.txt"),
            commit(&["a.txt"]).held(&[("dir/x", "partial_staging"), ("dir", "traded_places")]),
        ),
        case(
            "staged-folder-in-the-place-of-a-held-file",
            |plot| {
                let (repo, bare) = plot.cloned();
                plot.sh(&repo, "mkdir dir; echo c > dir/c.txt; git add .; git commit -qm c; git push -q
                    rm dir/c.txt; mkdir dir/c.txt; echo x > dir/c.txt/inner.txt; git add dir/c.txt");
                plot.sparse_file(&repo, "large.txt", 60);
                (repo, bare).into()
            },
            all_held(&[
                ("dir/c.txt", "split_rename"),
                ("dir/c.txt/inner.txt", "traded_places"),
                ("large.txt", "file_too_large"),
            ]),
        ),
        case("staged-deletion", after("git rm -q b.txt"), commit(&["b.txt"])),
        case("forced-ignored-file", after("echo '*.log' > .gitignore; git add .gitignore; git commit -qm i; git push -q; echo 1 > x.log; git add -f x.log"), commit(&["x.log"])),
        case("assume-unchanged", after("git update-index --assume-unchanged a.txt; echo x > a.txt"), CLEAN),
        case("skip-worktree", after("git update-index --skip-worktree a.txt; echo x > a.txt"), CLEAN),
        case(
            "assume-unchanged-beside-an-edit",
            after("git update-index --assume-unchanged a.txt; echo x > a.txt; echo y > b.txt"),
            commit(&["b.txt"]),
        ),
        case(
            "skip-worktree-beside-an-edit",
            after("git update-index --skip-worktree a.txt; rm a.txt; echo y > b.txt"),
            commit(&["b.txt"]),
        ),
        case("fsmonitor-valid-bits", after("git update-index --no-fsmonitor; echo y > b.txt"), commit(&["b.txt"])),
        case("resolve-undo-left", after(
            "git switch -qc x; echo X > b.txt; git commit -qam x; git switch -q main; echo Y > b.txt; git commit -qam y; git push -q
             git merge x || true; echo Z > b.txt; git add b.txt; git commit -qm z; git push -q; echo W > b.txt"
        ), commit(&["b.txt"])),
        case("no-index-file", after("rm .git/index; echo x > b.txt"), all_held(&[
            ("README.md", "partial_staging"), ("a.txt", "partial_staging"), ("b.txt", "partial_staging"),
            ("src/deep/er/leaf.txt", "partial_staging"), ("src/main.rs", "partial_staging"),
        ])),
        case("everything-taken-out-of-git", after("git rm -rq --cached ."), all_held(&[
            ("README.md", "partial_staging"), ("a.txt", "partial_staging"), ("b.txt", "partial_staging"),
            ("src/deep/er/leaf.txt", "partial_staging"), ("src/main.rs", "partial_staging"),
        ])),
        case(
            "soft-reset",
            after("echo 1 > b.txt; git commit -qam one; git push -q; echo 2 > b.txt; git commit -qam two; git reset -q --soft HEAD~1"),
            commit(&["b.txt"]),
        ),
        case(
            "hard-reset-behind-the-remote",
            after("echo 1 > b.txt; git commit -qam one; git push -q; git reset -q --hard HEAD~1; echo 2 > b.txt"),
            commit(&["b.txt"]).stays("failed", "has commits that are not here"),
        ),
    ];
    class("staging", all)
}
