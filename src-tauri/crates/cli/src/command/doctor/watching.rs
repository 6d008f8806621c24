//! The check of watching: how much of it there is, and what the system allows.

use super::Check;
use autocommit_api::wire::Watch;
use autocommit_core::{settings::Settings, text::counted};

/// How many folders are watched, or the system's limit of them where no process says.
pub(super) fn check(settings: &Settings, running: Option<Watch>) -> Option<Check> {
    if !settings.watch {
        return None;
    }
    if let Some(watch) = running.filter(|watch| watch.on || watch.error.is_some()) {
        return Some(told(&watch));
    }
    let (limit, raise) = autocommit_engine::advised()?;
    Some(match raise {
        None => Check::ok("watching", format!("The system lets you watch {limit} folders.")),
        Some(raise) => Check::warn(
            "watching",
            format!("The system lets you watch only {limit} folders; the others wait for the next cycle."),
            run(&raise),
        ),
    })
}

/// As the process that runs tells it.
fn told(watch: &Watch) -> Check {
    let nothing = || "Nothing to do; their changes are seen a little later.".to_owned();
    let hint = watch.raise.as_deref().map_or_else(nothing, run);
    if let Some(error) = &watch.error {
        let sentence =
            format!("No folder is watched, and every repository is looked at in every cycle. {error}");
        return Check::warn("watching", sentence, hint);
    }
    let limit =
        watch.limit.map(|limit| format!(" of the {limit} that the system allows")).unwrap_or_default();
    let watched = format!("{} watched{limit}.", counted(watch.folders, "folder"));
    if watch.unwatched.is_empty() {
        return Check::ok("watching", watched);
    }
    let mut whys: Vec<_> = watch.unwatched.iter().map(|repo| repo.because.as_str()).collect();
    whys.sort_unstable();
    whys.dedup();
    let number = counted(watch.unwatched.len(), "repository");
    let sentence = format!("{watched} In every cycle instead: {number}, as {}.", whys.join(", or "));
    Check::warn("watching", sentence, hint)
}

fn run(command: &str) -> String {
    format!("Run {command}. It is noticed by itself, on battery a little later.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_api::wire::Unwatched;

    #[test]
    fn nothing_watched_is_not_well() {
        let error = Some("The system allows no more.".to_owned());
        let raise = Some("sudo sysctl x=1".to_owned());
        let check = check(&Settings::default(), Some(Watch { error, raise, ..Watch::default() })).unwrap();
        let sentence = "No folder is watched, and every repository is looked at in every cycle. The system allows no more.";
        assert_eq!(
            check,
            Check::warn(
                "watching",
                sentence,
                "Run sudo sysctl x=1. It is noticed by itself, on battery a little later."
            )
        );
    }

    #[test]
    fn every_reason_is_told_once() {
        let unwatched =
            |because: &str| Unwatched { repo_id: "r".into(), code: "c".into(), because: because.into() };
        let unwatched = ["it is b", "it is a", "it is b"].map(unwatched).to_vec();
        let check = told(&Watch { on: true, folders: 2, unwatched, ..Watch::default() });
        let sentence = "2 folders watched. In every cycle instead: 3 repositories, as it is a, or it is b.";
        assert_eq!(
            check,
            Check::warn("watching", sentence, "Nothing to do; their changes are seen a little later.")
        );
    }
}
