//! What a person has under way: nothing is written until it is finished, and its state stays byte for byte.

use crate::{
    case::{Built, Case, Kept, Verdict, case, class, commit, family},
    plot::{Plot, text},
};
use std::path::PathBuf;

const UNDER_WAY: Verdict = Verdict::Hold("is under way");

pub(crate) fn cases() -> Vec<Case> {
    let mut all: Vec<_> = [
        ("merge-conflict", &["git merge other || true"][..]),
        ("merge-resolved", &["git merge other || true", "echo resolved > a.txt", "git add a.txt"]),
        ("merge-not-committed", &["git merge --no-ff --no-commit clean"]),
        ("merge-with-markers-added", &["git merge other || true", "git add a.txt"]),
        ("cherry-pick-conflict", &["git cherry-pick other || true"]),
        ("cherry-pick-of-several", &["git cherry-pick clean other clean~1..clean || true"]),
        (
            "cherry-pick-resolved-step",
            &["git cherry-pick other clean || true", "git checkout --ours a.txt", "git add a.txt"],
        ),
        ("revert-conflict", &["git revert --no-edit HEAD~2 || true"]),
        ("revert-of-several", &["git revert --no-edit HEAD HEAD~2 HEAD~1 || true"]),
        ("rebase-conflict", &["git rebase other || true"]),
        ("rebase-apply-conflict", &["git rebase --apply other || true"]),
        ("rebase-edit", &["GIT_SEQUENCE_EDITOR='sed -i s/^pick/edit/' git rebase -i HEAD~1"]),
        ("rebase-break", &["GIT_SEQUENCE_EDITOR='sed -i 1ibreak' git rebase -i HEAD~1"]),
        ("rebase-failed-exec", &["git rebase --exec false HEAD~1 || true"]),
        ("am-conflict", &["git format-patch -1 --stdout other > ../am.patch", "git am ../am.patch || true"]),
        (
            "am-garbage",
            &["printf 'From x\\n\\nno patch\\n' > ../garbage.patch", "git am ../garbage.patch || true"],
        ),
        ("bisect", &["git bisect start", "git bisect bad", "git bisect good HEAD~2"]),
        ("bisect-started", &["git bisect start"]),
        ("squash-merge", &["git merge --squash clean"]),
        ("sequencer-left", &["mkdir .git/sequencer", "echo 'pick 1234567 x' > .git/sequencer/todo"]),
    ]
    .into_iter()
    .map(|(name, steps)| {
        let script = steps.join("\n");
        case(name, move |plot| under_way(plot, &script), UNDER_WAY)
    })
    .collect();
    all.extend([
        case("operation-in-a-clean-tree", |plot| with_branches(plot, "git bisect start"), UNDER_WAY),
        case("stash-pop-conflict", stash_pop, Verdict::Hold("not resolved yet")),
        case("checkout-merge-conflict", checkout_merge, Verdict::Hold("not resolved yet")),
        case("unmerged-entries-alone", unmerged, Verdict::Hold("not resolved yet")),
        case("read-tree-merge", read_tree, Verdict::Hold("not resolved yet")),
        case(
            "cherry-pick-without-commit",
            |plot| under_way(plot, "git cherry-pick --no-commit clean"),
            commit(&["README.md", "clean.txt"]),
        ),
        case(
            "an-operation-that-was-finished",
            |plot| {
                under_way(
                    plot,
                    "git merge other || true\necho resolved > a.txt\ngit commit -qam merged\ngit push -q",
                )
            },
            commit(&["README.md"]),
        ),
        family("bisect-in-a-linked-worktree", bisect_beside, vec![commit(&["README.md"]), UNDER_WAY]),
        family("rebase-in-the-main-worktree", rebase_beside, vec![UNDER_WAY, commit(&["README.md"])]),
    ]);
    class("operations", all)
}

/// `main` and `other` changed the same line; `clean` added two files.
fn branches(plot: &Plot<'_>) -> (PathBuf, PathBuf) {
    let (repo, bare) = plot.cloned();
    plot.sh(
        &repo,
        "git switch -qc other; sed -i 's/three/THREE of other/' a.txt; git commit -qam 'other'
         git switch -q main; git switch -qc clean; echo 1 > first.txt; git add .; git commit -qm first
         echo 2 > clean.txt; git add .; git commit -qm clean; git switch -q main
         sed -i 's/three/three of main/' a.txt; git commit -qam 'main 1'
         sed -i 's/three of main/three of main again/' a.txt; git commit -qam 'main 2'
         sed -i 's/one/ONE/' a.txt; git commit -qam 'main 3'; git push -q",
    );
    (repo, bare)
}

fn with_branches(plot: &Plot<'_>, script: &str) -> Built {
    let (repo, bare) = branches(plot);
    plot.sh(&repo, &script.replace("../", &format!("{}/", text(plot.aside("x").parent().unwrap()))));
    (repo, bare).into()
}

/// The operation, and an edit beside it.
fn under_way(plot: &Plot<'_>, script: &str) -> Built {
    let built = with_branches(plot, script);
    plot.edit(&plot.dir());
    built
}

fn stash_pop(plot: &Plot<'_>) -> Built {
    let (repo, bare) = branches(plot);
    plot.sh(
        &repo,
        "sed -i s/five/FIVE/ a.txt; git stash -q; sed -i s/five/5/ a.txt; git commit -qam five; git push -q
         git stash pop || true",
    );
    plot.edit(&repo);
    assert!(!repo.join(".git/MERGE_HEAD").exists(), "no state file tells of it");
    (repo, bare).into()
}

fn checkout_merge(plot: &Plot<'_>) -> Built {
    let (repo, bare) = branches(plot);
    plot.sh(&repo, "sed -i 's/three of main again/mine/' a.txt; git checkout -qm other");
    plot.edit(&repo);
    (repo, bare).into()
}

fn unmerged(plot: &Plot<'_>) -> Built {
    let (repo, bare) = branches(plot);
    plot.sh(
        &repo,
        "oid=$(git rev-parse HEAD:a.txt)
         printf '0 %040d\\ta.txt\\n100644 %s 1\\ta.txt\\n100644 %s 2\\ta.txt\\n' 0 $oid $oid | git update-index --index-info",
    );
    plot.edit(&repo);
    (repo, bare).into()
}

fn read_tree(plot: &Plot<'_>) -> Built {
    let (repo, bare) = branches(plot);
    plot.sh(&repo, "git read-tree -m $(git merge-base main other) main other");
    (repo, bare).into()
}

/// A repository with a linked worktree on a branch of its own.
fn beside(plot: &Plot<'_>) -> (PathBuf, PathBuf, PathBuf) {
    let (repo, bare) = branches(plot);
    let linked = plot.sandbox.repos_dir().join(format!("{}-linked", plot.name));
    plot.git(&repo, &["worktree", "add", "--quiet", "-b", "linked", text(&linked)]);
    (repo, linked, bare)
}

fn bisect_beside(plot: &Plot<'_>) -> Built {
    let (repo, linked, bare) = beside(plot);
    plot.git(&linked, &["bisect", "start"]);
    plot.edit(&repo);
    plot.edit(&linked);
    vec![Kept::from((repo, bare.clone())), Kept::from((linked, bare))].into()
}

fn rebase_beside(plot: &Plot<'_>) -> Built {
    let (repo, linked, bare) = beside(plot);
    plot.sh(&repo, "git rebase other || true");
    plot.edit(&repo);
    plot.edit(&linked);
    vec![Kept::from((repo, bare.clone())), Kept::from((linked, bare))].into()
}
