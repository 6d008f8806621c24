//! Changes of which the rules once said something false, as git shows them: none of it is said any more.

#![allow(clippy::disallowed_methods, reason = "the test has git itself say what changed")]

mod contract;

use autocommit_core::draft::Diff;
use contract::breaches;
use std::{fs, process::Command};

/// The subject of a change of files, each with its path and what it held before and after.
fn subject(files: &[(&str, &str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let mut diff = Diff::default();
    for (path, before, after) in files {
        let [old, new] = [("old", before), ("new", after)].map(|(name, text)| {
            let at = folder.path().join(name);
            fs::write(&at, text).expect("a file");
            at
        });
        let git = Command::new("git")
            .args(["diff", "--no-index", "--unified=0", "--no-color", "--no-ext-diff"])
            .args([old, new])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .expect("git");
        let text = String::from_utf8(git.stdout).expect("text");
        let hunks = text.find("@@ -").map(|at| &text[at..]).expect("a change");
        contract::modify(&mut diff, path, hunks);
        diff.after.push(((*path).into(), (*after).into()));
    }
    let draft = contract::ruled(&diff);
    assert_eq!(breaches(&draft), Vec::<String>::new(), "{draft:#?}");
    draft.subject
}

fn check(cases: &[(&str, &str, &str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(path, before, after, expected)| {
            let said = subject(&[(path, before, after)]);
            (said != *expected)
                .then(|| format!("{path}\n{before}\n=>\n{after}\nsaid {said:?}, expected {expected:?}\n"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_moved_is_no_layout() {
    check(&[
        (
            "a.rs",
            "struct A {\n    name: u8,\n    a: u8,\n}\nstruct B {\n    b: u8,\n}\n",
            "struct A {\n    a: u8,\n}\nstruct B {\n    b: u8,\n    name: u8,\n}\n",
            "Update A and B in a.rs",
        ),
        (
            "a.js",
            "function f() {\n  check();\n  one();\n  two();\n}\n",
            "function f() {\n  one();\n  two();\n  check();\n}\n",
            "Update f in a.js",
        ),
        (
            "a.css",
            ".a {\n  color: red;\n  top: 0;\n}\n.b {\n  left: 0;\n}\n",
            ".a {\n  top: 0;\n}\n.b {\n  left: 0;\n  color: red;\n}\n",
            "Update a.css",
        ),
        (
            "a.py",
            "def f(x):\n    for a in x:\n        if a:\n            return a\n        return None\n",
            "def f(x):\n    for a in x:\n        if a:\n            return a\n    return None\n",
            "Update f in a.py",
        ),
        (
            "a.yml",
            "limits:\n  timeout: 1.10\n",
            "limits:\n  timeout: 11.0\n",
            "Change timeout from 1.10 to 11.0 in a.yml",
        ),
        (
            "a.rs",
            "fn f() {\n    log(\"foo bar\");\n}\n",
            "fn f() {\n    log(\"foobar\");\n}\n",
            "Update f in a.rs",
        ),
    ]);
}

#[test]
fn only_marks_of_the_language_make_a_comment() {
    check(&[
        ("a.py", "x = \"\"\"\n# Title\ny\n\"\"\"\n", "x = \"\"\"\ny\n\"\"\"\n", "Update a.py"),
        ("a.sh", "cat <<END\n# old\nEND\n", "cat <<END\n# new\nEND\n", "Update a.sh"),
        ("a.js", "const a = `\n  one  two\n`;\n", "const a = `\n  one two\n`;\n", "Update a.js"),
        (
            "README.md",
            "Install\n\nRun it.\n",
            "# Install\n\nRun it.\n",
            "Change layout and punctuation in README",
        ),
        ("a.js", "class A {\n  count = 0;\n}\n", "class A {\n  #count = 0;\n}\n", "Update A in a.js"),
        ("a.css", "header {\n  top: 0;\n}\n", "#header {\n  top: 0;\n}\n", "Update a.css"),
        ("a.css", "a {\n}\n", "* { margin: 0 }\na {\n}\n", "Update a.css"),
        (
            "a.rs",
            "fn f() -> u8 {\n    let day = hours\n    * 24;\n    day\n}\n",
            "fn f() -> u8 {\n    let day = hours\n    * 48;\n    day\n}\n",
            "Change 24 to 48 in a.rs",
        ),
        ("a.py", "x = \"\"\"\n# Title\n\"\"\"\n", "x = \"\"\"\n# Report\n\"\"\"\n", "Update a.py"),
        ("a.py", "x = 1\n# one\n", "x = 1\n# two\n", "Change comments in a.py"),
    ]);
}

#[test]
fn a_function_that_ended_is_not_where_something_changed() {
    let tests = "import pytest\n\n\ndef test_add():\n    assert add(1, 1) == 2\n\n\n@pytest.mark.parametrize(\n    \"a\",\n    [\n        (2, 20),\n    ],\n)\ndef test_mul(a):\n    assert a\n";
    check(&[
        ("test_a.py", tests, &tests.replace("(2, 20)", "(2, 25)"), "Change 20 to 25 in test_a.py"),
        (
            "a.rs",
            "fn load() {\n    x();\n}\n\n#[derive(\n    Debug,\n)]\nstruct A;\n",
            "fn load() {\n    x();\n}\n\n#[derive(\n    Debug,\n    PartialEq,\n)]\nstruct A;\n",
            "Use PartialEq in a.rs",
        ),
        (
            "a.rs",
            "fn load(\n    a: u8,\n) -> u8\nwhere\n    u8: Copy,\n{\n    f(10)\n}\n",
            "fn load(\n    a: u8,\n) -> u8\nwhere\n    u8: Copy,\n{\n    f(20)\n}\n",
            "Change 10 to 20 in a.rs",
        ),
    ]);
}

#[test]
fn what_stays_under_its_name_is_not_gone() {
    let two =
        "impl Display for A {\n    fn fmt(&self) {}\n}\n\nimpl Display for B {\n    fn fmt(&self) {}\n}\n";
    check(&[
        ("a.rs", two, &two[..two.find("\nimpl Display for B").unwrap_or_default()], "Update a.rs"),
        (
            "a.py",
            "class A:\n    @property\n    def size(self):\n        return self.s\n\n    @size.setter\n    def size(self, s):\n        self.s = s\n",
            "class A:\n    @property\n    def size(self):\n        return self.s\n",
            "Update A in a.py",
        ),
        (
            "a.py",
            "from my_utils import dump\nfrom my_utils import parse\nparse()\n",
            "from my_utils import parse\nparse()\n",
            "Remove a line with my_utils from a.py",
        ),
    ]);
}

#[test]
fn what_is_taken_away_is_not_used() {
    check(&[
        ("q.sql", "SELECT 1;\n", "SELECT 1;\nDROP TABLE user_sessions;\n", "Update q.sql"),
        ("q.sql", "SELECT a\n", "SELECT a\nfrom user_accounts\n", "Use user_accounts in q.sql"),
        ("b.sh", "#!/bin/sh\nrun\n", "#!/bin/sh\nunset HTTP_PROXY\nrun\n", "Update b.sh"),
        ("a.rs", "fn f() {}\n", "#[allow(dead_code)]\nfn f() {}\n", "Update a.rs"),
        (".gitignore", "a\n", "a\nnode_modules/\n", "Add node_modules to .gitignore"),
        ("mail.yml", "to: x\n", "to: x\nfrom: no_reply\n", "Use no_reply in mail.yml"),
    ]);
}

#[test]
fn values_have_their_own_names_and_signs() {
    check(&[
        (
            "Makefile",
            "x:\n\tNODE_ENV=production webpack\n",
            "x:\n\tNODE_ENV=production vite\n",
            "Replace webpack with vite in Makefile",
        ),
        (
            "Cargo.toml",
            "[profile.release]\nopt-level = 2\n",
            "[profile.release]\nopt-level = 3\n",
            "Change opt-level from 2 to 3 in Cargo.toml",
        ),
        (
            "a.js",
            "function f() {\n  return -1;\n}\n",
            "function f() {\n  return -2;\n}\n",
            "Change -1 to -2 in f",
        ),
        ("a.c", "int width;\n", "int width, height;\n", "Add height to a.c"),
        (
            "a.py",
            "def f(total):\n    total += 1\n",
            "def f(total):\n    total += 10\n",
            "Change 1 to 10 in f",
        ),
        (
            "Makefile",
            "x:\n\tGOOS=linux GOARCH=amd64 go build\n",
            "x:\n\tGOOS=linux GOARCH=arm64 go build\n",
            "Replace amd64 with arm64 in Makefile",
        ),
        (
            "a.py",
            "def f():\n    offset = -1\n",
            "def f():\n    offset = -2\n",
            "Change offset from -1 to -2 in f",
        ),
        (
            "cors.yml",
            "origins:\n  - http://localhost:3000\n",
            "origins:\n  - http://localhost:4000\n",
            "Change 3000 to 4000 in cors.yml",
        ),
        ("a.py", "def f(a):\n    return a\n", "def f(a: Account):\n    return a\n", "Use Account in a.py"),
        ("requirements.txt", "django<4.0\n", "django<5.0\n", "Change django from <4.0 to <5.0"),
        (
            "a.yml",
            "x:\n  conversion_rate: 1.1\n",
            "x:\n  conversion_rate: 1.2\n",
            "Change conversion_rate from 1.1 to 1.2 in a.yml",
        ),
    ]);
}

#[test]
fn prose_defines_nothing() {
    check(&[
        (
            "a.py",
            "def f():\n    \"\"\"Loads.\n\n    It is made by the\n    \"\"\"\n",
            "def f():\n    \"\"\"Loads.\n\n    It is made by the\n    class that knows the file.\n    \"\"\"\n",
            "Update f in a.py",
        ),
        ("a.c", "/*\n*/\nint x;\n", "/*\nParse the input (see RFC 123)\n*/\nint x;\n", "Update a.c"),
    ]);
}

#[test]
fn a_note_that_is_no_command_is_not_the_subject() {
    for note in [
        "Display names are now trimmed",
        "Log files are now rotated daily",
        "Support for Python 3.12",
        "Builds on Windows work again",
        "Exports are sorted by name now",
        "Logging no longer prints the token",
        "Fixes for Windows paths",
    ] {
        let log = format!("# Changes\n\n- {note}\n");
        let said = subject(&[("a.js", "f(1)\n", "f(2)\n"), ("CHANGELOG.md", "# Changes\n\n", &log)]);
        assert_eq!(said, "Change 1 to 2 in a.js with docs", "{note}");
    }
}

#[test]
fn a_definition_that_went_to_another_file_is_moved() {
    let save = "def save(x):\n    open(x)\n    write(x)\n";
    let rest = "def load(x):\n    return x\n";
    let both = format!("{save}\n\n{rest}");
    assert_eq!(
        subject(&[("a.py", &both, rest), ("b.py", "import os\n", &format!("import os\n\n\n{save}"))]),
        "Move save from a.py to b.py"
    );
}

#[test]
fn loops_are_no_conditions() {
    check(&[(
        "a.js",
        "function f() {\n  while (queue.length) {\n    g();\n  }\n}\n",
        "function f() {\n}\n",
        "Update f in a.js",
    )]);
}
