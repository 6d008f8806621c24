//! Mains or battery, as Linux tells it in a folder with one folder for each supply.

use std::{fs, path::Path};

/// Where Linux has them.
const SUPPLIES: &str = "/sys/class/power_supply";

/// Whether the machine runs on its battery; nothing where the system does not say. Reads a few small files of the kernel's.
/// `supplies` stands in for the kernel's folder in tests.
pub fn on_battery(supplies: Option<&Path>) -> Option<bool> {
    let folder = supplies.unwrap_or(Path::new(SUPPLIES));
    let all: Vec<_> =
        fs::read_dir(folder).ok()?.flatten().filter_map(|entry| Seen::of(&entry.path())).collect();
    // Batteries of mice and headsets are none of the machine's.
    let of_machine = || all.iter().filter(|seen| !seen.of_device);
    if of_machine().any(|seen| seen.online == Some(true)) {
        return Some(false);
    }
    let unplugged = of_machine().any(|seen| seen.online == Some(false) && !seen.battery);
    Some(of_machine().filter(|seen| seen.battery).any(|battery| match battery.status.as_str() {
        "Discharging" => true,
        "Unknown" => unplugged,
        _ => false,
    }))
}

/// One supply.
struct Seen {
    battery: bool,
    of_device: bool,
    online: Option<bool>,
    status: String,
}

impl Seen {
    fn of(folder: &Path) -> Option<Self> {
        let read = |name: &str| fs::read_to_string(folder.join(name)).ok().map(|text| text.trim().to_owned());
        let battery = read("type")? == "Battery";
        let absent = read("present").is_some_and(|present| present == "0");
        (!absent).then(|| Self {
            battery,
            of_device: read("scope").is_some_and(|scope| scope == "Device"),
            // Some batteries say `online` too and mean that they are there.
            online: read("online").filter(|_| !battery).map(|online| online != "0"),
            status: read("status").unwrap_or_default(),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    type Supply = (&'static str, &'static [(&'static str, &'static str)]);

    const PLUGGED: Supply = ("AC", &[("type", "Mains"), ("online", "1")]);
    const UNPLUGGED: Supply = ("AC", &[("type", "Mains"), ("online", "0")]);
    const EMPTYING: Supply = ("BAT0", &[("type", "Battery"), ("present", "1"), ("status", "Discharging")]);
    const FULL: Supply = ("BAT0", &[("type", "Battery"), ("present", "1"), ("status", "Full")]);

    fn seen(supplies: &[Supply]) -> Option<bool> {
        let folder = tempfile::tempdir().unwrap();
        for (name, files) in supplies {
            fs::create_dir(folder.path().join(name)).unwrap();
            for (file, text) in *files {
                fs::write(folder.path().join(name).join(file), format!("{text}\n")).unwrap();
            }
        }
        on_battery(Some(folder.path()))
    }

    #[test]
    fn machines_of_all_kinds() {
        let rows: [(&str, &[Supply], bool); 12] = [
            ("a desktop", &[], false),
            ("a laptop on mains", &[PLUGGED, FULL], false),
            ("a laptop on battery", &[UNPLUGGED, EMPTYING], true),
            ("a weak charger", &[PLUGGED, EMPTYING], false),
            ("no word of mains, and full", &[FULL], false),
            ("no word of mains, and emptying", &[EMPTYING], true),
            (
                "unplugged a moment ago",
                &[UNPLUGGED, ("BAT0", &[("type", "Battery"), ("status", "Unknown")])],
                true,
            ),
            ("nothing is known", &[("BAT0", &[("type", "Battery"), ("status", "Unknown")])], false),
            (
                "charged over USB",
                &[UNPLUGGED, ("ucsi", &[("type", "USB"), ("online", "1")]), EMPTYING],
                false,
            ),
            (
                "a desktop with a mouse",
                &[("mouse", &[("type", "Battery"), ("scope", "Device"), ("status", "Discharging")])],
                false,
            ),
            (
                "an empty slot",
                &[UNPLUGGED, ("BAT1", &[("type", "Battery"), ("present", "0"), ("status", "Discharging")])],
                false,
            ),
            ("files that say nothing", &[("odd", &[("online", "1")])], false),
        ];
        for (what, supplies, expected) in rows {
            assert_eq!(seen(supplies), Some(expected), "{what}");
        }
    }

    #[test]
    fn where_nothing_is_said_nothing_is_known() {
        assert_eq!(on_battery(Some(Path::new("/nonexistent"))), None);
    }
}
