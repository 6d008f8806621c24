//! Scans folders and prints what is found: `scan [--values] FOLDER…`; for tuning the rules on real trees.
#![allow(clippy::print_stdout, reason = "it is a program")]

use std::{env, fs, path::Path, time::Instant};

fn main() {
    let (mut files, mut bytes, mut held) = (0_usize, 0_usize, 0_usize);
    let mut took = 0.0;
    for folder in env::args().skip(1) {
        let root = Path::new(&folder);
        walk(root, &mut |path| {
            let Ok(content) = fs::read(path) else { return };
            let shown = path.strip_prefix(root).unwrap_or(path).display().to_string();
            files += 1;
            bytes += content.len();
            let start = Instant::now();
            let by_path = autocommit_secret::path_is_secret(shown.as_bytes());
            let found = autocommit_secret::scan(shown.as_bytes(), &content);
            took += start.elapsed().as_secs_f64();
            held += usize::from(by_path.is_some() || !found.is_empty());
            if let Some(what) = by_path {
                println!("{shown}: path: {what}");
            }
            for one in found {
                let line = content.split(|b| *b == b'\n').nth(one.line - 1).unwrap_or_default();
                let line = String::from_utf8_lossy(&line[..line.len().min(220)]);
                println!("{shown}:{}: {}: {}", one.line, one.rule, line.trim());
            }
        });
    }
    let speed = bytes as f64 / 1e6 / took;
    println!("{held} held of {files} files, {:.1} MB in {took:.2} s: {speed:.0} MB/s", bytes as f64 / 1e6);
}

fn walk(folder: &Path, each: &mut impl FnMut(&Path)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            walk(&entry.path(), each);
        } else if kind.is_file() {
            each(&entry.path());
        }
    }
}
