//! Looking at folders before a person decides, when the person changes their mind.

#![allow(clippy::unwrap_used, reason = "a test")]

mod world;

use autocommit_core::settings::Settings;
use autocommit_engine::EngineError;
use std::time::Duration;
use world::World;

const LONG: Duration = Duration::from_secs(120);

#[tokio::test]
async fn a_new_survey_ends_the_one_that_nobody_waits_for_any_more() {
    let world = World::new();
    world.cloned("app");
    let engine = world.engine(Settings::default()).await;
    let folders = || vec![world.base().display().to_string()];
    // The first holds its turn before the second is asked for.
    let both = async { tokio::join!(engine.survey(folders(), None), engine.survey(folders(), None)) };
    let (first, second) = tokio::time::timeout(LONG, both).await.unwrap();
    assert!(matches!(first, Err(EngineError::NotNow(_))), "{first:?}");
    assert_eq!(second.unwrap().repos.len(), 1);
    engine.stop();
    let late = tokio::time::timeout(LONG, engine.survey(folders(), None)).await.unwrap();
    assert!(matches!(late, Err(EngineError::NotNow(_))), "{late:?}");
}
