//! The supervisor with llama.cpp's own server and a model of no size. `cargo xtask test` installs both.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test")]

use autocommit_llama::{Catalogue, Endpoint, Llama, Patience, State, Watch};
use rustix::process::{Pid, Signal, kill_process};
use std::{env, fs, os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

const LONG: Duration = Duration::from_secs(120);
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/llm/llama_server.py");

/// What comes when it is asked for a few words.
async fn asked(llama: &Llama, endpoint: &Endpoint) -> (u16, String) {
    let question = serde_json::json!({
        "model": endpoint.model, "stream": true, "max_tokens": 4, "temperature": 0,
        "messages": [{"role": "user", "content": "hello"}],
    });
    let client = autocommit_web::client().build().unwrap();
    let request =
        client.post(format!("{}/v1/chat/completions", endpoint.base_url)).bearer_auth(&endpoint.key);
    let answer = request.json(&question).send().await;
    let answer = answer.unwrap_or_else(|error| {
        panic!("{:?} {error:?}\n{}", llama.server(), llama.logs(0, 500).0.join("\n"))
    });
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_real_server_starts_answers_dies_comes_back_and_ends() {
    let (Some(python), Some(model)) = (env::var_os("TEST_LLAMA_SERVER"), env::var_os("TEST_LLAMA_MODEL"))
    else {
        println!("Skipped: TEST_LLAMA_SERVER and TEST_LLAMA_MODEL name no server; cargo xtask test does.");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("llama-server");
    let python = python.into_string().unwrap();
    fs::write(&program, format!("#!/bin/sh\nexec '{python}' '{SCRIPT}' \"$@\"\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    let watch = Watch { pause: Some(Duration::from_millis(10)), ..Watch::default() };
    let llama = Llama::with(folder.path(), Catalogue::default(), Patience::default(), watch);
    let name = llama.import(Path::new(&model)).await.unwrap();

    let first = llama.endpoint(program.to_str(), &name, LONG).await;
    let first = first.unwrap_or_else(|error| panic!("{error}\n{}", llama.logs(0, 500).0.join("\n")));
    let (status, text) = asked(&llama, &first).await;
    assert!(status == 200 && text.contains("data: [DONE]"), "{status}: {text}");
    // A question of two words: who is refused in the middle of a longer one may see no answer at all.
    let properties = autocommit_web::client().build().unwrap().get(format!("{}/props", first.base_url));
    let refused = properties.bearer_auth("another").send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 401, "it serves nobody else");
    assert!(!llama.is_asleep().await);
    assert!(!llama.logs(0, 500).0.join("\n").contains(&first.key));

    let State::Ready { pid, .. } = llama.server() else { panic!("it was ready") };
    kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), Signal::KILL).unwrap();
    let second = loop {
        match llama.endpoint(program.to_str(), &name, LONG).await.unwrap() {
            same if same == first => tokio::time::sleep(Duration::from_millis(10)).await,
            other => break other,
        }
    };
    assert_eq!(asked(&llama, &second).await.0, 200);
    llama.stop().await;
    assert_eq!(llama.server(), State::Off);
    let client = autocommit_web::client().build().unwrap();
    client.get(format!("{}/health", second.base_url)).send().await.unwrap_err();
}
