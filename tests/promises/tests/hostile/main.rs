//! The hostile zoo (P6): repositories that would run a program, or lead git elsewhere, each with a canary. Nothing that
//! the program does before a person approved it makes a canary sing; plain git, run by hand in a twin of the
//! repository, does, or the case says nothing. Then exactly this is approved and works; one changed byte asks again.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "a test plays the person and the world around the program")]
#![allow(clippy::print_stdout, reason = "what cannot be shown on a machine is said aloud")]

mod approved;
mod cases;
mod cold;
mod elsewhere;
mod environment;
mod later;
mod programs;
mod zoo;
