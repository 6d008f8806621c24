//! The rules pass the contract of providers, for everyday, hostile and random changes.

mod contract;

use autocommit_core::{
    draft::{Background, Diff, FileDiff, FileStatus, PastCommit, Wishes},
    id::Oid,
    path::RepoPath,
};
use autocommit_message::{
    Brief, Frame, Habits,
    providers::rules::{self, Rules},
};
use proptest::prelude::*;

#[tokio::test]
async fn rules_pass_the_contract() {
    contract::check_provider(&Rules).await;
}

#[test]
fn a_name_of_blanks_is_no_area() {
    let past = |_| PastCommit {
        oid: Oid::parse(&"1".repeat(40)).expect("an object name"),
        subject: "net/http: A".to_owned(),
        author: "A <a@x>".to_owned(),
        ours: false,
        paths: Vec::new(),
    };
    let rules = r#"{"type-enum": [2, "always", ["closes", "fix"]], "scope-empty": [2, "never"]}"#;
    let files = vec![(RepoPath::from(".commitlintrc.json"), rules.as_bytes().to_vec())];
    let habits = Habits::of(&Background { past: (0..3).map(past).collect(), files });
    for name in [" ", " a", "a ", "  "] {
        let file =
            FileDiff { path: name.into(), status: FileStatus::Added, added: 0, removed: 0, binary: false };
        let diff = Diff { files: vec![file], ..Diff::default() };
        let (draft, frame) = {
            let brief = Brief { diff: &diff, habits: &habits, branch: None, wishes: &Wishes::default() };
            (rules::draft(&brief), Frame::of(&brief))
        };
        assert!(draft.subject.starts_with(&frame.prefix), "{name:?}: {draft:#?}\n{frame:#?}");
    }
}

/// Names: random bytes, random text, and pieces that would have an effect, glued together.
fn path() -> impl Strategy<Value = RepoPath> {
    let piece = prop_oneof![
        prop::sample::select(contract::HOSTILE_NAMES).prop_map(str::to_owned),
        prop::sample::select(
            &[
                "src/", "a", "#", "@", "[", "]", "skip", "ci", " ", "fixes ", "`", "\u{202e}", "\n", ":",
                "--", "…"
            ][..]
        )
        .prop_map(str::to_owned),
        "\\PC{0,12}",
        ".{0,6}",
        "[a-z]{1,12}\\.(rs|py|ts|md|toml|lock)",
    ];
    let glued = prop::collection::vec(piece, 1..6).prop_map(|p| RepoPath::from(p.concat()));
    let usual = prop::sample::select(
        &[
            "Cargo.toml",
            "package.json",
            "go.mod",
            "requirements.txt",
            "README.md",
            "src/x.rs",
            "tests/test_a.py",
            "b.ts",
        ][..],
    );
    prop_oneof![
        3 => glued,
        1 => prop::collection::vec(1u8.., 1..300).prop_map(RepoPath::new),
        2 => usual.prop_map(RepoPath::from),
    ]
}

fn status() -> impl Strategy<Value = FileStatus> {
    prop_oneof![
        Just(FileStatus::Added),
        Just(FileStatus::Modified),
        Just(FileStatus::Modified),
        Just(FileStatus::Deleted),
        path().prop_map(|from| FileStatus::Renamed { from }),
        any::<bool>().prop_map(|executable| FileStatus::ModeChanged { executable }),
        Just(FileStatus::TypeChanged),
        Just(FileStatus::Submodule),
    ]
}

/// A file with a part of a patch that fits it.
fn file() -> impl Strategy<Value = (FileDiff, Vec<u8>)> {
    let line = prop_oneof![
        "[-+]fn [a-z]{1,8}\\(\\) \\{",
        "[-+]def (test_)?[a-z]{1,60}\\(\\):",
        "[-+]## (Breaking change|fixes #1|[A-Z][a-z ]{0,50})",
        "[-+]\"@?[a-z/]{1,70}\": \"\\^?[0-9]\\.[0-9]\",",
        "[-+][a-z]{1,9} = \"[0-9]\\.[0-9]\"",
        "[-+].{0,40}",
    ];
    let context = prop::sample::select(&["", "fn inner() {", "[dependencies]", "@octocat fixes #1"][..]);
    (path(), status(), any::<bool>(), prop::collection::vec(line, 0..8), context).prop_map(
        |(path, status, binary, mut lines, context)| {
            lines.iter_mut().for_each(|l| *l = l.replace(['\n', '\r'], " "));
            lines.sort_by_key(|l| l.starts_with('+'));
            let added = lines.iter().filter(|l| l.starts_with('+')).count();
            let removed = lines.len() - added;
            let name = String::from_utf8_lossy(path.as_bytes()).into_owned();
            let head = format!("diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n");
            let part = format!("{head}@@ -1,{removed} +1,{added} @@ {context}\n{}\n", lines.join("\n"));
            (FileDiff { path, status, added, removed, binary }, part.into_bytes())
        },
    )
}

/// Habits of people who write anything in any style, and files that ask for anything.
fn habits() -> impl Strategy<Value = Habits> {
    let style = prop::sample::select(
        &[
            "feat: ",
            "fix(core): ",
            "net/http: ",
            "",
            "Added ",
            "ABC-1: ",
            "[ABC-1] ",
            "fix: #12 ",
            "bugfix(@octocat): ",
            "fix(#1): ",
        ][..],
    );
    let end = prop::sample::select(&["", ".", " #3", " (ABC-2)", " [skip ci]"][..]);
    let author = prop::sample::select(&["A <a@x>", "x[bot] <b@x>"][..]);
    let subject = (style, "[a-zA-Z][a-z ]{0,60}|.{0,20}", end);
    let commit = (subject, author, any::<bool>(), prop::collection::vec(path(), 0..4));
    let asked = prop::sample::select(
        &[
            r#""header-max-length": [2, "always", 10]"#,
            r#""type-enum": [2, "always", ["a-very-long-type-that-nobody-would-write-anywhere-at-all-in-this-world"]]"#,
            r#""type-enum": [2, "always", ["closes", "fix"]], "scope-empty": [2, "never"]"#,
            r##""scope-enum": [2, "always", ["@octocat", "#12"]], "scope-empty": [2, "never"]"##,
            r#""subject-case": [2, "always", "lower-case"], "subject-full-stop": [2, "always", "."]"#,
            r#""subject-case": [2, "always", [[["#,
        ][..],
    );
    let files = prop::option::weighted(0.3, asked);
    (prop::collection::vec(commit, 0..14), any::<bool>(), files).prop_map(|(commits, alike, asked)| {
        let mut past: Vec<PastCommit> = commits
            .into_iter()
            .map(|((start, text, end), author, ours, paths)| PastCommit {
                oid: Oid::parse(&"1".repeat(40)).expect("an object name"),
                subject: format!("{start}{text}{end}"),
                author: author.to_owned(),
                ours,
                paths,
            })
            .collect();
        if let Some(first) = past.first().filter(|_| alike).cloned() {
            past.iter_mut().for_each(|c| c.subject.clone_from(&first.subject));
        }
        let file = |rules: &str| (RepoPath::from(".commitlintrc.json"), format!("{{{rules}}}").into_bytes());
        Habits::of(&Background { past, files: asked.map(file).into_iter().collect() })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_change_has_a_sound_message(
        files in prop::collection::vec(file(), 0..7),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
        noise in prop::collection::vec(any::<u8>(), 0..40),
        habits in habits(),
        branch in prop::sample::select(&["main", "12-words", "feature/abc-12", "fix/#12", "@octocat/[skip ci]"][..]),
    ) {
        let mut patch: Vec<u8> = files.iter().flat_map(|(_, part)| part.clone()).collect();
        if !whole && !patch.is_empty() {
            patch.truncate(cut.index(patch.len()));
            patch.extend(noise);
        }
        let diff = Diff { files: files.into_iter().map(|(file, _)| file).collect(), patch, ..Diff::default() };
        let draft = contract::ruled(&diff);
        prop_assert_eq!(contract::breaches(&draft), Vec::<String>::new(), "{:#?}\n{:#?}", draft, diff.files);
        prop_assert_eq!(contract::ruled(&diff), draft, "the same change has the same message");
        let wishes = Wishes::default();
        let brief = Brief { diff: &diff, habits: &habits, branch: Some(branch), wishes: &wishes };
        let (draft, frame) = (rules::draft(&brief), Frame::of(&brief));
        let breaches = contract::breaches_with(&draft, frame.full_stop, Some(branch));
        prop_assert_eq!(breaches, Vec::<String>::new(), "{:#?}\n{:#?}\n{:#?}", draft, diff.files, habits);
        let around = draft.subject.starts_with(&frame.prefix) && draft.subject.ends_with(&frame.suffix);
        prop_assert!(around, "{:#?}\n{:#?}", draft, frame);
    }
}
