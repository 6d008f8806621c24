//! The one program that is started here: which file it is, and which options it knows.

use crate::child::{Child, Spec};
use crate::ring::Ring;
use std::{
    collections::HashSet,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

/// The name of the program.
const NAME: &str = if cfg!(windows) { "llama-server.exe" } else { "llama-server" };
/// The longest that it may take to tell its options. A build for graphics cards looks for them first.
const LIMIT: Duration = Duration::from_secs(20);
/// Lines of its help that are read.
const HELP: usize = 4000;

/// Variables that the program is given: where libraries, folders and graphics cards are. Nothing that configures it.
const ENVIRONMENT: [&str; 9] =
    ["PATH", "HOME", "USER", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP"];
/// Beginnings of the names of variables that choose and describe graphics cards.
const GRAPHICS: [&str; 8] = ["CUDA_", "NVIDIA_", "HIP_", "HSA_", "ROCR_", "VK_", "ZE_", "SYCL_"];

/// Why there is no program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    /// Nothing on PATH.
    #[error(
        "llama-server was not found on PATH. Install llama.cpp, or name the program as server_program under [llm] in \
         the configuration file."
    )]
    NotFound,
    /// The one that was chosen is not one.
    #[error("{} is not a program that can be started; correct server_program under [llm].", .0.display())]
    NotAProgram(PathBuf),
    /// It does not tell what it knows.
    #[error("{} was asked for its options and did not answer like llama-server.", .0.display())]
    Strange(PathBuf),
    /// It cannot keep a key to itself.
    #[error("{} is too old: it cannot be given an API key.", .0.display())]
    TooOld(PathBuf),
}

/// The program that a person chose, else the first of its name in an absolute folder of PATH. A repository is never
/// looked at.
pub fn find(chosen: Option<&str>) -> Result<PathBuf, ProgramError> {
    let Some(chosen) = chosen.filter(|text| !text.is_empty()) else {
        let path = std::env::var_os("PATH").ok_or(ProgramError::NotFound)?;
        let mut places = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
        return places
            .find_map(|folder| Some(folder.join(NAME)).filter(|file| is_program(file)))
            .ok_or(ProgramError::NotFound);
    };
    let home = || std::env::var_os("HOME").map(PathBuf::from);
    let file = match chosen.strip_prefix("~/") {
        Some(below) => home().map_or_else(|| PathBuf::from(chosen), |home| home.join(below)),
        None => PathBuf::from(chosen),
    };
    match file.is_absolute() && is_program(&file) {
        true => Ok(file),
        false => Err(ProgramError::NotAProgram(file)),
    }
}

fn is_program(file: &Path) -> bool {
    let Ok(metadata) = fs::metadata(file) else { return false };
    #[cfg(unix)]
    let may_run = rustix::fs::access(file, rustix::fs::Access::EXEC_OK).is_ok();
    #[cfg(not(unix))]
    let may_run = true;
    metadata.is_file() && may_run
}

/// What a program is started with: nothing of what this process was given but what finds libraries and cards.
pub(crate) fn environment() -> Vec<(OsString, OsString)> {
    let wanted =
        |name: &str| ENVIRONMENT.contains(&name) || GRAPHICS.iter().any(|start| name.starts_with(start));
    std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(wanted)).collect()
}

/// The options that a program knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    known: HashSet<String>,
}

impl Options {
    /// Asks the program.
    pub(crate) async fn ask(program: &Path, folder: &Path) -> Result<Self, ProgramError> {
        let strange = || ProgramError::Strange(program.to_owned());
        let ring = Arc::new(Ring::new(HELP));
        let spec = Spec {
            program: program.to_owned(),
            arguments: vec!["--help".into()],
            environment: environment(),
            folder: folder.to_owned(),
        };
        let child = Child::start(spec, Arc::clone(&ring)).await.map_err(|_| strange())?;
        if tokio::time::timeout(LIMIT, child.ended()).await.is_err() {
            child.stop().await;
            return Err(strange());
        }
        let (lines, _) = ring.after(0, HELP);
        let options = Self::of(&lines);
        match options.knows("--model") && options.knows("--port") {
            true if options.knows("LLAMA_API_KEY") || options.knows("--api-key-file") => Ok(options),
            true => Err(ProgramError::TooOld(program.to_owned())),
            false => Err(strange()),
        }
    }

    fn of(lines: &[String]) -> Self {
        let words = lines
            .iter()
            .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')));
        let option = |word: &&str| word.starts_with('-') || word.starts_with("LLAMA_");
        Self { known: words.filter(option).map(str::to_owned).collect() }
    }

    /// Whether it knows an option or a variable.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.known.contains(name)
    }

    /// What it is started with to serve `model` as `alias` on `port`. The key is not among it: arguments are for all to
    /// see.
    pub(crate) fn arguments(&self, model: &Path, alias: &str, port: u16, threads: usize) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["--model".into(), model.into()];
        let mut give = |name: &str, value: Option<&str>| {
            if self.knows(name) {
                arguments.push(name.into());
                arguments.extend(value.map(OsString::from));
            }
        };
        let (port, threads) = (port.to_string(), threads.to_string());
        give("--host", Some("127.0.0.1"));
        give("--port", Some(&port));
        give("--alias", Some(alias));
        // Of its own accord it takes the model's whole context, several places at once, and gigabytes for old prompts.
        give("--ctx-size", Some("4096"));
        give("--parallel", Some("1"));
        give("--threads", Some(&threads));
        give("--cache-ram", Some("0"));
        give("--no-repack", None);
        give("--sleep-idle-seconds", Some("300"));
        // No page, no download of its own.
        give(if self.knows("--no-ui") { "--no-ui" } else { "--no-webui" }, None);
        give("--offline", None);
        arguments
    }
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp(PathBuf, u64, Option<SystemTime>);

impl Stamp {
    pub(crate) fn of(file: &Path) -> Option<Self> {
        let metadata = fs::metadata(file).ok()?;
        Some(Self(file.to_owned(), metadata.len(), metadata.modified().ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELP_OF_TODAY: &str = "\
-m,    --model FNAME                    model path to load\n\
--host HOST                             ip address to listen (default: 127.0.0.1)\n\
--port PORT                             port to listen (default: 8080)\n\
-a,    --alias STRING                   set alias\n\
-c,    --ctx-size N                     size of the prompt context\n\
-np,   --parallel N                     number of slots\n\
-t,    --threads N                      number of CPU threads\n\
-cram, --cache-ram N                    set the maximum cache size in MiB\n\
--repack, -nr, --no-repack              whether to enable weight repacking\n\
--sleep-idle-seconds SECONDS            number of seconds of idleness\n\
--ui, --webui, --no-ui, --no-webui      whether to enable the page\n\
--offline                               Offline mode\n\
--api-key KEY                           API key (env: LLAMA_API_KEY)\n";

    fn options(text: &str) -> Options {
        Options::of(&text.lines().map(str::to_owned).collect::<Vec<_>>())
    }

    fn words(options: &Options) -> String {
        let arguments = options.arguments(Path::new("/m.gguf"), "small", 4000, 2);
        arguments.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_options_that_it_knows() {
        assert_eq!(
            words(&options(HELP_OF_TODAY)),
            "--model /m.gguf --host 127.0.0.1 --port 4000 --alias small --ctx-size 4096 --parallel 1 --threads 2 \
             --cache-ram 0 --no-repack --sleep-idle-seconds 300 --no-ui --offline"
        );
        let older: String =
            HELP_OF_TODAY.lines().take(6).map(|line| format!("{line}\n")).collect::<String>() + "--no-webui";
        assert_eq!(
            words(&options(&older)),
            "--model /m.gguf --host 127.0.0.1 --port 4000 --alias small --ctx-size 4096 --parallel 1 --no-webui"
        );
        assert!(options(HELP_OF_TODAY).knows("LLAMA_API_KEY"));
    }

    #[test]
    fn only_a_program_that_somebody_chose() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("server");
        fs::write(&file, "").unwrap();
        let chosen = file.to_str().unwrap();
        assert_eq!(find(Some(chosen)), Err(ProgramError::NotAProgram(file.clone())), "it cannot be run");
        assert!(find(Some("llama-server")).is_err() && find(Some("./llama-server")).is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).unwrap();
            assert_eq!(find(Some(chosen)), Ok(file.clone()));
            assert_eq!(
                find(folder.path().to_str()),
                Err(ProgramError::NotAProgram(folder.path().to_owned()))
            );
        }
    }

    #[test]
    fn the_environment_configures_nothing() {
        for (name, _) in environment() {
            let name = name.to_string_lossy().into_owned();
            assert!(
                !name.starts_with("LLAMA_") && !name.starts_with("HF_") && !name.contains("PROXY"),
                "{name}"
            );
        }
    }
}
