//! Runs many cases at the same time.

use autocommit_promises::Scale;
use std::{
    collections::VecDeque,
    fmt::Display,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Cases that run at the same time.
const AT_ONCE: usize = 2;

/// Runs the cases until all are done or the time of the programme is over; each thread has a state of its own, made by
/// `begin`. What a case panics with is its error.
pub(crate) fn all<C: Sync + Clone + Send, S, R: Send>(
    cases: &[C],
    scale: &Scale,
    begin: impl Fn() -> S + Sync,
    run: impl Fn(&C, &mut S) -> R + Sync,
) -> Vec<(C, Result<R, String>)> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let work = || {
        let mut state = begin();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(number) else { return };
            if !scale.more(number, usize::MAX) {
                return;
            }
            let ran = catch_unwind(AssertUnwindSafe(|| run(case, &mut state)));
            let result = ran.map_err(|panic| {
                // What the case left may be half done.
                state = begin();
                let text = panic.downcast_ref::<String>().cloned();
                text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                    .unwrap_or_default()
            });
            results.lock().unwrap().push((number, case.clone(), result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let mut results = results.into_inner().unwrap();
    results.sort_by_key(|(number, ..)| *number);
    results.into_iter().map(|(_, case, result)| (case, result)).collect()
}

/// Puts a list into an order that looks random and is the same for the same seed.
pub(crate) fn shuffle<C: Display>(list: &mut [C], seed: u64) {
    list.sort_by_cached_key(|case| shuffled(case, seed));
}

/// The place of a case in a shuffle.
pub(crate) fn shuffled<C: Display>(case: &C, seed: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, case.to_string()).hash(&mut hasher);
    hasher.finish()
}

/// One of each list, then another of each, until there are `count`.
pub(crate) fn by_turns<C>(lists: Vec<Vec<C>>, count: usize) -> Vec<C> {
    let mut lists: Vec<VecDeque<C>> = lists.into_iter().map(VecDeque::from).collect();
    let mut chosen = Vec::new();
    while chosen.len() < count && lists.iter().any(|list| !list.is_empty()) {
        for list in &mut lists {
            chosen.extend(list.pop_front());
        }
    }
    chosen.truncate(count);
    chosen
}
