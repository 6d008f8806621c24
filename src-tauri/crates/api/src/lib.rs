//! The methods that every way in shares, what goes over the wire, and the HTTP transport.
//!
//! An endpoint is one file in `methods/` and one line in its list: the HTTP route, the description in
//! `/openapi.json` and the command-line client follow from it. This crate decides nothing about repositories.

mod context;
mod error;
pub mod http;
mod method;
pub mod methods;
pub mod wire;

pub use context::{Configuration, Context};
pub use error::{ApiError, Code, ErrorReply};
pub use method::{Method, Nothing, Scope, Verb, Visitor};
