//! Programs of the person's that write their files in pieces, and what was in a file for how long.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{Seek as _, SeekFrom, Write as _},
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// What lay still for less than this between two writes was never at rest: starting one git command takes longer.
const REST: Duration = Duration::from_millis(1);
/// Pieces of a file.
const PIECES: usize = 64;

/// What was in the files.
#[derive(Default)]
pub(crate) struct Written(Mutex<State>);

#[derive(Default)]
struct State {
    /// Versions that were complete.
    whole: HashMap<u64, ()>,
    /// The longest time that an incomplete one lay still.
    torn: HashMap<u64, Duration>,
    versions: u64,
}

/// What a content was, by what the one who wrote it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Was {
    Whole,
    /// Incomplete, but nobody touched it for a while.
    AtRest,
    /// In the middle of being written, or never in the file.
    Torn,
}

impl Written {
    /// What a content of such a file was.
    pub(crate) fn was(&self, content: &[u8]) -> Was {
        let state = self.0.lock().unwrap();
        match (state.whole.get(&hash(content)), state.torn.get(&hash(content))) {
            (Some(()), _) => Was::Whole,
            (None, Some(lay)) if *lay >= REST => Was::AtRest,
            _ => Was::Torn,
        }
    }

    pub(crate) fn versions(&self) -> u64 {
        self.0.lock().unwrap().versions
    }
}

fn hash(content: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    hasher.finish()
}

/// Writes a file again and again until `over`, the first one by emptying it, the others in place at the same length. The one
/// that is emptied stays below 32 KiB: git maps what is larger, and a person's own git is ended by SIGBUS where it is emptied
/// meanwhile, with us or without us (seen with 2.47: more than a third of `git add` and `git commit` beside such a program).
pub(crate) fn keep_writing(file: &Path, number: usize, written: &Written, over: &AtomicBool) {
    let lines = if number == 0 { 32 } else { 200 };
    let piece = |version: u64, piece: usize| format!("{number} {version:08} {piece:02}\n").repeat(lines);
    let mut content: Vec<String> = Vec::new();
    let mut version = 0;
    while !over.load(Ordering::Relaxed) {
        version += 1;
        let mut open = match number {
            0 => File::create(file).unwrap(),
            _ => OpenOptions::new().write(true).create(true).truncate(false).open(file).unwrap(),
        };
        if number == 0 {
            content.clear();
        }
        open.seek(SeekFrom::Start(0)).unwrap();
        let mut states: Vec<(u64, Instant)> = Vec::new();
        states.push((hash(content.concat().as_bytes()), Instant::now()));
        for at in 0..PIECES {
            let text = piece(version, at);
            match content.get_mut(at) {
                Some(old) => old.clone_from(&text),
                None => content.push(text.clone()),
            }
            let after = hash(content.concat().as_bytes());
            states.push((after, Instant::now()));
            open.write_all(text.as_bytes()).unwrap();
        }
        let end = Instant::now();
        drop(open);
        {
            let mut state = written.0.lock().unwrap();
            state.versions += 1;
            state.whole.insert(states.last().unwrap().0, ());
            // Each lay from just before it was written until after the next piece was there.
            let first = usize::from(version > 1 && number > 0);
            for at in first..PIECES {
                let until = states.get(at + 2).map_or(end, |next| next.1);
                let lay = until.duration_since(states[at].1);
                let longest = state.torn.entry(states[at].0).or_default();
                *longest = lay.max(*longest);
            }
        }
        // Whole for a moment, now and then for long enough to be committed.
        thread::sleep(Duration::from_millis(if version % 8 == 0 { 400 } else { 3 }));
    }
}
