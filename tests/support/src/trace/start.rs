//! Starts a program so that it is traced from its first call on, and waits for the end of everything below it.

use super::{Strike, Trace, tracer::Tracer};
use nix::{
    sched::{CpuSet, sched_getaffinity, sched_setaffinity},
    sys::{
        ptrace::{self, Options},
        signal::{Signal, kill},
    },
    unistd::Pid,
};
use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// Longest time that a traced run may take.
const LIMIT: Duration = Duration::from_secs(120);
/// Whether a child can be traced here at all.
pub(super) fn available() -> Result<(), String> {
    let mut command = Command::new("/bin/true");
    command.env_clear();
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    fs::create_dir(folder.path().join("run")).map_err(|error| error.to_string())?;
    match attempt(folder.path(), &command, None) {
        Ok(trace) if trace.code == Some(0) => Ok(()),
        Ok(trace) => Err(format!("a traced program ended with {:?}", trace.code)),
        Err(error) => Err(format!("this system does not let a program trace its children: {error}")),
    }
}

/// Runs `command` to its end and everything below it, traced.
#[track_caller]
pub(super) fn run(root: &Path, command: &Command, strike: Option<&Strike>) -> Trace {
    attempt(root, command, strike).unwrap_or_else(|error| panic!("cannot trace {command:?}: {error}"))
}

/// Keeps this thread, and what it starts, on one processor: a tracer that wakes its tracee on another one takes twice as
/// long, and a program with one processor does things in the same order in every run.
struct OneProcessor(Option<CpuSet>);

impl OneProcessor {
    fn choose() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let this = Pid::from_raw(0);
        let Ok(all) = sched_getaffinity(this) else { return Self(None) };
        let allowed: Vec<usize> = (0..CpuSet::count()).filter(|cpu| all.is_set(*cpu) == Ok(true)).collect();
        let mut one = CpuSet::new();
        let chosen = allowed.get(NEXT.fetch_add(1, Ordering::Relaxed) % allowed.len().max(1));
        let set = chosen.is_some_and(|cpu| one.set(*cpu).is_ok() && sched_setaffinity(this, &one).is_ok());
        Self(set.then_some(all))
    }
}

impl Drop for OneProcessor {
    fn drop(&mut self) {
        if let Some(all) = &self.0 {
            let _ = sched_setaffinity(Pid::from_raw(0), all);
        }
    }
}

fn attempt(root: &Path, command: &Command, strike: Option<&Strike>) -> Result<Trace, String> {
    let _processor = OneProcessor::choose();
    let said = |name: &str| root.join("run").join(format!("trace.{name}"));
    let file = |name: &str| File::create(said(name)).map_err(|error| error.to_string());
    // The shell waits until it is traced, then becomes the program: the first thing that is seen is that.
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "read -r _; exec \"$@\" </dev/null", "sh"]).arg(command.get_program());
    shell.args(command.get_args()).env_clear();
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell.stdin(Stdio::piped()).stdout(file("stdout")?).stderr(file("stderr")?);
    let mut child = shell.spawn().map_err(|error| error.to_string())?;
    let root_pid = Pid::from_raw(child.id().cast_signed());
    let options = Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_EXITKILL;
    if let Err(error) = ptrace::seize(root_pid, options) {
        let _ = child.kill();
        let _ = child.wait();
        return Err(error.to_string());
    }
    let mut tracer = Tracer::new(root, root_pid, strike);
    let (over, limit) = mpsc::channel::<()>();
    let (alive, overran) = (Arc::clone(&tracer.alive), Arc::new(AtomicBool::new(false)));
    let overran_too = Arc::clone(&overran);
    let watch = thread::spawn(move || {
        if limit.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout) {
            overran_too.store(true, Ordering::Relaxed);
            for pid in alive.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                let _ = kill(*pid, Signal::SIGKILL);
            }
        }
    });
    let start = child.stdin.take().map(|mut pipe| pipe.write_all(b"\n"));
    tracer.follow();
    drop(over);
    let _ = watch.join();
    let text = |name: &str| String::from_utf8_lossy(&fs::read(said(name)).unwrap_or_default()).into_owned();
    let trace = Trace {
        events: tracer.events,
        code: tracer.code,
        struck: tracer.struck,
        stdout: text("stdout"),
        stderr: text("stderr"),
    };
    match (start, overran.load(Ordering::Relaxed)) {
        (_, true) => Err(format!("still running after {LIMIT:?}\n{}\n{}", trace.stdout, trace.stderr)),
        (Some(Ok(())), _) => Ok(trace),
        _ => Err("the shell did not wait".to_owned()),
    }
}
