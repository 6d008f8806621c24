//! What can be said of the settings without telling anybody anything.

use crate::{Way, command, webhook};
use autocommit_core::settings::Reports;
use std::path::Path;

/// What was found about one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which way.
    pub way: Way,
    /// What it is, where nothing is wrong.
    pub sentence: String,
    /// What is wrong, and what to do.
    pub problem: Option<(String, String)>,
}

/// Looks at each way that the settings name: whether the program can be started, and whether the header's value is there
/// for nobody else.
pub fn check(reports: &Reports) -> Vec<Found> {
    Way::ALL.into_iter().filter(|way| way.on(reports)).map(|way| of(way, reports)).collect()
}

fn of(way: Way, reports: &Reports) -> Found {
    match way {
        Way::Webhook => Found {
            way,
            sentence: format!("{} is told what needs you.", webhook::place(reports)),
            problem: of_header(reports),
        },
        Way::Command => {
            let program = command::program(reports).unwrap_or_default();
            let shown = program.display();
            let problem = (!can_be_started(&program)).then(|| {
                let what = format!("The command {shown} for reports is no program that can be started.");
                (what, "Correct command under [reports], or make the file executable.".to_owned())
            });
            Found { way, sentence: format!("{shown} is told what needs you."), problem }
        }
    }
}

fn of_header(reports: &Reports) -> Option<(String, String)> {
    if let Err(why) = webhook::header(reports) {
        return Some((why, "Correct webhook_header and its value under [reports].".to_owned()));
    }
    let file = webhook::expanded(reports.webhook_header_file.as_deref()?);
    others_read(&file).then(|| {
        let what = format!("{}, which holds the webhook's header, can be read by others.", file.display());
        (what, format!("Run chmod 600 {}.", file.display()))
    })
}

#[cfg(unix)]
fn others_read(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_read(_: &Path) -> bool {
    false
}

#[cfg(unix)]
fn can_be_started(program: &Path) -> bool {
    program.is_file() && rustix::fs::access(program, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn can_be_started(program: &Path) -> bool {
    program.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt as _};

    #[test]
    fn what_cannot_work_is_found_before_it_is_needed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let shown = file.to_str().unwrap().to_owned();
        let mode = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let problem = |reports: &Reports| check(reports).pop().unwrap().problem.map(|(what, _)| what);
        let command = Reports { command: vec![shown.clone()], ..Reports::default() };
        assert!(problem(&command).unwrap().contains("no program"));
        fs::write(&file, "Bearer hush").unwrap();
        mode(0o600);
        assert!(problem(&command).unwrap().contains("no program"), "not executable");
        mode(0o700);
        assert_eq!(problem(&command), None);
        let webhook = Reports {
            webhook_url: Some("https://ntfy.example.org/hush".into()),
            webhook_header: Some("Authorization".into()),
            webhook_header_file: Some(shown),
            ..Reports::default()
        };
        assert_eq!(problem(&webhook), None);
        mode(0o644);
        assert!(problem(&webhook).unwrap().contains("can be read by others"));
        fs::remove_file(&file).unwrap();
        assert!(problem(&webhook).unwrap().contains("cannot be read"));
        assert!(!format!("{:?}", check(&webhook)).contains("hush"));
        assert_eq!(check(&Reports::default()), []);
    }
}
