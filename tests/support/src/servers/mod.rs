//! Remotes on loopback: some that work ([`HttpRemote`], [`SshRemote`]), one that never answers ([`BlackHole`]), and one that
//! answers as it should not ([`Misbehaving`]).
//! Each takes a free port, serves a bounded number of connections, and is gone when dropped.

mod black_hole;
mod http_remote;
mod http_request;
mod listener;
mod misbehaving;
mod ssh_remote;

pub use black_hole::BlackHole;
pub use http_remote::HttpRemote;
pub use misbehaving::{Fault, Misbehaving, Request};
pub use ssh_remote::{Login, SshRemote};
