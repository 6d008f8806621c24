//! Who is refused, and that nothing changes then.

use crate::{id_of, rested, still, triggered};
use autocommit_e2e::{Traces, assert_arrived, assert_keys, commits, raw};
use autocommit_test_support::{Daemon, Reply, Sandbox};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Panics unless the body is an error as it is promised: a code of the closed list, a sentence and what to do.
#[track_caller]
pub(crate) fn assert_error(reply: &Reply) {
    let body = reply.json();
    assert_keys(&body, "error");
    assert_keys(&body["error"], "code message hint");
    for key in ["message", "hint"] {
        let text = body["error"][key].as_str().unwrap();
        assert!(text.len() > 8 && text.ends_with('.'), "{key} is a sentence: {body:#}");
    }
    assert_eq!(reply.header("access-control-allow-origin"), None, "{reply:?}");
}

/// A resting daemon with something to commit, and everything that a request could change.
struct World {
    sandbox: Sandbox,
    daemon: Daemon,
    repo: PathBuf,
    bare: PathBuf,
    id: String,
    before: (Traces, Value, Value, Value),
}

impl World {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let (repo, bare) = sandbox.repo_with_remote("app");
        let daemon = rested(&sandbox, still(&sandbox));
        sandbox.write(&repo, "work.txt", "1\n");
        let id = id_of(&daemon, &repo);
        let before = now(&sandbox, &daemon, &repo, &bare);
        Self { sandbox, daemon, repo, bare, id, before }
    }

    /// Every request that would change something, with a body where it takes one.
    fn changes(&self) -> [(&'static str, String, &'static str); 4] {
        [
            ("POST", "/trigger".to_owned(), ""),
            ("POST", "/trigger".to_owned(), "{\"dry_run\": false}"),
            ("POST", "/disable".to_owned(), ""),
            ("PATCH", format!("/repos/{}", self.id), "{\"enabled\": false}"),
        ]
    }

    #[track_caller]
    fn assert_nothing_changed(&self) {
        let after = now(&self.sandbox, &self.daemon, &self.repo, &self.bare);
        assert_eq!(after, self.before);
    }

    /// The same request with what it lacked does change something: the test can tell the difference.
    #[track_caller]
    fn assert_it_would_have(&self) {
        let cycle = triggered(&self.daemon, None);
        assert_eq!(cycle["committed"], 1, "{cycle:#}");
        assert_arrived(&self.sandbox, &self.repo, &self.bare);
        assert_eq!(commits(&self.sandbox, &self.repo), 2, "one commit: no refused trigger ran late");
    }
}

/// The repository, its remote, the switches, and which cycles there were.
fn now(
    sandbox: &Sandbox,
    daemon: &Daemon,
    repo: &std::path::Path,
    bare: &std::path::Path,
) -> (Traces, Value, Value, Value) {
    let status = daemon.get("/status").expect(200).json();
    let repos = daemon.get("/repos").expect(200).json();
    let switches = json!([status["enabled"], status["state"], repos["repos"][0]["enabled"]]);
    let cycles = json!([status["last_cycle"]["id"], status["current_cycle"]]);
    (Traces::of(sandbox, repo, Some(bare)), switches, cycles, repos)
}

#[test]
fn without_the_token_or_with_another() {
    let world = World::new();
    let daemon = &world.daemon;
    let good = daemon.token();
    let wrong = [
        None,
        Some("Bearer".to_owned()),
        Some("Bearer ".to_owned()),
        Some("Bearer 0123456789abcdef0123456789abcdef".to_owned()),
        Some(format!("Bearer {}", &good[..good.len() - 1])),
        Some(format!("Bearer {good}x")),
        Some(format!("Basic {good}")),
        Some(good.to_owned()),
    ];
    let mut requests: Vec<_> = world.changes().into_iter().collect();
    for path in ["/status", "/repos", "/history", "/events", "/openapi.json", "/cycles/x", "/nowhere"] {
        requests.push(("GET", path.to_owned(), ""));
    }
    for authorization in &wrong {
        for (method, path, body) in &requests {
            let mut headers = vec![("Content-Type", "application/json")];
            headers.extend(authorization.as_deref().map(|value| ("Authorization", value)));
            let reply = daemon.raw(method, path, &headers, body.as_bytes()).expect(401);
            assert_error(&reply);
        }
    }
    // The token is no query and no cookie.
    let _ = daemon.raw("GET", &format!("/status?token={good}"), &[], b"").expect(401);
    let _ = daemon.raw("GET", "/status", &[("Cookie", &format!("token={good}"))], b"").expect(401);
    let health = daemon.raw("GET", "/health", &[], b"").expect(200);
    assert_eq!(health.json(), json!({"status": "ok"}), "and says nothing more");
    world.assert_nothing_changed();
    world.assert_it_would_have();
}

#[test]
fn called_by_a_name_that_is_not_ours() {
    let world = World::new();
    let daemon = &world.daemon;
    let authorization = format!("Bearer {}", daemon.token());
    let port = daemon.port();
    let other = if port == 65535 { 1024 } else { port + 1 };
    let hosts = [
        "evil.test".to_owned(),
        format!("evil.test:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{other}"),
        format!("127.0.0.1.:{port}"),
        format!("localhost.:{port}"),
        format!("127.0.0.1:{port}."),
        format!("0.0.0.0:{port}"),
        format!("127.1:{port}"),
        format!("localhost.evil.test:{port}"),
        format!("user@127.0.0.1:{port}"),
        String::new(),
    ];
    for host in &hosts {
        for (method, path, body) in
            world.changes().iter().chain(&[("GET", "/health".to_owned(), ""), ("GET", "/".to_owned(), "")])
        {
            let headers = [
                ("Authorization", authorization.as_str()),
                ("Content-Type", "application/json"),
                ("Host", host),
            ];
            let reply = daemon.raw(method, path, &headers, body.as_bytes());
            assert!(matches!(reply.status, 400 | 403), "{method} {path} of {host:?}: {reply:?}");
        }
    }
    let good = format!("Host: 127.0.0.1:{port}\r\n");
    for host in
        ["", &format!("{good}Host: evil.test\r\n"), &format!("Host: evil.test\r\n{good}"), &good.repeat(2)]
    {
        let head = format!(
            "POST /disable HTTP/1.1\r\n{host}Authorization: {authorization}\r\nConnection: close\r\n\r\n"
        );
        let reply = raw(port, &head);
        assert!(reply.starts_with("HTTP/1.1 403") || reply.starts_with("HTTP/1.1 400"), "{host:?}: {reply}");
    }
    // A request line that names somebody else.
    let head = format!(
        "POST http://evil.test/disable HTTP/1.1\r\n{good}Authorization: {authorization}\r\nConnection: close\r\n\r\n"
    );
    assert!(raw(port, &head).starts_with("HTTP/1.1 403"));
    world.assert_nothing_changed();
    for host in [format!("localhost:{port}"), format!("127.0.0.1:{port}")] {
        let headers = [("Authorization", authorization.as_str()), ("Host", &host)];
        let _ = daemon.raw("GET", "/status", &headers, b"").expect(200);
    }
    world.assert_it_would_have();
}

#[test]
fn from_a_page_of_somebody_else() {
    let world = World::new();
    let daemon = &world.daemon;
    let authorization = format!("Bearer {}", daemon.token());
    let port = daemon.port();
    let own = format!("http://127.0.0.1:{port}");
    let foreign = [
        ("Origin", "http://evil.test".to_owned()),
        ("Origin", "null".to_owned()),
        ("Origin", format!("https://127.0.0.1:{port}")),
        ("Origin", "http://127.0.0.1".to_owned()),
        ("Origin", format!("http://127.0.0.1:{port}.evil.test")),
        ("Origin", String::new()),
        ("Sec-Fetch-Site", "cross-site".to_owned()),
        ("Sec-Fetch-Site", "same-site".to_owned()),
    ];
    for (name, value) in &foreign {
        for (method, path, body) in world.changes().iter().chain(&[("GET", "/status".to_owned(), "")]) {
            let headers = [
                ("Authorization", authorization.as_str()),
                ("Content-Type", "application/json"),
                (name, value),
            ];
            let reply = daemon.raw(method, path, &headers, body.as_bytes()).expect(403);
            assert_error(&reply);
        }
    }
    // A browser asks first whether it may; nobody says yes.
    let headers = [("Origin", "http://evil.test"), ("Access-Control-Request-Method", "POST")];
    let reply = daemon.raw("OPTIONS", "/trigger", &headers, b"");
    assert!(reply.status >= 400 && reply.header("access-control-allow-origin").is_none(), "{reply:?}");
    world.assert_nothing_changed();
    let headers =
        [("Authorization", authorization.as_str()), ("Origin", &own), ("Sec-Fetch-Site", "same-origin")];
    let _ = daemon.raw("GET", "/status", &headers, b"").expect(200);
    world.assert_it_would_have();
}

#[test]
fn what_cannot_be_understood() {
    let world = World::new();
    let daemon = &world.daemon;
    let authorization = format!("Bearer {}", daemon.token());
    let repo = format!("/repos/{}", world.id);
    let send = |method: &str, path: &str, kind: &str, body: &[u8]| {
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", kind)];
        daemon.raw(method, path, &headers, body)
    };
    let large = format!("{{\"repos\": [{}\"x\"]}}", "\"x\", ".repeat(20_000));
    let bodies: [&str; 16] = [
        "{",
        "not json",
        "[]",
        "null",
        "\"text\"",
        "{\"nope\": 1}",
        "{\"repos\": \"x\"}",
        "{\"repos\": [1]}",
        "{\"repos\": {}}",
        "{\"dry_run\": \"no\"}",
        "{\"dry_run\": 0}",
        "{\"enabled\": \"false\"}",
        "{\"enabled\": 0}",
        "{\"enabled\": false, \"nope\": 1}",
        "{\"enabled\": false, \"id\": \"other\"}",
        "{\"enabled\": false} trailing",
    ];
    for body in bodies {
        for (method, path) in [("POST", "/trigger"), ("POST", "/disable"), ("PATCH", &repo)] {
            let reply = send(method, path, "application/json", body.as_bytes()).expect(400);
            assert_error(&reply);
            assert_eq!(reply.json()["error"]["code"], "bad_request");
        }
    }
    let wrong = send("PATCH", &repo, "application/json", b"{\"enabled\": \"false\"}").expect(400);
    assert!(
        wrong.json()["error"]["message"].as_str().unwrap().contains("enabled"),
        "names the field: {wrong:?}"
    );
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
        for (method, path, body) in [("POST", "/trigger", "{}"), ("PATCH", &repo, "{\"enabled\": false}")] {
            let reply = send(method, path, kind, body.as_bytes()).expect(415);
            assert_error(&reply);
        }
    }
    assert_error(&send("POST", "/trigger", "application/json", large.as_bytes()).expect(413));
    assert_error(&send("POST", "/trigger", "application/json", b"{\"repos\": [\"\xff\"]}").expect(400));
    for path in [
        "/history?limit=many",
        "/history?status=lost",
        "/history?nope=1",
        "/history?since=soon",
        "/status?x=1",
    ] {
        assert_error(&daemon.get(path).expect(400));
    }
    world.assert_nothing_changed();
    world.assert_it_would_have();
}

#[test]
fn by_another_method_than_the_one_that_is_meant() {
    let world = World::new();
    let repo = format!("/repos/{}", world.id);
    let wrong = [
        ("GET", "/trigger"),
        ("GET", "/enable"),
        ("GET", "/disable"),
        ("HEAD", "/disable"),
        ("PUT", "/disable"),
        ("DELETE", "/trigger"),
        ("POST", &repo),
        ("DELETE", &repo),
        ("POST", "/status"),
        ("POST", "/history"),
        ("POST", "/events"),
    ];
    for (method, path) in wrong {
        let reply = world.daemon.request(method, path, None).expect(405);
        if method != "HEAD" {
            assert_error(&reply);
        }
    }
    world.assert_nothing_changed();
    world.assert_it_would_have();
}
