//! A running `autocommit run`, with its API. Ended when dropped.

use crate::{Config, Reply, Sandbox, http, process};
use rustix::process::Signal;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs::{self, File},
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Child, ExitStatus, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Longest wait for the first answer of `/health`.
const START_LIMIT: Duration = Duration::from_secs(30);
/// Longest wait between SIGTERM and SIGKILL.
const STOP_LIMIT: Duration = Duration::from_secs(15);

/// A running daemon.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    port: u16,
    token: String,
    log: PathBuf,
}

impl Sandbox {
    /// Starts `autocommit run` with the settings of [`Sandbox::config`] and waits until its API answers.
    #[track_caller]
    pub fn daemon(&self) -> Daemon {
        self.daemon_with(self.config())
    }

    /// Starts `autocommit run` with these settings and a free port, and waits until its API answers; panics with what
    /// it printed where it does not.
    #[track_caller]
    pub fn daemon_with(&self, config: Config) -> Daemon {
        let port = free_port();
        self.write_config(&config.set("http.port", port));
        let log = self.root().join(format!("daemon-{port}.log"));
        let file = File::create(&log).expect("a log file");
        let mut command = self.autocommit_command();
        command.arg("run").stdin(Stdio::null()).process_group(0);
        command.stdout(file.try_clone().expect("a log file")).stderr(file);
        let child = command.spawn().unwrap_or_else(|error| panic!("cannot start the daemon: {error}"));
        // From here on the value ends the process, also where waiting panics.
        let mut daemon = Daemon { child, port, token: String::new(), log };
        daemon.wait_until_ready();
        let token = self.state_dir().join("token");
        daemon.token = fs::read_to_string(&token)
            .unwrap_or_else(|error| panic!("no token in {}: {error}\n{}", token.display(), daemon.printed()))
            .trim()
            .to_owned();
        daemon
    }
}

impl Daemon {
    /// `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port of the API.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The content of the token file.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The daemon's process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything it printed so far.
    pub fn printed(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// GET with the token.
    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.request("GET", path, None)
    }

    /// POST with the token, and a JSON body where one is given.
    #[track_caller]
    pub fn post(&self, path: &str, body: Option<&Value>) -> Reply {
        self.request("POST", path, body)
    }

    /// Any method with the token, and a JSON body where one is given.
    #[track_caller]
    pub fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let authorization = format!("Bearer {}", self.token);
        let mut headers = vec![("Authorization", authorization.as_str())];
        let body = body.map(Value::to_string);
        if body.is_some() {
            headers.push(("Content-Type", "application/json"));
        }
        self.raw(method, path, &headers, body.unwrap_or_default().as_bytes())
    }

    /// A request with exactly these headers, beside `Host` (unless it is among them), `Content-Length` and `Connection`.
    #[track_caller]
    pub fn raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        http::request(self.port, method, path, headers, body)
            .unwrap_or_else(|error| panic!("{method} {path} was not answered: {error}\n{}", self.printed()))
    }

    /// Asks again and again until `found` has an answer, at most `limit`; panics with the log where it never has.
    #[track_caller]
    pub fn wait_for<T>(&self, what: &str, limit: Duration, mut found: impl FnMut(&Self) -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(value) = found(self) {
                return value;
            }
            assert!(started.elapsed() < limit, "waited {limit:?} in vain for {what}\n{}", self.printed());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the first cycle of this daemon is over and none runs; panics with the log after `limit`. Only then is it
    /// told when the next one comes; what is told of the last cycle may be remembered from the process before.
    #[track_caller]
    pub fn rested(&self, limit: Duration) {
        self.wait_for("the end of the first cycle", limit, |daemon| {
            let status = daemon.get("/status").expect(200).json();
            (status["next_cycle_at"].is_string() && status["current_cycle"].is_null()).then_some(())
        });
    }

    /// The cycle that `reply` of a trigger names, once it is over; panics with the log after `limit`.
    #[track_caller]
    pub fn finished(&self, reply: &Value, limit: Duration) -> Value {
        let path = format!("/cycles/{}", reply["cycle_id"].as_str().expect("the reply of a trigger"));
        self.wait_for("the end of the cycle", limit, |daemon| {
            let cycle = daemon.get(&path).expect(200).json();
            cycle["finished_at"].is_string().then_some(cycle)
        })
    }

    /// Sends SIGHUP.
    pub fn reload(&self) {
        process::signal(self.child.id(), Signal::HUP);
    }

    /// Runs `meanwhile` while the daemon is stopped (SIGSTOP): it hears of nothing until it goes on.
    pub fn asleep<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        process::signal(self.child.id(), Signal::STOP);
        let done = meanwhile();
        process::signal(self.child.id(), Signal::CONT);
        done
    }

    /// Sends SIGTERM and waits for the end, at most 15 seconds; panics with the log where it does not end.
    #[track_caller]
    pub fn stop(mut self) -> ExitStatus {
        process::signal(self.child.id(), Signal::TERM);
        let ended = process::wait(&mut self.child, STOP_LIMIT);
        ended.unwrap_or_else(|| panic!("the daemon did not end within {STOP_LIMIT:?}\n{}", self.printed()))
    }

    /// Ends it without warning (SIGKILL), as a crash would: it alone, not the programs it started.
    pub fn kill(mut self) {
        process::signal(self.child.id(), Signal::KILL);
        let _ = self.child.wait();
    }

    /// Waits for it to end by itself, at most `limit`.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        process::wait(&mut self.child, limit)
    }

    #[track_caller]
    fn wait_until_ready(&mut self) {
        let started = Instant::now();
        loop {
            if let Ok(reply) = http::request(self.port, "GET", "/health", &[], &[])
                && reply.status == 200
            {
                return;
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("the daemon ended at once with {status}\n{}", self.printed());
            }
            assert!(started.elapsed() < START_LIMIT, "no answer within {START_LIMIT:?}\n{}", self.printed());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        process::signal(self.child.id(), Signal::TERM);
        if process::wait(&mut self.child, STOP_LIMIT).is_none() {
            process::signal_group(self.child.id(), Signal::KILL);
            process::signal(self.child.id(), Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// A port that nobody listens on just now, and that no other test of this process was given.
pub fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        if GIVEN.lock().unwrap_or_else(PoisonError::into_inner).insert(port) {
            return port;
        }
    }
}
