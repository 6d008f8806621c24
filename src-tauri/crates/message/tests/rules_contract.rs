//! The rules pass the contract of providers, for everyday, hostile and random changes.

mod contract;

use autocommit_core::draft::{Diff, FileDiff, FileStatus};
use autocommit_core::path::RepoPath;
use autocommit_message::providers::rules::Rules;
use proptest::prelude::*;

#[tokio::test]
async fn rules_pass_the_contract() {
    contract::check_provider(&Rules).await;
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_change_has_a_sound_message(
        files in prop::collection::vec(file(), 0..7),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
        noise in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut patch: Vec<u8> = files.iter().flat_map(|(_, part)| part.clone()).collect();
        if !whole && !patch.is_empty() {
            patch.truncate(cut.index(patch.len()));
            patch.extend(noise);
        }
        let diff = Diff { files: files.into_iter().map(|(file, _)| file).collect(), patch };
        let draft = contract::ruled(&diff);
        prop_assert_eq!(contract::breaches(&draft), Vec::<String>::new(), "{:#?}\n{:#?}", draft, diff.files);
        prop_assert_eq!(contract::ruled(&diff), draft, "the same change has the same message");
    }
}
