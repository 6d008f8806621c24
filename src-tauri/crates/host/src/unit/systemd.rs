//! A user unit of systemd.

use super::{Before, Call, Running, Start, UnitError};

/// The unit, and the name of its file.
pub const NAME: &str = "autocommit.service";

/// The text of the unit.
///
/// It shuts nothing off from the program: what it starts are the person's own git, hooks and agents, which must find what
/// they find in a terminal. `NoNewPrivileges` and all that implies it (private folders, system call filters) would break
/// programs from snaps, rootless containers and agents with sockets in /tmp.
pub(super) fn unit(start: &Start) -> Result<String, UnitError> {
    let words = start.words()?;
    let command: Vec<_> = words.iter().enumerate().map(|(at, word)| quoted(word, at > 0)).collect();
    let path = quoted(&format!("PATH={}", start.path()?), false);
    Ok(format!(
        "# Settings of your own belong beside it: systemctl --user edit autocommit
[Unit]
Description=Autocommit: commits settled work and pushes it at once
Documentation=man:autocommit(1)
StartLimitIntervalSec=600
StartLimitBurst=5

[Service]
Type=exec
ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
Environment={path}
Restart=on-failure
RestartSec=10
# 2: the configuration has a mistake. 3: another process looks after the repositories.
RestartPreventExitStatus=2 3
# Only the program itself is told to end; it waits for the git it started.
KillMode=mixed
TimeoutStopSec=90
# Memory may hold what must never be on a disk.
LimitCORE=0
# A hook that needs more memory than there is ends alone.
OOMPolicy=continue
# The person comes first.
Slice=background.slice
Nice=10
IOSchedulingPriority=7

[Install]
WantedBy=default.target
",
        command = command.join(" "),
    ))
}

/// In double quotes, with what systemd would read differently escaped. In arguments `$` begins a variable.
fn quoted(word: &str, argument: bool) -> String {
    let word = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    if argument { format!("\"{}\"", word.replace('$', "$$")) } else { format!("\"{word}\"") }
}

fn systemctl(arguments: &[&str]) -> Call {
    Call::new("systemctl", &[&["--user"], arguments].concat())
}

pub(super) fn answers() -> Call {
    systemctl(&["show", "--property=Version"])
}

pub(super) fn switch_on(before: Before) -> Vec<Call> {
    let mut calls = vec![systemctl(&["daemon-reload"]), systemctl(&["enable", NAME])];
    // Starting what runs changes nothing; a new text needs a new start.
    calls.push(systemctl(&[if before == Before::Older { "restart" } else { "start" }, NAME]));
    calls
}

pub(super) fn switch_off() -> Vec<Call> {
    vec![systemctl(&["disable", "--now", NAME])]
}

pub(super) fn forget() -> Vec<Call> {
    // A unit that failed is remembered although its file is gone.
    vec![systemctl(&["daemon-reload"]), systemctl(&["reset-failed", NAME]).or_go_on()]
}

pub(super) fn look() -> Call {
    systemctl(&["show", NAME, "--property=ActiveState,UnitFileState,MainPID,ExecMainStatus,ExecMainCode"])
}

/// What [`look`] printed.
pub(super) fn read(printed: &str) -> Running {
    let value = |key: &str| {
        let mut values = printed.lines().filter_map(|line| line.split_once('='));
        values.find(|(found, _)| *found == key).map(|(_, value)| value.trim())
    };
    let state = value("ActiveState").unwrap_or_default();
    let running = matches!(state, "active" | "activating" | "reloading" | "deactivating");
    let pid = value("MainPID").and_then(|pid| pid.parse().ok()).filter(|pid| *pid != 0);
    // 0: it never ran, or runs.
    let ended = value("ExecMainCode").is_some_and(|code| code != "0");
    let last_exit =
        value("ExecMainStatus").and_then(|status| status.parse().ok()).filter(|_| ended && !running);
    Running { pid, running, enabled: value("UnitFileState") == Some("enabled"), last_exit }
}

/// Whether programs of this user may run while they are not logged in.
pub(super) fn lingers() -> Call {
    Call::new("loginctl", &["show-user", &uid(), "--property=Linger"]).or_go_on()
}

#[cfg(unix)]
fn uid() -> String {
    rustix::process::getuid().as_raw().to_string()
}

#[cfg(not(unix))]
fn uid() -> String {
    "self".to_owned()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::start, *};

    #[test]
    fn odd_paths_stay_one_word() {
        let text =
            unit(&start("/home/a b/100%/\"x\"/$y\\z", &["run", "--set", "a=$b%c"], "/usr/bin:/o%p")).unwrap();
        let line = text.lines().find(|line| line.starts_with("ExecStart=")).unwrap();
        assert_eq!(line, r#"ExecStart="/home/a b/100%%/\"x\"/$y\\z" "run" "--set" "a=$$b%%c""#);
        assert!(text.contains("\nEnvironment=\"PATH=/usr/bin:/o%%p\"\n"), "{text}");
    }

    #[test]
    fn a_running_write_is_never_ended_by_systemd_and_a_mistake_is_not_tried_again() {
        let text = unit(&start("/usr/bin/autocommit", &["run"], "/usr/bin")).unwrap();
        for line in
            ["KillMode=mixed", "RestartPreventExitStatus=2 3", "Restart=on-failure", "StartLimitBurst=5"]
        {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        for hidden in ["TOKEN", "PrivateTmp", "NoNewPrivileges", "AUTOCOMMIT_"] {
            assert!(!text.contains(hidden), "{hidden}");
        }
    }

    #[test]
    fn what_systemd_says_is_read() {
        let runs =
            "ActiveState=active\nUnitFileState=enabled\nMainPID=71\nExecMainStatus=0\nExecMainCode=0\n";
        assert_eq!(read(runs), Running { pid: Some(71), running: true, enabled: true, last_exit: None });
        let failed =
            "ActiveState=failed\nUnitFileState=enabled\nMainPID=0\nExecMainStatus=2\nExecMainCode=1\n";
        assert_eq!(read(failed), Running { pid: None, running: false, enabled: true, last_exit: Some(2) });
        let unknown = "ActiveState=inactive\nUnitFileState=\nMainPID=0\nExecMainStatus=0\nExecMainCode=0\n";
        assert_eq!(read(unknown), Running::default());
        assert_eq!(read(""), Running::default());
    }
}
