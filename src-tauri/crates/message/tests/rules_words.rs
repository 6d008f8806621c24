//! What the rules say where no definition tells a change: which words came, went or became others.

mod contract;

use autocommit_core::draft::Diff;
use contract::breaches;

/// The subject of files that were changed: for each its path, the context of its hunk, and lines with their first column.
fn subject(files: &[(&str, &str, &str)]) -> String {
    let hunks: Vec<_> = files.iter().map(|(_, context, text)| [(*context, *text)]).collect();
    let files: Vec<_> =
        files.iter().zip(&hunks).map(|((path, ..), hunks)| (*path, hunks.as_slice())).collect();
    let draft = contract::ruled(&contract::modified(&files));
    assert_eq!(breaches(&draft), Vec::<String>::new(), "{draft:#?}");
    draft.subject
}

fn check(cases: &[(&str, &str, &str, &str)]) {
    for (path, context, lines, expected) in cases {
        assert_eq!(subject(&[(path, context, lines)]), *expected, "{path} {lines}");
    }
}

#[test]
fn one_word_for_another() {
    check(&[
        (
            "a.go",
            "func push() {",
            "-\tlog(util.Logger)\n+\tlog(d.logger)",
            "Replace util.Logger with d.logger in push",
        ),
        ("a.js", "function f() {", "-  allow: true\n+  plain: true", "Replace allow with plain in f"),
        (
            "doc.md",
            "",
            "-Use the `AgentProxy`.\n+Use the `ProxyAgent`.",
            "Replace AgentProxy with ProxyAgent in doc.md",
        ),
        (
            "doc.md",
            "",
            "-all integrations pass\n+all integration pass",
            "Change integrations to integration in doc.md",
        ),
        (
            "a.js",
            "",
            "-  tell('Your sesion ended')\n+  tell('Your session ended')",
            "Replace sesion with session in a.js",
        ),
        // Two words are not one, whatever stands between them.
        ("a.js", "", "-  tell('Your sesion is')\n+  tell('Yours it is')", "Update a.js"),
        ("a.md", "", "-use `one` here\n+use one here", "Change layout and punctuation in a.md"),
        ("a.md", "", "-image: v2.11.0\n+image: v2.11.1", "Change image from v2.11.0 to v2.11.1 in a.md"),
        // Both stand on both sides.
        ("a.rs", "fn f() {", "-    x(one, two);\n+    x(two, one);", "Update f in a.rs"),
    ]);
    let line = ("a.ts", "", "-  call(message)\n+  call(hint)");
    assert_eq!(
        subject(&[line, ("b.md", "", "-use message\n+use hint")]),
        "Replace message with hint in a.ts and b.md"
    );
    assert_eq!(
        subject(&[line, ("b.md", "", "-use message\n+use it")]),
        "Replace message with hint in a.ts, with docs"
    );
    let renamed = ("a.go", "", "-func Push() {\n+func push() {");
    assert_eq!(
        subject(&[renamed, ("b.go", "", "-  x.Push(1)\n+  x.push(1)")]),
        "Rename Push to push in a.go and b.go"
    );
}

#[test]
fn values() {
    check(&[
        ("a.yml", "", "-wait: 10\n+wait: 20", "Change wait from 10 to 20 in a.yml"),
        ("a.rs", "fn f() {", "-    let wait = 10;\n+    let wait = 20;", "Change wait from 10 to 20 in f"),
        (
            "a.go",
            "",
            "-const Version = \"v1.9\"\n+const Version = \"v1.10\"",
            "Bump Version from v1.9 to v1.10 in a.go",
        ),
        (
            "a.go",
            "",
            "-const Version = \"v1.10\"\n+const Version = \"v1.9\"",
            "Change Version from v1.10 to v1.9 in a.go",
        ),
        ("Makefile", "", "-GOOS ?= $(word 1, x)\n+GOOS ?= $(shell env)", "Change GOOS in Makefile"),
        ("a.toml", "", "-a = 1\n-b = 1\n+a = 2\n+b = 2", "Change a and b in a.toml"),
        // What is under such a name is nobody's business.
        ("a.yml", "", "-password: hunter\n+password: winter", "Change password in a.yml"),
        ("a.py", "", "-API_TOKEN = \"one\"\n+API_TOKEN = \"two\"", "Change API_TOKEN in a.py"),
    ]);
}

#[test]
fn what_came_and_what_went() {
    check(&[
        ("a.go", "var licenses = []string{", "+\t\"hyphenBulgarian\",", "Add hyphenBulgarian to a.go"),
        (
            ".github/workflows/ci.yml",
            "",
            "-  run: apt install a-dev\n+  run: apt install a-dev librsvg2-dev",
            "Add librsvg2-dev to ci workflow",
        ),
        ("a.js", "function f() {", "-  write(data, 'utf8')\n+  write(data)", "Remove utf8 from f"),
        ("a.py", "def f(self):", "+        self.reset_all()", "Use reset_all in f"),
        ("a.py", "", "+import linecache\n+\n+x = linecache.read(1)", "Use linecache in a.py"),
        ("a.java", "", "-import org.spring.cache.annotation.Cacheable;", "Update a.java"),
        ("a.py", "", " from .inner import (\n+    HEADER_BYTE,\n )", "Use HEADER_BYTE in a.py"),
        ("a.java", "", "-import org.spring.CacheManager;", "Remove the import of CacheManager from a.java"),
        (
            "compose.yaml",
            "",
            "-    container_name: mongo\n-    container_name: web",
            "Remove lines with container_name from compose.yaml",
        ),
        // It stands around as well: neither new nor gone.
        ("a.py", "def f(self):", "         self.reset_all()\n+        self.reset_all()", "Update f in a.py"),
        ("a.yml", "", "+  lane: codeql-${{ github.ref }}", "Add lane to a.yml"),
        // What stands below a new key is part of it.
        ("a.yml", "jobs:", "+  build-all:\n+    runs-on: linux", "Add build-all to a.yml"),
        ("doc.md", "", "+* [gitui](https://github.com/extrawurst/git-ui)", "Mention gitui in doc.md"),
        ("README.md", "", "+Add the badge to your README", "Update README"),
        ("doc.md", "", "+See https://example.org/some_page for more.", "Update doc.md"),
        ("CHANGELOG.md", "", "+- Thanks to some_body", "Update CHANGELOG"),
        ("doc.md", "", "-needs Node.js 18\n+needs `Node.js` 20", "Update doc.md"),
    ]);
}

/// What a patch without its surroundings shows as new or gone may stand on other lines of the file.
#[test]
fn what_stands_elsewhere_is_neither_new_nor_gone() {
    let with = |lines: &str, unchanged: &str| {
        let count = |mark: char| lines.lines().filter(|l| l.starts_with(mark)).count();
        let (plus, minus) = (count('+'), count('-'));
        let start = if plus == 0 { 2 } else { 3 };
        let range = format!("@@ -3,{minus} +{start},{plus} @@ function f() {{");
        let came = lines.lines().filter_map(|line| line.strip_prefix('+'));
        let after = ["function f() {", unchanged]
            .into_iter()
            .chain(came)
            .map(|line| format!("{line}\n"))
            .collect::<String>();
        let mut diff = Diff { after: vec![("a.js".into(), after.into_bytes())], ..Diff::default() };
        contract::modify(&mut diff, "a.js", &format!("{range}\n{lines}\n"));
        let draft = contract::ruled(&diff);
        assert_eq!(breaches(&draft), Vec::<String>::new(), "{draft:#?}");
        draft.subject
    };
    for (lines, unchanged, expected) in [
        ("+  resetAll(1)", " function g() {}", "Use resetAll in f"),
        ("+  resetAll(1)", "   resetAll(2)", "Update f in a.js"),
        ("-  write(data, 'utf8')\n+  write(data)", " x(1)", "Remove utf8 from f"),
        ("-  write(data, 'utf8')\n+  write(data)", " read(data, 'utf8')", "Remove utf8 from a line of f"),
        ("-  read(data)\n+  read(data, most)", "   write(data, most)", "Use most in a line of f"),
        ("-  headersSent = true", "   headersSent = false", "Remove a line with headersSent from f"),
    ] {
        assert_eq!(with(lines, unchanged), expected, "{lines} {unchanged}");
    }
}

#[test]
fn words_in_front_of_definitions() {
    check(&[
        ("a.ts", "", "-function f() {\n+export function f() {", "Export f in a.ts"),
        ("a.ts", "", "-export function f() {\n+function f() {", "Stop exporting f in a.ts"),
        ("a.rs", "", "-fn f() {\n+pub fn f() {", "Make f public in a.rs"),
        ("a.py", "", "-def f():\n+async def f():", "Make f async in a.py"),
    ]);
}

#[test]
fn what_no_program_notices() {
    check(&[
        ("a.rs", "fn f() {", "+    // The first.", "Add comments to a.rs"),
        ("a.rs", "fn f() {", "-    // The first.", "Remove comments from a.rs"),
        ("a.yml", "", "+", "Update a.yml"),
        ("a.rs", "fn f() {", "-    // The first.\n+    // The second.", "Change comments in a.rs"),
        ("a.ts", "", "-f(a,b)\n+f(a, b)", "Reformat a.ts"),
        ("a.ts", "", "-f(a, b)\n+f(\n+  a,\n+  b,\n+)", "Reformat a.ts"),
        ("a.rs", "fn f() {", "-    let a = (b)\n+    let a = (b,)", "Update f in a.rs"),
        ("a.yml", "", "-services:\n-  - docker\n+# services:\n+#   - docker", "Comment out 2 lines in a.yml"),
    ]);
}

#[test]
fn the_author_s_own_note() {
    let code = ("lib/a.js", "", "-  x(1)\n+  y(2, 3)");
    let noted = |line: &str| subject(&[code, ("CHANGELOG.md", "", line)]);
    assert_eq!(
        noted("+* Skip `Buffer` encoding for small responses."),
        "Skip Buffer encoding for small responses"
    );
    assert_eq!(noted("+- Fixed the path check ([#12](https://x.org/12))"), "Fix the path check");
    // What stands below a note is about it, and what it had no room for on its line belongs to it.
    assert_eq!(
        noted(
            "+- Added `pos(...)` action to move the cursor\n+  to a position. It counts.\n+    - `first` is `pos(1)`\n+  ```sh\n\
             +  seq 9\n+  ```"
        ),
        "Add pos(...) action to move the cursor to a position"
    );
    assert_eq!(noted("+Fixes `addListener` not working."), "Fix addListener not working");
    assert_eq!(
        noted("+- Rename the option `--color` to\n+  `--colour`, as in e.g. Ireland"),
        "Rename the option --color to --colour, as in e.g. Ireland"
    );
    assert_eq!(noted("+- Add the option `--colour`\n+\n+  Takes auto or never"), "Add the option --colour");
    assert_eq!(
        noted("+- Added options for the cursor and the prompt, so both follow the colours of the terminal"),
        "Add options for the cursor and the prompt"
    );
    // Two notes, no verb, something with an effect, another note taken back.
    for line in [
        "+* Skip a thing\n+* Add a thing",
        "+  - Skip a thing\n+- Add a thing",
        "+* Exports of a thing are sorted",
        "+* Cached replies expire after an hour",
        "+* Fixes and cleanups throughout the parser",
        "+* Fixed width columns in the table",
        "+* Add these rules:\n+  - `one`",
        "+* Fixed the following problems\n+  - one",
        "+* Remove support for all formats but",
        "+* Fix the path check\n * Reject unknown options\n+  and values",
        "+* Remove the lock file in the cache folder if the process that made it died before the start",
        "+* deps: cookie at 0.7",
        "+* Fix #12 of x",
        "+* Add [skip ci] here",
        "-* Add it\n+* Add it all",
    ] {
        assert_eq!(noted(line), "Update a.js and CHANGELOG.md", "{line}");
    }
}

#[test]
fn no_word_of_what_may_be_a_secret_is_told() {
    let key = ["AKIA", "IOSFODNN7EXAMPLF"].concat();
    for (path, lines) in [
        ("a.yml", format!("-id: none\n+id: {key}")),
        ("a.py", format!("-x = call('none')\n+x = call('{key}')")),
        ("a.txt", format!("+{key}")),
        (".env", "-MODE=one\n+MODE=two_three".to_owned()),
        ("id_rsa", "+some_thing".to_owned()),
    ] {
        let told = subject(&[(path, "", &lines)]);
        assert!(told.starts_with("Update "), "{path}: {told}");
    }
}

#[test]
fn conditions_by_what_they_ask_about() {
    check(&[
        (
            "a.go",
            "func numLines() {",
            "-\tif cached.atMost >= atMost {\n+\tif cached.atMost <= atMost {",
            "Change a condition on cached.atMost in numLines",
        ),
        (
            "page.ts",
            "",
            "-called = true\n-hook()\n+if (!called) {\n+  called = true\n+  hook()\n+}",
            "Add a condition on called to page.ts",
        ),
        (
            "a.py",
            "def f():",
            " x = 1\n-    if x.ready:\n-        go(x)",
            "Remove a condition on x.ready from a.py",
        ),
        (
            "a.js",
            "",
            "-if (gone > 0) {\n+if (gone) {\n x()\n-if (gone > 0) {\n+if (gone) {",
            "Change conditions on gone in a.js",
        ),
        (
            "a.rs",
            "fn f() {",
            "-    let Some(a) = b else { return 3 };\n+    let Some(a) = b else {\n+        return 3;\n+    };",
            // Without the semicolon it would be the value of the block.
            "Update f in a.rs",
        ),
    ]);
}
