//! Situations in which git says clean and then something happens: what the stats say is compared with what git says.
//! "Nothing changed" where git says dirty must never be.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests")]

mod situations;
#[path = "../support/mod.rs"]
mod support;

use autocommit_watch::{Doubt, Still};
use situations::{BASE, DOUBTS, SITUATIONS, Then};
use support::{Yard, shell::poll};

/// A yard with the base in `s`.
fn based() -> Yard {
    let yard = Yard::new();
    yard.folder("s");
    yard.sh("s", BASE);
    yard
}

fn settled(yard: &Yard, name: &str) -> Still {
    poll(name, || {
        let capture = yard.capture(name, None).unwrap_or_else(|doubt| panic!("{name}: {doubt:?}"));
        let (said, clean) = yard.verdict(name);
        assert!(clean, "{name}: {said}");
        match capture.said_clean() {
            Ok(still) => Some(still),
            Err(Doubt::Young) => None,
            Err(doubt) => panic!("{name}: {doubt:?}"),
        }
    })
}

#[test]
fn no_false_clean_in_any_situation() {
    let mut wrong = Vec::new();
    let (mut dirty, mut asked) = (0, 0);
    // Each in a yard of its own: a person's own files are the person's, in all repositories.
    let base = based();
    let yards: Vec<_> = SITUATIONS
        .iter()
        .map(|(name, before, _, _)| {
            let yard = Yard::new();
            yard.sh("", &format!("cp -a {} s", base.path("s").display()));
            yard.sh("s", before);
            (name, yard)
        })
        .collect();
    for ((name, yard), (_, _, change, then)) in yards.iter().zip(SITUATIONS) {
        let outside = poll(name, || Some(yard.outside()).filter(|outside| outside.is_same()));
        let still = settled(yard, "s");
        assert!(still.holds(), "{name}: nothing happened yet");
        yard.sh("s", change);
        let unchanged = still.holds() && outside.is_same();
        let (said, clean) = yard.verdict("s");
        dirty += usize::from(!clean);
        asked += usize::from(!unchanged);
        let right = match then {
            Then::Dirty => !clean && !unchanged,
            Then::Moved => clean && !unchanged,
            Then::Same => clean && unchanged,
            Then::Clean => clean,
        };
        if !right || (unchanged && !clean) {
            wrong.push(format!("{name}: expected {then:?}, unchanged: {unchanged}, git: {said}"));
        }
    }
    println!("{} situations, {dirty} dirty, git asked in {asked}", SITUATIONS.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_only_git_can_judge_is_in_doubt() {
    let base = based();
    for (before, expected) in DOUBTS {
        let yard = Yard::new();
        yard.sh("", &format!("cp -a {} s", base.path("s").display()));
        yard.sh("s", before);
        let doubt = match yard.capture("s", None) {
            Ok(capture) => capture.said_clean().unwrap_err(),
            Err(doubt) => doubt,
        };
        assert_eq!(doubt, *expected, "{before}");
    }
}

#[test]
fn what_is_written_in_the_same_tick_is_never_missed() {
    let yard = based();
    let file = yard.path("s/src/a.txt");
    for round in 0..50 {
        std::fs::write(&file, format!("{round:05}\n")).unwrap();
        let capture = yard.capture("s", None).unwrap();
        std::fs::write(&file, format!("{:05}\n", round + 1)).unwrap();
        assert_eq!(capture.said_clean().unwrap_err(), Doubt::Young, "it changed a moment ago");
    }
}

#[test]
fn a_write_while_git_looks_shows() {
    let yard = based();
    drop(settled(&yard, "s"));
    let capture = yard.capture("s", None).unwrap();
    // Git has looked at this file already, and says clean.
    std::fs::write(yard.path("s/README"), "between\n").unwrap();
    assert!(!capture.said_clean().unwrap().holds());
}

#[test]
fn a_linked_work_tree() {
    let yard = based();
    yard.sh("s", "git worktree add -q ../linked side; git worktree add -q ../other -b other");
    let still = settled(&yard, "linked");
    assert!(still.holds());
    yard.sh("linked", "printf n >> src/a.txt");
    assert!(!still.holds());
    yard.sh("linked", "git commit -qam n");
    let still = settled(&yard, "linked");
    yard.sh("s", "git update-ref refs/heads/side main");
    assert!(!still.holds(), "its branch was moved from elsewhere");
    assert!(!yard.verdict("linked").1);
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
    for (file, expected) in
        [("index", Doubt::Index), ("config", Doubt::Configuration), ("HEAD", Doubt::Configuration)]
    {
        let yard = based();
        let repo = yard.repo_at("s");
        yard.sh("s", &format!("rm .git/{file}; mkfifo .git/{file}"));
        let (told, heard) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let taken = autocommit_watch::Capture::take(&repo, None, None);
            told.send(taken.map_or_else(Some, |capture| capture.doubt()))
        });
        let doubt = heard.recv_timeout(std::time::Duration::from_secs(60)).expect("it waits for a writer");
        assert_eq!(doubt, Some(expected), "{file}");
    }
}

#[test]
fn rules_that_come_where_all_work_trees_share_them() {
    let yard = based();
    yard.sh("s", "git worktree add -q ../linked side; rm -f .git/info/exclude; mkdir -p .git/info");
    yard.sh(
        "linked",
        "mkdir -p $YARD/.config/git; printf 'mine\n' > $YARD/.config/git/ignore; printf m > mine",
    );
    let still = settled(&yard, "linked");
    yard.sh("s", "printf '!mine\n' > .git/info/exclude");
    assert!(!yard.verdict("linked").1, "it is ignored no more");
    assert!(!still.holds());
}

#[test]
fn what_git_said_of_folders_is_used_again_under_the_same_rules() {
    let yard = based();
    drop(settled(&yard, "s"));
    let decided = yard.capture("s", None).unwrap().decided().unwrap();
    let take = || {
        let known = Some(&decided);
        autocommit_watch::Capture::take(&yard.repo_at("s"), Some(&yard.root), known).unwrap()
    };
    assert!(take().undecided().is_empty(), "{:?}", take().undecided());
    yard.sh("s", "mkdir another");
    assert_eq!(take().undecided(), ["another".into()], "only what is new is asked");
    yard.sh("s", "printf 'node_modules\\n' > .gitignore");
    assert!(take().undecided().len() > 3, "other rules: all are asked again");
}

#[test]
fn folders_are_those_that_git_looks_into() {
    let yard = based();
    let capture = yard.capture("s", None).unwrap();
    let names = |folders: &[std::path::PathBuf]| {
        let relative = |f: &std::path::PathBuf| f.strip_prefix(yard.path("s")).unwrap().display().to_string();
        folders.iter().map(relative).collect::<std::collections::BTreeSet<_>>()
    };
    let expected = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(names(&capture.work_folders()), expected(&["", "hollow", "hollow/inner", "src", "src/deep"]));
    let git = [".git", ".git/refs/heads"];
    assert_eq!(names(capture.git_folders()), expected(&git));
}
