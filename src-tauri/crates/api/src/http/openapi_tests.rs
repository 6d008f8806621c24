//! The document as its readers need it.

use super::*;
use serde_json::Value;

fn json() -> Value {
    serde_json::to_value(document()).unwrap()
}

#[test]
fn the_endpoints_that_others_rely_on() {
    let document = json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut found: Vec<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |verb| format!("{verb} {path}")))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "get /",
            "get /activity",
            "get /cycles/{id}",
            "get /events",
            "get /folders",
            "get /health",
            "get /held",
            "get /history",
            "get /history/{id}/diff",
            "get /login",
            "get /metrics",
            "get /model",
            "get /model/key",
            "get /model/logs",
            "get /openapi.json",
            "get /repos",
            "get /repos/{id}",
            "get /repos/{id}/message",
            "get /settings",
            "get /status",
            "patch /repos/{id}",
            "patch /settings",
            "post /disable",
            "post /enable",
            "post /history/{id}/reword",
            "post /llm/test",
            "post /login-links",
            "post /logout",
            "post /model/cancel",
            "post /model/pull",
            "post /model/remove",
            "post /model/use",
            "post /pause",
            "post /survey",
            "post /tokens/rotate",
            "post /trigger",
        ]
    );
}

#[test]
fn every_operation_says_who_may_ask_and_what_can_go_wrong() {
    let document = json();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            let open = matches!(path.as_str(), "/" | "/health" | "/login");
            assert_eq!(operation["security"] == serde_json::json!([{}]), open, "{verb} {path}");
            let refuses = !open || path == "/login";
            assert_eq!(!operation["responses"]["401"].is_null(), refuses, "{verb} {path}");
            assert!(!operation["responses"]["403"].is_null(), "{verb} {path}");
            assert!(operation["summary"].as_str().unwrap().ends_with('.'), "{verb} {path}");
        }
    }
    assert_eq!(document["security"], serde_json::json!([{"read": []}, {"control": []}, {"session": []}]));
    for path in ["/login-links", "/tokens/rotate"] {
        let itself = &document["paths"][path]["post"]["security"];
        assert_eq!(*itself, serde_json::json!([{"control": []}]), "{path}");
    }
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(
        (&schemes["read"]["scheme"], &schemes["control"]["scheme"]),
        (&"bearer".into(), &"bearer".into())
    );
    assert_eq!(
        (&schemes["session"]["in"], &schemes["session"]["name"]),
        (&"cookie".into(), &"autocommit_session".into())
    );
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value, document: &Value, seen: &mut usize) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(to)) = map.get("$ref") {
                    let pointer = to.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{to} leads nowhere");
                    *seen += 1;
                }
                map.values().for_each(|inner| walk(inner, document, seen));
            }
            Value::Array(list) => list.iter().for_each(|inner| walk(inner, document, seen)),
            _ => {}
        }
    }
    let document = json();
    let mut seen = 0;
    walk(&document, &document, &mut seen);
    assert!(seen > 20, "{seen}");
}

#[test]
fn requests_are_described_where_they_travel() {
    let document = json();
    let patch = &document["paths"]["/repos/{id}"]["patch"];
    assert_eq!(patch["parameters"][0]["in"], "path");
    let body = &patch["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["additionalProperties"], false);
    let mut names: Vec<_> = body["properties"].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["enabled", "push"]);
    let filters = document["paths"]["/history"]["get"]["parameters"].as_array().unwrap();
    let mut names: Vec<_> = filters.iter().map(|p| p["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["before", "limit", "q", "repo", "request_id", "since", "source", "status", "until"]);
}
