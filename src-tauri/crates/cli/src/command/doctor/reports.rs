//! The check of reports: whether they can go where the settings say, and whether the last ones did.

use super::Check;
use autocommit_core::settings::Settings;
use autocommit_host::Folders;
use autocommit_report::{Way, WayKept};

/// One check for each way that the settings name.
pub(super) fn check(settings: &Settings, folders: &Folders) -> Vec<Check> {
    let kept = autocommit_report::kept(&folders.state_dir);
    let found = autocommit_report::check(&settings.reports).into_iter();
    found
        .map(|found| {
            let WayKept { waiting, trouble } = match found.way {
                Way::Webhook => &kept.webhook,
                Way::Command => &kept.command,
            };
            match (found.problem, trouble) {
                (Some((what, hint)), _) => Check::fail("reports", what, hint),
                (None, Some(trouble)) => {
                    let hint = "autocommit report test tells whether it works now.";
                    Check::warn("reports", format!("{trouble} Waiting: {waiting}."), hint)
                }
                (None, None) => Check::ok("reports", found.sentence),
            }
        })
        .collect()
}
