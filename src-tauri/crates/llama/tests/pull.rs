//! Fetching a model from servers with every fault that was thought of.
#![allow(clippy::unwrap_used, reason = "a test")]

mod faults;

use autocommit_llama::{Catalogue, Llama, Patience, Pin, Presence, PullError, RestsOn, Told, Watch};
use faults::{Answer, Server};
use sha2::{Digest as _, Sha256};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;

const NAME: &str = "small";

fn content() -> Vec<u8> {
    let mut bytes = b"GGUF".to_vec();
    bytes.extend((0..300_000_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()));
    bytes
}

fn pin(content: &[u8]) -> Pin {
    let sha256: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    Pin {
        name: NAME,
        title: "Small",
        repository: "them/small",
        revision: "abc",
        file: "small.gguf",
        size: content.len() as u64,
        sha256: sha256.leak(),
        licence: "MIT",
        rests_on: RestsOn::Pins,
    }
}

fn patience() -> Patience {
    Patience {
        tries: 4,
        pause: Duration::from_millis(1),
        silence: Duration::from_secs(20),
        ..Patience::default()
    }
}

struct World {
    state: TempDir,
    server: Server,
    llama: Llama,
}

impl World {
    fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self::with(answers, patience())
    }

    fn with(answers: impl IntoIterator<Item = Answer>, patience: Patience) -> Self {
        let state = tempfile::tempdir().unwrap();
        let server = Server::start(content(), answers);
        let llama = open(state.path(), &server.base, patience);
        Self { state, server, llama }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.state.path().join("models").join(name)
    }

    fn plant(&self, name: &str, bytes: &[u8]) {
        std::fs::create_dir_all(self.path("")).unwrap();
        std::fs::write(self.path(name), bytes).unwrap();
    }

    async fn pull(&self) -> Result<(), PullError> {
        pull(&self.llama, &silent()).await
    }

    fn ranges(&self) -> Vec<Option<String>> {
        let range = |head: &String| {
            head.lines().find_map(|line| line.strip_prefix("range: bytes=")).map(str::to_owned)
        };
        self.server.asked().iter().map(range).collect()
    }

    #[track_caller]
    fn is_whole(&self) {
        assert_eq!(std::fs::read(self.path("small.gguf")).unwrap(), content());
        assert!(!self.path("small.gguf.part").exists() && !self.path("small.gguf.part.etag").exists());
        assert_eq!(self.llama.model(NAME).unwrap().presence, Presence::Installed);
        assert_eq!(self.llama.file(NAME), Some(self.path("small.gguf")));
    }

    #[track_caller]
    fn is_not_there(&self) {
        assert!(!self.path("small.gguf").exists());
        assert_eq!(self.llama.file(NAME), None);
    }
}

fn open(state: &Path, base: &str, patience: Patience) -> Llama {
    Llama::with(
        state,
        Catalogue::elsewhere(base.to_owned(), vec![pin(&content())]),
        patience,
        Watch::default(),
    )
}

async fn pull(llama: &Llama, told: &Told) -> Result<(), PullError> {
    llama.begin(NAME)?.run(told).await
}

fn silent() -> Told {
    Arc::new(|_, _| {})
}

#[tokio::test]
async fn all_at_once() {
    let world = World::new([Answer::Well]);
    assert_eq!(world.llama.model(NAME).unwrap().presence, Presence::Absent);
    let told = Arc::new(Mutex::new(Vec::new()));
    let teller: Told = {
        let told = Arc::clone(&told);
        Arc::new(move |here, total| told.lock().unwrap().push((here, total)))
    };
    pull(&world.llama, &teller).await.unwrap();
    world.is_whole();
    let told = told.lock().unwrap().clone();
    let size = content().len() as u64;
    assert_eq!((told[0], *told.last().unwrap()), ((0, size), (size, size)));
    assert!(told.is_sorted());
    let asked = world.server.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].starts_with("get /them/small/resolve/abc/small.gguf http/1.1\r\n"), "{asked:?}");
    for never in ["cookie", "referer", "authorization", "range"] {
        assert!(!asked[0].contains(never), "{never}: {asked:?}");
    }
    world.pull().await.unwrap();
    assert_eq!(world.server.asked().len(), 1, "what is here is not fetched again");
}

#[tokio::test]
async fn a_cut_connection_goes_on_where_it_was() {
    let world = World::new([Answer::Cut(100_000), Answer::Cut(50_000), Answer::Status(503), Answer::Well]);
    world.pull().await.unwrap();
    world.is_whole();
    assert_eq!(
        world.ranges(),
        [None, Some("100000-".into()), Some("150000-".into()), Some("150000-".into())]
    );
    assert!(world.server.asked()[1].contains("if-range: \"one\""));
}

#[tokio::test]
async fn the_next_process_goes_on_where_it_was() {
    let world = World::new([Answer::Cut(100_000), Answer::Status(503)]);
    let error = world.pull().await.unwrap_err();
    assert!(matches!(error, PullError::Connection { .. }), "{error}");
    world.is_not_there();
    let model = world.llama.model(NAME).unwrap();
    assert_eq!((model.presence, model.here), (Presence::Partial, 100_000));
    assert!(world.llama.failure(NAME).unwrap().contains("HTTP status 503"));
    let server = Server::start(content(), [Answer::Well]);
    pull(&open(world.state.path(), &server.base, patience()), &silent()).await.unwrap();
    assert!(server.asked()[0].contains("range: bytes=100000-"));
    world.is_whole();
}

#[tokio::test]
async fn a_server_without_ranges_begins_anew() {
    let world = World::new([Answer::Cut(100_000), Answer::Whole]);
    world.pull().await.unwrap();
    world.is_whole();
}

#[tokio::test]
async fn content_that_has_another_tag_by_now_begins_anew() {
    let world = World::new([Answer::Well]);
    world.plant("small.gguf.part", &content()[..1000]);
    world.plant("small.gguf.part.etag", b"\"another\"");
    world.pull().await.unwrap();
    world.is_whole();
    assert!(world.server.asked()[0].contains("if-range: \"another\""));
}

#[tokio::test]
async fn wrong_bytes_are_thrown_away() {
    let world = World::new([Answer::Wrong]);
    let error = world.pull().await.unwrap_err();
    assert!(matches!(error, PullError::WrongBytes), "{error}");
    world.is_not_there();
    assert!(!world.path("small.gguf.part").exists());
    assert_eq!(world.server.asked().len(), 1, "a gigabyte is not fetched twice for that");
}

#[tokio::test]
async fn a_rotten_part_costs_one_more_download_and_no_more() {
    for rotten in [vec![b'x'; 1000], vec![b'x'; content().len()], vec![b'x'; content().len() + 5]] {
        let world = World::new([Answer::Well]);
        world.plant("small.gguf.part", &rotten);
        world.pull().await.unwrap();
        world.is_whole();
        assert!(world.server.asked().len() <= 2);
    }
    let world = World::new([Answer::Wrong]);
    world.plant("small.gguf.part", &vec![b'x'; content().len()]);
    assert!(matches!(world.pull().await, Err(PullError::WrongBytes)));
    assert_eq!(world.server.asked().len(), 1);
}

#[tokio::test]
async fn a_part_that_is_whole_needs_no_server() {
    let world = World::new([Answer::Status(500)]);
    world.plant("small.gguf.part", &content());
    world.pull().await.unwrap();
    world.is_whole();
    assert!(world.server.asked().is_empty());
}

#[tokio::test]
async fn refusals_are_final() {
    for (status, gone) in [(404, true), (410, true), (401, false), (403, false), (451, false), (304, false)] {
        let world = World::new([Answer::Status(status)]);
        let error = world.pull().await.unwrap_err();
        match error {
            PullError::Gone(found) if gone => assert_eq!(found, status),
            PullError::Refused(found) if !gone => assert_eq!(found, status),
            other => panic!("{status}: {other}"),
        }
        assert_eq!(world.server.asked().len(), 1, "{status}");
        world.is_not_there();
    }
}

#[tokio::test]
async fn nothing_after_the_end_begins_anew() {
    let world = World::new([Answer::Status(416), Answer::Well]);
    world.plant("small.gguf.part", &content()[..1000]);
    world.pull().await.unwrap();
    world.is_whole();
    assert_eq!(world.ranges(), [Some("1000-".into()), None]);
}

#[tokio::test]
async fn another_piece_than_was_asked_for_is_not_taken() {
    let world = World::new([Answer::OtherPiece, Answer::Well]);
    world.plant("small.gguf.part", &content()[..1000]);
    world.pull().await.unwrap();
    world.is_whole();
}

#[tokio::test]
async fn a_lie_about_the_size_ends_it() {
    for answer in [Answer::Lie(1), Answer::Lie(1 << 40), Answer::Endless] {
        let world = World::new([answer.clone()]);
        let error = world.pull().await.unwrap_err();
        assert!(matches!(error, PullError::Size { .. }), "{answer:?}: {error}");
        world.is_not_there();
        let part = std::fs::metadata(world.path("small.gguf.part")).map_or(0, |part| part.len());
        assert!(part <= content().len() as u64, "never more than the list names");
    }
}

#[tokio::test]
async fn a_redirect_is_followed_and_a_circle_is_left() {
    let store = Server::start(content(), [Answer::Well]);
    let world = World::new([Answer::Elsewhere(format!("{}/cdn/x?signed=1", store.base))]);
    world.pull().await.unwrap();
    world.is_whole();
    assert!(store.asked()[0].starts_with("get /cdn/x?signed=1 "));
    let world = World::new([Answer::Elsewhere("/again".into())]);
    assert!(matches!(world.pull().await, Err(PullError::Connection { .. })));
    let world = World::new([Answer::Elsewhere("file:///etc/passwd".into())]);
    world.pull().await.unwrap_err();
    world.is_not_there();
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left() {
    let patience = Patience { silence: Duration::from_millis(50), tries: 2, ..patience() };
    let world = World::with([Answer::Silence], patience);
    let error = world.pull().await.unwrap_err();
    assert!(error.to_string().contains("No answer came in time."), "{error}");
    let world = World::new([Answer::Well]);
    let nobody = open(world.state.path(), "http://127.0.0.1:1", patience_short());
    assert!(matches!(pull(&nobody, &silent()).await, Err(PullError::Connection { times: 2, .. })));
}

fn patience_short() -> Patience {
    Patience { tries: 2, ..patience() }
}

#[tokio::test]
async fn stopped_in_the_middle_it_keeps_what_arrived() {
    let world = World::new([Answer::Cut(100_000), Answer::Silence]);
    let told: Told = {
        let llama = world.llama.clone();
        Arc::new(move |here, _| {
            if here == 100_000 {
                assert!(llama.cancel(NAME));
            }
        })
    };
    let error = pull(&world.llama, &told).await.unwrap_err();
    assert!(matches!(error, PullError::Stopped), "{error}");
    assert_eq!(std::fs::read(world.path("small.gguf.part")).unwrap(), content()[..100_000]);
    assert!(!world.llama.cancel(NAME), "nothing runs any more");
}

#[tokio::test]
async fn two_at_once_are_one() {
    let world = World::new([Answer::Silence]);
    let first = tokio::spawn({
        let llama = world.llama.clone();
        async move { pull(&llama, &silent()).await }
    });
    while world.server.asked().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(matches!(world.pull().await, Err(PullError::Already)));
    let other = open(world.state.path(), &world.server.base, patience());
    assert!(matches!(pull(&other, &silent()).await, Err(PullError::Elsewhere)));
    assert_eq!(other.model(NAME).unwrap().presence, Presence::Pulling);
    assert!(matches!(other.remove(NAME).await, Err(autocommit_llama::FileError::Busy(_))));
    world.llama.cancel(NAME);
    assert!(matches!(first.await.unwrap(), Err(PullError::Stopped)));
}

#[tokio::test]
async fn too_little_room_is_said_before_anything_is_asked() {
    let world = World::with([Answer::Well], Patience { free: |_| Ok(300_000), ..patience() });
    let error = world.pull().await.unwrap_err();
    assert!(matches!(error, PullError::Room { .. }), "{error}");
    assert!(world.server.asked().is_empty());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_is_full_ends_it() {
    let world = World::new([Answer::Well]);
    std::fs::create_dir_all(world.path("")).unwrap();
    // Every write there fails with ENOSPC.
    std::os::unix::fs::symlink("/dev/full", world.path("small.gguf.part")).unwrap();
    let error = world.pull().await.unwrap_err();
    assert!(
        matches!(&error, PullError::Disk(why) if why.kind() == std::io::ErrorKind::StorageFull),
        "{error}"
    );
    assert_eq!(world.server.asked().len(), 1);
    world.is_not_there();
}

#[tokio::test]
async fn only_names_of_the_list_are_fetched() {
    let world = World::new([Answer::Well]);
    for name in ["other", "../small", ""] {
        assert!(matches!(world.llama.begin(name).map(|_| ()), Err(PullError::Unknown(_))), "{name}");
    }
    assert!(world.server.asked().is_empty());
}
