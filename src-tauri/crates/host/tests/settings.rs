//! Settings that are changed in the window: the person's file stays theirs.

#![allow(clippy::unwrap_used)] // The helpers of a test are tests too.

use autocommit_api::{ApiError, Code, wire::SettingsReply};
use autocommit_host::{Folders, Host, Override};
use serde_json::{Value, json};
use std::{fs, path::PathBuf, time::Duration};

struct World {
    host: Host,
    file: PathBuf,
    folder: tempfile::TempDir,
}

async fn world(text: Option<&str>, overrides: &[(&str, &str)]) -> World {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    if let Some(text) = text {
        fs::write(&file, text).unwrap();
    }
    let folders =
        Folders { config_file: file.clone(), config_required: false, state_dir: folder.path().join("state") };
    let given = |(key, value): &(&str, &str)| Override {
        flag: "--set".into(),
        key: (*key).into(),
        value: (*value).into(),
    };
    let overrides = overrides.iter().map(given).collect();
    let host = Box::pin(Host::start(folders, overrides, Duration::ZERO)).await.unwrap();
    World { host, file, folder }
}

impl World {
    fn change(&self, changes: Value, check_only: bool) -> Result<SettingsReply, ApiError> {
        let changes = serde_json::from_value(changes).unwrap();
        self.host.context().configuration.change(&changes, check_only)
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.file).unwrap()
    }
}

/// Value, layer and place of a setting.
fn shown(reply: &SettingsReply, key: &str) -> (Value, Value, Option<String>) {
    let setting = reply.groups.iter().flat_map(|g| &g.settings).find(|s| s.key == key).unwrap();
    (setting.value.clone(), serde_json::to_value(setting.layer).unwrap(), setting.place.clone())
}

#[tokio::test]
async fn a_change_is_in_the_file_and_in_force_at_once() {
    let world = world(Some("# Mine.\npush = true # always\n"), &[]).await;
    let reply = world.change(json!({"push": false, "llm.timeout_seconds": 5}), false).unwrap();
    assert_eq!(world.text(), "# Mine.\npush = false # always\n\n[llm]\ntimeout_seconds = 5\n");
    assert_eq!(shown(&reply, "push"), (json!(false), json!("file"), Some("config.toml:2".into())));
    let settings = world.host.engine.settings();
    assert_eq!((settings.push, settings.llm.timeout_seconds), (false, 5.0));
    let reply = world.change(json!({"push": null}), false).unwrap();
    assert_eq!(shown(&reply, "push"), (json!(true), json!("default"), None));
    assert_eq!(world.text(), "# Mine.\n\n[llm]\ntimeout_seconds = 5\n");
    assert!(world.host.engine.settings().push);
}

#[tokio::test]
async fn the_first_change_makes_a_file_that_explains_itself() {
    let world = world(None, &[]).await;
    assert!(!world.host.context().configuration.read().exists);
    assert!(world.change(json!({"repos_base_paths": ["~/code"]}), true).unwrap().groups.len() == 8);
    assert!(!world.file.exists(), "only checked");
    assert!(world.change(json!({"repos_base_paths": ["~/code"]}), false).unwrap().exists);
    let lines: Vec<_> = autocommit_core::settings::template().lines().map(str::to_owned).collect();
    let text = world.text();
    let now: Vec<_> = text.lines().filter(|line| *line != "repos_base_paths = [\"~/code\"]").collect();
    assert_eq!(now, lines);
    assert_eq!(world.host.engine.settings().repos_base_paths, ["~/code"]);
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_its_key_and_nothing_is_written() {
    let text = "push = true\n";
    let world = world(Some(text), &[]).await;
    for (changes, key, words) in [
        (json!({"quiet_seconds": -1}), "quiet_seconds", "must be between 0 and 31536000"),
        (json!({"push": "yes"}), "push", "wrong type"),
        (json!({"push": {}}), "push", "wrong type"),
        (json!({"puhs": true}), "puhs", "is unknown"),
        (json!({"llm": "x"}), "llm", "is unknown"),
        (json!({"llm.api_key_env": "HOME"}), "llm.api_key_env", "for you alone"),
        (json!({"llm.allow_host": "example.org"}), "llm.allow_host", "for you alone"),
        (json!({"llm.base_url": "http://example.org"}), "llm.base_url", "is not this machine"),
        (json!({"http.bind": "0.0.0.0"}), "http.bind", "loopback"),
        (json!({"guards.secrets": "off"}), "guards.secrets", "is wrong"),
        (json!({"push": false, "push_workers": 0}), "push_workers", "between 1 and 256"),
        (json!({"repos_base_paths": ["a", 1]}), "repos_base_paths", "wrong type"),
    ] {
        for check_only in [true, false] {
            let error = world.change(changes.clone(), check_only).unwrap_err();
            assert_eq!(error.code, Code::WrongSettings, "{changes}");
            let [problem] = &error.problems[..] else { panic!("{changes}: {:?}", error.problems) };
            assert_eq!(problem.key.as_deref(), Some(key), "{changes}");
            assert!(problem.message.contains(words) && problem.message.ends_with('.'), "{problem:?}");
        }
    }
    assert_eq!(world.text(), text);
    assert!(world.host.engine.settings().push);
}

#[tokio::test]
async fn what_covers_the_file_stays_in_force_and_is_named() {
    let world = world(Some("quiet_seconds = 1.0\n"), &[("quiet_seconds", "7")]).await;
    let reply = world.change(json!({"quiet_seconds": 2.5}), false).unwrap();
    assert_eq!(world.text(), "quiet_seconds = 2.5\n");
    assert_eq!(shown(&reply, "quiet_seconds"), (json!(7.0), json!("command_line"), Some("--set".into())));
    assert_eq!(world.host.engine.settings().quiet_seconds, 7.0);
    let error = world.change(json!({"quiet_seconds": -2.5}), false).unwrap_err();
    assert_eq!(error.problems[0].key.as_deref(), Some("quiet_seconds"), "wrong although it is covered");
    assert_eq!(world.text(), "quiet_seconds = 2.5\n");
}

#[tokio::test]
async fn a_file_with_a_mistake_is_left_to_the_person() {
    let world = world(Some("push = true\n"), &[]).await;
    let broken = "push = \nquiet_seconds = 1\n";
    fs::write(&world.file, broken).unwrap();
    let error = world.change(json!({"watch": false}), false).unwrap_err();
    assert_eq!((error.code, error.problems.len()), (Code::WrongSettings, 1));
    assert!(error.problems[0].message.contains("config.toml:1"), "{:?}", error.problems);
    assert_eq!(world.text(), broken);
    let reply = world.host.context().configuration.read();
    assert_eq!(reply.problems.len(), 1);
    assert_eq!(shown(&reply, "push").0, json!(true), "what is in force is what was read before");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_stays_a_link_and_a_mode_a_mode() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let world = world(None, &[]).await;
    let real = world.folder.path().join("dotfiles.toml");
    fs::write(&real, "push = true\n").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&real, &world.file).unwrap();
    world.change(json!({"push": false}), false).unwrap();
    assert!(world.file.symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&real).unwrap(), "push = false\n");
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    fs::remove_file(&real).unwrap();
    let error = world.change(json!({"push": true}), false).unwrap_err();
    assert_eq!(error.code, Code::NotNow, "what it held would be lost: {error}");
    assert!(world.file.symlink_metadata().unwrap().is_symlink());
    let world = self::world(None, &[]).await;
    symlink(&real, &world.file).unwrap();
    let error = world.change(json!({"push": true}), false).unwrap_err();
    assert_eq!(error.code, Code::Unavailable, "a link to nowhere: {error}");
    assert!(world.file.symlink_metadata().unwrap().is_symlink());
}

#[tokio::test]
async fn where_the_file_vanished_no_key_of_it_is_dropped() {
    let text = "push = false\nquiet_seconds = 9\n";
    let world = world(Some(text), &[]).await;
    fs::remove_file(&world.file).unwrap();
    for check_only in [true, false] {
        let refused = world.change(json!({"watch": false}), check_only).unwrap_err();
        assert_eq!(refused.code, Code::NotNow, "{refused}");
    }
    assert!(!world.file.exists() && !world.host.engine.settings().push);
    fs::write(&world.file, text).unwrap();
    world.change(json!({"quiet_seconds": 8}), false).unwrap();
    assert_eq!(world.text(), "push = false\nquiet_seconds = 8\n");
}

#[tokio::test]
async fn what_waits_for_a_restart_is_said_until_it_is_taken_back() {
    let world = world(Some("[http]\nport = 4242\n"), &[]).await;
    let warned = || world.host.engine.status().warnings.iter().any(|said| said.contains("[http]"));
    let port = |port: u16| world.change(json!({"http.port": port}), false).unwrap();
    port(4243);
    assert!(warned());
    world.change(json!({"push": false}), false).unwrap();
    assert!(warned(), "another change does not take it back");
    port(4242);
    assert!(!warned());
}
