//! `autocommit logs`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
};
use autocommit_core::text::escape_controls;
use clap::Args;
use std::{
    collections::VecDeque,
    fs::File,
    io::{self, BufRead as _, BufReader, Seek as _, SeekFrom},
    path::Path,
    time::Duration,
};

/// Time between two looks at the file.
const LOOK: Duration = Duration::from_millis(300);

/// Print the log of the process that owns the repositories.
///
/// What is logged is the setting log_filter, such as `debug`; a change of it counts at once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  autocommit logs\n  autocommit logs -f\n  autocommit logs -n 1000")]
pub(crate) struct Logs {
    /// Go on until you stop it.
    #[arg(short, long)]
    follow: bool,
    /// At most so many lines of those that are there.
    #[arg(short = 'n', long, default_value_t = 100, value_name = "N")]
    lines: usize,
}

pub(crate) async fn run(globals: &Globals, logs: &Logs) -> Result<Exit, Failure> {
    let path = autocommit_host::log::file(&globals.folders()?.state_dir);
    let unreadable =
        |error: io::Error| Failure::attention(format!("The log {} cannot be read: {error}.", path.display()));
    let (last, mut place) = match last_lines(&path, logs.lines) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            say::note("Nothing has been logged yet; autocommit run keeps a log.");
            (Vec::new(), 0)
        }
        read => read.map_err(unreadable)?,
    };
    last.iter().for_each(|line| print(globals, line));
    if !logs.follow {
        return Ok(Exit::Well);
    }
    loop {
        tokio::time::sleep(LOOK).await;
        let Ok(mut file) = File::open(&path) else { continue };
        // A shorter file is the next one.
        if file.metadata().map_err(unreadable)?.len() < place {
            place = 0;
        }
        file.seek(SeekFrom::Start(place)).map_err(unreadable)?;
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).map_err(unreadable)? > 0 && line.ends_with(b"\n") {
            place += line.len() as u64;
            print(globals, String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
    }
}

fn print(globals: &Globals, line: &str) {
    let line = escape_controls(line);
    if globals.json {
        say::json(&serde_json::json!({"line": line}));
    } else {
        say::out(&line);
    }
}

/// The last lines of a file, and where it ends.
pub(super) fn last_lines(path: &Path, lines: usize) -> io::Result<(Vec<String>, u64)> {
    let mut reader = BufReader::new(File::open(path)?);
    let (mut last, mut end, mut line) = (VecDeque::new(), 0, Vec::new());
    while reader.read_until(b'\n', &mut line)? > 0 {
        end += line.len() as u64;
        if last.len() == lines {
            last.pop_front();
        }
        last.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
        line.clear();
    }
    last.truncate(lines);
    Ok((last.into(), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_file() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("log");
        std::fs::write(&path, "a\nb\nc\n").unwrap();
        assert_eq!(last_lines(&path, 2).unwrap(), (vec!["b".to_owned(), "c".to_owned()], 6));
        assert_eq!(last_lines(&path, 9).unwrap().0.len(), 3);
        assert!(last_lines(&path, 0).unwrap().0.is_empty());
    }
}
