//! The tracing thread: starts the program, follows every process below it, and strikes.

use super::{
    Act, Event, Place, Strike, Trace, Victims, When,
    calls::{self, Target},
    names, registers,
};
use nix::{
    errno::Errno,
    libc,
    sched::{CpuSet, sched_getaffinity, sched_setaffinity},
    sys::{
        ptrace::{self, Options},
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};
use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// Longest time that a traced run may take.
const LIMIT: Duration = Duration::from_secs(120);
/// What the kernel reports for the stop that begins the life of a traced thread.
const EVENT_STOP: i32 = libc::PTRACE_EVENT_STOP;

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

/// A process: all of its threads.
#[derive(Debug, Clone)]
struct Process {
    role: String,
    server: bool,
}

/// What is to happen when a call has ended.
#[derive(Debug, Default)]
struct Pending {
    place: Option<Place>,
    /// Where the call opens a file for writing: its path.
    opens: Option<String>,
    closes: Option<u64>,
    answer: Option<i64>,
    kill: Option<Victims>,
}

struct Tracer<'a> {
    root: &'a Path,
    root_pid: Pid,
    strike: Option<&'a Strike>,
    struck: bool,
    /// The tree in which everything fails from now on, and how.
    broken: Option<(String, i32)>,
    code: Option<i32>,
    events: Vec<Event>,
    processes: HashMap<Pid, Process>,
    /// Threads with their processes.
    threads: HashMap<Pid, Pid>,
    pending: HashMap<Pid, Pending>,
    /// Files below the root that are open for writing.
    open: HashMap<(Pid, u64), String>,
    calls: HashMap<(String, &'static str, String), usize>,
    starts: HashMap<String, usize>,
    /// The processes, for whoever ends a run that takes too long.
    alive: Arc<Mutex<HashSet<Pid>>>,
}

impl<'a> Tracer<'a> {
    fn new(root: &'a Path, root_pid: Pid, strike: Option<&'a Strike>) -> Self {
        let first = Process { role: "program".to_owned(), server: false };
        Self {
            root,
            root_pid,
            strike,
            struck: false,
            broken: None,
            code: None,
            events: Vec::new(),
            processes: HashMap::from([(root_pid, first)]),
            threads: HashMap::from([(root_pid, root_pid)]),
            pending: HashMap::new(),
            open: HashMap::new(),
            calls: HashMap::new(),
            starts: HashMap::new(),
            alive: Arc::new(Mutex::new(HashSet::from([root_pid]))),
        }
    }

    /// Until nobody is left.
    fn follow(&mut self) {
        loop {
            // Only what this very thread started or traces: other tests wait for theirs.
            match waitpid(None, Some(WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD)) {
                Ok(status) => self.turn(status),
                Err(Errno::ECHILD) => return,
                // A signal without a name, or an interruption: the next one tells.
                Err(_) => {}
            }
        }
    }

    fn turn(&mut self, status: WaitStatus) {
        match status {
            WaitStatus::Exited(thread, code) => {
                if thread == self.root_pid {
                    self.code = Some(code);
                } else if let Some(process) = self.processes.get(&thread) {
                    // Whoever started it hears of its end after us.
                    self.milestone(thread, process.role.clone(), "end", code);
                }
                self.gone(thread);
            }
            WaitStatus::Signaled(thread, ..) => self.gone(thread),
            WaitStatus::PtraceSyscall(thread) => {
                self.known(thread);
                let entry =
                    ptrace::syscall_info(thread).map(|info| info.op == libc::PTRACE_SYSCALL_INFO_ENTRY);
                match entry {
                    Ok(true) => self.before(thread),
                    Ok(false) => self.after(thread),
                    Err(_) => {}
                }
                let _ = ptrace::syscall(thread, None);
            }
            WaitStatus::PtraceEvent(thread, _, event) => {
                self.known(thread);
                match event {
                    libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE => {
                        if let Some(new) =
                            ptrace::getevent(thread).ok().and_then(|new| i32::try_from(new).ok())
                        {
                            self.begun(Pid::from_raw(new), Some(thread));
                        }
                    }
                    libc::PTRACE_EVENT_EXEC => self.became(thread),
                    EVENT_STOP => {}
                    other => eprintln!("trace: event {other} of {thread} is not expected"),
                }
                let _ = ptrace::syscall(thread, None);
            }
            WaitStatus::Stopped(thread, signal) => {
                self.known(thread);
                let _ = ptrace::syscall(thread, signal);
            }
            _ => {}
        }
    }

    fn gone(&mut self, thread: Pid) {
        self.threads.remove(&thread);
        self.pending.remove(&thread);
        if self.processes.remove(&thread).is_some() {
            self.open.retain(|(process, _), _| *process != thread);
            self.alive.lock().unwrap_or_else(PoisonError::into_inner).remove(&thread);
        }
    }

    fn known(&mut self, thread: Pid) {
        if !self.threads.contains_key(&thread) {
            self.begun(thread, None);
        }
    }

    /// A new thread or process, begun by `parent`.
    fn begun(&mut self, new: Pid, parent: Option<Pid>) {
        if self.threads.contains_key(&new) {
            // It was seen before its parent's word of it, and may be another program by now.
            return;
        }
        let field = |name: &str| {
            let status = fs::read_to_string(format!("/proc/{new}/status")).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            Some(Pid::from_raw(line.trim().parse().ok()?))
        };
        let process = field("Tgid").unwrap_or(new);
        self.threads.insert(new, process);
        let above = parent.or_else(|| field("PPid")).and_then(|pid| self.threads.get(&pid).copied());
        let inherited = above.and_then(|pid| self.processes.get(&pid).cloned());
        if process == new
            && let Some(inherited) = inherited
        {
            self.processes.insert(new, inherited);
            self.alive.lock().unwrap_or_else(PoisonError::into_inner).insert(new);
        }
    }

    /// A process has become another program.
    fn became(&mut self, thread: Pid) {
        let process = self.threads.get(&thread).copied().unwrap_or(thread);
        self.open.retain(|(owner, _), _| *owner != process);
        if process == self.root_pid {
            return;
        }
        let line = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        let words: Vec<String> =
            line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        let name = names::role(&words);
        let server = name == "receive-pack" || self.processes.get(&process).is_some_and(|p| p.server);
        let name = if server { format!("server {name}") } else { name };
        let count = self.starts.entry(name.clone()).or_default();
        *count += 1;
        let role = if *count == 1 { name } else { format!("{name} {count}") };
        self.processes.insert(process, Process { role: role.clone(), server });
        self.milestone(thread, role, "start", 0);
    }

    /// A program has started or ended. There is nothing to be torn or to fail.
    fn milestone(&mut self, thread: Pid, role: String, call: &'static str, answer: i32) {
        let place = Place { role, call, path: "-".to_owned(), nth: 1 };
        if let Some(Strike { place: wanted, act: Act::Kill(_, victims) }) = self.strike
            && *wanted == place
        {
            self.struck = true;
            self.kill(*victims, thread);
        }
        self.events.push(Event { place, answer: answer.into() });
    }

    /// A thread is about to make a call.
    fn before(&mut self, thread: Pid) {
        self.pending.remove(&thread);
        let Ok(call) = registers::call(thread) else { return };
        let Some((name, target)) = calls::of(call.number) else { return };
        let process = self.threads[&thread];
        let mut pending = Pending::default();
        if name == "create" {
            let flags = match target {
                Target::Path(Some(_), _) => call.arguments[2],
                _ if call.number == libc::SYS_creat.cast_unsigned() => {
                    (libc::O_CREAT | libc::O_WRONLY) as u64
                }
                _ => call.arguments[1],
            };
            let has = |flag: i32| flags & u64::from(flag.cast_unsigned()) != 0;
            let makes = has(libc::O_CREAT) || has(libc::O_TRUNC);
            if !makes && !has(libc::O_WRONLY) && !has(libc::O_RDWR) {
                return;
            }
            pending.opens = self.named(thread, process, &call, target);
            if !makes {
                self.pending.insert(thread, pending);
                return;
            }
        }
        let Some(path) = pending.opens.clone().or_else(|| self.named(thread, process, &call, target)) else {
            return;
        };
        if name == "close" {
            pending.closes = Some(call.arguments[0]);
        }
        let Some(role) = self.processes.get(&process).map(|p| p.role.clone()) else { return };
        let nth = self.calls.entry((role.clone(), name, path.clone())).or_default();
        *nth += 1;
        let place = Place { role, call: name, path, nth: *nth };
        self.strike(thread, &place, &mut pending);
        pending.place = Some(place);
        self.pending.insert(thread, pending);
    }

    fn strike(&mut self, thread: Pid, place: &Place, pending: &mut Pending) {
        if let Some(strike) = self.strike
            && strike.place == *place
        {
            self.struck = true;
            match strike.act {
                Act::Kill(When::Before, victims) => self.kill(victims, thread),
                Act::Kill(When::After, victims) => pending.kill = Some(victims),
                Act::Kill(When::Torn, victims) => {
                    let _ = registers::halve(thread);
                    pending.kill = Some(victims);
                }
                Act::Fail { error, lasting } => {
                    self.fail(thread, pending, error);
                    if lasting {
                        self.broken = Some((tree(&place.path).to_owned(), error));
                    }
                }
            }
        } else if let Some((broken, error)) = &self.broken
            && *broken == tree(&place.path)
            && touches(place.call, *error)
        {
            self.fail(thread, pending, *error);
        }
    }

    fn fail(&self, thread: Pid, pending: &mut Pending, error: i32) {
        // close frees the descriptor whatever it answers.
        if pending.closes.is_none() {
            let _ = registers::leave_out(thread);
        }
        pending.opens = None;
        pending.answer = Some(-i64::from(error));
    }

    /// A thread has made a call.
    fn after(&mut self, thread: Pid) {
        let Some(pending) = self.pending.remove(&thread) else { return };
        let process = self.threads[&thread];
        if let Some(answer) = pending.answer {
            let _ = registers::set_answer(thread, answer);
        }
        let Ok(answer) = registers::answer(thread) else { return };
        if let (Some(path), Ok(fd)) = (pending.opens, u64::try_from(answer)) {
            self.open.insert((process, fd), path);
        }
        if let Some(fd) = pending.closes {
            self.open.remove(&(process, fd));
        }
        if let Some(place) = pending.place {
            self.events.push(Event { place, answer });
        }
        if let Some(victims) = pending.kill {
            self.kill(victims, thread);
        }
    }

    fn kill(&self, victims: Victims, thread: Pid) {
        let caller = self.threads[&thread];
        let everything = || {
            let below = self.processes.iter().filter(|(_, process)| !process.server).map(|(pid, _)| *pid);
            std::iter::once(self.root_pid).chain(below).collect()
        };
        let pids: Vec<Pid> = match victims {
            Victims::Program => vec![self.root_pid],
            Victims::Caller => vec![caller],
            Victims::Everything => everything(),
        };
        for pid in pids {
            let _ = kill(pid, Signal::SIGKILL);
        }
    }

    /// What a call acts on, if it is below the root.
    fn named(&self, thread: Pid, process: Pid, call: &registers::Call, target: Target) -> Option<String> {
        let whole = |(folder, path): (Option<usize>, usize)| {
            let path = registers::path_at(thread, call.arguments[path])?;
            if path.is_absolute() {
                return names::path(self.root, &normal(&path));
            }
            // AT_FDCWD is a negative number in 32 bits.
            let fd = folder.map(|at| call.arguments[at] as u32).filter(|fd| fd.cast_signed() >= 0);
            let link =
                fd.map_or_else(|| format!("/proc/{thread}/cwd"), |fd| format!("/proc/{thread}/fd/{fd}"));
            let folder = fs::read_link(link).ok()?;
            names::path(self.root, &normal(&folder.join(path)))
        };
        match target {
            Target::Path(folder, path) => whole((folder, path)),
            Target::Two(from, to) => Some(format!("{} -> {}", whole(from)?, whole(to)?)),
            Target::Fd(at) => {
                let fd = call.arguments[at];
                let opened = self.open.get(&(process, fd)).cloned();
                // A folder is opened for reading and synced.
                let synced = calls::of(call.number).is_some_and(|(name, _)| name == "fsync");
                if opened.is_some() || !synced {
                    return opened;
                }
                names::path(self.root, &fs::read_link(format!("/proc/{thread}/fd/{fd}")).ok()?)
            }
        }
    }
}

/// Without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// What breaks as one: the repositories, the remotes, the state folder.
fn tree(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

/// Whether a call fails where the whole tree fails like that.
fn touches(call: &str, error: i32) -> bool {
    match error {
        libc::EIO => matches!(call, "fsync" | "write"),
        libc::ENOSPC => matches!(call, "write" | "mkdir" | "allocate" | "copy"),
        _ => !matches!(call, "write" | "fsync" | "close" | "copy" | "start" | "end"),
    }
}
