//! The tracing thread: follows the program and every process below it, and strikes.

use super::{
    Act, Event, Place, Strike, Victims, When,
    calls::{self, Target},
    names, registers,
};
use nix::{
    errno::Errno,
    libc,
    sys::{
        ptrace,
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};
use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// What the kernel reports for the stop that begins the life of a traced thread.
const EVENT_STOP: i32 = libc::PTRACE_EVENT_STOP;

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

pub(super) struct Tracer<'a> {
    root: &'a Path,
    root_pid: Pid,
    strike: Option<&'a Strike>,
    pub(super) struck: bool,
    /// The tree in which everything fails from now on, and how.
    broken: Option<(String, i32)>,
    pub(super) code: Option<i32>,
    pub(super) events: Vec<Event>,
    processes: HashMap<Pid, Process>,
    /// Threads with their processes.
    threads: HashMap<Pid, Pid>,
    pending: HashMap<Pid, Pending>,
    /// Files below the root that are open for writing.
    open: HashMap<(Pid, u64), String>,
    calls: HashMap<(String, &'static str, String), usize>,
    starts: HashMap<String, usize>,
    /// The processes, for whoever ends a run that takes too long.
    pub(super) alive: Arc<Mutex<HashSet<Pid>>>,
}

impl<'a> Tracer<'a> {
    pub(super) fn new(root: &'a Path, root_pid: Pid, strike: Option<&'a Strike>) -> Self {
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
    pub(super) fn follow(&mut self) {
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
