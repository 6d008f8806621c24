//! Log lines: to the terminal, and of whoever owns the repositories to a file that never grows large.

mod kept;

use autocommit_core::text::{escape_controls, without_credentials, without_secrets};
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
    let (filter, handle) = reload::Layer::new(EnvFilter::new(&wanted));
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let terminal = fmt::layer().with_writer(io::stderr).with_ansi(colour).with_target(false);
    let file = fmt::layer().with_writer(|| Lines).with_ansi(false).with_target(false);
    if tracing_subscriber::registry().with(filter).with(terminal).with(file).try_init().is_ok() {
        let _ = FILTER.set((handle, wanted));
    }
}

/// Takes another filter from now on; nothing: the one of the start. An error says what is wrong with it.
pub(crate) fn filter(wanted: Option<&str>) -> Result<(), String> {
    let Some((handle, first)) = FILTER.get() else { return Ok(()) };
    let wanted = wanted.map_or_else(|| first.clone(), |wanted| format!("{QUIET},{wanted}"));
    let filter = EnvFilter::try_new(&wanted).map_err(|error| error.to_string())?;
    handle.reload(filter).map_err(|error| error.to_string())
}

/// Where the log of a state folder is; older ones have a number behind.
pub fn file(state_dir: &Path) -> PathBuf {
    state_dir.join("logs/autocommit.log")
}

/// From now on every line is kept there too. Only for the process that owns the state folder.
pub(crate) fn keep(state_dir: &Path) -> io::Result<()> {
    let kept = Kept::open(file(state_dir))?;
    *FILE.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
    Ok(())
}

/// Writes whole lines into the file, where there is one; credentials and secrets become their names.
struct Lines;

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Some(file) = FILE.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            // Nobody could be told that a line is lost, and whoever said it goes on.
            let _ = file.add(harmless(&String::from_utf8_lossy(line)).as_bytes());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One line of the log, whatever was said.
fn harmless(line: &str) -> String {
    let plain = without_credentials(line.trim_end_matches('\n'));
    format!("{}\n", escape_controls(&without_secrets(&plain)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_and_tells_no_secret() {
        let token = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
        let line =
            harmless(&format!("push to https://me:word@host/x with {token}\nsecond \u{1b}[31m line\n"));
        assert!(!line.contains("word") && !line.contains(token), "{line}");
        assert_eq!((line.matches('\n').count(), line.ends_with('\n')), (1, true), "{line}");
        assert!(!line.contains('\u{1b}'));
    }
}
