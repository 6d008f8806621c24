//! What every row of the benchmark comes to: pairs of measurements, targets, and whether they are met.

use super::measure::{Measured, median};
use serde_json::{Value, json};

/// One thing that was measured, side by side with what it is compared with.
pub(super) struct Comparison {
    pub(super) name: String,
    /// What Autocommit is compared with; nothing where a target is a figure of its own.
    pub(super) baseline: &'static str,
    pub(super) pairs: Vec<Pair>,
    pub(super) targets: Vec<Target>,
    /// What else was measured, for whoever wants to look closer.
    pub(super) more: Value,
}

/// Both sides of one measurement, taken one right after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) theirs: Measured,
    pub(super) ours: Measured,
}

/// A promise about one number.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) what: String,
    pub(super) value: f64,
    pub(super) bound: Bound,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bound {
    AtLeast(f64),
    AtMost(f64),
    Below(f64),
}

/// Linear growth: ten times the repositories, ten times the cost at the most.
const LINEAR: Bound = Bound::AtMost(10.0);

impl Bound {
    /// A number that could not be measured meets nothing.
    pub(super) fn met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
            Self::Below(bound) => value < bound,
        }
    }

    fn sign(self) -> (&'static str, f64) {
        match self {
            Self::AtLeast(bound) => (">=", bound),
            Self::AtMost(bound) => ("<=", bound),
            Self::Below(bound) => ("<", bound),
        }
    }

    /// `met`, or `MISSED` with the part of the bound that is missing or too much.
    pub(super) fn verdict(self, value: f64) -> String {
        if self.met(value) {
            return "met".to_owned();
        }
        let off = match self {
            Self::AtLeast(bound) => 1.0 - value / bound,
            Self::AtMost(bound) | Self::Below(bound) => value / bound - 1.0,
        };
        if off.is_finite() { format!("MISSED by {:.0} %", off * 100.0) } else { "MISSED".to_owned() }
    }

    pub(super) fn shown(self, what: &str, value: f64) -> String {
        let (sign, bound) = self.sign();
        format!("target: {what} {sign} {bound}; measured {value:.2}, {}", self.verdict(value))
    }
}

impl Target {
    pub(super) fn new(what: impl Into<String>, value: f64, bound: Bound) -> Self {
        Self { what: what.into(), value, bound }
    }

    /// That ten times the repositories cost at most ten times as much.
    pub(super) fn linear(what: &str, few: f64, many: f64) -> Self {
        Self::new(format!("growth of {what} with ten times the repositories"), many / few, LINEAR)
    }

    pub(super) fn met(&self) -> bool {
        self.bound.met(self.value)
    }

    fn json(&self) -> Value {
        let (sign, bound) = self.bound.sign();
        json!({
            "what": self.what,
            "target": format!("{sign} {bound}"),
            "measured": self.value,
            "met": self.met(),
            "verdict": self.bound.verdict(self.value),
        })
    }
}

/// How many times the baseline's processor time is ours: the median of the pairs.
pub(super) fn cpu_ratio(pairs: &[Pair]) -> f64 {
    median(pairs.iter().map(|pair| pair.theirs.cpu / pair.ours.cpu))
}

/// The same of the time on the wall.
pub(super) fn wall_ratio(pairs: &[Pair]) -> f64 {
    median(pairs.iter().map(|pair| pair.theirs.wall / pair.ours.wall))
}

/// The largest resident size that Autocommit had in any pair, in MiB.
pub(super) fn peak(pairs: &[Pair]) -> f64 {
    pairs.iter().filter_map(|pair| pair.ours.peak_mib).fold(f64::NAN, f64::max)
}

impl Comparison {
    pub(super) fn json(&self) -> Value {
        let pairs = self
            .pairs
            .iter()
            .map(|pair| json!({"baseline": pair.theirs.json(), "autocommit": pair.ours.json()}));
        json!({
            "name": self.name,
            "baseline": self.baseline,
            "wall_ratio": wall_ratio(&self.pairs),
            "cpu_ratio": cpu_ratio(&self.pairs),
            "peak_mib": peak(&self.pairs),
            "targets": self.targets.iter().map(Target::json).collect::<Vec<_>>(),
            "pairs": pairs.collect::<Vec<_>>(),
            "more": self.more,
        })
    }

    fn print(&self) {
        println!("\n{}", self.name);
        if !self.pairs.is_empty() {
            println!("  {:<12} {:>10} {:>10} {:>10}", "median of", "wall s", "cpu s", "peak MiB");
            self.side(self.baseline, |pair| pair.theirs, f64::NAN);
            self.side("autocommit", |pair| pair.ours, peak(&self.pairs));
            let each = |of: fn(&Measured) -> f64| {
                let each = self.pairs.iter().map(|p| shown(of(&p.theirs) / of(&p.ours), 2));
                each.collect::<Vec<_>>().join(" ")
            };
            let (wall, cpu) = (wall_ratio(&self.pairs), cpu_ratio(&self.pairs));
            println!("  {:<12} {:>10} {:>10}", "ratio", shown(wall, 2), shown(cpu, 2));
            println!("    of each pair: wall {}; cpu {}", each(|m| m.wall), each(|m| m.cpu));
        }
        for target in &self.targets {
            println!("  {}", target.bound.shown(&target.what, target.value));
        }
    }

    fn side(&self, name: &str, of: fn(&Pair) -> Measured, peak: f64) {
        let wall = median(self.pairs.iter().map(|pair| of(pair).wall));
        let cpu = median(self.pairs.iter().map(|pair| of(pair).cpu));
        println!("  {name:<12} {:>10} {:>10} {:>10}", shown(wall, 3), shown(cpu, 4), shown(peak, 1));
    }
}

/// A number, or a dash for what was not measured.
fn shown(value: f64, digits: usize) -> String {
    if value.is_nan() { "-".to_owned() } else { format!("{value:.digits$}") }
}

/// Prints every comparison, and all targets as one table; false if one is missed.
pub(super) fn print(comparisons: &[Comparison]) -> bool {
    comparisons.iter().for_each(Comparison::print);
    println!("\n{:<88} {:>9} {:>10}", "", "target", "measured");
    for comparison in comparisons.iter().filter(|comparison| !comparison.targets.is_empty()) {
        println!("{}", comparison.name);
        for target in &comparison.targets {
            let (sign, bound) = target.bound.sign();
            let verdict = target.bound.verdict(target.value);
            println!(
                "  {:<86} {:>9} {:>10.2}  {verdict}",
                target.what,
                format!("{sign} {bound}"),
                target.value
            );
        }
    }
    comparisons.iter().all(|comparison| comparison.targets.iter().all(Target::met))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(f64, f64)]) -> Vec<Pair> {
        let one = |wall| Measured { wall, cpu: wall / 2.0, peak_mib: Some(wall * 10.0) };
        of.iter().map(|(theirs, ours)| Pair { theirs: one(*theirs), ours: one(*ours) }).collect()
    }

    fn met(target: Target) -> bool {
        let name = "x".to_owned();
        print(&[Comparison {
            name,
            baseline: "y",
            pairs: Vec::new(),
            targets: vec![target],
            more: Value::Null,
        }])
    }

    #[test]
    fn targets_can_be_missed() {
        let measured = pairs(&[(6.0, 2.0), (6.0, 3.0), (9.0, 1.0)]);
        let faster = |bound| Target::new("x", wall_ratio(&measured), Bound::AtLeast(bound));
        assert!(met(faster(3.0)));
        assert!(!met(faster(3.1)), "the median of 3, 2 and 9");
        let lean = |bound| Target::new("x", peak(&measured), Bound::Below(bound));
        assert!(met(lean(31.0)));
        assert!(!met(lean(30.0)), "the largest peak counts");
        assert!(!met(Target::new("x", cpu_ratio(&[]), Bound::AtLeast(0.0))), "nothing measured, nothing met");
        assert!(met(Target::linear("x", 2.0, 20.0)) && !met(Target::linear("x", 2.0, 20.1)));
    }

    #[test]
    fn it_says_by_how_much() {
        assert_eq!(Bound::AtLeast(4.0).verdict(3.0), "MISSED by 25 %");
        assert_eq!(Bound::AtMost(20.0).verdict(23.0), "MISSED by 15 %");
        assert_eq!(Bound::AtMost(20.0).verdict(20.0), "met");
        assert_eq!(Bound::Below(20.0).verdict(f64::NAN), "MISSED");
    }
}
