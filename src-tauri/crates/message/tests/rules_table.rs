//! What the rules say about everyday changes.

mod contract;

use autocommit_core::draft::{Diff, Draft, FileDiff, FileStatus};
use contract::{breaches, file, modified};

fn draft(diff: &Diff) -> Draft {
    let draft = contract::ruled(diff);
    assert_eq!(breaches(&draft), Vec::<String>::new(), "{draft:#?}");
    draft
}

/// The subject for files without any patch: `A path`, `M path`, `D path`, `R from to`, `+x path`, `-x path`, `S path`.
fn subject(files: &[&str]) -> String {
    draft(&Diff { files: files.iter().map(|f| parsed(f)).collect(), patch: Vec::new(), ..Diff::default() })
        .subject
}

fn parsed(text: &str) -> FileDiff {
    let (kind, path) = text.split_once(' ').expect("kind and path");
    match kind {
        "A" => file(path, FileStatus::Added, 3, 0),
        "M" => file(path, FileStatus::Modified, 3, 1),
        "D" => file(path, FileStatus::Deleted, 0, 3),
        "T" => file(path, FileStatus::TypeChanged, 1, 1),
        "S" => file(path, FileStatus::Submodule, 1, 1),
        "S+" => file(path, FileStatus::Submodule, 1, 0),
        "S-" => file(path, FileStatus::Submodule, 0, 1),
        "+x" => file(path, FileStatus::ModeChanged { executable: true }, 0, 0),
        "-x" => file(path, FileStatus::ModeChanged { executable: false }, 0, 0),
        _ => {
            let (from, to) = path.split_once(' ').expect("two paths");
            file(to, FileStatus::Renamed { from: from.into() }, usize::from(kind == "RM"), 0)
        }
    }
}

#[test]
fn by_file() {
    for (files, expected) in [
        (&["A a.txt"][..], "Add a.txt"),
        (&["M src/cli.txt"], "Update cli.txt"),
        (&["D a.txt"], "Remove a.txt"),
        (&["A my notes.txt"], "Add \"my notes.txt\""),
        (&["M Cargo.lock"], "Update Cargo.lock"),
        (&["M README.md"], "Update README"),
        (&["M web/index.ts"], "Update web/index.ts"),
        (&["T link"], "Change the type of link"),
        (&["S vendor/lib"], "Update submodule lib"),
        (&["S+ vendor/lib", "S- lib2"], "Add lib and remove lib2"),
        (&["S+ vendor/lib"], "Add submodule lib"),
        (&["S- vendor/lib"], "Remove submodule lib"),
        (&["M a.txt", "M b.txt"], "Update a.txt and b.txt"),
        (&["A a.txt", "A b.txt", "A c.txt"], "Add a.txt, b.txt and c.txt"),
        (&["A a.txt", "M b.txt"], "Add a.txt and update b.txt"),
        (&["A a.txt", "M b.txt", "D c.txt"], "Add a.txt, update b.txt and remove c.txt"),
        (&["A a.txt", "A b.txt", "D c.txt"], "Add a.txt and b.txt, remove c.txt"),
        (&["M a/mod.rs", "M b/mod.rs"], "Update a/mod.rs and b/mod.rs"),
        (&["M a/x.txt", "M b/x.txt"], "Update a/x.txt and b/x.txt"),
        (&["M s/api/1", "M s/api/2", "M s/api/3", "M s/api/x/4", "M s/api/5"], "Update 5 files in s/api"),
        (&["M 1", "M 2", "M 3", "M x/4", "M 5"], "Update 1 and 4 more files"),
        (&["M Cargo.lock", "M a.md", "M b.md", "M x/lexer.c", "M 5.md"], "Update lexer.c and 4 more files"),
        (&["A 1", "A 2", "A 3", "A x/4", "M 5"], "Add 4 files and update 1"),
        (
            &["A docs/1", "A docs/2", "M docs/3", "M docs/4", "M docs/5", "D docs/6"],
            "Add 2 files, update 3 and remove 1 in docs",
        ),
        (&["R a.txt b.txt", "M c.txt"], "Update c.txt and rename a.txt to b.txt"),
        (&["A n.txt", "M 1", "M 2", "M 3", "M 4", "D 5"], "Add n.txt, update 4 files and remove 1"),
        (&[], "Commit without changed files"),
    ] {
        assert_eq!(subject(files), expected, "{files:?}");
    }
}

#[test]
fn moves_and_modes() {
    for (files, expected) in [
        (&["R a.txt b.txt"][..], "Rename a.txt to b.txt"),
        (&["RM a.txt b.txt"], "Rename a.txt to b.txt, with changes"),
        (&["R a.txt docs/a.txt"], "Move a.txt to docs/"),
        (&["R docs/a.txt a.txt"], "Move a.txt to the top folder"),
        (&["R old/a.txt new/b.txt"], "Move a.txt to new/b.txt"),
        (&["R old/a new/a", "R old/x/b new/x/b", "R old/c new/c"], "Move 3 files from old to new"),
        (&["R s/old/a s/new/a", "R s/old/b s/new/b"], "Move 2 files from s/old to s/new"),
        (&["R a x/a", "R y/b x/b"], "Move 2 files to x"),
        (&["R a b", "R c d"], "Rename a to b and c to d"),
        (&["R a b", "R c d", "R e f"], "Rename 3 files"),
        (&["+x run.sh"], "Make run.sh executable"),
        (&["-x run.sh"], "Make run.sh not executable"),
        (&["+x a.sh", "+x b.sh"], "Make a.sh and b.sh executable"),
        (&["+x 1", "+x 2", "+x 3", "+x 4"], "Make 4 files executable"),
        (&["+x 1", "-x 2"], "Change the executable bit of 2 files"),
    ] {
        assert_eq!(subject(files), expected, "{files:?}");
    }
}

fn subject_of(path: &str, context: &str, lines: &str) -> String {
    draft(&modified(&[(path, &[(context, lines)])])).subject
}

#[test]
fn definitions_by_name() {
    for (path, context, lines, expected) in [
        ("src/cli.rs", "", "+fn parse_args() {\n+    one();\n+}", "Add parse_args to cli.rs"),
        ("x.py", "", "-def foo():\n-    pass", "Remove foo from x.py"),
        ("x.rs", "", "+fn a() {}\n+fn b() {}", "Add a and b to x.rs"),
        ("x.rs", "", "+fn a() {}\n+fn b() {}\n+fn c() {}\n+fn d() {}", "Add a, b and more to x.rs"),
        ("x.rs", "", "+struct A {\n+    x: u8,\n+}\n+impl A {\n+    fn new() {}\n+}", "Add A to x.rs"),
        ("x.rs", "", "+impl A {\n+    fn fresh() {}\n+}", "Add fresh to x.rs"),
        ("x.py", "", "+class Shop:\n+    def buy(self):\n+        pass", "Add Shop to x.py"),
        ("x.rs", "", "-fn old(x: u8) {\n+fn new(x: u8) {", "Rename old to new in x.rs"),
        ("x.rs", "", "-fn old(x: u8) {\n-  one\n+fn new(x: u8) {\n+  two", "Add new and remove old in x.rs"),
        (
            "A.java",
            "",
            "-\tpublic Thing error(int n) {\n+\tpublic @Nullable Thing error(int n) {",
            "Add Nullable to A.java",
        ),
        ("x.rs", "", "-fn a(x: u8) {\n+fn a(x: u16) {", "Replace u8 with u16 in x.rs"),
        ("x.rs", "", "-fn a() {}\n+mod inner {\n+    fn a() {}\n+}", "Add inner to x.rs"),
        ("cli.rs", "fn parse_args() {", "-    one();\n+    two(four);", "Update parse_args in cli.rs"),
        // Not certain: behind the function, in front of the next one, in a method of unknown depth.
        ("cli.rs", "fn parse_args() {", "-one();\n+two(four);", "Update cli.rs"),
        ("cli.rs", "fn parse_args() {", "+    /// For the next.", "Add comments to cli.rs"),
        ("cli.rs", "fn parse_args() {", " }\n \n+    two();", "Update cli.rs"),
        ("cli.py", "def buy(self):", "+    limit = 4", "Update cli.py"),
        ("cli.py", "def buy(self):", "+        limit = 4", "Update buy in cli.py"),
        ("cli.rs", "impl Shop {", "+    x();", "Update cli.rs"),
        ("notes.txt", "", "+fn a() {}", "Update notes.txt"),
        (
            "tests/test_a.py",
            "",
            "+def test_x():\n+    pass\n+def test_y():\n+    pass",
            "Add 2 tests to test_a.py",
        ),
        ("tests/test_a.py", "", "+def test_x():\n+    pass", "Add test_x to test_a.py"),
    ] {
        assert_eq!(subject_of(path, context, lines), expected, "{path} {lines}");
    }
}

#[test]
fn definitions_beside_other_files() {
    let add = ("", "+fn parse() {}");
    let plain = ("", "-a\n+b");
    let diff = modified(&[("src/main.rs", &[plain]), ("src/cli.rs", &[add])]);
    let message = draft(&diff);
    assert_eq!(message.subject, "Add parse to cli.rs, update src/main.rs");
    assert_eq!(message.body, "- update src/main.rs (+1 -1)\n- update src/cli.rs (+1 -0)");
    let change = ("fn parse() {", "-    one();\n+    two();");
    for (others, expected) in [
        (&["tests/a.rs"][..], "Replace one with two in parse, with tests"),
        (&["tests/a.rs", "docs/a.md"], "Replace one with two in parse, with tests and docs"),
        (&["Cargo.lock"], "Replace one with two in parse"),
        (&["src/b.rs"], "Replace one with two in parse, update b.rs"),
        (
            &["src/reconciliation_of_all_accounts_at_once.rs"],
            "Replace one with two in parse, update 1 other file",
        ),
        (
            &["src/b.rs", "src/c.rs", "lib/d.rs", "lib/e.rs", "f.rs", "g.rs"],
            "Replace one with two in parse, update b.rs and 5 more files",
        ),
    ] {
        let (news, other) = ([change], [plain]);
        let mut files = vec![("src/cli.rs", &news[..])];
        files.extend(others.iter().map(|path| (*path, &other[..])));
        assert_eq!(draft(&modified(&files)).subject, expected);
    }
    let mut with_new = modified(&[("src/cli.rs", &[add])]);
    with_new.files.push(file("src/new.rs", FileStatus::Added, 4, 0));
    assert_eq!(draft(&with_new).subject, "Add new.rs and update cli.rs");
}

#[test]
fn a_new_test_file() {
    let patch = b"diff --git a/test_cli.py b/test_cli.py\nnew file mode 100644\n--- /dev/null\n+++ b/test_cli.py\n@@ -0,0 +1,2 @@\n+def test_x():\n+    pass\n";
    let files = vec![file("test_cli.py", FileStatus::Added, 2, 0)];
    assert_eq!(
        draft(&Diff { files: files.clone(), patch: patch.to_vec(), ..Diff::default() }).subject,
        "Add tests for cli"
    );
    assert_eq!(draft(&Diff { files, patch: Vec::new(), ..Diff::default() }).subject, "Add test_cli.py");
}

#[test]
fn what_is_not_seen_whole_is_not_described() {
    let mut diff = modified(&[("cli.rs", &[("", "+fn parse() {}")])]);
    diff.files[0].added += 1;
    assert_eq!(draft(&diff).subject, "Update cli.rs");
    let mut diff = modified(&[("cli.rs", &[("", "+fn parse() {}")])]);
    diff.patch.truncate(diff.patch.len() - 18);
    assert_eq!(draft(&diff).subject, "Update cli.rs");
}

#[test]
fn dependencies() {
    let bump = "-serde = \"1.0.1\"\n+serde = \"1.0.2\"";
    for (path, context, lines, expected) in [
        ("Cargo.toml", "", bump, "Bump serde from 1.0.1 to 1.0.2"),
        ("Cargo.toml", "", "-serde = \"1.2\"\n+serde = \"1.1\"", "Downgrade serde from 1.2 to 1.1"),
        ("Cargo.toml", "", "-serde = \"^1\"\n+serde = \"~1\"", "Change serde from ^1 to ~1"),
        ("Cargo.toml", "[dependencies]", "+serde = \"1\"", "Add serde"),
        ("Cargo.toml", "", "+serde = \"1\"", "Add serde to Cargo.toml"),
        ("Cargo.toml", "", "-serde = \"1\"", "Remove serde from Cargo.toml"),
        (
            "a/Cargo.toml",
            "",
            "-version = \"0.1.0\"\n+version = \"0.2.0\"",
            "Bump version from 0.1.0 to 0.2.0 in a/Cargo.toml",
        ),
        (
            "Cargo.toml",
            "",
            "-serde = \"1\"\n+serde = { version = \"1\", features = [\"derive\"] }",
            "Update serde in Cargo.toml",
        ),
        ("Cargo.toml", "", "-a = \"1\"\n-b = \"1\"\n+a = \"2\"\n+b = \"2\"", "Bump a and b"),
        (
            "Cargo.toml",
            "",
            "-a = \"1\"\n-b = \"1\"\n-c = \"1\"\n-d = \"1\"\n+a = \"2\"\n+b = \"2\"\n+c = \"2\"\n+d = \"2\"",
            "Bump 4 versions in Cargo.toml",
        ),
        (
            "Cargo.toml",
            "[dependencies]",
            "-a = \"1\"\n-b = \"1\"\n-c = \"1\"\n-d = \"1\"\n+a = \"2\"\n+b = \"2\"\n+c = \"2\"\n+d = \"2\"",
            "Bump 4 dependencies",
        ),
        ("Cargo.toml", "[dependencies]", "-a = \"1\"\n+a = \"2\"\n+b = \"1\"", "Bump a and add b"),
        ("Cargo.toml", "", "-serde = \"1\"\n+serde = \"2\"\n+default = [\"std\"]", "Update Cargo.toml"),
        (
            "Cargo.toml",
            "",
            "-serde = \"1\"\n-serde = \"1\"\n+serde = \"2\"\n+serde = \"2\"",
            "Change serde from 1 to 2 in Cargo.toml",
        ),
        (
            "package.json",
            "",
            "-    \"react\": \"^18.0.0\"\n+    \"react\": \"^18.2.0\",",
            "Bump react from 18.0.0 to 18.2.0",
        ),
        (
            "package.json",
            "",
            " \"dependencies\": {\n-    \"a\": \"1.0\"\n+    \"a\": \"1.0\",\n+    \"b\": \"1.0\"",
            "Add b",
        ),
        (
            "package.json",
            "",
            "-    \"@types/node\": \"1.0\"\n+    \"@types/node\": \"1.1\"",
            "Bump `@types/node` from 1.0 to 1.1",
        ),
        ("requirements.txt", "", "-flask==2.0.1\n+flask==2.0.2", "Bump flask from 2.0.1 to 2.0.2"),
        (
            "go.mod",
            "require (",
            "-\tgolang.org/x/sys v0.1.0\n+\tgolang.org/x/sys v0.2.0",
            "Bump golang.org/x/sys from v0.1.0 to v0.2.0",
        ),
        ("go.mod", "", "-go 1.21\n+go 1.22", "Bump go from 1.21 to 1.22 in go.mod"),
    ] {
        assert_eq!(subject_of(path, context, lines), expected, "{path} {lines}");
    }
    let mut with_lock = modified(&[("Cargo.toml", &[("", bump)])]);
    with_lock.files.push(file("Cargo.lock", FileStatus::Modified, 2, 2));
    assert_eq!(draft(&with_lock).subject, "Bump serde from 1.0.1 to 1.0.2");
    with_lock.files.push(file("src/a.rs", FileStatus::Modified, 2, 2));
    assert_eq!(draft(&with_lock).subject, "Update Cargo.toml, Cargo.lock and a.rs");
}

#[test]
fn headings() {
    let section = "+## Installation\n+\n+Run it.";
    for (path, lines, expected) in [
        ("README.md", section, "Document Installation in README.md"),
        ("CHANGELOG.md", section, "Update CHANGELOG"),
        ("docs/guide.md", "+## Installation", "Update guide.md"),
        ("docs/guide.md", "-## Set-up\n+## Installation\n+Text", "Update guide.md"),
        ("docs/guide.md", "+```sh\n+## list\n+ls\n+```", "Update guide.md"),
        ("docs/guide.md", "+## Fixes #12\n+Text", "Update guide.md"),
    ] {
        assert_eq!(subject_of(path, "", lines), expected, "{path} {lines}");
    }
}

#[test]
fn bodies_list_files() {
    let many = Diff {
        files: (0..40).map(|i| file(format!("a/{i}.txt"), FileStatus::Added, 1, 0)).collect(),
        patch: Vec::new(),
        ..Diff::default()
    };
    let message = draft(&many);
    assert_eq!(message.subject, "Add 40 files in a");
    assert_eq!(message.body.lines().count(), 31);
    assert!(
        message.body.starts_with("- add a/0.txt\n") && message.body.ends_with("- and 10 more"),
        "{message:#?}"
    );
    let single =
        Diff { files: vec![file("a.txt", FileStatus::Added, 1, 0)], patch: Vec::new(), ..Diff::default() };
    assert_eq!(draft(&single).body, "");
    let names = draft(&modified(&[("x.rs", &[("", "+fn a() {}\n+fn b() {}\n+fn c() {}\n+fn d() {}")])]));
    assert_eq!(names.body, "- add a\n- add b\n- add c\n- add d");
}

#[test]
fn hostile_names_are_shown_without_effect() {
    for (name, expected) in [
        ("fixes #12.txt", "Add fixes\\u{20}\\u{23}12.txt"),
        ("[skip ci].txt", "Add \"\\u{5b}skip ci].txt\""),
        ("app/[id]/page.tsx", "Add [id]/page.tsx"),
        ("@octocat", "Add `@octocat`"),
        ("a\u{1b}[31m", "Add a\\u{1b}[31m"),
        ("a\u{202e}txt.exe", "Add a\\u{202e}txt.exe"),
        ("Signed-off-by: A", "Add \"Signed-off-by\\u{3a} A\""),
    ] {
        assert_eq!(subject(&[&format!("A {name}")]), expected);
    }
    let odd = Diff {
        files: vec![file(*b"caf\xe9.txt", FileStatus::Added, 1, 0)],
        patch: Vec::new(),
        ..Diff::default()
    };
    assert_eq!(draft(&odd).subject, "Add caf\u{fffd}.txt");
}
