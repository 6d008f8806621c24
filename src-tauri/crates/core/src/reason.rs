//! Why a repository is not simply committed and pushed: a closed list, each with one sentence and one next step.

mod each;

use crate::{locks::YOUNG, push::PushClass, snapshot::Operation, text::counted};

/// Every reason that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A person has something under way.
    InProgress(Operation),
    /// Entries of a conflict are left in the index.
    Unmerged,
    /// No branch is checked out.
    Detached,
    /// A lock file that is not ours is in the way.
    Locked {
        /// Its name within the git folder.
        lock: String,
        /// Seconds since it was last touched.
        seconds: u64,
        /// Programs that may hold it, by name.
        holders: Vec<String>,
    },
    /// `git commit` waits for its message.
    EditorOpen,
    /// Another branch is checked out than the one that is looked after.
    OtherBranch {
        /// The branch that is checked out.
        current: String,
        /// The branch that is wanted.
        wanted: String,
    },
    /// A person, or the repository itself, switched it off.
    OptedOut(&'static str),
    /// Autocommit as a whole is switched off.
    Disabled,
    /// The program is about to end.
    Stopping,
    /// There is no remote: healthy, but nothing leaves this disk.
    NoRemote,
    /// The remote that should be pushed to is not configured.
    RemoteNotConfigured(String),
    /// Pushing is switched off for this repository.
    PushOff,
    /// Everything that changed is held.
    AllHeld(usize),
    /// The repository could not be read.
    Unreadable,
    /// Git refuses because the folder belongs to somebody else.
    ForeignOwner,
    /// The repository is not there any more.
    Gone,
    /// No name or e-mail address is configured.
    NoIdentity,
    /// The commit could not be signed.
    SigningFailed,
    /// A hook said no.
    HookFailed(&'static str),
    /// A hook did not end in time.
    HookTimedOut(&'static str),
    /// A hook put something into the commit that is held.
    HookAddedHeld(&'static str),
    /// A lock file of git's is in the way of a branch.
    RefLocked,
    /// A git command did not end in time.
    TimedOut(&'static str),
    /// A git command was ended by something else.
    GitEnded(&'static str),
    /// The disk is full.
    DiskFull,
    /// The disk is almost full, and the rest of it is the person's.
    LittleRoom,
    /// The git folder cannot be written.
    ReadOnly,
    /// Something moved between looking and writing.
    MovedMeanwhile,
    /// Work is still going on in it.
    Settling,
    /// The remote did not take it.
    Push(PushClass),
    /// The remote refused it before, and nothing changed since.
    StillRefused(PushClass),
    /// A host that could not be reached is left alone for a while.
    WaitsForHost(String),
    /// Pushes are spared on battery, or where data costs money.
    PushesSpared,
    /// It brings programs or redirections of its own that nobody has approved; the text says which.
    NeedsTrust(String),
    /// A commit that is not pushed yet contains a secret.
    SecretUnpushed {
        /// The commit, abbreviated.
        commit: String,
        /// The path in it.
        path: String,
    },
    /// Files of Git LFS would be pushed as pointers without their content.
    LfsNotUploaded,
    /// Something that has no sentence of its own.
    Unexpected,
}

impl Reason {
    /// Short stable name, for logs and for comparing.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InProgress(_) => "in_progress",
            Self::Unmerged => "unmerged",
            Self::Detached => "detached_head",
            Self::Locked { seconds, .. } if *seconds < YOUNG.as_secs() => "locked",
            Self::Locked { .. } => "lock_stays",
            Self::EditorOpen => "editor_open",
            Self::OtherBranch { .. } => "other_branch",
            Self::OptedOut(_) => "opted_out",
            Self::Disabled => "disabled",
            Self::Stopping => "stopping",
            Self::NoRemote => "no_remote",
            Self::RemoteNotConfigured(_) => "remote_not_configured",
            Self::PushOff => "push_off",
            Self::AllHeld(_) => "held",
            Self::Unreadable => "unreadable",
            Self::ForeignOwner => "foreign_owner",
            Self::Gone => "gone",
            Self::NoIdentity => "no_identity",
            Self::SigningFailed => "signing_failed",
            Self::HookFailed(_) => "hook_failed",
            Self::HookTimedOut(_) => "hook_timed_out",
            Self::HookAddedHeld(_) => "hook_added_held",
            Self::RefLocked => "ref_locked",
            Self::TimedOut(_) => "git_timed_out",
            Self::GitEnded(_) => "git_ended",
            Self::DiskFull => "disk_full",
            Self::LittleRoom => "little_room",
            Self::ReadOnly => "read_only",
            Self::MovedMeanwhile => "moved_meanwhile",
            Self::Settling => "settling",
            Self::Push(class) | Self::StillRefused(class) => class.code(),
            Self::WaitsForHost(_) => "waits_for_host",
            Self::PushesSpared => "pushes_spared",
            Self::NeedsTrust(_) => "needs_trust",
            Self::SecretUnpushed { .. } => "secret_unpushed",
            Self::LfsNotUploaded => "lfs_not_uploaded",
            Self::Unexpected => "unexpected",
        }
    }

    /// What happened and why, in one plain sentence about the repository called `name`.
    pub fn sentence(&self, name: &str) -> String {
        match self {
            Self::InProgress(op) => {
                format!("{} is under way in {name}. Autocommit waits until you finish it.", op.noun())
            }
            Self::Unmerged => format!("{name} has conflicts that are not resolved yet."),
            Self::Detached => {
                format!("No branch is checked out in {name} (detached HEAD), so a commit would have no home.")
            }
            Self::Locked { lock, seconds, holders } => {
                let by = match holders.as_slice() {
                    [] => "no git program that may hold it was found".to_owned(),
                    names => format!("what may hold it: {}", names.join(", ")),
                };
                format!("{name} has been locked for {} by {lock}; {by}.", at_least(*seconds))
            }
            Self::EditorOpen => format!("A commit message for {name} is being written."),
            Self::OtherBranch { current, wanted } => {
                format!("{name} is on branch {current}; only {wanted} is committed.")
            }
            Self::OptedOut(why) => format!("{name} is switched off. {why}"),
            Self::Disabled => "Autocommit is switched off.".to_owned(),
            Self::Stopping => format!("Autocommit was told to end before it came to {name}."),
            Self::NoRemote => format!("{name} has no remote; its commits stay on this disk."),
            Self::RemoteNotConfigured(remote) => format!("{name} has no remote called {remote}."),
            Self::PushOff => format!("Pushing is switched off for {name}."),
            Self::AllHeld(n) => format!("{} held in {name}.", counted_are(*n)),
            Self::Unreadable => format!("{name} could not be read as a git repository."),
            Self::ForeignOwner => format!("{name} belongs to another user, so git refuses to work in it."),
            Self::Gone => format!("{name} is not there any more."),
            Self::NoIdentity => format!("Git does not know your name and e-mail address for {name}."),
            Self::SigningFailed => {
                format!("The commit in {name} could not be signed, and signing is required there.")
            }
            Self::HookFailed(hook) => format!("The repository's own {hook} check failed in {name}."),
            Self::HookTimedOut(hook) => {
                format!("The {hook} hook of {name} did not end in time and was stopped.")
            }
            Self::HookAddedHeld(hook) => {
                format!(
                    "The {hook} hook of {name} puts a file into the commit that is held, so nothing was committed."
                )
            }
            Self::RefLocked => format!("A lock file that git left behind is in the way in {name}."),
            Self::TimedOut(step) => format!("Git did not finish in time in {name} ({step})."),
            Self::GitEnded(step) => {
                format!("A git command in {name} was ended from outside ({step}); nothing was lost.")
            }
            Self::DiskFull => format!("The disk that holds {name} is full."),
            Self::LittleRoom => {
                format!("The disk that holds {name} is almost full; the rest of it is left to your own work.")
            }
            Self::ReadOnly => format!("The git folder of {name} cannot be written."),
            Self::MovedMeanwhile => {
                format!("{name} changed while it was being committed; nothing was written.")
            }
            Self::Settling => format!("Work is going on in {name}; it is committed once it rests."),
            Self::Push(class) => class.sentence(name),
            Self::StillRefused(class) => {
                format!("{} Nothing changed since, so it was not tried again.", class.sentence(name))
            }
            Self::WaitsForHost(host) => {
                format!("{name} waits for {host}, which could not be reached a moment ago.")
            }
            Self::PushesSpared => {
                format!(
                    "{name} waits for the next push; on battery or a metered connection they come less often."
                )
            }
            Self::NeedsTrust(what) => {
                format!("{name} brings {what} of its own, which nobody has approved yet; it was not touched.")
            }
            Self::SecretUnpushed { commit, path } => {
                format!(
                    "Commit {commit} of {name} has what looks like a secret in {path}, so it stays on this disk."
                )
            }
            Self::LfsNotUploaded => {
                format!("{name} has files of Git LFS, but nothing here would upload their content.")
            }
            Self::Unexpected => format!("Something unexpected went wrong in {name}."),
        }
    }

    /// The one next step for a person, as an imperative sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::InProgress(_) => "Finish or abort it; the next cycle goes on by itself.",
            Self::Unmerged => "Resolve the conflicts and run git add on the files.",
            Self::Detached => "Check out a branch, for example with git switch -c NAME.",
            Self::Locked { seconds, .. } if *seconds < YOUNG.as_secs() => {
                "Nothing to do; the next cycle goes on by itself."
            }
            Self::Locked { holders, .. } if holders.is_empty() => {
                "If nothing of yours is at work there, clear it with autocommit unlock PATH."
            }
            Self::Locked { .. } => {
                "Finish what is at work there, or look closer with autocommit unlock PATH."
            }
            Self::EditorOpen => "Finish or abort that commit; the next cycle goes on by itself.",
            Self::OtherBranch { .. } => {
                "Nothing to do; change git_branch if this branch should be committed."
            }
            Self::OptedOut(_) => "Switch it on with autocommit repo enable PATH.",
            Self::Disabled => "Switch it on with autocommit enable.",
            Self::Stopping => "Nothing to do; the next start goes on.",
            Self::NoRemote => "Add one with git remote add origin URL if it should be backed up.",
            Self::RemoteNotConfigured(_) => {
                "Add the remote with git remote add, or correct its name in the settings."
            }
            Self::PushOff => "Set push = true if its commits should be pushed.",
            Self::AllHeld(_) => "Run autocommit held PATH; the line of each file says what to do.",
            Self::Unreadable => "Run git status in it to see what git says; git fsck may tell more.",
            Self::ForeignOwner => {
                "If you trust it, run git config --global --add safe.directory PATH yourself."
            }
            Self::Gone => "Nothing to do if you moved or deleted it.",
            Self::NoIdentity => {
                "Run git config --global user.name NAME and git config --global user.email ADDRESS."
            }
            Self::SigningFailed => {
                "Unlock the signing key (commit once by hand), or switch commit.gpgSign off."
            }
            Self::HookFailed(_) => "Mend what the hook complains about; its output is kept with this entry.",
            Self::HookTimedOut(_) => {
                "Run the hook by hand to see what it waits for; deadlines.hook_seconds sets the limit."
            }
            Self::HookAddedHeld(_) => "Settle the held file, or let the hook add only what it must.",
            Self::RefLocked => "If nothing of yours is at work there, clear it with autocommit unlock PATH.",
            Self::TimedOut(_) => "Run git status in it by hand; deadlines.local_seconds sets the limit.",
            Self::GitEnded(_) => "Nothing to do; the next cycle does it again.",
            Self::DiskFull => "Free some space; nothing was committed.",
            Self::LittleRoom => "Free some space; the next cycle goes on by itself.",
            Self::ReadOnly => "Make its .git folder writable again.",
            Self::MovedMeanwhile => {
                "The next cycle looks again. Where it stays so, see what changes its files all the time."
            }
            Self::Settling => "Nothing to do.",
            Self::Push(class) | Self::StillRefused(class) => class.hint(),
            Self::WaitsForHost(_) => "Nothing to do; it is tried again by itself.",
            Self::PushesSpared => "Nothing to do; autocommit push PATH pushes it now.",
            Self::NeedsTrust(_) => {
                "Look at it with autocommit trust show PATH, then allow it with autocommit trust allow PATH."
            }
            Self::SecretUnpushed { .. } => {
                "Take it out of that commit (git rebase -i), or allow it with autocommit approve PATH."
            }
            Self::LfsNotUploaded => "Run git lfs install in it, so that git push uploads them.",
            Self::Unexpected => "Look at the details of this entry; autocommit doctor may tell more.",
        }
    }
}

fn counted_are(n: usize) -> String {
    if n == 1 { "1 file is".to_owned() } else { format!("{n} files are") }
}

/// How long a lock has been there at least, in few steps: the same words are the same episode.
fn at_least(seconds: u64) -> &'static str {
    match seconds {
        0..10 => "a moment",
        10..60 => "more than 10 seconds",
        60..600 => "more than a minute",
        600..3600 => "more than 10 minutes",
        3600..21_600 => "more than an hour",
        21_600..86_400 => "more than 6 hours",
        86_400..604_800 => "more than a day",
        _ => "more than a week",
    }
}

/// `12 minutes`, `3 seconds`: the largest unit that fits.
pub fn duration_words(seconds: u64) -> String {
    let (n, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..86_400 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    counted(usize::try_from(n).unwrap_or(usize::MAX), unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_says_what_and_what_to_do() {
        let mut codes = std::collections::BTreeMap::new();
        for reason in Reason::one_of_each() {
            let sentence = reason.sentence("web-app");
            assert!(sentence.ends_with('.') && sentence.len() > 15, "{sentence}");
            assert!(!sentence.contains('!') && !sentence.to_lowercase().contains("error:"), "{sentence}");
            let hint = reason.hint();
            assert!(hint.ends_with('.') && hint.len() > 10 && !hint.contains('!'), "{hint}");
            // What is still under way, or still refused, is the same reason once more.
            let same = !matches!(reason, Reason::InProgress(_) | Reason::StillRefused(_));
            if let Some(other) = codes.insert(reason.code(), reason.clone()).filter(|_| same) {
                panic!("{} is the code of {reason:?} and of {other:?}", reason.code());
            }
        }
    }

    #[test]
    fn a_lock_says_for_how_long_and_who_may_hold_it() {
        let locked = |seconds, holders: &[&str]| Reason::Locked {
            lock: "index.lock".into(),
            seconds,
            holders: holders.iter().map(|&name| name.to_owned()).collect(),
        };
        let alone = locked(7200, &[]);
        assert_eq!(alone.code(), "lock_stays");
        let sentence = alone.sentence("app");
        assert!(
            sentence.starts_with("app has been locked for more than an hour by index.lock"),
            "{sentence}"
        );
        assert!(alone.hint().contains("autocommit unlock PATH"));
        let held = locked(11, &["git commit", "vim"]);
        assert!(held.sentence("app").ends_with("what may hold it: git commit, vim."));
        assert!(held.hint().contains("autocommit unlock PATH"), "it may hang");
        assert!(!locked(9, &[]).hint().contains("unlock"), "it is most likely gone in a moment");
        // The same words are the same episode.
        assert_eq!(alone.sentence("app"), locked(10_000, &[]).sentence("app"));
    }

    #[test]
    fn durations_in_words() {
        assert_eq!(duration_words(1), "1 second");
        assert_eq!(duration_words(720), "12 minutes");
        assert_eq!(duration_words(7200), "2 hours");
        assert_eq!(duration_words(1_000_000), "11 days");
    }
}
