//! What a person is told, once: refused pushes and held files, over the bus.

use crate::{commits, quiet, wait_for_commits};
use autocommit_desktop_tests::{SOON, Session, eventually};
use std::{fs, path::PathBuf, thread, time::Duration};

/// A repository whose remote refuses pushes, and a change in it. The folder it pushes to may run its hook.
fn refused(session: &Session) -> (PathBuf, PathBuf, PathBuf) {
    let (repo, bare) = session.sandbox().repo_with_remote("website");
    let hook =
        session.sandbox().hook(&bare, "pre-receive", "echo 'main only takes changes by review' >&2; exit 1");
    session.sandbox().write(&repo, "index.html", "<h1>Hello</h1>\n");
    session.sandbox().write_config(&quiet(session).set("cycle_interval_seconds", 1));
    session.sandbox().trust(&repo);
    (repo, bare, hook)
}

#[test]
fn a_refused_push_is_told_once_and_withdrawn_when_it_is_mended() {
    let session = Session::new();
    let (repo, bare, hook) = refused(&session);
    let (watcher, shown) = (session.watcher(), session.notifications());
    let _app = session.app(&["--hidden"]);
    let item = watcher.item();
    let bubble = shown.one();
    let text = format!("{} {}", bubble.summary, bubble.body);
    assert!(text.contains("website"), "{bubble:#?}");
    assert!(bubble.urgency.is_some_and(|urgency| urgency >= 1), "{bubble:#?}");
    assert!(bubble.desktop_entry.is_some() && !bubble.app.is_empty(), "{bubble:#?}");
    assert_eq!(bubble.replaces, 0);
    assert_eq!(commits(&session, &repo), 2, "the commit is there");
    assert_eq!(commits(&session, &bare), 1);
    item.wait_for_line("the tray says it too", |line| line == "1 repository needs you");
    // Several more cycles, and one that a person asks for: the same episode, and nothing new to say.
    thread::sleep(Duration::from_secs(3));
    item.click("Commit and push now");
    thread::sleep(Duration::from_secs(2));
    assert_eq!(shown.all(), vec![bubble.clone()], "it was told again");
    fs::remove_file(hook).unwrap();
    let retry = bubble.actions.iter().find(|(name, _)| name != "default").expect("a button to try again");
    shown.click(&bubble, &retry.0);
    wait_for_commits(&session, &bare, 2);
    item.wait_for_line("all is well", |line| line == "1 repository, all pushed");
    eventually("nothing is left on the screen", SOON, || match &shown.open()[..] {
        [] => Ok(()),
        open => Err(format!("{open:#?}")),
    });
}

#[test]
fn what_was_mended_elsewhere_is_withdrawn() {
    let session = Session::new();
    let (repo, bare, hook) = refused(&session);
    let (watcher, shown) = (session.watcher(), session.notifications());
    let _app = session.app(&["--hidden"]);
    let item = watcher.item();
    let first = shown.one();
    fs::remove_file(hook).unwrap();
    // As the person would, in a terminal.
    session.sandbox().git(&repo, &["push", "--quiet"]);
    assert_eq!(commits(&session, &bare), 2);
    item.click("Commit and push now");
    eventually("it is taken away", SOON, || match &shown.open()[..] {
        [] => Ok(()),
        open => Err(format!("{open:#?}")),
    });
    assert_eq!(shown.all(), vec![autocommit_desktop_tests::Bubble { open: false, ..first }]);
}

#[test]
fn a_click_opens_that_repository_in_the_window() {
    let session = Session::new();
    let (_repo, _bare, _hook) = refused(&session);
    let (_watcher, shown) = (session.watcher(), session.notifications());
    let window = session.window();
    let bubble = shown.one();
    window.wait_for("what it is about", |text| text.contains("website"));
    assert!(!window.place().contains("/repositories/"), "{}", window.place());
    shown.click(&bubble, "default");
    let place = eventually("the repository's page", SOON, || {
        let place = window.place();
        if place.starts_with("#/repositories/") { Ok(place) } else { Err(place) }
    });
    assert!(place.len() > "#/repositories/".len());
    window.wait_for_text("website");
}

#[test]
fn a_click_opens_the_window_where_there_was_none() {
    let session = Session::new();
    let (_repo, _bare, _hook) = refused(&session);
    let (_watcher, shown) = (session.watcher(), session.notifications());
    let _app = session.app(&["--hidden"]);
    let bubble = shown.one();
    assert_eq!(session.windows("Autocommit"), Vec::<String>::new());
    shown.click(&bubble, "default");
    eventually("the window", SOON, || match &session.windows("Autocommit")[..] {
        [] => Err("no window".to_owned()),
        _ => Ok(()),
    });
}

#[test]
fn being_offline_is_no_notification() {
    let session = Session::new();
    let (repo, _bare) = session.sandbox().repo_with_remote("notes");
    // Nobody listens there, and nobody can: the port belongs to no program.
    session.sandbox().git(&repo, &["remote", "set-url", "origin", "git://127.0.0.1:1/notes.git"]);
    session.sandbox().write(&repo, "today.md", "bought milk\n");
    session.sandbox().write_config(&quiet(&session).set("cycle_interval_seconds", 1));
    let (watcher, shown) = (session.watcher(), session.notifications());
    let _app = session.app(&["--hidden"]);
    let item = watcher.item();
    let line = item.wait_for_line("it is offline", |line| line.contains("wait"));
    assert!(line.contains("1 commit"), "{line}");
    assert_eq!(commits(&session, &repo), 2);
    // Several more cycles.
    thread::sleep(Duration::from_secs(3));
    assert_eq!(shown.all(), vec![]);
}

#[test]
fn where_nobody_shows_notifications_the_tray_says_so() {
    let session = Session::new();
    let (_repo, _bare, _hook) = refused(&session);
    let watcher = session.watcher();
    let _app = session.app(&["--hidden"]);
    let item = watcher.item();
    let line = item.wait_for_line("the tray says what is wrong", |line| line == "1 repository needs you");
    eventually("that nobody was told", SOON, || {
        let menu = item.menu();
        let said = menu.iter().any(|entry| entry.label == "Notifications could not be delivered");
        if said { Ok(()) } else { Err(format!("{line}\n{menu:#?}")) }
    });
    // Who comes later is told what still stands, and the line goes.
    let shown = session.notifications();
    assert!(shown.one().body.contains("website") || shown.one().summary.contains("website"));
    eventually("the line is gone", SOON, || {
        let menu = item.menu();
        let said = menu.iter().any(|entry| entry.label == "Notifications could not be delivered");
        if said { Err(format!("{menu:#?}")) } else { Ok(()) }
    });
}
