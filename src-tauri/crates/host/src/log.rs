//! Log lines: to the terminal, and of whoever owns the repositories to a file that never grows large.

mod kept;
mod line;
mod read;

pub use line::Line;
pub use read::Reader;

use kept::Kept;
use std::{
    io::{self, IsTerminal as _, Write},
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
};
use tracing_subscriber::{
    EnvFilter, Registry, fmt, layer::SubscriberExt as _, reload, util::SubscriberInitExt as _,
};

/// The variable that says what is logged, in the syntax of `RUST_LOG`.
pub const VARIABLE: &str = "AUTOCOMMIT_LOG";
/// What libraries say of themselves is no news.
const QUIET: &str = "sqlx=warn,hyper=warn,reqwest=warn,zbus=error";
/// Which run a line belongs to is said whatever the filter lets through.
const RUNS: &str = "autocommit_run=error";

static FILE: Mutex<Option<Kept>> = Mutex::new(None);
static FILTER: OnceLock<(reload::Handle<EnvFilter, Registry>, String)> = OnceLock::new();

/// Sends log lines to standard error: what `AUTOCOMMIT_LOG` or `RUST_LOG` ask for, else `default` (such as `info`).
/// Does nothing where a log was set up before.
pub fn init(default: &str) {
    let wanted =
        [VARIABLE, "RUST_LOG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let wanted = wanted
        .filter(|wanted| EnvFilter::try_new(wanted).is_ok())
        .unwrap_or_else(|| format!("{default},{QUIET}"));
    let wanted = format!("{wanted},{RUNS}");
    let (filter, handle) = reload::Layer::new(EnvFilter::new(&wanted));
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let lines = fmt::layer().with_writer(move || Lines { colour }).with_ansi(false).with_target(false);
    if tracing_subscriber::registry().with(filter).with(lines).try_init().is_ok() {
        let _ = FILTER.set((handle, wanted));
    }
}

/// Takes another filter from now on; nothing: the one of the start. An error says what is wrong with it.
pub(crate) fn filter(wanted: Option<&str>) -> Result<(), String> {
    let Some((handle, first)) = FILTER.get() else { return Ok(()) };
    let wanted = wanted.map_or_else(|| first.clone(), |wanted| format!("{QUIET},{wanted},{RUNS}"));
    let filter = EnvFilter::try_new(&wanted).map_err(|error| error.to_string())?;
    handle.reload(filter).map_err(|error| error.to_string())
}

/// Where the log of a state folder is; older ones have a number behind.
pub fn file(state_dir: &Path) -> PathBuf {
    state_dir.join("logs/autocommit.log")
}

/// From now on every line is kept there too. Only for the process that owns the state folder.
pub(crate) fn keep(state_dir: &Path) -> io::Result<()> {
    let kept = Kept::open(file(state_dir), kept::LARGEST)?;
    *FILE.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
    Ok(())
}

/// Takes whole lines: into the file, where there is one, and to standard error; first of all they are made harmless.
struct Lines {
    colour: bool,
}

impl Write for Lines {
    fn write(&mut self, said: &[u8]) -> io::Result<usize> {
        let line = line::harmless(&String::from_utf8_lossy(said));
        // Nobody could be told that a line is lost, and whoever said it goes on.
        if let Some(file) = FILE.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            let _ = file.add(line.as_bytes());
        }
        let shown = if self.colour { line::coloured(&line) } else { line };
        let _ = io::stderr().lock().write_all(shown.as_bytes());
        Ok(said.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
