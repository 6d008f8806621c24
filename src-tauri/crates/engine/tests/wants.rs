//! What the person wants of one repository, changed while things go wrong: the answer on the disk and the one in force
//! are the same.

#![allow(clippy::unwrap_used, reason = "a test")]

mod world;

use autocommit_core::{id::RepoId, settings::Settings};
use autocommit_engine::{Engine, RulesPatch};
use std::time::{Duration, Instant};
use world::World;

const OFF: RulesPatch = RulesPatch { enabled: Some(false), push: None };
const NO_PUSH: RulesPatch = RulesPatch { enabled: None, push: Some(false) };

async fn one(world: &World) -> (Engine, RepoId) {
    world.initialised("app");
    let engine = world.engine(Settings::default()).await;
    let id = engine.scan().await.remove(0).repo.id;
    (engine, id)
}

#[tokio::test]
async fn two_prohibitions_at_once_are_both_kept() {
    let world = World::new();
    let (engine, id) = one(&world).await;
    let (off, no_push) = tokio::join!(engine.set_rules(&id, OFF), engine.set_rules(&id, NO_PUSH));
    assert!(off.is_ok() && no_push.is_ok());
    let view = engine.repo(&id).unwrap();
    assert!(!view.enabled && !view.push, "in force");
    let kept = std::fs::read_to_string(world.state().join("wanted.json")).unwrap();
    assert!(
        kept.split_whitespace().collect::<String>().contains(r#""enabled":false,"push":false"#),
        "on disk: {kept}"
    );
}

#[tokio::test]
async fn who_asked_may_go_away_and_it_is_done_all_the_same() {
    let world = World::new();
    let (engine, id) = one(&world).await;
    for (patch, wanted) in [(OFF, false), (RulesPatch { enabled: Some(true), push: None }, true)] {
        {
            let asked = engine.set_rules(&id, patch);
            tokio::pin!(asked);
            // Begun, and dropped at its first wait, as when a client hangs up.
            assert!(polled_once(asked.as_mut()).await.is_none());
        }
        let give_up = Instant::now() + Duration::from_secs(30);
        let kept = format!(r#""enabled":{wanted}"#);
        loop {
            let text = std::fs::read_to_string(world.state().join("wanted.json")).unwrap_or_default();
            let text: String = text.split_whitespace().collect();
            let rules = text.split_once("rules").map(|(_, rules)| rules.to_owned()).unwrap_or_default();
            if rules.contains(&kept) && engine.repo(&id).unwrap().enabled == wanted {
                break;
            }
            assert!(
                Instant::now() < give_up,
                "wanted {wanted}, in force {:?}, on disk {text}",
                engine.repo(&id)
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Asks a future once.
async fn polled_once<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut future).poll(context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test]
async fn what_cannot_be_kept_is_forbidden_all_the_same_and_allowed_not() {
    let world = World::new();
    let (engine, id) = one(&world).await;
    // Nothing can be put in the place of a folder that is not empty.
    std::fs::create_dir_all(world.state().join("wanted.json/full")).unwrap();
    assert!(engine.set_rules(&id, OFF).await.is_err());
    assert!(!engine.repo(&id).unwrap().enabled);
    assert!(engine.set_rules(&id, RulesPatch { enabled: Some(true), push: None }).await.is_err());
    assert!(!engine.repo(&id).unwrap().enabled, "on only once it is kept");
}
