//! `POST /survey`.

use crate::{ApiError, Code, Context, Method, Scope, Verb, wire::SurveyReply};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Folders that are looked at in one go.
const MOST: usize = 64;

/// Looks at folders before a person decides.
pub struct Survey;

/// Which folders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields)]
pub struct SurveyRequest {
    /// The folders, written as in the settings: `~` and environment variables expand.
    #[schema(max_items = 64)]
    pub folders: Vec<String>,
    /// How many folders deep below them a repository may be; left out: as the settings say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 64)]
    pub depth: Option<usize>,
}

impl Method for Survey {
    const NAME: &'static str = "survey";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/survey";
    const SCOPE: Option<Scope> = Some(Scope::Control);
    const SUMMARY: &'static str = "Tells which repositories are in some folders and what would be committed of them. \
                                   Writes nothing; what brings programs that nobody approved is not looked at.";
    const ERRORS: &'static [Code] = &[Code::NotNow, Code::Unavailable];
    type Request = SurveyRequest;
    type Response = SurveyReply;

    async fn call(context: &Context, request: SurveyRequest) -> Result<SurveyReply, ApiError> {
        let bad = |message| Err(ApiError::new(Code::BadRequest, message));
        match request {
            SurveyRequest { folders, .. } if folders.len() > MOST => bad("At most 64 folders are looked at."),
            SurveyRequest { depth: Some(0 | 65..), .. } => bad("`depth` must be between 1 and 64."),
            SurveyRequest { folders, depth } => Ok(context.engine.survey(folders, depth).await?.into()),
        }
    }
}
