//! The HTTP transport: who may ask ([`Access`]), what can be asked (the methods), and how (`serve`).
//!
//! Reachable by every program of every user on this machine and, through a browser, by every web page: nothing is
//! answered before [`Access`] has looked at the request. `GET` never changes anything, but for `/login`, which uses a link up.

mod access;
mod client;
mod events;
mod login;
mod metrics;
mod openapi;
mod pace;
mod page;
mod peer;
mod reply;
mod request;
mod serve;
mod sessions;
mod tighten;
mod tokens;

pub use access::Access;
pub use client::{Call, encode};
pub use openapi::document;
pub use page::window_file;
pub use serve::serve;
#[cfg(unix)]
pub use serve::serve_socket;
pub use tokens::{Renew, Tokens};

use crate::{ApiError, Code, Context, Method, Verb, Visitor, methods};
use axum::{
    Router,
    extract::{Extension, RawPathParams, Request, State, rejection::RawPathParamsRejection},
    response::Response,
    routing::{MethodFilter, get, on},
};

/// Everything there is to ask, behind `access`, and the window's files.
pub fn router(context: Context, access: Access) -> Router {
    let mut routes = Routes::of_methods();
    routes.open.extend(page::paths());
    routes.open.push(login::OPEN.to_owned());
    let router = routes
        .router
        .route("/events", get(events::stream))
        .route("/metrics", get(metrics::serve))
        .route("/openapi.json", get(openapi::serve));
    let router = router.merge(login::routes(&access)).merge(tokens::routes(&access)).merge(page::routes());
    protect(router.with_state(tighten::tightened(context)), access, routes.open)
}

/// The methods alone and nobody at the door: for requests that never leave this process. It is not to be served.
pub fn in_process(context: Context) -> Router {
    answered(Routes::of_methods().router.with_state(context)).layer(Extension(access::Visit::Within))
}

/// Puts the checks of `access` before every route of `router`, known and unknown; `open` paths need no token.
fn protect(router: Router, access: Access, open: Vec<String>) -> Router {
    answered(router)
        .layer(axum::middleware::from_fn_with_state(access::Door::new(access, open), access::guard))
}

/// What is not there is told as every other error.
fn answered(router: Router) -> Router {
    router
        .fallback(|| async {
            reply::error(&ApiError::new(Code::NotFound, "There is nothing at this address."))
        })
        .method_not_allowed_fallback(|| async {
            reply::error(&ApiError::new(Code::MethodNotAllowed, "This address does not know this method."))
        })
}

struct Routes {
    router: Router<Context>,
    open: Vec<String>,
}

impl Routes {
    fn of_methods() -> Self {
        let mut routes = Self { router: Router::new(), open: Vec::new() };
        methods::each(&mut routes);
        routes
    }
}

impl Visitor for Routes {
    fn method<M: Method>(&mut self) {
        let verb = match M::VERB {
            Verb::Get => MethodFilter::GET,
            Verb::Post => MethodFilter::POST,
            Verb::Patch => MethodFilter::PATCH,
        };
        self.router = std::mem::take(&mut self.router).route(M::PATH, on(verb, handle::<M>));
        if M::SCOPE.is_none() {
            self.open.push(M::PATH.to_owned());
        }
    }
}

async fn handle<M: Method>(
    State(context): State<Context>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Response {
    let answer = async {
        access::may(request.extensions(), M::SCOPE)?;
        let params = params.map_err(|_| ApiError::new(Code::BadRequest, "The path is not valid UTF-8."))?;
        let asked = request::read::<M::Request>(M::VERB, &params, request).await?;
        M::call(&context, asked).await
    };
    match answer.await {
        Ok(answer) => reply::json(M::SUCCESS, &answer),
        Err(error) => {
            tracing::debug!(method = M::NAME, code = ?error.code, "{error}");
            reply::error(&error)
        }
    }
}
