//! `autocommit open`.

use crate::{
    args::Globals,
    client::{self, Client},
    exit::{Exit, Failure},
    say, time, way,
};
use clap::Args;
use std::time::{Duration, Instant};

/// How long one that is just starting is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);
/// How long the system's opener may take to say that it cannot.
const OPENER: Duration = Duration::from_secs(2);

/// Open Autocommit's page in your browser.
///
/// Asks the running process for a link that lets one browser in, once and within a minute, and opens it. Where there is no
/// display, it prints the link.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  autocommit open\n  autocommit open --print")]
pub(crate) struct Open {
    /// Only print the link.
    #[arg(long)]
    print: bool,
}

pub(crate) async fn run(globals: &Globals, open: &Open) -> Result<Exit, Failure> {
    let client = running(globals).await?;
    let (link, text) = client.login_link().await?;
    let until = time::clock(link.expires_at);
    if globals.json {
        say::reply(&text);
    } else if open.print || !has_display(|name| std::env::var_os(name)) {
        say::out(&link.url);
        say::note(&format!("It lets one browser on this machine in, once, until {until}."));
    } else {
        match open::that_detached_with_timeout(&link.url, OPENER) {
            Ok(()) => say::note(&format!(
                "Autocommit opens in your browser. If it does not, open this until {until}:"
            )),
            Err(error) => {
                say::note(&format!("No browser could be started ({error}). Open this until {until}:"));
            }
        }
        say::out(&link.url);
    }
    Ok(Exit::Well)
}

/// The running process, once its page is up.
async fn running(globals: &Globals) -> Result<Client, Failure> {
    let folders = globals.folders()?;
    let give_up = Instant::now() + PATIENCE;
    loop {
        if let Some(client) = way::running(&folders)? {
            return Ok(client);
        }
        match client::owner(&folders)? {
            Some(_) if Instant::now() < give_up => tokio::time::sleep(PAUSE).await,
            Some(owner) => {
                return Err(Failure::attention(format!("{owner} It serves no page for a browser."))
                    .hint("Set http.enabled = true in the configuration file, and start it again."));
            }
            None => {
                return Err(Failure::attention("Autocommit is not running, so there is no page to open.")
                    .hint("Start it with autocommit run, then run autocommit open again."));
            }
        }
    }
}

/// Whether there is somewhere for a browser to show itself.
fn has_display(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> bool {
    let set = |name: &&str| variable(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_display() {
        let with = |set: &str, value: &str| has_display(|name| (name == set).then(|| value.into()));
        assert!(with("DISPLAY", ":0") && with("WAYLAND_DISPLAY", "wayland-0"));
        assert!(!with("DISPLAY", "") && !with("TERM", "xterm"));
    }
}
