//! A browser that is let in by a link, and `autocommit open`, which asks for one.

use crate::{LIMIT, rested, still};
use autocommit_e2e::{Documented, Events};
use autocommit_test_support::{Daemon, Reply, Sandbox};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    process::Stdio,
    time::{Duration, Instant},
};

/// A program of the sandbox that stands for the system's opener: it writes down what it is asked to open.
fn opener(sandbox: &Sandbox) -> std::path::PathBuf {
    let (program, opened) = (sandbox.bin_dir().join("xdg-open"), sandbox.root().join("opened"));
    fs::create_dir_all(sandbox.bin_dir()).unwrap();
    fs::write(&program, format!("#!/bin/sh\nprintf %s \"$1\" > '{}'\n", opened.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    opened
}

/// What a browser gets that opens this link.
#[track_caller]
fn browse(daemon: &Daemon, link: &str) -> Reply {
    let target = link.strip_prefix(&daemon.base_url()).unwrap_or_else(|| panic!("{link} is another address"));
    assert!(target.starts_with("/login?code="), "{link}");
    daemon.raw("GET", target, &[("Sec-Fetch-Site", "none")], b"")
}

/// The cookie that a reply sets, as a browser sends it back.
#[track_caller]
fn cookie(reply: &Reply) -> String {
    reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

#[test]
fn a_printed_link_lets_one_browser_in() {
    let sandbox = Sandbox::new();
    let opened = opener(&sandbox);
    let daemon = rested(&sandbox, still(&sandbox));
    let printed = sandbox.autocommit(&["open", "--print"]).ok();
    let link = printed.stdout.trim();
    assert!(printed.stderr.contains("once"), "{}", printed.shown());
    let entered = browse(&daemon, link).expect(303);
    assert_eq!(entered.header("location"), Some("/"));
    let again = browse(&daemon, link).expect(401);
    assert!(again.body.contains("autocommit open") && again.header("set-cookie").is_none(), "{again:?}");

    let cookie = cookie(&entered);
    let origin = daemon.base_url();
    let send = |method: &str, path: &str, headers: &[(&str, &str)]| daemon.raw(method, path, headers, b"");
    let _ = send("GET", "/status", &[("Cookie", &cookie)]).expect(200);
    let _ = send("GET", "/status", &[]).expect(401);
    let _ = send("POST", "/disable", &[("Cookie", &cookie)]).expect(403);
    let _ = send("POST", "/disable", &[("Cookie", &cookie), ("Origin", "http://evil.test")]).expect(403);
    assert_eq!(daemon.get("/status").json()["enabled"], true);
    let _ = send("POST", "/disable", &[("Cookie", &cookie), ("Origin", &origin)]).expect(200);
    assert_eq!(daemon.get("/status").json()["enabled"], false);

    let mut events = Events::open_with(&daemon, None, &format!("Cookie: {cookie}"));
    let _ = daemon.post("/enable", None).expect(200);
    let seen = events.until(|event| event.name == "enabled");
    assert!(!seen.is_empty());

    let _ = send("POST", "/logout", &[("Cookie", &cookie), ("Origin", &origin)]).expect(200);
    let _ = send("GET", "/status", &[("Cookie", &cookie)]).expect(401);
    assert!(!opened.exists(), "nothing was opened");
    for secret in [link.rsplit('=').next().unwrap(), cookie.rsplit('=').next().unwrap()] {
        assert!(!daemon.printed().contains(secret), "{}", daemon.printed());
    }
}

#[test]
fn where_there_is_a_display_the_browser_is_opened() {
    let sandbox = Sandbox::new();
    let opened = opener(&sandbox);
    let daemon = rested(&sandbox, still(&sandbox));
    let without = sandbox.autocommit(&["open"]).ok();
    assert!(without.stdout.starts_with(&daemon.base_url()) && !opened.exists(), "{}", without.shown());
    sandbox.set_env("DISPLAY", ":99");
    let printed = sandbox.autocommit(&["open"]).ok();
    let link = daemon.wait_for("the opener", LIMIT, |_| {
        fs::read_to_string(&opened).ok().filter(|link| link.len() >= printed.stdout.trim().len())
    });
    assert_eq!(link, printed.stdout.trim());
    let _ = browse(&daemon, &link).expect(303);
    let json = sandbox.autocommit(&["open", "--json"]).ok().json();
    let documented = Documented(daemon.get("/openapi.json").expect(200).json());
    documented.check("post", "/login-links", 200, &json);
    let entered = browse(&daemon, json["url"].as_str().unwrap()).expect(303);
    let headers = [("Cookie", &*cookie(&entered)), ("Origin", &*daemon.base_url())];
    let left = daemon.raw("POST", "/logout", &headers, b"").expect(200).json();
    documented.check("post", "/logout", 200, &left);
}

#[test]
fn without_a_page_there_is_a_sentence() {
    let sandbox = Sandbox::new();
    let nobody = sandbox.autocommit(&["open", "--print"]).exits(1);
    assert!(
        nobody.stderr.contains("not running") && nobody.stderr.contains("autocommit run"),
        "{}",
        nobody.shown()
    );
    assert_eq!(nobody.stdout, "");

    // One that runs and serves no page: its lock says so.
    sandbox.write_config(&still(&sandbox).set("http.enabled", false));
    let mut command = sandbox.autocommit_command();
    command.arg("run").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut silent = command.spawn().unwrap();
    let started = Instant::now();
    let refused = loop {
        let refused = sandbox.autocommit(&["open"]).exits(1);
        if !refused.stderr.contains("not running") || started.elapsed() > LIMIT {
            break refused;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    silent.kill().unwrap();
    silent.wait().unwrap();
    assert!(refused.stderr.contains("serves no page"), "{}", refused.shown());
    assert!(refused.stderr.contains("http.enabled"), "says what to do: {}", refused.shown());
}
