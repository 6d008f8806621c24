//! Remotes on loopback: one that works ([`HttpRemote`], [`SshRemote`]) and one that never answers ([`BlackHole`]).
//! Each takes a free port, serves a bounded number of connections, and is gone when dropped.

mod black_hole;
mod http_remote;
mod http_request;
mod listener;
mod ssh_remote;

pub use black_hole::BlackHole;
pub use http_remote::HttpRemote;
pub use ssh_remote::SshRemote;
