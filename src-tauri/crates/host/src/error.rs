//! Why the program could not start.

use crate::{Owner, PortHolder};
use autocommit_core::settings::SettingsError;
use autocommit_engine::EngineError;
use std::{io, net::SocketAddr, path::PathBuf};

/// Why the program could not start, or its folders not be used.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// Neither HOME nor the user database names a home folder.
    #[error(
        "Your home folder could not be found. Set HOME, or name the folders with --config and --state-dir."
    )]
    NoHome,
    /// The file named on the command line is not there.
    #[error("There is no configuration file at {}. `autocommit config init` writes one.", .0.display())]
    NoConfigFile(PathBuf),
    /// The configuration file is there and cannot be read.
    #[error("The configuration file {} cannot be read: {source}.", path.display())]
    ConfigUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// One line for each mistake.
    #[error("{}", lines(.0))]
    Settings(Vec<SettingsError>),
    /// The state folder cannot be used, so nothing can be locked.
    #[error("The state folder {} cannot be used: {what}: {source}.", path.display())]
    State {
        /// The folder or the file in it.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The state folder is open to other users and holds somebody else's files, so closing it could do harm.
    #[error(
        "{} is used for something else and is open to other users. Name an empty folder as the state folder.",
        .0.display()
    )]
    NotAStateFolder(PathBuf),
    /// Another process owns the repositories.
    #[error("{0}")]
    Owned(Owner),
    /// The port of the API is taken or cannot be used.
    #[error("{}", port_sentence(address, holder.as_ref(), source))]
    Port {
        /// The address that was wanted.
        address: SocketAddr,
        /// Who listens there, where that can be told.
        holder: Option<PortHolder>,
        /// What the system said.
        source: io::Error,
    },
    /// The engine could not open its state.
    #[error("{0}")]
    Engine(#[from] EngineError),
}

fn lines(errors: &[SettingsError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn port_sentence(address: &SocketAddr, holder: Option<&PortHolder>, source: &io::Error) -> String {
    let port = address.port();
    let what = match (holder, source.kind()) {
        (Some(holder), _) => format!("Port {port} is taken by {} (pid {}).", holder.name, holder.pid),
        (None, io::ErrorKind::AddrInUse) => format!("Port {port} is taken by another program."),
        (None, _) => format!("The API cannot listen on {address}: {source}."),
    };
    format!("{what} End that program, or set another port under [http] (or enabled = false).")
}
