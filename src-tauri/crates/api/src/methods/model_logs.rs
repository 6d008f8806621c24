//! `GET /model/logs`.

use crate::{ApiError, Code, Context, Method, Scope, Verb, method::LARGEST_NUMBER, wire::ModelLogsReply};
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
    #[schema(value_type = Option<u64>, minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub lines: Option<usize>,
    /// Only lines after the one with this number.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
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
        let (lines, after) = (request.lines.unwrap_or(100), request.after.unwrap_or(0));
        if after > LARGEST_NUMBER || u64::try_from(lines).is_ok_and(|lines| lines > LARGEST_NUMBER) {
            return Err(ApiError::new(Code::BadRequest, "No number of a line is as large as that."));
        }
        let (lines, last) = context.engine.managed().logs(after, lines);
        Ok(ModelLogsReply { lines, last })
    }
}
