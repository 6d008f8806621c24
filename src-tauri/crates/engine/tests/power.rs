//! On battery: how often the daemon looks, by what its status says.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests play the person")]

mod world;

use autocommit_core::{
    power::Pushes,
    settings::{Power, PowerPolicy, Settings},
};
use autocommit_engine::{Engine, Event};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use world::{World, until};

/// The kernel's folder of a laptop.
struct Laptop(PathBuf);

impl Laptop {
    fn new(world: &World) -> Self {
        let laptop = Self(world.state().join("supplies"));
        for (supply, kind) in [("AC", "Mains"), ("BAT0", "Battery")] {
            fs::create_dir_all(laptop.0.join(supply)).unwrap();
            laptop.say(&format!("{supply}/type"), kind);
        }
        laptop
    }

    fn say(&self, file: &str, text: &str) {
        fs::write(self.0.join(file), format!("{text}\n")).unwrap();
    }

    fn plug(&self, plugged: bool) {
        self.say("BAT0/status", if plugged { "Charging" } else { "Discharging" });
        self.say("AC/online", if plugged { "1" } else { "0" });
    }
}

async fn running(world: &World, supplies: &Path, policy: PowerPolicy) -> (Engine, impl AsyncFnOnce()) {
    let power = Power { on_battery: policy, on_metered: PowerPolicy::Same };
    let settings = Settings { cycle_interval_seconds: 60, power, ..Settings::default() };
    let engine = world.engine(settings).await;
    engine.read_supply_at(supplies.to_owned());
    let stop = CancellationToken::new();
    let run = tokio::spawn({
        let (engine, stop) = (engine.clone(), stop.clone());
        async move { engine.run(stop).await }
    });
    let end = async move || {
        stop.cancel();
        run.await.unwrap();
    };
    (engine, end)
}

/// Seconds to the next cycle, once the first is over.
async fn next(engine: &Engine) -> i64 {
    let at = until("a plan", || engine.status().next_cycle_at).await;
    at.as_second() - autocommit_core::Timestamp::now().as_second()
}

fn told(engine: &Engine) -> usize {
    let (kept, _) = engine.events().since(0);
    kept.iter().filter(|record| matches!(record.event, Event::PowerChanged)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn on_battery_the_next_cycle_is_further_away_and_plugged_in_it_comes_at_once() {
    let world = World::new();
    world.cloned("a");
    let laptop = Laptop::new(&world);
    laptop.plug(false);
    let (engine, end) = running(&world, &laptop.0, PowerPolicy::Stretch).await;
    let away = next(&engine).await;
    assert!((540..=600).contains(&away), "{away}");
    let power = engine.status().power;
    assert_eq!(power.supply.on_battery, Some(true));
    assert_eq!(power.pace.pushes, Pushes::Every(Duration::from_secs(300)));
    let message = power.pace.message.unwrap();
    assert_eq!(message, "On battery: looks every 10 minutes, pushes every 5 minutes.");

    laptop.plug(true);
    until("the other supply", || (engine.status().power.supply.on_battery == Some(false)).then_some(()))
        .await;
    until("the nearer cycle", || {
        let at = engine.status().next_cycle_at?;
        (at.as_second() - autocommit_core::Timestamp::now().as_second() <= 60).then_some(())
    })
    .await;
    assert_eq!((engine.status().power.pace.message, told(&engine)), (None, 1));

    laptop.plug(false);
    until("the battery", || (engine.status().power.supply.on_battery == Some(true)).then_some(())).await;
    until("the further cycle", || {
        let at = engine.status().next_cycle_at?;
        (at.as_second() - autocommit_core::Timestamp::now().as_second() > 60).then_some(())
    })
    .await;
    end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_shall_wait_no_cycle_is_planned_on_battery() {
    let world = World::new();
    world.cloned("a");
    let laptop = Laptop::new(&world);
    laptop.plug(false);
    let (engine, end) = running(&world, &laptop.0, PowerPolicy::Pause).await;
    until("the first cycle", || engine.status().last_cycle).await;
    until("its end", || engine.status().current_cycle.is_none().then_some(())).await;
    let status = engine.status();
    assert_eq!(
        (status.next_cycle_at, status.power.pace.looks, status.power.pace.pushes),
        (None, None, Pushes::Wait)
    );

    // What is told to change is committed all the same.
    let repo = world.base().join("a");
    let before = world.tip(&repo);
    world.write(&repo, "work.txt", "work\n");
    until("the commit", || (world.tip(&repo) != before).then_some(())).await;

    laptop.plug(true);
    until("the plan", || engine.status().next_cycle_at).await;
    end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_shall_change_nothing_does() {
    let world = World::new();
    let laptop = Laptop::new(&world);
    laptop.plug(false);
    let (engine, end) = running(&world, &laptop.0, PowerPolicy::Same).await;
    assert!(next(&engine).await <= 60);
    let power = engine.status().power;
    assert_eq!((power.supply.on_battery, power.pace.message), (Some(true), None));
    end().await;
}
