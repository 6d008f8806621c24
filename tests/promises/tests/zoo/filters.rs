//! What changes bytes between the work tree and git: line endings, encodings, and filters that run, fail or are missing.

use crate::{
    case::{Built, Case, Kept, Verdict, after, case, class, commit},
    plot::{Plot, text},
};
use autocommit_test_support::Sandbox;

/// The person's own filters, which need nobody's approval.
pub(crate) fn prepare(sandbox: &Sandbox) {
    sandbox.add_git_config(
        "[filter \"up\"]\n\tclean = tr a-z A-Z\n\tsmudge = tr A-Z a-z\n\trequired = true
[filter \"broken\"]\n\tclean = false
[filter \"broken-and-required\"]\n\tclean = false\n\trequired = true
[filter \"gone\"]\n\tclean = /nowhere/at/all
[filter \"lfs\"]\n\tclean = git-lfs clean -- %f\n\tsmudge = git-lfs smudge -- %f\n\tprocess = git-lfs filter-process\n\trequired = true
[lfs]\n\tlocksverify = false",
    );
}

pub(crate) fn cases() -> Vec<Case> {
    let kept_out = |path: &'static str| [(path, "filter_did_not_run")];
    let attributes = |lines: &str, then: &str| {
        after(&format!("printf '{lines}' > .gitattributes; git add .; git commit -qm a; git push -q; {then}"))
    };
    let stored = |path: &'static str, content: &'static [u8]| {
        move |plot: &Plot<'_>| {
            let blob =
                crate::seen::raw(plot.sandbox, &plot.dir(), &["cat-file", "blob", &format!("HEAD:{path}")]);
            assert_eq!(blob, content, "as git must store it: {:?}", String::from_utf8_lossy(&blob));
        }
    };
    let all = vec![
        case(
            "crlf-by-configuration",
            after(
                "git config core.autocrlf true; printf 'a\\r\\nb\\r\\n' > b.txt; printf 'n\\r\\n' > new.txt",
            ),
            commit(&["b.txt", "new.txt"]),
        )
        .finally(stored("b.txt", b"a\nb\n")),
        case(
            "crlf-only-changed",
            after("git config core.autocrlf true; printf 'b\\r\\n' > b.txt"),
            Verdict::NothingInIt,
        ),
        case(
            "crlf-that-is-refused",
            after(
                "git config core.autocrlf input; git config core.safecrlf true; printf 'a\\r\\n' > new.txt; echo x > b.txt",
            ),
            commit(&["b.txt"]).held(&[("new.txt", "not_stageable")]),
        ),
        case(
            "eol-by-attribute",
            attributes("*.txt text eol=crlf\\n", "printf 'x\\r\\ny\\r\\n' > b.txt"),
            commit(&["b.txt"]),
        )
        .finally(stored("b.txt", b"x\ny\n")),
        case(
            "text-auto",
            attributes("* text=auto\\n", "printf 'x\\r\\n' > b.txt; printf 'a\\0\\r\\n' > bin.dat"),
            commit(&["b.txt", "bin.dat"]),
        )
        .finally(stored("bin.dat", b"a\0\r\n")),
        case(
            "encoding-of-the-work-tree",
            attributes(
                "*.u16 working-tree-encoding=UTF-16LE-BOM text\\n",
                "printf '\\377\\376h\\0i\\0\\n\\0' > t.u16",
            ),
            commit(&["t.u16"]),
        )
        .finally(stored("t.u16", b"hi\n")),
        case(
            "encoding-that-does-not-fit",
            attributes("*.u16 working-tree-encoding=UTF-16 text\\n", "printf 'odd' > t.u16; echo x > b.txt"),
            commit(&["b.txt"]).held(&[("t.u16", "not_stageable")]),
        ),
        case(
            "ident",
            attributes("*.txt ident\\n", "printf '$Id: 0123 $\\nx\\n' > b.txt"),
            commit(&["b.txt"]),
        )
        .finally(stored("b.txt", b"$Id$\nx\n")),
        case(
            "export-and-diff-attributes",
            attributes("*.txt export-ignore -diff merge=ours\\nb.txt binary\\n", "echo x > b.txt"),
            commit(&["b.txt"]),
        ),
        case(
            "attributes-new-with-the-file",
            after("printf '*.dat filter=up\\n' > .gitattributes; echo text > x.dat"),
            commit(&[".gitattributes", "x.dat"]),
        )
        .finally(stored("x.dat", b"TEXT\n")),
        case(
            "filter-of-the-person",
            attributes("*.dat filter=up\\n", "echo text > x.dat"),
            commit(&["x.dat"]),
        )
        .finally(stored("x.dat", b"TEXT\n")),
        case(
            "filter-without-a-driver",
            attributes("*.dat filter=unheard-of\\n", "echo text > x.dat; echo x > b.txt"),
            commit(&["b.txt"]).held(&kept_out("x.dat")),
        ),
        case(
            "filter-that-fails",
            attributes("*.dat filter=broken\\n", "echo text > x.dat; echo x > b.txt"),
            commit(&["b.txt"]).held(&[("x.dat", "not_stageable")]),
        ),
        case(
            "filter-that-is-gone",
            attributes("*.dat filter=gone\\n", "echo text > x.dat; echo x > b.txt"),
            commit(&["b.txt"]).held(&[("x.dat", "not_stageable")]),
        ),
        case(
            "filter-that-fails-and-is-required",
            attributes("*.dat filter=broken-and-required\\n", "echo text > x.dat; echo x > b.txt"),
            commit(&["b.txt"]).held(&[("x.dat", "not_stageable")]),
        ),
        case(
            "filter-from-info-attributes",
            after(
                "printf '*.dat filter=unheard-of\\n' > .git/info/attributes; echo text > x.dat; echo x > b.txt",
            ),
            commit(&["b.txt"]).held(&kept_out("x.dat")),
        ),
        case(
            "lfs-without-its-hook",
            |plot| lfs(plot, false),
            commit(&["big.bin"]).stays("held", "nothing here would upload"),
        )
        .own_store(),
    ];
    class("filters", all)
}

/// Cases for a person who has none of these programs configured.
pub(crate) fn unconfigured() -> Vec<Case> {
    let kept_out = |path: &'static str| [(path, "filter_did_not_run")];
    let all = vec![
        case("lfs-driver-missing", lfs_missing, commit(&["b.txt"]).held(&kept_out("big.bin"))),
        case("git-crypt-locked", crypt_locked, commit(&["b.txt"]).held(&kept_out("secret.txt"))),
    ];
    class("filters", all)
}

/// Cases whose filters the repository itself brings: a person has looked at them and said yes.
pub(crate) fn approved() -> Vec<Case> {
    let all = vec![
        case("lfs-with-its-hook", |plot| lfs(plot, true), commit(&["big.bin"]))
            .own_store()
            .finally(lfs_arrived),
        case("git-crypt-unlocked", crypt_unlocked, commit(&["secret.txt"])).finally(|plot| {
            let blob = crate::seen::raw(plot.sandbox, &plot.dir(), &["cat-file", "blob", "HEAD:secret.txt"]);
            assert!(blob.starts_with(b"\0GITCRYPT\0"), "encrypted: {:?}", String::from_utf8_lossy(&blob));
        }),
    ];
    class("filters", all)
}

fn has(plot: &Plot<'_>, program: &str) -> bool {
    plot.sandbox.run(plot.sandbox.root(), "sh", &["-c", &format!("command -v {program}")]).status.success()
}

fn lfs(plot: &Plot<'_>, hook: bool) -> Built {
    if !has(plot, "git-lfs") {
        return Built::Cannot("git-lfs is not installed".to_owned());
    }
    let (repo, bare) = plot.cloned();
    plot.sh(&repo, "printf '*.bin filter=lfs diff=lfs merge=lfs -text\\n' > .gitattributes; git add .; git commit -qm a; git push -q");
    if hook {
        plot.script(&repo.join(".git/hooks/pre-push"), "exec git lfs pre-push \"$@\"");
    }
    plot.write(&repo, "big.bin", b"\0content\n".repeat(1000));
    (repo, bare).into()
}

fn lfs_arrived(plot: &Plot<'_>) {
    let blob = crate::seen::raw(plot.sandbox, &plot.dir(), &["cat-file", "blob", "HEAD:big.bin"]);
    let pointer = String::from_utf8(blob).unwrap();
    let oid = pointer.lines().find_map(|line| line.strip_prefix("oid sha256:")).unwrap().to_owned();
    let bare = plot.sandbox.remotes_dir().join(format!("{}.git", plot.name));
    let object = bare.join("lfs/objects").join(&oid[..2]).join(&oid[2..4]).join(&oid);
    assert!(object.is_file(), "the content has arrived at {}", object.display());
}

/// Git LFS is not installed, as far as git knows.
fn lfs_missing(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sh(
        &repo,
        "printf '*.bin filter=lfs diff=lfs merge=lfs -text\\n' > .gitattributes; git add .; git commit -qm a; git push -q; echo x > b.txt",
    );
    plot.write(&repo, "big.bin", b"\0content\n".repeat(1000));
    (repo, bare).into()
}

fn crypt(plot: &Plot<'_>) -> Option<(std::path::PathBuf, std::path::PathBuf)> {
    if !has(plot, "git-crypt") {
        return None;
    }
    let (repo, bare) = plot.cloned();
    plot.sh(
        &repo,
        "git-crypt init >/dev/null; printf 'secret.txt filter=git-crypt diff=git-crypt\\n' > .gitattributes
         echo first > secret.txt; git add .; git commit -qm crypt; git push -q",
    );
    Some((repo, bare))
}

fn crypt_unlocked(plot: &Plot<'_>) -> Built {
    let Some((repo, bare)) = crypt(plot) else {
        return Built::Cannot("git-crypt is not installed".to_owned());
    };
    plot.write(&repo, "secret.txt", "second\n");
    (repo, bare).into()
}

/// A clone that was never unlocked.
fn crypt_locked(plot: &Plot<'_>) -> Built {
    let Some((source, bare)) = crypt(plot) else {
        return Built::Cannot("git-crypt is not installed".to_owned());
    };
    std::fs::rename(&source, plot.aside("unlocked")).unwrap();
    let repo = plot.clone_with(text(&bare), &[]);
    plot.write(&repo, "secret.txt", "in the clear\n");
    plot.write(&repo, "b.txt", "x\n");
    vec![Kept::from((repo, bare))].into()
}
