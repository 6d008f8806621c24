//! The tray over D-Bus: what the menu says and does, and that the icon follows.

use crate::{commits, quiet, wait_for_commits};
use autocommit_desktop_tests::{App, Icon, Item, SOON, Session, Watcher, eventually};
use std::{fs, path::PathBuf, thread, time::Duration};

/// Two repositories, and the app in the tray.
struct World {
    app: App,
    item: Item,
    watcher: Watcher,
    repo: PathBuf,
    bare: PathBuf,
    session: Session,
}

fn world(interval: u32) -> World {
    let session = Session::new();
    let (repo, bare) = session.sandbox().repo_with_remote("notes");
    let _ = session.sandbox().repo_with_remote("website");
    let config = quiet(&session).set("cycle_interval_seconds", interval);
    session.sandbox().write_config(&config);
    let watcher = session.watcher();
    let app = session.app(&["--hidden"]);
    let item = watcher.item();
    item.wait_for_line("all is pushed", |line| line == "2 repositories, all pushed");
    World { app, item, watcher, repo, bare, session }
}

/// Waits until the icon fits, and returns it.
#[track_caller]
fn icon(item: &Item, what: &str, fits: impl Fn(&[Icon]) -> bool) -> Vec<Icon> {
    eventually(what, SOON, || {
        let icons = item.icons();
        if fits(&icons) { Ok(icons) } else { Err("another icon".to_owned()) }
    })
}

#[test]
fn the_menu_says_how_all_is_and_what_can_be_done() {
    let world = world(3600);
    let menu = world.item.menu();
    let labels: Vec<_> = menu.iter().map(|entry| entry.label.as_str()).collect();
    let expected = [
        "2 repositories, all pushed",
        "Disable",
        "Commit and push now",
        "Pause for 1 hour",
        "Open Autocommit",
        "Start at login",
        "Quit",
    ];
    let read: Vec<_> = labels.iter().copied().filter(|label| !label.is_empty()).collect();
    assert_eq!(read, expected);
    assert!(menu.iter().all(|entry| entry.depth == 0), "{menu:#?}");
    assert!(!menu[0].enabled, "the state is to be read, not to be clicked");
    assert!(!world.item.text("Id").is_empty() && world.item.text("Title") == "Autocommit");
    let (title, text) = world.item.tooltip();
    assert!(format!("{title} {text}").contains("2 repositories, all pushed"), "{title} / {text}");
    let icons = world.item.icons();
    assert!(icons.iter().any(|icon| icon.width >= 16 && icon.argb.chunks(4).any(|pixel| pixel[0] > 200)));
    for icon in icons {
        assert_eq!(icon.argb.len(), 4 * usize::try_from(icon.width * icon.height).unwrap());
    }
}

#[test]
fn commit_and_push_now_reaches_the_remote() {
    let world = world(3600);
    world.session.sandbox().write(&world.repo, "today.md", "bought milk\n");
    world.item.click("Commit and push now");
    wait_for_commits(&world.session, &world.bare, 2);
    let shown = world.session.sandbox().git(&world.bare, &["show", "main:today.md"]);
    assert_eq!(shown, "bought milk");
    assert_eq!(world.session.sandbox().git(&world.repo, &["status", "--porcelain"]), "");
    world.item.wait_for_line("all is pushed again", |line| line == "2 repositories, all pushed");
}

#[test]
fn disable_stops_everything_until_enable() {
    let world = world(1);
    let pushed = world.item.icons();
    world.item.click("Disable");
    world.item.wait_for_line("it is switched off", |line| line.contains("off"));
    let paused = icon(&world.item, "another icon", |icons| icons != pushed);
    let menu = world.item.menu();
    assert!(menu.iter().all(|entry| entry.label != "Disable"), "{menu:#?}");
    assert!(menu.iter().any(|entry| entry.label == "Commit and push now" && !entry.enabled), "{menu:#?}");
    world.session.sandbox().write(&world.repo, "today.md", "bought milk\n");
    // Long enough for several cycles, were there any.
    thread::sleep(Duration::from_secs(3));
    assert_eq!((commits(&world.session, &world.repo), commits(&world.session, &world.bare)), (1, 1));
    assert_eq!(world.session.sandbox().git(&world.repo, &["status", "--porcelain"]), "?? today.md");
    assert_eq!(world.item.icons(), paused);
    world.item.click("Enable");
    wait_for_commits(&world.session, &world.bare, 2);
    world.item.wait_for_line("all is pushed again", |line| line == "2 repositories, all pushed");
    icon(&world.item, "the first icon", |icons| icons == pushed);
}

#[test]
fn pause_says_until_when() {
    let world = world(3600);
    world.item.click("Pause for 1 hour");
    let line = world.item.wait_for_line("until when", |line| line.contains("until"));
    assert!(line.chars().any(|c| c == ':') && line.contains(char::is_numeric), "{line}");
    world.item.click("Enable");
    world.item.wait_for_line("it goes on", |line| line == "2 repositories, all pushed");
}

#[test]
fn what_needs_a_person_is_in_the_icon_and_the_menu() {
    let world = world(3600);
    let pushed = world.item.icons();
    // Put together here, so that no scanner takes this test for a leak.
    let (line, body) =
        ("-".repeat(5), "MIIEpAIBAAKCAQEA7bq1xN0vQ0f3mUeT5kYw8sR2dLhPz9aXcVbGt6oJ4n1WyEuH".repeat(2));
    let key = format!("{line}BEGIN RSA PRIVATE KEY{line}\n{body}\n{body}\n{line}END RSA PRIVATE KEY{line}\n");
    world.session.sandbox().write(&world.repo, "deploy.pem", key);
    world.item.click("Commit and push now");
    world.item.wait_for_line("it needs a person", |line| line == "1 repository needs you");
    let attention = icon(&world.item, "another icon", |icons| icons != pushed);
    let menu = world.item.menu();
    assert!(menu.iter().any(|entry| entry.label == "notes: 1 file held" && entry.enabled), "{menu:#?}");
    assert_eq!(commits(&world.session, &world.bare), 1);
    world.item.click("notes: 1 file held");
    eventually("the window", SOON, || match &world.session.windows("Autocommit")[..] {
        [] => Err("no window".to_owned()),
        _ => Ok(()),
    });
    fs::remove_file(world.repo.join("deploy.pem")).unwrap();
    world.item.click("Commit and push now");
    world.item.wait_for_line("all is pushed again", |line| line == "2 repositories, all pushed");
    let again = icon(&world.item, "the first icon", |icons| icons == pushed);
    assert_ne!(again, attention);
}

#[test]
fn quit_ends_it_and_nothing_is_left() {
    let mut world = world(3600);
    world.item.click("Quit");
    let status = world.app.wait(SOON);
    assert_eq!(status.code(), Some(0), "{}", world.app.printed());
    assert!(world.watcher.entries().is_empty());
    assert_eq!(world.session.processes_named("autocommit-desktop"), Vec::<u32>::new());
    let left = world.session.sandbox().autocommit(&["once"]);
    assert_eq!(left.code(), Some(0), "nobody owns the repositories any more: {}", left.shown());
}

#[test]
fn a_host_that_goes_and_comes_gets_the_icon_again() {
    let world = world(3600);
    let World { watcher, session, mut app, item, .. } = world;
    // Both hold the connection that the host has its name by.
    drop((watcher, item));
    eventually("the host is gone", SOON, || {
        let names = session.names_on_the_bus();
        let is_there = names.iter().any(|name| name == "org.kde.StatusNotifierWatcher");
        if is_there { Err(format!("{names:?}")) } else { Ok(()) }
    });
    let watcher = session.watcher();
    let item = watcher.item();
    item.wait_for_line("the same menu", |line| line == "2 repositories, all pushed");
    assert!(app.runs());
}
