//! What nobody may find in a log, whatever is asked for, whoever says it: searched for byte by byte.

use crate::{LIMIT, rested, still, triggered};
use autocommit_e2e::arg;
use autocommit_test_support::{
    Sandbox,
    servers::{FakeLlm, HttpRemote, Script, base64},
};
use serde_json::json;
use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    thread,
};

/// Every library says all that it can.
const EVERYTHING: &str = "trace,autocommit=trace,hyper=trace,hyper_util=trace,h2=trace,reqwest=trace,rustls=trace,\
    sqlx=trace,zbus=trace,tokio=trace,mio=trace,axum=trace,tower=trace,want=trace";

/// A remote that asks for a password and then refuses, in words that repeat the address and the header.
fn blabbing(url_words: impl Fn(u16) -> String + Send + 'static) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    // Ends with the test's process; nobody waits for it.
    thread::spawn(move || {
        for stream in listener.incoming().take(200) {
            let Ok(mut stream) = stream else { return };
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let sent = head.lines().find(|line| line.to_lowercase().starts_with("authorization:"));
            let (status, body) = match sent {
                None => ("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"", String::new()),
                Some(header) => {
                    ("403 Forbidden", format!("{} refused\nyou sent {header}\n", url_words(port)))
                }
            };
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    port
}

/// Every file below a folder, as text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false if path.is_file() => {
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                found.push((path.to_string_lossy().into_owned(), text));
            }
            false => {}
        }
    }
    found
}

#[test]
fn nothing_secret_is_in_the_log_on_the_terminal_or_in_the_bundle_whatever_is_asked_for() {
    let sandbox = Sandbox::new();
    // None of these has a form by which a scanner knows it, but the token.
    let (in_address, of_helper, to_blabber) = ("qW7-address-pw", "zX9-helper-pw", "vB3-blabber-pw");
    let token = ["gh", "p_q8Zt4LmXv2RkW9sBn7Yh", "Jc3PdF6gTe5QaUoK"].concat();
    let key = "k-0f3a77c1e9-llm";
    sandbox.set_env("TEST_KEY", key);
    sandbox.set_env("AUTOCOMMIT_LOG", EVERYTHING);
    let served = HttpRemote::with_password(sandbox.remotes_dir(), "ada", in_address);
    let helped = HttpRemote::with_password(sandbox.remotes_dir(), "ada", of_helper);
    let blabs = blabbing(move |port| format!("http://ada:{to_blabber}@127.0.0.1:{port}/x.git"));
    let helper = format!("!f() {{ echo username=ada; echo password={of_helper}; }}; f");
    sandbox.add_git_config(&format!(
        "[credential \"http://127.0.0.1:{}\"]\n\thelper = \"{helper}\"",
        helped.port()
    ));
    let mut repos = Vec::new();
    for name in ["address", "helper", "blabber", "holds"] {
        let (repo, bare) = sandbox.repo_with_remote(name);
        sandbox.write(&repo, "retry.py", "def retry(delay):\n    return delay\n");
        sandbox.commit(&repo, "Add retry");
        sandbox.git(&repo, &["push", "--quiet"]);
        let url = match name {
            "address" => served.url_with_password("address.git"),
            "helper" => helped.url("helper.git"),
            "blabber" => format!("http://ada:{to_blabber}@127.0.0.1:{blabs}/x.git"),
            _ => arg(&bare).to_owned(),
        };
        sandbox.git(&repo, &["remote", "set-url", "origin", &url]);
        repos.push(repo);
    }
    let model = FakeLlm::new(Script::Says("cap the delay of retry".to_owned()));
    model.want_key(key);
    let config = still(&sandbox).set("llm.enabled", true).set("llm.base_url", model.url());
    let config = config.set("llm.llama_model_id", FakeLlm::MODEL).set("llm.api_key_env", "TEST_KEY");
    let daemon = rested(&sandbox, config);
    for repo in &repos {
        sandbox.write(repo, "retry.py", "def retry(delay):\n    # cap\n    return min(delay, 30)\n");
    }
    sandbox.write(&repos[3], "deploy.sh", format!("export GITHUB_TOKEN={token}\n"));
    let cycle = triggered(&daemon, None);
    // All of it happened.
    let status = |name: &str| {
        let runs = cycle["runs"].as_array().unwrap();
        runs.iter().find(|run| run["name"] == name).unwrap_or_else(|| panic!("{cycle:#}"))["status"].clone()
    };
    for (name, expected) in
        [("address", "pushed"), ("helper", "pushed"), ("blabber", "failed"), ("holds", "pushed")]
    {
        assert_eq!(status(name), expected, "{name}: {cycle:#}");
    }
    assert!(model.keys().iter().flatten().any(|brought| brought == key), "the key was used");
    // Tokens that are right, wrong, and in the wrong place; a link for a browser.
    let wrong = "wr0ng-t0ken-of-somebody";
    for header in [format!("Bearer {wrong}"), format!("Basic {wrong}")] {
        let _ = daemon.raw("GET", "/status", &[("Authorization", &header)], b"").expect(401);
    }
    let link = daemon.post("/login-links", None).expect(200).json();
    let code = link["url"].as_str().unwrap().rsplit(['/', '=', '?']).next().unwrap().to_owned();
    let target = link["url"].as_str().unwrap().strip_prefix(&daemon.base_url()).unwrap().to_owned();
    let entered = daemon.raw("GET", &target, &[], b"").expect(303);
    let cookie = entered.header("set-cookie").unwrap().split([';', '=']).nth(1).unwrap().to_owned();
    let _ = daemon.raw(
        "GET",
        "/status",
        &[("Cookie", entered.header("set-cookie").unwrap().split(';').next().unwrap())],
        b"",
    );
    let changes = json!({"changes": {"log_filter": EVERYTHING}});
    let _ = daemon.request("PATCH", "/settings", Some(&changes)).expect(200);
    let _ = triggered(&daemon, None);
    let report = sandbox.root().join("report.txt");
    let doctor = sandbox.autocommit(&["doctor", "--bundle", arg(&report)]);
    daemon.wait_for("the end of what is written", LIMIT, |_| Some(()));
    let mut places = files(&sandbox.state_dir());
    // Where the tokens are kept; everything else must not have them.
    places.retain(|(path, _)| !path.ends_with("/token") && !path.ends_with("/token-read"));
    let log = places.iter().find(|(path, _)| path.ends_with("autocommit.log")).unwrap();
    assert!(log.1.contains("TRACE") && log.1.contains("step=\"push\""), "everything was asked for");
    places.push(("the terminal".to_owned(), daemon.printed()));
    places.push(("the bundle".to_owned(), fs::read_to_string(report).unwrap()));
    places.push(("doctor".to_owned(), format!("{}{}", doctor.stdout, doctor.stderr)));
    for args in
        [&["logs", "-n", "100000"][..], &["history", "--json"], &["repos", "--json"], &["held", "--json"]]
    {
        let printed = sandbox.autocommit(args).ok();
        places.push((args.join(" "), printed.stdout));
    }
    let read = fs::read_to_string(sandbox.state_dir().join("token-read")).unwrap();
    let secrets = [
        ("the password in an address", in_address),
        ("what a credential helper said", of_helper),
        ("the password that a remote repeats", to_blabber),
        ("a token in a file", &token),
        ("the model's key", key),
        ("the control token", daemon.token()),
        ("the read token", read.trim()),
        ("a wrong token", wrong),
        ("a link for a browser", &code),
        ("a session of a browser", &cookie),
    ];
    for (what, secret) in secrets {
        assert!(secret.len() > 8, "{what}: {secret}");
        for form in [secret.to_owned(), base64(&format!("ada:{secret}"))] {
            for (place, text) in &places {
                if let Some(at) = text.find(&form) {
                    let from = text[..at].rfind('\n').map_or(0, |line| line + 1);
                    let line = text[from..].lines().next().unwrap_or_default();
                    panic!("{what} is in {place}: {}", line.chars().take(1000).collect::<String>());
                }
            }
        }
    }
    assert!(daemon.stop().success());
}
