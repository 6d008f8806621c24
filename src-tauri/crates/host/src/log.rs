//! Log lines to the terminal.

use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// The variable that says what is logged, in the syntax of `RUST_LOG`.
pub const VARIABLE: &str = "AUTOCOMMIT_LOG";

/// Sends log lines to standard error: what `AUTOCOMMIT_LOG` or `RUST_LOG` ask for, else `default` (such as `info`).
/// Does nothing where a log was set up before.
pub fn init(default: &str) {
    let wanted =
        [VARIABLE, "RUST_LOG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let filter = wanted
        .and_then(|wanted| EnvFilter::try_new(wanted).ok())
        .unwrap_or_else(|| EnvFilter::new(format!("{default},sqlx=warn,hyper=warn,reqwest=warn,zbus=error")));
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .with_target(false)
        .try_init();
}
