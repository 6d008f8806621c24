//! The only crate that starts git or links libgit2.
//!
//! Each operation is one file and one function with a typed result. Git itself does every write; libgit2 only reads
//! (invariant A3: it would skip filters, hooks and signing). All of git's words are classified in [`GitError`].

mod answer;
mod attributes;
mod background;
mod branch;
mod command;
mod commit;
mod config;
mod content;
mod conversation;
mod diff;
mod environment;
mod error;
mod exclude;
mod files;
mod hooks;
mod index;
mod inspect;
mod limits;
mod locks;
mod maintenance;
mod mark;
mod objects;
mod process;
mod processes;
mod push;
mod recover;
mod refs;
mod replacement;
mod reword;
mod show;
mod signing;
mod ssh;
mod stage;
mod state;
mod status;
mod submodule;
mod tree;
mod trust;
mod twins;
mod unasked;
mod unpushed;
mod upstream;

pub use attributes::{NamedFilter, filters};
pub use background::background;
pub use branch::{LOCKS_FOLLOW, Witness};
pub use command::{Git, OLDEST};
pub use commit::{Applied, Order, apply, create, date_now};
pub use content::{content_of_blob, content_of_deletion, content_of_file, is_blob_of};
pub use diff::{TreeChange, content_after, diff};
pub use error::{Failure, GitError};
pub use exclude::{Ignored, Unignored, ignore, unignore};
pub use files::states;
pub use hooks::{CommitHook, HookOutcome, has_commit_hooks, has_hook, run_hook, uploads_lfs};
pub use inspect::{Inspection, Inspector, identity};
pub use locks::{Claim, Found, InUse, Lock, Settled, Unlock, claimed, seen, settle, unlock};
pub use maintenance::{Packed, loose_objects, pack_loose, rests_for};
pub use objects::{READ_AT_MOST, read_each};
pub use processes::Holder;
pub use push::{Pushed, push, reach};
pub use recover::{RefState, discard_leftovers, ref_state, settle_lock, tip};
pub use replacement::{LockIdentity, Replacement};
pub use reword::{HeldBy, Made, held_by, made, push_under_way, replace_tip, with_message};
pub use show::show;
pub use signing::signing;
pub use stage::{Staged, stage};
pub use status::{HeadEntry, changes_told};
pub use submodule::{is_published, listed_submodules};
pub use trust::excerpt;
pub use twins::case_twins;
pub use unasked::ignored_folders;
pub use unpushed::{Known, NewCommit, unpushed};
pub use upstream::set as set_upstream;

use autocommit_core::repo::Repo;
use command::Call;
use std::ffi::OsString;

/// A call that works on exactly this work tree and git folder, whatever the repository's configuration says of them,
/// and that cannot slip into an enclosing repository if they vanish.
fn repo_call<'a>(git: &'a Git, repo: &Repo, step: &'static str) -> Call<'a> {
    let mut git_dir = OsString::from("--git-dir=");
    git_dir.push(&repo.git_dir);
    let mut work_tree = OsString::from("--work-tree=");
    work_tree.push(&repo.work_tree);
    git.call(step).directory(&repo.work_tree).global(git_dir).global(work_tree)
}

/// A call that sees what a push would send: the objects themselves, not what replacements and grafts show in their place.
fn original_call<'a>(git: &'a Git, repo: &Repo, step: &'static str) -> Call<'a> {
    repo_call(git, repo, step).env("GIT_NO_REPLACE_OBJECTS", "1").env("GIT_GRAFT_FILE", "/dev/null")
}

/// A call that finds the repository as the person's own git would, for what runs hooks: they get the environment they
/// know. It cannot climb above the work tree.
fn person_call<'a>(git: &'a Git, repo: &Repo, step: &'static str) -> Call<'a> {
    let ceiling = repo.work_tree.parent().unwrap_or(&repo.work_tree);
    git.call(step)
        .directory(&repo.work_tree)
        .env("GIT_CEILING_DIRECTORIES", ceiling)
        .with_hooks()
        .with_desktop()
}
