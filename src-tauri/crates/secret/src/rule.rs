//! What a rule is: literals that every match contains, and what must stand around them.

use crate::input::Input;
use std::ops::Range;

/// A way of finding one kind of secret.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// Stable name.
    pub(crate) id: &'static str,
    /// What it finds, for people, with its article.
    pub(crate) what: &'static str,
    /// Literals: each match contains one of them. They are what the whole file is searched for.
    pub(crate) keys: &'static [&'static str],
    /// Whether the literals may be written in any case.
    pub(crate) any_case: bool,
    /// Whether it counts in text only: not in binary files, not in lock files.
    pub(crate) text_only: bool,
    /// How a literal is judged.
    pub(crate) judge: Judge,
}

/// How the place of a literal is judged.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Judge {
    /// By a regular expression.
    Pattern(Pattern),
    /// By code of its own: the input and the place of the literal in, the place of the secret out.
    Code(fn(&Input<'_>, Range<usize>) -> Option<Range<usize>>),
    /// By code that looks at the whole file, without any literal.
    Whole(fn(&Input<'_>) -> Option<Range<usize>>),
}

/// A regular expression around a literal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pattern {
    /// The expression, over bytes; its group `s`, if it has one, is the secret.
    pub(crate) regex: &'static str,
    /// Bytes in front of the literal at which a match may begin; 0: it begins with the literal.
    pub(crate) before: usize,
    /// Bytes behind the beginning of the literal that are looked at.
    pub(crate) window: usize,
    /// Whether the literal is not part of the secret: it only says that one may stand within `before` and `window`.
    pub(crate) near: bool,
    /// Whether the secret may be followed by more of the same.
    pub(crate) open: bool,
    /// Whether the secret must look like chance made it (fillers are refused in any case).
    pub(crate) random: bool,
    /// A last check of the secret.
    pub(crate) check: fn(&[u8]) -> bool,
}

/// A rule with a regular expression that begins with one of `keys`, in exactly this case.
pub(crate) const fn token(
    id: &'static str,
    what: &'static str,
    keys: &'static [&'static str],
    regex: &'static str,
) -> Rule {
    const fn any(_: &[u8]) -> bool {
        true
    }
    let pattern =
        Pattern { regex, before: 0, window: 512, near: false, open: false, random: true, check: any };
    Rule { id, what, keys, any_case: false, text_only: false, judge: Judge::Pattern(pattern) }
}

/// A rule whose literals, in any case, are judged by code.
pub(crate) const fn code(
    id: &'static str,
    what: &'static str,
    keys: &'static [&'static str],
    judge: fn(&Input<'_>, Range<usize>) -> Option<Range<usize>>,
) -> Rule {
    Rule { id, what, keys, any_case: true, text_only: false, judge: Judge::Code(judge) }
}

/// A rule for files as a whole.
pub(crate) const fn whole(
    id: &'static str,
    what: &'static str,
    judge: fn(&Input<'_>) -> Option<Range<usize>>,
) -> Rule {
    Rule { id, what, keys: &[], any_case: false, text_only: false, judge: Judge::Whole(judge) }
}

impl Rule {
    /// A match may begin up to `bytes` in front of the literal.
    pub(crate) const fn before(self, bytes: usize) -> Self {
        match self.judge {
            Judge::Pattern(pattern) => self.judged(Pattern { before: bytes, ..pattern }),
            _ => self,
        }
    }

    /// Looks at `bytes` behind the beginning of the literal.
    pub(crate) const fn window(self, bytes: usize) -> Self {
        match self.judge {
            Judge::Pattern(pattern) => self.judged(Pattern { window: bytes, ..pattern }),
            _ => self,
        }
    }

    /// The literal only says that a secret may stand up to so many bytes before or behind it.
    pub(crate) const fn near(self, before: usize, window: usize) -> Self {
        match self.judge {
            Judge::Pattern(pattern) => self.judged(Pattern { near: true, before, window, ..pattern }),
            _ => self,
        }
    }

    /// The secret may be followed by more of the same.
    pub(crate) const fn open(self) -> Self {
        match self.judge {
            Judge::Pattern(pattern) => self.judged(Pattern { open: true, ..pattern }),
            _ => self,
        }
    }

    /// The secret need not look random: its form alone says what it is.
    pub(crate) const fn certain(self) -> Self {
        match self.judge {
            Judge::Pattern(pattern) => self.judged(Pattern { random: false, ..pattern }),
            _ => self,
        }
    }

    /// The secret must pass `check`.
    pub(crate) const fn check(self, check: fn(&[u8]) -> bool) -> Self {
        match self.judge {
            Judge::Pattern(pattern) => self.judged(Pattern { check, ..pattern }),
            _ => self,
        }
    }

    /// The literals may be written in any case.
    pub(crate) const fn any_case(self) -> Self {
        Self { any_case: true, ..self }
    }

    /// It counts in text only.
    pub(crate) const fn text_only(self) -> Self {
        Self { text_only: true, ..self }
    }

    const fn judged(self, pattern: Pattern) -> Self {
        Self { judge: Judge::Pattern(pattern), ..self }
    }
}
