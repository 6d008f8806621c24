//! `/login-links`, `/logout` and `/tokens/rotate`.

use crate::Scope;
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

/// Which token to replace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct RotateToken {
    /// Its scope.
    pub scope: Scope,
}

/// A token was replaced: the old one is good for nothing any more, and its file holds the new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct TokenRotated {
    /// Its scope.
    pub scope: Scope,
    /// When.
    pub rotated_at: Timestamp,
}
