//! The few words on the command line.

use std::path::PathBuf;

/// Given at login, so that nothing but the tray appears.
pub(crate) const HIDDEN: &str = "--hidden";

/// Autocommit in the tray: commits and pushes work that has settled.
///
/// A second start shows the window of the first. Without a desktop, use `autocommit run`.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "autocommit-desktop", version)]
pub(crate) struct Args {
    /// Start in the tray, without a window.
    #[arg(long)]
    pub(crate) hidden: bool,
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder for state.
    #[arg(long, value_name = "DIR")]
    pub(crate) state_dir: Option<PathBuf>,
}
