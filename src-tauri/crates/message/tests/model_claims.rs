//! Sentences of people about their changes are taken, and the same sentences bent a little are not.

mod contract;
mod fake;

use autocommit_core::{
    draft::{Background, Diff, FileStatus, PastCommit, Wishes},
    id::Oid,
};
use autocommit_message::{
    Brief, Checks, Habits,
    Refusal::{self, *},
    draft_or_rules,
    providers::llm::{Endpoint, Model, Recipe, prompt_of},
};
use contract::file;
use fake::{Fake, says};
use std::time::Duration;

/// A change of one file, given by its changed lines.
fn diff(path: &str, lines: &str) -> Diff {
    let count = |mark: char| lines.lines().filter(|line| line.starts_with(mark)).count();
    let (added, removed, around) = (count('+'), count('-'), count(' '));
    let (old, new) = (removed + around, added + around);
    let patch = format!(
        "diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -9,{old} +9,{new} @@\n{lines}\n"
    );
    Diff {
        files: vec![file(path, FileStatus::Modified, added, removed)],
        patch: patch.into_bytes(),
        ..Diff::default()
    }
}

fn checked(diff: &Diff, answer: &str) -> Result<(), Refusal> {
    let (habits, wishes) = (Habits::default(), Wishes::default());
    let brief = Brief { diff, habits: &habits, branch: None, wishes: &wishes };
    Checks::of(&brief).subject(answer, false, false).map(|_| ())
}

fn question(diff: &Diff) -> String {
    let (habits, wishes) = (Habits::default(), Wishes::default());
    let brief = Brief { diff, habits: &habits, branch: None, wishes: &wishes };
    prompt_of(&brief, &Recipe::default()).expect("a prompt").question
}

#[test]
fn versions_with_and_without_their_letter() {
    let change = diff("ci.yml", "-  uses: actions/setup-python@v4\n+  uses: actions/setup-python@v5");
    assert_eq!(checked(&change, "update setup-python action to v5"), Ok(()));
    assert_eq!(checked(&change, "update setup-python action from 4 to 5"), Ok(()));
    assert_eq!(checked(&change, "update setup-python action to v4"), Err(NotChanged));
    assert_eq!(checked(&change, "update setup-python action to v6"), Err(Number));
}

#[test]
fn what_people_think_of_a_change_is_no_name_in_it() {
    let change = diff("nfpm.md", "-# Whether to follow symlinks.\n+# Whether to keep symlinks.");
    assert_eq!(checked(&change, "fix wrong inconsistency about symlinks"), Ok(()));
    assert_eq!(checked(&change, "fix wrong handling of archive checksums"), Err(Unrelated));
    assert_eq!(checked(&change, "fix wrong spelling"), Err(Nothing));
}

#[test]
fn where_nothing_was_before_everything_is_new() {
    let lines =
        "+  build-no-std:\n+    runs-on: ubuntu-latest\n+    steps:\n+      - run: cargo check-no-std";
    assert_eq!(checked(&diff("ci.yml", lines), "add job to check the no-std build"), Ok(()));
    assert_eq!(checked(&diff("ci.yml", lines), "refactor the no-std build job"), Err(NotChanged));
    assert_eq!(checked(&diff("ci.yml", lines), "remove job that checks the no-std build"), Err(NotRemoved));
    let lines = "-  case actCancel:\n+  case actCancel, actBgCancel: // bg-cancel";
    assert_eq!(checked(&diff("src/options.go", lines), "add bg-cancel action"), Ok(()));
    assert_eq!(checked(&diff("src/options.go", lines), "add cancel action for"), Err(NotAdded));
}

#[test]
fn numbers_beside_one_another_are_no_path() {
    let change = diff("Cargo.toml", "+crossterm_0_28 = [\"0.28\"]\n+crossterm_0_29 = [\"0.29\"]");
    assert_eq!(checked(&change, "add crossterm 0.28/0.29 features"), Ok(()));
    assert_eq!(checked(&change, "add crossterm 0.28/0.30 features"), Err(File));
}

#[test]
fn a_note_in_a_changelog_may_be_said_again() {
    let note = "Fix the check of absolute paths with slashes";
    assert_eq!(checked(&diff("History.md", &format!("+  * {note}")), note), Ok(()));
    assert_eq!(checked(&diff("notes.txt", &format!("+  * {note}")), note), Err(EchoOfChange));
}

#[test]
fn what_a_change_says_in_words_is_told() {
    let asked = question(&diff("docs/a.md", "-conf (highest precedence)\n+conf (lowest precedence)"));
    assert!(asked.ends_with("Replaced: (highest by: (lowest\n\nSubject:"), "{asked}");
    let asked = question(&diff("src/a.ts", "-  return a + b;\n+  return a + b"));
    assert!(asked.contains("Only layout and punctuation changed.\n"), "{asked}");
    let asked = question(&diff("src/a.ts", "-  return a + b\n+  return a - b"));
    assert!(!asked.contains("Only"), "{asked}");
    let asked = question(&diff("src/a.go", "+// Run it with -bench=.\n+// and -count=6."));
    assert!(asked.contains("Only comments changed.\n"), "{asked}");
    let asked = question(&diff("a.go", "-import \"x/lib/v62/a\"\n+import \"x/lib/v63/a\""));
    assert!(asked.contains("Replaced: \"x/lib/v62/a\" by: \"x/lib/v63/a\"\n"), "{asked}");
    let asked = question(&diff("History.md", "+  * Fix the check of absolute paths"));
    assert!(asked.contains("The author's note: Fix the check of absolute paths\n"), "{asked}");
    let asked = question(&diff("test/a.test.js", "+it('closes the bundle', () => {"));
    assert!(asked.contains("New test: closes the bundle\n"), "{asked}");
}

#[tokio::test]
async fn a_model_keeps_the_contract_of_all_providers() {
    for answer in
        ["update the files that are there", "fixes #12 and mentions @octocat [skip ci]", "{\"a\": 1}"]
    {
        let fake = Fake::new(vec![says(answer)]);
        let model = Model::with_recipe(Recipe::default());
        let (base_url, name) = (fake.base_url.clone(), "small".to_owned());
        model.point(Some(Endpoint { base_url, model: name, key: None, allow_host: None }));
        for diff in &contract::diffs() {
            let (habits, wishes) = (Habits::default(), Wishes::default());
            let brief = Brief { diff, habits: &habits, branch: None, wishes: &wishes };
            let draft = draft_or_rules(&model, &brief, Duration::from_secs(20)).await;
            assert_eq!(contract::breaches(&draft), Vec::<String>::new(), "{draft:#?}");
        }
    }
}

#[test]
fn the_verb_is_put_as_people_put_theirs() {
    let past = |subjects: &[&str]| {
        let commit = |subject: &&str| PastCommit {
            oid: Oid::parse("0123456789012345678901234567890123456789").expect("an id"),
            subject: (*subject).to_owned(),
            author: "A Person <a@b.example>".to_owned(),
            ours: false,
            paths: Vec::new(),
        };
        Background { past: subjects.iter().map(commit).collect(), files: Vec::new() }
    };
    let did = ["Added a window", "Removed the menu", "Fixed the colours", "Changed the font", "Added a cat"];
    let does = ["Add a window", "Remove the menu", "Fix the colours", "Change the font", "Add a cat"];
    let change = diff("a.js", "-const most = 700\n+const most = settings.limit");
    for (subjects, answer, expected) in [
        (did, "use settings.limit for most", "Used settings.limit for most"),
        (did, "replace 700 with settings.limit", "Replaced 700 with settings.limit"),
        (did, "replace 700 and use settings.limit", "Replace 700 and use settings.limit"),
        (does, "replaced 700 with settings.limit", "Replace 700 with settings.limit"),
    ] {
        let (habits, wishes) = (Habits::of(&past(&subjects)), Wishes::default());
        let brief = Brief { diff: &change, habits: &habits, branch: None, wishes: &wishes };
        assert_eq!(Checks::of(&brief).subject(answer, false, false).as_deref(), Ok(expected), "{answer}");
    }
}

#[test]
fn what_was_there_is_not_included_now() {
    let links = "-[goroutine](src/tui/binding.go#L48)\n+[goroutine](src/tui/binding.go#L88)";
    let readme = diff("README.md", links);
    assert_eq!(checked(&readme, "update README to include binding.go line numbers"), Err(NotAdded));
    let slogan = diff("README.md", "-- All-inclusive: a finder\n+- Batteries-included: a finder");
    assert_eq!(checked(&slogan, "update README to include the all-inclusive finder"), Err(NotAdded));
    assert_eq!(checked(&slogan, "update README to include batteries"), Ok(()));
    let env = diff("README.md", "+- Merge several env files into one `.env` file.");
    assert_eq!(checked(&env, "add `.env` file to README"), Err(NotAdded));
}

#[test]
fn only_what_can_be_seen_in_a_change_is_said_of_it() {
    let change = diff("src/req.js", "-    allowPrototypes: true\n+    plainObjects: true");
    for claim in [
        "fix the crash of plainObjects",
        "refuse to use plainObjects",
        "prevent plainObjects",
        "refactor plainObjects",
        "secure plainObjects",
        "gracefully use plainObjects",
    ] {
        assert_eq!(checked(&change, claim), Err(Claim), "{claim}");
    }
    assert_eq!(checked(&change, "use plainObjects in req"), Ok(()));
    assert_eq!(checked(&change, "use allowPrototypes in req"), Err(NotAdded));
    assert_eq!(checked(&change, "replace allowPrototypes with plainObjects"), Ok(()));
    assert_eq!(checked(&change, "replace plainObjects with allowPrototypes"), Err(NotChanged));
    assert_eq!(checked(&change, "change true to true"), Err(NotChanged));
    assert_eq!(checked(&change, "replace the content of allowPrototypes"), Err(NotChanged));
    assert_eq!(checked(&change, "update req and plainObjects to use true"), Err(Claim));
    let around = diff("src/find.rs", " fn search() {\n+    mode(Insert);\n }");
    assert!(matches!(checked(&around, "add search to find"), Err(NotAdded | Unrelated)));
    let service = diff("compose.yaml", "   mongo:\n-    container_name: mongo");
    assert_eq!(checked(&service, "remove mongo from compose.yaml"), Err(NotRemoved));
    assert_eq!(checked(&service, "remove container_name from compose.yaml"), Ok(()));
    let typo = diff("src/a.js", "-  tell('Your sesion ended')\n+  tell('Your session ended')");
    assert_eq!(checked(&typo, "fix typo in session text"), Ok(()));
}

#[test]
fn what_says_less_than_the_rules_is_left() {
    let change = diff("docs/proxy.md", "-Use the `AgentProxy` of it.\n+Use the `ProxyAgent` of it.");
    assert_eq!(checked(&change, "update the proxy documentation"), Err(Less));
    assert_eq!(checked(&change, "update proxy.md to ProxyAgent"), Ok(()));
    // Nor do the rules know more of this one.
    let change = diff("docs/proxy.md", "-It is a way to do that.\n+That may be done by it.");
    assert_eq!(checked(&change, "update the proxy documentation"), Ok(()));
}

#[test]
fn remarks_and_layout_are_called_so() {
    let remark = diff("storage/queue_test.go", "+// Recommended: go test -bench=BuildWriteRequest -count 10");
    assert_eq!(checked(&remark, "add tests for BuildWriteRequest"), Err(Claim));
    assert_eq!(checked(&remark, "add a comment on the benchmark of BuildWriteRequest"), Ok(()));
    let layout = diff("utils.ts", "-  confirm: new_password\n+  confirm: new_password,");
    assert_eq!(checked(&layout, "use new_password in confirm"), Err(Claim));
    assert_eq!(checked(&layout, "format confirm and new_password"), Ok(()));
}

#[test]
fn tests_and_dependencies_are_seen() {
    let source = diff("src/secrets.java", "+    class DockerSecretsProcessor implements Processor {");
    assert_eq!(checked(&source, "add DockerSecretsProcessor and test it"), Err(NotAdded));
    assert_eq!(checked(&source, "add tests for DockerSecretsProcessor"), Err(NotAdded));
    assert_eq!(checked(&source, "add DockerSecretsProcessor"), Ok(()));
    let test = diff("src/secrets_test.go", "+func TestSecretsProcessor(t *testing.T) {");
    assert_eq!(checked(&test, "add test for SecretsProcessor"), Ok(()));
    let robot = diff("renovate.json", "-  ignoreDeps: [\n+  ignoreDeps: [@rollup/plugin-commonjs,");
    assert_eq!(checked(&robot, "update dependencies in renovate.json"), Err(NotChanged));
}

#[test]
fn what_changed_is_what_is_said_to_change() {
    let manual =
        diff("man/man1/fzf.1", " .SS ENVIRONMENT VARIABLES\n+.BR FZF_NTH \"\t\" \"Current --nth option\"");
    let elsewhere = checked(&manual, "update fzf environment variables");
    assert!(matches!(elsewhere, Err(NotChanged | Unrelated | Claim)), "{elsewhere:?}");
    let list = diff("databases.yml", "-  extensions: sqlsrv, pdo, odbc\n+  extensions: pdo, sqlite");
    assert_eq!(checked(&list, "remove sqlsrv, pdo, odbc"), Err(NotRemoved));
    assert_eq!(checked(&list, "remove sqlsrv and odbc"), Ok(()));
    let quoted = diff("commit.sh", "-commit fix!: fix feature 1\n+commit fix: fix feature 1");
    assert_eq!(checked(&quoted, "replace \"fix feature 1\" with \"fix bug 1\""), Err(Name));
    let more = "+one()\n+two()\n+three()\n+four()\n+five()\n-zero()";
    assert_eq!(checked(&diff("card.ts", more), "refactor card to call five"), Err(NotChanged));
}

#[test]
fn a_line_that_goes_takes_no_test_and_no_file_with_it() {
    let change = diff("main_test.go", "-\tt.Skip(\"flaky test, see issue\")\n func TestMain(t *testing.T) {");
    assert_eq!(checked(&change, "remove flaky test from main_test.go"), Err(NotRemoved));
    let change = diff("a_test.go", "-func TestFlaky(t *testing.T) {\n-\tt.Run(x)\n-}");
    assert_eq!(checked(&change, "remove flaky test from a_test.go"), Ok(()));
    let mut change = diff("setup.py", " about = {}\n-f = open('__about__.py')\n+f = open('__version__.py')");
    change.files.push(file("__about__.py", FileStatus::Deleted, 0, 4));
    assert_eq!(checked(&change, "remove about from setup.py"), Err(NotRemoved));
    assert_eq!(checked(&change, "remove __about__.py"), Ok(()));
    let mut change = diff("CONTRIBUTING.md", "-Write `use nix` to .envrc first\n+Run it");
    change.files.push(file(".nvim.lua", FileStatus::Added, 4, 0));
    assert!(checked(&change, "add .nvim.lua, remove .envrc").is_err());
    let change =
        diff("Home.java", "-\tpublic String getHome() {\n+\tpublic String get() {\n \t\treturn \"home\";");
    assert_eq!(checked(&change, "remove getHome from Home"), Err(NotRemoved));
}

#[test]
fn what_is_only_used_was_not_added() {
    let change = diff("typing.py", "-from typing import Any\n+from typing import Any, NewType");
    assert_eq!(checked(&change, "add NewType for type hints"), Err(NotAdded));
    let change = diff("typing.py", "+class NewType:\n+    kind = 1");
    assert_eq!(checked(&change, "add NewType to typing.py"), Ok(()));
    let change = diff("Client.ts", "+  protected suppressWarning = false");
    assert_eq!(checked(&change, "add suppressWarning to Client"), Ok(()));
    let change =
        diff("publish.yml", "-  run: apt install libssl-dev\n+  run: apt install libssl-dev librsvg2-dev");
    assert_eq!(checked(&change, "add librsvg2-dev to publish.yml"), Ok(()));
    let change = diff("task.xml", "-<a>run {{name}}</a>\n+<a>run with spaces \"{{name}}\"</a>");
    assert_eq!(checked(&change, "add spaces around the name"), Err(Claim));
}

#[test]
fn a_new_file_makes_nothing_else_new() {
    let mut change =
        diff("lib.rs", " macro_rules! constraints {\n+    (@stray) => { compile_error!(\"comma\") };");
    change.files.push(file("tests/stray.rs", FileStatus::Added, 1, 0));
    change.patch.extend(
        b"diff --git a/tests/stray.rs b/tests/stray.rs\nnew file mode 100644\n--- /dev/null\n+++ b/tests/stray.rs\n\
          @@ -0,0 +1,1 @@\n+    constraints![,];\n",
    );
    assert_eq!(checked(&change, "add constraints macro to lib.rs"), Err(NotAdded));
    assert_eq!(checked(&change, "add Postgres to the project"), Err(Unrelated));
    assert_eq!(checked(&change, "add stray constraints test"), Ok(()));
    assert_eq!(checked(&change, "add stray.rs"), Ok(()));
    let change = diff(
        "commit.py",
        "-    def __init__(self, arguments: dict):\n+    def __init__(self, arguments: CommitArgs):",
    );
    assert_eq!(checked(&change, "add CommitArgs and __init__ to commit.py"), Err(NotAdded));
}

#[test]
fn what_something_was_changed_to_is_all_of_what_stands_there() {
    let change = diff("bench.yml", "-    name: benchmark current\n+    name: benchmark current h2");
    assert_eq!(checked(&change, "change name to h2"), Err(NotChanged));
    let change = diff("a.yml", "-    shell: bash\n+    shell: zsh");
    assert_eq!(checked(&change, "change shell to zsh"), Ok(()));
    let change = diff("a.ts", "+  title: 'Test Report',\n-const header = 'x'");
    assert_eq!(checked(&change, "change title to 'Custom Test Report'"), Err(NotChanged));
}
