//! Decides whether writing has stopped, for `cargo xtask bench instructions`: `hot_settle ROUNDS`, a hundred decisions in each.

use autocommit_core::settle::settle;
use std::{env, hint::black_box, time::Duration};

fn main() {
    let rounds: u64 = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1);
    let (quiet, longest) = (Duration::from_secs(3), Duration::from_secs(60));
    for _ in 0..rounds {
        for number in 0..100 {
            let age = (number % 10 != 0).then(|| Duration::from_millis(number * 70));
            black_box(settle(black_box(age), Duration::from_millis(number * 900), quiet, longest));
        }
    }
}
