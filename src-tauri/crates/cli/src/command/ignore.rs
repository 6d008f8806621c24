//! `autocommit ignore`.

use super::places::{self, Place, shown_path};
use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    style::{Stream, Style, Tone},
};
use autocommit_core::text::{counted, escape_controls};
use autocommit_engine::{EngineError, Ignored, Onlooker, Unignored};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Leave a file or folder out for good, in this clone only.
///
/// Writes one line to the repository's own .git/info/exclude, which git reads and nobody else sees; .gitignore is never
/// touched. A repository that lies inside another one is left out of that one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    autocommit ignore .env dump.sql\n  \
    autocommit ignore --undo dump.sql  take the line out again\n\n\
    Exit codes: 0 done, 1 not possible there, 2 usage or configuration.")]
pub(crate) struct Ignore {
    /// Files or folders.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Take back what this command wrote.
    #[arg(long)]
    undo: bool,
}

/// What came of one path.
struct Line {
    place: Place,
    code: &'static str,
    sentence: String,
    well: bool,
}

pub(crate) async fn run(globals: &Globals, ignore: Ignore) -> Result<Exit, Failure> {
    let onlooker = places::onlooker(globals).await?;
    let mut places = places::find(&onlooker, &ignore.paths).await?;
    for place in places.iter_mut().filter(|place| place.whole()) {
        let Some((repo, path)) = onlooker.around(&place.repo).await else {
            let shown = shown_path(&place.typed);
            return Err(Failure::usage(format!("{shown} is a repository itself, not something in one."))
                .hint(format!("To leave all of it alone, run autocommit repo disable {shown}")));
        };
        (place.repo, place.path) = (repo, path);
    }
    let mut lines = Vec::new();
    for place in places {
        let came = match ignore.undo {
            false => leave_out(&onlooker, &place).await,
            true => take_back(&onlooker, &place).await,
        };
        let (code, sentence, well) = came?;
        lines.push(Line { place, code, sentence, well });
    }
    if globals.json {
        say::json(&json!({"paths": lines.iter().map(Line::json).collect::<Vec<_>>()}));
    } else {
        let style = Style::of(Stream::Err);
        for line in &lines {
            let mark = style.mark(if line.well { Tone::Good } else { Tone::NeedsYou });
            let path = escape_controls(&line.place.typed.to_string_lossy());
            say::note(&format!("{mark} {path}: {}", escape_controls(&line.sentence)));
        }
    }
    Ok(if lines.iter().all(|line| line.well) { Exit::Well } else { Exit::Attention })
}

impl Line {
    fn json(&self) -> Value {
        json!({
            "repo": self.place.repo.work_tree.to_string_lossy(),
            "path": self.place.path.shown(),
            "result": self.code,
            "sentence": self.sentence,
        })
    }
}

async fn leave_out(onlooker: &Onlooker, place: &Place) -> Result<(&'static str, String, bool), EngineError> {
    Ok(match Box::pin(onlooker.ignore(&place.repo, &place.path)).await? {
        Ignored::Added { tracked: 0 } => {
            ("ignored", "ignored from now on, by .git/info/exclude.".to_owned(), true)
        }
        Ignored::Added { tracked } => {
            let kept = counted(tracked, "file");
            (
                "ignored",
                format!("what is new in it is ignored from now on; {kept} that git knows stay looked after."),
                true,
            )
        }
        Ignored::Already => ("already", "it was ignored before.".to_owned(), true),
        Ignored::Tracked => {
            let how = "git knows it already, so it cannot be ignored; run git rm --cached on it first.";
            ("tracked", how.to_owned(), false)
        }
        Ignored::Overruled => {
            let how = "the line is in .git/info/exclude, but a .gitignore of the repository takes it in again; change that one.";
            ("overruled", how.to_owned(), false)
        }
    })
}

async fn take_back(onlooker: &Onlooker, place: &Place) -> Result<(&'static str, String, bool), EngineError> {
    let (code, sentence, well) = match Box::pin(onlooker.unignore(&place.repo, &place.path)).await? {
        Unignored::Seen => ("seen", "git sees it again.", true),
        Unignored::StillIgnored => (
            "still_ignored",
            "our line is gone, but another rule still ignores it; git check-ignore -v says which.",
            true,
        ),
        Unignored::NotOurs => ("not_ours", "no line of ours ignores it; nothing was changed.", false),
    };
    Ok((code, sentence.to_owned(), well))
}
