//! Reads an answer of `git status`, for `cargo xtask bench instructions`: `hot_status ROUNDS`, two hundred changes in each.

use std::{env, fmt::Write as _, hint::black_box};

fn main() {
    let rounds: u64 = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1);
    let answer = answer();
    for _ in 0..rounds {
        let changes = autocommit_git::changes_told(black_box(answer.as_bytes())).map(|changes| changes.len());
        assert_eq!(changes, Some(200));
    }
}

fn answer() -> String {
    let oid = "2c5d9f1e0b7a4c3d8e6f1a2b3c4d5e6f7a8b9c0d";
    let mut text =
        format!("# branch.oid {oid}\0# branch.head main\0# branch.upstream origin/main\0# branch.ab +0 -0\0");
    for number in 0..150 {
        let _ = write!(
            text,
            "1 .M N... 100644 100644 100644 {oid} {oid} src/part{}/file{number}.rs\0",
            number % 10
        );
    }
    for number in 0..50 {
        let _ = write!(text, "? notes/new file {number}.md\0");
    }
    text
}
