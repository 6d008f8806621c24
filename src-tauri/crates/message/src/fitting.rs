//! Sentences that are too long for their place.

/// Where a sentence of a model's may end before its end.
pub(crate) const CUTS: &[&str] =
    &[", ", " and ", " for ", " in ", " by ", " using ", " with ", " so that ", " because ", "; "];
/// Where one of a person's may: behind them stands why.
pub(crate) const REASONS: &[&str] = &[" so that ", " because ", ", which ", ", so "];
/// The same, and where or how. What was taken or forbidden under a condition only was not taken without it.
pub(crate) const CIRCUMSTANCES: &[&str] =
    &[" for ", " in ", " by ", " using ", " when ", " so that ", " because ", ", which ", ", so "];

/// Words that no sentence ends with.
const OPEN: &[&str] = &[
    "a", "an", "the", "and", "or", "of", "to", "in", "on", "at", "by", "for", "from", "with", "as", "when",
    "while", "where", "if", "that", "which", "who", "each", "every", "is", "are", "not", "but", "except",
    "than", "its",
];

/// Whether a sentence may end where it does.
pub(crate) fn is_whole(text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or_default().to_lowercase();
    !OPEN.contains(&last.as_str()) && !text.ends_with([',', ';', ':'])
}

/// A text of at most `room` characters, cut at one of these places only and where what is left is still true.
pub(crate) fn fitting(text: &str, room: usize, cuts: &[&str]) -> Option<String> {
    if text.chars().count() <= room {
        return Some(text.to_owned());
    }
    let places = cuts.iter().flat_map(|cut| text.match_indices(cut)).map(|(at, _)| at);
    let kept = places.map(|at| text[..at].trim_end_matches(',')).filter(|kept| {
        let words: Vec<String> = kept.split_whitespace().map(str::to_lowercase).collect();
        // What limits a statement may not go.
        let limits = [
            "without", "except", "unless", "only", " not ", " no ", "between", " but ", "n't", " until ",
            " if ",
        ];
        let behind = text[kept.len()..].to_lowercase();
        let limited = limits.iter().any(|word| behind.contains(word));
        // `caused by`, `starting with`, `people who sign in`: half of something.
        let half = words.last().is_some_and(|last| last.ends_with("ed") || last.ends_with("ing"))
            || words.iter().any(|word| ["that", "who", "which"].contains(&word.as_str()));
        kept.chars().count() <= room
            && kept.matches('`').count() % 2 == 0
            && words.iter().filter(|word| !OPEN.contains(&word.as_str())).count() >= 3
            && is_whole(kept)
            && !limited
            && !half
    });
    kept.max_by_key(|kept| kept.len()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_where_it_is_whole() {
        let cut = |text, room| fitting(text, room, CIRCUMSTANCES);
        let text = "expose the content-range header in the asset protocol so that videos play";
        assert_eq!(cut(text, 80).as_deref(), Some(text));
        assert_eq!(cut(text, 60).as_deref(), Some("expose the content-range header in the asset protocol"));
        assert_eq!(cut(text, 40).as_deref(), Some("expose the content-range header"));
        for text in [
            // Too little is left, a limit is lost, no part of a list, half of a verb or of a clause.
            "fix a warning when the value of the option is null",
            "retry the failed push by itself, but not when it is refused",
            "prevent this class and that class from being removed",
            "fix a deadlock caused by two threads that open the same file",
            "fix a crash on branch names starting with a character of the shell",
            "fix the error page shown to people who sign in with a key",
            "remove the lock file in the cache folder if its process has died",
        ] {
            assert_eq!(cut(text, 44), None, "{text}");
        }
        let text = "add a setting to hide the side bar, for people on small screens";
        assert_eq!(cut(text, 50).as_deref(), Some("add a setting to hide the side bar"));
        assert_eq!(fitting("fix it and another thing", 10, CUTS), None, "no half of two");
        assert_eq!(
            fitting("add one thing here and another", 25, CUTS).as_deref(),
            Some("add one thing here")
        );
    }
}
