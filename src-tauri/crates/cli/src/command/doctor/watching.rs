//! The check of watching: how much of it there is, and what the system allows.

use super::Check;
use autocommit_api::wire::Watch;
use autocommit_core::{settings::Settings, text::counted};

/// Fewer watched folders than this are too few for many repositories.
const WATCHES: u64 = 65_536;

const RAISE: &str = "Run sudo sysctl fs.inotify.max_user_watches=524288.";

/// How many folders are watched, or the system's limit of them where no process says.
pub(super) fn check(settings: &Settings, running: Option<Watch>) -> Option<Check> {
    if !settings.watch {
        return None;
    }
    if let Some(watch) = running.filter(|watch| watch.on) {
        let limit =
            watch.limit.map(|limit| format!(" of the {limit} that the system allows")).unwrap_or_default();
        let watched = format!("{} watched{limit}.", counted(watch.folders, "folder"));
        let Some(first) = watch.unwatched.first() else { return Some(Check::ok("watching", watched)) };
        let number = counted(watch.unwatched.len(), "repository");
        let sentence = format!("{watched} In every cycle instead: {number}, as {}.", first.because);
        let hint = match watch.unwatched.iter().any(|repo| repo.code == "limit") {
            true => RAISE,
            false => "Nothing to do; their changes are seen a little later.",
        };
        return Some(Check::warn("watching", sentence, hint));
    }
    let text = std::fs::read_to_string("/proc/sys/fs/inotify/max_user_watches").ok()?;
    let limit: u64 = text.trim().parse().ok()?;
    Some(if limit >= WATCHES {
        Check::ok("watching", format!("The system lets you watch {limit} folders."))
    } else {
        Check::warn(
            "watching",
            format!("The system lets you watch only {limit} folders; the others wait for the next cycle."),
            RAISE,
        )
    })
}
