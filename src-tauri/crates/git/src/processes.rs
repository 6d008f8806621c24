//! The programs of this machine, where the system lists them (`/proc`): who is at work in a repository.

use autocommit_core::locks::AtWork;
use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// Programs that are named to a person at the most.
const NAMED: usize = 5;
/// New programs that are looked at one by one.
const MANY: i32 = 64;

/// One running program.
#[derive(Debug)]
pub(crate) struct Process {
    /// Its number.
    pub(crate) id: i32,
    /// Its words, the program's own name first, each with a zero byte behind it.
    line: Vec<u8>,
    /// The folder that git, or an editor of a commit's message, works in; nothing where we may not see that.
    pub(crate) folder: Option<PathBuf>,
}

/// All running programs with words; nothing where the system does not list them.
pub(crate) fn list() -> Option<Vec<Process>> {
    if !Path::new("/proc/self/cmdline").exists() {
        return None;
    }
    Some(fs::read_dir("/proc").ok()?.flatten().filter_map(|entry| read(&entry.path())).collect())
}

/// The number of the newest program, which the system gives out in order; nothing where it does not tell.
pub(crate) fn newest() -> Option<i32> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next_back()?.parse().ok()
}

/// The programs with words that were started after the one of number `last`, up to `newest`; all where there are many,
/// or where the numbers began anew.
pub(crate) fn since(last: i32, newest: i32) -> Option<Vec<Process>> {
    if !(0..=MANY).contains(&newest.saturating_sub(last)) {
        return list();
    }
    Some((last..=newest).filter_map(|id| read(&Path::new("/proc").join(id.to_string()))).collect())
}

/// Kernel threads and the dead have no words; what ends between two looks has no folder any more, which is another thing
/// than one that we may not see. This is done for every program of the machine before a branch moves: no call of the system
/// more than it takes.
fn read(folder: &Path) -> Option<Process> {
    let id = folder.file_name()?.to_str()?.parse().ok()?;
    let mut process = Process { id, line: line(&folder.join("cmdline"))?, folder: None };
    if process.is_git() || process.edits_a_message() {
        process.folder = match fs::read_link(folder.join("cwd")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            other => other.ok(),
        };
    }
    Some(process)
}

/// The words of a program as the system gives them; nothing where there are none. Such a file tells no size, so that asking
/// for it (as `fs::read` does) would be in vain.
fn line(file: &Path) -> Option<Vec<u8>> {
    let mut line = Vec::with_capacity(4096);
    fs::File::open(file).ok()?.take(u64::MAX).read_to_end(&mut line).ok()?;
    line.first().is_some_and(|first| *first != 0).then_some(line)
}

impl Process {
    fn words(&self) -> impl Iterator<Item = &[u8]> {
        self.line.strip_suffix(b"\0").unwrap_or(&self.line).split(|b| *b == 0)
    }

    fn program(&self) -> &[u8] {
        let name = self.words().next().unwrap_or_default();
        name.rsplit(|b| *b == b'/').next().unwrap_or_default()
    }

    /// Whether it is git, or a program of git's own (`git-remote-https`).
    pub(crate) fn is_git(&self) -> bool {
        self.program() == b"git" || self.program().starts_with(b"git-")
    }

    /// Whether it is a `git commit`.
    pub(crate) fn commits(&self) -> bool {
        self.program() == b"git" && self.words().skip(1).any(|word| word == b"commit")
    }

    /// Whether it sends commits of a repository elsewhere.
    fn sends(&self) -> bool {
        let verbs: [&[u8]; 3] = [b"push", b"send-pack", b"upload-pack"];
        let named = |name: &[u8]| verbs.contains(&name) || name.starts_with(b"remote-");
        self.is_git()
            && (self.program().strip_prefix(b"git-").is_some_and(named) || self.verb().is_some_and(named))
    }

    /// Whether it is an editor of a commit's message, by its words.
    pub(crate) fn edits_a_message(&self) -> bool {
        self.line.windows(14).any(|part| part == b"COMMIT_EDITMSG")
    }

    /// Whether it works in one of `places`: by its folder, or by what it was told.
    fn is_in(&self, places: &[PathBuf]) -> bool {
        let within = |path: &Path| places.iter().any(|place| path.starts_with(place));
        let told = self.words().filter_map(|word| word.strip_prefix(b"--git-dir="));
        self.folder.as_deref().is_some_and(within)
            || told.map(path_of).chain(self.variable("GIT_DIR")).any(|path| within(&path))
    }

    /// A variable of its environment, as a path; nothing where we may not see it.
    fn variable(&self, name: &str) -> Option<PathBuf> {
        let environment = fs::read(format!("/proc/{}/environ", self.id)).ok()?;
        let of = |entry: &[u8]| Some(path_of(entry.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?));
        environment.split(|b| *b == 0).find_map(of)
    }

    fn has_open(&self, file: &Path) -> bool {
        let Ok(open) = fs::read_dir(format!("/proc/{}/fd", self.id)) else { return false };
        open.flatten().any(|entry| fs::read_link(entry.path()).is_ok_and(|target| target == file))
    }

    fn as_holder(&self) -> Holder {
        let name = String::from_utf8_lossy(self.program()).into_owned();
        let verb = self.verb().filter(|_| self.is_git());
        let verb = verb.map(|word| format!(" {}", String::from_utf8_lossy(word))).unwrap_or_default();
        let name = autocommit_core::text::escape_controls(&format!("{name}{verb}"));
        Holder { name, process: self.id }
    }

    /// The subcommand: the first plain word that is no value of an option before it.
    fn verb(&self) -> Option<&[u8]> {
        let plain = |word: &[u8]| word.iter().all(|b| b.is_ascii_lowercase() || *b == b'-');
        let named = |(before, word): &(&[u8], &[u8])| {
            !matches!(*before, b"-c" | b"-C") && !word.starts_with(b"-") && plain(word)
        };
        self.words().zip(self.words().skip(1)).find(named).map(|(_, word)| word)
    }
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).as_ref().into()
}

/// Whether git programs are at work in `places`. One of which we cannot see where it works counts.
pub(crate) fn at_work(places: &[PathBuf]) -> AtWork {
    let Some(list) = list() else { return AtWork::Unknown };
    match list.iter().any(|p| p.is_git() && (p.folder.is_none() || p.is_in(places))) {
        true => AtWork::Somebody,
        false => AtWork::Nobody,
    }
}

/// Whether a push, or somebody's fetch, runs in `places`, as far as programs are listed here.
pub(crate) fn pushing(places: &[PathBuf]) -> bool {
    list().unwrap_or_default().iter().any(|p| p.sends() && (p.folder.is_none() || p.is_in(places)))
}

/// A program that may hold a lock.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    /// `git commit`, or the program's own name.
    pub name: String,
    /// Its number.
    pub process: i32,
}

/// Programs that may hold `lock`, by name: who has it open, git at work in `places`, editors of a message there.
pub(crate) fn holders(lock: &Path, places: &[PathBuf]) -> Vec<Holder> {
    let own = i32::try_from(std::process::id()).unwrap_or(0);
    let may_hold = |p: &&Process| {
        let works = p.is_git() || p.edits_a_message();
        p.id != own && ((works && p.is_in(places)) || p.has_open(lock))
    };
    let list = list().unwrap_or_default();
    let mut holders: Vec<_> = list.iter().filter(may_hold).take(NAMED).map(Process::as_holder).collect();
    holders.sort();
    holders
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::os::unix::process::CommandExt as _;

    #[allow(clippy::disallowed_methods, reason = "it plays a program with many words")]
    #[test]
    fn words_are_read_to_the_end() {
        for length in [1, 900, 1000, 1024, 5000, 100_000] {
            let word = "w".repeat(length);
            let mut child =
                std::process::Command::new("sleep").args(["60"]).arg0(&word).spawn().expect("it starts");
            let id = i32::try_from(child.id()).unwrap();
            let folder = Path::new("/proc").join(id.to_string());
            // It has no words in the instant in which it becomes that program.
            while fs::read(folder.join("cmdline")).unwrap().is_empty() {}
            let read = read(&folder);
            let _ = child.kill();
            let _ = child.wait();
            assert_eq!(read.unwrap().line, format!("{word}\0{}\0", 60).into_bytes(), "{length}");
        }
    }
}
