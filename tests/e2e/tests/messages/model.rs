//! A language model writes messages, as long as it can; rules write all others, and the history says why.

use crate::{history, message_of};
use autocommit_e2e::{arg, assert_arrived};
use autocommit_test_support::{
    Config, Sandbox,
    servers::{FakeLlm, Script},
};
use serde_json::Value;
use std::path::PathBuf;

/// Repositories of the large fleet.
const MANY: usize = 68;

fn with_model(sandbox: &Sandbox, url: &str) -> Config {
    let config = sandbox.config().set("http.enabled", false).set("cycle_interval_seconds", 60);
    config.set("llm.enabled", true).set("llm.base_url", url).set("llm.llama_model_id", FakeLlm::MODEL)
}

/// The last user message of a question.
fn question(asked: &Value) -> String {
    asked["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned()
}

#[test]
fn a_model_writes_the_message_and_it_is_said() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let model = FakeLlm::new(Script::Says("change the delay of retry".to_owned()));
    sandbox.write_config(&with_model(&sandbox, &model.url()));
    sandbox.write(&repo, "retry.py", "def retry(delay):\n    return min(delay, 30)\n");
    sandbox.git(&repo, &["add", "--all"]);
    sandbox.commit(&repo, "Add retry");
    sandbox.git(&repo, &["push", "--quiet"]);
    sandbox.write(&repo, "retry.py", "def retry(delay):\n    # cap the delay\n    return min(delay, 60)\n");
    let explained = sandbox.autocommit(&["message", "--explain", arg(&repo)]).ok();
    assert!(explained.stderr.contains("Sent to the language model:"), "{}", explained.shown());
    assert!(
        explained.stderr.contains("retry.py") && explained.stderr.contains("Rules would write:"),
        "{}",
        explained.shown()
    );
    let ruled = sandbox.autocommit(&["message", "--rules", "--json", arg(&repo)]).ok().json();
    assert_eq!(ruled["message_source"], "rules", "{ruled:#}");
    assert_eq!(ruled["subject"], ruled["rules"]["subject"]);
    let cycle = sandbox.autocommit(&["once", "--json", arg(&repo)]).ok().json();
    let run = &cycle["runs"][0];
    assert_eq!(run["message_source"], "llm", "{cycle:#}");
    assert_eq!(cycle["messages"], serde_json::json!({"llm": 1, "rules": 0, "person": 0}));
    assert!(message_of(&sandbox, &repo).to_lowercase().contains("change the delay of retry"));
    assert_arrived(&sandbox, &repo, &bare);
    let entry = &history(&sandbox, &["--source", "llm"])[0];
    assert!(entry["message_reason"].as_str().unwrap().contains(FakeLlm::MODEL), "{entry:#}");
    assert!(entry["message_ms"].is_u64());
    // Without a model, by rules, and why.
    sandbox.write(&repo, "retry.py", "def retry(delay):\n    return min(delay, 90)\n");
    let before = model.asked().len();
    let cycle = sandbox.autocommit(&["once", "--no-llm", "--json", arg(&repo)]).ok().json();
    assert_eq!((&cycle["runs"][0]["message_source"], model.asked().len()), (&"rules".into(), before));
    assert!(cycle["runs"][0]["message_reason"].as_str().unwrap().contains("switched off"), "{cycle:#}");
}

#[test]
fn what_a_person_wishes_for_a_folder() {
    let sandbox = Sandbox::new();
    let (open, closed) = (sandbox.repo("open"), sandbox.repo("closed"));
    let model = FakeLlm::new(Script::Says("say more in notes.py".to_owned()));
    let config = with_model(&sandbox, &model.url()).toml();
    let wishes = format!(
        "\n[[messages]]\npath = {:?}\ninstructions = \"Mention the weather.\"\n\n[[messages]]\npath = {:?}\nrules_only = true\n",
        arg(&sandbox.repos_dir()),
        arg(&closed)
    );
    std::fs::write(sandbox.config_file(), config + &wishes).unwrap();
    for repo in [&open, &closed] {
        sandbox.write(repo, "notes.py", "# notes\nmore = 1\n");
    }
    let _ = sandbox.autocommit(&["once", arg(&open), arg(&closed)]).ok();
    let asked = model.asked();
    assert!(
        !asked.is_empty() && asked.iter().all(|asked| asked.to_string().contains("Mention the weather."))
    );
    let entries = history(&sandbox, &[]);
    let of = |repo: &PathBuf| entries.iter().find(|entry| entry["repo"] == arg(repo)).unwrap().clone();
    assert_eq!(of(&closed)["message_source"], "rules", "{entries:#?}");
    assert!(asked.iter().all(|asked| !question(asked).is_empty()));
}

/// Whatever the model does, every repository is committed in the one cycle, each message is true, and the model was asked
/// no more often than it may fail.
#[test]
fn a_model_that_fails_keeps_nobody_waiting() {
    let sandbox = Sandbox::new();
    let repos: Vec<_> = (0..MANY).map(|n| sandbox.repo(&format!("r{n:02}"))).collect();
    let model = FakeLlm::new(Script::Hangs);
    let gone = {
        let stopped = FakeLlm::new(Script::Hangs);
        stopped.url()
    };
    let lie = "rename everything to frobnicate and fix the login";
    for (round, (name, script, url)) in [
        ("stopped", Script::Hangs, gone),
        ("hung", Script::Hangs, model.url()),
        ("slow", Script::Crawls, model.url()),
        ("loading", Script::Loads, model.url()),
        ("out of memory", Script::Dies, model.url()),
        ("lying", Script::Says(lie.to_owned()), model.url()),
    ]
    .into_iter()
    .enumerate()
    {
        model.follow(script);
        let before = model.asked().len();
        sandbox.write_config(&with_model(&sandbox, &url).set("llm.timeout_seconds", 10));
        for repo in &repos {
            sandbox.write(repo, "notes.py", format!("# round {round}\nvalue = {round}\n"));
        }
        let cycle = sandbox.autocommit(&["once", "--json"]).ok().json();
        assert_eq!(cycle["committed"], MANY, "{name}: {cycle:#}");
        assert_eq!(cycle["messages"], serde_json::json!({"llm": 0, "rules": MANY, "person": 0}), "{name}");
        for run in cycle["runs"].as_array().unwrap() {
            let (subject, reason) =
                (run["subject"].as_str().unwrap(), run["message_reason"].as_str().unwrap());
            assert!(subject.contains("notes") || subject.contains("value"), "{name}: {subject}");
            assert!(
                !subject.contains("frobnicate") && reason.starts_with("Written by rules. "),
                "{name}: {run:#}"
            );
        }
        // Three failures in a row, and it is left alone; a lie is answered once more at the most.
        let asked = model.asked().len() - before;
        let most = match name {
            "lying" => 2 * MANY,
            // It is asked again every five seconds.
            "loading" => MANY / 2,
            _ => 4,
        };
        assert!(asked <= most, "{name}: asked {asked} times");
        assert_eq!(asked > 0, name != "stopped", "{name}: asked {asked} times");
    }
    for entry in history(&sandbox, &["-n", "500"]) {
        assert_eq!(entry["message_source"], "rules");
        assert!(entry["message_reason"].as_str().unwrap().ends_with('.'), "{entry:#}");
    }
}
