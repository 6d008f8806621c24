//! A terminal that a program under test is started on.

use crate::{Sandbox, process};
use nix::pty::{Winsize, openpty};
use std::{fs::File, io::Read as _, process::Stdio, thread, time::Duration};

/// Longest a program may take there.
const LIMIT: Duration = Duration::from_secs(60);

impl Sandbox {
    /// Everything that `autocommit` shows on a terminal of so many columns, with lines ended by a newline alone.
    #[track_caller]
    pub fn on_terminal(&self, columns: u16, args: &[&str]) -> String {
        let size = Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let ends = openpty(Some(&size), None).expect("a terminal");
        let (mut ours, theirs) = (File::from(ends.master), File::from(ends.slave));
        let mut command = self.autocommit_command();
        command.args(args).env("TERM", "xterm-256color").env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::null()).stdout(theirs.try_clone().expect("the terminal")).stderr(theirs);
        let shown = process::shown(&command);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start `{shown}`: {error}"));
        // With it goes our copy of the program's end: reading ends with the program.
        drop(command);
        let reading = thread::spawn(move || {
            let (mut text, mut bytes) = (Vec::new(), [0; 4096]);
            // The end is an error on some systems.
            while let Ok(read @ 1..) = ours.read(&mut bytes) {
                text.extend_from_slice(&bytes[..read]);
            }
            String::from_utf8_lossy(&text).replace("\r\n", "\n")
        });
        if process::wait(&mut child, LIMIT).is_none() {
            child.kill().ok();
            child.wait().ok();
            panic!("`{shown}` was still running after {LIMIT:?}");
        }
        reading.join().expect("what was shown")
    }
}
