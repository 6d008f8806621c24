//! Writes messages by rules, for `cargo xtask bench instructions`: `hot_rules ROUNDS`, one change of three files in each.

use autocommit_core::draft::{Background, Diff, FileDiff, FileStatus, Wishes};
use autocommit_message::{Brief, Habits, providers::rules};
use std::{env, hint::black_box};

/// What changed, as git prints it.
const PATCH: &str = "\
diff --git a/src/parse.rs b/src/parse.rs
--- a/src/parse.rs
+++ b/src/parse.rs
@@ -10,4 +10,9 @@ impl Parser {
     /// The next word.
-    fn word(&mut self) -> Option<&str> {
+    fn word(&mut self, limit: usize) -> Option<&str> {
         let rest = self.rest();
+        if rest.len() > limit {
+            return None;
+        }
+        self.skip(rest.len());
         Some(rest)
diff --git a/docs/usage.md b/docs/usage.md
new file mode 100644
--- /dev/null
+++ b/docs/usage.md
@@ -0,0 +1,3 @@
+# Usage
+
+Start it with `parse FILE`; it prints the words.
diff --git a/Cargo.toml b/Cargo.toml
--- a/Cargo.toml
+++ b/Cargo.toml
@@ -6,3 +6,4 @@ edition = \"2021\"
 [dependencies]
-memchr = \"2.6\"
+memchr = \"2.7\"
+bstr = \"1.9\"
";

/// What the patch shows of a file after the change.
fn content(part: &str) -> Vec<u8> {
    let lines = part.lines().skip_while(|line| !line.starts_with("@@"));
    let there = lines.filter_map(|line| line.strip_prefix(['+', ' ']));
    there.flat_map(|line| [line, "\n"]).collect::<String>().into_bytes()
}

fn main() {
    let rounds: u64 = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1);
    let file = |path: &str, status, added, removed| FileDiff {
        path: path.into(),
        status,
        added,
        removed,
        binary: false,
    };
    let files = vec![
        file("src/parse.rs", FileStatus::Modified, 5, 1),
        file("docs/usage.md", FileStatus::Added, 3, 0),
        file("Cargo.toml", FileStatus::Modified, 2, 1),
    ];
    let after = files.iter().zip(PATCH.split("diff --git ").skip(1));
    let after = after.map(|(file, part)| (file.path.clone(), content(part))).collect();
    let diff = Diff { files, patch: PATCH.into(), after };
    let (habits, wishes) = (Habits::of(&Background::default()), Wishes::default());
    for _ in 0..rounds {
        let brief = Brief { diff: &diff, habits: &habits, branch: Some("main"), wishes: &wishes };
        let draft = rules::draft(black_box(&brief));
        assert!(!black_box(draft).subject.is_empty());
    }
}
