//! Means with intervals: a paired bootstrap that draws repositories, and in each of them changes (two stages).

use super::text::share;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::collections::BTreeSet;

/// Draws of a bootstrap.
const DRAWS: usize = 2_000;

/// A mean and where 95 % of the draws lie.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub(super) struct Estimate {
    /// The mean of all values.
    pub(super) mean: f64,
    /// Lower end.
    pub(super) low: f64,
    /// Upper end.
    pub(super) high: f64,
    /// Values there were.
    pub(super) count: usize,
}

/// The mean of values that are given by repository. For a paired comparison the values are differences.
pub(super) fn bootstrap(by_repository: &[Vec<f64>], seed: u64) -> Option<Estimate> {
    let groups: Vec<&Vec<f64>> = by_repository.iter().filter(|group| !group.is_empty()).collect();
    let count: usize = groups.iter().map(|group| group.len()).sum();
    if count == 0 {
        return None;
    }
    let mut random = StdRng::seed_from_u64(seed);
    let mut means: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let (mut sum, mut drawn) = (0.0, 0);
            for _ in 0..groups.len() {
                let group = groups[random.random_range(0..groups.len())];
                for _ in 0..group.len() {
                    sum += group[random.random_range(0..group.len())];
                }
                drawn += group.len();
            }
            sum / share(drawn, 1)
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let mean = groups.iter().flat_map(|group| group.iter()).sum::<f64>() / share(count, 1);
    Some(Estimate { mean, low: at(&means, 2.5), high: at(&means, 97.5), count })
}

/// The value below which `percent` of the sorted values lie (nearest rank).
pub(super) fn at(sorted: &[f64], percent: f64) -> f64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
    let rank = (percent / 100.0 * share(sorted.len(), 1)).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// The mean over the labels that occur of 2PR/(P+R); `pairs` are what was right and what was said.
pub(super) fn macro_f1(pairs: &[(&str, Option<&str>)]) -> f64 {
    let labels: BTreeSet<&str> = pairs.iter().map(|(right, _)| *right).collect();
    let of = |label: &str| {
        let hit = pairs.iter().filter(|(right, said)| *right == label && *said == Some(label)).count();
        let there = pairs.iter().filter(|(right, _)| *right == label).count();
        let said = pairs.iter().filter(|(_, said)| *said == Some(label)).count();
        share(2 * hit, there + said)
    };
    labels.iter().map(|label| of(label)).sum::<f64>() / share(labels.len().max(1), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_lies_where_theory_says() {
        // 400 coins with 0.25: standard error 0.0217, so 0.2075 to 0.2925.
        let coins: Vec<f64> = (0..400).map(|i| f64::from(u8::from(i % 4 == 0))).collect();
        let one = bootstrap(std::slice::from_ref(&coins), 7).unwrap();
        assert!((one.mean - 0.25).abs() < 1e-9 && one.count == 400);
        assert!((one.low - 0.2075).abs() < 0.006 && (one.high - 0.2925).abs() < 0.006, "{one:?}");
        assert_eq!(bootstrap(&[coins], 7), Some(one), "a seed tells all");
        assert_eq!(bootstrap(&[vec![], vec![]], 7), None);
    }

    #[test]
    fn repositories_that_differ_widen_the_interval() {
        let apart: Vec<Vec<f64>> = (0..6).map(|i| vec![f64::from(i % 2); 60]).collect();
        let mixed: Vec<Vec<f64>> = (0..6).map(|_| (0..60).map(|i| f64::from(i % 2)).collect()).collect();
        let width = |groups: &[Vec<f64>]| bootstrap(groups, 1).map(|e| e.high - e.low).unwrap();
        assert!(width(&apart) > 0.6 && width(&mixed) < 0.12, "{} {}", width(&apart), width(&mixed));
    }

    #[test]
    fn ranks_and_f1() {
        let sorted: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!((at(&sorted, 50.0), at(&sorted, 95.0), at(&sorted, 100.0)), (10.0, 19.0, 20.0));
        assert!(at(&[], 50.0).is_nan());
        // a: P 1/2, R 1/2 -> 1/2; b: P 1/1, R 1/2 -> 2/3.
        let pairs = [("a", Some("a")), ("a", None), ("b", Some("b")), ("b", Some("a"))];
        assert!((macro_f1(&pairs) - (0.5 + 2.0 / 3.0) / 2.0).abs() < 1e-9);
        assert!(macro_f1(&[]).abs() < 1e-9);
    }
}
