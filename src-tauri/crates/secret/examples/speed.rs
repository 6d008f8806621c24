//! Measures the scanner, for `cargo xtask bench`: `speed FILE…` prints as JSON what its first use costs, how long each of
//! the files takes, and how many bytes a second go through it where there are many.
#![allow(clippy::print_stdout, reason = "it is a program")]

use std::{env, fs, hint::black_box, time::Instant};

/// Bytes of each large content.
const LARGE: usize = 32 << 20;
/// How often each is scanned; the fastest counts, because everything else is the machine's.
const ROUNDS: usize = 3;

fn main() {
    let files: Vec<_> = env::args().skip(1).filter_map(|path| Some((fs::read(&path).ok()?, path))).collect();
    let first = seconds(|| scan("src/main.rs", b"fn main() {}\n"));
    let second = seconds(|| scan("src/main.rs", b"fn main() {}\n"));
    let all = || files.iter().for_each(|(bytes, path)| scan(path, bytes));
    let small = fastest(all);
    let text: Vec<u8> = files.iter().flat_map(|(bytes, _)| bytes).copied().cycle().take(LARGE).collect();
    let noise = noise();
    let rate = |path: &str, bytes: &[u8]| bytes.len() as f64 / 1e6 / fastest(|| scan(path, bytes));
    println!(
        "{{\"files\": {}, \"first_use_seconds\": {}, \"files_seconds\": {small}, \"text_mb_per_second\": {}, \"binary_mb_per_second\": {}}}",
        files.len(),
        (first - second).max(0.0),
        rate("src/all.rs", &text),
        rate("data.bin", &noise),
    );
}

fn scan(path: &str, bytes: &[u8]) {
    black_box(autocommit_secret::scan(path.as_bytes(), black_box(bytes)));
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn fastest(work: impl Fn()) -> f64 {
    (0..ROUNDS).map(|_| seconds(&work)).fold(f64::INFINITY, f64::min)
}

/// Bytes without any order, as in a picture or an archive (xorshift, of Marsaglia's paper of 2003).
fn noise() -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(LARGE);
    while bytes.len() < LARGE {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes
}
