//! What happens to a repository while it is being committed: taken away, moved, replaced, worked in.

use crate::{
    case::{Built, Case, Verdict, case, class},
    plot::{Plot, text},
};
use autocommit_test_support::{Sandbox, fake_git::Rule};
use std::{fs, path::PathBuf};

/// What a person does, at the moment a git command of ours begins.
struct Blow {
    name: &'static str,
    /// `$REPO`, `$ASIDE` and `$GIT` are set.
    script: &'static str,
    look: fn(&Plot<'_>),
}

const BLOWS: &[Blow] = &[
    Blow {
        name: "deleted",
        script: "rm -rf $REPO",
        look: |plot| assert!(!plot.dir().exists(), "not made again"),
    },
    Blow {
        name: "git-folder-deleted",
        script: "rm -rf $REPO/.git",
        look: |plot| assert!(!plot.dir().join(".git").exists()),
    },
    Blow { name: "moved", script: "mv $REPO $ASIDE/moved", look: moved },
    Blow {
        name: "replaced",
        script: "mv $REPO $ASIDE/moved; mkdir $REPO; cd $REPO; $GIT init -q; echo theirs > other.txt",
        look: replaced,
    },
    Blow {
        name: "cloned-anew",
        script: "mv $REPO $ASIDE/moved; cd $ASIDE; $GIT clone -q $BARE $REPO; echo fresh > $REPO/fresh.txt",
        look: cloned_anew,
    },
    Blow { name: "branch-switched", script: "cd $REPO; $GIT switch -q -c elsewhere", look: switched },
    Blow { name: "head-detached", script: "cd $REPO; $GIT switch -q --detach", look: detached },
    Blow {
        name: "committed-by-the-person",
        script: "cd $REPO; echo mine > mine.txt; $GIT add mine.txt; $GIT commit -q -m mine -- mine.txt",
        look: theirs,
    },
    Blow { name: "merge-begun", script: "cd $REPO; $GIT rev-parse HEAD > .git/MERGE_HEAD", look: merging },
    Blow { name: "locked-by-the-person", script: "(set -C; : > $REPO/.git/index.lock)", look: locked },
    Blow {
        name: "staged-by-the-person",
        script: "cd $REPO; echo staged > staged.txt; $GIT add staged.txt",
        look: staged,
    },
    Blow {
        name: "file-written-again",
        script: "cd $REPO; echo written again, longer > b.txt",
        look: written_again,
    },
    Blow { name: "file-deleted", script: "rm $REPO/b.txt", look: |_| {} },
    Blow { name: "ignored-meanwhile", script: "echo b.txt >> $REPO/.git/info/exclude", look: |_| {} },
    Blow { name: "packed-by-gc", script: "cd $REPO; $GIT gc -q --prune=now", look: |_| {} },
];

/// The commands of a run before which it may happen.
const MOMENTS: &[&str] = &["status", "update-index", "write-tree", "commit-tree", "update-ref", "push"];

pub(crate) fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    for blow in BLOWS {
        for moment in MOMENTS {
            let name = format!("middle-{}-before-{moment}", blow.name);
            all.push(case(&name, build, Verdict::Own).blind().finally(move |plot| {
                (blow.look)(plot);
                sound(plot);
            }));
        }
    }
    class("middle", all)
}

/// Puts the double of git in place, with a rule for every case.
pub(crate) fn prepare(sandbox: &Sandbox) {
    let fake = sandbox.fake_git();
    let real = sandbox.run(sandbox.root(), "sh", &["-c", "PATH=${PATH#*:}; command -v git"]).ok().stdout;
    let mut rules = Vec::new();
    for blow in BLOWS {
        for moment in MOMENTS {
            let name = format!("middle-{}-before-{moment}", blow.name);
            let repo = sandbox.repos_dir().join(&name);
            let script = format!(
                "exec 2>/dev/null; unset $(env | sed -n 's/^\\(GIT_[A-Z_]*\\)=.*/\\1/p' | grep -v NOSYSTEM); REPO={}; BARE={}; ASIDE={}; GIT='{} -c advice.detachedHead=false'; mkdir -p $ASIDE; cd /; {}; true",
                text(&repo),
                text(&sandbox.remotes_dir().join(format!("{name}.git"))),
                text(&sandbox.root().join("aside").join(&name)),
                real.trim(),
                blow.script
            );
            rules.push(Rule::before(moment).repo(&format!("/{name}")).run(&["sh", "-c", &script]));
        }
    }
    fake.script(&rules);
}

fn build(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.write(&repo, "b.txt", "changed\n");
    (repo, bare).into()
}

fn bare(plot: &Plot<'_>) -> PathBuf {
    plot.sandbox.remotes_dir().join(format!("{}.git", plot.name))
}

/// Whatever happened: what is here and over there is whole, and the remote has nothing that was not committed on `main`.
fn sound(plot: &Plot<'_>) {
    plot.sandbox.fsck(bare(plot));
    let remote: Vec<_> =
        plot.sandbox.refs(bare(plot)).into_keys().filter(|name| !name.ends_with("/elsewhere")).collect();
    assert_eq!(remote, ["refs/heads/main"], "no other ref over there");
    let aside = plot.aside("moved");
    if aside.join(".git/HEAD").exists() && !plot.dir().exists() && !refused(plot) {
        // Brought back, it is as if it had never been away.
        fs::rename(&aside, plot.dir()).unwrap();
        let _ = plot.sandbox.autocommit(&["once", text(&plot.dir())]).exits(0);
        assert_eq!(plot.git(&plot.dir(), &["status", "--porcelain"]), "");
        assert_eq!(paths(plot, &plot.dir(), "HEAD"), "b.txt");
    }
    for repo in [plot.dir()].iter().filter(|repo| repo.join(".git/HEAD").exists()) {
        let said =
            plot.sandbox.try_git(repo, &["fsck", "--full", "--strict", "--no-dangling", "--no-progress"]);
        assert!(said.status.success(), "{}", said.shown());
        let left = fs::read_dir(repo.join(".git")).unwrap().flatten();
        let left: Vec<_> = left.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        let strange = |name: &&String| {
            name.starts_with("autocommit-") || (name.ends_with(".lock") && !plot.name.contains("-locked-"))
        };
        assert_eq!(left.iter().find(strange), None, "nothing of ours is left");
    }
}

/// Paths of a commit, and its parent's.
fn paths(plot: &Plot<'_>, repo: &std::path::Path, commit: &str) -> String {
    plot.git(repo, &["show", "--format=", "--name-only", commit])
}

fn moved(plot: &Plot<'_>) {
    assert!(!plot.dir().exists(), "not made again where it was");
    assert_eq!(fs::read_to_string(plot.aside("moved").join("b.txt")).unwrap(), "changed\n");
}

fn replaced(plot: &Plot<'_>) {
    let repo = plot.dir();
    let commits = plot.sandbox.try_git(&repo, &["rev-list", "--all"]).stdout;
    let commits: Vec<_> = commits.lines().collect();
    // Begun anew, a run may commit what is there now, as the next cycle would: that and nothing of the one before.
    assert!(commits.len() <= 1, "{commits:?}");
    commits.iter().for_each(|commit| assert_eq!(paths(plot, &repo, commit), "other.txt"));
    assert_eq!(fs::read_to_string(repo.join("other.txt")).unwrap(), "theirs\n");
    let status = plot.git(&repo, &["status", "--porcelain"]);
    assert_eq!(status, if commits.is_empty() { "?? other.txt" } else { "" }, "its index is its own");
}

fn cloned_anew(plot: &Plot<'_>) {
    let repo = plot.dir();
    let anew = plot.git(&repo, &["rev-list", "--count", "HEAD"]) != "1";
    let status = plot.git(&repo, &["status", "--porcelain"]);
    assert_eq!(status, if anew { "" } else { "?? fresh.txt" }, "its index is its own");
    if anew {
        // The push alone follows the address, wherever the commit was made.
        let paths = paths(plot, &repo, "HEAD");
        assert!(paths == "fresh.txt" || (paths == "b.txt" && plot.name.ends_with("-push")), "{paths}");
    }
}

fn switched(plot: &Plot<'_>) {
    let repo = plot.dir();
    for branch in ["main", "elsewhere"] {
        let count = plot.git(&repo, &["rev-list", "--count", branch]);
        assert!(count == "1" || paths(plot, &repo, branch) == "b.txt", "{branch}");
    }
    // The switch itself carried the change along: it is on one of the two, at most once.
    let both = plot.git(&repo, &["rev-list", "--count", "main", "elsewhere"]);
    assert!(both == "1" || both == "2", "{both} commits");
    if plot.name.ends_with("commit-tree") || refused(plot) {
        let left = plot.git(&repo, &["rev-list", "--count", "main"]);
        assert_eq!(left, "1", "the branch that they left did not move under them");
    }
}

fn detached(plot: &Plot<'_>) {
    let repo = plot.dir();
    let head = plot.git(&repo, &["rev-list", "--count", "HEAD"]);
    let main = plot.git(&repo, &["rev-list", "--count", "main"]);
    assert!(head == "1" || main == "2", "no commit without a branch: {head}, {main}");
}

fn theirs(plot: &Plot<'_>) {
    let repo = plot.dir();
    let log = plot.git(&repo, &["log", "--format=%s"]);
    let mine = log.lines().position(|line| line == "mine");
    // While the branch moves the index is locked, as by any `git commit`: theirs is refused then, and said to be.
    assert!(mine.is_some() || refused(plot), "their commit is on the branch: {log}");
    for commit in plot.git(&repo, &["rev-list", "HEAD~1..HEAD"]).lines() {
        let paths = paths(plot, &repo, commit);
        assert!(paths == "b.txt" || paths == "mine.txt", "{paths}");
    }
    let status = plot.git(&repo, &["status", "--porcelain"]);
    let fine = ["", " M b.txt", "?? mine.txt"].contains(&status.as_str());
    assert!(fine, "{status}");
}

/// Whether it happened while we hold the lock on the index.
fn refused(plot: &Plot<'_>) -> bool {
    plot.name.ends_with("-before-update-ref")
}

fn merging(plot: &Plot<'_>) {
    let repo = plot.dir();
    assert!(repo.join(".git/MERGE_HEAD").exists(), "the merge is still theirs to finish");
    let parents = plot.git(&repo, &["rev-list", "--parents", "-1", "HEAD"]);
    assert!(parents.split(' ').count() <= 2, "and was not concluded");
}

fn locked(plot: &Plot<'_>) {
    let lock = fs::read(plot.dir().join(".git/index.lock"));
    assert!(
        refused(plot) || lock.is_ok_and(|bytes| bytes.is_empty()),
        "their lock is there, as they made it"
    );
}

fn staged(plot: &Plot<'_>) {
    let repo = plot.dir();
    let count = plot.git(&repo, &["rev-list", "--count", "HEAD"]);
    let whole = plot.name.ends_with("-before-status");
    if count == "2" && !whole {
        let paths = paths(plot, &repo, "HEAD");
        assert!(paths == "b.txt" || paths == "b.txt\nstaged.txt", "{paths}");
    }
    let index = plot.git(&repo, &["ls-files", "staged.txt"]);
    assert!(index == "staged.txt" || refused(plot), "what they staged is still in");
}

fn written_again(plot: &Plot<'_>) {
    let repo = plot.dir();
    assert_eq!(fs::read_to_string(repo.join("b.txt")).unwrap(), "written again, longer\n");
    let stored = plot.git(&repo, &["show", "HEAD:b.txt"]);
    let fine = ["b", "changed", "written again, longer"].contains(&stored.as_str());
    assert!(fine, "one of what it was, whole: {stored:?}");
    let clean = plot.git(&repo, &["status", "--porcelain"]).is_empty();
    assert!(!clean || stored == "written again, longer", "and git sees what is not committed");
}
