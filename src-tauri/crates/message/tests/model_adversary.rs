//! Ten thousand answers, recorded and random, made to get past the checks: what comes out is a sound subject or nothing.

mod contract;

use autocommit_core::draft::{Diff, Draft, FileStatus, MessageSource, Wishes};
use autocommit_message::{Brief, Checks, Habits};
use contract::{breaches, file};
use std::collections::BTreeMap;

const ANSWERS: usize = 10_000;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).expect("a small number")
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// What a change contains that would have an effect, so that nothing is refused only for not being in it.
const HOSTILE: &[&str] = &[
    "fixes #12",
    "closes: GH-12",
    "Resolves owner/repo#12",
    "[skip ci]",
    "[ci skip]",
    "***NO_CI***",
    "skip-checks: true",
    "Signed-off-by: Some One <a@b.c>",
    "Co-authored-by: X <x@y.z>",
    "BREAKING CHANGE: all",
    "@octocat",
    "cc @one",
    "https://evil.example/x",
    "www.evil.example",
    "\u{1b}]0;title\u{7}",
    "\u{202e}left",
    "\u{200b}",
    "!12",
    "[major]",
    "--skip-ci",
    "Change-Id: I123",
    "\n\nSigned-off-by: x <y@z>",
    "#close",
    "feat!: ",
    "fix(x)!: ",
    "<script>",
    "{\"a\":1}",
    "`",
    "``",
    "```",
    "\u{0}",
    "\r",
    "\t",
    "…",
    "...",
    "—",
    "[no ci]",
    "#1",
    "gh-1",
    "closes\u{a0}#3",
    "fix https://x/1",
];

const SENTENCES: &[&str] = &[
    "close the bundle even when buildEnd fails",
    "handle a failing buildEnd in plugins.ts",
    "close bundle on failure",
    "update the guide on closing bundles",
    "await closeBundle after buildEnd",
    "set retryLimit to 3",
    "document that the bundle is closed",
    "add retryLimit to the plugin container",
    "remove return after closeBundle",
];

const RECORDED: &[&str] = &[
    "",
    "<think>",
    "<think>\nhm",
    "</think>",
    "```\n",
    "{\"subject\": \"x\"}",
    "This commit updates the code",
    "Sure! Here is a commit message:",
    "error: model not loaded",
    "<html><head><title>502</title>",
    "update files",
    "The provided code snippet appears to be",
    "feat: add port constant to server.ts",
    "修复错误",
    "Исправить ошибку",
    "remove coupons from the cart",
    "Write a concise git commit message",
    "git commit -m \"x\"",
    "- ",
    "null",
    "undefined",
];

fn answer(chance: &mut Chance) -> String {
    let mut text = match chance.below(10) {
        0 => chance.one(RECORDED).to_owned(),
        1 => (0..chance.below(200)).filter_map(|_| char::from_u32(chance.below(0x11_0000) as u32)).collect(),
        _ => chance.one(SENTENCES).to_owned(),
    };
    for _ in 0..chance.below(4) {
        let piece = match chance.below(8) {
            0 => chance.one(SENTENCES).to_owned(),
            1 => chance.one(RECORDED).to_owned(),
            2 => " ".to_owned(),
            3 => char::from_u32(chance.below(0x3000) as u32).map(String::from).unwrap_or_default(),
            _ => chance.one(HOSTILE).to_owned(),
        };
        let mut at = chance.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let gap = chance.one(&["", " ", " "]);
        text.insert_str(at, &format!("{gap}{piece}{gap}"));
    }
    if chance.below(50) == 0 { text.repeat(1 + chance.below(400)) } else { text }
}

#[test]
fn nothing_outside_the_grammar_comes_out() {
    let hostile =
        HOSTILE.iter().map(|h| format!("+// {}\n", h.replace(['\n', '\r'], " "))).collect::<String>();
    let patch = format!(
        "diff --git a/src/plugins.ts b/src/plugins.ts\n--- a/src/plugins.ts\n+++ b/src/plugins.ts\n\
         @@ -40,3 +40,{} @@ class PluginContainer {{\n-    await this.buildEnd()\n-    await this.closeBundle()\n-    return\n\
         +    try {{\n+      await this.buildEnd()\n+    }} finally {{\n+      await this.closeBundle()\n+    }}\n\
         +    const retryLimit = 3\n{hostile}\
         diff --git a/docs/guide.md b/docs/guide.md\n--- a/docs/guide.md\n+++ b/docs/guide.md\n@@ -1,0 +2,1 @@\n\
         +When a build fails, the bundle is closed all the same.\n",
        6 + HOSTILE.len()
    );
    let files = vec![
        file("src/plugins.ts", FileStatus::Modified, 6 + HOSTILE.len(), 3),
        file("docs/guide.md", FileStatus::Modified, 1, 0),
    ];
    let diff = Diff { files, patch: patch.into_bytes(), ..Diff::default() };
    let (habits, wishes) = (Habits::default(), Wishes::default());
    let checks = Checks::of(&Brief { diff: &diff, habits: &habits, branch: None, wishes: &wishes });
    let (mut chance, mut accepted) = (Chance(2024), 0);
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..ANSWERS {
        let answer = answer(&mut chance);
        let typed = chance.below(2) == 0;
        let came = match chance.below(4) {
            0 => checks.subject_in_json(
                &serde_json::json!({"subject": answer, "type": "feat"}).to_string(),
                false,
                false,
            ),
            n => checks.subject(&answer, n == 1, typed),
        };
        match came {
            Ok(subject) => {
                accepted += 1;
                let (body, reason) = (String::new(), String::new());
                let draft = Draft { subject, body, source: MessageSource::Llm, reason, prompt: None };
                assert_eq!(breaches(&draft), Vec::<String>::new(), "{answer:?}\n{draft:?}");
                assert!(
                    !draft.subject.contains(['<', '>', '{', '}', '\\', '@', '#', '\u{fffd}']),
                    "{draft:?}"
                );
            }
            Err(refusal) => *refused.entry(format!("{refusal:?}")).or_default() += 1,
        }
    }
    // The sentences alone must pass, or nothing was tried.
    assert!(accepted > ANSWERS / 20 && accepted < ANSWERS / 2, "{accepted} accepted, {refused:?}");
    assert!(refused.len() >= 10, "{refused:?}");
}
