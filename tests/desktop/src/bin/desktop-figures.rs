//! What the desktop app costs, measured in a session of its own: one JSON object on standard output, progress on standard
//! error. `cargo xtask bench desktop` starts it with a release build in `TEST_DESKTOP_BIN`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program for the terminal")]
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made ends with a panic")]

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("The figures of the desktop app are measured on Linux.");
    std::process::exit(1);
}

#[cfg(target_os = "linux")]
mod linux {
    use autocommit_desktop_tests::{App, Item, SOON, Session, eventually, memory, processor_seconds};
    use serde_json::{Map, Value, json};
    use std::{
        thread,
        time::{Duration, SystemTime},
    };

    /// Repositories in the measured session.
    const REPOS: usize = 68;
    /// Starts whose time to a readable window is taken.
    const STARTS: usize = 5;
    /// Times that the window is opened and closed.
    const OPENINGS: usize = 10;
    /// What an idle program is watched for.
    const IDLE: Duration = Duration::from_secs(60);
    /// What is left to processes that are ending, and to memory that is being given back.
    const REST: Duration = Duration::from_secs(4);

    pub(super) fn main() {
        let mut figures = Map::new();
        figures.insert("repositories".into(), json!(REPOS));
        figures.insert("start_to_readable_seconds".into(), json!(starts()));
        costs(&mut figures);
        println!("{}", Value::Object(figures));
    }

    /// Seconds from the start of the process to text in its window, for each of some starts.
    fn starts() -> Vec<f64> {
        (0..STARTS)
            .map(|n| {
                eprintln!("start {} of {STARTS}", n + 1);
                let session = with_repositories(3);
                let _watcher = session.watcher();
                let window = session.window_of(&[]);
                let script =
                    "return performance.timeOrigin + performance.getEntriesByName('readable')[0]?.startTime";
                let readable = eventually("a readable window", SOON, || {
                    let said = window.run(script, &[])?;
                    said.as_f64().ok_or_else(|| said.to_string())
                });
                readable / 1000.0 - started_at(window.pid())
            })
            .collect()
    }

    fn costs(figures: &mut Map<String, Value>) {
        let mut session = with_repositories(REPOS);
        let desk = session.command("xfwm4");
        session.keep("xfwm4", desk);
        let watcher = session.watcher();
        let app = session.app(&["--hidden"]);
        let item = watcher.item();
        item.wait_for_line("all is pushed", |line| line == format!("{REPOS} repositories, all pushed"));
        thread::sleep(REST);
        figures.insert("never_opened".into(), shown(&app));
        eprintln!("idle, window never opened");
        figures.insert("idle_seconds".into(), json!(IDLE.as_secs()));
        figures.insert("idle_never_opened_cpu_seconds".into(), json!(idle(&app)));
        let open = opened(&session, &item);
        thread::sleep(REST);
        figures.insert("open".into(), shown(&app));
        closed(&session, &open);
        thread::sleep(REST);
        figures.insert("closed".into(), shown(&app));
        for n in 0..OPENINGS {
            eprintln!("opening {} of {OPENINGS}", n + 1);
            let open = opened(&session, &item);
            thread::sleep(Duration::from_secs(1));
            closed(&session, &open);
        }
        thread::sleep(REST);
        figures.insert("closed_after_ten_more".into(), shown(&app));
        eprintln!("idle, window closed");
        figures.insert("idle_closed_cpu_seconds".into(), json!(idle(&app)));
    }

    fn with_repositories(count: usize) -> Session {
        let session = Session::new();
        for n in 0..count {
            let _ = session.sandbox().repo_with_remote(&format!("repo-{n:02}"));
        }
        // All settings as they are by default; only the port of the API is left to others.
        session.sandbox().write_config(&session.sandbox().config().set("http.enabled", false));
        session
    }

    /// Seconds of processor time that the app and all it started spend while nothing happens.
    fn idle(app: &App) -> f64 {
        let before = processor_seconds(app.pid());
        thread::sleep(IDLE);
        processor_seconds(app.pid()) - before
    }

    fn opened(session: &Session, item: &Item) -> String {
        item.click("Open Autocommit");
        eventually("the window", SOON, || session.windows("^Autocommit").pop().ok_or_else(String::new))
    }

    fn closed(session: &Session, window: &str) {
        let id = format!("{:#x}", window.parse::<u64>().unwrap());
        let _ = session.sandbox().run(session.sandbox().home(), "wmctrl", &["-ic", &id]).ok();
        eventually("no page is left", SOON, || match session.processes_named("WebKitWebProcess").len() {
            0 => Ok(()),
            left => Err(left.to_string()),
        });
    }

    fn shown(app: &App) -> Value {
        let cost = memory(app.pid());
        #[allow(clippy::cast_precision_loss, reason = "memory of one machine fits")]
        let mib = |kib: u64| kib as f64 / 1024.0;
        json!({"processes": cost.processes, "rss_mib": mib(cost.rss), "pss_mib": mib(cost.pss)})
    }

    /// When a process was started, in seconds since 1970.
    fn started_at(pid: u32) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let ticks: f64 =
            stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().parse().unwrap();
        let up = std::fs::read_to_string("/proc/uptime").unwrap();
        let up: f64 = up.split_whitespace().next().unwrap().parse().unwrap();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64();
        now - up + ticks / 100.0
    }
}
