//! The page at `/`: static files without any data in them, so they need no token.

use super::reply;
use axum::{Router, routing::get};

/// Path, type and content of each file.
const FILES: [(&str, &str, &str); 5] = [
    ("/", "text/html; charset=utf-8", include_str!("../../../../../ui/plain/index.html")),
    ("/page.css", "text/css; charset=utf-8", include_str!("../../../../../ui/plain/page.css")),
    ("/page.js", "text/javascript; charset=utf-8", include_str!("../../../../../ui/plain/page.js")),
    ("/icon.svg", "image/svg+xml", include_str!("../../../../../ui/plain/icon.svg")),
    ("/promises.md", "text/plain; charset=utf-8", include_str!("../../../../../PROMISES.md")),
];

/// The paths, all of them open.
pub(super) const PATHS: [&str; 5] = [FILES[0].0, FILES[1].0, FILES[2].0, FILES[3].0, FILES[4].0];

/// One route for each file.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    FILES.into_iter().fold(Router::new(), |router, (path, content_type, content)| {
        router.route(path, get(move || async move { reply::respond(200, content_type, content.into()) }))
    })
}
