//! Line 8: what is committed is what the file was at some time, whole.

use crate::{quiet, tally, text};
use autocommit_test_support::{Sandbox, fake_git::Rule};
use std::{
    fs,
    io::{Seek as _, Write as _},
    path::Path,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
};

/// The three ways in which programs save files.
const WRITERS: &[(&str, &str, &str)] = &[
    // Name; how it begins; how it ends.
    ("in-place", "dd if=$NEW of=$FILE bs=4096 count=8 conv=notrunc 2>/dev/null", "cat $NEW > $FILE"),
    ("truncating", "head -c 30000 $NEW > $FILE", "cat $NEW > $FILE"),
    ("renaming", "head -c 30000 $NEW > $FILE.part", "cat $NEW > $FILE.part; mv $FILE.part $FILE"),
];

/// Between which of our commands a save begins and ends.
const SPANS: &[(&str, &str)] = &[
    ("status", "update-index"),
    ("status", "write-tree"),
    ("update-index", "write-tree"),
    ("update-index", "commit-tree"),
];

fn content(word: &str) -> String {
    format!("{word} of the file, which is long enough to be written in several pieces\n").repeat(1000)
}

#[test]
fn n08_a_save_under_way_is_not_committed_half() {
    let mut tally = tally(8);
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    let (mut rules, mut cases) = (Vec::new(), Vec::new());
    for (writer, begin, end) in WRITERS {
        for (from, to) in SPANS {
            let name = format!("{writer}-{from}-{to}");
            let (repo, _) = sandbox.repo_with_remote(&name);
            let new = sandbox.write(sandbox.root(), format!("{name}.new"), content("new"));
            sandbox.write(&repo, "file", content("old"));
            sandbox.write(&repo, "other.txt", "rests\n");
            let script =
                |what: &str| format!("NEW={}; FILE={}; {what}", text(&new), text(&repo.join("file")));
            for (moment, what) in [(from, begin), (to, end)] {
                rules.push(Rule::before(moment).repo(&format!("/{name}")).run(&["sh", "-c", &script(what)]));
            }
            cases.push((name, repo));
        }
    }
    let fake = sandbox.fake_git();
    fake.script(&rules);
    let _ = sandbox.autocommit(&["once"]);
    for (place, (name, repo)) in cases.iter().enumerate() {
        let happened = fake.seen(place * 2) > 0 && fake.seen(place * 2 + 1) > 0;
        assert!(happened, "{name}: the save did not happen in the run");
        tally.count("saves in the middle", 1);
        let stored = sandbox.try_git(repo, &["show", "HEAD:file"]);
        let whole = [content("old"), content("new")].contains(&stored.stdout);
        assert!(whole || !stored.status.success(), "{name}: {} bytes, torn", stored.stdout.len());
        assert_eq!(fs::read_to_string(repo.join("file")).unwrap(), content("new"), "{name}: theirs to write");
    }
    // Afterwards it rests, and is committed as it is.
    let _ = sandbox.autocommit(&["once"]).exits(0);
    for (name, repo) in &cases {
        assert_eq!(sandbox.git(repo, &["show", "HEAD:file"]) + "\n", content("new"), "{name}");
    }
    tally.end();
}

/// One content of a file that is written again and again: every line says which.
fn numbered(n: u32) -> String {
    format!("content number {n:08}, with enough on the line to make the whole of it large\n").repeat(3000)
}

fn save(writer: &str, file: &Path, n: u32) {
    let text = numbered(n);
    match writer {
        "in-place" => {
            let mut file = fs::OpenOptions::new().write(true).open(file).unwrap();
            let half = text.len() / 2;
            file.write_all(&text.as_bytes()[..half]).unwrap();
            file.seek(std::io::SeekFrom::Start(half as u64)).unwrap();
            file.write_all(&text.as_bytes()[half..]).unwrap();
        }
        "truncating" => fs::write(file, text).unwrap(),
        _ => {
            let part = file.with_extension("part");
            fs::write(&part, text).unwrap();
            fs::rename(part, file).unwrap();
        }
    }
}

/// Writers that never rest, beside cycle after cycle.
#[test]
fn n08_files_that_never_rest_are_committed_whole_or_not_at_all() {
    let mut tally = tally(8);
    tally.name.push_str("-restless");
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    let writers: Vec<_> = WRITERS
        .iter()
        .map(|(writer, _, _)| {
            let (repo, _) = sandbox.repo_with_remote(writer);
            sandbox.write(&repo, ".gitignore", "*.part\n");
            sandbox.write(&repo, "file", numbered(0));
            sandbox.commit(&repo, "Start");
            (*writer, repo, AtomicU32::new(0))
        })
        .collect();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for (writer, repo, saved) in &writers {
            let stop = &stop;
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    save(writer, &repo.join("file"), saved.fetch_add(1, Ordering::Relaxed) + 1);
                }
            });
        }
        for round in 0..6 {
            for (_, repo, _) in &writers {
                sandbox.write(repo, "rests.txt", format!("{round}\n"));
            }
            let _ = sandbox.autocommit(&["once"]);
            tally.count("cycles", 1);
        }
        stop.store(true, Ordering::Relaxed);
    });
    for (writer, repo, saved) in &writers {
        tally.count("saves", u64::from(saved.load(Ordering::Relaxed)));
        for commit in sandbox.git(repo, &["rev-list", "HEAD", "--", "file"]).lines() {
            tally.count("committed contents", 1);
            let stored = sandbox.git(repo, &["show", &format!("{commit}:file")]) + "\n";
            let n = stored.get(15..23).and_then(|digits| digits.parse().ok());
            let whole = n.is_some_and(|n| stored == numbered(n));
            assert!(whole, "{writer}: a torn content in {commit}, {} bytes", stored.len());
        }
        // A cycle may find the repository changed under its hands again and again; most do not.
        let beside = sandbox.git(repo, &["rev-list", "--count", "HEAD", "--", "rests.txt"]);
        assert!(beside != "0", "{writer}: what rests is never committed beside it");
    }
    // Once they rest, everything is committed as it is.
    let _ = sandbox.autocommit(&["once"]).exits(0);
    for (writer, repo, _) in &writers {
        assert_eq!(sandbox.git(repo, &["status", "--porcelain"]), "", "{writer}");
        assert_eq!(sandbox.git(repo, &["show", "HEAD:rests.txt"]), "5", "{writer}");
    }
    tally.end();
}

/// Git maps a large file to read it, and the system ends git with SIGBUS where a program empties the file meanwhile. That is no
/// failure to tell anybody of: nothing is left behind, and the next try commits it.
#[test]
fn n08_a_file_that_is_cut_short_under_git_is_no_failure() {
    let mut tally = tally(8);
    tally.name.push_str("-cut");
    for step in ["status", "update-index"] {
        let sandbox = Sandbox::new();
        quiet(&sandbox);
        let (repo, bare) = sandbox.repo_with_remote("app");
        sandbox.write(&repo, "file", numbered(1));
        // Twice: the first one only takes away the handler that the double's runtime has for it.
        let signal = "kill -BUS $PPID; sleep 0.2; kill -BUS $PPID; sleep 5";
        let fake = sandbox.fake_git();
        fake.script(&[Rule::before(step).run(&["sh", "-c", signal])]);
        let cycle = sandbox.autocommit(&["once", "--json"]).exits(0).json();
        let ended = fake.calls().iter().filter(|call| call.command == step && call.ended.is_none()).count();
        assert_eq!(ended, 1, "{step}: it was not ended");
        assert_eq!((&cycle["failed"], &cycle["pushed"]), (&0.into(), &1.into()), "{step}: {cycle:#}");
        let left = fs::read_dir(repo.join(".git")).unwrap().map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains(".lock")).collect();
        assert!(left.is_empty(), "{step}: left behind: {left:?}");
        assert_eq!(sandbox.git(&repo, &["show", "HEAD:file"]) + "\n", numbered(1), "{step}");
        let head = sandbox.git(&repo, &["rev-parse", "HEAD"]);
        assert_eq!(sandbox.remote_tip(&bare, "main"), Some(head), "{step}");
        tally.count("ends by SIGBUS", 1);
    }
    tally.end();
}
