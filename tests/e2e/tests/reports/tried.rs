//! `autocommit report test`, the checks of the settings, and where a webhook must not lead.

use super::*;
use autocommit_e2e::arg;

fn configure(sandbox: &Sandbox, settings: &[(&str, Value)]) {
    let config = sandbox.config().set("http.enabled", false);
    sandbox
        .write_config(&settings.iter().fold(config, |config, (key, value)| config.set(key, value.clone())));
}

#[test]
fn a_test_says_what_came_of_it() {
    let (sandbox, server) = (Sandbox::new(), Webhook::new());
    configure(&sandbox, &[]);
    let nowhere = sandbox.autocommit(&["report", "test"]).exits(2);
    assert!(nowhere.stderr.contains("Reports go nowhere yet.") && nowhere.stderr.contains("config.toml"));
    let url = ("reports.webhook_url", json!(server.url("topic")));
    configure(&sandbox, &[url.clone(), ("reports.webhook_format", json!("text"))]);
    let said = sandbox.autocommit(&["report", "test"]).ok();
    assert!(said.stdout.contains("The webhook at 127.0.0.1 took it (200)."), "{}", said.stdout);
    let posted = server.posted().remove(0);
    assert_eq!(posted.body, "Test of Autocommit's reports\n\nReports arrive here. Nothing is the matter.\n");
    assert_eq!(posted.header("content-type"), Some("text/plain; charset=utf-8"));
    // The value of the header, from a variable of this one process.
    let header =
        [("reports.webhook_header", json!("X-Key")), ("reports.webhook_header_env", json!("HOOK_KEY"))];
    let command = ("reports.command", json!(["/bin/false"]));
    configure(&sandbox, &[url, header[0].clone(), header[1].clone(), command]);
    let unset = sandbox.autocommit(&["report", "test", "--json"]).exits(1).json();
    assert!(unset["sent"][0]["message"].as_str().unwrap().contains("HOOK_KEY"), "{unset:#}");
    sandbox.set_env("HOOK_KEY", "hush-77");
    let said = sandbox.autocommit(&["report", "test", "--json"]).exits(1);
    assert!(!said.stdout.contains("hush-77") && !said.stderr.contains("hush-77"));
    let said = said.json();
    assert_eq!(
        said,
        json!({"ok": false, "sent": [
            {"way": "webhook", "ok": true, "message": "The webhook at 127.0.0.1 took it (200)."},
            {"way": "command", "ok": false, "message": "The command /bin/false ended with code 1."},
        ]})
    );
    let posted = server.posted().remove(1);
    assert_eq!(posted.header("x-key"), Some("hush-77"));
    let report: Value = serde_json::from_str(&posted.body).unwrap();
    assert_eq!((&report["event"], &report["repositories"]), (&json!("test"), &json!([])));
    assert_eq!(server.posted().len(), 2);
}

#[test]
fn no_redirect_is_followed_and_no_proxy_asked_for_this_machine() {
    let (sandbox, server, elsewhere) = (Sandbox::new(), Webhook::new(), Webhook::new());
    sandbox.set_env("HTTP_PROXY", &elsewhere.url(""));
    sandbox.set_env("http_proxy", &elsewhere.url(""));
    configure(&sandbox, &[("reports.webhook_url", json!(server.url("a")))]);
    for status in ["301 There", "307 There", "308 There"] {
        server.answers(status, &format!("Location: {}\r\n", elsewhere.url("b")));
        let said = sandbox.autocommit(&["report", "test"]).exits(1);
        assert!(said.stdout.contains("leads elsewhere"), "{}", said.stdout);
    }
    server.answers("401 No", "");
    let said = sandbox.autocommit(&["report", "test"]).exits(1);
    assert!(said.stdout.contains("does not let us in (401)"), "{}", said.stdout);
    assert_eq!((server.accepted(), elsewhere.accepted()), (4, 0));
}

#[test]
fn mistakes_are_named_with_their_place() {
    let sandbox = Sandbox::new();
    for (key, value, words) in [
        ("webhook_url", json!("http://ntfy.lan/topic"), "must begin with https://"),
        ("webhook_url", json!("https://me:word@ntfy.sh/topic"), "must not hold a user name"),
        ("command", json!(["msmtp"]), "must begin with the whole path of a program"),
        ("command", json!("/usr/bin/msmtp me"), "has the wrong type"),
        ("webhook_format", json!("xml"), "json"),
    ] {
        configure(&sandbox, &[(&format!("reports.{key}"), value)]);
        let said = sandbox.autocommit(&["config", "check"]).exits(2).stderr;
        let text = std::fs::read_to_string(sandbox.config_file()).unwrap();
        let line = text.lines().position(|line| line.starts_with(key)).unwrap() + 1;
        let place = format!("{}:{line}: key `reports.{key}`", arg(&sandbox.config_file()));
        assert!(said.contains(&place) && said.contains(words), "{said}");
    }
    configure(&sandbox, &[("reports.command", json!(["/nonexistent/tell"]))]);
    let said = sandbox.autocommit(&["doctor"]).exits(1).stdout;
    assert!(said.contains("/nonexistent/tell for reports is no program that can be started"), "{said}");
    configure(&sandbox, &[("reports.command", json!(["/bin/true"]))]);
    let said = sandbox.autocommit(&["doctor"]).stdout;
    assert!(said.contains("/bin/true is told what needs you."), "{said}");
}
