//! Remotes that are odd, unwilling or gone: nothing is forced, and what stays here says so.

use crate::{
    case::{Built, Case, Kept, Verdict, after, case, class, commit},
    plot::{Plot, text},
    shapes::edited,
};

pub(crate) fn cases() -> Vec<Case> {
    let readme = || commit(&["README.md"]);
    let all = vec![
        case("remote-name-missing", after("git config branch.main.remote upstream; echo x > b.txt"), commit(&["b.txt"]).stays("failed", "no remote called upstream")),
        case("remote-gone", gone, readme().stays("failed", "no repository at the remote address")),
        case("remote-ahead", |plot| moved(plot, "one more"), readme().stays("failed", "has commits that are not here")),
        case("remote-diverged", diverged, readme().stays("failed", "has commits that are not here")),
        case("remote-rewritten", rewritten, readme().stays("failed", "has commits that are not here")),
        case("remote-unreachable", unreachable, readme().stays("committed", "could not be reached")),
        case("remote-is-a-checkout", checkout, readme().stays("failed", "refused")),
        case("remote-with-two-addresses", two_addresses, readme()),
        case("remote-by-push-default", fork, readme()),
        case("remote-is-a-mirror", mirror, Verdict::Own).finally(mirror_kept),
        case("remote-push-refspec-forces", after(
            "git config --add remote.origin.push '+refs/*:refs/*'; git config push.default matching; git tag -a -m t v1
             git config push.followTags true; git branch other; echo x > b.txt"
        ), commit(&["b.txt"])),
        case("remote-single-branch-fetch", after("git config remote.origin.fetch +refs/heads/other:refs/remotes/origin/other; echo x > b.txt"), commit(&["b.txt"])),
        case("remote-without-fetch-rules", after("git config --unset remote.origin.fetch; echo x > b.txt"), commit(&["b.txt"])),
        case("remote-has-other-branches", others, readme()),
        case("remote-new-branch-without-work", after("git switch -qc fresh"), Verdict::Unchanged("")),
        case("remote-upstream-of-another-name", after("git push -q origin main:theirs; git branch -q -u origin/theirs; echo x > b.txt"), commit(&["b.txt"])),
        case("remote-upstream-is-local", after("git branch base; git branch -q -u base; echo x > b.txt"), commit(&["b.txt"])),
        case("push-switched-off", after("git config autocommit.push false; echo x > b.txt"), commit(&["b.txt"]).stays("committed", "Pushing is switched off")),
        case("opted-out", after("git config autocommit.enabled false; echo x > b.txt"), Verdict::Skip("is switched off")),
        case("another-branch-is-looked-after", after("git config autocommit.branch release; echo x > b.txt"), Verdict::Skip("only release is committed")),
        case("autocommit-cannot-be-forced-on", after("git config autocommit.remote evil; echo x > b.txt"), commit(&["b.txt"]).stays("failed", "no remote called evil")),
    ];
    class("remotes", all)
}

/// Remotes that are folders here and run programs of their own, which a person has looked at and allowed.
pub(crate) fn approved() -> Vec<Case> {
    let all = vec![
        case(
            "remote-refuses-by-update-hook",
            |plot| hooked(plot, "update", "echo 'main is protected'; exit 1"),
            commit(&["README.md"]).stays("failed", "refused by a rule or a hook"),
        ),
        case(
            "remote-refuses-by-pre-receive",
            |plot| hooked(plot, "pre-receive", "exit 1"),
            commit(&["README.md"]).stays("failed", "refused by a rule or a hook"),
        ),
        case("remote-logs-updates", logged, commit(&["README.md"])).finally(only_forward),
    ];
    class("remotes", all)
}

fn gone(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    std::fs::remove_dir_all(bare).unwrap();
    plot.edit(&repo);
    repo.into()
}

/// Somebody else has pushed.
fn moved(plot: &Plot<'_>, message: &str) -> Built {
    let (repo, bare) = plot.cloned();
    let other = plot.aside("other");
    plot.git(&plot.sandbox.root(), &["clone", "--quiet", text(&bare), text(&other)]);
    plot.git(&other, &["commit", "--quiet", "--allow-empty", "--message", message]);
    plot.git(&other, &["push", "--quiet"]);
    edited((repo, bare), plot)
}

fn diverged(plot: &Plot<'_>) -> Built {
    let built = moved(plot, "theirs");
    let repo = plot.dir();
    plot.sh(&repo, "git fetch -q; git commit -q --allow-empty -m ours");
    built
}

fn rewritten(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sh(&repo, "git commit -q --amend -m 'said better'");
    edited((repo, bare), plot)
}

fn hooked(plot: &Plot<'_>, hook: &str, script: &str) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sandbox.hook(&bare, hook, script);
    edited((repo, bare), plot)
}

fn logged(plot: &Plot<'_>) -> Built {
    let log = plot.aside("updates");
    hooked(plot, "update", &format!("echo \"$1 $2 $3\" >> '{}'", text(&log)))
}

fn only_forward(plot: &Plot<'_>) {
    let updates = std::fs::read_to_string(plot.aside("updates")).unwrap();
    let head = plot.git(&plot.dir(), &["rev-parse", "HEAD"]);
    let parent = plot.git(&plot.dir(), &["rev-parse", "HEAD~1"]);
    assert_eq!(updates, format!("refs/heads/main {parent} {head}\n"), "one update, and no other");
}

fn unreachable(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.git(&repo, &["remote", "set-url", "origin", "http://127.0.0.1:9/x.git"]);
    edited((repo, bare), plot)
}

/// The remote is somebody's work tree with the branch checked out.
fn checkout(plot: &Plot<'_>) -> Built {
    let source = plot.local_at(plot.aside("source"), &[]);
    let repo = plot.clone_with(text(&source), &[]);
    edited((repo, source), plot)
}

fn two_addresses(plot: &Plot<'_>) -> Built {
    let (repo, first) = plot.cloned();
    let second = plot.bare("-second");
    for bare in [&first, &second] {
        plot.git(&repo, &["remote", "set-url", "--add", "--push", "origin", text(bare)]);
    }
    plot.git(&repo, &["push", "--quiet"]);
    plot.edit(&repo);
    vec![Kept { work: repo, remotes: vec![first, second], arrives: None }].into()
}

/// Pulls from one remote and pushes to another.
fn fork(plot: &Plot<'_>) -> Built {
    let (repo, _) = plot.cloned();
    let fork = plot.bare("-fork");
    plot.sh(
        &repo,
        &format!(
            "git remote add fork '{}'; git config remote.pushDefault fork; git push -q fork main",
            text(&fork)
        ),
    );
    edited((repo, fork), plot)
}

/// `remote.origin.mirror` makes a plain push force and delete.
fn mirror(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sh(&repo, "git push -q origin main:only-there; git config remote.origin.mirror true");
    edited((repo, bare), plot)
}

fn mirror_kept(plot: &Plot<'_>) {
    let bare = plot.sandbox.remotes_dir().join(format!("{}.git", plot.name));
    assert!(plot.sandbox.refs(&bare).contains_key("refs/heads/only-there"), "nothing is deleted over there");
    assert_eq!(plot.sandbox.refs(&bare).len(), 2, "and nothing else is made");
}

fn others(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sh(&repo, "git push -q origin main:a main:b main:refs/tags/t; git branch mine; git branch gone");
    edited((repo, bare), plot)
}
