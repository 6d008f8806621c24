//! How fast the model is on this machine, learnt from each answer, and how long the next one will take.

use super::{exchange::Answer, reply::Counts};
use std::time::{Duration, Instant};

/// Tokens of an answer that is a subject.
const ANSWER: f64 = 24.0;
/// Tokens per second, read and written, before anything was measured: two slow cores.
const GUESS: (f64, f64) = (90.0, 15.0);
/// The newest measurement's share in the average.
const SHARE: f64 = 0.3;
/// A measurement this old says nothing: the machine was busy then and is not now, or the reverse.
const STALE: Duration = Duration::from_secs(600);
/// A server that was not asked for this long may have to load its model first.
const ASLEEP: Duration = Duration::from_secs(240);
/// The least time for a first token.
const LEAST: Duration = Duration::from_secs(2);

/// The learnt speed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pace {
    prefill: Option<f64>,
    generation: Option<f64>,
    message: Option<f64>,
    measured: Option<Instant>,
}

/// How long an answer is expected to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prediction {
    /// To the first token.
    pub(crate) first: Duration,
    /// To the last.
    pub(crate) whole: Duration,
}

impl Pace {
    /// Learns from an answer to a prompt of which about `new` tokens were not known from before.
    pub(crate) fn learn(&mut self, now: Instant, new: usize, answer: &Answer) {
        let Counts { prompt, cached, answer: written, prefill, generation } = answer.counts;
        let read = prompt.map(|p| p.saturating_sub(cached.unwrap_or(0)) as f64).filter(|_| cached.is_some());
        let first = answer.first.as_secs_f64().max(0.001);
        // Where the server does not measure, the clock does; a prompt of few new tokens tells its overhead only.
        let by_clock = read.unwrap_or(new as f64);
        let prefill = prefill.or((by_clock >= 64.0).then_some(by_clock / first));
        let rest = (answer.whole.as_secs_f64() - first).max(0.001);
        let generation = generation.or(written.filter(|n| *n >= 4).map(|n| n as f64 / rest));
        self.prefill = average(self.prefill, prefill);
        self.generation = average(self.generation, generation);
        self.message = average(self.message, Some(answer.whole.as_secs_f64()));
        self.measured = Some(now);
    }

    /// How long the answer to a prompt with `new` unknown tokens will take.
    pub(crate) fn predict(&self, now: Instant, new: usize) -> Prediction {
        let fresh = self.since(now).is_some_and(|age| age < STALE);
        let known = |value: Option<f64>, guess: f64| value.filter(|_| fresh).unwrap_or(guess).max(0.01);
        let first = new as f64 / known(self.prefill, GUESS.0);
        let whole = first + ANSWER / known(self.generation, GUESS.1);
        let limited = |seconds: f64| Duration::from_secs_f64(seconds.min(86_400.0));
        Prediction { first: limited(first), whole: limited(whole) }
    }

    /// The longest wait for a first token: twice what is expected, and all there is where a model may have to be loaded.
    pub(crate) fn patience(&self, now: Instant, expected: Prediction, within: Duration) -> Duration {
        match self.since(now) {
            Some(age) if age < ASLEEP => (expected.first * 2).max(LEAST).min(within),
            _ => within,
        }
    }

    /// How long a message took, on average.
    pub(crate) fn message(&self) -> Option<Duration> {
        self.message.map(Duration::from_secs_f64)
    }

    fn since(&self, now: Instant) -> Option<Duration> {
        self.measured.map(|then| now.saturating_duration_since(then))
    }
}

fn average(old: Option<f64>, new: Option<f64>) -> Option<f64> {
    match (old, new) {
        (Some(old), Some(new)) => Some(old + (new - old) * SHARE),
        (old, new) => new.or(old),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(first: f64, whole: f64, counts: Counts) -> Answer {
        let seconds = Duration::from_secs_f64;
        Answer { first: seconds(first), whole: seconds(whole), counts, ..Answer::default() }
    }

    #[test]
    fn it_learns_what_the_server_measures_and_forgets_it() {
        let (start, mut pace) = (Instant::now(), Pace::default());
        let guessed = pace.predict(start, 900);
        assert_eq!(guessed.first, Duration::from_secs(10));
        assert_eq!(pace.patience(start, guessed, Duration::from_secs(20)), Duration::from_secs(20));
        let counts = Counts { prefill: Some(300.0), generation: Some(24.0), ..Counts::default() };
        pace.learn(start, 900, &answer(3.0, 4.0, counts));
        let learnt = pace.predict(start, 900);
        assert_eq!(learnt, Prediction { first: Duration::from_secs(3), whole: Duration::from_secs(4) });
        assert_eq!(pace.patience(start, learnt, Duration::from_secs(20)), Duration::from_secs(6));
        assert_eq!(pace.patience(start, pace.predict(start, 1), Duration::from_secs(20)), LEAST);
        assert_eq!(pace.patience(start + ASLEEP, learnt, Duration::from_secs(20)), Duration::from_secs(20));
        assert_eq!(pace.predict(start + STALE, 900), guessed, "an old measurement does not close the door");
        assert_eq!(pace.message(), Some(Duration::from_secs(4)));
    }

    #[test]
    fn the_clock_measures_where_the_server_does_not() {
        let (start, mut pace) = (Instant::now(), Pace::default());
        pace.learn(start, 500, &answer(5.0, 7.0, Counts { answer: Some(20), ..Counts::default() }));
        assert_eq!(pace.predict(start, 100).first, Duration::from_secs(1));
        assert_eq!(pace.predict(start, 0).whole, Duration::from_secs_f64(2.4));
        // Few new tokens take a moment that says nothing of the speed.
        pace.learn(start, 3, &answer(1.0, 3.0, Counts { answer: Some(20), ..Counts::default() }));
        assert_eq!(pace.predict(start, 100).first, Duration::from_secs(1));
    }
}
