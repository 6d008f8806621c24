//! Several work trees of one repository: each is committed for itself, and none for another.

use crate::{
    case::{Built, Case, Kept, Verdict, class, commit, family},
    plot::{Plot, text},
    shapes::edited,
};
use std::fs;

const CLEAN: Verdict = Verdict::Unchanged("");

pub(crate) fn cases() -> Vec<Case> {
    let readme = || commit(&["README.md"]);
    let all = vec![
        family("linked-worktree", linked, vec![readme(), commit(&["README.md", "b.txt"])]),
        family("linked-worktree-of-a-bare", linked_of_bare, vec![readme()]),
        family("linked-worktree-locked", linked_locked, vec![CLEAN, readme()]),
        family("linked-worktree-detached", linked_detached, vec![readme(), Verdict::Hold("No branch")]),
        family("worktree-config", worktree_config, vec![readme(), readme()]),
        // Its links lead into another repository, whose branches and objects it would write.
        family("new-workdir", new_workdir, vec![readme(), Verdict::NeedsTrust]),
        family("copy-of-a-linked-worktree", copied_worktree, vec![CLEAN, readme(), Verdict::NotFound]),
        family("git-link-shared-by-two", shared_link, vec![readme(), Verdict::NotFound]),
    ];
    class("shapes", all)
}

fn linked(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let dir = plot.sandbox.repos_dir().join(format!("{}-tree", plot.name));
    plot.git(&repo, &["worktree", "add", "--quiet", "-b", "topic", text(&dir)]);
    plot.edit(&repo);
    plot.edit(&dir);
    plot.write(&dir, "b.txt", "in the linked one\n");
    vec![Kept::from((repo, bare.clone())), Kept::from((dir, bare))].into()
}

fn linked_of_bare(plot: &Plot<'_>) -> Built {
    let bare = plot.published("", &[]);
    let hub = plot.sandbox.repos_dir().join(format!("{}-hub.git", plot.name));
    plot.git(&plot.sandbox.root(), &["clone", "--quiet", "--bare", text(&bare), text(&hub)]);
    plot.git(&hub, &["config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"]);
    plot.git(&hub, &["worktree", "add", "--quiet", text(&plot.dir()), "main"]);
    edited((plot.dir(), bare), plot)
}

fn linked_locked(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let dir = plot.sandbox.repos_dir().join(format!("{}-tree", plot.name));
    plot.git(&repo, &["worktree", "add", "--quiet", "--lock", "-b", "topic", text(&dir)]);
    plot.edit(&dir);
    vec![Kept::from((repo, bare.clone())), Kept::from((dir, bare))].into()
}

fn linked_detached(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let dir = plot.sandbox.repos_dir().join(format!("{}-tree", plot.name));
    plot.git(&repo, &["worktree", "add", "--quiet", "--detach", text(&dir)]);
    plot.edit(&repo);
    plot.edit(&dir);
    vec![Kept::from((repo, bare.clone())), Kept::from((dir, bare))].into()
}

/// Each work tree has a configuration of its own.
fn worktree_config(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let dir = plot.sandbox.repos_dir().join(format!("{}-tree", plot.name));
    plot.git(&repo, &["config", "extensions.worktreeConfig", "true"]);
    plot.git(&repo, &["worktree", "add", "--quiet", "-b", "topic", text(&dir)]);
    plot.git(&dir, &["config", "--worktree", "user.name", "Other Name"]);
    plot.edit(&repo);
    plot.edit(&dir);
    vec![Kept::from((repo, bare.clone())), Kept::from((dir, bare))].into()
}

/// What `git-new-workdir` of git's contrib folder makes: everything but HEAD and the index is linked.
fn new_workdir(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let dir = plot.sandbox.repos_dir().join(format!("{}-tree", plot.name));
    plot.git(&repo, &["branch", "topic"]);
    plot.sh(
        &repo,
        &format!(
            "mkdir -p '{0}/.git/logs'
             for name in config refs logs/refs objects info packed-refs hooks; do ln -s \"$PWD/.git/$name\" '{0}/.git/'$name; done
             echo 'ref: refs/heads/topic' > '{0}/.git/HEAD'; cd '{0}'; git reset -q --hard",
            text(&dir)
        ),
    );
    plot.edit(&repo);
    plot.write(&dir, "b.txt", "in the other\n");
    vec![Kept::from((repo, bare.clone())), Kept::from((dir, bare))].into()
}

fn copied_worktree(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let dir = plot.sandbox.repos_dir().join(format!("{}-tree", plot.name));
    let copy = plot.sandbox.repos_dir().join(format!("{}-copy", plot.name));
    plot.git(&repo, &["worktree", "add", "--quiet", "-b", "topic", text(&dir)]);
    plot.sh(&plot.sandbox.root(), &format!("cp -a '{}' '{}'", text(&dir), text(&copy)));
    plot.edit(&dir);
    plot.write(&copy, "b.txt", "in the copy\n");
    vec![Kept::from((repo, bare.clone())), Kept::from((dir, bare)), Kept::from(copy)].into()
}

fn shared_link(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let other = plot.sandbox.repos_dir().join(format!("{}-other", plot.name));
    fs::create_dir(&other).unwrap();
    std::os::unix::fs::symlink(repo.join(".git"), other.join(".git")).unwrap();
    plot.write(&other, "stray.txt", "belongs to nobody\n");
    plot.edit(&repo);
    vec![Kept::from((repo, bare)), Kept::from(other)].into()
}
