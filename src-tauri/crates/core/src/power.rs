//! How often to look and to push, by what the machine runs on and what its connection costs.

use crate::settings::{PowerPolicy, Settings};
use std::time::Duration;

/// Shortest time between two looks by the clock on battery.
const LOOK_ON_BATTERY: Duration = Duration::from_secs(10 * 60);
/// Time between pushes on battery: a radio that sends in one go sleeps longer.
const PUSH_ON_BATTERY: Duration = Duration::from_secs(5 * 60);
/// Time between pushes where data costs money: one larger upload is less than many small ones.
const PUSH_ON_METERED: Duration = Duration::from_secs(15 * 60);
/// Time between two looks at the files of repositories in which nothing was told to happen.
const SWEEP: Duration = Duration::from_secs(10 * 60);
/// The same on battery.
const SWEEP_ON_BATTERY: Duration = Duration::from_secs(30 * 60);

/// What the system says; nothing where it does not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Supply {
    /// The machine runs on its battery.
    pub on_battery: Option<bool>,
    /// Data costs money on the connection in use.
    pub metered: Option<bool>,
}

/// When what is committed goes to the remote by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushes {
    /// At once.
    AtOnce,
    /// Together, with this long between.
    Every(Duration),
    /// Not before the supply or the connection is another one.
    Wait,
}

/// How often things are done by themselves. What a person asks for is done at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// Time from the end of a cycle to the start of the next; nothing: no cycle comes by the clock.
    pub looks: Option<Duration>,
    /// Time between looks at all files.
    pub sweeps: Duration,
    /// The pushes.
    pub pushes: Pushes,
    /// What is stretched and why, in one sentence; nothing where all is as ever.
    pub message: Option<String>,
}

/// The pace for these settings and this supply. What the system does not say counts as no.
pub fn pace(settings: &Settings, supply: Supply) -> Pace {
    let interval = Duration::from_secs(settings.cycle_interval_seconds);
    let policy = |is: Option<bool>, policy| if is == Some(true) { policy } else { PowerPolicy::Same };
    let battery = policy(supply.on_battery, settings.power.on_battery);
    let metered = policy(supply.metered, settings.power.on_metered);
    let (looks, sweeps) = match battery {
        PowerPolicy::Same => (Some(interval), SWEEP),
        PowerPolicy::Stretch => (Some(interval.max(LOOK_ON_BATTERY)), SWEEP_ON_BATTERY),
        PowerPolicy::Pause => (None, SWEEP_ON_BATTERY),
    };
    let pushes = match (battery, metered) {
        (PowerPolicy::Pause, _) | (_, PowerPolicy::Pause) => Pushes::Wait,
        (_, PowerPolicy::Stretch) => Pushes::Every(PUSH_ON_METERED),
        (PowerPolicy::Stretch, PowerPolicy::Same) => Pushes::Every(PUSH_ON_BATTERY),
        (PowerPolicy::Same, PowerPolicy::Same) => Pushes::AtOnce,
    };
    let mut pace = Pace { looks, sweeps, pushes, message: None };
    pace.message = sentence(&pace, settings.push, battery, metered);
    pace
}

fn sentence(pace: &Pace, push: bool, battery: PowerPolicy, metered: PowerPolicy) -> Option<String> {
    let (on_battery, on_metered) = (battery != PowerPolicy::Same, metered != PowerPolicy::Same && push);
    let place = match (on_battery, on_metered) {
        (true, true) => "On battery and a metered connection",
        (true, false) => "On battery",
        (false, true) => "On a metered connection",
        (false, false) => return None,
    };
    let pushes = match pace.pushes {
        Pushes::AtOnce => "pushes at once".to_owned(),
        Pushes::Every(every) => format!("pushes every {}", spoken(every)),
        Pushes::Wait => "pushes wait for another connection".to_owned(),
    };
    let does = match (pace.looks.map(spoken), on_battery, push) {
        (_, false, _) => pushes,
        (Some(every), true, true) => format!("looks every {every}, {pushes}"),
        (Some(every), true, false) => format!("looks every {every}"),
        (None, true, true) => "looks and pushes wait until the machine is plugged in".to_owned(),
        (None, true, false) => "looks wait until the machine is plugged in".to_owned(),
    };
    Some(format!("{place}: {does}."))
}

/// A time as people say it, in whole minutes or, where it has none, seconds.
fn spoken(time: Duration) -> String {
    match time.as_secs() {
        60 => "minute".to_owned(),
        3600 => "hour".to_owned(),
        seconds if seconds % 3600 == 0 => format!("{} hours", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("{} minutes", seconds / 60),
        seconds => format!("{seconds} seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PowerPolicy::{Pause, Same, Stretch};

    const YES: Option<bool> = Some(true);
    const NO: Option<bool> = Some(false);

    /// Supply (battery, metered), what the settings say of each, and what comes of it (minutes).
    #[test]
    fn every_supply_with_every_policy() {
        type Row = (
            (Option<bool>, Option<bool>),
            (PowerPolicy, PowerPolicy),
            (Option<u64>, u64),
            Pushes,
            &'static str,
        );
        let every = |minutes: u64| Pushes::Every(Duration::from_secs(minutes * 60));
        let rows: [Row; 15] = [
            ((None, None), (Pause, Pause), (Some(1), 10), Pushes::AtOnce, ""),
            ((NO, NO), (Pause, Pause), (Some(1), 10), Pushes::AtOnce, ""),
            ((YES, YES), (Same, Same), (Some(1), 10), Pushes::AtOnce, ""),
            (
                (YES, NO),
                (Stretch, Stretch),
                (Some(10), 30),
                every(5),
                "On battery: looks every 10 minutes, pushes every 5 minutes.",
            ),
            (
                (YES, None),
                (Stretch, Pause),
                (Some(10), 30),
                every(5),
                "On battery: looks every 10 minutes, pushes every 5 minutes.",
            ),
            (
                (NO, YES),
                (Stretch, Stretch),
                (Some(1), 10),
                every(15),
                "On a metered connection: pushes every 15 minutes.",
            ),
            (
                (None, YES),
                (Pause, Stretch),
                (Some(1), 10),
                every(15),
                "On a metered connection: pushes every 15 minutes.",
            ),
            (
                (YES, YES),
                (Stretch, Stretch),
                (Some(10), 30),
                every(15),
                "On battery and a metered connection: looks every 10 minutes, pushes every 15 minutes.",
            ),
            (
                (YES, NO),
                (Pause, Same),
                (None, 30),
                Pushes::Wait,
                "On battery: looks and pushes wait until the machine is plugged in.",
            ),
            (
                (YES, YES),
                (Pause, Stretch),
                (None, 30),
                Pushes::Wait,
                "On battery and a metered connection: looks and pushes wait until the machine is plugged in.",
            ),
            (
                (NO, YES),
                (Stretch, Pause),
                (Some(1), 10),
                Pushes::Wait,
                "On a metered connection: pushes wait for another connection.",
            ),
            (
                (YES, YES),
                (Stretch, Pause),
                (Some(10), 30),
                Pushes::Wait,
                "On battery and a metered connection: looks every 10 minutes, pushes wait for another connection.",
            ),
            (
                (YES, YES),
                (Same, Stretch),
                (Some(1), 10),
                every(15),
                "On a metered connection: pushes every 15 minutes.",
            ),
            (
                (YES, YES),
                (Same, Pause),
                (Some(1), 10),
                Pushes::Wait,
                "On a metered connection: pushes wait for another connection.",
            ),
            (
                (YES, YES),
                (Stretch, Same),
                (Some(10), 30),
                every(5),
                "On battery: looks every 10 minutes, pushes every 5 minutes.",
            ),
        ];
        for ((on_battery, metered), (battery, meter), (looks, sweeps), pushes, message) in rows {
            let mut settings = Settings::default();
            (settings.power.on_battery, settings.power.on_metered) = (battery, meter);
            let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
            let expected = Pace {
                looks: looks.map(minutes),
                sweeps: minutes(sweeps),
                pushes,
                message: Some(message.to_owned()).filter(|message| !message.is_empty()),
            };
            let supply = Supply { on_battery, metered };
            assert_eq!(pace(&settings, supply), expected, "{supply:?} {battery:?} {meter:?}");
        }
    }

    #[test]
    fn a_longer_interval_stays_and_what_is_off_is_not_told() {
        let on = Supply { on_battery: YES, metered: YES };
        let settings = Settings { cycle_interval_seconds: 7200, ..Settings::default() };
        assert_eq!(pace(&settings, on).looks, Some(Duration::from_secs(7200)));
        let settings = Settings { push: false, ..Settings::default() };
        assert_eq!(pace(&settings, on).message.as_deref(), Some("On battery: looks every 10 minutes."));
        let settings = Settings { push: false, ..Settings::default() };
        assert_eq!(pace(&settings, Supply { on_battery: NO, metered: YES }).message, None);
        for (seconds, said) in
            [(60, "minute"), (3600, "hour"), (7200, "2 hours"), (600, "10 minutes"), (90, "90 seconds")]
        {
            assert_eq!(spoken(Duration::from_secs(seconds)), said);
        }
    }
}
