//! One started program: at low priority, in a group of its own, and never longer there than we are.

use crate::ring::Ring;
use std::{
    ffi::OsString,
    io,
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::Duration,
};
use tokio::sync::{oneshot, watch};

/// How much nicer than ourselves it is to all others.
#[cfg(unix)]
const NICER: i32 = 10;
/// Where memory ends, this is ended first (of 1000).
#[cfg(target_os = "linux")]
const ENDED_FIRST: &str = "800";
/// A server that is busy takes the first word to end as a wish, and the second as an order.
const GRACE: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(1)];

/// The longest wait for the end of its output after its own end.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// The longest wait after it was killed: a program that waits for a broken disk does not even end then.
const KILLED: Duration = Duration::from_secs(5);

/// What is started.
#[derive(Debug)]
pub(crate) struct Spec {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// Where it is started.
    pub(crate) folder: PathBuf,
}

/// The running program. Dropped, it is killed.
#[derive(Debug)]
pub(crate) struct Child {
    group: Arc<Group>,
    ended: watch::Receiver<Option<String>>,
}

impl Child {
    /// Starts it; what it prints goes into `ring`. A thread of its own starts it and stays until it has ended: Linux
    /// ends a child with the *thread* that started it, and those of a runtime come and go.
    pub(crate) async fn start(spec: Spec, ring: Arc<Ring>) -> io::Result<Self> {
        let (started, starting) = oneshot::channel();
        let (ending, ended) = watch::channel(None);
        thread::Builder::new()
            .name("llama-server".to_owned())
            .spawn(move || attend(spec, ring, started, &ending))?;
        let group = starting.await.unwrap_or_else(|_| Err(io::Error::other("the thread ended")))?;
        Ok(Self { group, ended })
    }

    /// Its process id, while it runs.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.group.pid()
    }

    /// Waits for its end; how it ended.
    pub(crate) async fn ended(&self) -> String {
        let mut ended = self.ended.clone();
        match ended.wait_for(Option::is_some).await {
            Ok(how) => how.clone().unwrap_or_default(),
            Err(_) => "it was lost".to_owned(),
        }
    }

    /// Asks it to end, twice, then ends it; afterwards nothing of its group runs.
    pub(crate) async fn stop(&self) {
        for grace in GRACE {
            self.group.ask();
            if tokio::time::timeout(grace, self.ended()).await.is_ok() {
                return;
            }
        }
        self.group.kill();
        if tokio::time::timeout(KILLED, self.ended()).await.is_err() {
            tracing::warn!("llama-server was killed and has not ended");
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.group.kill();
    }
}

/// Its process group, as long as the numbers are its own.
#[derive(Debug)]
struct Group {
    #[cfg(unix)]
    leader: Mutex<Option<rustix::process::Pid>>,
    #[cfg(not(unix))]
    leader: Mutex<Option<std::process::Child>>,
}

impl Group {
    fn leader(&self) -> MutexGuard<'_, Option<Leader>> {
        self.leader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(unix)]
type Leader = rustix::process::Pid;
#[cfg(not(unix))]
type Leader = std::process::Child;

#[cfg(unix)]
impl Group {
    fn pid(&self) -> Option<u32> {
        self.leader().and_then(|pid| u32::try_from(pid.as_raw_pid()).ok())
    }

    fn ask(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    fn kill(&self) {
        self.signal(rustix::process::Signal::KILL);
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let leader = self.leader();
        if let Some(leader) = *leader {
            let _ = rustix::process::kill_process_group(leader, signal);
        }
    }
}

#[cfg(not(unix))]
impl Group {
    fn pid(&self) -> Option<u32> {
        self.leader().as_ref().map(std::process::Child::id)
    }

    fn ask(&self) {}

    fn kill(&self) {
        if let Some(child) = self.leader().as_mut() {
            let _ = child.kill();
        }
    }
}

type Started = oneshot::Sender<io::Result<Arc<Group>>>;

/// The life of one child, on a thread of its own.
fn attend(spec: Spec, ring: Arc<Ring>, started: Started, ending: &watch::Sender<Option<String>>) {
    let (child, output) = match start(spec) {
        Ok(both) => both,
        Err(error) => {
            let _ = started.send(Err(error));
            return;
        }
    };
    let (read, reading) = mpsc::channel();
    let reader = move || {
        ring.read(output);
        let _ = read.send(());
    };
    if let Err(error) = thread::Builder::new().name("llama-output".to_owned()).spawn(reader) {
        tracing::warn!("what llama-server says cannot be read: {error}");
    }
    let how = live(child, started);
    // What it said last is there before it is known to have ended, unless somebody else holds its output.
    let _ = reading.recv_timeout(LAST_WORDS);
    ending.send_replace(Some(how));
}

#[allow(
    clippy::disallowed_methods,
    reason = "starts llama-server, chosen by the person or found on PATH, which is no git"
)]
fn start(spec: Spec) -> io::Result<(std::process::Child, io::PipeReader)> {
    let (output, input) = io::pipe()?;
    let mut command = Command::new(&spec.program);
    command
        .args(&spec.arguments)
        .env_clear()
        .envs(spec.environment)
        .current_dir(&spec.folder)
        .stdin(Stdio::null())
        .stdout(input.try_clone()?)
        .stderr(input);
    #[cfg(unix)]
    own(&mut command);
    // The ends of the pipe that are ours to write go with the command, so that reading ends with the child.
    let child = command.spawn()?;
    #[cfg(target_os = "linux")]
    let _ = std::fs::write(format!("/proc/{}/oom_score_adj", child.id()), ENDED_FIRST);
    Ok((child, output))
}

/// A group of its own, low priority, and the end when we end, also by SIGKILL (Linux).
#[cfg(unix)]
#[allow(unsafe_code, reason = "between fork and exec; each is one system call and allocates nothing")]
fn own(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
    #[cfg(target_os = "linux")]
    let us = rustix::process::getpid();
    // SAFETY: nice, prctl and getppid are async-signal-safe, and the closure does nothing else.
    unsafe {
        command.pre_exec(move || {
            // A system that forbids it runs the program at our own priority.
            let _ = rustix::process::nice(NICER);
            #[cfg(target_os = "linux")]
            {
                rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
                // We may have ended before that.
                if rustix::process::getppid() != Some(us) {
                    return Err(io::ErrorKind::NotFound.into());
                }
            }
            Ok(())
        });
    }
}

/// Waits for the end, takes what is left of the group along, and only then gives the number back to the system.
#[cfg(unix)]
fn live(mut child: std::process::Child, started: Started) -> String {
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
    let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else {
        return "it was lost".to_owned();
    };
    let group = Arc::new(Group { leader: Mutex::new(Some(pid)) });
    let abandoned = started.send(Ok(Arc::clone(&group))).is_err();
    if abandoned {
        group.kill();
    }
    while let Err(error) = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
        if error != rustix::io::Errno::INTR {
            break;
        }
    }
    let mut leader = group.leader();
    let _ = kill_process_group(pid, Signal::KILL);
    *leader = None;
    drop(leader);
    child.wait().map_or_else(|error| error.to_string(), |status| status.to_string())
}

/// Looks now and then: there is no waiting for a child that somebody else may have to kill.
#[cfg(not(unix))]
fn live(child: std::process::Child, started: Started) -> String {
    const LOOK: Duration = Duration::from_millis(200);
    let group = Arc::new(Group { leader: Mutex::new(Some(child)) });
    if started.send(Ok(Arc::clone(&group))).is_err() {
        group.kill();
    }
    loop {
        thread::sleep(LOOK);
        let mut leader = group.leader();
        let ended = leader.as_mut().map(std::process::Child::try_wait);
        match ended {
            Some(Ok(None)) => {}
            Some(Ok(Some(status))) => {
                *leader = None;
                return status.to_string();
            }
            Some(Err(error)) => return error.to_string(),
            None => return "it was lost".to_owned(),
        }
    }
}
