//! Who is let in to what: every cell of route x token or cookie x method x Host x Origin x content type, made from the
//! description.
//! A route that is served and not described is found in the router itself.

#![allow(clippy::unwrap_used)] // The helpers of a test are tests too.

use autocommit_api::{
    ApiError, Configuration, Context,
    http::{self, Access, Tokens},
    wire::SettingsReply,
};
use autocommit_core::settings::{Layered, Settings};
use autocommit_engine::Engine;
use axum::{Router, body::Body, http::Request};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};
use tower::ServiceExt as _;

const READ: &str = "read-0123456789abcdef0123456789abcdef";
const CONTROL: &str = "control-0123456789abcdef0123456789abcdef";
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

struct Defaults;

impl Configuration for Defaults {
    fn read(&self) -> SettingsReply {
        SettingsReply::new(&Layered::default().keys(), Path::new("/nowhere/config.toml"), false, Vec::new())
    }

    fn change(&self, _: &BTreeMap<String, Value>, _: bool) -> Result<SettingsReply, ApiError> {
        panic!("a cell of the matrix changed a setting")
    }
}

async fn engine(folder: &Path) -> Engine {
    Box::pin(Engine::open(folder, Settings::default())).await.unwrap()
}

fn access() -> Access {
    let tokens = Tokens::new(READ, CONTROL, |_| panic!("a cell of the matrix replaced a token"));
    Access::new(tokens, ([127, 0, 0, 1], 8200).into())
}

/// A door that nobody has knocked at yet: how often may be asked is another test's matter.
fn router(engine: &Engine, access: &Access) -> Router {
    let context = Context { engine: engine.clone(), configuration: Arc::new(Defaults) };
    http::router(context, access.clone())
}

/// The cookie of a browser that opened a link.
async fn session(router: &Router) -> String {
    let ask = |method: &str, path: &str| {
        let request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8200");
        request.header("authorization", format!("Bearer {CONTROL}")).body(Body::empty()).unwrap()
    };
    let link = router.clone().oneshot(ask("POST", "/login-links")).await.unwrap();
    let link = link.into_body().collect().await.unwrap().to_bytes();
    let link: Value = serde_json::from_slice(&link).unwrap();
    let path = link["url"].as_str().unwrap().strip_prefix("http://127.0.0.1:8200").unwrap();
    let entered = router.clone().oneshot(ask("GET", path)).await.unwrap();
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// What the description says of one path: for each method the schemes that open it (none: open to everybody).
type Described = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

fn described() -> Described {
    let document = serde_json::to_value(http::document()).unwrap();
    let schemes = |security: &Value| -> BTreeSet<String> {
        let each = security.as_array().unwrap().iter();
        each.flat_map(|one| one.as_object().unwrap().keys().cloned()).collect()
    };
    let everywhere = schemes(&document["security"]);
    let mut described = Described::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let needs = operation.get("security").map_or_else(|| everywhere.clone(), &schemes);
            described.entry(path.clone()).or_default().insert(method.to_uppercase(), needs);
        }
    }
    described
}

/// One cell.
#[derive(Debug, Clone, Copy)]
struct Cell<'a> {
    path: &'a str,
    method: &'a str,
    /// What it comes in with: its name here, and the header line.
    entry: (&'a str, Option<(&'a str, &'a str)>),
    host: (&'a str, bool),
    origin: (Option<&'a str>, bool),
    kind: Option<&'a str>,
}

impl Cell<'_> {
    fn request(&self) -> Request<Body> {
        let path = self.path.replace("{id}", "0123456789abcdef");
        let mut request = Request::builder().method(self.method).uri(path).header("host", self.host.0);
        if let Some((name, value)) = self.entry.1 {
            request = request.header(name, value);
        }
        if let Some(origin) = self.origin.0 {
            request = request.header("origin", origin);
        }
        // Broken on purpose: whoever is let in so far that the body is read changes nothing.
        let body = match self.kind {
            Some(kind) => {
                request = request.header("content-type", kind);
                Body::from("{")
            }
            None => Body::empty(),
        };
        request.body(body).unwrap()
    }

    /// The code that must come back; nothing where it was let in and nothing was wrong with it.
    fn expected(&self, described: &Described) -> Option<&'static str> {
        let methods = &described[self.path];
        let asked = if self.method == "HEAD" && self.path != "/login" { "GET" } else { self.method };
        let open = methods.values().all(BTreeSet::is_empty);
        if !self.host.1 {
            return Some("forbidden_host");
        }
        if !self.origin.1 {
            return Some("forbidden_origin");
        }
        let entry = self.entry.0;
        if !open && !matches!(entry, "read" | "control" | "session") {
            return Some("unauthorized");
        }
        // A browser sends its cookie without being asked: our own page must say that it is it.
        if !open && entry == "session" && !matches!(self.method, "GET" | "HEAD") && self.origin.0.is_none() {
            return Some("forbidden_origin");
        }
        let Some(needs) = methods.get(asked) else { return Some("method_not_allowed") };
        if !needs.is_empty() && !needs.contains(entry) {
            return Some(if entry == "session" { "unauthorized" } else { "insufficient_scope" });
        }
        match (self.method, self.kind) {
            ("POST" | "PATCH", Some("application/json")) => Some("bad_request"),
            ("POST" | "PATCH", Some(_)) => Some("unsupported_media_type"),
            _ => None,
        }
    }
}

#[tokio::test]
async fn every_cell_is_as_the_description_says() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path()).await;
    let described = described();
    let newest = engine.events().newest();
    let access = access();
    let cookie = session(&router(&engine, &access)).await;
    let (read, control) = (format!("Bearer {READ}"), format!("Bearer {CONTROL}"));
    let stale = format!("{}x", &cookie[..cookie.len() - 1]);
    let entries = [
        ("none", None),
        ("wrong", Some(("authorization", "Bearer nonsense"))),
        ("read", Some(("authorization", &*read))),
        ("control", Some(("authorization", &*control))),
        ("session", Some(("cookie", &*cookie))),
        ("stale", Some(("cookie", &*stale))),
    ];
    let hosts =
        [("127.0.0.1:8200", true), ("localhost:8200", true), ("[::1]:8200", true), ("evil.test:8200", false)];
    let origins = [
        (None, true),
        (Some("http://127.0.0.1:8200"), true),
        (Some("http://evil.test"), false),
        (Some("null"), false),
    ];
    let kinds =
        [Some("application/json"), Some("text/plain"), Some("application/x-www-form-urlencoded"), None];
    let mut looked = 0_u32;
    for path in described.keys() {
        for method in METHODS {
            for entry in entries {
                let router = router(&engine, &access);
                for host in hosts {
                    for origin in origins {
                        for kind in kinds {
                            let cell = Cell { path, method, entry, host, origin, kind };
                            let expected = cell.expected(&described);
                            // Let in with nothing wrong: it would be done. That it is let in is another cell's matter.
                            if expected.is_none() && !matches!(method, "GET" | "HEAD") {
                                continue;
                            }
                            look(&router, cell, expected).await;
                            looked += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(looked > 30 * 7 * 6 * 4 * 4 * 3, "{looked}");
    assert_eq!(engine.events().newest(), newest, "nothing happened");
    assert!(engine.status().enabled);
}

async fn look(router: &Router, cell: Cell<'_>, expected: Option<&str>) {
    let response = router.clone().oneshot(cell.request()).await.unwrap();
    let status = response.status().as_u16();
    let headers = response.headers();
    assert!(!headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{cell:?}");
    let stream = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
    if stream || cell.method == "HEAD" {
        let statuses: BTreeMap<_, _> = [
            ("forbidden_host", 403),
            ("forbidden_origin", 403),
            ("insufficient_scope", 403),
            ("unauthorized", 401),
            ("method_not_allowed", 405),
        ]
        .into();
        match expected {
            Some(code) => assert_eq!(status, statuses[code], "{cell:?}"),
            None => {
                assert!(!statuses.values().any(|other| *other == status) || cell.path == "/login", "{cell:?}")
            }
        }
        return;
    }
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let reply: Value = serde_json::from_slice(&body).unwrap_or_default();
    let code = reply["error"]["code"].as_str();
    match expected {
        Some(expected) => assert_eq!(code, Some(expected), "{cell:?}: {status}"),
        // Let in; what is not there or was asked in the wrong way is another matter.
        None => assert!(
            matches!(code, None | Some("bad_request" | "not_now" | "unavailable"))
                || code.is_some_and(|code| code.starts_with("unknown_")),
            "{cell:?}: {status} {code:?}"
        ),
    }
}

/// The paths that a router serves, from what it shows of itself.
fn served(router: &Router) -> BTreeSet<String> {
    let shown = format!("{router:?}");
    let named = shown.split("RouteId(").skip(1).filter_map(|part| {
        let (_, rest) = part.split_once("): \"")?;
        // Only where the path follows at once.
        (part.find("): \"")? <= 12).then(|| rest.split('"').next().unwrap_or_default().to_owned())
    });
    named.collect()
}

#[tokio::test]
async fn nothing_is_served_that_is_not_described() {
    let folder = tempfile::tempdir().unwrap();
    let router = router(&engine(folder.path()).await, &access());
    let described = described();
    let served = served(&router);
    for path in described.keys() {
        assert!(served.contains(path), "{path} is not found in what the router shows: {served:?}");
    }
    // Files without any data in them, which GET alone serves.
    let is_file = |path: &String| http::window_file(path).is_some() && path != "/";
    let is_fallback = |path: &String| path.contains("__private__axum_fallback");
    let known = |path: &String| described.contains_key(path) || is_file(path) || is_fallback(path);
    let missing: Vec<_> = served.iter().filter(|path| !known(path)).collect();
    assert!(missing.is_empty(), "served and not in /openapi.json: {missing:?}");
    let undescribed = router.route("/undescribed", axum::routing::get(|| async {}));
    assert!(self::served(&undescribed).contains("/undescribed"), "this test can fail");
}
