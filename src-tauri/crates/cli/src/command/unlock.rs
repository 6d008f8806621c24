//! `autocommit unlock REPO`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
};
use autocommit_core::{reason::duration_words, repo::Repo, text::escape_controls};
use autocommit_engine::{FoundLock, InUse, Unlock as Came};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Clear lock files that a git program left behind.
///
/// A lock file means that a git program is in the middle of a write, or was ended there. Autocommit moves one by itself
/// only with a proof that nobody can hold it. This shows the locks of a repository and who may hold them. If nobody seems
/// to be at work there, they are moved aside under another name in the git folder; nothing is deleted.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    autocommit unlock ~/code/web-app                 move its locks aside if nobody holds them\n  \
    autocommit unlock ~/code/web-app --move-aside    move them although somebody may\n\n\
    Exit codes: 0 no lock is there any more, 1 somebody may hold one, or it cannot be moved, 2 usage.")]
pub(crate) struct Unlock {
    /// The repository, or a folder in it.
    #[arg(value_name = "REPO")]
    repo: PathBuf,
    /// Move the locks although a program may hold them, or that cannot be seen.
    #[arg(long)]
    move_aside: bool,
}

pub(crate) async fn run(globals: &Globals, unlock: Unlock) -> Result<Exit, Failure> {
    let (repo, came) = autocommit_engine::unlock(&unlock.repo, unlock.move_aside)
        .await
        .map_err(|error| Failure { exit: Exit::Usage, ..error.into() })?;
    let name = escape_controls(&repo.name());
    let told = told(&name, &came);
    if globals.json {
        say::json(&told.json(&repo, &came));
    } else {
        told.lines.iter().for_each(|line| say::note(line));
        say::note(&told.sentence);
        told.hint.iter().for_each(|hint| say::note(hint));
    }
    Ok(if told.well { Exit::Well } else { Exit::Attention })
}

/// What a person, or a program, is told.
struct Told {
    code: &'static str,
    lines: Vec<String>,
    sentence: String,
    hint: Option<String>,
    well: bool,
}

fn told(name: &str, came: &Came) -> Told {
    let all = |locks: &[FoundLock]| locks.iter().map(line).collect();
    let told = |code, lines, sentence, hint: Option<&str>, well| {
        let hint = hint.map(str::to_owned);
        Told { code, lines, sentence, hint, well }
    };
    match came {
        Came::Nothing => told("nothing", Vec::new(), format!("There is no lock in {name}."), None, true),
        Came::Moved(locks) if locks.iter().all(|lock| lock.moved_to.is_some()) => {
            told("moved", all(locks), format!("{name} is not locked any more."), None, true)
        }
        Came::Moved(locks) => {
            let sentence = format!("A lock in {name} changed hands meanwhile and was left where it is.");
            told("changed", all(locks), sentence, Some("Look again in a moment."), false)
        }
        Came::InUse(locks, why) => {
            let decide = "If you are sure that nothing is at work there, add --move-aside.";
            match why {
                InUse::Held(holders) => {
                    let who: Vec<_> =
                        holders.iter().map(|h| format!("{} (process {})", h.name, h.process)).collect();
                    let sentence = format!("{name} may be in use by {}; nothing was moved.", who.join(", "));
                    told(
                        "held",
                        all(locks),
                        sentence,
                        Some("Finish or end that program first, or add --move-aside."),
                        false,
                    )
                }
                InUse::Young => {
                    let sentence = format!("A lock in {name} was touched a moment ago; nothing was moved.");
                    told("young", all(locks), sentence, Some("Try again in ten seconds."), false)
                }
                InUse::Unseen => {
                    let sentence =
                        format!("Who works in {name} cannot be seen from here; nothing was moved.");
                    told("unseen", all(locks), sentence, Some(decide), false)
                }
            }
        }
        Came::Failed(lock, error) => {
            let sentence = format!("{} in {name} could not be moved: {error}.", escape_controls(lock));
            told("failed", Vec::new(), sentence, Some("Make its git folder writable, then try again."), false)
        }
    }
}

fn line(lock: &FoundLock) -> String {
    let name = escape_controls(&lock.name);
    match &lock.moved_to {
        Some(to) => format!("{name} is now {}", escape_controls(&to.to_string_lossy())),
        None => format!("{name}, last touched {} ago", duration_words(lock.seconds)),
    }
}

impl Told {
    fn json(&self, repo: &Repo, came: &Came) -> Value {
        let (locks, holders) = match came {
            Came::Moved(locks) => (locks.as_slice(), [].as_slice()),
            Came::InUse(locks, InUse::Held(holders)) => (locks.as_slice(), holders.as_slice()),
            Came::InUse(locks, _) => (locks.as_slice(), [].as_slice()),
            Came::Nothing | Came::Failed(..) => ([].as_slice(), [].as_slice()),
        };
        let lock = |lock: &FoundLock| {
            let moved_to = lock.moved_to.as_ref().map(|to| to.to_string_lossy());
            json!({"name": lock.name, "seconds": lock.seconds, "moved_to": moved_to})
        };
        json!({
            "repo": repo.work_tree.to_string_lossy(),
            "result": self.code,
            "locks": locks.iter().map(lock).collect::<Vec<_>>(),
            "holders": holders.iter().map(|h| json!({"name": h.name, "process": h.process})).collect::<Vec<_>>(),
            "sentence": self.sentence,
            "hint": self.hint,
        })
    }
}
