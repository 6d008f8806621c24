//! Tells a person without a desktop what needs them: by a webhook, by a command of their own.
//!
//! What is told and when is `panel`'s, as for notifications: once per episode. Here it is only brought there. Both ways
//! are of the person's own configuration, and whatever becomes of them, no cycle waits for it.

mod check;
mod command;
mod file;
mod keep;
mod outbox;
mod report;
mod way;
mod webhook;

pub use check::{Found, check};
pub use file::{Kept, kept};
pub use keep::{Place, run};
pub use report::{Occasion, Report};
pub use way::{Tried, Way, WayKept, test};
