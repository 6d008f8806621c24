//! What the tray shows, and which notifications and reports are due: pure functions of what the API replies.
//!
//! No window, no bus, no clock: who tells hands in replies and the time, and carries out what comes back. So everything
//! that a person is told can be tested without a desktop, and is the same where there is none.

mod concern;
mod menu;
mod notices;
mod words;

pub use concern::Side;
pub use menu::{Command, Delivery, Icon, Item, Owner, Panel, Shell, panel};
pub use notices::{Bubble, Button, Concerned, Ledger, Notice, Reader, Telling, Urgency};

use autocommit_api::wire::{HeldRepo, Repository, StatusReply};
use jiff::Timestamp;

/// What the API replied, and when.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Reply of `/status`.
    pub status: &'a StatusReply,
    /// The repositories of `/repos`.
    pub repos: &'a [Repository],
    /// The repositories of `/held`.
    pub held: &'a [HeldRepo],
    /// The time of the reply.
    pub now: Timestamp,
}

impl View<'_> {
    /// What one repository keeps back.
    fn held_in(&self, repo: &Repository) -> Option<&HeldRepo> {
        self.held.iter().find(|held| held.id == repo.id)
    }
}

#[cfg(test)]
mod tests;
