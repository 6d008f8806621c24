//! `autocommit service`: what is written, and what the system is told. A double stands in for systemctl, because a test may
//! not touch the machine's own; what it was called with is the effect that is looked at.
#![cfg(target_os = "linux")]

use autocommit_test_support::{Output, Sandbox};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

/// A machine whose systemctl and loginctl write down what they are asked, and say that nothing runs.
struct Machine {
    sandbox: Sandbox,
}

impl Machine {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.write_config(&sandbox.config());
        let machine = Self { sandbox };
        machine.says(GONE);
        machine.program("loginctl", "echo Linger=no");
        machine
    }

    /// What systemctl says of the unit.
    fn says(&self, properties: &str) {
        let log = self.sandbox.root().join("asked");
        let script = format!(
            "echo \"$*\" >> '{}'\ncase \"$*\" in *'show autocommit.service'*) echo '{properties}';; esac",
            log.display()
        );
        self.program("systemctl", &script);
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.sandbox.bin_dir().join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn service(&self, arguments: &[&str]) -> Output {
        self.sandbox.autocommit(&[&["service"], arguments].concat())
    }

    fn unit(&self) -> PathBuf {
        self.sandbox.home().join(".config/systemd/user/autocommit.service")
    }

    /// What systemctl was asked to do since the last time, without the mere looks.
    fn asked(&self) -> Vec<String> {
        let log = self.sandbox.root().join("asked");
        let text = fs::read_to_string(&log).unwrap_or_default();
        let _ = fs::remove_file(log);
        text.lines().filter(|line| !line.contains(" show ")).map(str::to_owned).collect()
    }
}

const GONE: &str = "ActiveState=inactive\nUnitFileState=\nMainPID=0\nExecMainStatus=0\nExecMainCode=0";
const RUNS: &str = "ActiveState=active\nUnitFileState=enabled\nMainPID=71\nExecMainStatus=0\nExecMainCode=0";

#[test]
fn it_is_installed_once_and_removed_without_a_trace() {
    let machine = Machine::new();
    let status = machine.service(&["status"]);
    let _ = status.exits(1);

    let printed = machine.service(&["install", "--print"]);
    assert_eq!((printed.code(), machine.unit().exists()), (Some(0), false), "printing writes nothing");
    assert_eq!(machine.asked(), Vec::<String>::new(), "printing asks nobody");

    machine.says(RUNS);
    let installed = machine.service(&["install"]);
    assert_eq!(installed.code(), Some(0), "{installed:?}");
    assert!(
        installed.stderr.contains("runs (pid 71)") && installed.stderr.contains("enable-linger"),
        "{installed:?}"
    );
    let unit = fs::read_to_string(machine.unit()).unwrap();
    assert_eq!(unit, printed.stdout, "what was printed is what is written");
    let config = machine.sandbox.config_file();
    assert!(
        unit.contains(&format!("\"run\" \"--config\" \"{}\" \"--state-dir\"", config.display())),
        "{unit}"
    );
    let steps =
        |last: &str| ["--user daemon-reload", "--user enable autocommit.service", last].map(str::to_owned);
    assert_eq!(machine.asked(), steps("--user start autocommit.service"));

    let again = machine.service(&["install", "--json"]);
    let reply: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(
        (again.code(), &reply["written"], &reply["running"]),
        (Some(0), &false.into(), &true.into()),
        "{reply}"
    );
    assert_eq!(machine.asked(), steps("--user start autocommit.service"), "nothing is started anew");
    let other = machine.service(&["install", "--set", "push=false"]);
    assert_eq!(other.code(), Some(0), "{other:?}");
    assert!(fs::read_to_string(machine.unit()).unwrap().contains("\"--set\" \"push=false\""));
    assert_eq!(machine.asked(), steps("--user restart autocommit.service"), "a new text needs a new start");

    let stays = machine.service(&["uninstall"]);
    assert_eq!((stays.code(), machine.unit().exists()), (Some(1), true), "it runs all the same: {stays:?}");
    machine.asked();
    machine.says(GONE);
    let removed = machine.service(&["uninstall"]);
    assert_eq!((removed.code(), machine.unit().exists()), (Some(0), false), "{removed:?}");
    assert_eq!(
        machine.asked(),
        [
            "--user disable --now autocommit.service",
            "--user daemon-reload",
            "--user reset-failed autocommit.service"
        ]
    );
    assert_eq!(machine.service(&["uninstall"]).code(), Some(0), "twice is no mistake");
    assert_eq!(machine.asked(), Vec::<String>::new());
    let left: Vec<_> = fs::read_dir(machine.unit().parent().unwrap()).unwrap().flatten().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_it_did_not_write_is_left_alone() {
    let machine = Machine::new();
    fs::create_dir_all(machine.unit().parent().unwrap()).unwrap();
    assert_eq!(machine.service(&["install"]).code(), Some(1), "it does not run, says the double");
    let edited = fs::read_to_string(machine.unit()).unwrap().replace("Nice=10", "Nice=19");
    machine.asked();
    for (there, told) in
        [(edited.as_str(), "was changed"), ("[Service]\nExecStart=/bin/true\n", "did not write")]
    {
        fs::write(machine.unit(), there).unwrap();
        for action in ["install", "uninstall"] {
            let refused = machine.service(&[action]);
            assert_eq!(refused.code(), Some(1), "{refused:?}");
            assert!(refused.stderr.contains(told) && refused.stderr.contains("left alone"), "{refused:?}");
            assert_eq!(fs::read_to_string(machine.unit()).unwrap(), there);
        }
        assert_eq!(machine.asked(), Vec::<String>::new(), "nobody was asked to do anything");
    }
}

#[test]
fn nothing_is_written_where_it_could_not_work() {
    let machine = Machine::new();
    machine.program("systemctl", "echo 'Failed to connect to bus: No medium found' >&2; exit 1");
    let refused = machine.service(&["install"]);
    assert_eq!((refused.code(), machine.unit().exists()), (Some(1), false), "{refused:?}");
    assert!(refused.stderr.contains("No medium found"), "{refused:?}");

    machine.says(RUNS);
    machine.sandbox.write_config(&machine.sandbox.config().set("quiet_seconds", "soon"));
    let refused = machine.service(&["install"]);
    assert_eq!(
        (refused.code(), machine.unit().exists()),
        (Some(2), false),
        "a mistake in the settings: {refused:?}"
    );

    let daemon = machine.sandbox.daemon();
    let refused = machine.service(&["install"]);
    assert_eq!((refused.code(), machine.unit().exists()), (Some(3), false), "{refused:?}");
    assert!(refused.stderr.contains(&daemon.pid().to_string()), "{refused:?}");
    daemon.stop();
    assert_eq!(machine.asked(), Vec::<String>::new());
}

#[test]
#[allow(clippy::disallowed_methods, reason = "asks systemd for its opinion")]
fn systemd_takes_the_unit() {
    let machine = Machine::new();
    machine.says(RUNS);
    assert_eq!(machine.service(&["install"]).code(), Some(0));
    let mut verify = std::process::Command::new("systemd-analyze");
    verify.args(["--user", "--man=no", "verify"]).arg(machine.unit());
    verify.env("XDG_RUNTIME_DIR", machine.sandbox.root()).env("SYSTEMD_LOG_LEVEL", "warning");
    match verify.output() {
        Err(_) => eprintln!("systemd-analyze is not there; nothing was tried"),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            let ours: Vec<_> = said.lines().filter(|line| line.contains("autocommit")).collect();
            assert!(ours.is_empty(), "{said}");
            assert!(output.status.success(), "{said}");
        }
    }
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let machine = Machine::new();
    let folder = machine.sandbox.root().join("pages");
    fs::create_dir(&folder).unwrap();
    let written = machine.sandbox.autocommit(&["manual", folder.to_str().unwrap()]);
    assert_eq!(written.code(), Some(0), "{written:?}");
    for page in ["autocommit.1", "autocommit-once.1", "autocommit-service-install.1"] {
        assert!(fs::read_to_string(folder.join(page)).unwrap().contains(".TH"), "{page}");
    }
    assert!(!folder.join("autocommit-manual.1").exists(), "what is hidden has no page");
}
