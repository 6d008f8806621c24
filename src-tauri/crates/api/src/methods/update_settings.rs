//! `PATCH /settings`.

use crate::{ApiError, Code, Context, Method, Scope, Verb, wire::SettingsReply};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};
use ts_rs::TS;
use utoipa::ToSchema;

/// Changes settings in the person's file.
pub struct UpdateSettings;

/// What to change; all of it or, where something is wrong, nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct UpdateSettingsRequest {
    /// New values by dotted key; null takes the key out of the file.
    #[schema(value_type = Object)]
    #[ts(type = "Record<string, boolean | number | string | Array<string> | null>")]
    pub changes: BTreeMap<String, Value>,
    /// True: only find out whether it would do, and write nothing.
    #[ts(as = "Option<bool>", optional)]
    pub check_only: bool,
}

impl Method for UpdateSettings {
    const NAME: &'static str = "update_settings";
    const VERB: Verb = Verb::Patch;
    const PATH: &'static str = "/settings";
    const SCOPE: Option<Scope> = Some(Scope::Control);
    const SUMMARY: &'static str = "Changes settings in the person's own file and puts them in force; comments and \
                                   order of the file stay.";
    const ERRORS: &'static [Code] = &[Code::WrongSettings, Code::NotNow, Code::Unavailable];
    type Request = UpdateSettingsRequest;
    type Response = SettingsReply;

    async fn call(context: &Context, request: UpdateSettingsRequest) -> Result<SettingsReply, ApiError> {
        let configuration = Arc::clone(&context.configuration);
        super::on_disk(move || configuration.change(&request.changes, request.check_only)).await
    }
}
