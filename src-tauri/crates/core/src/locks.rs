//! Whose a lock file of git's is, from what is known of it. Pure: the ladder that decides what may be moved.
//!
//! Age proves nothing (an editor stays open for hours) and nobody need hold the file open (`git commit -a` does not), so a
//! lock is moved only with a proof that no running program owns it.

use std::time::Duration;

/// A lock younger than this is most likely a command that is about to end.
pub const YOUNG: Duration = Duration::from_secs(10);

/// What our own records say of a lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Nothing.
    None,
    /// A command of ours was about to make a lock of this name, and what is there fits it.
    Fits,
    /// It is the very file that was made for us.
    Certain,
}

/// Git programs at work in the repository of the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtWork {
    /// None.
    Nobody,
    /// At least one, or one of which we cannot see where it works.
    Somebody,
    /// This system does not tell.
    Unknown,
}

/// What is known of a lock file. None of our own git commands runs in its repository any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// What our own records say.
    pub proof: Proof,
    /// Time since it was last touched; nothing where that lies in the future.
    pub untouched_for: Option<Duration>,
    /// It was last touched before this machine started.
    pub before_boot: bool,
    /// It is on a disk of this machine, so that nobody else can have made it.
    pub local: bool,
    /// Who works there.
    pub at_work: AtWork,
}

/// What to do about a lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Somebody's, for a moment: wait.
    Wait,
    /// Ours, and nothing of ours runs any more: clear it.
    Ours,
    /// Whoever made it is gone since the machine started: move it aside.
    Orphaned,
    /// Somebody's: only a person may move it.
    Foreign,
}

/// The ladder: young, ours, older than the machine's start, somebody's.
pub fn verdict(facts: &Facts) -> Verdict {
    let alone = facts.at_work == AtWork::Nobody;
    let young = facts.untouched_for.is_some_and(|age| age < YOUNG);
    match facts.proof {
        Proof::Certain => Verdict::Ours,
        Proof::Fits if facts.local && alone => Verdict::Ours,
        _ if young => Verdict::Wait,
        _ if facts.before_boot && facts.local && alone => Verdict::Orphaned,
        _ => Verdict::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every combination, against the rules said once more in other words.
    #[test]
    fn the_whole_table() {
        let ages = [None, Some(0), Some(9), Some(10), Some(1_000_000)];
        let mut moved = 0;
        for proof in [Proof::None, Proof::Fits, Proof::Certain] {
            for age in ages {
                for before_boot in [false, true] {
                    for local in [false, true] {
                        for at_work in [AtWork::Nobody, AtWork::Somebody, AtWork::Unknown] {
                            let untouched_for = age.map(Duration::from_secs);
                            let facts = Facts { proof, untouched_for, before_boot, local, at_work };
                            let verdict = verdict(&facts);
                            moved += usize::from(matches!(verdict, Verdict::Ours | Verdict::Orphaned));
                            check(&facts, verdict);
                        }
                    }
                }
            }
        }
        assert_eq!(moved, 60 + 10 + 3, "certain, fitting and alone, older than the start and alone");
    }

    fn check(facts: &Facts, verdict: Verdict) {
        let seen_alone = facts.local && facts.at_work == AtWork::Nobody;
        match verdict {
            Verdict::Ours => {
                assert!(facts.proof != Proof::None, "nothing is ours without a record: {facts:?}");
                assert!(facts.proof == Proof::Certain || seen_alone, "{facts:?}");
            }
            Verdict::Orphaned => {
                assert!(facts.before_boot && seen_alone, "{facts:?}");
                assert!(facts.untouched_for.is_none_or(|age| age >= YOUNG), "{facts:?}");
            }
            Verdict::Wait => {
                assert!(facts.untouched_for.is_some_and(|age| age < YOUNG), "{facts:?}");
                assert!(facts.proof != Proof::Certain, "{facts:?}");
            }
            Verdict::Foreign => {
                assert!(facts.proof != Proof::Certain, "{facts:?}");
                assert!(!(seen_alone && facts.before_boot), "{facts:?}");
            }
        }
    }

    #[test]
    fn the_cases_that_people_meet() {
        let editor = Facts {
            proof: Proof::None,
            untouched_for: Some(Duration::from_secs(7200)),
            before_boot: false,
            local: true,
            at_work: AtWork::Nobody,
        };
        assert_eq!(verdict(&editor), Verdict::Foreign, "an editor open for hours, its git unseen");
        assert_eq!(verdict(&Facts { untouched_for: Some(Duration::ZERO), ..editor }), Verdict::Wait);
        assert_eq!(verdict(&Facts { before_boot: true, ..editor }), Verdict::Orphaned, "a power cut");
        let network = Facts { before_boot: true, local: false, ..editor };
        assert_eq!(verdict(&network), Verdict::Foreign, "another machine may be at work on the same storage");
        assert_eq!(verdict(&Facts { proof: Proof::Certain, ..network }), Verdict::Ours);
        assert_eq!(verdict(&Facts { proof: Proof::Fits, ..network }), Verdict::Foreign);
        let unseen = Facts { proof: Proof::Fits, at_work: AtWork::Unknown, ..editor };
        assert_eq!(
            verdict(&unseen),
            Verdict::Foreign,
            "without a list of programs only the very file counts"
        );
    }
}
