//! What is told: a notification, how much it matters, and who reads it.

use crate::{concern::Side, words};
use autocommit_core::settings::Notifications;
use serde::{Deserialize, Serialize};

/// What to do on the person's desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Show it; its key is new.
    Show(Bubble),
    /// Show it in the place of the one with the same key.
    Replace {
        /// The new words.
        bubble: Bubble,
        /// Nothing in it is new: where the old one is not on show any more, there is nothing to do.
        quiet: bool,
    },
    /// Take the one with this key away.
    Withdraw(String),
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bubble {
    /// Tells it from others, also after a restart.
    pub key: String,
    /// First line, plain text.
    pub title: String,
    /// The rest, plain text.
    pub body: String,
    /// How much it matters.
    pub urgency: Urgency,
    /// What can be chosen besides a click on it.
    pub buttons: Vec<Button>,
    /// Where a click leads in the window.
    pub route: String,
}

impl Bubble {
    /// The body for a desktop that reads markup in it, of which nothing is used.
    pub fn markup(&self) -> String {
        words::markup(&self.body)
    }
}

/// How much a notification matters, in the words of the desktop specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Good to know.
    Low,
    /// A person must act at some time.
    Normal,
    /// Nothing can be saved before a person acts.
    Critical,
}

/// A button of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Button {
    /// Try these repositories again, by id.
    Retry(Vec<String>),
    /// Open the window where a click leads too.
    Show,
}

/// Which notifications a person wants: `[notifications]` of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telling {
    /// A push failed for good.
    pub push_failure: bool,
    /// A change is held, or a repository waits for approval.
    pub held: bool,
    /// A failure is over.
    pub recovered: bool,
    /// Who reads it.
    pub reader: Reader,
}

/// Who reads what is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Somebody at this machine, with buttons below the words.
    Desktop,
    /// Somebody elsewhere, and whatever is on the way: no path of a file is told.
    Away,
}

/// A repository that a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concerned {
    /// Its name.
    pub name: String,
    /// Where it stands still.
    pub kind: Side,
    /// The reason's stable code.
    pub code: String,
    /// Why, in one sentence.
    pub sentence: String,
    /// The next step.
    pub hint: String,
}

impl Telling {
    /// What the settings say, for this reader.
    pub fn of(notifications: &Notifications, reader: Reader) -> Self {
        let Notifications { push_failure, held, recovered } = *notifications;
        Self { push_failure, held, recovered, reader }
    }

    pub(super) fn wants(self, side: Side) -> bool {
        match side {
            Side::Push => self.push_failure,
            Side::Commit | Side::Trust => self.held,
        }
    }
}
