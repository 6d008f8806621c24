//! Every limit on a child process in one place (invariant A6).

use autocommit_core::settings::Deadlines;
use std::time::Duration;

/// Between TERM and KILL for a process group that overran.
pub(crate) const GRACE: Duration = Duration::from_secs(2);
/// What a hook is given to put things back after an interrupt.
pub(crate) const TIDY_UP: Duration = Duration::from_secs(10);
/// How long a pipe may stay open after git itself has ended (a hook may leave something running).
pub(crate) const PIPE_LINGER: Duration = Duration::from_millis(300);
/// Bytes kept of what git, hooks and remotes say on stderr.
pub(crate) const STDERR_LIMIT: usize = 64 << 10;
/// Bytes read of a status; more changed paths than fit here hold the repository.
pub(crate) const STATUS_LIMIT: usize = 64 << 20;
/// Bytes read of a diff: the file list first, then as much patch as fits.
pub(crate) const DIFF_LIMIT: usize = 512 << 10;
/// Bytes read of the patch of a commit that somebody looks at: some files of it may be cut after a few of their lines.
pub(crate) const PATCH_LIMIT: usize = 8 << 20;
/// Bytes read of any other answer.
pub(crate) const ANSWER_LIMIT: usize = 16 << 20;

/// A shared ssh connection ends by itself this long after its last use.
pub(crate) const CONNECTION_IDLE: Duration = Duration::from_secs(60);
/// Pushes that use one connection at the same time: a server takes ten by default, and leaves others to the person.
pub(crate) const SESSIONS_SHARED: usize = 8;
/// A shared connection is replaced after this long, so that a key that was withdrawn is soon of no more use; what was learnt
/// of the person's settings is asked again; and where sharing did not work it is left alone as long.
pub(crate) const CONNECTION_LASTS: Duration = Duration::from_secs(600);
/// What opening it may take.
pub(crate) const CONNECTION_OPENED: Duration = Duration::from_secs(20);
/// What a question about the person's ssh settings may take.
pub(crate) const CONNECTION_ASKED: Duration = Duration::from_secs(5);
/// What a word to the process that holds it may take.
pub(crate) const CONNECTION_CONTROLLED: Duration = Duration::from_secs(3);

/// The longest that packing a repository's objects may take; what was packed in vain is removed by git.
pub(crate) const MAINTENANCE: Duration = Duration::from_secs(600);
/// How nice that is to all others, whatever we are ourselves.
#[cfg(unix)]
pub(crate) const NICEST: i32 = 19;
/// Bytes of the disk that packing leaves free at the least.
pub(crate) const ROOM_LEFT: u64 = 256 << 20;

/// What a call may do, which decides its deadline and its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Works on this machine only.
    Local,
    /// Runs a program of the person's choice (hook, signing), in a session of its own without terminal.
    Program,
    /// Talks to a remote, in a session of its own without terminal.
    Network,
}

/// What a call may still take once the program was told to end.
pub(crate) fn at_end(class: Class) -> Duration {
    match class {
        // It may write: what does not hang is done long before.
        Class::Local => Duration::from_secs(15),
        Class::Program | Class::Network => Duration::from_secs(5),
    }
}

/// A push that uploads and uploads is ended after this long all the same.
const UPLOAD_AT_MOST: Duration = Duration::from_secs(6 * 3600);

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The longest time; of an upload that makes headway, the longest time without.
    pub(crate) whole: Duration,
    /// The longest silence, where silence counts.
    pub(crate) silence: Option<Duration>,
    /// The longest time of an upload that makes headway, where headway counts.
    pub(crate) upload: Option<Duration>,
}

/// The limits of a call of this class.
pub(crate) fn deadline(class: Class, deadlines: &Deadlines) -> Limits {
    let seconds = Duration::from_secs_f64;
    let whole = |whole| Limits { whole: seconds(whole), silence: None, upload: None };
    match class {
        Class::Local => whole(deadlines.local_seconds),
        Class::Program => whole(deadlines.hook_seconds),
        Class::Network => Limits {
            silence: Some(seconds(deadlines.push_stall_seconds)),
            upload: Some(UPLOAD_AT_MOST),
            ..whole(deadlines.push_seconds)
        },
    }
}
