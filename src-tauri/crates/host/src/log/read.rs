//! Reads the log from its end on, also while files of it are set aside.

use super::kept::{KEPT, numbered};
use same_file::Handle;
use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// A place in the log.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    /// The file that was the newest when it was looked at last.
    open: Option<Handle>,
    /// The begin of a line whose end was not there yet.
    begun: Vec<u8>,
}

impl Reader {
    /// The last lines, at most so many, and the place behind them. Where there is no log yet, its begin.
    pub fn last(path: &Path, lines: usize) -> io::Result<(Vec<String>, Self)> {
        let mut reader = Self { path: path.to_owned(), open: None, begun: Vec::new() };
        let mut last = Vec::new();
        // Newest first, for as long as there are too few.
        for mut file in files(path)? {
            let mut text = Vec::new();
            file.as_file_mut().read_to_end(&mut text)?;
            let mut found = Vec::new();
            let begun = split(&text, &mut found);
            if reader.open.is_none() {
                (reader.open, reader.begun) = (Some(file), begun);
            }
            found.append(&mut last);
            last = found;
            if last.len() >= lines {
                break;
            }
        }
        last.drain(..last.len().saturating_sub(lines));
        Ok((last, reader))
    }

    /// What was written since, line by line.
    pub fn more(&mut self) -> io::Result<Vec<String>> {
        // Before anything is read: once another file is the newest, nothing is added to this one any more.
        let mut files = files(&self.path)?;
        let mut lines = Vec::new();
        let Some(open) = self.open.as_mut() else {
            self.from(files, &mut lines)?;
            return Ok(lines);
        };
        self.begun = read(open, std::mem::take(&mut self.begun), &mut lines)?;
        match files.iter().position(|file| file == open) {
            Some(known) => files.truncate(known),
            // Somebody took it away; what was set aside before it was seen before.
            None => files.truncate(1),
        }
        self.from(files, &mut lines)?;
        Ok(lines)
    }

    /// Reads files from their begin, of which the first is the newest.
    fn from(&mut self, files: Vec<Handle>, lines: &mut Vec<String>) -> io::Result<()> {
        for mut file in files.into_iter().rev() {
            // Nobody ends a line in another file.
            let begun = std::mem::take(&mut self.begun);
            lines.extend(Some(text(&begun)).filter(|line| !line.is_empty()));
            self.begun = read(&mut file, Vec::new(), lines)?;
            self.open = Some(file);
        }
        Ok(())
    }
}

/// The files of the log, newest first. One that is set aside meanwhile is not missed: it is found under its new name.
fn files(path: &Path) -> io::Result<Vec<Handle>> {
    let mut files: Vec<Handle> = Vec::new();
    for number in 0..=KEPT {
        match Handle::from_path(numbered(path, number)) {
            Ok(file) if files.contains(&file) => {}
            Ok(file) => files.push(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(files)
}

/// Reads on to the end; returns the begin of a line that has no end yet.
fn read(file: &mut Handle, mut begun: Vec<u8>, lines: &mut Vec<String>) -> io::Result<Vec<u8>> {
    file.as_file_mut().read_to_end(&mut begun)?;
    Ok(split(&begun, lines))
}

fn split(bytes: &[u8], lines: &mut Vec<String>) -> Vec<u8> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    lines.extend(bytes[..whole].split_inclusive(|byte| *byte == b'\n').map(text));
    bytes[whole..].to_vec()
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{super::kept::Kept, *};
    use std::{fs, thread};

    fn log() -> (tempfile::TempDir, PathBuf) {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("logs/a.log");
        (temp, path)
    }

    #[test]
    fn the_last_lines_also_of_files_that_were_set_aside() {
        let (_temp, path) = log();
        assert!(Reader::last(&path, 5).unwrap().0.is_empty(), "nothing yet");
        let mut kept = Kept::open(path.clone(), 16).unwrap();
        (0..9).for_each(|n| kept.add(format!("line {n}\n").as_bytes()).unwrap());
        assert!(numbered(&path, 3).exists());
        let last = |lines| Reader::last(&path, lines).unwrap().0;
        assert_eq!(last(1), ["line 8"]);
        assert_eq!(last(4), ["line 5", "line 6", "line 7", "line 8"]);
        assert_eq!(last(100).len(), 9);
        assert!(last(0).is_empty());
    }

    #[test]
    fn nothing_is_missed_or_told_twice_while_files_are_set_aside() {
        const LINES: usize = 3000;
        let (_temp, path) = log();
        let mut kept = Kept::open(path.clone(), 2000).unwrap();
        kept.add(b"before\n").unwrap();
        let (last, mut reader) = Reader::last(&path, 10).unwrap();
        assert_eq!(last, ["before"]);
        let (say, done) = std::sync::mpsc::sync_channel(0);
        let writing = thread::spawn(move || {
            for n in 0..LINES {
                kept.add(format!("{n:04}\n").as_bytes()).unwrap();
                // Fewer files are set aside between two looks than are kept; the rest happens whenever it happens.
                if n % 500 == 499 {
                    say.send(()).unwrap();
                }
            }
        });
        let mut found = Vec::new();
        for _ in 0..LINES / 500 {
            while done.try_recv().is_err() {
                found.extend(reader.more().unwrap());
            }
        }
        writing.join().unwrap();
        found.extend(reader.more().unwrap());
        let expected: Vec<_> = (0..LINES).map(|n| format!("{n:04}")).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn half_a_line_waits_for_its_end_and_a_log_that_was_taken_away_is_begun_anew() {
        let (_temp, path) = log();
        fs::create_dir(path.parent().unwrap()).unwrap();
        let (_, mut reader) = Reader::last(&path, 10).unwrap();
        assert!(reader.more().unwrap().is_empty());
        fs::write(&path, "one\ntw").unwrap();
        assert_eq!(reader.more().unwrap(), ["one"]);
        fs::write(numbered(&path, 1), "one\ntwo\nthr").unwrap();
        fs::rename(numbered(&path, 1), &path).unwrap();
        // Another file took its place, and the half line is told as it is.
        assert_eq!(reader.more().unwrap(), ["tw", "one", "two"]);
        fs::remove_file(&path).unwrap();
        assert!(reader.more().unwrap().is_empty());
        fs::write(&path, "four\n").unwrap();
        assert_eq!(reader.more().unwrap(), ["thr", "four"]);
    }
}
