//! `/events`: numbered, and resumable without gaps.

use crate::{rested, still, triggered};
use autocommit_e2e::{Event, Events, head};
use autocommit_test_support::Sandbox;

/// Panics unless these numbers follow `after` one by one.
#[track_caller]
fn assert_no_gap(after: u64, events: &[Event]) {
    let numbers: Vec<Option<u64>> = events.iter().map(|event| event.id).collect();
    let expected: Vec<Option<u64>> = (after + 1..).map(Some).take(events.len()).collect();
    assert_eq!(numbers, expected, "{events:#?}");
    for event in events {
        assert_eq!(event.data["seq"].as_u64(), event.id);
        assert_eq!(event.data["type"].as_str(), Some(event.name.as_str()));
    }
}

/// The number of the first of these.
fn first_of(events: &[Event]) -> u64 {
    events[0].id.unwrap()
}

#[test]
fn a_stream_tells_what_happens_and_goes_on_where_it_ended() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    let end_of = |cycle: &serde_json::Value| {
        let id = cycle["cycle_id"].as_str().unwrap().to_owned();
        move |event: &Event| event.name == "cycle_finished" && event.data["cycle"]["id"] == id.as_str()
    };

    let mut live = Events::open(&daemon, None);
    sandbox.write(&repo, "work.txt", "1\n");
    let cycle = triggered(&daemon, None);
    let first = live.until(end_of(&cycle));
    assert_no_gap(first_of(&first) - 1, &first);
    let run = first.iter().find(|event| event.name == "run_finished").unwrap();
    assert_eq!(run.data["run"]["commit"], head(&sandbox, &repo), "{run:#?}");
    assert_eq!(run.data["cycle_id"], cycle["cycle_id"]);
    drop(live);

    // What happens while nobody listens is told later.
    let last = first.last().unwrap().id.unwrap();
    sandbox.write(&repo, "work.txt", "2\n");
    let cycle = triggered(&daemon, None);
    let second = Events::open(&daemon, Some(last)).until(end_of(&cycle));
    assert_no_gap(last, &second);
    let run = second.iter().find(|event| event.name == "run_finished").unwrap();
    assert_eq!(run.data["run"]["commit"], head(&sandbox, &repo));

    // From 0 is from the first event of this run of the program.
    let all = Events::open(&daemon, Some(0)).until(end_of(&cycle));
    assert_no_gap(first_of(&all) - 1, &all);
    assert!(all.ends_with(&[first.clone(), second].concat()));

    // In the middle of what was told already: no event twice, none left out.
    let middle = first[first.len() / 2].id.unwrap();
    let rest = Events::open(&daemon, Some(middle)).until(end_of(&cycle));
    assert_no_gap(middle, &rest);

    // After a restart: what was missed is not kept, and that is told; no number comes twice.
    let newest = rest.last().unwrap().id.unwrap();
    assert!(daemon.stop().success());
    let daemon = rested(&sandbox, still(&sandbox));
    let cycle = triggered(&daemon, None);
    let after = Events::open(&daemon, Some(newest)).until(end_of(&cycle));
    let (gap, after) = after.split_first().unwrap();
    assert_eq!((gap.name.as_str(), &gap.data["after"]), ("gap", &newest.into()));
    assert!(first_of(after) > newest);
    assert_no_gap(first_of(after) - 1, after);
}

#[test]
fn switches_are_events_too() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    let id = crate::id_of(&daemon, &repo);
    let mut live = Events::open(&daemon, None);
    let body = serde_json::json!({"enabled": false});
    let _ = daemon.request("PATCH", &format!("/repos/{id}"), Some(&body)).expect(200);
    let _ = daemon.post("/disable", None).expect(200);
    let _ = daemon.post("/enable", None).expect(200);
    let names: Vec<String> = live
        .until(|event| event.name == "enabled")
        .into_iter()
        .map(|event| event.name)
        .filter(|name| ["rules_changed", "disabled", "enabled"].contains(&name.as_str()))
        .collect();
    assert_eq!(names, ["rules_changed", "disabled", "enabled"]);
    let bad = [("Authorization", format!("Bearer {}", daemon.token())), ("Last-Event-ID", "many".to_owned())];
    let headers: Vec<(&str, &str)> = bad.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let _ = daemon.raw("GET", "/events", &headers, b"").expect(400);
}

#[test]
fn an_open_stream_does_not_keep_the_daemon_from_ending() {
    let sandbox = Sandbox::new();
    let _ = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    let streams: Vec<Events> = (0..3).map(|_| Events::open(&daemon, Some(0))).collect();
    assert_eq!(daemon.stop().code(), Some(0));
    drop(streams);
}
