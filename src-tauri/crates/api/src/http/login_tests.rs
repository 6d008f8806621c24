//! The door for browsers: links, cookies and what these are good for.

use super::{
    tests::{router_of, visitor},
    *,
};
use axum::{Router, http::HeaderMap};

const ORIGIN: (&str, &str) = ("origin", "http://127.0.0.1:8200");

/// An API with its links and sessions.
struct Api(Access);

impl Api {
    fn new() -> Self {
        Self(super::tests::access())
    }

    fn router(&self) -> Router {
        router_of(&self.0)
    }

    /// What comes back for a request without a token, and its code where it is an error.
    async fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
        let mut asking = visitor(method, target).without("authorization");
        for (name, value) in headers {
            asking = asking.with(name, value);
        }
        let (status, headers, body) = asking.knock_at(self.router()).await;
        (status.as_u16(), headers, body["error"]["code"].as_str().unwrap_or("-").to_owned())
    }

    /// The path and query of a new link.
    async fn link(&self) -> String {
        let (status, _, body) = visitor("POST", "/login-links").knock_at(self.router()).await;
        assert_eq!(status, 200, "{body}");
        body["url"].as_str().unwrap().strip_prefix("http://127.0.0.1:8200").unwrap().to_owned()
    }

    /// The cookie of a new session, as a browser sends it.
    async fn cookie(&self) -> String {
        let (status, headers, _) = self.ask("GET", &self.link().await, &[]).await;
        assert_eq!((status, &headers["location"]), (303, &"/".parse().unwrap()));
        headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_link_lets_one_browser_in() {
    let api = Api::new();
    let link = api.link().await;
    let (status, headers, _) = api.ask("GET", &link, &[("sec-fetch-site", "none")]).await;
    assert_eq!(status, 303);
    let set = headers["set-cookie"].to_str().unwrap();
    assert!(set.ends_with("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict"), "{set}");
    assert!(!set.contains(link.split('=').next_back().unwrap()), "the cookie is not the code");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    let (status, headers, _) = api.ask("GET", &link, &[]).await;
    assert_eq!((status, headers.get("set-cookie")), (401, None), "used up");
}

/// Every user of the machine can read the link in the list of programs while the browser starts.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_link_in_the_hands_of_another_user_lets_nobody_in() {
    let api = Api::new();
    let link = api.link().await;
    // A connection that the system knows nothing of is nobody's.
    let peer =
        crate::http::peer::Peer { theirs: ([127, 0, 0, 1], 1).into(), ours: ([127, 0, 0, 1], 8200).into() };
    let router = api.router().layer(axum::Extension(peer));
    let (status, headers, _) = visitor("GET", &link).without("authorization").knock_at(router).await;
    assert_eq!((status.as_u16(), headers.get("set-cookie")), (401, None));
    assert_eq!(api.ask("GET", &link, &[]).await.0, 303, "it is not used up by that");
}

#[tokio::test]
async fn links_are_for_those_with_the_token() {
    let api = Api::new();
    let cookie = api.cookie().await;
    for headers in [vec![], vec![("cookie", cookie.as_str()), ORIGIN], vec![("authorization", "Bearer no")]] {
        let (status, _, code) = api.ask("POST", "/login-links", &headers).await;
        assert_eq!((status, code.as_str()), (401, "unauthorized"), "{headers:?}");
    }
    let asking = visitor("POST", "/login-links").with("origin", "http://evil.test");
    assert_eq!(asking.knock_at(api.router()).await.0, 403);
    assert_eq!(visitor("GET", "/login-links").knock_at(api.router()).await.0, 405);
}

#[tokio::test]
async fn what_is_no_link_lets_nobody_in() {
    let api = Api::new();
    let link = api.link().await;
    for target in
        ["/login", "/login?code=", "/login?code=0123456789abcdef", "/login?cod=x", &link[..link.len() - 1]]
    {
        let (status, headers, _) = api.ask("GET", target, &[]).await;
        assert_eq!((status, headers.get("set-cookie")), (401, None), "{target}");
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    }
    // Nor do these use it up.
    for (method, headers, expected) in [
        ("HEAD", vec![], 405),
        ("POST", vec![], 405),
        ("GET", vec![("sec-fetch-site", "cross-site")], 403),
        ("GET", vec![("origin", "http://evil.test")], 403),
    ] {
        assert_eq!(api.ask(method, &link, &headers).await.0, expected, "{method} {headers:?}");
    }
    let mut asking = visitor("GET", &link).without("host").with("host", "evil.test:8200");
    asking = asking.without("authorization");
    assert_eq!(asking.knock_at(api.router()).await.0, 403);
    assert_eq!(api.ask("GET", &link, &[]).await.0, 303);
}

#[tokio::test]
async fn a_cookie_reads_and_changes_only_from_our_own_page() {
    let api = Api::new();
    let cookie = api.cookie().await;
    let good = ("cookie", cookie.as_str());
    for (method, target, headers, expected, code) in [
        ("GET", "/status", vec![good], 200, "-"),
        ("HEAD", "/status", vec![good], 200, "-"),
        ("GET", "/status", vec![good, ORIGIN, ("sec-fetch-site", "same-origin")], 200, "-"),
        ("POST", "/trigger", vec![good, ORIGIN], 202, "-"),
        ("POST", "/trigger", vec![good, ("origin", "http://localhost:8200")], 202, "-"),
        ("POST", "/trigger", vec![good], 403, "forbidden_origin"),
        ("POST", "/trigger", vec![good, ("sec-fetch-site", "same-origin")], 403, "forbidden_origin"),
        ("POST", "/trigger", vec![good, ("origin", "http://127.0.0.1:8201")], 403, "forbidden_origin"),
        ("POST", "/trigger", vec![good, ("origin", "http://evil.test")], 403, "forbidden_origin"),
        ("POST", "/trigger", vec![good, ("origin", "null")], 403, "forbidden_origin"),
        ("DELETE", "/status", vec![good], 403, "forbidden_origin"),
        ("OPTIONS", "/trigger", vec![good], 403, "forbidden_origin"),
        ("GET", "/status", vec![good, ("sec-fetch-site", "same-site")], 403, "forbidden_origin"),
        ("GET", "/status", vec![], 401, "unauthorized"),
        ("POST", "/trigger", vec![ORIGIN], 401, "unauthorized"),
        ("GET", "/status", vec![("cookie", "autocommit_session=0123456789abcdef")], 401, "unauthorized"),
        ("GET", "/status", vec![good, ("authorization", "Bearer no")], 401, "unauthorized"),
    ] {
        let (status, _, found) = api.ask(method, target, &headers).await;
        assert_eq!((status, found.as_str()), (expected, code), "{method} {target} {headers:?}");
    }
    let elsewhere = Api::new();
    assert_eq!(elsewhere.ask("GET", "/status", &[good]).await.0, 401, "sessions are this program's");
}

#[tokio::test]
async fn leaving_ends_the_session() {
    let api = Api::new();
    let (cookie, other) = (api.cookie().await, api.cookie().await);
    assert_eq!(api.ask("POST", "/logout", &[("cookie", &cookie)]).await.0, 403, "from our own page only");
    assert_eq!(api.ask("GET", "/status", &[("cookie", &cookie)]).await.0, 200);
    let (status, headers, _) = api.ask("POST", "/logout", &[("cookie", &cookie), ORIGIN]).await;
    assert_eq!(status, 200);
    assert!(headers["set-cookie"].to_str().unwrap().starts_with("autocommit_session=; Path=/; Max-Age=0;"));
    assert_eq!(api.ask("GET", "/status", &[("cookie", &cookie)]).await.0, 401);
    assert_eq!(api.ask("POST", "/logout", &[("cookie", &cookie), ORIGIN]).await.0, 401);
    assert_eq!(api.ask("GET", "/status", &[("cookie", &other)]).await.0, 200);
}

#[tokio::test]
async fn a_new_control_token_ends_sessions_and_links_at_once() {
    let api = Api::new();
    let (cookie, link) = (api.cookie().await, api.link().await);
    let rotate = |scope: &str, token: &str| {
        visitor("POST", "/tokens/rotate").without("authorization").with("authorization", token).json(scope)
    };
    let (status, ..) = rotate(r#"{"scope":"control"}"#, "Bearer read").knock_at(api.router()).await;
    assert_eq!(status, 403, "who may read cannot put the others out");
    let by_cookie = visitor("POST", "/tokens/rotate").without("authorization").with("cookie", &cookie);
    let by_cookie = by_cookie.with(ORIGIN.0, ORIGIN.1).json(r#"{"scope":"control"}"#);
    assert_eq!(by_cookie.knock_at(api.router()).await.0, 401);
    let right = "Bearer 0123456789abcdef";
    assert_eq!(rotate(r#"{"scope":"read"}"#, right).knock_at(api.router()).await.0, 200);
    let with = |token: &str| ("authorization", format!("Bearer {token}"));
    for (token, expected) in [("read", 401), ("renewed", 200)] {
        let (name, value) = with(token);
        assert_eq!(api.ask("GET", "/status", &[(name, &value)]).await.0, expected, "{token}");
    }
    assert_eq!(api.ask("GET", "/status", &[("cookie", &cookie)]).await.0, 200, "not of its scope");
    let waiting = {
        let pass = api.0.tokens().pass("0123456789abcdef").unwrap();
        let tokens = api.0.tokens().clone();
        tokio::spawn(async move { tokens.replaced(pass).await })
    };
    assert_eq!(rotate(r#"{"scope":"control"}"#, right).knock_at(api.router()).await.0, 200);
    waiting.await.unwrap();
    assert_eq!(api.ask("GET", "/status", &[("cookie", &cookie)]).await.0, 401);
    assert_eq!(api.ask("GET", &link, &[]).await.0, 401, "nor is a link left");
    assert_eq!(api.ask("GET", "/status", &[("authorization", right)]).await.0, 401);
    let (name, value) = with("fedcba9876543210");
    assert_eq!(api.ask("GET", "/status", &[(name, &value)]).await.0, 200);
}
