//! `GET /settings`.

use crate::{ApiError, Context, Method, Nothing, Scope, Verb, wire::SettingsReply};
use std::sync::Arc;

/// Lists every setting.
pub struct Settings;

impl Method for Settings {
    const NAME: &'static str = "settings";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/settings";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str =
        "Lists every setting with its explanation, its value in force and where that comes from.";
    type Request = Nothing;
    type Response = SettingsReply;

    async fn call(context: &Context, _: Nothing) -> Result<SettingsReply, ApiError> {
        let configuration = Arc::clone(&context.configuration);
        super::on_disk(move || Ok(configuration.read())).await
    }
}
