//! The whole API in process, against a real engine on an empty state folder: what `/openapi.json` says is what happens.

#![allow(clippy::unwrap_used)] // The helpers of a test are tests too.

use autocommit_api::{
    ApiError, Code, Configuration, Context,
    http::{self, Access, Tokens},
    wire::SettingsReply,
};
use autocommit_core::settings::{Layered, Settings};
use autocommit_engine::Engine;
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};
use tower::ServiceExt as _;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

struct World {
    router: Router,
    engine: Engine,
    _folder: tempfile::TempDir,
}

/// Settings of nobody: what the program around the API does with them is its own tests' matter.
struct Defaults;

impl Configuration for Defaults {
    fn read(&self) -> SettingsReply {
        SettingsReply::new(&Layered::default().keys(), Path::new("/nowhere/config.toml"), false, Vec::new())
    }

    fn change(&self, changes: &BTreeMap<String, Value>, _: bool) -> Result<SettingsReply, ApiError> {
        match changes.get("push") {
            Some(Value::String(_)) => Err(ApiError::new(Code::WrongSettings, "It is wrong.")),
            _ => Ok(self.read()),
        }
    }
}

fn context(engine: &Engine) -> Context {
    Context { engine: engine.clone(), configuration: Arc::new(Defaults) }
}

/// Nobody's tokens are replaced here.
fn access() -> Access {
    let tokens = Tokens::new("read-0123456789abcdef0123456789abcdef", TOKEN, |_| {
        Err(std::io::ErrorKind::Unsupported.into())
    });
    Access::new(tokens, ([127, 0, 0, 1], 8200).into())
}

async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let engine = Box::pin(Engine::open(folder.path(), Settings::default())).await.unwrap();
    let router = http::router(context(&engine), access());
    World { router, engine, _folder: folder }
}

impl World {
    async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let stream = response.headers().get("content-type").is_some_and(|t| t == "text/event-stream");
        if stream {
            return (status, Value::Null);
        }
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn ask(&self, verb: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = Request::builder()
            .method(verb)
            .uri(path)
            .header("host", "127.0.0.1:8200")
            .header("authorization", format!("Bearer {TOKEN}"));
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        let (status, reply) = self.send(request.body(body).unwrap()).await;
        (status.as_u16(), reply)
    }
}

/// Every documented operation: verb, path with ids filled in, and what the document says of it.
fn operations() -> Vec<(String, String, Value)> {
    let document = serde_json::to_value(http::document()).unwrap();
    let paths = document["paths"].as_object().unwrap().clone();
    let each = paths.into_iter().flat_map(|(path, item)| {
        let verbs = item.as_object().unwrap().clone().into_iter();
        verbs.map(move |(verb, operation)| {
            (verb.to_uppercase(), path.replace("{id}", "0123456789abcdef"), operation)
        })
    });
    each.collect()
}

#[tokio::test]
async fn every_documented_operation_is_there_and_behind_the_door() {
    let world = world().await;
    for (verb, path, operation) in operations() {
        let open = operation["security"] == json!([{}]);
        // Open to everybody and yet nothing without a link.
        let open_answer = if path == "/login" { 401 } else { 200 };
        for (host, token, origin, expected) in [
            ("127.0.0.1:8200", None, None, if open { open_answer } else { 401 }),
            ("127.0.0.1:8200", Some("Bearer nonsense"), None, if open { open_answer } else { 401 }),
            ("evil.test", Some("right"), None, 403),
            ("127.0.0.1:8200", Some("right"), Some("http://evil.test"), 403),
            ("127.0.0.1:8200", Some("right"), Some("null"), 403),
        ] {
            let mut request = Request::builder().method(verb.as_str()).uri(&path).header("host", host);
            let right = format!("Bearer {TOKEN}");
            if let Some(token) = token {
                request = request.header("authorization", if token == "right" { &right } else { token });
            }
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            let (status, _) = world.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(status.as_u16(), expected, "{verb} {path} {host} {token:?} {origin:?}");
        }
        let (status, reply) = world.ask(&verb, &path, None).await;
        assert!(operation["responses"].get(status.to_string()).is_some(), "{verb} {path}: {status} {reply}");
        assert!(status != 405 && status < 500, "{verb} {path}: {status} {reply}");
        if status >= 400 && path != "/login" {
            let error = &reply["error"];
            assert!(
                error["code"].is_string() && error["message"].is_string() && error["hint"].is_string(),
                "{reply}"
            );
        }
    }
}

#[tokio::test]
async fn get_changes_nothing() {
    let world = world().await;
    let before = (world.engine.status().enabled, world.engine.events().newest());
    for (verb, path, _) in operations() {
        if verb == "GET" {
            world.ask("GET", &path, None).await;
        }
        // And what changes something is not to be had by GET.
        if verb == "POST" {
            assert_eq!(world.ask("GET", &path, None).await.0, 405, "{path}");
        }
    }
    assert_eq!((world.engine.status().enabled, world.engine.events().newest()), before);
}

#[tokio::test]
async fn off_is_off() {
    let world = world().await;
    let (status, reply) = world.ask("POST", "/disable", None).await;
    assert_eq!((status, &reply["enabled"], &reply["state"]), (200, &json!(false), &json!("disabled")));
    let (status, reply) = world.ask("POST", "/trigger", None).await;
    assert_eq!((status, &reply["error"]["code"]), (409, &json!("disabled")));
    assert!(reply["error"]["hint"].as_str().unwrap().contains("autocommit enable"));
    let (status, reply) = world.ask("POST", "/enable", Some(json!({}))).await;
    assert_eq!((status, &reply["enabled"]), (200, &json!(true)));
}

#[tokio::test]
async fn a_trigger_leads_to_a_cycle() {
    let world = world().await;
    let (status, reply) = world.ask("POST", "/trigger", None).await;
    assert_eq!(status, 202, "{reply}");
    let path = format!("/cycles/{}", reply["cycle_id"].as_str().unwrap());
    let mut finished = Value::Null;
    for _ in 0..200 {
        let (status, cycle) = world.ask("GET", &path, None).await;
        assert_eq!((status, &cycle["cycle_id"]), (200, &reply["cycle_id"]));
        if !cycle["finished_at"].is_null() {
            finished = cycle;
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(
        (&finished["runs"], &finished["unchanged"], &finished["trigger"]),
        (&json!([]), &json!(0), &json!("manual"))
    );
}

#[tokio::test]
async fn what_is_not_known_starts_nothing() {
    let world = world().await;
    let newest = world.engine.events().newest();
    for (verb, path, body, expected, code) in [
        ("POST", "/trigger", Some(json!({"repos": ["nope"]})), 404, "unknown_repo"),
        ("POST", "/trigger", Some(json!({"repo": []})), 400, "bad_request"),
        ("PATCH", "/repos/nope", Some(json!({"enabled": false})), 404, "unknown_repo"),
        ("PATCH", "/repos/nope", Some(json!({"enabled": "no"})), 400, "bad_request"),
        ("PATCH", "/repos/nope", Some(json!({"remote": "x"})), 400, "bad_request"),
        ("PATCH", "/repos/nope", Some(json!({"id": "other"})), 400, "bad_request"),
        ("GET", "/cycles/nope", None, 404, "unknown_cycle"),
        ("GET", "/repos/%ff/message", None, 400, "bad_request"),
        ("GET", "/history?since=soon", None, 400, "bad_request"),
        ("GET", "/events?after=x", None, 400, "bad_request"),
        ("GET", "/status?x=1", None, 400, "bad_request"),
        ("POST", "/disable", Some(json!({"x": 1})), 400, "bad_request"),
    ] {
        let (status, reply) = world.ask(verb, path, body.clone()).await;
        assert_eq!(
            (status, &reply["error"]["code"]),
            (expected, &json!(code)),
            "{verb} {path} {body:?}: {reply}"
        );
    }
    assert_eq!(world.engine.events().newest(), newest);
    assert!(world.engine.status().enabled);
}

#[tokio::test]
async fn events_are_numbered_and_resumable() {
    let world = world().await;
    world.ask("POST", "/disable", None).await;
    world.ask("POST", "/enable", None).await;
    let newest = world.engine.events().newest();
    let first = world.engine.events().start() + 1;
    let stream = async |path: &str, resume: Option<u64>, frames: usize| {
        let mut request = Request::builder()
            .uri(path)
            .header("host", "localhost:8200")
            .header("authorization", format!("Bearer {TOKEN}"));
        if let Some(id) = resume {
            request = request.header("last-event-id", id);
        }
        let response = world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut body = response.into_body();
        let mut text = String::new();
        for _ in 0..frames {
            let frame = tokio::time::timeout(Duration::from_secs(5), body.frame()).await.unwrap();
            text.push_str(std::str::from_utf8(frame.unwrap().unwrap().data_ref().unwrap()).unwrap());
        }
        text
    };
    let text = stream("/events?after=0", None, 1 + usize::try_from(newest - first + 1).unwrap()).await;
    assert!(
        text.contains(&format!("id: {first}\n"))
            && text.contains(&format!("id: {newest}\nevent: enabled\ndata: {{\"seq\":{newest}")),
        "{text}"
    );
    let text = stream("/events", Some(newest - 1), 2).await;
    assert!(text.contains(&format!("id: {newest}\n")) && !text.contains("event: disabled"), "{text}");
    let text = stream("/events", Some(newest + 1000), 2).await;
    assert!(
        text.contains(&format!("id: {first}\n")),
        "a number from an earlier run of the program: everything is news: {text}"
    );
}

#[tokio::test]
async fn in_process_there_is_no_door_and_no_page() {
    let world = world().await;
    let router = http::in_process(context(&world.engine));
    let ask = async |path: &str| {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap().status().as_u16()
    };
    assert_eq!(ask("/status").await, 200);
    for path in ["/", "/events", "/nothing"] {
        assert_eq!(ask(path).await, 404, "{path}");
    }
}

#[tokio::test]
async fn a_pause_is_off_until_a_time() {
    let world = world().await;
    let pause = |seconds: u64| Some(json!({"seconds": seconds}));
    for wrong in [0, 31 * 24 * 3600 + 1] {
        assert_eq!(world.ask("POST", "/pause", pause(wrong)).await.0, 400, "{wrong}");
    }
    for wrong in [json!(60.5), json!(-1.0), json!(1e300), json!("60")] {
        assert_eq!(world.ask("POST", "/pause", Some(json!({ "seconds": wrong }))).await.0, 400, "{wrong}");
    }
    let whole = Some(json!({"seconds": 60.0}));
    assert_eq!(world.ask("POST", "/pause", whole).await.0, 200, "an integer, however it is written");
    world.ask("POST", "/enable", None).await;
    let (status, reply) = world.ask("POST", "/pause", pause(3600)).await;
    assert_eq!((status, &reply["state"], &reply["enabled"]), (200, &json!("disabled"), &json!(false)));
    let until: autocommit_core::Timestamp = reply["paused_until"].as_str().unwrap().parse().unwrap();
    let left = until.duration_since(autocommit_core::Timestamp::now()).as_secs();
    assert!((3500..=3600).contains(&left), "{left}");
    let (status, reply) = world.ask("POST", "/trigger", None).await;
    assert_eq!((status, &reply["error"]["code"]), (409, &json!("disabled")));
    let (_, reply) = world.ask("POST", "/enable", None).await;
    assert_eq!((&reply["paused_until"], &reply["enabled"]), (&Value::Null, &json!(true)));
    world.ask("POST", "/disable", None).await;
    assert_eq!(world.ask("POST", "/pause", pause(60)).await.0, 409, "what is off is not paused");
}

#[tokio::test]
async fn settings_are_listed_and_changed() {
    let world = world().await;
    let (status, reply) = world.ask("GET", "/settings", None).await;
    assert_eq!((status, &reply["groups"][0]["settings"][0]["key"]), (200, &json!("repos_base_paths")));
    let change = |value: Value| Some(json!({"changes": {"push": value}, "check_only": true}));
    assert_eq!(world.ask("PATCH", "/settings", change(Value::Null)).await.0, 200, "null is a value here");
    let (status, reply) = world.ask("PATCH", "/settings", change(json!("yes"))).await;
    assert_eq!((status, &reply["error"]["code"]), (422, &json!("wrong_settings")));
}
