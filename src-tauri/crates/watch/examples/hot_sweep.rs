//! Compares the stats of a repository, for `cargo xtask bench instructions`: `hot_sweep ROUNDS WORK_TREE`, once in each.

use autocommit_watch::{Capture, probe};
use std::{env, hint::black_box, path::PathBuf};

fn main() {
    let rounds: u64 = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1);
    let tree = env::args_os().nth(2).map(PathBuf::from).expect("a work tree");
    let repo = probe(&tree).expect("a repository");
    let still = Capture::take(&repo, None, None).and_then(Capture::said_clean).expect("a look that counts");
    for _ in 0..rounds {
        assert!(black_box(&still).holds());
    }
}
