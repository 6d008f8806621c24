//! What can lie in a work tree: kinds of files, and files that changed their kind.

use crate::{
    case::{Built, Case, Kept, Verdict, after, all_held, case, class, commit, family},
    plot::Plot,
};
use std::os::unix::net::UnixListener;

pub(crate) fn cases() -> Vec<Case> {
    let special = |path: &'static str| [(path, "special_file")];
    let nested = [("nested/", "nested_repository")];
    let all = vec![
        case("mode-change", after("chmod +x b.txt"), commit(&["b.txt"])),
        case(
            "mode-change-not-looked-at",
            after("git config core.fileMode false; chmod +x b.txt"),
            Verdict::Unchanged(""),
        ),
        case("new-executable", after("echo '#!/bin/sh' > run; chmod 755 run"), commit(&["run"])),
        case("odd-modes", after("echo 1 > new; chmod 400 new; chmod 777 b.txt"), commit(&["b.txt", "new"])),
        case("link-new", after("ln -s a.txt link"), commit(&["link"])),
        case(
            "link-changed",
            after("ln -s a.txt link; git add .; git commit -qm l; git push -q; ln -sfn b.txt link"),
            commit(&["link"]),
        ),
        case("link-to-nowhere", after("ln -s /nowhere/at/all link"), commit(&["link"])),
        case("link-to-itself", after("ln -s link link"), commit(&["link"])),
        case("link-out-of-the-tree", after("ln -s /etc out"), commit(&["out"])),
        case("link-instead-of-a-file", after("rm b.txt; ln -s a.txt b.txt"), commit(&["b.txt"])),
        case(
            "file-instead-of-a-link",
            after("ln -s a.txt link; git add .; git commit -qm l; git push -q; rm link; echo x > link"),
            commit(&["link"]),
        ),
        case(
            "link-instead-of-a-folder",
            after("mv src ../link-instead-of-a-folder-src; ln -s /etc src"),
            commit(&["src", "src/deep/er/leaf.txt", "src/main.rs"]),
        ),
        case(
            "folder-instead-of-a-file",
            after("rm b.txt; mkdir b.txt; echo x > b.txt/inner"),
            commit(&["b.txt", "b.txt/inner"]),
        ),
        case(
            "file-instead-of-a-folder",
            after("rm -r src; echo x > src"),
            commit(&["src", "src/deep/er/leaf.txt", "src/main.rs"]),
        ),
        case("empty-folder", after("mkdir -p empty/deeper"), Verdict::Unchanged("")),
        case("empty-file", after(": > empty"), commit(&["empty"])),
        case("emptied-file", after(": > a.txt"), commit(&["a.txt"])),
        case("no-newline-at-the-end", after("printf x > b.txt"), commit(&["b.txt"])),
        case("nul-bytes", after("printf 'a\\0b\\0' > b.txt"), commit(&["b.txt"])),
        case("hard-links", after("ln a.txt same.txt; echo x >> a.txt"), commit(&["a.txt", "same.txt"])),
        case("fifo-new", after("mkfifo pipe; echo x > b.txt"), commit(&["b.txt"])),
        case(
            "fifo-instead-of-a-file",
            after("rm a.txt; mkfifo a.txt; echo x > b.txt"),
            commit(&["b.txt"]).held(&special("a.txt")),
        ),
        case("fifo-instead-of-a-file-alone", after("rm a.txt; mkfifo a.txt"), all_held(&special("a.txt"))),
        case("socket-new", |plot| socket(plot, "sock", ""), commit(&["b.txt"])),
        case(
            "socket-instead-of-a-file",
            |plot| socket(plot, "a.txt", "rm a.txt"),
            commit(&["b.txt"]).held(&special("a.txt")),
        ),
        case("device-instead-of-a-file", device, commit(&["b.txt"]).held(&special("a.txt"))),
        case(
            "fifo-in-an-ignored-folder",
            after("echo tmp/ > .gitignore; mkdir tmp; mkfifo tmp/pipe"),
            commit(&[".gitignore"]),
        ),
        case(
            "gitignore-is-a-link-to-a-file",
            after("echo '*.log' > rules; ln -s rules .gitignore; echo 1 > x.log"),
            commit(&[".gitignore", "rules", "x.log"]),
        ),
        case(
            "untracked-not-looked-for",
            after("git config status.showUntrackedFiles no; echo 1 > new; echo x > b.txt"),
            commit(&["b.txt"]),
        ),
        case(
            "everything-ignored",
            after("echo '*' > .git/info/exclude; echo 1 > new"),
            Verdict::Unchanged(""),
        ),
        family(
            "nested-with-a-commit",
            |plot| nested_repo(plot, true),
            vec![commit(&["b.txt"]).held(&nested), Verdict::Unchanged("has no remote")],
        ),
        family(
            "nested-without-a-commit",
            |plot| nested_repo(plot, false),
            vec![commit(&["b.txt"]).held(&nested), Verdict::Unchanged("has no remote")],
        ),
        family(
            "nested-instead-of-a-folder",
            nested_instead,
            vec![commit(&["b.txt"]), Verdict::Unchanged("has no remote")],
        ),
        family(
            "nested-and-staged-without-gitmodules",
            |plot| {
                let built = nested_repo(plot, true);
                plot.git(&plot.dir(), &["add", "nested"]);
                built
            },
            vec![
                commit(&["b.txt"]).held(&[("nested", "nested_repository")]),
                Verdict::Unchanged("has no remote"),
            ],
        ),
        family(
            "nested-in-the-place-of-a-tracked-file",
            |plot| {
                let (repo, bare) = plot.cloned();
                plot.sh(&repo, "rm a.txt; git init -q a.txt; echo x > a.txt/x; echo x > b.txt");
                vec![Kept::from((repo.clone(), bare)), Kept::from(repo.join("a.txt"))].into()
            },
            vec![commit(&["b.txt"]).held(&[("a.txt", "nested_repository")]), commit(&["x"]).local()],
        ),
        case("nested-bare", after("git init -q --bare store.git; echo x > b.txt"), Verdict::Own).restless(),
    ];
    class("files", all)
}

fn socket(plot: &Plot<'_>, path: &str, script: &str) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sh(&repo, &format!("{script}\necho x > b.txt"));
    // A socket's name may have 108 bytes at most.
    let listener = UnixListener::bind(repo.join(path)).unwrap();
    Built::from((repo, bare)).keeping(listener)
}

fn device(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sh(&repo, "echo x > b.txt");
    let made = plot.sandbox.run(&repo, "sh", &["-c", "rm a.txt && mknod a.txt c 1 3"]);
    if made.status.success() {
        (repo, bare).into()
    } else {
        Built::Cannot("only root makes devices".to_owned())
    }
}

fn nested_repo(plot: &Plot<'_>, commit: bool) -> Built {
    let (repo, bare) = plot.cloned();
    let inner = repo.join("nested");
    if commit {
        plot.local_at(inner.clone(), &[]);
    } else {
        std::fs::create_dir(&inner).unwrap();
        plot.git(&inner, &["init", "--quiet"]);
    }
    plot.write(&repo, "b.txt", "x\n");
    Built::from(vec![(repo, bare).into(), inner.into()])
}

/// A tracked folder became a repository of its own: git goes on with its files, and no gitlink comes into being.
fn nested_instead(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let inner = repo.join("src");
    plot.git(&inner, &["init", "--quiet"]);
    plot.commit(&inner);
    plot.write(&repo, "b.txt", "x\n");
    Built::from(vec![(repo, bare).into(), inner.into()])
}
