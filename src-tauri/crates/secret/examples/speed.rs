//! Measures the scanner, for `cargo xtask bench`: `speed FILE…` prints as JSON what its first use costs, how long each of
//! the files takes, and how many bytes a second go through it where there are many.
#![allow(clippy::print_stdout, reason = "it is a program")]

use std::{env, fs, hint::black_box, time::Instant};

/// Bytes of each large content.
const LARGE: usize = 32 << 20;
/// The system counts processor time in steps of a few milliseconds; this many seconds are measured at the least.
const LEAST: f64 = 0.2;

fn main() {
    let files: Vec<_> = env::args().skip(1).filter_map(|path| Some((fs::read(&path).ok()?, path))).collect();
    let main = || scan("src/main.rs", b"fn main() {}\n");
    let (first, second) = (on_the_wall(main), on_the_wall(main));
    let all = || files.iter().for_each(|(bytes, path)| scan(path, bytes));
    let small = seconds(all);
    let text: Vec<u8> = files.iter().flat_map(|(bytes, _)| bytes).copied().cycle().take(LARGE).collect();
    let noise = noise();
    let rate = |path: &str, bytes: &[u8]| bytes.len() as f64 / 1e6 / seconds(|| scan(path, bytes));
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

fn on_the_wall(work: impl Fn()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// Processor time of one round where the system tells it, so that what else the machine does costs nothing here; else time
/// on the wall.
fn seconds(work: impl Fn()) -> f64 {
    let (start, before) = (Instant::now(), processor());
    for rounds in 1.. {
        work();
        let wall = start.elapsed().as_secs_f64();
        let took = before.zip(processor()).map_or(wall, |(before, after)| after - before);
        if took > LEAST {
            return took / f64::from(rounds);
        }
    }
    f64::NAN
}

/// Seconds that this thread has had a processor: the first field of Linux's `schedstat`, in nanoseconds.
fn processor() -> Option<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split_whitespace().next()?.parse::<f64>().ok()? / 1e9)
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
