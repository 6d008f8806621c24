//! What was measured, printed in any case and kept beside what the promise programmes tried.

use std::{fmt::Write as _, fs, io::Write as _, path::PathBuf};

/// Prints `text` past the capturing of the test harness: these figures are read by people.
pub(crate) fn say(text: &str) {
    std::io::stdout().write_all(format!("{text}\n").as_bytes()).unwrap();
}

/// Keeps the figures as `target/promises/<name>.json`, in the form the test command reads.
pub(crate) fn keep(name: &str, counts: &[(&str, usize)]) {
    let mut json =
        format!("{{\"name\": \"{name}\", \"seed\": {}, \"failures\": [], \"counts\": [", super::seed());
    for (index, (what, count)) in counts.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(json, "{comma}[\"{what}\", {count}]").unwrap();
    }
    json.push_str("]}\n");
    // target/debug/deps/labelled-1234: beside debug.
    let test = std::env::current_exe().unwrap();
    let folder: PathBuf = test.ancestors().nth(3).unwrap().join("promises");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.json")), json).unwrap();
}
