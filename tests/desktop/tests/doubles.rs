//! The doubles themselves: a test of the app is worth what they are worth.
#![cfg(target_os = "linux")]

use autocommit_desktop_tests::{Session, eventually, memory, processes_with};
use std::{fs, time::Duration};

const LIMIT: Duration = Duration::from_secs(10);

#[test]
fn a_session_has_a_display_and_a_bus_of_its_own_and_leaves_nothing() {
    let (home, display);
    {
        let session = Session::new();
        home = session.sandbox().home();
        display = session.display().to_owned();
        assert!(session.sandbox().run(&home, "xdpyinfo", &[]).ok().stdout.contains(&display));
        let names = session.sandbox().run(
            &home,
            "gdbus",
            &[
                "call",
                "--session",
                "--dest",
                "org.freedesktop.DBus",
                "--object-path",
                "/",
                "--method",
                "org.freedesktop.DBus.ListNames",
            ],
        );
        assert!(!names.ok().stdout.contains("org.freedesktop.Notifications"), "nothing is started by itself");
    }
    assert!(!home.exists());
    let left = processes_with(format!("HOME={}", home.display()).as_bytes());
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_panics_leaves_nothing_either() {
    let test = std::thread::spawn(|| {
        let mut session = Session::new();
        let mut stubborn = session.command("sh");
        stubborn.args(["-c", "trap '' TERM; setsid sleep 600 & while :; do sleep 1; done"]);
        session.keep("stubborn", stubborn);
        let home = session.sandbox().home();
        let started = || processes_with(format!("HOME={}", home.display()).as_bytes());
        eventually("all are there", LIMIT, || if started().len() >= 5 { Ok(()) } else { Err(String::new()) });
        std::panic::panic_any(home);
    });
    let home = *test.join().unwrap_err().downcast::<std::path::PathBuf>().unwrap();
    let left = processes_with(format!("HOME={}", home.display()).as_bytes());
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn bubbles_are_noted_replaced_withdrawn_and_clicked() {
    let session = Session::new();
    let shown = session.notifications();
    let home = session.sandbox().home();
    let send = |args: &[&str]| session.sandbox().run(&home, "notify-send", args).ok();
    let first =
        send(&["--print-id", "--urgency=critical", "--app-name=Autocommit", "web-app", "Push refused"]);
    let bubble = shown.one();
    assert_eq!(first.stdout.trim(), bubble.id.to_string());
    assert_eq!((bubble.summary.as_str(), bubble.body.as_str()), ("web-app", "Push refused"));
    assert_eq!((bubble.urgency, bubble.replaces, bubble.app.as_str()), (Some(2), 0, "Autocommit"));
    let _ = send(&["--print-id", &format!("--replace-id={}", bubble.id), "web-app", "Still refused"]);
    let second = shown.one();
    assert_eq!((second.id, second.replaces, second.body.as_str()), (bubble.id, bubble.id, "Still refused"));
    assert_eq!(shown.all().len(), 2);
    let call = ["call", "--session", "--dest", "org.freedesktop.Notifications", "--object-path"];
    let close =
        ["/org/freedesktop/Notifications", "--method", "org.freedesktop.Notifications.CloseNotification"];
    let id = bubble.id.to_string();
    let _ = session.sandbox().run(&home, "gdbus", &[&call[..], &close, &[&id]].concat()).ok();
    assert_eq!(shown.open(), vec![]);
    // notify-send prints the action that was clicked.
    let mut asks = session.command("notify-send");
    asks.args(["--action=retry=Try again", "web-app", "Push refused"]);
    let mut asks = session.start("notify-send", asks);
    shown.click(&shown.one(), "retry");
    assert!(asks.wait(LIMIT).success());
    assert_eq!(asks.printed().trim(), "retry");
}

#[test]
fn a_host_lists_whoever_registers_and_is_still_there() {
    let session = Session::new();
    let watcher = session.watcher();
    assert!(watcher.entries().is_empty());
    let home = session.sandbox().home();
    let call = ["call", "--session", "--dest", "org.kde.StatusNotifierWatcher", "--object-path"];
    let register =
        ["/StatusNotifierWatcher", "--method", "org.kde.StatusNotifierWatcher.RegisterStatusNotifierItem"];
    // Whoever registers here is gone from the bus the moment that it has.
    let _ = session.sandbox().run(&home, "gdbus", &[&call[..], &register, &["/item"]].concat()).ok();
    assert!(watcher.entries().is_empty());
    let _ = session
        .sandbox()
        .run(&home, "gdbus", &[&call[..], &register, &["org.kde.StatusNotifierWatcher"]].concat())
        .ok();
    assert_eq!(watcher.entries(), ["org.kde.StatusNotifierWatcher/StatusNotifierItem"]);
}

#[test]
fn memory_counts_what_a_program_started() {
    let session = Session::new();
    let mut tree = session.command("sh");
    tree.args(["-c", "sleep 600 & sh -c 'sleep 601; :'"]);
    let tree = session.start("tree", tree);
    let figures = eventually("all four", LIMIT, || {
        let figures = memory(tree.pid());
        if figures.processes == 4 { Ok(figures) } else { Err(format!("{figures:?}")) }
    });
    assert!(figures.pss > 0 && figures.pss <= figures.rss, "{figures:?}");
    let own = fs::read_to_string("/proc/self/smaps_rollup").unwrap();
    assert!(own.contains("Pss:"), "this system says what memory is shared");
}

#[test]
fn pictures_show_what_changed_and_where() {
    let session = Session::new();
    let before = session.picture();
    assert_eq!((before.width, before.height()), (1440, 900));
    assert_eq!(before.difference(&before), None);
    let home = session.sandbox().home();
    let _ = session.sandbox().run(&home, "xsetroot", &["-solid", "#336699"]).ok();
    let after = session.picture();
    assert_eq!(before.difference(&after), Some((0, 0, 1440, 900)));
    let icon = |rgb: [u8; 3]| autocommit_desktop_tests::Icon {
        width: 4,
        height: 4,
        argb: [&[255][..], &rgb].concat().repeat(16),
    };
    assert_eq!(after.find(&icon([0x33, 0x66, 0x99])), Some((0, 0)));
    assert_eq!(before.find(&icon([0x33, 0x66, 0x99])), None);
}
