//! The methods: one file each. A new one is one file, one line in the module list and one in [`each`].

mod activity;
mod cancel_model;
mod cycle;
mod diff;
mod disable;
mod enable;
mod folders;
mod health;
mod held;
mod history;
mod message;
mod model;
mod model_key;
mod model_logs;
mod pause;
mod pull_model;
mod remove_model;
mod repo;
mod repos;
mod reword;
mod settings;
mod status;
mod survey;
mod test_llm;
mod trigger;
mod update_repo;
mod update_settings;
mod use_model;

pub use activity::{Activity, ActivityRequest};
pub use cancel_model::CancelModel;
pub use cycle::{Cycle, CycleRequest};
pub use diff::{Diff, DiffRequest};
pub use disable::Disable;
pub use enable::Enable;
pub use folders::Folders;
pub use health::{Health, HealthReply};
pub use held::Held;
pub use history::{History, HistoryRequest};
pub use message::{Message, MessageRequest};
pub use model::Model;
pub use model_key::ModelKey;
pub use model_logs::{ModelLogs, ModelLogsRequest};
pub use pause::{Pause, PauseRequest};
pub use pull_model::{ModelName, PullModel};
pub use remove_model::RemoveModel;
pub use repo::{Repo, RepoRequest};
pub use repos::Repos;
pub use reword::{Reword, RewordRequest};
pub use settings::Settings;
pub use status::Status;
pub use survey::{Survey, SurveyRequest};
pub use test_llm::{TestLlm, TestLlmRequest};
pub use trigger::{Trigger, TriggerReply, TriggerRequest};
pub use update_repo::{UpdateRepo, UpdateRepoRequest};
pub use update_settings::{UpdateSettings, UpdateSettingsRequest};
pub use use_model::UseModel;

use crate::{ApiError, Code, Visitor};

/// Shows every method to `visitor`.
pub fn each(visitor: &mut impl Visitor) {
    visitor.method::<Health>();
    visitor.method::<Status>();
    visitor.method::<Repos>();
    visitor.method::<Held>();
    visitor.method::<Repo>();
    visitor.method::<UpdateRepo>();
    visitor.method::<Message>();
    visitor.method::<Trigger>();
    visitor.method::<Cycle>();
    visitor.method::<Enable>();
    visitor.method::<Disable>();
    visitor.method::<Pause>();
    visitor.method::<Folders>();
    visitor.method::<Survey>();
    visitor.method::<TestLlm>();
    visitor.method::<Model>();
    visitor.method::<PullModel>();
    visitor.method::<CancelModel>();
    visitor.method::<RemoveModel>();
    visitor.method::<UseModel>();
    visitor.method::<ModelLogs>();
    visitor.method::<ModelKey>();
    visitor.method::<Settings>();
    visitor.method::<UpdateSettings>();
    visitor.method::<History>();
    visitor.method::<Diff>();
    visitor.method::<Reword>();
    visitor.method::<Activity>();
}

/// Does what looks at the disk where nobody else waits for it.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(ApiError::new(Code::Internal, "This could not be done; the log says why.")))
}
