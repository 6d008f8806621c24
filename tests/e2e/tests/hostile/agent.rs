//! To an agent: `autocommit mcp`, asked line by line.

use crate::World;
use autocommit_test_support::{Sandbox, hostile::assert_harmless};
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::Stdio,
};

/// What the server answers to each tool.
#[track_caller]
fn ask(sandbox: &Sandbox, tools: &[(&str, Value)]) -> Vec<Value> {
    let mut command = sandbox.autocommit_command();
    command.arg("mcp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let (mut input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut lines = BufReader::new(output).lines();
    let client = json!({"name": "test", "version": "1"});
    let hello = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
    let mut call = |id: usize, method: &str, params: &Value| {
        let asked = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        writeln!(input, "{asked}").unwrap();
        if id == 0 {
            writeln!(input, "{}", json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).unwrap();
        }
        let answer = lines.next().unwrap().unwrap();
        assert_harmless(&format!("the line of {method}"), &answer);
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["id"], id, "{answer:#}");
        answer["result"].clone()
    };
    let _ = call(0, "initialize", &hello);
    let asked = tools.iter().enumerate();
    let answers = asked.map(|(n, (tool, arguments))| {
        call(n + 1, "tools/call", &json!({"name": tool, "arguments": arguments}))
    });
    let answers = answers.collect();
    drop(input);
    assert!(child.wait().unwrap().success());
    answers
}

/// Every text in a value, however deep.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|value| texts(value, found)),
        Value::Object(map) => map.iter().for_each(|(name, value)| {
            found.push(name.clone());
            texts(value, found);
        }),
        _ => {}
    }
}

#[test]
fn an_agent_gets_no_hidden_word_and_is_told_whose_words_they_are() {
    let world = World::new();
    let _daemon = world.daemon();
    let none = json!({});
    let tools = [
        ("status", none.clone()),
        ("repositories", none.clone()),
        ("waiting", none),
        ("history", json!({"limit": 50})),
    ];
    let answers = ask(&world.sandbox, &tools);
    for ((tool, _), answer) in tools.iter().zip(&answers) {
        let told = &answer["structuredContent"];
        assert_eq!(told["untrusted"], true, "{tool}: {answer:#}");
        assert!(told["notice"].as_str().unwrap().contains("no instruction"), "{tool}");
        // What a client shows as text is the same once more.
        let mut all = Vec::new();
        texts(answer, &mut all);
        for block in answer["content"].as_array().unwrap() {
            let inner: Value = serde_json::from_str(block["text"].as_str().unwrap()).unwrap();
            assert_eq!(inner["untrusted"], true, "{tool}");
            texts(&inner, &mut all);
        }
        for text in &all {
            assert_harmless(tool, text);
            let private = |c: char| ('\u{e000}'..='\u{f8ff}').contains(&c) || c >= '\u{e0000}';
            assert!(!text.contains(private), "{tool}: {text:?}");
        }
    }
    let mut longest = Vec::new();
    texts(&answers[3]["structuredContent"], &mut longest);
    assert!(longest.iter().all(|text| text.chars().count() <= 4001), "an endless text");
    assert_eq!(
        answers[1]["structuredContent"]["data"]["repositories"].as_array().unwrap().len(),
        world.repos.len()
    );
}
