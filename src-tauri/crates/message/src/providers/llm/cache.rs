//! What a model answered to a question before, so that a commit that failed does not pay twice.

use crate::check::Refusal;
use std::collections::{HashMap, VecDeque};

/// Questions that are remembered.
const MOST: usize = 128;

/// What came of a question: a description with its type, or why there is none.
pub(crate) type Outcome = Result<Written, Refusal>;

/// What a model wrote, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// The whole subject.
    pub(crate) subject: String,
}

/// Outcomes by question: model, recipe and every word of the prompt. A hash could take one change for another.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    known: HashMap<String, Outcome>,
    order: VecDeque<String>,
}

impl Cache {
    /// What came of this question.
    pub(crate) fn get(&self, question: &str) -> Option<&Outcome> {
        self.known.get(question)
    }

    /// Remembers what came of it.
    pub(crate) fn put(&mut self, question: String, outcome: Outcome) {
        if self.known.insert(question.clone(), outcome).is_none() {
            self.order.push_back(question);
        }
        while self.order.len() > MOST {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten() {
        let mut cache = Cache::default();
        let written = |n: usize| Ok(Written { subject: n.to_string() });
        for n in 0..=MOST {
            cache.put(n.to_string(), written(n));
            cache.put(n.to_string(), written(n));
        }
        assert_eq!(cache.get("0"), None);
        assert_eq!(cache.get("1"), Some(&written(1)));
        assert_eq!(cache.known.len(), MOST);
    }
}
