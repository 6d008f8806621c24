//! The supervisor against a server that has every bad day.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test")]

use autocommit_llama::{Catalogue, Endpoint, Llama, Patience, ProgramError, ServerError, State, Watch};
use autocommit_test_support::fake_llama::{FakeLlama, Manner};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tempfile::TempDir;

const MODEL: &str = "small";
/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

fn watch() -> Watch {
    Watch { look: Duration::from_millis(10), pause: Some(Duration::from_millis(1)), ..Watch::default() }
}

struct World {
    folder: TempDir,
    fake: FakeLlama,
    llama: Llama,
}

impl World {
    async fn new(manner: Manner) -> Self {
        Self::with(manner, watch()).await
    }

    async fn with(manner: Manner, watch: Watch) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fake = FakeLlama::install(folder.path(), &manner);
        let llama = open(folder.path(), watch);
        let file = folder.path().join("small.gguf");
        fs::write(&file, "GGUF small").unwrap();
        assert_eq!(llama.import(&file).await.unwrap(), MODEL);
        Self { folder, fake, llama }
    }

    fn program(&self) -> PathBuf {
        self.fake.program()
    }

    async fn endpoint(&self, within: Duration) -> Result<Endpoint, ServerError> {
        self.llama.endpoint(self.program().to_str(), MODEL, within).await
    }

    fn logs(&self) -> String {
        self.llama.logs(0, 500).0.join("\n")
    }
}

fn open(state: &Path, watch: Watch) -> Llama {
    Llama::with(state, Catalogue::default(), Patience::default(), watch)
}

fn lives(pid: i32) -> bool {
    // A child of ours that nobody waited for is dead and still there.
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let dead = state.rsplit(") ").next().is_none_or(|rest| rest.is_empty() || rest.starts_with('Z'));
    !dead && test_kill_process(Pid::from_raw(pid).unwrap()).is_ok()
}

async fn until(what: &str, mut is: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is() {
        assert!(started.elapsed() < LONG, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What a client gets at an address.
async fn get(endpoint: &Endpoint, path: &str, key: Option<&str>) -> (u16, String) {
    let mut request = autocommit_web::client().build().unwrap().get(format!("{}{path}", endpoint.base_url));
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn started_as_it_should_be() {
    let world = World::new(Manner { prints: vec!["main: model loaded".into()], ..Manner::default() }).await;
    assert_eq!(world.llama.server(), State::Off, "nothing begins by itself");
    let endpoint = world.endpoint(LONG).await.unwrap();
    assert_eq!(endpoint.model, MODEL);
    assert_eq!(get(&endpoint, "/v1/models", None).await.0, 401);
    assert!(get(&endpoint, "/v1/models", Some(&endpoint.key)).await.1.contains(r#""id":"small""#));
    assert_eq!(world.endpoint(LONG).await.unwrap(), endpoint, "the same one serves again");

    let start = &world.fake.starts()[0];
    assert_eq!(world.fake.starts().len(), 1);
    assert!(!start.args.iter().any(|arg| arg.contains(&endpoint.key)), "arguments are for all to see");
    assert_eq!(start.environment["LLAMA_API_KEY"], endpoint.key);
    assert_eq!(endpoint.key.len(), 64);
    let line = start.args.join(" ");
    let threads = (std::thread::available_parallelism().unwrap().get() / 2).max(1);
    for part in [
        "--host 127.0.0.1 ",
        "--ctx-size 4096 --parallel 1 ",
        &format!("--threads {threads} "),
        "--cache-ram 0 ",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    let ours = rustix::process::getpriority_process(None).unwrap();
    assert_eq!(start.nice, (ours + 10).min(19));
    assert_eq!(start.group, start.pid, "a group of its own");
    assert_eq!(start.cwd.canonicalize().unwrap(), world.folder.path().join("models").canonicalize().unwrap());
    let strange = |name: &&String| name.starts_with("CARGO") || name.starts_with("RUST");
    assert_eq!(start.environment.keys().filter(strange).count(), 0, "{:?}", start.environment);
    assert_eq!(fs::read_to_string(format!("/proc/{}/oom_score_adj", start.pid)).unwrap().trim(), "800");
    assert!(
        matches!(world.llama.server(), State::Ready { pid, .. } if i64::from(pid) == i64::from(start.pid))
    );
    assert!(world.logs().contains("main: model loaded"), "{}", world.logs());
    assert!(!world.logs().contains(&endpoint.key) && !format!("{endpoint:?}").contains(&endpoint.key));

    world.llama.stop().await;
    assert!(!lives(start.pid));
    assert_eq!(world.llama.server(), State::Off);
    let again = world.endpoint(LONG).await.unwrap();
    assert_ne!(again.key, endpoint.key);
    world.llama.stop().await;
}

#[tokio::test]
async fn a_model_that_loads_slowly_is_waited_for_in_pieces() {
    let world = World::new(Manner { loading_ms: 600, ..Manner::default() }).await;
    assert_eq!(world.endpoint(Duration::from_millis(50)).await, Err(ServerError::Starting));
    assert_eq!(world.llama.server(), State::Starting);
    world.endpoint(LONG).await.unwrap();
    assert_eq!(world.fake.starts().len(), 1);
    world.llama.stop().await;
}

#[tokio::test]
async fn one_that_never_loads_is_given_up() {
    let short = Watch { load: Duration::from_millis(300), ..watch() };
    let world = World::with(Manner { loading_ms: 600_000, ..Manner::default() }, short).await;
    let Err(ServerError::Failed(why)) = world.endpoint(LONG).await else { panic!("it is not ready") };
    assert!(why.contains("did not load the model"), "{why}");
    let starts = world.fake.starts();
    assert_eq!(starts.len(), 4, "the first and three more");
    assert!(starts.iter().all(|start| !lives(start.pid)));
    assert!(matches!(world.endpoint(LONG).await, Err(ServerError::Failed(_))));
    assert_eq!(world.fake.starts().len(), 4, "it is left alone now");
}

#[tokio::test]
async fn crashes_at_the_start_are_bounded_and_told() {
    let world = World::new(Manner { crashes_at_start: 2, ..Manner::default() }).await;
    world.endpoint(LONG).await.unwrap();
    assert_eq!(world.fake.starts().len(), 3);
    assert!(world.logs().contains("model is corrupted or incomplete"), "{}", world.logs());
    assert!(world.logs().contains("ended by itself (exit status: 1)"), "{}", world.logs());
    world.llama.stop().await;

    world.fake.behave(&Manner { finds_port_taken: true, ..Manner::default() });
    assert!(matches!(world.endpoint(LONG).await, Err(ServerError::Failed(_))));
    assert!(world.fake.starts().len() <= 4);
    let ports: std::collections::BTreeSet<_> =
        world.fake.starts().iter().map(|start| start.args.join(" ")).collect();
    assert!(ports.len() > 1, "another port each time: {ports:?}");
}

#[tokio::test]
async fn a_crash_while_busy_brings_another_one() {
    let world = World::new(Manner { aborts_when_asked: true, ..Manner::default() }).await;
    let first = world.endpoint(LONG).await.unwrap();
    let asked =
        autocommit_web::client().build().unwrap().post(format!("{}/v1/chat/completions", first.base_url));
    let answer = asked.bearer_auth(&first.key).body("{}").send().await.unwrap();
    assert!(answer.bytes().await.is_ok(), "the connection ended");
    until("another start", || world.fake.starts().len() == 2).await;
    let second = world.endpoint(LONG).await.unwrap();
    assert_ne!(first, second);
    assert!(world.logs().contains("signal: 6"), "{}", world.logs());
    world.llama.stop().await;
}

#[tokio::test]
async fn one_that_hears_nothing_any_more_is_replaced() {
    let short = Watch { answer: Duration::from_millis(300), ..watch() };
    let world = World::with(Manner { deaf_after_answer: true, ..Manner::default() }, short).await;
    let first = world.endpoint(LONG).await.unwrap();
    let asked =
        autocommit_web::client().build().unwrap().post(format!("{}/v1/chat/completions", first.base_url));
    let answer = asked.bearer_auth(&first.key).body("{}").send().await.unwrap();
    assert!(answer.text().await.unwrap().contains("[DONE]"));
    let second = world.endpoint(LONG).await.unwrap();
    assert_ne!(first.key, second.key);
    assert!(!lives(world.fake.starts()[0].pid));
    world.llama.stop().await;
}

#[tokio::test]
async fn stopping_outlasts_every_refusal() {
    let stubborn = Manner { ignores_term: true, has_child: true, ..Manner::default() };
    let world = World::new(stubborn).await;
    world.endpoint(LONG).await.unwrap();
    let start = world.fake.starts()[0].clone();
    assert!(lives(start.pid) && lives(start.child.unwrap()));
    world.llama.stop().await;
    assert!(!lives(start.pid));
    until("its own child is gone", || !lives(start.child.unwrap())).await;
}

#[tokio::test]
async fn a_flood_of_words_harms_nobody() {
    let world = World::new(Manner { noise: 20_000, ..Manner::default() }).await;
    world.endpoint(LONG).await.unwrap();
    until("the last line", || world.logs().contains("noise 19999 ")).await;
    assert!(world.llama.logs(0, usize::MAX).0.len() <= 500);
    let (_, last) = world.llama.logs(0, 1);
    assert!(world.llama.logs(last, 500).0.is_empty());
    world.llama.stop().await;
}

#[tokio::test]
async fn nobody_needs_it() {
    let short = Watch { unused: Duration::from_millis(200), ..watch() };
    let world = World::with(Manner::default(), short).await;
    world.endpoint(LONG).await.unwrap();
    until("it is ended", || world.llama.server() == State::Off).await;
    assert!(!lives(world.fake.starts()[0].pid));
    world.endpoint(LONG).await.unwrap();
    world.llama.stop().await;
}

#[tokio::test]
async fn another_model_takes_its_place() {
    let world = World::new(Manner::default()).await;
    world.endpoint(LONG).await.unwrap();
    let file = world.folder.path().join("other.gguf");
    fs::write(&file, "GGUF other").unwrap();
    world.llama.import(&file).await.unwrap();
    let other = world.llama.endpoint(world.program().to_str(), "other", LONG).await.unwrap();
    assert_eq!(other.model, "other");
    let starts = world.fake.starts();
    assert!(starts.len() == 2 && !lives(starts[0].pid) && lives(starts[1].pid));
    world.llama.stop().await;
}

#[tokio::test]
async fn sleep_is_seen_and_not_ended() {
    let world = World::new(Manner { sleeps: true, ..Manner::default() }).await;
    assert!(!world.llama.is_asleep().await);
    world.endpoint(LONG).await.unwrap();
    assert!(world.llama.is_asleep().await);
    world.llama.stop().await;
}

#[tokio::test]
async fn programs_that_are_none() {
    let world = World::new(Manner::default()).await;
    let ask = async |program: &str| world.llama.endpoint(Some(program), MODEL, LONG).await.unwrap_err();
    assert!(matches!(ask("llama-server").await, ServerError::NoProgram(ProgramError::NotAProgram(_))));
    let ServerError::Failed(why) = ask("/bin/true").await else { panic!("not a server") };
    assert!(why.contains("did not answer like llama-server"), "{why}");
    world.fake.behave(&Manner { help: Some("--model\n--port\n--host\n".into()), ..Manner::default() });
    let Err(ServerError::Failed(why)) = world.endpoint(LONG).await else { panic!("too old") };
    assert!(why.contains("too old"), "{why}");
    assert!(world.fake.starts().is_empty());
    let missing = world.llama.endpoint(None, "missing", LONG).await;
    assert_eq!(missing, Err(ServerError::NoModel("missing".into())));
}

#[tokio::test]
async fn an_older_one_reads_its_key_from_a_file() {
    let help = "--model\n--port\n--host\n--alias\n--api-key-file\n".to_owned();
    let world = World::new(Manner { help: Some(help), ..Manner::default() }).await;
    let endpoint = world.endpoint(LONG).await.unwrap();
    assert_eq!(get(&endpoint, "/v1/models", Some(&endpoint.key)).await.0, 200);
    let start = &world.fake.starts()[0];
    assert!(!start.environment.contains_key("LLAMA_API_KEY"));
    assert!(
        !start.args.iter().any(|arg| arg.contains(&endpoint.key) || arg == "--ctx-size"),
        "{:?}",
        start.args
    );
    let file = world.folder.path().join("models/server.key");
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    world.llama.stop().await;
}

#[tokio::test]
async fn dropped_it_leaves_nothing() {
    let world = World::new(Manner { has_child: true, ..Manner::default() }).await;
    world.endpoint(LONG).await.unwrap();
    let start = world.fake.starts()[0].clone();
    drop(world);
    until("all of it is gone", || !lives(start.pid) && !lives(start.child.unwrap())).await;
}

/// Killed without a chance to say anything, the owner leaves no server behind.
#[test]
#[allow(clippy::disallowed_methods, reason = "starts this very test program as the owner")]
fn no_orphan_when_the_owner_is_killed() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::new(Manner::default()));
    let mut owner = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_owner_that_is_killed", "--ignored"])
        .env("STATE", world.folder.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    runtime.block_on(until("a server", || world.fake.starts().len() == 1));
    let pid = world.fake.starts()[0].pid;
    assert!(lives(pid));
    kill_process(Pid::from_raw(i32::try_from(owner.id()).unwrap()).unwrap(), Signal::KILL).unwrap();
    owner.wait().unwrap();
    runtime.block_on(until("no orphan", || !lives(pid)));
}

#[tokio::test]
#[ignore = "started by no_orphan_when_the_owner_is_killed"]
async fn the_owner_that_is_killed() {
    let Some(state) = std::env::var_os("STATE").map(PathBuf::from) else { return };
    let llama = open(&state, watch());
    llama.endpoint(state.join("llama-server").to_str(), MODEL, LONG).await.unwrap();
    tokio::time::sleep(LONG).await;
}
