//! `/login-links` and `/logout`.

use autocommit_core::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// A link that lets one browser in, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct LoginLink {
    /// The link.
    pub url: String,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// A session has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct LogoutReply {
    /// Whether there was one.
    pub ended: bool,
}
