//! Settings are edited, nothing around them is.

use super::*;
use crate::settings::{Layered, template};

fn set(text: &str, key: &str, value: impl Into<Value>) -> String {
    edit(text, key, Some(&value.into())).unwrap()
}

fn list(values: &[&str]) -> Value {
    Value::Array(values.iter().copied().collect())
}

#[test]
fn what_is_there_is_replaced_and_nothing_else() {
    let text = "# Mine.\r\npush = false # for now\r\nquiet_seconds=1\r\n\r\n[llm] # the model\r\n  enabled   =  true\r\n";
    assert_eq!(set(text, "push", true), text.replace("false", "true"));
    assert_eq!(set(text, "llm.enabled", false), text.replace("  true", "  false"));
    assert_eq!(
        set("http = { port = 9, bind = \"::1\" }\n", "http.port", 10),
        "http = { port = 10, bind = \"::1\" }\n"
    );
    assert_eq!(
        set("llm.enabled = true\npush = true\n", "llm.enabled", false),
        "llm.enabled = false\npush = true\n"
    );
}

#[test]
fn what_is_new_stands_with_its_kind() {
    let text = template();
    let edited = set(&text, "recursive_depth", 6);
    assert!(edited.contains("# recursive_depth = 4\nrecursive_depth = 6\n"), "below its explanation");
    assert_eq!(edited.replace("recursive_depth = 6\n", ""), text);
    let edited = set(&text, "llm.timeout_seconds", 5.5);
    assert!(edited.contains("# timeout_seconds = 20.0\ntimeout_seconds = 5.5\n"), "{edited}");
    assert_eq!(set("", "push", false), "push = false\n");
    assert_eq!(set("", "http.port", 1), "[http]\nport = 1\n");
    assert_eq!(set("push = true", "http.port", 1), "push = true\n\n[http]\nport = 1\n");
    assert_eq!(set("# Hello.\n\n[llm]\n", "push", false), "# Hello.\n\npush = false\n\n[llm]\n");
    assert_eq!(
        set("# A.\n[llm]\n[http]\nport = 1\n", "llm.enabled", true),
        "# A.\n[llm]\nenabled = true\n[http]\nport = 1\n"
    );
    assert_eq!(set("# A.\n[llm]\n", "push", true), "push = true\n\n# A.\n[llm]\n");
    assert_eq!(
        set("llm.enabled = true\npush = true\n", "llm.base_url", "u"),
        "llm.enabled = true\nllm.base_url = \"u\"\npush = true\n"
    );
    assert_eq!(set("push = true\n[llm]\n", "watch", true), "push = true\nwatch = true\n[llm]\n");
}

#[test]
fn what_is_taken_out_leaves_the_comments_above_it() {
    let text = "# One.\npush = true # x\n# Two.\nrepos_base_paths = [\n  \"a\", # a\n  \"b\",\n]\n[llm]\nenabled = true";
    let out = |key: &str| edit(text, key, None).unwrap();
    assert_eq!(out("push"), text.replace("push = true # x\n", ""));
    assert_eq!(out("repos_base_paths"), "# One.\npush = true # x\n# Two.\n[llm]\nenabled = true");
    assert_eq!(out("llm.enabled"), text.replace("enabled = true", ""));
    assert_eq!(out("watch"), text, "what is not there");
    assert_eq!(edit("http = { port = 9 }\n", "http.port", None).unwrap().replace(' ', ""), "http={}\n");
}

#[test]
fn long_lists_get_a_line_for_each_value() {
    let long = "x".repeat(90);
    let edited = set(&template(), "repos_base_paths", list(&[&long, "~/b"]));
    assert!(
        edited.contains(&format!("repos_base_paths = [\n    \"{long}\",\n    \"~/b\",\n]\n")),
        "{edited}"
    );
    let back = set(&edited, "repos_base_paths", list(&["~/b \"quoted\""]));
    let mut layered = Layered::default();
    layered.file(std::path::Path::new("f"), &back).unwrap();
    assert_eq!(layered.finish().unwrap().repos_base_paths, ["~/b \"quoted\""]);
}

#[test]
fn blocks_are_one_value() {
    let block = |path: &str| -> Value { [("path", path)].into_iter().collect::<InlineTable>().into() };
    let blocks = |paths: &[&str]| -> Value { paths.iter().map(|path| block(path)).collect() };
    let text = "# Mine.\npush = false\n\n# Work.\n[[messages]]\npath = \"~/a\"\nexamples = [\n  \"x\",\n]\n\n[llm]\nenabled = true\n\n[[messages]]\npath = \"~/b\" # b\n";
    let edited = set(text, "messages", blocks(&["~/c", "~/d"]));
    assert_eq!(
        edited,
        "# Mine.\npush = false\nmessages = [{ path = \"~/c\" }, { path = \"~/d\" }]\n\n# Work.\n\n[llm]\nenabled = true\n\n"
    );
    let again = set(&edited, "messages", blocks(&["~/e"]));
    assert!(again.contains("messages = [{ path = \"~/e\" }]\n"), "{again}");
    let mut layered = Layered::default();
    layered.file(std::path::Path::new("f"), &again).unwrap();
    assert_eq!(layered.finish().unwrap().messages[0].path, "~/e");
    assert!(!edit(text, "messages", None).unwrap().contains("messages"));
    assert_eq!(set(text, "push", true), text.replace("false", "true"), "the blocks of others stay");
    let watch = set(text, "watch", true);
    assert!(watch.contains("push = false\nwatch = true\n"), "{watch}");
    let mut layered = Layered::default();
    layered.file(std::path::Path::new("f"), text).unwrap();
    let paths: Vec<_> = layered.finish().unwrap().messages.into_iter().map(|wishes| wishes.path).collect();
    assert_eq!(paths, ["~/a", "~/b"]);
}

#[test]
fn comments_in_a_list_stay() {
    let text = "x = [ # Mine.\n  # Work.\n  \"a\", # a\n  \"b#\" # b\n  # The end.\n] # all\n";
    let now = |values: &[&str]| edit(text, "x", Some(&list(values)));
    assert_eq!(now(&["a", "b#"]).as_deref(), Some(text));
    let without_b = "x = [ # Mine.\n  # Work.\n  \"a\", # a\n  # The end.\n] # all\n";
    assert_eq!(now(&["a"]).as_deref(), Some(without_b));
    let more = "x = [ # Mine.\n  # Work.\n  \"a\", # a\n  \"b#\", # b\n  \"c\",\n  # The end.\n] # all\n";
    assert_eq!(now(&["a", "b#", "c"]).as_deref(), Some(more));
    let other = "x = [ # Mine.\n  # Work.\n    \"c\",\n] # all\n";
    assert_eq!(now(&["c"]).unwrap().replace("  # The end.\n", ""), other);
    let a_and_c = "x = [ # Mine.\n  # Work.\n  \"a\", # a\n  \"c\",\n  # The end.\n] # all\n";
    assert_eq!(now(&["a", "c"]).as_deref(), Some(a_and_c));
    assert_eq!(now(&["b#", "a"]), None, "whose comment is whose?");
    assert_eq!(edit("x = [\"a\", \"b\", # b\n]\n", "x", Some(&list(&["b"]))), None);
    assert_eq!(set("x = [\"a\", \"b\"] # both\n", "x", list(&["b"])), "x = [\"b\"] # both\n");
    assert_eq!(set("x = [\"#\"]\n", "x", list(&["b"])), "x = [\"b\"]\n", "no comment");
    let dos = "x = [\r\n  \"a\", # a\r\n]\r\n";
    assert_eq!(set(dos, "x", list(&["a", "b"])), "x = [\r\n  \"a\", # a\r\n  \"b\",\r\n]\r\n");
}

#[test]
fn every_key_goes_in_and_comes_out_of_the_template() {
    let text = template();
    for key in Layered::default().keys() {
        let value = Value::from("a value");
        let edited = edit(&text, &key.key, Some(&value)).unwrap();
        assert_eq!(edited.lines().count(), text.lines().count() + 1, "{}", key.key);
        assert_eq!(edit(&edited, &key.key, None).unwrap(), text, "{}", key.key);
    }
}
