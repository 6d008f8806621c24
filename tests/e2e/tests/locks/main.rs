//! Lock files: our own are cleared after git, or both of us, were killed while holding them; a stranger's are not.
#![allow(clippy::unwrap_used, reason = "a test")]

mod others;
mod own;
