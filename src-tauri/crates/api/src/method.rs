//! One endpoint, many transports.

use crate::{ApiError, Code, Context};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::future::Future;
use ts_rs::TS;
use utoipa::ToSchema;

/// One thing that can be asked of Autocommit, whoever asks and over whichever transport.
///
/// A request is one flat object. Over HTTP its fields travel where they belong: those named in [`Method::PATH`] in the
/// path, the others in the query of a `GET` or in the JSON body of everything else.
pub trait Method: 'static {
    /// Stable name, such as `repos_update`.
    const NAME: &'static str;
    /// The HTTP method.
    const VERB: Verb;
    /// The HTTP path, with fields of the request in braces.
    const PATH: &'static str;
    /// What it does, in one sentence.
    const SUMMARY: &'static str;
    /// The HTTP status of success.
    const SUCCESS: u16 = 200;
    /// Which token it needs; nothing: it is open to those without one.
    const SCOPE: Option<Scope>;
    /// What can go wrong besides what can go wrong with every request.
    const ERRORS: &'static [Code] = &[];
    /// What is asked.
    type Request: Serialize + DeserializeOwned + ToSchema + TS + Send;
    /// What is answered.
    type Response: Serialize + DeserializeOwned + ToSchema + TS + Send;

    /// Does it.
    fn call(
        context: &Context,
        request: Self::Request,
    ) -> impl Future<Output = Result<Self::Response, ApiError>> + Send;
}

/// The HTTP methods in use. `GET` never changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Does something.
    Post,
    /// Changes something.
    Patch,
}

/// What a token is good for. Who may control may read too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Reads.
    Read,
    /// Reads, and changes what may be changed over the API.
    Control,
}

/// The largest number of anything in a request: every client's numbers hold it exactly.
pub(crate) const LARGEST_NUMBER: u64 = (1 << 53) - 1;

/// A request without anything in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Something that wants to see every method: the router, the description, another transport.
pub trait Visitor {
    /// Sees one method.
    fn method<M: Method>(&mut self);
}
