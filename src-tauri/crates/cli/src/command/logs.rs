//! `autocommit logs`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say, way,
};
use autocommit_core::text::escape_controls;
use autocommit_host::log::{self, Line, Reader};
use clap::Args;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// Time between two looks at the file.
const LOOK: Duration = Duration::from_millis(300);

/// Print the log of the process that owns the repositories.
///
/// What is logged is the setting log_filter, such as `debug`; a change of it counts at once. With --json each line is an
/// object: time, level, run_id, repo, cycle_id, and what was said.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    autocommit logs\n  \
    autocommit logs -f --repo .\n  \
    autocommit logs -n 1000\n\n\
    Lines without a run belong to no repository; --repo leaves them out.")]
pub(crate) struct Logs {
    /// Go on until you stop it.
    #[arg(short, long)]
    follow: bool,
    /// At most so many lines of those that are there.
    #[arg(short = 'n', long, default_value_t = 100, value_name = "N")]
    lines: usize,
    /// Only what was said while this repository was looked after.
    #[arg(long, value_name = "PATH")]
    repo: Option<PathBuf>,
}

pub(crate) async fn run(globals: &Globals, logs: &Logs) -> Result<Exit, Failure> {
    let path = log::file(&globals.folders()?.state_dir);
    let unreadable = |error: std::io::Error| {
        Failure::attention(format!("The log {} cannot be read: {error}.", path.display()))
    };
    let repo = logs.repo.as_deref().map(work_tree);
    let wanted =
        |line: &str| repo.as_deref().is_none_or(|repo| Line::of(line).is_some_and(|line| line.is_of(repo)));
    // Of one repository there may be few among many.
    let (mut last, mut reader) =
        Reader::last(&path, if repo.is_some() { usize::MAX } else { logs.lines }).map_err(unreadable)?;
    if last.is_empty() && !path.exists() {
        say::note("Nothing has been logged yet; autocommit run keeps a log.");
    }
    last.retain(|line| wanted(line));
    last[last.len().saturating_sub(logs.lines)..].iter().for_each(|line| print(globals, line));
    if !logs.follow {
        return Ok(Exit::Well);
    }
    loop {
        tokio::time::sleep(LOOK).await;
        let more = reader.more().map_err(unreadable)?;
        more.iter().filter(|line| wanted(line)).for_each(|line| print(globals, line));
    }
}

/// The work tree around a path, as the log names it; nothing but names is looked at.
fn work_tree(path: &Path) -> String {
    let path = way::absolute(path);
    let around = path.ancestors().find(|folder| folder.join(".git").exists());
    around.unwrap_or(&path).to_string_lossy().into_owned()
}

fn print(globals: &Globals, line: &str) {
    if !globals.json {
        return say::out(&escape_controls(line));
    }
    let line = Line::of(line).map_or_else(
        || serde_json::json!({"text": line}),
        |line| {
            let Line { time, level, run, repo, cycle, text } = line;
            serde_json::json!({
                "time": time, "level": level, "run_id": run, "repo": repo, "cycle_id": cycle, "text": text,
            })
        },
    );
    say::json(&line);
}
