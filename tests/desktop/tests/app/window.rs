//! The window, driven as a person would drive it.

use crate::{commits, quiet, wait_for_commits};
use autocommit_desktop_tests::{SOON, Session, eventually, memory};
use std::fs;

#[test]
fn from_nothing_to_the_first_pushed_commit() {
    let mut session = Session::new();
    let (repo, bare) = session.repo_at_home("code", "notes");
    let (_, other) = session.repo_at_home("code", "website");
    session.sandbox().write(&repo, "today.md", "bought milk\n");
    // No settings file: a person who has just installed it. The environment keeps the port of the API free for others.
    session.sandbox().set_env("AUTOCOMMIT_HTTP__ENABLED", "false");
    session.sandbox().set_env("AUTOCOMMIT_LLM__ENABLED", "false");
    let desk = session.command("xfwm4");
    session.keep("xfwm4", desk);
    let _watcher = session.watcher();
    let window = session.window();
    eventually("the first run shows by itself", SOON, || {
        let place = window.place();
        if place.starts_with("#/setup") { Ok(()) } else { Err(format!("{place}\n{}", window.text())) }
    });
    session.keep_picture("window-setup-1");
    assert_eq!(commits(&session, &repo), 1);
    window.click("checkbox", "/code");
    window
        .wait_for("what would happen", |text| text.contains("would be committed") && text.contains("notes"));
    session.keep_picture("window-setup-2");
    assert_eq!(commits(&session, &repo), 1, "nothing is touched before it is switched on");
    window.click("button", "^switch on$");
    wait_for_commits(&session, &bare, 2);
    let clicks = window.clicks();
    println!("from nothing to the first pushed commit: {clicks} clicks");
    assert!(clicks <= 8, "{clicks} clicks");
    assert_eq!(session.sandbox().git(&bare, &["show", "main:today.md"]), "bought milk");
    assert_eq!(commits(&session, &other), 1);
    window.wait_for("that all is well", |text| text.contains("pushed"));
    session.keep_picture("window-setup-3");
    let file = fs::read_to_string(session.sandbox().config_file()).unwrap();
    assert!(file.contains("repos_base_paths"), "{file}");
    let cost = memory(window.pid());
    println!("{} processes, {} KiB resident, {} KiB of their own share", cost.processes, cost.rss, cost.pss);
}

#[test]
fn a_repository_that_is_switched_off_is_left_alone_by_the_next_cycle() {
    let session = Session::new();
    let (notes, notes_bare) = session.sandbox().repo_with_remote("notes");
    let (website, website_bare) = session.sandbox().repo_with_remote("website");
    session.sandbox().write_config(&quiet(&session));
    let watcher = session.watcher();
    let window = session.window();
    let item = watcher.item();
    item.wait_for_line("all is pushed", |line| line == "2 repositories, all pushed");
    window.go("#/repositories");
    window.click("switch", "website");
    item.wait_for_line("one is switched off", |line| line.contains("1 switched off"));
    for repo in [&notes, &website] {
        session.sandbox().write(repo, "today.md", "bought milk\n");
    }
    item.click("Commit and push now");
    wait_for_commits(&session, &notes_bare, 2);
    item.wait_for_line("the cycle is over", |line| line.starts_with("1 repository, all pushed"));
    assert_eq!((commits(&session, &website), commits(&session, &website_bare)), (1, 1));
    assert_eq!(session.sandbox().git(&website, &["status", "--porcelain"]), "?? today.md");
    session.keep_picture("window-opted-out");
}

#[test]
fn the_history_finds_what_is_typed() {
    let session = Session::new();
    let (notes, notes_bare) = session.sandbox().repo_with_remote("notes");
    let (website, website_bare) = session.sandbox().repo_with_remote("website");
    session.sandbox().write(&notes, "shopping.md", "bought milk\n");
    session.sandbox().write(&website, "landing.html", "<h1>Hello</h1>\n");
    session.sandbox().write_config(&quiet(&session));
    let _watcher = session.watcher();
    let window = session.window();
    wait_for_commits(&session, &notes_bare, 2);
    wait_for_commits(&session, &website_bare, 2);
    window.go("#/history");
    window.wait_for("both", |text| text.contains("shopping") && text.contains("landing"));
    window.write("[data-search]", ".", "landing");
    window.wait_for("the one", |text| !text.contains("shopping") && text.contains("landing"));
    session.keep_picture("window-history");
}

#[test]
fn a_wrong_setting_is_explained_beside_its_field() {
    let session = Session::new();
    let _ = session.sandbox().repo_with_remote("notes");
    session.sandbox().write_config(&quiet(&session));
    let _watcher = session.watcher();
    let window = session.window();
    let before = fs::read_to_string(session.sandbox().config_file()).unwrap();
    window.go("#/settings/timing");
    window.write("textbox", "time between cycles", "0\t");
    let beside = eventually("the field is marked, and says why", SOON, || {
        let words = window.run(
            "const field = document.querySelector('[aria-invalid=true]');
             const ids = (field?.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean);
             return ids.map((id) => document.getElementById(id)?.innerText ?? '').join(' ');",
            &[],
        )?;
        let words = words.as_str().unwrap_or_default().to_owned();
        if words.contains('1') { Ok(words) } else { Err(format!("{words}\n{}", window.text())) }
    });
    assert!(!beside.contains('!') && !beside.contains("Error"), "{beside}");
    session.keep_picture("window-wrong-setting");
    assert_eq!(fs::read_to_string(session.sandbox().config_file()).unwrap(), before, "nothing is written");
    window.write("textbox", "time between cycles", "90\t");
    eventually("the right one is written", SOON, || {
        let now = fs::read_to_string(session.sandbox().config_file()).unwrap();
        if now.contains("cycle_interval_seconds = 90") { Ok(()) } else { Err(now) }
    });
}
