//! The model provider against llama.cpp's own server with a model of no size: what it writes is nonsense, how it is
//! asked, answers, loads, sleeps and dies is real. `cargo xtask test` installs both.
#![allow(clippy::disallowed_methods, reason = "a real server is started")]
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "these are tests")]

use autocommit_core::draft::{Diff, Draft, FileDiff, FileStatus, Wishes};
use autocommit_message::{
    Brief, Habits, ProviderError,
    providers::llm::{Endpoint, Model},
};
use std::{
    env,
    io::Read,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// The longest wait for anything.
const LIMIT: Duration = Duration::from_secs(120);

/// Longer than any test.
const AWAKE: &str = "3600";

/// What a request has to bear.
const KEY: &str = "only-for-this-test";

/// A server that ends with the test.
struct Server {
    child: Child,
    base_url: String,
    log: Arc<Mutex<String>>,
}

impl Server {
    /// Starts one that sleeps after so many seconds, and which is not ready yet; nothing where it is not installed.
    fn start(sleep: &str) -> Option<Self> {
        let (Some(python), Some(model)) = (env::var_os("TEST_LLAMA_SERVER"), env::var_os("TEST_LLAMA_MODEL"))
        else {
            println!(
                "Skipped: TEST_LLAMA_SERVER and TEST_LLAMA_MODEL name no server; cargo xtask test does."
            );
            return None;
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/llm/llama_server.py");
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port().to_string();
        drop(free);
        let options = [
            ("--host", "127.0.0.1"),
            ("--port", &port),
            ("--alias", "tiny"),
            ("--ctx-size", "4096"),
            ("--parallel", "1"),
            ("--threads", "1"),
            ("--cache-ram", "0"),
            ("--sleep-idle-seconds", sleep),
        ];
        let mut child = Command::new(python)
            .arg(script)
            .arg("--model")
            .arg(model)
            .args(options.iter().flat_map(|(name, value)| [name, value]))
            .env("LLAMA_API_KEY", KEY)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a server");
        let (log, mut stderr) = (Arc::new(Mutex::new(String::new())), child.stderr.take().unwrap());
        let kept = Arc::clone(&log);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = stderr.read(&mut buffer) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
        });
        Some(Self { child, base_url: format!("http://127.0.0.1:{port}"), log })
    }

    fn endpoint(&self) -> Endpoint {
        let (base_url, model) = (format!("{}/v1", self.base_url), "tiny".to_owned());
        Endpoint { base_url, model, key: Some(KEY.to_owned()), allow_host: None }
    }

    fn model(&self) -> Model {
        let model = Model::default();
        model.point(Some(self.endpoint()));
        model
    }

    async fn logged(&self, words: &str) {
        let start = Instant::now();
        while !self.log.lock().unwrap().contains(words) {
            assert!(start.elapsed() < LIMIT, "never said \"{words}\":\n{}", self.log.lock().unwrap());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Has a message written for a change that rules alone would not do.
async fn ask(model: &Model, within: Duration) -> Result<Draft, ProviderError> {
    let patch = "diff --git a/src/lexer.rs b/src/lexer.rs\n--- a/src/lexer.rs\n+++ b/src/lexer.rs\n@@ -1,0 +2,2 @@\n\
                 +fn next_token(&mut self) -> Token {\n+    self.read()\n";
    let status = FileStatus::Modified;
    let file = FileDiff { path: "src/lexer.rs".into(), status, added: 2, removed: 0, binary: false };
    let diff = Diff { files: vec![file], patch: patch.into(), ..Diff::default() };
    let (habits, wishes) = (Habits::default(), Wishes::default());
    let brief = Brief { diff: &diff, habits: &habits, branch: None, wishes: &wishes };
    model.ask(&brief, within).await
}

/// The server answered; nobody expects sense.
fn answered(outcome: &Result<Draft, ProviderError>) -> bool {
    matches!(outcome, Ok(_) | Err(ProviderError::Unusable(_)))
}

/// Asks until the server answers; what was said before that.
async fn until_answered(model: &Model) -> Vec<ProviderError> {
    let (start, mut said) = (Instant::now(), Vec::new());
    loop {
        let outcome = ask(model, LIMIT).await;
        match outcome {
            Err(why @ (ProviderError::Loading | ProviderError::Unreachable)) => said.push(why),
            outcome => {
                assert!(answered(&outcome), "{outcome:?}");
                return said;
            }
        }
        assert!(start.elapsed() < LIMIT, "it never answered: {said:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_model_that_loads_is_told_from_one_that_is_not_there() {
    let Some(server) = Server::start(AWAKE) else { return };
    let said = until_answered(&server.model()).await;
    assert!(said.contains(&ProviderError::Loading), "{said:?}");
    let last = said.iter().rposition(|why| *why == ProviderError::Unreachable);
    let first = said.iter().position(|why| *why == ProviderError::Loading);
    assert!(last < first, "first nobody, then somebody who loads: {said:?}");
}

#[tokio::test]
async fn whoever_stops_waiting_stops_the_server() {
    let Some(server) = Server::start(AWAKE) else { return };
    until_answered(&server.model()).await;
    assert!(!server.log.lock().unwrap().contains("cancel task"));
    // Its one slot is taken by a question without end, so that ours is surely not answered yet.
    let endless = serde_json::json!({
        "messages": [{"role": "user", "content": "x"}], "stream": true, "max_tokens": 4000, "ignore_eos": true,
    });
    let address = format!("{}/v1/chat/completions", server.base_url);
    let client = autocommit_web::client().build().unwrap();
    let mut endless = client.post(address).bearer_auth(KEY).json(&endless).send().await.unwrap();
    endless.chunk().await.unwrap();
    let outcome = ask(&server.model(), Duration::from_millis(200)).await;
    assert!(matches!(outcome, Err(ProviderError::TooSlow(_))), "{outcome:?}");
    server.logged("cancel task").await;
    drop(endless);
    assert!(until_answered(&server.model()).await.is_empty(), "nothing is left of it");
}

#[tokio::test]
async fn a_sleeping_server_wakes() {
    let Some(server) = Server::start("1") else { return };
    until_answered(&server.model()).await;
    server.logged("entering sleeping state").await;
    let outcome = ask(&server.model(), LIMIT).await;
    assert!(answered(&outcome), "{outcome:?}");
}

#[tokio::test]
async fn a_server_that_dies_is_not_waited_for() {
    let Some(mut server) = Server::start(AWAKE) else { return };
    until_answered(&server.model()).await;
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let other = server.model();
    let outcome = ask(&other, LIMIT).await;
    assert!(matches!(outcome, Err(ProviderError::Unreachable)), "{outcome:?}");
    let Some(next) = Server::start(AWAKE) else { return };
    other.point(Some(next.endpoint()));
    until_answered(&other).await;
}
