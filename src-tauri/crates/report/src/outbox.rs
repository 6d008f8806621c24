//! What waits to be delivered one way, in order; pure but for the times it is given.

use crate::{Report, report::Occasion};
use serde::{Deserialize, Serialize};
use std::{collections::VecDeque, time::Duration};

/// Pauses after each failure; after the last one it is given up.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    Duration::from_secs(3600),
];
/// Reports that wait; of more the oldest are given up.
const MOST: usize = 32;

/// What waits, and how it went last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Outbox {
    waiting: VecDeque<Waiting>,
    /// Why the last delivery failed, as a sentence; nothing where it did not.
    trouble: Option<String>,
    /// The next number.
    next: u64,
}

/// A report that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    /// Tells it from others.
    pub(crate) number: u64,
    tries: usize,
    pub(crate) report: Report,
}

impl Outbox {
    /// Adds a report; one of the same episode that still waits is out of date.
    pub(crate) fn add(&mut self, report: Report) {
        // Each recovery is one of its own, though all have one key.
        if report.event != Occasion::Recovered {
            self.drop_key(&report.key);
        }
        if self.waiting.len() == MOST {
            self.waiting.pop_front();
            self.trouble = Some("Too many reports waited, so the oldest was given up.".to_owned());
        }
        self.waiting.push_back(Waiting { number: self.next, tries: 0, report });
        self.next += 1;
    }

    /// The words of an episode changed without being news: where the old ones still wait, the new ones are told.
    pub(crate) fn mend(&mut self, report: Report) {
        if let Some(waiting) = self.waiting.iter_mut().find(|waiting| waiting.report.key == report.key) {
            waiting.report = report;
        }
    }

    /// The episode is over: what was not told of it need not be any more.
    pub(crate) fn withdraw(&mut self, key: &str) {
        self.drop_key(key);
        if self.waiting.is_empty() {
            self.trouble = None;
        }
    }

    fn drop_key(&mut self, key: &str) {
        self.waiting.retain(|waiting| waiting.report.key != key);
    }

    /// What is due first.
    pub(crate) fn first(&self) -> Option<Waiting> {
        self.waiting.front().cloned()
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// It arrived.
    pub(crate) fn arrived(&mut self, number: u64) {
        self.waiting.retain(|waiting| waiting.number != number);
        self.trouble = None;
    }

    /// It did not arrive, for this reason; how long to wait before the next.
    pub(crate) fn failed(&mut self, number: u64, why: &str) -> Duration {
        let Some(waiting) = self.waiting.iter_mut().find(|waiting| waiting.number == number) else {
            // Over while it was under way.
            self.trouble = (!self.waiting.is_empty()).then(|| why.to_owned());
            return PAUSES[0];
        };
        waiting.tries += 1;
        let tries = waiting.tries;
        match PAUSES.get(tries - 1) {
            Some(pause) => {
                self.trouble = Some(format!("{why} It is tried again."));
                *pause
            }
            None => {
                self.waiting.retain(|waiting| waiting.number != number);
                self.trouble = Some(format!("{why} After {tries} tries the report was given up."));
                PAUSES[0]
            }
        }
    }

    /// Nobody is to be told this way any more.
    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
        self.trouble = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn report(key: &str) -> Report {
        Report { key: key.to_owned(), ..Report::test(Timestamp::UNIX_EPOCH) }
    }

    #[test]
    fn a_report_is_tried_a_bounded_number_of_times() {
        let mut outbox = Outbox::default();
        outbox.add(report("a"));
        outbox.add(report("b"));
        let mut pauses = Vec::new();
        while let Some(first) = outbox.first().filter(|first| first.report.key == "a") {
            pauses.push(outbox.failed(first.number, "It said no."));
            // As after a restart.
            outbox = serde_json::from_str(&serde_json::to_string(&outbox).unwrap()).unwrap();
        }
        assert_eq!(pauses.len(), PAUSES.len() + 1);
        assert_eq!(pauses[..5], PAUSES);
        assert_eq!(outbox.trouble(), Some("It said no. After 6 tries the report was given up."));
        outbox.arrived(outbox.first().unwrap().number);
        assert_eq!((outbox.len(), outbox.trouble()), (0, None));
    }

    #[test]
    fn what_is_out_of_date_is_not_told() {
        let mut outbox = Outbox::default();
        for key in ["a", "b", "a"] {
            outbox.add(report(key));
        }
        let keys: Vec<_> = outbox.waiting.iter().map(|waiting| waiting.report.key.as_str()).collect();
        assert_eq!(keys, ["b", "a"]);
        let newer = Report { title: "newer".into(), ..report("b") };
        outbox.mend(newer.clone());
        outbox.mend(report("told long ago"));
        assert_eq!((outbox.len(), outbox.first().unwrap().report), (2, newer));
        outbox.withdraw("b");
        assert_eq!(outbox.first().unwrap().report.key, "a");
        // Withdrawn while it was under way.
        assert_eq!(outbox.failed(999, "No."), PAUSES[0]);
        assert_eq!(outbox.len(), 1);
    }

    #[test]
    fn each_recovery_is_told_and_no_trouble_outlives_what_it_was_about() {
        let mut outbox = Outbox::default();
        let well = Report { event: Occasion::Recovered, ..report("recovered") };
        outbox.add(well.clone());
        outbox.add(well);
        assert_eq!(outbox.len(), 2);
        outbox.clear();
        outbox.add(report("a"));
        let number = outbox.first().unwrap().number;
        outbox.failed(number, "It said no.");
        assert!(outbox.trouble().is_some());
        outbox.withdraw("a");
        assert_eq!(outbox.trouble(), None);
        outbox.failed(number, "It said no.");
        assert_eq!(outbox.trouble(), None, "over while it was under way");
    }

    #[test]
    fn it_never_grows_large() {
        let mut outbox = Outbox::default();
        (0..100).for_each(|n| outbox.add(report(&n.to_string())));
        assert_eq!((outbox.len(), outbox.first().unwrap().report.key.as_str()), (MOST, "68"));
        outbox.clear();
        assert_eq!(outbox.len(), 0);
    }
}
