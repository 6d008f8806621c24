//! `GET /model/logs`.

use crate::{ApiError, Code, Context, Method, Scope, Verb, wire::ModelLogsReply};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Tells what the server of the model said.
pub struct ModelLogs;

/// Which lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct ModelLogsRequest {
    /// How many lines at most; 100 where it is left out.
    pub lines: Option<usize>,
    /// Only lines after the one with this number.
    pub after: Option<u64>,
}

impl Method for ModelLogs {
    const NAME: &'static str = "model_logs";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/model/logs";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str =
        "Tells the last lines that the server of the model printed, made harmless to show.";
    const ERRORS: &'static [Code] = &[Code::BadRequest];
    type Request = ModelLogsRequest;
    type Response = ModelLogsReply;

    async fn call(context: &Context, request: ModelLogsRequest) -> Result<ModelLogsReply, ApiError> {
        let (lines, last) =
            context.engine.managed().logs(request.after.unwrap_or(0), request.lines.unwrap_or(100));
        Ok(ModelLogsReply { lines, last })
    }
}
