//! One pass over the bytes for the literals of all rules, then a close look around each of them.

use crate::{
    input::Input,
    random::{is_filler, jumble},
    rule::{Judge, Pattern, Rule},
    rules,
};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::bytes::{Regex, RegexBuilder};
use std::{
    ops::Range,
    sync::{LazyLock, OnceLock},
};

/// A secret's place in the bytes that were searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// Index of the rule; of two rules that found the same, the lower one is the better name for it.
    pub(crate) rule: usize,
    /// Where the secret is.
    pub(crate) at: Range<usize>,
}

/// Steps that a search may take: it ends in time proportional to the length of what is searched, whoever wrote it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    left: usize,
}

impl Effort {
    /// Ordinary files take less than one step for each byte, short ones with many names of secrets up to twenty.
    pub(crate) fn for_length(bytes: usize) -> Self {
        Self { left: bytes.saturating_mul(64).saturating_add(1 << 20) }
    }

    /// Takes `steps`; false if there were not so many left.
    pub(crate) fn spend(&mut self, steps: usize) -> bool {
        let enough = steps < self.left;
        self.left = if enough { self.left - steps } else { 0 };
        enough
    }

    /// Whether the search ended before it was through.
    pub(crate) fn is_spent(&self) -> bool {
        self.left == 0
    }
}

/// All rules, ready to search with.
pub(crate) struct Search {
    /// The rules in the order of preference.
    pub(crate) rules: Vec<&'static Rule>,
    literals: AhoCorasick,
    /// For each literal the rules that have it, and how they write it.
    users: Vec<Vec<(usize, &'static str)>>,
    /// Compiled when a literal of the rule is seen for the first time: most never are.
    regexes: Vec<OnceLock<Option<Regex>>>,
}

/// The one search of this process, built at its first use.
pub(crate) static SEARCH: LazyLock<Search> = LazyLock::new(|| Search::new(rules::all()));

impl Search {
    fn new(rules: Vec<&'static Rule>) -> Self {
        let mut literals: Vec<String> = Vec::new();
        let mut users: Vec<Vec<(usize, &'static str)>> = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            for key in rule.keys {
                let lower = key.to_ascii_lowercase();
                match literals.iter().position(|known| *known == lower) {
                    Some(known) => users[known].push((index, key)),
                    None => {
                        literals.push(lower);
                        users.push(vec![(index, key)]);
                    }
                }
            }
        }
        let literals = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&literals)
            .expect("the literals are short and few");
        let regexes = rules.iter().map(|_| OnceLock::new()).collect();
        Self { rules, literals, users, regexes }
    }

    /// Everything the rules find, in no order and with overlaps; the rule named `without` is left out.
    pub(crate) fn spans(&self, input: &Input<'_>, without: &str, effort: &mut Effort) -> Vec<Span> {
        let mut found: Vec<Span> = Vec::new();
        let mut done = vec![0; self.rules.len()];
        for hit in self.literals.find_overlapping_iter(input.bytes) {
            let literal = hit.range();
            for (index, key) in &self.users[hit.pattern().as_usize()] {
                let rule = self.rules[*index];
                let counts = (rule.any_case || input.bytes[literal.clone()] == *key.as_bytes())
                    && (input.text || !rule.text_only)
                    && literal.start >= done[*index]
                    && without != rule.id;
                if !counts {
                    continue;
                }
                if !effort.spend(steps(rule, input, &literal)) {
                    return found;
                }
                if let Some(at) = self.judge(*index, input, literal.clone()) {
                    done[*index] = at.end.max(literal.end);
                    found.push(Span { rule: *index, at });
                } else if let Judge::Pattern(Pattern { near: true, window, .. }) = rule.judge {
                    // The same bytes need not be looked at again for each mention.
                    done[*index] = literal.start + window / 2;
                }
            }
        }
        for (index, rule) in self.rules.iter().enumerate() {
            if let Judge::Whole(judge) = rule.judge
                && without != rule.id
                && let Some(at) = judge(input)
            {
                found.push(Span { rule: index, at });
            }
        }
        found
    }

    fn judge(&self, index: usize, input: &Input<'_>, literal: Range<usize>) -> Option<Range<usize>> {
        match &self.rules[index].judge {
            Judge::Code(judge) => judge(input, literal),
            Judge::Whole(_) => None,
            Judge::Pattern(pattern) => {
                if pattern.before == 0 && !begins(input.bytes, literal.start) {
                    return None;
                }
                let regex = self.regexes[index].get_or_init(|| compile(pattern)).as_ref()?;
                look(pattern, regex, input.bytes, literal)
            }
        }
    }
}

/// How many bytes at most are looked at for a literal, counted so that it costs less than looking.
fn steps(rule: &Rule, input: &Input<'_>, literal: &Range<usize>) -> usize {
    let Judge::Pattern(pattern) = rule.judge else { return 256 };
    if pattern.near {
        return pattern.before + pattern.window;
    }
    if pattern.before == 0 && !begins(input.bytes, literal.start) {
        return 1;
    }
    let of_token = |b: &&u8| b.is_ascii_alphanumeric() || b"_-+/=.%~".contains(*b);
    let behind = input.bytes[literal.end..].iter().take(pattern.window).take_while(of_token).count();
    pattern.before + literal.len() + behind
}

fn compile(pattern: &Pattern) -> Option<Regex> {
    let anchored =
        if pattern.before == 0 { format!("^(?:{})", pattern.regex) } else { pattern.regex.to_owned() };
    // A rule that does not compile is found by the test that compiles them all.
    RegexBuilder::new(&anchored).unicode(false).build().ok()
}

fn look(pattern: &Pattern, regex: &Regex, bytes: &[u8], literal: Range<usize>) -> Option<Range<usize>> {
    let from = literal.start.saturating_sub(pattern.before);
    let to = bytes.len().min(literal.start.saturating_add(pattern.window));
    let near = &bytes[from..to];
    let mut at = 0;
    while pattern.near || from + at <= literal.start {
        let groups = regex.captures_at(near, at)?;
        let whole = groups.get(0)?.range();
        let secret = groups.name("s").map_or(whole.clone(), |secret| secret.range());
        // What follows the literal is judged, not the literal itself.
        let judged = secret.start.max(if pattern.before == 0 { literal.len() } else { 0 }).min(secret.end);
        let body = &near[judged..secret.end];
        let holds_literal = from + whole.start <= literal.start && from + whole.end >= literal.end;
        let good = (holds_literal || pattern.near)
            && begins(bytes, from + whole.start)
            && (pattern.open || ends(bytes, from + whole.end))
            && !is_filler(body)
            && (!pattern.random || jumble(body).is_none_or(|jumble| jumble >= 0.35))
            && (pattern.check)(&near[secret.clone()]);
        if good {
            return Some(from + secret.start..from + secret.end);
        }
        if pattern.before == 0 {
            return None;
        }
        at = whole.start + 1;
    }
    None
}

/// Whether a token can begin at `at`: what stands before it is not part of the same word, or it does not begin like a
/// word. The letter of an escape (`\n`, `%3D`, `\u0026`) is not part of the word behind it.
pub(crate) fn begins(bytes: &[u8], at: usize) -> bool {
    if bytes.get(at).is_some_and(|first| !first.is_ascii_alphanumeric() && *first != b'_') {
        return true;
    }
    let before = &bytes[at.saturating_sub(6)..at];
    match before {
        [.., last] if !last.is_ascii_alphanumeric() && *last != b'_' => true,
        [] => true,
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', a, b] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        [b'\\', b'u' | b'U', rest @ ..] => rest.iter().all(u8::is_ascii_hexdigit),
        _ => false,
    }
}

fn ends(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_compiles_and_has_a_name_of_its_own() {
        let mut names = std::collections::BTreeSet::new();
        for rule in &SEARCH.rules {
            assert!(names.insert(rule.id), "{} stands twice", rule.id);
            let whole = matches!(rule.judge, Judge::Whole(_));
            assert!(
                rule.keys.is_empty() == whole && rule.keys.iter().all(|key| key.len() > 1),
                "{}",
                rule.id
            );
            assert!(rule.what.starts_with("a"), "{}: {}", rule.id, rule.what);
            if let Judge::Pattern(pattern) = &rule.judge {
                assert!(compile(pattern).is_some(), "{}", rule.id);
            }
        }
    }

    #[test]
    fn words_begin_behind_escapes() {
        for (text, at) in [("x=t", 2), ("\\nt", 2), ("%3Dt", 3), ("\\u0026t", 6), ("t", 0)] {
            assert!(begins(text.as_bytes(), at), "{text}");
        }
        assert!(!begins(b"nt", 1) && !begins(b"a_t", 2) && !begins(b"3Dt", 2));
    }

    /// Steps spent on `piece` repeated up to `length` bytes, after a character that no token begins behind.
    fn spent(piece: &str, length: usize) -> usize {
        let bytes = format!(" {piece}").repeat(length / (piece.len() + 1));
        let mut effort = Effort { left: usize::MAX };
        SEARCH.spans(
            &Input { bytes: bytes.as_bytes(), place: Default::default(), text: true },
            "",
            &mut effort,
        );
        usize::MAX - effort.left
    }

    #[test]
    fn steps_grow_with_the_length_and_no_faster() {
        for key in SEARCH.rules.iter().flat_map(|rule| rule.keys) {
            for piece in [key.to_string(), format!("{key}-{key}"), format!("{key}=\"{key}A1b2")] {
                let (short, long) = (spent(&piece, 1 << 13), spent(&piece, 1 << 14));
                assert!(long <= 2 * short + 20_000, "{piece}: {short} steps, for twice the length {long}");
            }
        }
    }

    #[test]
    fn what_is_made_to_be_slow_ends_early() {
        let bytes = "-eyJ".repeat(30_000);
        let input = Input { bytes: bytes.as_bytes(), place: Default::default(), text: true };
        let mut effort = Effort::for_length(bytes.len());
        assert!(SEARCH.spans(&input, "", &mut effort).is_empty() && effort.is_spent());
        assert!(!Effort { left: 10 }.spend(10) && Effort { left: 10 }.spend(9));
    }
}
