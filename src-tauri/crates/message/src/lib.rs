//! Writes commit messages from what a commit contains.
//!
//! The seam is [`MessageProvider`]: whoever can turn a [`Brief`] into a
//! [`Draft`](autocommit_core::draft::Draft) within a time limit. [`providers::rules`] needs nothing but the change
//! itself, never fails and is what everything else falls back to; further providers are one file each below
//! [`providers`].
//!
//! What this crate must not do: read a repository (it sees only the `Diff` it is given), state anything that the
//! `Diff` does not show to be true, or let a name from a repository act on whoever reads the message. Every provider
//! passes the contract in `tests/contract`: one subject line of 1 to 72 characters, no control or direction
//! characters, no trailers, issue closers, CI switches or mentions.

mod body;
mod change;
mod changelog;
mod check;
mod defuse;
mod facts;
mod file_class;
mod fitting;
mod frame;
mod habits;
mod kind;
mod language;
mod layout;
mod manifest_line;
mod names;
mod only;
mod patch;
mod provider;
pub mod providers;
#[cfg(test)]
mod sample;
mod scope;
pub mod server;
mod steps;
mod subject;
mod symbols;
mod terms;
mod test_name;
mod verbs;
mod vocabulary;

pub use check::{Checks, Refusal};
pub use file_class::{FileClass, Manifest};
pub use frame::Frame;
pub use habits::Habits;
pub use provider::{Brief, Drafting, MessageProvider, ProviderError, draft_or_rules};
