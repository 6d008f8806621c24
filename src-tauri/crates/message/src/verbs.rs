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
    /// Code became remarks.
    CommentOut,
    /// There is nothing in it that could be told.
    Commit,
    /// A text got a section.
    Document,
    /// A version went down.
    Downgrade,
    /// It can be used from elsewhere now.
    Export,
    /// It is brought from elsewhere now.
    Import,
    /// A property was set.
    Make,
    /// A text speaks of it now.
    Mention,
    /// A file is in another folder.
    Move,
    /// The same has another look.
    Reformat,
    /// Something has another name.
    Rename,
    /// Something is gone.
    Remove,
    /// Something stands where something else stood.
    Replace,
    /// It is no longer done.
    Stop,
    /// Something changed within.
    Update,
    /// Code refers to it now.
    Use,
}

impl Verb {
    const FORMS: [(Self, [&'static str; 3]); 19] = [
        (Self::Add, ["add", "added", "adds"]),
        (Self::Bump, ["bump", "bumped", "bumps"]),
        (Self::Change, ["change", "changed", "changes"]),
        (Self::CommentOut, ["comment out", "commented out", "comments out"]),
        (Self::Commit, ["commit", "committed", "commits"]),
        (Self::Document, ["document", "documented", "documents"]),
        (Self::Downgrade, ["downgrade", "downgraded", "downgrades"]),
        (Self::Export, ["export", "exported", "exports"]),
        (Self::Import, ["import", "imported", "imports"]),
        (Self::Mention, ["mention", "mentioned", "mentions"]),
        (Self::Make, ["make", "made", "makes"]),
        (Self::Move, ["move", "moved", "moves"]),
        (Self::Reformat, ["reformat", "reformatted", "reformats"]),
        (Self::Rename, ["rename", "renamed", "renames"]),
        (Self::Remove, ["remove", "removed", "removes"]),
        (Self::Replace, ["replace", "replaced", "replaces"]),
        (Self::Stop, ["stop", "stopped", "stops"]),
        (Self::Use, ["use", "used", "uses"]),
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

/// A verb of anybody's in a tense, from its imperative.
pub(crate) fn in_tense(verb: &str, tense: Tense) -> String {
    let all = Verb::FORMS.iter().map(|(_, forms)| forms).chain(OTHERS).chain(IRREGULAR);
    if let Some(forms) = all.into_iter().find(|forms| forms[0] == verb) {
        return forms[tense as usize].to_owned();
    }
    let stem = verb.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match (tense, stem) {
        (Tense::Imperative, _) => verb.to_owned(),
        (Tense::Past, Some(stem)) => format!("{stem}ied"),
        (Tense::Present, Some(stem)) => format!("{stem}ies"),
        (Tense::Past, None) if verb.ends_with('e') => format!("{verb}d"),
        (Tense::Past, None) => match verb.chars().last().filter(|_| DOUBLED.contains(&verb)) {
            Some(last) => format!("{verb}{last}ed"),
            None => format!("{verb}ed"),
        },
        (Tense::Present, None) => {
            let hisses = ["s", "x", "z", "ch", "sh"].iter().any(|end| verb.ends_with(end));
            format!("{verb}{}", if hisses { "es" } else { "s" })
        }
    }
}

/// Verbs whose last letter is doubled.
const DOUBLED: &[&str] = &[
    "drop", "embed", "format", "log", "map", "omit", "permit", "pin", "prefer", "scan", "skip", "stop",
    "strip", "swap", "trim", "unwrap", "wrap",
];

/// Verbs with a past of their own.
const IRREGULAR: &[[&str; 3]] = &[
    ["bind", "bound", "binds"],
    ["build", "built", "builds"],
    ["catch", "caught", "catches"],
    ["choose", "chose", "chooses"],
    ["cut", "cut", "cuts"],
    ["fall", "fell", "falls"],
    ["find", "found", "finds"],
    ["hide", "hid", "hides"],
    ["hold", "held", "holds"],
    ["keep", "kept", "keeps"],
    ["override", "overrode", "overrides"],
    ["overwrite", "overwrote", "overwrites"],
    ["read", "read", "reads"],
    ["reset", "reset", "resets"],
    ["rewrite", "rewrote", "rewrites"],
    ["run", "ran", "runs"],
    ["send", "sent", "sends"],
    ["split", "split", "splits"],
    ["throw", "threw", "throws"],
    ["unset", "unset", "unsets"],
    ["write", "wrote", "writes"],
];

/// First words of messages that are no verbs of the rules, in the three forms.
const OTHERS: &[[&str; 3]] = &[
    ["fix", "fixed", "fixes"],
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_in_the_tenses_of_people() {
        for (verb, past, present) in [
            ("add", "added", "adds"),
            ("drop", "dropped", "drops"),
            ("simplify", "simplified", "simplifies"),
            ("display", "displayed", "displays"),
            ("write", "wrote", "writes"),
            ("pass", "passed", "passes"),
            ("parse", "parsed", "parses"),
            ("set", "set", "sets"),
        ] {
            assert_eq!(in_tense(verb, Tense::Past), past);
            assert_eq!(in_tense(verb, Tense::Present), present);
            assert_eq!(in_tense(verb, Tense::Imperative), verb);
        }
    }
}
