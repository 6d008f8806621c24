//! Shapes that a repository can have and still be an ordinary one: it is committed and pushed like any other.

use crate::{
    case::{Built, Case, Verdict, case, class, commit},
    plot::{Plot, text},
    seen::tell,
};
use std::fs;

const CLEAN: Verdict = Verdict::Unchanged("");

pub(crate) fn cases() -> Vec<Case> {
    let readme = || commit(&["README.md"]);
    let all = vec![
        case("plain", |plot| edited(plot.cloned(), plot), readme()),
        case("clean", |plot| plot.cloned().into(), CLEAN),
        case("no-remote", |plot| edited_alone(plot, &[]), readme().local()),
        case("no-remote-clean", |plot| plot.local().into(), Verdict::Unchanged("has no remote")),
        case("ahead-only", ahead, Verdict::Push),
        case("ahead-and-dirty", ahead_and_dirty, readme()),
        case("several-kinds", several_kinds, commit(&["a.txt", "b.txt", "new file.txt", "src/main.rs"])),
        case("racy-edit", racy, commit(&["b.txt"])),
        case("times-in-the-future", future, commit(&["b.txt", "later.txt"])),
        case("branch-with-slash", |plot| on_branch(plot, "feature/one/two"), readme()),
        case("branch-with-odd-name", |plot| on_branch(plot, "ünï-☂/-x@y"), readme()),
        case("separate-git-dir", separate, readme()),
        case("git-dir-is-a-link", git_link, readme()),
        case("alternates", alternates, readme()),
        case("reference-clone", reference, readme()),
        case("shallow", |plot| from_file(plot, &["--depth=1"]), readme()),
        case("shallow-single-branch", |plot| from_file(plot, &["--depth=1", "--single-branch"]), readme()),
        case("partial-blobless", |plot| from_file(plot, &["--filter=blob:none"]), readme()),
        case("partial-treeless", |plot| from_file(plot, &["--filter=tree:0"]), readme()),
        case("partial-and-sparse", partial_sparse, readme()),
        case("reftable", |plot| made_with(plot, &["--ref-format=reftable"]), readme()),
        case("sha256", |plot| made_with(plot, &["--object-format=sha256"]), readme()),
        case("sparse-cone", |plot| sparse(plot, "git sparse-checkout set --cone src"), sparse_commit()),
        case(
            "sparse-no-cone",
            |plot| sparse(plot, "git sparse-checkout set --no-cone /src/ /README.md"),
            sparse_commit(),
        ),
        case(
            "sparse-index",
            |plot| sparse(plot, "git sparse-checkout set --cone --sparse-index src"),
            sparse_commit(),
        ),
        case("split-index", |plot| with_index(plot, "git update-index --split-index"), readme()),
        case(
            "split-index-by-configuration",
            split_anew,
            commit(&["README.md", "n1.txt", "n2.txt", "n3.txt"]),
        ),
        case(
            "untracked-cache",
            |plot| with_index(plot, "git update-index --untracked-cache; git status -s"),
            readme(),
        ),
        case("index-version-4", |plot| with_index(plot, "git update-index --index-version 4"), readme()),
        case("packed-by-gc", |plot| with_index(plot, "git gc -q"), readme()),
        case("packed-refs-only", |plot| with_index(plot, "git pack-refs --all --prune"), readme()),
        case(
            "commit-graph-and-midx",
            |plot| with_index(plot, "git commit-graph write --reachable; git repack -qd --write-midx"),
            readme(),
        ),
        case("notes-tags-stashes", notes_tags_stashes, readme()),
        case("replace-refs", replaced, readme()),
        case("grafts", grafted, readme()),
        case("detached-clean", |plot| detached(plot, false), Verdict::Unchanged("No branch is checked out")),
        case("detached-dirty", |plot| detached(plot, true), Verdict::Hold("No branch is checked out")),
        case("unborn-empty", |plot| unborn(plot, false), CLEAN),
        case(
            "unborn-with-files",
            |plot| unborn(plot, true),
            commit(&["README.md", "a.txt", "b.txt", "src/deep/er/leaf.txt", "src/main.rs"]),
        ),
        case("orphan-branch", orphan, commit(&["b.txt"])),
        case(
            "five-thousand-files",
            five_thousand,
            commit(&["d03/f0007.txt", "d49/f4999.txt", "d49/new.txt"]),
        ),
        case("huge-index-sparse", huge_index, commit(&["in/a.txt"])),
        case(
            "bare",
            |plot| {
                plot.git(&plot.sandbox.root(), &["init", "-q", "--bare", text(&plot.dir())]);
                Built::from(plot.dir())
            },
            Verdict::NotFound,
        )
        .blind(),
        case("at-the-depth-limit", |plot| deep(plot, "x/y/z"), readme().local()),
        case("below-the-depth-limit", |plot| deep(plot, "x/y/z/w"), Verdict::NotFound),
        case("in-an-excluded-folder", |plot| deep(plot, "node_modules/x"), Verdict::NotFound),
    ];
    class("shapes", all)
}

pub(crate) fn edited(pair: (std::path::PathBuf, std::path::PathBuf), plot: &Plot<'_>) -> Built {
    plot.edit(&pair.0);
    pair.into()
}

fn edited_alone(plot: &Plot<'_>, init: &[&str]) -> Built {
    let repo = plot.local_at(plot.dir(), init);
    plot.edit(&repo);
    repo.into()
}

fn ahead(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.edit(&repo);
    plot.commit(&repo);
    (repo, bare).into()
}

fn ahead_and_dirty(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.write(&repo, "b.txt", "theirs\n");
    plot.commit(&repo);
    edited((repo, bare), plot)
}

fn several_kinds(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.write(&repo, "a.txt", "one\n");
    fs::remove_file(repo.join("b.txt")).unwrap();
    plot.write(&repo, "new file.txt", "new\n");
    plot.write(&repo, "src/main.rs", "fn main() { work(); }\n");
    (repo, bare).into()
}

/// The same size within the same tick of the clock as the index file.
fn racy(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let index = fs::metadata(repo.join(".git/index")).unwrap().modified().unwrap();
    let file = plot.write(&repo, "b.txt", "c\n");
    fs::File::options().write(true).open(file).unwrap().set_modified(index).unwrap();
    (repo, bare).into()
}

fn future(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(400_000_000);
    for path in ["b.txt", "later.txt"] {
        let file = plot.write(&repo, path, "from the future\n");
        fs::File::options().write(true).open(file).unwrap().set_modified(later).unwrap();
    }
    (repo, bare).into()
}

fn on_branch(plot: &Plot<'_>, branch: &str) -> Built {
    let (repo, bare) = plot.cloned();
    plot.git(&repo, &["switch", "--quiet", "-c", branch]);
    edited((repo, bare), plot)
}

fn separate(plot: &Plot<'_>) -> Built {
    let git_dir = plot.aside("elsewhere.git");
    let repo = plot.local_at(plot.dir(), &["--separate-git-dir", text(&git_dir)]);
    edited(plot.with_remote(repo, ""), plot)
}

fn git_link(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let target = plot.aside("real.git");
    fs::rename(repo.join(".git"), &target).unwrap();
    std::os::unix::fs::symlink(&target, repo.join(".git")).unwrap();
    edited((repo, bare), plot)
}

fn alternates(plot: &Plot<'_>) -> Built {
    let bare = plot.published("", &[]);
    edited((plot.clone_with(text(&bare), &["--shared"]), bare), plot)
}

fn reference(plot: &Plot<'_>) -> Built {
    let bare = plot.published("", &[]);
    let other = plot.published("-other", &[]);
    edited((plot.clone_with(text(&bare), &["--reference", text(&other)]), bare), plot)
}

/// A clone over git's own protocol, which is what shallow and partial clones need.
fn from_file(plot: &Plot<'_>, options: &[&str]) -> Built {
    let bare = plot.published("", &[]);
    plot.git(&bare, &["config", "uploadpack.allowFilter", "true"]);
    let source = plot.aside("source");
    plot.write(&source, "a.txt", "second\n");
    plot.commit(&source);
    plot.git(&source, &["push", "--quiet", "origin", "main"]);
    let repo = plot.clone_with(&format!("file://{}", text(&bare)), options);
    edited((repo, bare), plot)
}

/// Blobs outside of the checkout were never fetched.
fn partial_sparse(plot: &Plot<'_>) -> Built {
    let bare = plot.published("", &[]);
    plot.git(&bare, &["config", "uploadpack.allowFilter", "true"]);
    let address = format!("file://{}", text(&bare));
    let repo = plot.clone_with(&address, &["--filter=blob:none", "--sparse"]);
    assert!(!repo.join("src").exists(), "only the top is checked out");
    edited((repo, bare), plot)
}

fn made_with(plot: &Plot<'_>, init: &[&str]) -> Built {
    let probe = plot.aside("probe");
    fs::create_dir_all(&probe).unwrap();
    let output = plot.sandbox.try_git(&probe, &[&["init", "--quiet"], init].concat());
    if !output.status.success() {
        return Built::Cannot(format!("this git has no {init:?}"));
    }
    let bare = plot.published("", init);
    let format: Vec<_> = init.iter().copied().filter(|o| o.starts_with("--ref-format")).collect();
    edited((plot.clone_with(text(&bare), &format), bare), plot)
}

fn sparse(plot: &Plot<'_>, script: &str) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sh(&repo, "mkdir -p out/side; echo o > out/o.txt; echo s > out/side/s.txt; git add .; git commit -qm out; git push -q");
    plot.sh(&repo, script);
    assert!(!repo.join("out").exists(), "outside of the checkout");
    plot.write(&repo, "src/main.rs", "fn main() { inside(); }\n");
    plot.write(&repo, "src/new.rs", "// inside\n");
    (repo, bare).into()
}

fn sparse_commit() -> Verdict {
    commit(&["src/main.rs", "src/new.rs"])
}

fn with_index(plot: &Plot<'_>, script: &str) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sh(&repo, script);
    edited((repo, bare), plot)
}

/// So much changes that git writes the shared part of the index anew.
fn split_anew(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sh(
        &repo,
        "git config core.splitIndex true; git update-index --split-index; touch n1.txt n2.txt n3.txt",
    );
    edited((repo, bare), plot)
}

fn notes_tags_stashes(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sh(
        &repo,
        "git notes add -m note; git tag light; git tag -a -m words heavy
         echo stashed >> b.txt; git stash -q; echo again >> b.txt; git stash -q
         git branch unmerged; git update-ref refs/custom/kept HEAD",
    );
    edited((repo, bare), plot)
}

fn replaced(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sh(
        &repo,
        "git commit -q --allow-empty -m second; git push -q
         git replace HEAD $(git commit-tree -m instead HEAD^{tree})",
    );
    edited((repo, bare), plot)
}

fn grafted(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sh(
        &repo,
        "git commit -q --allow-empty -m second; git commit -q --allow-empty -m third; git push -q
         echo $(git rev-parse HEAD) $(git rev-parse HEAD~2) > .git/info/grafts",
    );
    edited((repo, bare), plot)
}

fn detached(plot: &Plot<'_>, dirty: bool) -> Built {
    let (repo, bare) = plot.cloned();
    plot.git(&repo, &["switch", "--quiet", "--detach"]);
    if dirty { edited((repo, bare), plot) } else { (repo, bare).into() }
}

fn unborn(plot: &Plot<'_>, files: bool) -> Built {
    let (repo, bare) = (plot.dir(), plot.bare(""));
    fs::create_dir_all(&repo).unwrap();
    plot.git(&repo, &["init", "--quiet"]);
    plot.git(&repo, &["remote", "add", "origin", text(&bare)]);
    if files {
        plot.fill(&repo);
    }
    (repo, bare).into()
}

/// An unborn branch in a repository that has history.
fn orphan(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.git(&repo, &["switch", "--quiet", "--orphan", "fresh"]);
    plot.write(&repo, "b.txt", "from the start\n");
    (repo, bare).into()
}

fn five_thousand(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    for i in 0..5000 {
        plot.write(&repo, format!("d{:02}/f{i:04}.txt", i % 100 / 2), format!("{i}\n"));
    }
    plot.commit(&repo);
    plot.git(&repo, &["push", "--quiet"]);
    plot.write(&repo, "d03/f0007.txt", "edited\n");
    plot.write(&repo, "d49/f4999.txt", "edited\n");
    plot.write(&repo, "d49/new.txt", "new\n");
    (repo, bare).into()
}

/// 20,000 entries of which two are in the work tree.
fn huge_index(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sh(
        &repo,
        "oid=$(echo x | git hash-object -w --stdin)
         { echo \"100644 $oid\tin/a.txt\"; seq -f \"100644 $oid\tout/d%g/f\" 20000; } > ../huge-list
         mkdir in; echo x > in/a.txt
         git update-index --add --index-info < ../huge-list; rm ../huge-list
         git sparse-checkout set --cone in; git commit -qm huge; git push -q; echo y > in/a.txt",
    );
    (repo, bare).into()
}

fn deep(plot: &Plot<'_>, below: &str) -> Built {
    let repo = plot.local_at(plot.dir().join(below), &[]);
    plot.edit(&repo);
    assert_eq!(tell(plot.sandbox, &repo, &["branch", "--show-current"]), "main");
    repo.into()
}
