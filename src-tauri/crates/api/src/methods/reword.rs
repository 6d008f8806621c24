//! `POST /history/{id}/reword`.

use crate::{ApiError, Code, Context, Method, Scope, Verb, wire::Entry};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Gives a commit that nobody else has seen another message.
pub struct Reword;

/// Which entry, and the new message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct RewordRequest {
    /// The entry's number.
    #[serde(deserialize_with = "number")]
    #[ts(type = "number")]
    pub id: i64,
    /// First line.
    pub subject: String,
    /// Rest; left out: none.
    #[serde(default)]
    #[ts(as = "Option<String>", optional)]
    pub body: String,
}

/// A number; what stands in the path of a request with a body comes as text.
fn number<'de, D: serde::Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Text(String),
    }
    match Either::deserialize(from)? {
        Either::Number(number) => Ok(number),
        Either::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}

impl Method for Reword {
    const NAME: &'static str = "reword";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/history/{id}/reword";
    const SCOPE: Option<Scope> = Some(Scope::Control);
    const SUMMARY: &'static str = "Gives the last commit of a branch another message: only one that Autocommit made \
                                   and that no remote has. The reply is the entry as it is now.";
    const ERRORS: &'static [Code] = &[
        Code::UnknownEntry,
        Code::Disabled,
        Code::NotNow,
        Code::MessageRefused,
        Code::NotReworded,
        Code::Unavailable,
    ];
    type Request = RewordRequest;
    type Response = Entry;

    async fn call(context: &Context, request: RewordRequest) -> Result<Entry, ApiError> {
        let entry = context.engine.reword(request.id, &request.subject, &request.body).await?;
        let remote = context.engine.repo(&entry.repo_id).and_then(|view| view.remote_url);
        Ok(Entry::new(entry, remote.as_deref()))
    }
}
