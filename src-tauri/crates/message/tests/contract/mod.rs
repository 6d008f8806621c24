//! The contract of every message provider, checked from outside: nothing here calls the code that keeps it.
#![allow(dead_code, reason = "each test file uses its part")]

use autocommit_core::draft::{Diff, Draft, FileDiff, FileStatus, Wishes};
use autocommit_message::{Brief, Habits, MessageProvider, providers::rules};
use std::time::Duration;

/// A file with its status and line counts.
pub(crate) fn file(path: impl Into<Vec<u8>>, status: FileStatus, added: usize, removed: usize) -> FileDiff {
    FileDiff { path: autocommit_core::path::RepoPath::new(path), status, added, removed, binary: false }
}

/// Takes a modified file into a diff, with its hunks as git prints them.
pub(crate) fn modify(diff: &mut Diff, path: &str, hunks: &str) {
    let count = |mark: char| hunks.lines().filter(|line| line.starts_with(mark)).count();
    diff.files.push(file(path, FileStatus::Modified, count('+'), count('-')));
    diff.patch
        .extend(format!("diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n{hunks}").into_bytes());
}

/// A diff of modified files: for each its path, and hunks of a context and lines with their first column.
pub(crate) fn modified(files: &[(&str, &[(&str, &str)])]) -> Diff {
    let mut diff = Diff::default();
    for (path, hunks) in files {
        let hunk = |(context, text): &(&str, &str)| {
            let count = |mark: char| text.lines().filter(|line| line.starts_with(mark)).count();
            let (plus, minus, same) = (count('+'), count('-'), count(' '));
            format!("@@ -1,{} +1,{} @@ {context}\n{text}\n", minus + same, plus + same)
        };
        modify(&mut diff, path, &hunks.iter().map(hunk).collect::<String>());
    }
    diff
}

/// The rules' message for a change of which nothing else is known.
pub(crate) fn ruled(diff: &Diff) -> Draft {
    rules::draft(&Brief { diff, habits: &Habits::default(), branch: None, wishes: &Wishes::default() })
}

/// Asks a provider for messages of everyday and of hostile changes and checks each.
pub(crate) async fn check_provider(provider: &dyn MessageProvider) {
    for diff in &diffs() {
        let (habits, wishes) = (Habits::default(), Wishes::default());
        let brief = Brief { diff, habits: &habits, branch: None, wishes: &wishes };
        let draft = provider.draft(&brief, Duration::from_secs(20)).await.expect("a message");
        assert_eq!(draft.source, provider.source());
        assert_eq!(breaches(&draft), Vec::<String>::new(), "{draft:#?}");
    }
}

/// The changes that every provider is asked about.
pub(crate) fn diffs() -> Vec<Diff> {
    let mut diffs = vec![
        Diff::default(),
        Diff { files: vec![file("a.txt", FileStatus::Added, 1, 0)], patch: Vec::new(), ..Diff::default() },
        Diff {
            files: (0..500)
                .map(|i| file(format!("src/deep/folder/file_{i}.rs"), FileStatus::Modified, i, 1))
                .collect(),
            patch: Vec::new(),
            ..Diff::default()
        },
    ];
    for name in HOSTILE_NAMES {
        for status in [FileStatus::Added, FileStatus::Renamed { from: "old/place.txt".into() }] {
            let hostile = file(*name, status, 1, 1);
            diffs.push(Diff { files: vec![hostile.clone()], patch: Vec::new(), ..Diff::default() });
            let plain = file("b.txt", FileStatus::Modified, 1, 1);
            diffs.push(Diff { files: vec![hostile, plain], patch: Vec::new(), ..Diff::default() });
        }
    }
    diffs
}

/// Names that would have an effect if they stood in a message as they are.
pub(crate) const HOSTILE_NAMES: &[&str] = &[
    "fixes #12",
    "closes: #12.txt",
    "Resolves owner/repo#12",
    "docs/see #7.md",
    "[skip ci].txt",
    "[ci skip]",
    "[no ci] notes",
    "x [skip actions] y",
    "***NO_CI***",
    "skip-checks: true",
    "Signed-off-by: Someone <a@b.c>",
    "Co-authored-by: Someone <a@b.c>",
    "BREAKING CHANGE: all",
    "@octocat",
    "packages/@octocat/readme.md",
    "a`@octocat",
    "`",
    "cc @one and @two",
    "https://evil.example/x",
    "esc\u{1b}]0;title\u{7}",
    "two\nlines\n\nSigned-off-by: x <y@z>",
    "right\u{202e}to left",
    "zero\u{200b}width",
    "tab\tand\rreturn",
    "-",
    " ",
    "\u{3164}",
    "a_name_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on.txt",
    "some/folder/that/is/very/deep/and/goes/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on/file.txt",
    "fix GH-12",
    "PROJ-1 #close",
    "--skip-ci",
    "!12",
];

/// What is wrong with a message; empty when nothing is.
pub(crate) fn breaches(draft: &Draft) -> Vec<String> {
    breaches_with(draft, false, None)
}

/// The same where people end subjects with a full stop, and on a branch whose number a subject may carry.
pub(crate) fn breaches_with(draft: &Draft, full_stop: bool, branch: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    let mut breach = |broken: bool, what: &str| {
        if broken {
            found.push(what.to_owned());
        }
    };
    let length = draft.subject.chars().count();
    breach(!(1..=72).contains(&length), "subject of 1 to 72 characters");
    breach(draft.subject.trim() != draft.subject, "subject without space around");
    breach(!full_stop && draft.subject.ends_with('.'), "subject without full stop");
    let numbers = branch.unwrap_or_default().split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
    let subject = numbers.fold(draft.subject.clone(), |text, n| text.replacen(&format!("#{n}"), "", 1));
    let whole = format!("{subject}\n{}", draft.body);
    breach(draft.subject.contains('\n'), "subject on one line");
    breach(whole.chars().any(|c| c != '\n' && hidden(c)), "no control or direction characters");
    breach(draft.body.lines().any(|l| l.chars().count() > 100), "body lines of at most 100 characters");
    breach(draft.body.lines().count() > 60, "a body of at most 60 lines");
    breach(draft.body.lines().any(trailer_like), "no trailers");
    for line in whole.lines() {
        let lower = line.to_lowercase();
        breach(switch(&lower), "no switch for a build server");
        breach(closer(&lower), "no issue closer");
        breach(lower.contains("breaking change") || lower.contains("breaking-change"), "no breaking change");
        breach(address(&lower), "no address");
        breach(mention(line), "no mention");
    }
    found
}

fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `Token: value` or `Token #value` at the start of a line, as git and hosts read it.
fn trailer_like(line: &str) -> bool {
    let token: String = line.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let rest = line[token.len()..].trim_start();
    !token.is_empty() && (rest.starts_with(':') || rest.starts_with('#'))
}

fn switch(line: &str) -> bool {
    let bracketed = line.split('[').skip(1).any(|after| {
        let inside = after.split(']').next().unwrap_or_default();
        let words: Vec<&str> = inside.split([' ', '-', '_']).collect();
        after.contains(']') && (words.contains(&"skip") || words.contains(&"ci") || words == ["no", "ci"])
    });
    bracketed || line.contains("***no_ci***") || line.contains("skip-checks") || line.contains("--skip-ci")
}

fn closer(line: &str) -> bool {
    let words: Vec<&str> = line.split([' ', ':', '"', '`', ',']).filter(|w| !w.is_empty()).collect();
    words.windows(2).any(|pair| {
        let closes =
            ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];
        let number = pair[1].strip_prefix("gh-").or_else(|| pair[1].rsplit_once('#').map(|(_, n)| n));
        let issue = number.is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()));
        closes.contains(&pair[0]) && issue
    }) || line.split('#').skip(1).any(|after| after.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

fn address(line: &str) -> bool {
    let word_before = |at: usize| line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    line.contains("://") || line.match_indices("www.").any(|(at, _)| !word_before(at))
}

/// An `@name` outside of back-ticks.
fn mention(line: &str) -> bool {
    line.split('`').step_by(2).any(|plain| {
        let chars: Vec<char> = format!(" {plain} ").chars().collect();
        chars.windows(3).any(|w| {
            w[1] == '@' && !w[0].is_alphanumeric() && w[0] != '_' && (w[2].is_alphanumeric() || w[2] == '_')
        })
    })
}
