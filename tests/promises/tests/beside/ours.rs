//! Our own git commands, as git itself tells of them.

use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};

/// Commands that write.
const WRITING: [&str; 5] = ["update-index", "write-tree", "commit-tree", "update-ref", "read-tree"];

/// One writing command of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) start: String,
    pub(crate) end: String,
    pub(crate) words: String,
}

/// Our writing commands by common git folder, in the order in which they began. Each process of git has a file of its own in
/// `traces`; ours are known by the git folder being named outright.
pub(crate) fn calls(traces: &Path) -> BTreeMap<String, Vec<Call>> {
    let mut calls: BTreeMap<String, Vec<Call>> = BTreeMap::new();
    for entry in fs::read_dir(traces).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap_or_default();
        let events: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let Some(start) = events.iter().find(|event| event["event"] == "start") else { continue };
        let argv: Vec<&str> =
            start["argv"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let named = argv.iter().find_map(|word| word.strip_prefix("--git-dir="));
        let (Some(git_dir), true) = (named, argv.iter().any(|word| WRITING.contains(word))) else { continue };
        let common = git_dir.split("/worktrees/").next().unwrap_or(git_dir).to_owned();
        let time = |event: &Value| event["time"].as_str().unwrap_or_default().to_owned();
        let end = events.last().map(time).unwrap_or_default();
        calls.entry(common).or_default().push(Call { start: time(start), end, words: argv.join(" ") });
    }
    for calls in calls.values_mut() {
        calls.sort_by(|a, b| a.start.cmp(&b.start));
    }
    calls
}

/// Two that ran at the same time.
pub(crate) fn overlap(calls: &[Call]) -> Option<(&Call, &Call)> {
    calls.windows(2).map(|pair| (&pair[0], &pair[1])).find(|(one, next)| next.start < one.end)
}
