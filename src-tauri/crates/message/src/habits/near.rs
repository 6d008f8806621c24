//! Which past commits are near a change: those that share rare parts of paths with it.

use super::Past;
use std::collections::{BTreeSet, HashMap};

/// Paths of a change that are compared; more say nothing new.
const PATHS: usize = 24;

/// The past by parts of its paths.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Near {
    /// Each part of a path with the commits that touched it.
    parts: HashMap<String, Vec<usize>>,
    /// What the parts of each commit weigh together.
    weights: Vec<f64>,
}

impl Near {
    /// The index of these commits.
    pub(super) fn of(past: &[Past]) -> Self {
        let mut parts: HashMap<String, Vec<usize>> = HashMap::new();
        let mut near = Self { weights: vec![0.0; past.len()], ..Self::default() };
        for (number, commit) in past.iter().enumerate() {
            for part in parts_of(commit.paths.iter().map(String::as_str)) {
                parts.entry(part).or_default().push(number);
            }
        }
        let mut in_order: Vec<(&String, &Vec<usize>)> = parts.iter().collect();
        // Sums of fractions depend on their order.
        in_order.sort_unstable();
        for (_, commits) in in_order {
            let weight = near.weight(commits.len());
            commits.iter().for_each(|number| near.weights[*number] += weight);
        }
        near.parts = parts;
        near
    }

    /// How near each past commit is, 0 to 1: the weight of what both share by the weight of what either has.
    pub(crate) fn to<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Vec<f64> {
        let mut shared = vec![0.0; self.weights.len()];
        let mut own = 0.0;
        for part in parts_of(paths) {
            let commits = self.parts.get(&part).map_or(&[][..], Vec::as_slice);
            let weight = self.weight(commits.len());
            own += weight;
            commits.iter().for_each(|number| shared[*number] += weight);
        }
        let all = shared.iter().zip(&self.weights);
        all.map(|(both, theirs)| if *both > 0.0 { both / (own + theirs - both) } else { 0.0 }).collect()
    }

    /// What a part weighs that so many commits have: the rarer, the more.
    fn weight(&self, commits: usize) -> f64 {
        ((self.weights.len() + 1) as f64 / (commits + 1) as f64).ln() + 0.1
    }
}

/// Every folder on the way, the whole path, the name and the extension.
fn parts_of<'p>(paths: impl Iterator<Item = &'p str>) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    for path in paths.take(PATHS) {
        parts.extend(path.match_indices('/').map(|(at, _)| path[..=at].to_owned()));
        let name = path.rsplit('/').next().unwrap_or(path);
        parts.extend([format!("={path}"), format!("*{name}")]);
        parts.extend(name.rsplit_once('.').map(|(_, extension)| format!(".{extension}")));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::ClassSet;

    #[test]
    fn the_nearest_shares_the_rarest_parts() {
        let past = ["src/parser/a.rs", "src/parser/b.rs", "src/list.rs", "docs/a.md", "src/x.rs"];
        let commit = |path: &&str| Past {
            kind: None,
            scope: None,
            paths: vec![(*path).to_owned()],
            classes: ClassSet::default(),
        };
        let near = Near::of(&past.iter().map(commit).collect::<Vec<_>>());
        let found = near.to(["src/parser/a.rs"].into_iter());
        assert!((found[0] - 1.0).abs() < 1e-9, "{found:?}");
        assert!(found[1] > found[2] && found[2] > found[3], "{found:?}");
        assert!(found[3] < 1e-9, "{found:?}");
        assert!(Near::default().to(["a"].into_iter()).is_empty());
    }
}
