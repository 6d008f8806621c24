//! `autocommit repos`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    style::{Stream, Style, Tone},
    table::{Cell, Table},
    time,
    way::Way,
};
use autocommit_api::wire::{RepoState, Repository};
use autocommit_core::text::{counted, escape_controls};
use clap::Args;

/// List the repositories with their state, and why.
///
/// Asks the running process, or reads the repositories itself where nothing runs. With --json it prints the API's
/// /repos.
#[derive(Debug, Args)]
pub(crate) struct Repos {}

pub(crate) async fn run(globals: &Globals) -> Result<Exit, Failure> {
    let way = Way::find(globals).await?;
    let (reply, text) = Box::pin(way.repos()).await?;
    if globals.json {
        say::reply(&text);
        return Ok(Exit::Well);
    }
    if reply.repos.is_empty() {
        super::no_base_paths(globals)?.hint.iter().for_each(|hint| say::note(hint));
        say::note("No repositories were found.");
        return Ok(Exit::Well);
    }
    let style = Style::of(Stream::Out);
    lines(&reply.repos, style).iter().for_each(|line| say::out(line));
    say::note(&counted(reply.repos.len(), "repository"));
    Ok(Exit::Well)
}

fn lines(repos: &[Repository], style: Style) -> Vec<String> {
    let mut table = Table::new(style, &["STATE", "REPOSITORY", "BRANCH", "OPEN", "LAST COMMIT", "PATH"]);
    for repo in repos {
        let (tone, word) = state(repo.state);
        table.row([
            Cell::state(style, tone, word),
            Cell::new(repo.name.as_str()),
            Cell::dim(repo.branch.as_deref().unwrap_or_default()),
            Cell::new(open(repo)),
            Cell::dim(repo.last_commit_at.map(time::when).unwrap_or_default()),
            Cell::dim(repo.path.as_str()),
        ]);
    }
    table.keep(&[0, 4]);
    table.hide_below(4, 90);
    table.hide_below(5, 70);
    let mut lines = vec![table.render()];
    for repo in repos.iter().filter(|repo| state(repo.state).0 == Tone::NeedsYou) {
        lines.push(String::new());
        let since = repo.since.map(|at| format!(" (since {})", time::when(at))).unwrap_or_default();
        lines.push(format!("{} {}{since}", style.mark(Tone::NeedsYou), escape_controls(&repo.path)));
        let reason = repo.reason.as_deref().unwrap_or("Part of its changes is held.");
        let hint = repo.hint.as_deref().unwrap_or("autocommit held PATH says which part and why.");
        lines.extend([reason, hint].map(|sentence| format!("  {}", escape_controls(sentence))));
    }
    lines
}

/// Mark and word of a state.
fn state(state: RepoState) -> (Tone, &'static str) {
    match state {
        RepoState::Clean => (Tone::Good, "clean"),
        RepoState::Dirty => (Tone::Working, "dirty"),
        RepoState::Settling => (Tone::Working, "settling"),
        RepoState::Running => (Tone::Working, "running"),
        RepoState::Unpushed => (Tone::Waiting, "not pushed"),
        RepoState::Held => (Tone::NeedsYou, "held"),
        RepoState::Failing => (Tone::NeedsYou, "failing"),
        RepoState::OptedOut => (Tone::Dim, "off"),
        RepoState::Unavailable => (Tone::NeedsYou, "unavailable"),
        RepoState::NeedsTrust => (Tone::NeedsYou, "needs trust"),
    }
}

/// What is open in a repository, in a few words.
fn open(repo: &Repository) -> String {
    let mut parts = Vec::new();
    if repo.dirty_files > 0 {
        parts.push(counted(repo.dirty_files, "file"));
    }
    if repo.ahead > 0 {
        parts.push(format!("{} to push", repo.ahead));
    }
    if repo.enabled && repo.code.as_deref() == Some("no_remote") {
        parts.push("no remote".to_owned());
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_then_what_needs_a_person() {
        let repo = |name: &str, state, reason: Option<&str>| Repository {
            id: name.to_owned(),
            path: format!("/w/{name}"),
            name: name.to_owned(),
            branch: Some("main".into()),
            remote: None,
            remote_url: None,
            enabled: true,
            push: true,
            state,
            web_url: None,
            code: None,
            reason: reason.map(str::to_owned),
            since: None,
            hint: reason.map(|_| "Do this.".to_owned()),
            ahead: 2,
            dirty_files: 1,
            packages: Vec::new(),
            last_commit_at: None,
            last_push_at: None,
            last_error: None,
        };
        let style = Style { stream: Stream::Out, terminal: false, colour: false, unicode: false };
        let repos = [
            repo("a", RepoState::Clean, None),
            repo("b", RepoState::Held, Some("A merge\x1b is under way.")),
        ];
        assert_eq!(
            lines(&repos, style).join("\n"),
            "STATE    REPOSITORY  BRANCH  OPEN               LAST COMMIT  PATH\n\
             + clean  a           main    1 file, 2 to push               /w/a\n\
             ! held   b           main    1 file, 2 to push               /w/b\n\
             \n! /w/b\n  A merge\\u{1b} is under way.\n  Do this."
        );
    }
}
