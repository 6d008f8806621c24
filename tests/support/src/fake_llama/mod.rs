//! A double of `llama-server`: a real program that speaks enough of its HTTP and has its bad days on request.
//!
//! It is started with an environment that configures nothing, so its script (`fake-llama.json`) and its log
//! (`fake-llama.log`) are files beside the name it was started by.

mod player;

pub use player::play;

use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

pub(crate) const SCRIPT: &str = "fake-llama.json";
pub(crate) const LOG: &str = "fake-llama.log";

/// How the double behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Manner {
    /// What `--help` prints; the options of today where it is left out.
    pub help: Option<String>,
    /// It answers 503 for this long after its start.
    pub loading_ms: u64,
    /// Its first so many starts end with code 1.
    pub crashes_at_start: usize,
    /// It ends with code 1 because its port is taken, which it is not.
    pub finds_port_taken: bool,
    /// It aborts in the middle of every answer.
    pub aborts_when_asked: bool,
    /// It answers nothing more after its first answer, not even whether it lives.
    pub deaf_after_answer: bool,
    /// SIGTERM does nothing, however often.
    pub ignores_term: bool,
    /// Lines that it prints at its start.
    pub prints: Vec<String>,
    /// Lines of noise that it prints at its start.
    pub noise: usize,
    /// It starts a program of its own, in its group, that does not end.
    pub has_child: bool,
    /// It says that it sleeps.
    pub sleeps: bool,
    /// What it answers when asked for a message.
    pub answer: String,
    /// Time before it answers.
    pub thinks_ms: u64,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            help: None,
            loading_ms: 0,
            crashes_at_start: 0,
            finds_port_taken: false,
            aborts_when_asked: false,
            deaf_after_answer: false,
            ignores_term: false,
            prints: Vec::new(),
            noise: 0,
            has_child: false,
            sleeps: false,
            answer: "update the files".to_owned(),
            thinks_ms: 0,
        }
    }
}

/// One start of the double, as it saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// Its process.
    pub pid: i32,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
    /// The folder it was started in.
    pub cwd: PathBuf,
    /// How nice it is.
    pub nice: i32,
    /// Its process group.
    pub group: i32,
    /// The program that it started.
    pub child: Option<i32>,
}

/// The double as it is installed in a folder.
#[derive(Debug, Clone)]
pub struct FakeLlama {
    folder: PathBuf,
}

impl FakeLlama {
    /// Puts the double into `folder` under the name `llama-server`.
    #[track_caller]
    pub fn install(folder: &Path, manner: &Manner) -> Self {
        let fake = Self { folder: folder.to_owned() };
        if !fake.program().exists() {
            std::os::unix::fs::symlink(crate::programs::fake_llama(), fake.program())
                .expect("the double under the name of llama-server");
        }
        fake.behave(manner);
        fake
    }

    /// Makes it behave so from its next start on; starts are counted from zero again.
    #[track_caller]
    pub fn behave(&self, manner: &Manner) {
        let text = serde_json::to_string(manner).expect("a manner as JSON");
        fs::write(self.folder.join(SCRIPT), text).expect("the double's script");
        fs::write(self.folder.join(LOG), "").expect("the double's log");
    }

    /// The file to start.
    pub fn program(&self) -> PathBuf {
        self.folder.join("llama-server")
    }

    /// Every start since it was told how to behave, without those that asked for help.
    pub fn starts(&self) -> Vec<Start> {
        let text = fs::read_to_string(self.folder.join(LOG)).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}
