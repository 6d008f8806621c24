//! Sentences that are too long for their place.

/// Where a sentence of a model's may end before its end.
pub(crate) const CUTS: &[&str] =
    &[", ", " and ", " for ", " in ", " by ", " using ", " with ", " so that ", " because ", "; "];
/// Where one of a person's may: behind them stands where, how or why, and no other part of what was done.
pub(crate) const CIRCUMSTANCES: &[&str] =
    &[" for ", " in ", " by ", " using ", " with ", " when ", " so that ", " because ", ", which ", ", so "];

/// Words that no sentence ends with.
const OPEN: &[&str] = &[
    "a", "an", "the", "and", "or", "of", "to", "in", "on", "at", "by", "for", "from", "with", "as", "when",
    "while", "where", "if", "that", "which", "each", "every", "is", "are", "not",
];

/// A text of at most `room` characters, cut at one of these places only and where what is left is still true.
pub(crate) fn fitting(text: &str, room: usize, cuts: &[&str]) -> Option<String> {
    if text.chars().count() <= room {
        return Some(text.to_owned());
    }
    let places = cuts.iter().flat_map(|cut| text.match_indices(cut)).map(|(at, _)| at);
    let kept = places.map(|at| &text[..at]).filter(|kept| {
        let lower = kept.to_lowercase();
        // What limits a statement may not go.
        let limits = ["without", "except", "unless", "only", " not ", " no ", "between"];
        let behind = text[kept.len()..].to_lowercase();
        let whole = !limits.iter().any(|word| behind.contains(word)) && kept.matches('`').count() % 2 == 0;
        kept.chars().count() <= room
            && lower.split_whitespace().filter(|word| !OPEN.contains(word)).count() >= 3
            && !lower.rsplit(' ').next().is_some_and(|last| OPEN.contains(&last))
            && whole
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
        assert_eq!(cut("fix a warning when the value is null", 30), None, "too little is left");
        assert_eq!(
            cut("retry the failed push by itself, but not when it is refused", 50),
            None,
            "a limit is lost"
        );
        assert_eq!(
            cut("prevent this class and that class from being removed", 40),
            None,
            "no part of a list"
        );
        assert_eq!(fitting("fix it and another thing", 10, CUTS), None, "no half of two");
        assert_eq!(
            fitting("add one thing here and another", 25, CUTS).as_deref(),
            Some("add one thing here")
        );
    }
}
