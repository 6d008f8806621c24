//! `POST /trigger`.

use crate::{ApiError, Code, Context, Method, Scope, Verb};
use autocommit_core::{cycle::CycleTrigger, id::RepoId};
use autocommit_engine::{Requested, RunRequest, Steer};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Starts a cycle now.
pub struct Trigger;

/// What to run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct TriggerRequest {
    /// Ids of the repositories to run; left out: all that are enabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repos: Option<Vec<String>>,
    /// True: report what would be committed, and write nothing.
    #[ts(as = "Option<bool>", optional)]
    pub dry_run: bool,
    /// True: push what is committed and not pushed yet, also what a remote refused before, and commit nothing.
    #[ts(as = "Option<bool>", optional)]
    pub push_only: bool,
    /// The whole message of the commit, of exactly one repository: it is committed as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What the commit of exactly one repository is about, in the person's words: a language model is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// A name for this request for a commit with a message, made by who asks: 8 to 128 letters, digits and `-_.:`. To ask
    /// again by the same name makes no second commit, whatever has changed since.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 8, max_length = 128, pattern = "^[A-Za-z0-9_.:-]*$")]
    pub request_id: Option<String>,
    /// Who asks, kept with the commit; only with `request_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
    /// What was worked on, kept with the commit; only with `request_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
}

/// The cycle that was started, or joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct TriggerReply {
    /// Its id, for `/cycles/{id}`.
    pub cycle_id: String,
}

impl Method for Trigger {
    const NAME: &'static str = "trigger";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/trigger";
    const SCOPE: Option<Scope> = Some(Scope::Control);
    const SUMMARY: &'static str = "Starts a cycle now and returns at once; joins the one that is running.";
    const SUCCESS: u16 = 202;
    const ERRORS: &'static [Code] =
        &[Code::UnknownRepo, Code::Disabled, Code::MessageRefused, Code::Unavailable];
    type Request = TriggerRequest;
    type Response = TriggerReply;

    async fn call(context: &Context, request: TriggerRequest) -> Result<TriggerReply, ApiError> {
        if request.push_only
            && (request.message.is_some() || request.hint.is_some() || request.request_id.is_some())
        {
            return Err(ApiError::new(
                Code::MessageRefused,
                "`push_only` makes no commit: `message`, `hint` and `request_id` do not go with it.",
            ));
        }
        let repos: Option<Vec<RepoId>> = request.repos.map(|ids| ids.into_iter().map(RepoId::new).collect());
        let named = match request.request_id {
            Some(id) => {
                if let Some(done) = context.engine.requested(&id).await? {
                    return Ok(TriggerReply { cycle_id: done.cycle_id.to_string() });
                }
                Some(Requested { id, by: request.asked_by, task: request.task })
            }
            None if request.asked_by.is_some() || request.task.is_some() => {
                return Err(ApiError::new(
                    Code::MessageRefused,
                    "`asked_by` and `task` go with a `request_id`.",
                ));
            }
            None => None,
        };
        let steer =
            Steer { message: request.message, hint: request.hint, request: named, ..Steer::default() };
        let why = if request.push_only { CycleTrigger::Push } else { CycleTrigger::Manual };
        let (dry_run, push_only) = (request.dry_run, request.push_only);
        let request = RunRequest { repos, dry_run, push_only, steer, ..RunRequest::of(why) };
        Ok(TriggerReply { cycle_id: context.engine.trigger(request)?.to_string() })
    }
}
