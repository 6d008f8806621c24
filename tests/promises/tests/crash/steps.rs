//! The steps of ARCHITECTURE.md's "The commit, step by step", read off the system calls of an undisturbed run.

use autocommit_test_support::trace::Event;

/// A step of the procedure, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Step {
    /// Start of the program, look at the repository.
    Begin,
    /// Recovery of what an earlier crash left, at the start.
    Recovery,
    /// 1: the private copy of the index.
    Copy,
    /// 2: staging into it.
    Stage,
    /// 3: the tree.
    Tree,
    /// 4: message and hooks.
    Draft,
    /// 5: the intent in the journal.
    Intent,
    /// 5: the commit object.
    Object,
    /// 5: the next index, ready on disk, and its record in the journal.
    Ready,
    /// 6: the index lock.
    Lock,
    /// 7: the branch.
    Branch,
    /// 7: the index.
    Index,
    /// 7: the history, then the journal's outcome.
    Outcome,
    /// The push.
    Push,
    /// The upstream, journal and history after the push.
    Record,
}

impl Step {
    /// All of them.
    pub(crate) const ALL: [Self; 15] = {
        use Step::*;
        [
            Begin, Recovery, Copy, Stage, Tree, Draft, Intent, Object, Ready, Lock, Branch, Index, Outcome,
            Push, Record,
        ]
    };

    /// Number and name as in the description.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Begin => "0 start and look",
            Self::Recovery => "recovery",
            Self::Copy => "1 copy of the index",
            Self::Stage => "2 staging",
            Self::Tree => "3 tree",
            Self::Draft => "4 message, hooks",
            Self::Intent => "5 intent",
            Self::Object => "5 object",
            Self::Ready => "5 next index, journalled",
            Self::Lock => "6 index lock",
            Self::Branch => "7 branch",
            Self::Index => "7 index",
            Self::Outcome => "7 history, outcome",
            Self::Push => "push",
            Self::Record => "record",
        }
    }

    /// The step that begins with an event, if one does.
    fn begun_by(event: &Event) -> Option<Self> {
        let place = &event.place;
        let program = place.is_program();
        let ends = |end: &str| place.path.ends_with(end);
        Some(match (place.role.as_str(), place.call) {
            (_, "create") if program && ends("/autocommit-*.index") => Self::Copy,
            ("git update-index", "start") => Self::Stage,
            ("git write-tree", "start") => Self::Tree,
            ("git diff-tree", "start") => Self::Draft,
            (_, "mkdir") if program && place.path == "state/journal/*" => Self::Intent,
            ("git commit-tree", "start") => Self::Object,
            (_, "create") if program && ends("/autocommit-*.ready") => Self::Ready,
            (_, "link") if program && ends("/index.lock") => Self::Lock,
            ("git update-ref", "start") => Self::Branch,
            (_, "rename") if program && ends("/index") => Self::Index,
            ("git push", "start") => Self::Push,
            ("git push", "end") => Self::Record,
            _ => return None,
        })
    }
}

/// An event and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) step: Step,
    /// Whether the step begins with it: right before it, everything of the step before is done and nothing of this one.
    pub(crate) first: bool,
    pub(crate) event: Event,
}

/// Each event with its step. `crashed`: the run begins with the recovery of an earlier one.
pub(crate) fn of(events: &[Event], crashed: bool) -> Vec<Seen> {
    let looked = events.iter().position(|e| e.place.role == "git status" && e.place.call == "start");
    let recovered = looked.filter(|_| crashed).unwrap_or(0);
    let mut now = Step::Begin;
    let mut steps: Vec<Seen> = Vec::new();
    for (at, event) in events.iter().enumerate() {
        if at < recovered {
            now = Step::Recovery;
        } else if at == recovered && crashed {
            now = Step::Begin;
        } else if now == Step::Index {
            // The index was put in place by one call.
            now = Step::Outcome;
        }
        if at >= recovered {
            now = Step::begun_by(event).filter(|step| *step > now).unwrap_or(now);
        }
        let first = steps.last().is_none_or(|last| last.step != now);
        steps.push(Seen { step: now, first, event: event.clone() });
    }
    steps
}
