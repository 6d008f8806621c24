//! Remotes on loopback: some that work ([`HttpRemote`], [`SshRemote`]), one that never answers ([`BlackHole`]), and one that
//! answers as it should not ([`Misbehaving`]). Beside them a language model's server ([`FakeLlm`]) and one that is told what
//! needs a person ([`Webhook`]).
//! Each takes a free port, serves a bounded number of connections, and is gone when dropped.

mod black_hole;
mod fake_llm;
mod http_remote;
mod http_request;
mod listener;
mod misbehaving;
mod ssh_remote;
mod webhook;

pub use black_hole::BlackHole;
pub use fake_llm::{FakeLlm, Script};
pub use http_remote::{HttpRemote, base64};
pub use misbehaving::{Fault, Misbehaving, Request};
pub use ssh_remote::{Login, SshRemote};
pub use webhook::{Posted, Webhook};
