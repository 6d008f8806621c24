//! Repositories that are not whole: either nothing is found there, or nothing is written.

use crate::{
    case::{Built, Case, Verdict, after, case, class, commit},
    plot::{Plot, text},
};
use std::fs;

pub(crate) fn cases() -> Vec<Case> {
    let unreadable = || Verdict::Failed("could not be read");
    let dirty = |script: &str| after(&format!("echo x > b.txt\n{script}"));
    let loose =
        "f() { o=$(git rev-parse \"$1\"); echo .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-); };";
    let mut all = vec![
        case(
            "git-file-to-nowhere",
            dirty("rm -rf .git; echo 'gitdir: /nowhere/at/all' > .git"),
            Verdict::NotFound,
        ),
        case("git-file-garbage", dirty("rm -rf .git; head -c 3000 /dev/urandom > .git"), Verdict::NotFound),
        case("git-file-empty", dirty("rm -rf .git; : > .git"), Verdict::NotFound),
        case("git-file-to-itself", dirty("rm -rf .git; echo 'gitdir: .git' > .git"), Verdict::NotFound),
        case(
            "git-file-endless",
            dirty("rm -rf .git; { printf 'gitdir: '; head -c 200000 /dev/zero | tr '\\0' x; } > .git"),
            Verdict::NotFound,
        ),
        case("git-link-to-nowhere", dirty("rm -rf .git; ln -s /nowhere .git"), Verdict::NotFound),
        case("git-link-to-itself", dirty("rm -rf .git; ln -s .git .git"), Verdict::NotFound),
        case("git-is-a-fifo", dirty("rm -rf .git; mkfifo .git"), Verdict::NotFound),
        case("git-folder-empty", dirty("rm -rf .git/*"), Verdict::NotFound),
        case("no-head", dirty("rm .git/HEAD"), Verdict::NotFound),
        case("no-objects", dirty("rm -r .git/objects"), Verdict::NotFound),
        case("no-refs", dirty("rm -r .git/refs"), Verdict::NotFound),
        case("core-worktree-elsewhere", worktree_elsewhere, Verdict::NotFound).finally(|plot| {
            let victim = fs::read_to_string(plot.aside("victim").join("id")).unwrap();
            assert_eq!(victim, "private\n");
        }),
        case("core-worktree-here", dirty("git config core.worktree \"$PWD\""), commit(&["b.txt"])),
        case("core-bare-set", dirty("git config core.bare true"), Verdict::NotFound),
        case("config-corrupt", dirty("echo '[core' >> .git/config"), unreadable()),
        case("config-binary", dirty("head -c 500 /dev/urandom > .git/config"), unreadable()),
        case("config-is-a-folder", dirty("rm .git/config; mkdir .git/config"), unreadable()),
        case("config-missing", dirty("rm .git/config"), Verdict::Own),
        case("format-from-the-future", dirty("git config core.repositoryFormatVersion 99"), unreadable()),
        case(
            "unknown-extension",
            dirty("git config core.repositoryFormatVersion 1; git config extensions.unheardOf true"),
            Verdict::NeedsTrust,
        ),
        case("index-garbage", dirty("head -c 500 /dev/urandom > .git/index"), unreadable()),
        case("index-empty", dirty(": > .git/index"), unreadable()),
        // Git takes what is left of it for the whole: everything else looks taken out, and that is the person's to settle.
        case("index-cut", dirty("head -c 100 .git/index > x; cat x > .git/index; rm x"), Verdict::Own)
            .finally(nothing_committed),
        case(
            "index-one-bit",
            dirty("printf '\\377' | dd of=.git/index bs=1 seek=60 conv=notrunc 2>/dev/null"),
            Verdict::Own,
        )
        // Sometimes git sees it, sometimes the entry is one that it reads anew: what arrives is right in any case.
        .finally(sound_over_there),
        case("index-is-a-folder", dirty("rm .git/index; mkdir .git/index"), unreadable()),
        case("head-garbage", dirty("echo hello > .git/HEAD"), unreadable()),
        case("head-empty", dirty(": > .git/HEAD"), unreadable()),
        case("head-out-of-refs", dirty("echo 'ref: ../../etc/passwd' > .git/HEAD"), unreadable()),
        // Git calls the branch unborn, and refuses to move it.
        case("branch-file-garbage", dirty("echo garbage > .git/refs/heads/main"), Verdict::Own)
            .finally(nothing_committed),
        case("branch-file-empty", dirty(": > .git/refs/heads/main"), Verdict::Own).finally(nothing_committed),
        case(
            "branch-to-nowhere",
            dirty("git rev-parse HEAD | tr 0-9a-f a-f0-9 > .git/refs/heads/main"),
            Verdict::Own,
        )
        .finally(nothing_committed),
        case(
            "packed-refs-garbage",
            dirty("git pack-refs --all; echo garbage > .git/packed-refs"),
            unreadable(),
        ),
        case(
            "head-commit-emptied",
            dirty(&format!("{loose} p=$(f HEAD); chmod u+w $p; : > $p")),
            unreadable(),
        ),
        case("head-commit-missing", dirty(&format!("{loose} rm -f $(f HEAD)")), unreadable()),
        case("head-tree-missing", dirty(&format!("{loose} rm -f $(f HEAD^{{tree}})")), unreadable()),
        case("subtree-missing", dirty(&format!("{loose} rm -f $(f HEAD:src)")), Verdict::Own)
            .finally(arrived_whole),
        case(
            "blob-garbage",
            dirty(&format!("{loose} p=$(f HEAD:a.txt); chmod u+w $p; echo x > $p")),
            Verdict::Own,
        )
        .finally(arrived_whole),
        case(
            "alternates-to-nowhere",
            dirty("mkdir -p .git/objects/info; echo /nowhere > .git/objects/info/alternates"),
            Verdict::Own,
        )
        .finally(arrived_whole),
        case("shallow-garbage", dirty("echo garbage > .git/shallow"), Verdict::Own)
            .finally(nothing_committed),
        case("commondir-to-nowhere", dirty("echo /nowhere > .git/commondir"), Verdict::NotFound),
        case(
            "pack-cut",
            dirty("git gc -q; p=$(ls .git/objects/pack/*.pack); chmod u+w $p; truncate -s 40 $p"),
            unreadable(),
        ),
    ];
    for one in &mut all {
        one.blind = !one.verdicts.iter().any(Verdict::commits);
    }
    class("broken", all)
}

fn bare(plot: &Plot<'_>) -> std::path::PathBuf {
    plot.sandbox.remotes_dir().join(format!("{}.git", plot.name))
}

fn nothing_committed(plot: &Plot<'_>) {
    assert_eq!(plot.git(&bare(plot), &["rev-list", "--count", "main"]), "1");
    let written = plot.sandbox.run(plot.dir(), "sh", &["-c", "cat .git/logs/HEAD"]).ok().stdout;
    assert_eq!(written.lines().count(), 1, "{written}");
}

fn sound_over_there(plot: &Plot<'_>) {
    plot.sandbox.fsck(bare(plot));
    assert_eq!(plot.git(&bare(plot), &["show", "main:README.md"]), format!("# {}", plot.name));
}

/// What is damaged here is whole over there: the change has arrived, if anything has, and the remote is sound.
fn arrived_whole(plot: &Plot<'_>) {
    sound_over_there(plot);
    assert_eq!(plot.git(&bare(plot), &["show", "main:b.txt"]), "x");
}

fn worktree_elsewhere(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let victim = plot.aside("victim");
    plot.write(&victim, "id", "private\n");
    plot.git(&repo, &["config", "core.worktree", text(&victim)]);
    (repo, bare).into()
}

/// A FIFO wherever git would read a file, where it would wait for ever.
pub(crate) fn waiting() -> Vec<Case> {
    let places = [
        ".gitignore",
        ".gitattributes",
        "src/.gitignore",
        ".git/info/exclude",
        ".git/info/attributes",
        ".git/config",
        ".git/HEAD",
        ".git/index",
        ".git/packed-refs",
        ".git/refs/heads/main",
        ".git/commondir",
        ".git/shallow",
        ".git/objects/info/alternates",
    ];
    let one = |path: &'static str| {
        let name = format!("fifo-as-{}", path.replace('/', "-").trim_start_matches('.'));
        let build =
            after(&format!("echo x > b.txt; rm -f {path}; mkdir -p $(dirname {path}); mkfifo {path}"));
        case(&name, build, Verdict::Own).blind()
    };
    class("broken", places.into_iter().map(one).collect())
}
