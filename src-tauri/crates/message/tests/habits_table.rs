//! What the rules say in repositories with habits: type, scope, case, full stop, tense, length, ticket.
// Long because: every table here is written in terms of the same made-up histories.

mod contract;

use autocommit_core::{
    draft::{Background, Diff, FileDiff, FileStatus, PastCommit, Wishes},
    id::Oid,
    path::RepoPath,
};
use autocommit_message::{Brief, Frame, Habits, providers::rules};
use contract::{breaches_with, file};

/// `author|subject|path,path`, newest first; an author beginning with `*` is us.
fn past(commits: &[&str]) -> Background {
    let commit = |text: &&str| {
        let mut parts = text.split('|');
        let mut next = || parts.next().expect("three parts");
        let (author, subject, paths) = (next(), next(), next());
        PastCommit {
            oid: Oid::parse(&"1".repeat(40)).expect("an object name"),
            subject: subject.to_owned(),
            author: author.to_owned(),
            ours: author.starts_with('*'),
            paths: paths.split(',').filter(|p| !p.is_empty()).map(RepoPath::from).collect(),
        }
    };
    Background { past: commits.iter().map(commit).collect(), files: Vec::new() }
}

fn with_file(mut background: Background, path: &str, content: &str) -> Background {
    background.files.push((RepoPath::from(path), content.as_bytes().to_vec()));
    background
}

fn written(background: &Background, branch: Option<&str>, files: Vec<FileDiff>, patch: &str) -> String {
    let (diff, habits) =
        (Diff { files, patch: patch.as_bytes().to_vec(), ..Diff::default() }, Habits::of(background));
    let wishes = Wishes::default();
    let brief = Brief { diff: &diff, habits: &habits, branch, wishes: &wishes };
    let draft = rules::draft(&brief);
    assert_eq!(
        breaches_with(&draft, Frame::of(&brief).full_stop, branch),
        Vec::<String>::new(),
        "{draft:#?}"
    );
    draft.subject
}

/// The subject for changed files without a patch.
fn subject(background: &Background, paths: &[&str]) -> String {
    written(background, None, paths.iter().map(|p| file(*p, FileStatus::Modified, 3, 3)).collect(), "")
}

const CONVENTIONAL: &[&str] = &[
    "Ann <a@x>|fix(parser): stop at the end|src/parser/a.rs",
    "Ann <a@x>|feat: read lists|src/list.rs",
    "Ann <a@x>|docs: say how|README.md",
];

#[test]
fn conventional_or_plain() {
    for (commits, paths, expected) in [
        (&[][..], &["src/a.rs"][..], "Update a.rs"),
        (&["A <a>|Add a thing|x", "A <a>|Fix a thing|x"], &["src/a.rs"], "Update a.rs"),
        (&["A <a>|add a thing|x", "A <a>|fix a thing|x"], &["src/a.rs"], "update a.rs"),
        (CONVENTIONAL, &["src/a.rs"], "fix: update a.rs"),
        (&["A <a>|feat: Read lists|x", "A <a>|fix: Stop|y"], &["src/a.rs"], "fix: Update a.rs"),
        // Neither bots nor we are people, nor are merges written by them.
        (&["x[bot] <b>|fix: a|x", "* us <u>|fix: a|x", "A <a>|Add a|x"], &["src/a.rs"], "Update a.rs"),
        (&["A <a>|Merge branch 'x'|x", "A <a>|fix: a|x"], &["src/a.rs"], "fix: update a.rs"),
        // Words before a colon are no types where nobody calls types so.
        (&["A <a>|note: a|x", "A <a>|Add b|x", "A <a>|Add c|x"], &["src/a.rs"], "Update a.rs"),
    ] {
        assert_eq!(subject(&past(commits), paths), expected, "{commits:?}");
    }
}

#[test]
fn the_type_by_class() {
    for (paths, expected) in [
        (&[".github/workflows/test.yml"][..], "ci: update test workflow"),
        (&["README.md"], "docs: update README"),
        (&["docs/a.md", "docs/b.md"], "docs: update a.md and b.md"),
        (&["tests/a.rs"], "test: update a.rs"),
        (&["Cargo.lock"], "chore: update Cargo.lock"),
        (&["Cargo.toml", "Makefile"], "build: update Cargo.toml and Makefile"),
        (&["Cargo.toml", ".editorconfig"], "chore: update Cargo.toml and .editorconfig"),
        (&["tests/a.rs", "docs/a.md"], "test: update a.rs and a.md"),
        (&["src/a.rs", "tests/a.rs"], "fix: update src/a.rs and tests/a.rs"),
    ] {
        assert_eq!(subject(&past(CONVENTIONAL), paths), expected, "{paths:?}");
    }
}

#[test]
fn the_type_by_what_happened() {
    let background = past(CONVENTIONAL);
    for (status, added, removed, expected) in [
        (FileStatus::Deleted, 0, 9, "refactor: remove big.rs"),
        (FileStatus::Renamed { from: "src/old.rs".into() }, 0, 0, "refactor: rename old.rs to big.rs"),
        (FileStatus::Added, 400, 0, "feat: add big.rs"),
        (FileStatus::Modified, 1, 1, "fix: update big.rs"),
        (FileStatus::ModeChanged { executable: true }, 0, 0, "refactor: make big.rs executable"),
    ] {
        let files = vec![file("src/big.rs", status, added, removed)];
        assert_eq!(written(&background, None, files, ""), expected);
    }
    let patch = |lines: &str| {
        format!("diff --git a/src/a.rs b/src/a.rs\n--- a/src/a.rs\n+++ b/src/a.rs\n@@ -1 +1 @@\n{lines}\n")
    };
    let one = || vec![file("src/a.rs", FileStatus::Modified, 1, 1)];
    assert_eq!(
        written(&background, None, one(), &patch("-// one\n+// two")),
        "docs: change comments in a.rs"
    );
    let settings = |lines: &str| {
        let patch =
            format!("diff --git a/.x.yml b/.x.yml\n--- a/.x.yml\n+++ b/.x.yml\n@@ -1 +1 @@\n{lines}\n");
        written(&background, None, vec![file(".x.yml", FileStatus::Modified, 1, 1)], &patch)
    };
    assert_eq!(settings("-# one\n+# two"), "docs: change comments in .x.yml");
    assert!(settings("-a: 1\n+# a: 1").starts_with("chore: "), "a setting that became a remark is none");
    // Nobody here writes `style`, and yet it is what it is called.
    assert_eq!(written(&background, None, one(), &patch("-let a=1;\n+let a = 1;")), "style: reformat a.rs");
    assert_eq!(
        written(&background, None, one(), &patch("-let a = 1;\n+let a = 2;")),
        "fix: change a from 1 to 2 in a.rs"
    );
}

#[test]
fn no_type_that_a_release_robot_reads() {
    let conventional = past(CONVENTIONAL);
    let habit = past(&[
        "A <a>|fix(deps): bump a|Cargo.lock",
        "A <a>|fix(deps): bump b|Cargo.lock",
        "A <a>|feat: c|c.rs",
    ]);
    for (path, content) in [
        (".releaserc.json", "{}"),
        ("release.config.js", ""),
        ("release-please-config.json", "{}"),
        (".versionrc", "{}"),
        (".changeset/config.json", "{}"),
        ("release-plz.toml", ""),
        ("cog.toml", ""),
        (".cz.toml", ""),
        ("cliff.toml", "[changelog]\n[bump]\n"),
        ("package.json", r#"{"devDependencies": {"semantic-release": "1"}}"#),
        ("pyproject.toml", "[tool.commitizen]\n"),
        (".github/workflows/release.yml", "uses: googleapis/release-please-action@v4"),
    ] {
        assert!(Habits::reads(&RepoPath::from(path)), "{path}");
        for background in [&conventional, &habit] {
            let automated = with_file(background.clone(), path, content);
            for files in [
                vec![file("src/a.rs", FileStatus::Added, 400, 0)],
                vec![file("src/a.rs", FileStatus::Modified, 1, 1)],
                vec![
                    file("src/parser/a.rs", FileStatus::Modified, 1, 1),
                    file("README.md", FileStatus::Modified, 1, 1),
                ],
                vec![file("Cargo.lock", FileStatus::Modified, 1, 1)],
            ] {
                let diff = Diff { files: files.clone(), patch: Vec::new(), ..Diff::default() };
                let habits = Habits::of(&automated);
                let wishes = Wishes::default();
                let frame = Frame::of(&Brief { diff: &diff, habits: &habits, branch: None, wishes: &wishes });
                assert!(!frame.types.is_empty());
                for word in &frame.types {
                    assert!(!["feat", "fix", "perf"].contains(&word.as_str()), "{path}: {word}");
                }
                let subject = written(&automated, None, files, "");
                assert!(
                    !subject.starts_with("feat") && !subject.starts_with("fix") && !subject.contains('!'),
                    "{subject}"
                );
            }
        }
    }
    let changelog = with_file(past(CONVENTIONAL), "cliff.toml", "[changelog]\n");
    assert_eq!(subject(&changelog, &["src/a.rs"]), "fix: update a.rs", "a changelog alone releases nothing");
}

#[test]
fn the_scope_abstains_where_the_past_does_not_agree() {
    let agreed = &["A <a>|fix(parser): a|src/parser/a.rs"; 5][..];
    let split = &[
        "A <a>|fix(parser): a|src/parser/a.rs",
        "A <a>|fix: a|src/parser/a.rs",
        "A <a>|fix(list): a|src/parser/a.rs",
        "A <a>|fix: a|src/parser/a.rs",
    ][..];
    let generic = &["A <a>|fix(src): a|src/parser/a.rs"; 5][..];
    for (commits, path, expected) in [
        (agreed, "src/parser/a.rs", "fix(parser): update a.rs"),
        (agreed, "src/other/a.rs", "fix: update a.rs"),
        (split, "src/parser/a.rs", "fix: update a.rs"),
        (generic, "src/parser/a.rs", "fix: update a.rs"),
    ] {
        assert_eq!(subject(&past(commits), &[path]), expected, "{commits:?}");
    }
    let areas = &["A <a>|net/http: close|net/http/a.go"; 5][..];
    assert_eq!(subject(&past(areas), &["net/http/a.go"]), "net/http: update a.go");
    assert_eq!(subject(&past(areas), &["os/a.go"]), "update a.go");
}

#[test]
fn dependencies_are_called_what_they_are_called_here() {
    let people = &[
        "A <a>|build(deps): bump a|Cargo.toml,Cargo.lock",
        "A <a>|build(deps): bump b|Cargo.lock",
        "A <a>|feat: c|c.rs",
    ];
    let bots = &[
        "renovate[bot] <b>|chore(deps): bump a|Cargo.lock",
        "renovate[bot] <b>|chore(deps): bump b|Cargo.lock",
        "A <a>|feat: c|c.rs",
    ];
    assert_eq!(subject(&past(people), &["Cargo.lock"]), "build(deps): update Cargo.lock");
    assert_eq!(subject(&past(bots), &["Cargo.lock"]), "chore(deps): update Cargo.lock");
    let split = &[
        "A <a>|build(deps): bump a|Cargo.lock",
        "A <a>|build(deps): bump b|b/Cargo.lock",
        "A <a>|build(deps): c|b/Cargo.lock",
        "A <a>|build(npm): d|yarn.lock",
        "A <a>|build(npm): e|yarn.lock",
    ];
    assert_eq!(
        subject(&past(split), &["yarn.lock"]),
        "build: update yarn.lock",
        "these files are called otherwise"
    );
    assert_eq!(subject(&past(split), &["b/Cargo.lock"]), "build(deps): update b/Cargo.lock");
    // A manifest whose lines were not seen may have changed in other things.
    assert_eq!(subject(&past(people), &["Cargo.toml"]), "build: update Cargo.toml");
}

#[test]
fn case_stop_and_tense() {
    for (subjects, expected) in [
        (&["Added a", "Fixed b", "Removed c"][..], "Updated a.rs"),
        (&["Adds a", "Fixes b", "Removes c"], "Updates a.rs"),
        (&["Add a.", "Fix b.", "Remove c."], "Update a.rs."),
        (&["add a", "fix b", "remove c"], "update a.rs"),
    ] {
        let commits: Vec<String> = subjects.iter().map(|s| format!("A <a>|{s}|x")).collect();
        let commits: Vec<&str> = commits.iter().map(String::as_str).collect();
        assert_eq!(subject(&past(&commits), &["src/a.rs"]), expected);
    }
}

#[test]
fn people_who_write_short_subjects_get_short_ones() {
    let background = past(&["A <a>|Add a|x"; 12]);
    let names = ["src/quite_a_long_name.rs", "src/another_long_name.rs"];
    assert_eq!(subject(&past(&[]), &names), "Update quite_a_long_name.rs and another_long_name.rs");
    assert_eq!(subject(&background, &names), "Update 2 files in src");
}

#[test]
fn tickets_come_from_the_branch() {
    let front = &["A <a>|ABC-1: Add a|x", "A <a>|ABC-2: Fix b|x"][..];
    let bracket = &["A <a>|[ABC-1] Add a|x", "A <a>|[ABC-2] Fix b|x"][..];
    let typed = &["A <a>|feat: ABC-1 add a|x", "A <a>|feat: ABC-2 fix b|x"][..];
    let back = &["A <a>|Add a #1|x", "A <a>|Fix b #2|x"][..];
    let merged = &["A <a>|Add a (#1)|x", "A <a>|Fix b (#2)|x"][..];
    let none = &["A <a>|Add a|x", "A <a>|Fix b|x"][..];
    for (commits, branch, expected) in [
        (front, "feature/abc-12-words", "ABC-12: Update a.rs"),
        (bracket, "ABC-12", "[ABC-12] Update a.rs"),
        // Behind `fix: ` it would be closed.
        (typed, "ABC-12", "fix: update a.rs (ABC-12)"),
        (back, "12-words", "Update a.rs #12"),
        (merged, "12-words", "Update a.rs"),
        (none, "ABC-12", "Update a.rs"),
        (front, "main", "Update a.rs"),
        (front, "fix-12", "Update a.rs"),
        (back, "release-1.2", "Update a.rs"),
    ] {
        let files = vec![file("src/a.rs", FileStatus::Modified, 1, 1)];
        assert_eq!(written(&past(commits), Some(branch), files, ""), expected, "{commits:?} {branch}");
    }
}

#[test]
fn commitlint_is_honoured() {
    let lint = |rules: &str| {
        with_file(past(CONVENTIONAL), ".commitlintrc.json", &format!("{{\"rules\": {{{rules}}}}}"))
    };
    for (rules, expected) in [
        (r#""type-enum": [2, "always", ["bugfix", "docs"]]"#, "bugfix: update parseArgs.ts"),
        (r#""subject-case": [2, "always", "sentence-case"]"#, "fix: Update parseArgs.ts"),
        (r#""subject-case": [2, "always", "lower-case"]"#, "fix: update `parseArgs.ts`"),
        (r#""subject-full-stop": [2, "always", "."]"#, "fix: update parseArgs.ts."),
        (
            r#""scope-empty": [2, "never"], "scope-enum": [2, "always", ["cli", "web"]]"#,
            "fix(web): update parseArgs.ts",
        ),
    ] {
        assert_eq!(subject(&lint(rules), &["web/parseArgs.ts"]), expected, "{rules}");
    }
    let plain = with_file(
        past(&["A <a>|Add a|x"]),
        "commitlint.config.js",
        "extends: ['@commitlint/config-conventional']",
    );
    assert_eq!(subject(&plain, &["src/a.rs"]), "fix: update a.rs");
    let short = lint(r#""header-max-length": [2, "always", 40]"#);
    assert!(subject(&short, &["src/quite_a_long_name.rs", "src/another.rs"]).len() <= 40);
}

#[test]
fn a_model_may_choose_among_the_candidates() {
    let (diff, habits) = (
        Diff {
            files: vec![file("src/a.rs", FileStatus::Modified, 1, 1)],
            patch: Vec::new(),
            ..Diff::default()
        },
        Habits::of(&past(CONVENTIONAL)),
    );
    let wishes = Wishes::default();
    let frame = Frame::of(&Brief { diff: &diff, habits: &habits, branch: None, wishes: &wishes });
    assert_eq!(frame.types, ["fix", "feat", "refactor", "chore"]);
    assert_eq!(frame.with_type("feat").expect("a candidate").prefix, "feat: ");
    assert_eq!(frame.with_type("docs"), None);
    assert_eq!(frame.subject("Stop at the end.").as_deref(), Some("fix: stop at the end"));
    assert_eq!(frame.subject("parseArgs stops").as_deref(), Some("fix: parseArgs stops"));
    for refused in
        ["", " ", &"a".repeat(80), "stop\nSigned-off-by: x", "stop #12", "[skip ci] stop", "ask @octocat"]
    {
        assert_eq!(frame.subject(refused), None, "{refused}");
    }
}

/// `count` commits of this subject to this path.
fn times(count: usize, subject: &str, path: &str) -> Vec<String> {
    vec![format!("A <a>|{subject}|{path}"); count]
}

fn history(parts: &[Vec<String>]) -> Background {
    let all: Vec<String> = parts.concat();
    past(&all.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn the_type_is_what_people_call_changes_like_it() {
    let background = history(&[
        times(12, "fix: a", "src/a.rs"),
        times(8, "feat: b", "src/b.rs"),
        times(6, "chore(ci): c", ".github/workflows/a.yml"),
        times(6, "deps: d", "Cargo.toml"),
        times(6, "perf: e", "src/e.rs"),
        times(6, "examples: f", "examples/f.rs"),
        times(6, "docs: g", "guide/g.txt"),
    ]);
    for (path, expected) in [
        ("src/a.rs", "fix: update a.rs"),
        (".github/workflows/a.yml", "chore(ci): update a workflow"),
        ("examples/f.rs", "examples: update f.rs"),
        ("README.md", "docs: update README"),
    ] {
        assert_eq!(subject(&background, &[path]), expected, "{path}");
    }
    // Whatever it was called before: no more is claimed than can be seen.
    for (path, never) in [("src/e.rs", "perf"), ("guide/g.txt", "docs"), ("src/deps.rs", "deps")] {
        assert!(!subject(&background, &[path]).starts_with(never), "{path}");
    }
    let robot = with_file(background, "release.config.js", "");
    assert_eq!(subject(&robot, &["src/a.rs"]), "refactor: update a.rs");
}

#[test]
fn a_note_for_the_changelog_tells_the_type() {
    let note = |path: &str, line: &str| {
        let patch = format!(
            "diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+{line}\n"
        );
        let files = vec![
            file(path, FileStatus::Added, 1, 0),
            file("src/a.rs", FileStatus::Modified, 1, 1),
            file("src/b.rs", FileStatus::Added, 90, 0),
        ];
        (files, patch)
    };
    for (path, line, expected) in [
        (".changes/a.md", "\"cli\": patch:bug", "fix: "),
        (".changes/a.md", "'cli': 'minor:feat'", "feat: "),
        ("changelog.d/12.bugfix.md", "It stops.", "fix: "),
        ("newsfragments/12.doc.rst", "It stops.", "docs: "),
    ] {
        let (files, patch) = note(path, line);
        let said = written(&past(CONVENTIONAL), None, files.clone(), &patch);
        assert!(said.starts_with(expected), "{path} {line}: {said}");
        let robot = with_file(past(CONVENTIONAL), "release.config.js", "");
        let said = written(&robot, None, files, &patch);
        assert!(!said.starts_with("feat") && !said.starts_with("fix"), "{said}");
    }
    // Two that do not agree, one that says nothing, and a note alone.
    let (mut files, patch) = note(".changes/a.md", "\"cli\": patch:bug\n+\"web\": minor:feat");
    files[0].added = 2;
    assert!(
        written(&past(CONVENTIONAL), None, files, &patch.replace("+1 @@", "+1,2 @@")).starts_with("feat: ")
    );
    let (files, patch) = note(".changes/a.md", "\"cli\": patch:change");
    assert!(written(&past(CONVENTIONAL), None, files, &patch).starts_with("feat: "));
}

#[test]
fn the_scope_is_that_of_the_nearest_commits() {
    let background = history(&[
        times(10, "fix(parser): a", "src/parser/a.rs"),
        times(10, "feat(list): b", "src/list/b.rs"),
        times(10, "fix: c", "src/c.rs"),
        times(6, "chore(deps): d", "src/deps/d.rs"),
        times(6, "fix(release): e", "src/release/e.rs"),
    ]);
    for (path, expected) in [
        ("src/parser/new.rs", "fix(parser): update new.rs"),
        ("src/list/b.rs", "feat(list): update b.rs"),
        ("src/c.rs", "fix: update c.rs"),
        ("web/x.ts", "fix: update x.ts"),
    ] {
        assert_eq!(subject(&background, &[path]), expected, "{path}");
    }
    // Neither is true of source alone.
    for path in ["src/deps/d.rs", "src/release/e.rs"] {
        assert!(!subject(&background, &[path]).contains('('), "{path}");
    }
}
