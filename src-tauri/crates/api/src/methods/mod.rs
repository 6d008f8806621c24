//! The methods: one file each. A new one is one file, one line in the module list and one in [`each`].

mod activity;
mod cycle;
mod disable;
mod enable;
mod health;
mod held;
mod history;
mod message;
mod pause;
mod repos;
mod status;
mod trigger;
mod update_repo;

pub use activity::{Activity, ActivityRequest};
pub use cycle::{Cycle, CycleRequest};
pub use disable::Disable;
pub use enable::Enable;
pub use health::{Health, HealthReply};
pub use held::Held;
pub use history::{History, HistoryRequest};
pub use message::{Message, MessageRequest};
pub use pause::{Pause, PauseRequest};
pub use repos::Repos;
pub use status::Status;
pub use trigger::{Trigger, TriggerReply, TriggerRequest};
pub use update_repo::{UpdateRepo, UpdateRepoRequest};

use crate::Visitor;

/// Shows every method to `visitor`.
pub fn each(visitor: &mut impl Visitor) {
    visitor.method::<Health>();
    visitor.method::<Status>();
    visitor.method::<Repos>();
    visitor.method::<Held>();
    visitor.method::<UpdateRepo>();
    visitor.method::<Message>();
    visitor.method::<Trigger>();
    visitor.method::<Cycle>();
    visitor.method::<Enable>();
    visitor.method::<Disable>();
    visitor.method::<Pause>();
    visitor.method::<History>();
    visitor.method::<Activity>();
}
