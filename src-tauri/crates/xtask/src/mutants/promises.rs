//! PROMISES.md is held against the code: the tests it names exist, and the broken builds are exactly those of the table.

use super::listed;
use crate::process::workspace_root;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The names in backticks in a cell that look like names of tests or mutants.
fn names(cell: &str) -> BTreeSet<String> {
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted.filter(|n| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')).map(str::to_owned).collect()
}

/// The cells of every row of a table whose first cell is not its heading.
fn rows(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter(|l| l.starts_with("| ") && !l.contains("shown by"));
    lines.map(|l| l.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// Every function that the sources define.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            functions(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).unwrap_or_default();
            let names = text.split("fn ").skip(1).map(|rest| {
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>()
            });
            found.extend(names);
        }
    }
}

#[test]
fn the_list_names_tests_and_broken_builds_that_exist() {
    let text = fs::read_to_string(workspace_root().join("PROMISES.md")).unwrap();
    let mut tests = BTreeSet::new();
    for folder in ["src-tauri", "tests"] {
        functions(&workspace_root().join(folder), &mut tests);
    }
    let mut broken: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for mutant in listed().unwrap() {
        broken.entry(mutant.never).or_default().insert(mutant.name);
    }
    let mut numbers = Vec::new();
    for row in rows(&text) {
        let Ok(number) = row[0].parse::<u32>() else {
            assert!(names(&row[1]).is_subset(&tests), "{row:?}");
            continue;
        };
        numbers.push(number);
        let unknown: Vec<_> = names(&row[2]).difference(&tests).cloned().collect();
        assert_eq!(unknown, Vec::<String>::new(), "promise {number} names tests that are not there");
        assert!(!names(&row[2]).is_empty(), "no test shows promise {number}");
        assert!(!names(&row[3]).is_empty(), "nobody has seen a test of promise {number} red");
        assert_eq!(names(&row[3]), broken.remove(&number).unwrap_or_default(), "promise {number}");
    }
    assert_eq!(broken, BTreeMap::new(), "broken builds for promises that are not in the list");
    assert_eq!(numbers, (1..=33).collect::<Vec<_>>());
}
