//! The door against a table of visitors, before routes with trivial handlers: the checks know nothing of what is
//! behind them.

use super::*;
use crate::{Method as _, http};
use axum::{
    Router,
    body::Body,
    extract::RawPathParams,
    http::StatusCode,
    routing::{get, post},
};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

const TOKEN: &str = "0123456789abcdef";

fn router() -> Router {
    router_of(&access())
}

/// The door with two tokens, and what would come after them.
pub(super) fn access() -> Access {
    let renewed = |scope| Ok(if scope == Scope::Read { "renewed" } else { "fedcba9876543210" }.to_owned());
    Access::new(Tokens::new("read", TOKEN, renewed), ([127, 0, 0, 1], 8200).into())
}

pub(super) fn router_of(access: &Access) -> Router {
    let asked = |params: RawPathParams, request: Request| async move {
        match http::request::read::<crate::methods::TriggerRequest>(crate::Verb::Post, &params, request).await
        {
            Ok(asked) => reply::json(202, &asked),
            Err(error) => reply::error(&error),
        }
    };
    let history = |params: RawPathParams, request: Request| async move {
        match http::request::read::<crate::methods::HistoryRequest>(crate::Verb::Get, &params, request).await
        {
            Ok(asked) => reply::json(200, &asked),
            Err(error) => reply::error(&error),
        }
    };
    let routes = Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/status", get(|| async { "ok" }))
        .route("/history", get(history))
        .route("/trigger", post(asked))
        .merge(http::login::routes(access))
        .merge(http::tokens::routes(access))
        .merge(http::page::routes());
    let open = [crate::methods::Health::PATH, http::login::OPEN].map(str::to_owned);
    http::protect(routes, access.clone(), open.into_iter().chain(http::page::paths()).collect())
}

pub(super) struct Visitor {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// A visitor who does everything right.
pub(super) fn visitor(method: &str, target: &str) -> Visitor {
    Visitor { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() }
        .with("host", "127.0.0.1:8200")
        .with("authorization", "Bearer 0123456789abcdef")
}

impl Visitor {
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self
    }

    pub(super) fn json(mut self, body: &str) -> Self {
        self.body = body.into();
        self.with("content-type", "application/json")
    }

    async fn knock(self) -> (StatusCode, HeaderMap, serde_json::Value) {
        self.knock_at(router()).await
    }

    pub(super) async fn knock_at(self, router: Router) -> (StatusCode, HeaderMap, serde_json::Value) {
        let mut request = axum::http::Request::builder().method(self.method.as_str()).uri(self.target);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let response = router.oneshot(request.body(Body::from(self.body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status, parts.headers, serde_json::from_slice(&bytes).unwrap_or_default())
    }
}

async fn code(visitor: Visitor) -> (u16, String) {
    let (status, _, body) = visitor.knock().await;
    (status.as_u16(), body["error"]["code"].as_str().unwrap_or("-").to_owned())
}

#[tokio::test]
async fn hosts() {
    for target in ["/health", "/", "/status", "/nowhere"] {
        for method in ["GET", "POST", "OPTIONS", "DELETE"] {
            for host in [
                "",
                "127.0.0.1",
                "127.0.0.1:8201",
                "127.0.0.1:8200.",
                "127.0.0.1.:8200",
                "localhost.:8200",
                "LOCALHOST:8200",
                "localhost:08200",
                "0.0.0.0:8200",
                "[::1]",
                "::1:8200",
                "user@127.0.0.1:8200",
                "evil.test",
                "evil.test:8200",
                "127.0.0.1:8200.evil.test",
                "127.0.0.1:8200, evil.test",
                "127.0.0.1:8200/",
            ] {
                let answer = code(visitor(method, target).without("host").with("host", host)).await;
                assert_eq!(answer, (403, "forbidden_host".into()), "{method} {target} {host:?}");
            }
            let answer = code(visitor(method, target).without("host")).await;
            assert_eq!(answer, (403, "forbidden_host".into()), "{method} {target} without a host");
            let answer = code(visitor(method, target).with("host", "127.0.0.1:8200")).await;
            assert_eq!(answer, (403, "forbidden_host".into()), "{method} {target} with two hosts");
        }
    }
    for host in ["127.0.0.1:8200", "localhost:8200", "[::1]:8200"] {
        let answer = code(visitor("GET", "/status").without("host").with("host", host)).await;
        assert_eq!(answer, (200, "-".into()), "{host}");
    }
}

#[tokio::test]
async fn targets_that_disagree_with_the_host() {
    for (target, expected) in [
        ("http://127.0.0.1:8200/status", 200),
        ("http://evil.test/status", 403),
        ("http://localhost:8200/status", 403),
        ("https://127.0.0.1:8200/status", 403),
    ] {
        assert_eq!(code(visitor("GET", target)).await.0, expected, "{target}");
    }
}

#[tokio::test]
async fn origins() {
    for (name, value) in [
        ("origin", "null"),
        ("origin", ""),
        ("origin", "http://evil.test"),
        ("origin", "https://127.0.0.1:8200"),
        ("origin", "http://127.0.0.1:8201"),
        ("origin", "http://127.0.0.1:8200.evil.test"),
        ("origin", "http://127.0.0.1:8200/"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "nonsense"),
    ] {
        for (method, target) in
            [("GET", "/health"), ("GET", "/"), ("POST", "/trigger"), ("OPTIONS", "/trigger")]
        {
            let answer = code(visitor(method, target).with(name, value)).await;
            assert_eq!(answer, (403, "forbidden_origin".into()), "{method} {target} {name}: {value}");
        }
    }
    let twice =
        visitor("GET", "/status").with("origin", "http://127.0.0.1:8200").with("origin", "http://evil.test");
    assert_eq!(code(twice).await.0, 403);
    for (name, value) in [
        ("origin", "http://127.0.0.1:8200"),
        ("origin", "http://localhost:8200"),
        ("origin", "http://[::1]:8200"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
    ] {
        assert_eq!(code(visitor("GET", "/status").with(name, value)).await.0, 200, "{name}: {value}");
    }
}

#[tokio::test]
async fn tokens() {
    for wrong in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer 0123456789abcde",
        "Bearer 0123456789abcdef0",
        "Bearer 0123456789ABCDEF",
        "Basic 0123456789abcdef",
        "0123456789abcdef",
        "Bearer 0123456789abcdef 1",
    ] {
        let knock = visitor("GET", "/status").without("authorization").with("authorization", wrong);
        assert_eq!(code(knock).await, (401, "unauthorized".into()), "{wrong:?}");
    }
    let twice = visitor("GET", "/status").with("authorization", "Bearer 0123456789abcdef");
    assert_eq!(code(twice).await.0, 401);
    let (status, headers, _) = visitor("GET", "/status").without("authorization").knock().await;
    assert_eq!(status, 401);
    assert_eq!(headers["www-authenticate"], "Bearer realm=\"autocommit\"");
    for right in ["Bearer 0123456789abcdef", "bearer  0123456789abcdef"] {
        let knock = visitor("GET", "/status").without("authorization").with("authorization", right);
        assert_eq!(code(knock).await.0, 200, "{right:?}");
    }
}

#[tokio::test]
async fn who_asks_too_often_waits_and_others_do_not() {
    let router = router();
    let knock = async |asking: Visitor| {
        let (status, headers, _) = asking.knock_at(router.clone()).await;
        (status.as_u16(), headers.contains_key("retry-after"))
    };
    let wrong = || visitor("GET", "/status").without("authorization").with("authorization", "Bearer no");
    let mut answers = Vec::new();
    for _ in 0..STRANGERS.0 + 50 {
        answers.push(knock(wrong()).await);
    }
    assert!(answers[..100].iter().all(|answer| *answer == (401, false)), "{answers:?}");
    assert!(answers.contains(&(429, true)), "{answers:?}");
    assert_eq!(knock(visitor("GET", "/status")).await.0, 200, "the right token is not kept out");
    assert_eq!(knock(visitor("GET", "/health")).await.0, 200);
    let mut changes = Vec::new();
    for _ in 0..CHANGES.0 + 100 {
        changes.push(knock(visitor("POST", "/trigger")).await.0);
    }
    assert!(changes[..100].iter().all(|status| *status == 202) && changes.contains(&429), "{changes:?}");
    assert_eq!(knock(visitor("GET", "/status")).await.0, 200, "reading goes on");
}

#[tokio::test]
async fn strangers_learn_nothing() {
    for (method, target) in [
        ("GET", "/status"),
        ("HEAD", "/status"),
        ("DELETE", "/status"),
        ("POST", "/trigger"),
        ("GET", "/trigger"),
        ("GET", "/nowhere"),
        ("GET", "/health/"),
        ("GET", "//health"),
        ("GET", "/status?x=/health"),
        ("OPTIONS", "/trigger"),
        ("GET", "/openapi.json"),
    ] {
        let (status, ..) = visitor(method, target).without("authorization").knock().await;
        assert_eq!(status, 401, "{method} {target}");
    }
    for target in ["/health", "/", "/promises.md"] {
        let (status, ..) = visitor("GET", target).without("authorization").knock().await;
        assert_eq!(status, 200, "{target}");
    }
}

#[tokio::test]
async fn every_reply_is_harmless_in_a_browser() {
    for knock in [
        visitor("GET", "/health"),
        visitor("GET", "/"),
        visitor("GET", "/status"),
        visitor("GET", "/nowhere"),
        visitor("DELETE", "/status"),
        visitor("GET", "/status").without("authorization"),
        visitor("GET", "/status").without("host"),
        visitor("POST", "/trigger").json("{"),
    ] {
        let (status, headers, _) = knock.knock().await;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'")
                && policy.contains("frame-ancestors 'none'")
                && !policy.contains("unsafe"),
            "{status}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cache-control"], "no-store");
        assert!(!headers.keys().any(|name| name.as_str().starts_with("access-control-")), "no CORS at all");
    }
}

#[tokio::test]
async fn wrong_paths_and_methods() {
    assert_eq!(code(visitor("GET", "/nowhere")).await, (404, "not_found".into()));
    assert_eq!(code(visitor("GET", "/status/")).await, (404, "not_found".into()));
    let (status, headers, body) = visitor("POST", "/status").knock().await;
    assert_eq!((status.as_u16(), body["error"]["code"].as_str()), (405, Some("method_not_allowed")));
    assert_eq!(headers["allow"], "GET,HEAD");
    for change in ["GET", "HEAD", "PUT"] {
        assert_eq!(visitor(change, "/trigger").knock().await.0, 405, "{change} starts nothing");
    }
}

#[tokio::test]
async fn bodies() {
    let (status, _, body) = visitor("POST", "/trigger").knock().await;
    assert_eq!((status.as_u16(), body["dry_run"].as_bool()), (202, Some(false)), "an empty body is fine");
    let (status, _, body) =
        visitor("POST", "/trigger").json(r#"{"repos":["a"],"dry_run":true}"#).knock().await;
    assert_eq!((status.as_u16(), body["repos"][0].as_str()), (202, Some("a")));
    for body in
        ["{", "[]", "null", "\"x\"", "{\"dry_run\":1}", "{\"dryrun\":true}", "{\"repos\":\"a\"}", "\u{0}"]
    {
        assert_eq!(code(visitor("POST", "/trigger").json(body)).await, (400, "bad_request".into()), "{body}");
    }
    assert_eq!(code(visitor("POST", "/trigger?dry_run=true")).await.0, 400);
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", ""]
    {
        let mut knock = visitor("POST", "/trigger").with("content-type", content_type);
        knock.body = b"{}".to_vec();
        assert_eq!(code(knock).await, (415, "unsupported_media_type".into()), "{content_type}");
    }
    let mut knock = visitor("POST", "/trigger").with("content-type", "Application/JSON; charset=utf-8");
    knock.body = b"{}".to_vec();
    assert_eq!(code(knock).await.0, 202);
    let mut knock = visitor("POST", "/trigger").with("content-type", "application/json");
    knock.body = vec![b' '; 64 * 1024 + 1];
    assert_eq!(code(knock).await, (413, "body_too_large".into()));
}

#[tokio::test]
async fn queries() {
    let (status, _, body) =
        visitor("GET", "/history?limit=3&status=held&since=2025-01-31T12:00:00%2B01:00&q=&repo=a")
            .knock()
            .await;
    assert_eq!(status, 200);
    assert_eq!(
        (&body["limit"], &body["status"], &body["since"]),
        (&3.into(), &"held".into(), &"2025-01-31T11:00:00Z".into())
    );
    assert_eq!(body["q"], "");
    for (query, names) in [
        ("/history?since=yesterday", "`since`"),
        ("/history?until=2025-01-31", "`until`"),
        ("/history?limit=many", "`limit`"),
        ("/history?until=", "`until`"),
        ("/history?status=unchanged", "`status`"),
        ("/history?nope=1", "nope"),
        ("/history?limit=1&limit=2", "limit"),
    ] {
        let (status, _, body) = visitor("GET", query).knock().await;
        let message = body["error"]["message"].as_str().unwrap_or_default();
        assert!(status == 400 && message.contains(names), "{query}: {status} {message}");
    }
}
