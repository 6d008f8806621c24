//! The window's own files, for a browser: static and without any data in them, so they need no token.
//!
//! They are what `cargo xtask ui` made of `ui/` before this was compiled. A build without them serves one page that says
//! so. Addresses within the window are behind a `#`, so every other path is a file or nothing.

use super::reply::{self, Lasting};
use axum::{Router, response::Response, routing::get};
use rust_embed::{Embed, EmbeddedFile};
use std::borrow::Cow;

/// What was in `ui/dist` at compile time.
#[derive(Embed)]
#[folder = "../../../ui/dist"]
#[allow_missing = true]
struct Window;

/// The file at `/`.
const FIRST: &str = "index.html";
/// Here a file's name holds a hash of its content, so what was fetched once stays right.
const HASHED: &str = "/assets/";
/// What is served at `/` where the window was not built.
const UNBUILT: &str = include_str!("unbuilt.html");
const PROMISES: &str = include_str!("../../../../../PROMISES.md");
const PROMISES_PATH: &str = "/promises.md";

/// The paths, all of them open.
pub(super) fn paths() -> impl Iterator<Item = String> {
    let files = Window::iter().filter(|name| name != FIRST).map(|name| format!("/{name}"));
    ["/".to_owned(), PROMISES_PATH.to_owned()].into_iter().chain(files)
}

/// The same files for a window that is no browser: by name, without anything in front.
pub fn window_file(name: &str) -> Option<Cow<'static, [u8]>> {
    let name = name.trim_start_matches('/');
    match (name, Window::get(name)) {
        (_, Some(found)) => Some(found.data),
        (FIRST, None) => Some(UNBUILT.as_bytes().into()),
        _ if name == &PROMISES_PATH[1..] => Some(PROMISES.as_bytes().into()),
        _ => None,
    }
}

/// One route for each file.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    paths().fold(Router::new(), |router, path| {
        router.route(&path.clone(), get(move || std::future::ready(file(&path))))
    })
}

fn file(path: &str) -> Response {
    match (path, Window::get(if path == "/" { FIRST } else { &path[1..] })) {
        (PROMISES_PATH, _) => reply::respond(200, "text/plain; charset=utf-8", PROMISES.into()),
        (_, Some(found)) => respond(path, found),
        (_, None) => reply::respond(200, "text/html; charset=utf-8", UNBUILT.into()),
    }
}

fn respond(path: &str, file: EmbeddedFile) -> Response {
    let kind = file.metadata.mimetype();
    let charset = if kind.starts_with("text/") { "; charset=utf-8" } else { "" };
    let body = match file.data {
        Cow::Borrowed(bytes) => bytes.into(),
        Cow::Owned(bytes) => bytes.into(),
    };
    let mut response = reply::respond(200, &format!("{kind}{charset}"), body);
    if path.starts_with(HASHED) {
        response.extensions_mut().insert(Lasting);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{
        body::Body,
        http::{HeaderMap, Request, StatusCode},
    };
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    async fn fetch(path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let harden = axum::middleware::map_response(async |mut response: Response| {
            reply::harden(&mut response);
            response
        });
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = routes().layer(harden).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    #[tokio::test]
    async fn every_file_is_served_as_what_it_is() {
        for path in paths() {
            let (status, headers, content) = fetch(&path).await;
            assert!(status == 200 && !content.is_empty(), "{path}");
            assert_ne!(headers["content-type"], "application/octet-stream", "{path}");
            let kept = headers["cache-control"] != "no-store";
            assert_eq!(kept, path.starts_with("/assets/"), "{path}");
        }
        for path in ["/index.html", "/assets", "/assets/", "/assets/../index.html", "/build.rs"] {
            assert_eq!(fetch(path).await.0, 404, "{path}");
        }
    }

    #[tokio::test]
    async fn the_first_page_asks_only_for_what_is_there() {
        let (_, headers, page) = fetch("/").await;
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains("<title>Autocommit</title>"), "{page}");
        let asked: Vec<_> = ["src=\"", "href=\""]
            .iter()
            .flat_map(|name| page.split(name).skip(1).filter_map(|rest| rest.split('"').next()))
            .collect();
        assert!(!asked.is_empty());
        for path in asked {
            assert!(paths().any(|there| there == path), "{path} is not served");
        }
    }
}
