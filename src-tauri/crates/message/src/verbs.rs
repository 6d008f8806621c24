//! The verbs of the rules in the tenses that people write messages in.

/// How a repository's subjects put their verb.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Tense {
    /// `add a test`.
    #[default]
    Imperative,
    /// `added a test`.
    Past,
    /// `adds a test`.
    Present,
}

/// What the rules can say that somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Verb {
    /// Something is new.
    Add,
    /// A version went up.
    Bump,
    /// Something is another now.
    Change,
    /// There is nothing in it that could be told.
    Commit,
    /// A text got a section.
    Document,
    /// A version went down.
    Downgrade,
    /// A property was set.
    Make,
    /// A file is in another folder.
    Move,
    /// Something has another name.
    Rename,
    /// Something is gone.
    Remove,
    /// Something changed within.
    Update,
}

impl Verb {
    const FORMS: [(Self, [&'static str; 3]); 11] = [
        (Self::Add, ["add", "added", "adds"]),
        (Self::Bump, ["bump", "bumped", "bumps"]),
        (Self::Change, ["change", "changed", "changes"]),
        (Self::Commit, ["commit", "committed", "commits"]),
        (Self::Document, ["document", "documented", "documents"]),
        (Self::Downgrade, ["downgrade", "downgraded", "downgrades"]),
        (Self::Make, ["make", "made", "makes"]),
        (Self::Move, ["move", "moved", "moves"]),
        (Self::Rename, ["rename", "renamed", "renames"]),
        (Self::Remove, ["remove", "removed", "removes"]),
        (Self::Update, ["update", "updated", "updates"]),
    ];

    /// The word.
    pub(crate) fn told(self, tense: Tense) -> &'static str {
        let forms = Self::FORMS.iter().find(|(verb, _)| *verb == self).map_or([""; 3], |(_, forms)| *forms);
        match tense {
            Tense::Imperative => forms[0],
            Tense::Past => forms[1],
            Tense::Present => forms[2],
        }
    }

    /// Whether a small word is a verb in this form and no other.
    pub(crate) fn is_form(word: &str, tense: Tense) -> bool {
        let all = Self::FORMS.iter().map(|(_, forms)| forms).chain(OTHERS);
        let mut found =
            all.filter(|forms| forms[0] != forms[1]).filter_map(|f| f.iter().position(|w| *w == word));
        found.any(|at| at == tense as usize)
    }
}

/// First words of messages that are no verbs of the rules, in the three forms.
const OTHERS: &[[&str; 3]] = &[
    ["fix", "fixed", "fixes"],
    ["use", "used", "uses"],
    ["allow", "allowed", "allows"],
    ["improve", "improved", "improves"],
    ["support", "supported", "supports"],
    ["implement", "implemented", "implements"],
    ["create", "created", "creates"],
    ["delete", "deleted", "deletes"],
    ["handle", "handled", "handles"],
    ["refactor", "refactored", "refactors"],
    ["set", "set", "sets"],
    ["enable", "enabled", "enables"],
    ["clean", "cleaned", "cleans"],
    ["correct", "corrected", "corrects"],
];
