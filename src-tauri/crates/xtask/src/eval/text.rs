//! How alike two texts are: ROUGE-L (Lin 2004, F1), Jaccard over content words, similarity by edits (Levenshtein).

use std::collections::BTreeSet;

/// Words that say nothing of the change.
const EMPTY: [&str; 34] = [
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "for", "from", "has", "if", "in", "into",
    "is", "it", "its", "more", "not", "of", "on", "or", "so", "than", "that", "the", "this", "to", "when",
    "which", "while", "with",
];

/// Runs of letters and digits, in lower case.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The stems of the words that say something; compound names in their parts.
pub(super) fn content(text: &str) -> BTreeSet<String> {
    let mut parts = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for c in text.chars() {
        if c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit()) {
            parts.push(' ');
        }
        parts.push(c);
        before = c;
    }
    words(&parts).iter().filter(|word| !EMPTY.contains(&word.as_str())).map(|word| stem(word)).collect()
}

/// A word without the commonest English endings.
fn stem(word: &str) -> String {
    for ending in ["ing", "ies", "ed", "es", "s"] {
        if let Some(cut) = word.strip_suffix(ending)
            && cut.chars().count() >= 3
            && !(ending == "s" && cut.ends_with('s'))
        {
            return cut.trim_end_matches('e').to_owned();
        }
    }
    word.trim_end_matches('e').to_owned()
}

/// F1 of the longest common subsequence of words, 0 to 1.
pub(super) fn rouge_l(one: &str, other: &str) -> f64 {
    let (one, other) = (words(one), words(other));
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let mut above = vec![0_usize; other.len() + 1];
    for a in &one {
        let mut row = vec![0; other.len() + 1];
        for (at, b) in other.iter().enumerate() {
            row[at + 1] = if a == b { above[at] + 1 } else { above[at + 1].max(row[at]) };
        }
        above = row;
    }
    let common = share(above[other.len()], 1);
    2.0 * common / share(one.len() + other.len(), 1)
}

/// Content words in both over content words in either, 0 to 1.
pub(super) fn jaccard(one: &str, other: &str) -> f64 {
    let (one, other) = (content(one), content(other));
    share(one.intersection(&other).count(), one.union(&other).count())
}

/// 1 less the edits from one to the other over the longer one's length, 0 to 1.
pub(super) fn edit_similarity(one: &str, other: &str) -> f64 {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (line, a) in one.iter().enumerate() {
        let mut row = vec![line + 1];
        for (at, b) in other.iter().enumerate() {
            let replaced = above[at] + usize::from(a != b);
            row.push(replaced.min(above[at + 1] + 1).min(row[at] + 1));
        }
        above = row;
    }
    let longer = one.len().max(other.len());
    if longer == 0 { 1.0 } else { 1.0 - share(above[other.len()], longer) }
}

/// `part` of `whole`; 0 of nothing.
#[allow(clippy::cast_precision_loss, reason = "counts of words and commits")]
pub(super) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64) {
        assert!((one - other).abs() < 1e-9, "{one} {other}");
    }

    #[test]
    fn rouge_l_of_the_paper() {
        // Lin 2004, section 3: R = P = 3/4 and 2/4.
        near(rouge_l("police killed the gunman", "police kill the gunman"), 0.75);
        near(rouge_l("police killed the gunman", "the gunman kill police"), 0.5);
        near(rouge_l("add parser", "Add: parser!"), 1.0);
        near(rouge_l("add", "add a new parser"), 2.0 / 5.0);
        near(rouge_l("", "x"), 0.0);
    }

    #[test]
    fn content_words_are_compared_by_their_stems() {
        assert_eq!(content("parsing theParsedFiles"), content("parse Parsed files"));
        near(jaccard("add the parser", "adds parsers to lexer"), 2.0 / 3.0);
        near(jaccard("", ""), 0.0);
    }

    #[test]
    fn edits_are_counted() {
        near(edit_similarity("kitten", "sitting"), 1.0 - 3.0 / 7.0);
        near(edit_similarity("", ""), 1.0);
        near(edit_similarity("abc", ""), 0.0);
        near(edit_similarity("ünï", "uni"), 1.0 / 3.0);
    }
}
