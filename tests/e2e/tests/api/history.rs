//! `/history`: filters, pages and limits.

use crate::{id_of, rested, still, triggered};
use autocommit_e2e::arg;
use autocommit_test_support::{Daemon, Sandbox};
use serde_json::Value;
use std::path::PathBuf;

/// Two repositories with three commits each, one without a remote, and one whose pushes are refused.
fn fleet(sandbox: &Sandbox) -> (Daemon, PathBuf, PathBuf) {
    let (app, _) = sandbox.repo_with_remote("app");
    let local = sandbox.repo("local");
    let (refused, bare) = sandbox.repo_with_remote("refused");
    sandbox.hook(&bare, "pre-receive", "echo 'no coupons today'; exit 1");
    sandbox.trust(&refused);
    let daemon = rested(sandbox, still(sandbox));
    for i in 0..3 {
        sandbox.write(&app, format!("basket{i}.txt"), "1\n");
        sandbox.write(&local, format!("shelf{i}.txt"), "1\n");
        let _ = triggered(&daemon, None);
    }
    sandbox.write(&refused, "coupon.txt", "1\n");
    let _ = triggered(&daemon, None);
    (daemon, app, local)
}

fn entries(daemon: &Daemon, query: &str) -> Vec<Value> {
    let reply = daemon.get(&format!("/history{query}")).expect(200).json();
    reply["entries"].as_array().unwrap().clone()
}

fn ids(entries: &[Value]) -> Vec<i64> {
    entries.iter().map(|entry| entry["id"].as_i64().unwrap()).collect()
}

#[test]
fn filters() {
    let sandbox = Sandbox::new();
    let (daemon, app, local) = fleet(&sandbox);
    let all = entries(&daemon, "");
    assert_eq!(all.len(), 7);
    let numbers = ids(&all);
    assert!(numbers.windows(2).all(|pair| pair[0] > pair[1]), "newest first: {numbers:?}");

    let by_path = entries(&daemon, &format!("?repo={}", arg(&app)));
    let by_id = entries(&daemon, &format!("?repo={}", id_of(&daemon, &app)));
    assert_eq!(by_path, by_id);
    let commits: Vec<&str> = by_path.iter().map(|entry| entry["commit"].as_str().unwrap()).collect();
    let log = sandbox.git(&app, &["log", "-3", "--format=%H"]);
    assert_eq!(commits, log.lines().collect::<Vec<_>>(), "git's own order");
    assert!(by_path.iter().all(|entry| entry["repo"] == arg(&app)), "an entry's repo is the path");
    assert_eq!(entries(&daemon, "?repo=nope"), [Value::Null; 0]);

    for (query, expected) in [
        ("?status=pushed", 3),
        ("?status=committed", 3),
        ("?status=failed", 1),
        ("?status=held", 0),
        ("?q=BASKET", 3),
        ("?q=no%20coupons", 1),
        ("?q=nothing%20like%20it", 0),
        ("?q=%25", 0),
        ("?limit=2", 2),
        ("?limit=0", 1),
        ("?limit=-1", 1),
        ("?limit=9999", 7),
        ("?since=2020-01-01T00:00:00Z", 7),
        ("?since=2999-01-01T00:00:00Z", 0),
        ("?until=2999-01-01T00:00:00Z", 7),
        ("?until=2020-01-01T00:00:00Z", 0),
        ("?status=pushed&q=basket1", 1),
        ("?status=failed&q=basket1", 0),
    ] {
        assert_eq!(entries(&daemon, query).len(), expected, "{query}");
    }
    // From this entry on, and before it: each is in exactly one of the two.
    let middle = &all[3]["started_at"].as_str().unwrap();
    let (since, until) =
        (entries(&daemon, &format!("?since={middle}")), entries(&daemon, &format!("?until={middle}")));
    assert_eq!(since.len() + until.len(), 7);
    assert!(ids(&since).contains(&numbers[3]) && !ids(&until).contains(&numbers[3]));
    assert_eq!(entries(&daemon, &format!("?repo={}&limit=1", arg(&local))).len(), 1);
}

#[test]
fn pages_together_are_the_whole() {
    let sandbox = Sandbox::new();
    let (daemon, app, _) = fleet(&sandbox);
    for filter in [String::new(), format!("&repo={}", arg(&app)), "&status=committed".to_owned()] {
        let all = entries(&daemon, &format!("?limit=500{filter}"));
        assert!(all.len() >= 3, "{filter}");
        for limit in 1..=4 {
            let (mut together, mut before) = (Vec::new(), String::new());
            for _ in 0..=all.len() {
                let reply = daemon.get(&format!("/history?limit={limit}{filter}{before}")).expect(200).json();
                let page = reply["entries"].as_array().unwrap();
                assert!(page.len() <= limit);
                together.extend(page.clone());
                match reply["next"].as_i64() {
                    Some(next) => before = format!("&before={next}"),
                    None => break,
                }
            }
            assert_eq!(together, all, "pages of {limit}, {filter}");
        }
    }
}
