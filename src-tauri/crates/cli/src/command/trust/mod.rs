//! `autocommit trust list|show|allow|revoke`: what repositories bring that would run, and whether it may.

mod groups;
mod shown;

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    style::{Stream, Style},
    way::absolute,
};
use autocommit_core::{
    text::{counted, escape_controls},
    trust::TrustKind,
};
use autocommit_engine::{TrustBook, TrustState, TrustView};
use autocommit_host::Source;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// See and say which programs of repositories may run.
///
/// A repository whose own hooks, filters or settings would run programs, or lead its pushes elsewhere, is left alone until
/// you allow exactly these. What you set up for yourself (your own git configuration) needs no question.
#[derive(Debug, Args)]
pub(crate) struct Trust {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List what asks, one kind after the other: the same hooks in many repositories are one question.
    List,
    /// Show everything that a repository brings, with what would run.
    Show {
        /// The repository, or a folder in it.
        path: PathBuf,
    },
    /// Allow exactly what is there now; one changed byte asks again.
    Allow {
        /// Repositories, or folders in them.
        #[arg(required_unless_present = "kind")]
        paths: Vec<PathBuf>,
        /// Every repository that brings nothing but this kind (may be given several times).
        #[arg(long, value_parser = kind, conflicts_with = "paths")]
        kind: Vec<TrustKind>,
    },
    /// Take back what was allowed.
    Revoke {
        /// Repositories, or folders in them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
}

fn kind(code: &str) -> Result<TrustKind, String> {
    TrustKind::parse(code).ok_or_else(|| {
        let all: Vec<_> = TrustKind::ALL.into_iter().map(TrustKind::code).collect();
        format!("it is one of {}", all.join(", "))
    })
}

pub(crate) async fn run(globals: &Globals, trust: Trust) -> Result<Exit, Failure> {
    let folders = globals.folders()?;
    let (_, settings) = Source::new(folders.clone(), globals.overrides()?).load()?;
    let no_folders = settings.repos_base_paths.is_empty();
    let book = Box::pin(TrustBook::open(settings, &folders.state_dir)).await?;
    match trust.action {
        Action::List if no_folders => Err(super::no_base_paths(globals)?),
        Action::List => {
            let views = Box::pin(book.all()).await;
            list(globals, &views);
            Ok(Exit::Well)
        }
        Action::Show { path } => {
            let view = Box::pin(book.at(&absolute(&path))).await?;
            if globals.json {
                say::json(&shown::of(&view));
            } else {
                shown::in_full(&view).iter().for_each(|line| say::out(line));
            }
            Ok(Exit::Well)
        }
        Action::Allow { paths, kind } if kind.is_empty() => {
            let views = at(&book, &paths).await?;
            allow(globals, &book, &views.iter().collect::<Vec<_>>()).await
        }
        Action::Allow { kind, .. } => {
            let views = Box::pin(book.all()).await;
            let asking: Vec<_> = views.iter().filter(|view| view.state == TrustState::Asks).collect();
            let only = |view: &&&TrustView| view.asks.iter().all(|brought| kind.contains(&brought.kind));
            let some = |view: &&&TrustView| view.asks.iter().any(|brought| kind.contains(&brought.kind));
            let meant: Vec<_> = asking.iter().filter(only).copied().collect();
            let more = asking.iter().filter(some).count() - meant.len();
            let exit = allow(globals, &book, &meant).await?;
            if more > 0 && !globals.json {
                let who = counted(more, "repository");
                say::note(&format!("{who} with more than that still asked; autocommit trust list shows it."));
            }
            Ok(exit)
        }
        Action::Revoke { paths } => {
            let views = at(&book, &paths).await?;
            let gone = book.revoke(&views.iter().collect::<Vec<_>>()).await?;
            let gone: Vec<_> = gone.iter().map(|path| path.display().to_string()).collect();
            if globals.json {
                say::json(&serde_json::json!({"revoked": gone}));
            } else if gone.is_empty() {
                say::note("Nothing was allowed there.");
            } else {
                gone.iter().for_each(|path| say::note(&format!("Taken back: {}.", escape_controls(path))));
            }
            Ok(Exit::Well)
        }
    }
}

async fn at(book: &TrustBook, paths: &[PathBuf]) -> Result<Vec<TrustView>, Failure> {
    let mut views: Vec<TrustView> = Vec::new();
    for path in paths {
        let view = Box::pin(book.at(&absolute(path))).await?;
        if !views.iter().any(|known| known.repo.id == view.repo.id) {
            views.push(view);
        }
    }
    Ok(views)
}

fn list(globals: &Globals, views: &[TrustView]) {
    if globals.json {
        let repos: Vec<_> = views.iter().map(shown::of).collect();
        say::json(&serde_json::json!({"kinds": groups::groups(views), "repos": repos}));
        return;
    }
    let lines = groups::lines(views, Style::of(Stream::Out));
    lines.iter().for_each(|line| say::out(line));
    if lines.is_empty() {
        say::note("Nothing asks.");
    }
    for view in views {
        if let TrustState::Unreadable(why) = &view.state {
            say::note(&escape_controls(why));
        }
    }
}

/// Allows, and says in full what was allowed.
async fn allow(globals: &Globals, book: &TrustBook, views: &[&TrustView]) -> Result<Exit, Failure> {
    book.allow(views).await?;
    let unreadable = views.iter().filter(|view| matches!(view.state, TrustState::Unreadable(_))).count();
    if globals.json {
        let allowed: Vec<_> =
            views.iter().filter(|view| !view.asks.is_empty()).map(|v| shown::of(v)).collect();
        say::json(&serde_json::json!({"allowed": allowed}));
    } else {
        for view in views {
            shown::answer(view).iter().for_each(|line| say::note(line));
        }
        if views.is_empty() {
            say::note("Nothing of that kind asks.");
        }
    }
    Ok(if unreadable > 0 { Exit::Attention } else { Exit::Well })
}
