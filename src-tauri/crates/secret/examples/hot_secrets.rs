//! Looks for secrets, for `cargo xtask bench instructions`: `hot_secrets ROUNDS`, one source file of some 30 KiB in each.

use std::{env, fmt::Write as _, hint::black_box};

fn main() {
    let rounds: u64 = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut text = String::from("//! Numbers, step by step.\n");
    for number in 0..300 {
        let _ = write!(
            text,
            "/// Step {number}.\npub fn step_{number}(n: usize) -> usize {{\n    let token_count = n + {};\n    token_count * 2\n}}\n",
            number * 31
        );
    }
    for _ in 0..rounds {
        let found = autocommit_secret::scan(b"src/steps.rs", black_box(text.as_bytes()));
        black_box(found);
    }
}
