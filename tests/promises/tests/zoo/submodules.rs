//! Submodules: each is a repository of its own, and a pointer to a commit that nobody else has stays here.

use crate::{
    case::{Built, Case, Kept, Verdict, class, commit, family},
    plot::{Plot, text},
};
use std::path::PathBuf;

const DETACHED: Verdict = Verdict::Unchanged("No branch is checked out");

pub(crate) fn cases() -> Vec<Case> {
    let clean = Verdict::Unchanged("");
    let unpublished = [("lib", "submodule_not_pushed")];
    let all = vec![
        family("submodule-clean", |plot| detached(plot, ""), vec![clean.clone(), DETACHED]),
        family(
            "submodule-edited-inside",
            |plot| detached(plot, "echo x > lib/b.txt"),
            vec![clean.clone(), Verdict::Hold("No branch is checked out")],
        ),
        family(
            "submodule-edited-inside-on-a-branch",
            edited_on_branch,
            vec![Verdict::Own, commit(&["b.txt"])],
        )
        .restless()
        .finally(pointer_follows),
        family("submodule-moved-to-a-published-commit", moved_to_published, vec![commit(&["lib"]), DETACHED]),
        family(
            "submodule-moved-to-an-unpublished-commit",
            |plot| detached(plot, "echo x > lib/b.txt; git -C lib commit -qam own; echo x > b.txt"),
            vec![commit(&["b.txt"]).held(&unpublished), DETACHED],
        ),
        family(
            "submodule-moved-alone",
            |plot| detached(plot, "echo x > lib/b.txt; git -C lib commit -qam own"),
            vec![crate::case::all_held(&unpublished), DETACHED],
        ),
        family(
            "submodule-pointer-committed-by-the-person",
            |plot| detached(plot, "echo x > lib/b.txt; git -C lib commit -qam own; git commit -qam pointer"),
            vec![Verdict::Failed("was refused"), DETACHED],
        ),
        family(
            "submodule-new-and-staged",
            |plot| with_submodule(plot, false),
            vec![commit(&[".gitmodules", "lib"]), clean.clone()],
        ),
        family("submodule-not-initialised", not_initialised, vec![commit(&["b.txt"])]),
        family("submodule-taken-out", taken_out, vec![commit(&[".gitmodules", "lib"])]),
        family("submodule-with-a-git-folder-inside", old_style, vec![commit(&["b.txt"]), clean.clone()]),
        family(
            "submodule-in-a-linked-worktree",
            in_worktree,
            vec![clean, DETACHED, commit(&["b.txt"]), DETACHED],
        ),
        family(
            "submodule-ignored-by-configuration",
            |plot| {
                detached(
                    plot,
                    "git config submodule.lib.ignore all; echo x > lib/b.txt; git -C lib commit -qam own; echo x > b.txt",
                )
            },
            vec![commit(&["b.txt"]).held(&unpublished), DETACHED],
        ),
    ];
    class("submodules", all)
}

fn add(plot: &Plot<'_>, repo: &std::path::Path) -> PathBuf {
    let lib = plot.published("-lib", &[]);
    plot.git(repo, &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", text(&lib), "lib"]);
    lib
}

/// A repository with the submodule `lib`, which is on `main`; committed and pushed or only staged.
fn with_submodule(plot: &Plot<'_>, committed: bool) -> Built {
    let (repo, bare) = plot.cloned();
    let lib = add(plot, &repo);
    if committed {
        plot.commit(&repo);
        plot.git(&repo, &["push", "--quiet"]);
    }
    let inner = repo.join("lib");
    vec![Kept::from((repo, bare)), Kept::from((inner, lib))].into()
}

/// The usual state: the submodule has a commit checked out and no branch.
fn detached(plot: &Plot<'_>, script: &str) -> Built {
    let built = with_submodule(plot, true);
    plot.git(&plot.dir().join("lib"), &["switch", "--quiet", "--detach"]);
    plot.sh(&plot.dir(), script);
    built
}

fn edited_on_branch(plot: &Plot<'_>) -> Built {
    let built = with_submodule(plot, true);
    plot.write(&plot.dir(), "lib/b.txt", "x\n");
    built
}

/// After a cycle or two the pointer is the submodule's commit, and both have arrived.
fn pointer_follows(plot: &Plot<'_>) {
    let repo = plot.dir();
    let pointer = plot.git(&repo, &["rev-parse", "HEAD:lib"]);
    assert_eq!(pointer, plot.git(&repo.join("lib"), &["rev-parse", "HEAD"]));
    let remotes = plot.sandbox.remotes_dir();
    let tip = |name: String| plot.sandbox.remote_tip(remotes.join(name), "main");
    assert_eq!(tip(format!("{}-lib.git", plot.name)), Some(pointer));
    assert_eq!(tip(format!("{}.git", plot.name)), Some(plot.git(&repo, &["rev-parse", "HEAD"])));
}

fn moved_to_published(plot: &Plot<'_>) -> Built {
    let built = with_submodule(plot, true);
    let source = plot.aside("source-lib");
    plot.write(&source, "b.txt", "newer\n");
    plot.commit(&source);
    plot.git(&source, &["push", "--quiet", "origin", "main"]);
    plot.sh(&plot.dir(), "cd lib; git fetch -q; git switch -q --detach origin/main");
    built
}

fn not_initialised(plot: &Plot<'_>) -> Built {
    let source = plot.local_at(plot.aside("super"), &[]);
    add(plot, &source);
    plot.commit(&source);
    let bare = plot.bare("");
    plot.git(&source, &["push", "--quiet", text(&bare), "main"]);
    let repo = plot.clone_with(text(&bare), &[]);
    plot.write(&repo, "b.txt", "x\n");
    (repo, bare).into()
}

fn taken_out(plot: &Plot<'_>) -> Built {
    let built = with_submodule(plot, true);
    plot.git(&plot.dir(), &["rm", "--quiet", "lib"]);
    match built {
        Built::Made(mut repos, keep) => {
            repos.truncate(1);
            Built::Made(repos, keep)
        }
        cannot => cannot,
    }
}

fn old_style(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let lib = plot.published("-lib", &[]);
    plot.git(&repo, &["clone", "--quiet", text(&lib), "lib"]);
    plot.git(&repo, &["submodule", "--quiet", "add", text(&lib), "lib"]);
    plot.commit(&repo);
    plot.git(&repo, &["push", "--quiet"]);
    plot.write(&repo, "b.txt", "x\n");
    let inner = repo.join("lib");
    vec![Kept::from((repo, bare)), Kept::from((inner, lib))].into()
}

fn in_worktree(plot: &Plot<'_>) -> Built {
    let Built::Made(mut repos, _) = detached(plot, "") else {
        return Built::Cannot("no submodule".to_owned());
    };
    let tree = plot.sandbox.repos_dir().join(format!("{}-tree", plot.name));
    plot.git(&plot.dir(), &["worktree", "add", "--quiet", "-b", "topic", text(&tree)]);
    plot.git(&tree, &["-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init"]);
    plot.write(&tree, "b.txt", "x\n");
    let (bare, lib) = (repos[0].remotes[0].clone(), repos[1].remotes[0].clone());
    let inner = tree.join("lib");
    repos.extend([Kept::from((tree, bare)), Kept::from((inner, lib))]);
    repos.into()
}
