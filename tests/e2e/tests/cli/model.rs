//! `autocommit model`, and the same over the API: from nothing to a model that is in use.

use autocommit_test_support::{
    Sandbox,
    fake_llama::{FakeLlama, Manner},
};
use serde_json::{Value, json};

const DEFAULT: &str = "qwen2.5-coder-1.5b-instruct";

/// A sandbox in which nobody else's server of a model is asked.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write_config(&sandbox.config().set("llm.base_url", "http://127.0.0.1:9"));
    sandbox
}

fn model<'a>(reply: &'a Value, name: &str) -> &'a Value {
    reply["models"].as_array().unwrap().iter().find(|model| model["name"] == name).unwrap()
}

#[test]
fn nothing_is_fetched_without_a_word() {
    let sandbox = sandbox();
    let reply = sandbox.autocommit(&["model", "list", "--json"]).ok().json();
    assert_eq!((&reply["managed"], &reply["server"]["state"]), (&json!(false), &json!("off")));
    assert_eq!(reply["models"].as_array().unwrap().len(), 5);
    let default = model(&reply, DEFAULT);
    assert_eq!((&default["state"], &default["licence"]), (&json!("absent"), &json!("Apache-2.0")));
    assert!(default["source_url"].as_str().unwrap().starts_with("https://"));
    for arguments in [&["model", "pull"][..], &["model", "pull", "qwen2.5-0.5b-instruct"]] {
        let output = sandbox.autocommit(arguments).exits(2);
        assert!(
            output.stderr.contains("Apache-2.0") && output.stderr.contains("--yes"),
            "{}",
            output.shown()
        );
    }
    let unknown = sandbox.autocommit(&["model", "pull", "nonsense", "--yes"]).exits(2);
    assert!(unknown.stderr.contains("autocommit model list"), "{}", unknown.shown());
    let _ = sandbox.autocommit(&["model", "use", DEFAULT]).exits(1);
    let _ = sandbox.autocommit(&["model", "logs"]).exits(1);
    assert!(!sandbox.state_dir().join("models").exists());
}

#[test]
fn a_file_that_is_there_already() {
    let sandbox = sandbox();
    let fake = FakeLlama::install(&sandbox.bin_dir(), &Manner::default());
    let file = sandbox.root().join("My Own.gguf");
    std::fs::write(&file, "GGUF, as far as anybody can tell").unwrap();
    let _ = sandbox.autocommit(&["model", "import", "/etc/hostname"]).exits(1);
    let imported = sandbox.autocommit(&["model", "import", file.to_str().unwrap()]).ok();
    assert!(imported.stderr.contains("autocommit model use my-own"), "{}", imported.shown());
    let used = sandbox.autocommit(&["model", "use", "my-own", "--json"]).ok().json();
    assert_eq!((&used["managed"], &used["in_use"]), (&json!(true), &json!("my-own")));
    let written = std::fs::read_to_string(sandbox.config_file()).unwrap();
    assert!(
        written.contains("managed = true") && written.contains(r#"managed_model = "my-own""#),
        "{written}"
    );
    let status = sandbox.autocommit(&["model", "status", "--json"]).ok().json();
    assert_eq!(status["server"]["state"], "off");
    assert_eq!(status["server"]["program"], fake.program().to_str().unwrap());
    let doctor = sandbox.autocommit(&["doctor", "--json"]).json();
    let check = doctor["checks"].as_array().unwrap().iter().find(|check| check["name"] == "model").unwrap();
    assert_eq!((&check["verdict"], &check["hint"]), (&json!("ok"), &Value::Null), "{check}");
    assert!(fake.starts().is_empty(), "none of this runs a server");
    let _ = sandbox.autocommit(&["model", "remove", "my-own"]).ok();
    let status = sandbox.autocommit(&["model", "status", "--json"]).ok().json();
    assert_eq!((&status["server"]["state"], &status["in_use"]), (&json!("no_model"), &Value::Null));
    assert!(file.exists());
}

#[test]
fn over_the_api() {
    let sandbox = sandbox();
    let file = sandbox.root().join("small.gguf");
    std::fs::write(&file, "GGUF, as far as anybody can tell").unwrap();
    let config = sandbox.config().set("llm.base_url", "http://127.0.0.1:9").set("llm.enabled", true);
    let daemon = sandbox.daemon_with(config);
    let _ = sandbox.autocommit(&["model", "import", file.to_str().unwrap()]).ok();
    let reply = daemon.get("/model").json();
    assert_eq!(model(&reply, "small")["state"], "installed");
    assert_eq!(model(&reply, "small")["in_use"], false);
    let used = daemon.post("/model/use", Some(&json!({"name": "small"})));
    assert_eq!((used.status, &used.json()["managed"]), (200, &json!(false)));
    let settings = json!({"changes": {"llm.managed": true}});
    assert_eq!(daemon.request("PATCH", "/settings", Some(&settings)).status, 200);
    let reply = daemon.get("/model").json();
    assert_eq!(reply["in_use"], "small");
    for (path, name, status, code) in [
        ("/model/use", "nonsense", 404, "unknown_model"),
        ("/model/pull", "../../etc", 404, "unknown_model"),
        ("/model/pull", "small", 404, "unknown_model"),
        ("/model/cancel", DEFAULT, 409, "not_now"),
        ("/model/remove", DEFAULT, 404, "unknown_model"),
    ] {
        let refused = daemon.post(path, Some(&json!({"name": name})));
        assert_eq!(
            (refused.status, refused.json()["error"]["code"].as_str()),
            (status, Some(code)),
            "{path} {name}"
        );
    }
    assert_eq!(daemon.get("/model/logs?lines=5").json(), json!({"lines": [], "last": 0}));
    let program = json!({"changes": {"llm.server_program": "/tmp/x"}});
    assert_eq!(
        daemon.request("PATCH", "/settings", Some(&program)).status,
        422,
        "only the person's own hand"
    );
    let removed = daemon.post("/model/remove", Some(&json!({"name": "small"}))).json();
    assert_eq!(
        removed["server"]["state"].as_str(),
        Some(if has_server() { "no_model" } else { "no_program" })
    );
}

/// Whether this machine has the real program.
fn has_server() -> bool {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .any(|folder| folder.join("llama-server").is_file())
}
