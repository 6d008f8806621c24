//! How it starts and ends: a second time, beside a daemon, without a display, without a tray, and at logout.

use crate::{commits, quiet, wait_for_commits};
use autocommit_desktop_tests::{SOON, Session, eventually};
use autocommit_test_support::fake_git::Rule;
use std::{fs, time::Duration};

/// Waits until the app has a window that can be seen, and returns it.
#[track_caller]
fn window(session: &Session, what: &str) -> String {
    eventually(what, SOON, || match &session.windows("^Autocommit")[..] {
        [one] => Ok(one.clone()),
        others => Err(format!("{others:?}")),
    })
}

/// The window that opens because no tray came: the app waits ten seconds for one first.
#[track_caller]
fn late_window(session: &Session) -> String {
    eventually("a window, since there is no tray", SOON + Duration::from_secs(10), || {
        match &session.windows("^Autocommit")[..] {
            [one] => Ok(one.clone()),
            others => Err(format!("{others:?}")),
        }
    })
}

#[test]
fn hidden_is_hidden_and_a_second_start_opens_the_window() {
    let session = Session::new();
    let _ = session.sandbox().repo_with_remote("notes");
    session.sandbox().write_config(&quiet(&session));
    let watcher = session.watcher();
    let mut first = session.app(&["--hidden"]);
    let item = watcher.item();
    item.wait_for_line("it is up", |line| line == "1 repository, all pushed");
    assert_eq!(session.windows("Autocommit"), Vec::<String>::new());
    assert_eq!(session.processes_named("WebKitWebProcess"), Vec::<u32>::new(), "no page before a window");
    let mut second = session.app(&[]);
    assert_eq!(second.wait(SOON).code(), Some(0), "{}", second.printed());
    window(&session, "the window of the first");
    assert!(first.runs());
    assert_eq!(session.processes_named("autocommit-desktop"), [first.pid()]);
    session.keep_picture("window-by-second-start");
}

#[test]
fn without_a_place_for_an_icon_the_window_opens_and_a_host_that_comes_gets_it() {
    let mut session = Session::new();
    let _ = session.sandbox().repo_with_remote("notes");
    session.sandbox().write_config(&quiet(&session));
    let desk = session.command("xfwm4");
    session.keep("xfwm4", desk);
    let app = session.app(&["--hidden"]);
    let shown = late_window(&session);
    let watcher = session.watcher();
    watcher.item().wait_for_line("the icon comes", |line| line == "1 repository, all pushed");
    eventually("a page in it", SOON, || match &session.processes_named("WebKitWebProcess")[..] {
        [] => Err("none".to_owned()),
        _ => Ok(()),
    });
    // Closed by its frame's button: the program stays, and the page's processes go.
    let home = session.sandbox().home();
    let _ = session
        .sandbox()
        .run(&home, "wmctrl", &["-ic", &format!("{:#x}", shown.parse::<u64>().unwrap())])
        .ok();
    eventually("no window is left", SOON, || match &session.windows("^Autocommit")[..] {
        [] => Ok(()),
        others => Err(format!("{others:?}")),
    });
    eventually("no page is left", SOON, || match &session.processes_named("WebKitWebProcess")[..] {
        [] => Ok(()),
        others => Err(format!("{others:?}")),
    });
    assert_eq!(session.processes_named("autocommit-desktop"), [app.pid()]);
    watcher.item().activate();
    window(&session, "the window again, by a click on the icon");
}

#[test]
fn a_window_without_a_tray_says_so() {
    let session = Session::new();
    let _ = session.sandbox().repo_with_remote("notes");
    session.sandbox().write_config(&quiet(&session));
    let window = session.window();
    window.wait_for("that there is no tray", |text| text.contains("tray"));
}

#[test]
fn without_a_bus_a_second_start_opens_the_window_too() {
    let mut session = Session::new();
    let _ = session.sandbox().repo_with_remote("notes");
    session.sandbox().write_config(&quiet(&session));
    let desk = session.command("xfwm4");
    session.keep("xfwm4", desk);
    let start = |args: &[&str]| {
        let mut command = session.app_command(args);
        command.env_remove("DBUS_SESSION_BUS_ADDRESS");
        session.start("autocommit-desktop", command)
    };
    let mut first = start(&["--hidden"]);
    let shown = late_window(&session);
    let home = session.sandbox().home();
    let _ = session
        .sandbox()
        .run(&home, "wmctrl", &["-ic", &format!("{:#x}", shown.parse::<u64>().unwrap())])
        .ok();
    eventually("no window is left", SOON, || match &session.windows("^Autocommit")[..] {
        [] => Ok(()),
        others => Err(format!("{others:?}")),
    });
    let mut second = start(&[]);
    assert_eq!(second.wait(SOON).code(), Some(0), "{}", second.printed());
    window(&session, "the window again");
    assert!(first.ended().is_none(), "{}", first.printed());
    let names = session.names_on_the_bus();
    assert!(
        names.iter().all(|name| !name.to_lowercase().contains("autocommit")),
        "it found the bus: {names:?}"
    );
}

/// Connections that are open to a port of this machine, by the system's own list.
fn connections(port: u16) -> usize {
    let (to, open) = (format!("0100007F:{port:04X}"), "01");
    let list = fs::read_to_string("/proc/net/tcp").unwrap();
    let columns = list.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    columns.filter(|c| c.get(2) == Some(&&*to) && c.get(3) == Some(&open)).count()
}

#[test]
fn beside_a_daemon_it_is_its_client() {
    let session = Session::new();
    let (repo, bare) = session.sandbox().repo_with_remote("notes");
    let daemon = session.sandbox().daemon_with(session.sandbox().config().set("watch", false));
    let watcher = session.watcher();
    let mut app = session.app(&["--hidden"]);
    let item = watcher.item();
    item.wait_for_line("what the daemon knows", |line| line == "1 repository, all pushed");
    let menu = item.menu();
    assert!(menu.iter().any(|entry| entry.label.contains(&daemon.pid().to_string())), "{menu:#?}");
    assert_eq!(connections(daemon.port()), 0, "it listens to events by the socket");
    session.sandbox().write(&repo, "today.md", "bought milk\n");
    item.click("Commit and push now");
    wait_for_commits(&session, &bare, 2);
    item.click("Disable");
    item.wait_for_line("it is switched off", |line| line.contains("off"));
    assert_eq!(daemon.get("/status").expect(200).json()["enabled"], false);
    item.click("Enable");
    item.wait_for_line("it is switched on", |line| line == "1 repository, all pushed");
    assert_eq!(daemon.get("/status").expect(200).json()["enabled"], true);
    item.click("Quit");
    assert_eq!(app.wait(SOON).code(), Some(0), "{}", app.printed());
    let _ = daemon.get("/status").expect(200);
}

#[test]
fn without_a_display_it_says_so_and_ends() {
    let session = Session::new();
    session.sandbox().write_config(&quiet(&session));
    let mut command = session.app_command(&[]);
    command.env_remove("DISPLAY");
    let mut app = session.start("autocommit-desktop", command);
    assert_eq!(app.wait(SOON).code(), Some(1), "{}", app.printed());
    let printed = app.printed();
    assert!(printed.contains("autocommit run") && printed.contains("display"), "{printed}");
    assert!(!printed.contains("panicked") && printed.lines().count() <= 3, "{printed}");
    assert!(!session.sandbox().state_dir().join("lock").exists(), "it took the repositories first");
}

#[test]
fn a_wrong_setting_is_said_with_its_place() {
    let mut session = Session::new();
    fs::write(session.sandbox().config_file(), "cycle_interval_seconds = \"soon\"\n").unwrap();
    let desk = session.command("xfwm4");
    session.keep("xfwm4", desk);
    let mut app = session.app(&["--hidden"]);
    // Whoever starts it with a mouse sees no standard error: it is in a dialog as well.
    window(&session, "a dialog that says it");
    session.keep_picture("window-wrong-configuration");
    let home = session.sandbox().home();
    // A dialog that is seen may not have the keyboard yet.
    eventually("it ends", SOON, || {
        let _ = session.sandbox().run(&home, "xdotool", &["key", "Return"]).ok();
        if app.runs() { Err("it runs".to_owned()) } else { Ok(()) }
    });
    assert_eq!(app.wait(SOON).code(), Some(1), "{}", app.printed());
    let printed = app.printed();
    assert!(printed.contains("config.toml") && printed.contains("cycle_interval_seconds"), "{printed}");
    assert!(!printed.contains("panicked"), "{printed}");
}

#[test]
fn what_lies_in_a_build_folder_does_not_start_at_login() {
    let session = Session::new();
    session.sandbox().write_config(&quiet(&session));
    let program = session.installed_app("target/debug");
    session.sandbox().write(session.sandbox().root(), "target/CACHEDIR.TAG", "");
    let watcher = session.watcher();
    let _app = session.start("autocommit-desktop", session.command(&program));
    let item = watcher.item();
    let _ = item.entry("Open Autocommit");
    let menu = item.menu();
    let login = menu.iter().find(|entry| entry.label == "Start at login");
    assert!(login.is_some_and(|entry| !entry.enabled), "it may be gone tomorrow: {menu:#?}");
}

#[test]
fn start_at_login_is_an_entry_that_starts_it_hidden() {
    let session = Session::new();
    let _ = session.sandbox().repo_with_remote("notes");
    session.sandbox().write_config(&quiet(&session));
    // As it is installed: a program in a folder that no build tool made. The blank is a trap.
    let program = session.installed_app("my apps");
    let watcher = session.watcher();
    let mut app = session.start("autocommit-desktop", session.command(&program));
    let item = watcher.item();
    assert_eq!(item.entry("Start at login").checked, Some(false));
    item.click("Start at login");
    eventually("the tick", SOON, || match item.entry("Start at login").checked {
        Some(true) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    let folder = session.sandbox().home().join(".config/autostart");
    let entries: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [entry] = &entries[..] else { panic!("{entries:?}") };
    item.click("Quit");
    assert_eq!(app.wait(SOON).code(), Some(0), "{}", app.printed());
    // What a desktop does at login.
    let mut login = session.command("gio");
    login.arg("launch").arg(entry);
    let _login = session.start("gio", login);
    let item = watcher.item();
    item.wait_for_line("it is up", |line| line == "1 repository, all pushed");
    assert_eq!(session.windows("Autocommit"), Vec::<String>::new(), "nothing but the tray at login");
    item.click("Start at login");
    eventually("the entry is gone", SOON, || if entry.exists() { Err(String::new()) } else { Ok(()) });
    item.click("Quit");
    eventually("it has ended", SOON, || match &session.processes_named("autocommit-desktop")[..] {
        [] => Ok(()),
        others => Err(format!("{others:?}")),
    });
}

#[test]
fn a_logout_in_the_middle_of_a_commit_finishes_it_and_starts_nothing_new() {
    let session = Session::new();
    let (repo, _bare) = session.sandbox().repo_with_remote("notes");
    let (other, _) = session.sandbox().repo_with_remote("website");
    let fake = session.sandbox().fake_git();
    // Git is slow just where the commit is made: that is when the logout comes.
    let marker = session.sandbox().root().join("in-the-middle");
    let wait = format!(": > '{0}'; while [ -e '{0}' ]; do sleep 0.05; done", marker.display());
    fake.script(&[Rule::before("update-ref").run(&["sh", "-c", &wait])]);
    session.sandbox().write(&repo, "today.md", "bought milk\n");
    session.sandbox().write_config(&quiet(&session).set("commit_workers", 1));
    let _watcher = session.watcher();
    let mut app = session.app(&["--hidden"]);
    eventually("a commit under way", SOON, || {
        if marker.exists() { Ok(()) } else { Err(format!("{:?}\n{}", fake.commands(), app.printed())) }
    });
    session.sandbox().write(&other, "late.md", "too late\n");
    // As the end of a session comes: more than one signal at once.
    app.terminate();
    app.hang_up();
    std::thread::sleep(Duration::from_millis(300));
    assert!(app.runs(), "it left a commit half done: {}", app.printed());
    fs::remove_file(&marker).unwrap();
    assert_eq!(app.wait(SOON).code(), Some(0), "{}", app.printed());
    assert_eq!(commits(&session, &repo), 2);
    assert_eq!(session.sandbox().git(&repo, &["status", "--porcelain"]), "");
    assert!(!repo.join(".git/index.lock").exists());
    assert_eq!(commits(&session, &other), 1, "something new was begun");
    assert_eq!(session.processes_named("autocommit-desktop"), Vec::<u32>::new());
}
