//! Whether a sentence was copied: from what the model was told, from examples, from earlier messages.

use super::words::{is_stop, parts, stem};
use std::collections::HashSet;

/// The share of a sentence's words that makes it an echo.
const OVERLAP: f64 = 0.7;
/// How much alike two sentences are that are one.
const ALIKE: f64 = 0.9;

/// Whether most words of a sentence are those of one sentence of `told`.
pub(super) fn echoes(sentence: &str, told: &str) -> bool {
    let words = stems(sentence);
    words.len() >= 3
        && told.lines().flat_map(|line| line.split(". ")).any(|line| {
            let line = stems(line);
            let common = words.intersection(&line).count() as f64;
            common >= words.len() as f64 * OVERLAP && common >= line.len() as f64 * OVERLAP
        })
}

/// Whether a sentence is another one, but for a letter in ten.
pub(super) fn nearly(sentence: &str, other: &str) -> bool {
    let chars = |text: &str| {
        text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).take(120).collect::<Vec<_>>()
    };
    let (a, b) = (chars(sentence), chars(other));
    let longest = a.len().max(b.len());
    if longest == 0 || a.len().abs_diff(b.len()) as f64 > longest as f64 * (1.0 - ALIKE) {
        return false;
    }
    1.0 - distance(&a, &b) as f64 / longest as f64 >= ALIKE
}

fn stems(text: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    parts(text, |part| {
        if !is_stop(part) {
            found.insert(stem(part));
        }
    });
    found
}

/// Levenshtein's.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let replaced = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_seen() {
        assert!(echoes("add CSV export of result rows", "x\nadd CSV export of the result rows"));
        assert!(!echoes("add CSV import to the settings page", "add CSV export of result rows"));
        assert!(nearly("Update the changelog for 1.2", "update the changelog for 1.3"));
        assert!(!nearly("Update the changelog", "Update the manual"));
        assert_eq!(distance(&['a', 'b', 'c'], &['b', 'c', 'd']), 2);
    }
}
