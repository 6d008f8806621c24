//! Cases that are known to be red, with the reason. Empty where all is well.

use crate::Tally;

/// Cases by name, each with the reason why it is red for now.
#[derive(Debug, Clone, Copy)]
pub struct Pending(pub &'static [(&'static str, &'static str)]);

impl Pending {
    /// Counts one case of `what`. A red one on the list is printed and counted as pending, any other is a failure; a green
    /// one on the list is a failure too, so that the list cannot outlive its reasons.
    pub fn judge(&self, tally: &mut Tally, what: &str, case: &str, verdict: Result<(), String>) {
        tally.count(what, 1);
        let reason = self.0.iter().find(|(name, _)| *name == case).map(|(_, reason)| *reason);
        match (verdict, reason) {
            (Ok(()), None) => {}
            (Ok(()), Some(reason)) => {
                tally.fail(format!("{case} is green: take it off the list of pending cases ({reason})"));
            }
            (Err(seen), None) => tally.fail(format!("{case}: {seen}")),
            (Err(seen), Some(reason)) => {
                tally.count("pending", 1);
                println!("{}: PENDING ({reason}): {case}: {seen}", tally.name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_red_ones_stay_on_the_list() {
        let pending = Pending(&[("known", "not built yet")]);
        let judged = |case, verdict| {
            let mut tally = Tally::new("self-test", 1);
            pending.judge(&mut tally, "cases", case, verdict);
            (tally.failures.len(), tally.counts.len())
        };
        assert_eq!(judged("known", Err("red".to_owned())), (0, 2));
        assert_eq!(judged("known", Ok(())), (1, 1));
        assert_eq!(judged("other", Err("red".to_owned())), (1, 1));
        assert_eq!(judged("other", Ok(())), (0, 1));
    }
}
