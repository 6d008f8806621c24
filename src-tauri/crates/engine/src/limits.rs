//! Every bound of the engine in one place (invariant A6).

use autocommit_core::settings::Settings;
use std::time::Duration;

/// Runs that are under way at the same time; most of them wait for a permit or a child process.
pub(crate) const RUNS_IN_FLIGHT: usize = 64;
/// Hooks that run at the same time. They hold no commit permit meanwhile: one that hangs delays nobody.
pub(crate) const HOOKS_AT_ONCE: usize = 16;
/// The longest that a run keeps a place among the commit workers from others.
pub(crate) const COMMIT_PLACE: Duration = Duration::from_secs(10);
/// The longest that a push keeps a place from pushes to other hosts.
pub(crate) const PUSH_PLACE: Duration = Duration::from_secs(30);
/// A cycle in which no run ended for this long no longer delays the next one.
pub(crate) const STALLED_AFTER: Duration = Duration::from_secs(15);
/// Cycles kept in memory with their runs.
pub(crate) const CYCLES_KEPT: usize = 4;
/// Warnings kept for the status.
pub(crate) const WARNINGS_KEPT: usize = 20;
/// The wait before the one repetition of a push that failed for no known reason.
pub(crate) const PUSH_AGAIN: Duration = Duration::from_secs(1);
/// How often a commit is planned anew because something moved under it.
pub(crate) const TRIES: usize = 3;
/// Repositories that a survey looks at at the same time, and the longest that it waits for one.
pub(crate) const SURVEYED_AT_ONCE: usize = 4;
/// See [`SURVEYED_AT_ONCE`].
pub(crate) const SURVEYED_REPO: Duration = Duration::from_secs(60);
/// Repositories of a survey that get a message.
pub(crate) const MESSAGES_SURVEYED: usize = 20;
/// Time between two words about the progress of a survey.
pub(crate) const PROGRESS_TOLD: Duration = Duration::from_millis(50);
/// How deep below the home folder repositories are looked for to suggest folders, and for how long.
pub(crate) const SUGGESTED_DEPTH: usize = 3;
/// See [`SUGGESTED_DEPTH`].
pub(crate) const SUGGESTED_IN: Duration = Duration::from_secs(2);
/// Folders that are suggested.
pub(crate) const SUGGESTED: usize = 12;
/// A host that could not be reached and that nobody tried again for this long (beside the interval of cycles) is not
/// called unreachable any more.
pub(crate) const TRIED_AGAIN: Duration = Duration::from_secs(120);
/// How often the clock on the wall is looked at while a pause is on.
pub(crate) const LOOK_AT_CLOCK: Duration = Duration::from_secs(10);
/// The longest that `--settle` waits for one repository.
pub(crate) const LONGEST_SETTLE: Duration = Duration::from_secs(3600);
/// Looks at a lock that somebody has for a moment, and the mean time between them.
pub(crate) const LOCK_LOOKS: u32 = 6;
/// See [`LOCK_LOOKS`].
pub(crate) const LOCK_LOOK: Duration = Duration::from_millis(200);
/// A crash so recent that a git command of the dead process may still be finishing.
pub(crate) const FRESH_CRASH: Duration = Duration::from_secs(10);
/// What such a command is given to finish.
pub(crate) const ORPHAN_GRACE: Duration = Duration::from_millis(300);
/// A file that changed less than this ago may change once more without its times telling.
pub(crate) const RACY: Duration = Duration::from_secs(2);
/// Contents of approved files that are remembered, so that they are not read in every cycle.
pub(crate) const CONTENTS_KEPT: usize = 10_000;
/// Held paths that are remembered of one repository; the others are counted.
pub(crate) const HELD_SHOWN: usize = 1000;
/// Bytes that are staged at most (aside, to be looked at) for one who asks what an approval would commit.
pub(crate) const ASKED_BYTES: u64 = 256 << 20;
/// The longest that is spent on what is known of a repository beside the change, for its message.
pub(crate) const BACKGROUND: Duration = Duration::from_secs(5);
/// How many commits of ours, and how long, the habits of a repository are believed to be the same.
pub(crate) const HABITS_FOR: usize = 50;
/// See [`HABITS_FOR`].
pub(crate) const HABITS_LAST: Duration = Duration::from_secs(3600);
/// Commits of ours that are told from a person's.
pub(crate) const OURS: usize = 2000;
/// The longest that a cycle waits for a language model, all its messages together, and the part of the time between
/// cycles that this may be at the most.
const MODEL_BUDGET: Duration = Duration::from_secs(45);
/// See [`MODEL_BUDGET`].
const MODEL_SHARE: f64 = 0.75;
/// The longest that a message waits for a server of ours to load its model; one that takes longer serves the next cycle.
/// Where there is no next one (`once`), the time that the cycle has for its messages is the limit.
pub(crate) const MODEL_START: Duration = Duration::from_secs(3);
/// A model that answers sooner than this (from memory, or that it has nothing to say) keeps its commit place.
pub(crate) const MODEL_AT_ONCE: Duration = Duration::from_millis(50);
/// What a message of a model is taken to need before one was seen.
pub(crate) const MODEL_MESSAGE: Duration = Duration::from_secs(4);
/// Commits that are shown at the same time: each is some calls of git and some MiB.
pub(crate) const SHOWN_AT_ONCE: usize = 2;

/// How long `unlock` waits for programs that may be gone at once, and the pause between two looks.
pub(crate) const UNLOCK_WAITS: Duration = Duration::from_secs(1);
pub(crate) const UNLOCK_AGAIN: Duration = Duration::from_millis(50);

/// What was read of the supply of power is believed for this long.
pub(crate) const SUPPLY_STAYS: Duration = Duration::from_secs(5);
/// How often the supply is read while something is done less often because of it.
pub(crate) const SUPPLY_READ_EVERY: Duration = Duration::from_secs(60);
/// Waits before each try to push what waits, once a network is back.
pub(crate) const NETWORK_SETTLES: [Duration; 3] =
    [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(15)];
/// How often git is asked about a repository that seems to rest, to compare.
pub(crate) const COMPARED_EVERY: Duration = Duration::from_secs(600);
/// What the look before git's may take.
pub(crate) const NOTED_WITHIN: Duration = Duration::from_secs(60);
/// Questions to git about untracked folders within untracked folders; deeper ones leave the repository to git.
pub(crate) const FOLDER_ROUNDS: usize = 12;
/// A repository in which something happened while it was worked in is looked at again after this long.
pub(crate) const PUT_OFF: Duration = Duration::from_secs(1);
/// New folders beside repositories are searched after this long.
pub(crate) const SEARCH_AFTER: Duration = Duration::from_secs(2);
/// Looks after events that found nothing: so many of them double the time to the next one.
pub(crate) const LOOKS_IN_VAIN: u32 = 8;
/// After a look in vain there is rest for at most so many times as long as it took: 1 % of a core for a repository in which
/// something always moves that nothing can be made of.
pub(crate) const REST_OF_LOOKS: u32 = 100;

/// A machine whose load is less than this for each core has little to do.
pub(crate) const IDLE_LOAD: f64 = 0.5;

/// What a cycle may wait for a language model, all its messages together.
pub(crate) fn model_budget(settings: &Settings) -> Duration {
    let interval = Duration::from_secs(settings.cycle_interval_seconds);
    MODEL_BUDGET.min(interval.mul_f64(MODEL_SHARE))
}
