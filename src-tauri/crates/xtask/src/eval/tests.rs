//! The whole way on a repository that is made up: list, clone, arms, marks, report, sheet.

use super::{Messages, arms::Arm, corpus, measure};
use std::{fs, path::Path, process::Command};

fn git(at: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(at)
        .args(["-c", "user.name=A Person", "-c", "user.email=a@b.example"])
        .args(arguments);
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    crate::process::output(&mut command).unwrap()
}

fn commit(at: &Path, path: &str, text: &str, subject: &str) -> String {
    let file = at.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
    git(at, &["add", "."]);
    git(at, &["commit", "-q", "-m", subject]);
    git(at, &["rev-parse", "HEAD"])
}

#[test]
fn from_a_list_of_hashes_to_a_report() {
    let dir = tempfile::tempdir().unwrap();
    let clone = dir.path().join("owner/name");
    fs::create_dir_all(&clone).unwrap();
    git(&clone, &["init", "-q", "-b", "main"]);
    commit(&clone, "README.md", "# Name\n", "docs: say what it is");
    commit(&clone, "src/lib.rs", "pub fn one() {}\n", "feat: count to one");
    let second =
        commit(&clone, "src/lib.rs", "pub fn one() {}\npub fn two() {}\n", "feat(lib): add two (#7)");
    let third = commit(&clone, "README.md", "# Name\n\n## Usage\n\nCall it.\n", "docs: how to use it");
    commit(&clone, "src/lib.rs", "pub fn two() {}\n", "Revert \"feat: count to one\"");

    let drawn = corpus::sample(&clone, 3, 100).unwrap();
    assert_eq!(drawn.len(), 4, "no revert: {drawn:?}");
    assert_eq!(drawn, corpus::sample(&clone, 3, 100).unwrap(), "a seed tells all");
    assert!(corpus::sample(&clone, 3, 1).unwrap().is_empty(), "the newest is a revert");

    let list = dir.path().join("list.txt");
    fs::write(&list, format!("owner/name\n{second}\n{third}\nno/clone\n{second}\n")).unwrap();
    let out = dir.path().join("out");
    let options = Messages {
        repositories: Vec::new(),
        corpus: Some(dir.path().to_owned()),
        list: Some(list),
        arms: vec![Arm::Random, Arm::Template, Arm::Nearest, Arm::Rules],
        server: String::new(),
        model: String::new(),
        weights: None,
        answers: Vec::new(),
        bare: false,
        each: 60,
        sheet: Some(2),
        out: out.clone(),
        seed: 1,
    };
    measure(&options).unwrap();
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(out.join("report.json")).unwrap()).unwrap();
    let rules = &report["messages"]["rules"];
    assert_eq!(rules[0]["reference"], "feat(lib): add two (#7)");
    assert_eq!(rules[0]["kind"], "feat");
    assert_eq!(rules[0]["grounded"], true);
    assert!(rules[0]["subject"].as_str().unwrap().contains("two"), "{rules:#}");
    assert_eq!(report["messages"]["template"][0]["subject"], "update lib.rs");
    assert_eq!(report["messages"]["nearest"][0]["subject"], "feat: count to one");
    assert!(report["messages_without_reference"]["rules"].as_array().unwrap().len() > 20);
    let valid = &report["without_reference"]["rules"]["valid"];
    assert!(valid["count"].as_u64().unwrap() > 20, "{valid}");
    let page = fs::read_to_string(out.join("report.md")).unwrap();
    for part in ["| ROUGE-L |", "owner/name", "| rules - nearest |"] {
        assert!(page.contains(part), "{part}\n{page}");
    }

    let sheet = fs::read_to_string(out.join("sheet.tsv")).unwrap();
    assert!(!sheet.contains("rules") && sheet.matches("\tbest\t").count() == 2, "{sheet}");
    let filled: String = sheet
        .lines()
        .map(|line| match line.split('\t').nth(1) {
            Some("best") => line.replacen("best\t", "best\tA", 1) + "\n",
            Some("letter") | None => format!("{line}\n"),
            Some(letter) => line.replacen(&format!("{letter}\t"), &format!("{letter}\tright"), 1) + "\n",
        })
        .collect();
    fs::write(out.join("filled.tsv"), filled).unwrap();
    let page = super::sheet::judged(&out.join("filled.tsv"), &out.join("key.tsv"), 1).unwrap();
    assert!(page.contains("| rules | 2 | 2 (100 %)"), "{page}");
}
