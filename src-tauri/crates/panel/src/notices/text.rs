//! What a notification says: which repository, why in one plain sentence, what to do.

use super::{Bubble, Button, Cause, Concerned, RECOVERED, Reader, Told, Urgency, route};
use crate::{
    View,
    concern::{Side, code, lasting},
    words,
};
use autocommit_api::wire::{HeldRepo, Repository};
use autocommit_core::text::counted;

/// The notification with this key about these repositories; nothing where none is left in the list.
pub(super) fn bubble(
    key: &str,
    cause: &Cause,
    repos: &[(&Repository, &Told)],
    view: &View<'_>,
    reader: Reader,
) -> Option<Bubble> {
    let (first, told) = repos.first()?;
    let (title, body) = match repos {
        [_] => (single_title(first, told, view.held_in(first)), single_body(first, told, view, reader)),
        _ => group(cause, repos, reader),
    };
    let pushes = repos.iter().filter(|(_, told)| told.side == Side::Push);
    let retry: Vec<_> = pushes.map(|(repo, _)| repo.id.clone()).collect();
    let mut buttons = Vec::new();
    if !retry.is_empty() {
        buttons.push(Button::Retry(retry));
    }
    buttons.push(Button::Show);
    let urgency = match repos.iter().any(|(_, told)| told.code == "disk_full") {
        true => Urgency::Critical,
        false => Urgency::Normal,
    };
    let route = if repos.len() == 1 { route(&first.id) } else { "#/".to_owned() };
    Some(Bubble { key: key.to_owned(), title, body, urgency, buttons, route })
}

/// Says what is well again; it leads nowhere in particular.
pub(super) fn recovered(names: &[String]) -> Bubble {
    let title = match names {
        [one] => format!("{one} is well again"),
        _ => format!("{} are well again", counted(names.len(), "repository")),
    };
    let body = match names {
        [_] => "Nothing is left to do for you.".to_owned(),
        _ => format!("{}. Nothing is left to do for you.", words::names(names)),
    };
    Bubble {
        key: RECOVERED.to_owned(),
        title,
        body,
        urgency: Urgency::Low,
        buttons: Vec::new(),
        route: "#/".to_owned(),
    }
}

fn single_title(repo: &Repository, told: &Told, held: Option<&HeldRepo>) -> String {
    let name = words::name(repo);
    match (told.side, told.code.as_str()) {
        (Side::Push, _) => format!("{name} was not pushed"),
        (Side::Trust, _) => format!("{name} waits for your approval"),
        (Side::Commit, "held") => match held.map_or(0, |held| lasting(held).count()) {
            0 => format!("Something in {name} was not committed"),
            n => format!(
                "{} in {name} {} not committed",
                counted(n, "file"),
                if n == 1 { "was" } else { "were" }
            ),
        },
        (Side::Commit, _) => format!("{name} was not committed"),
    }
}

fn single_body(repo: &Repository, told: &Told, view: &View<'_>, reader: Reader) -> String {
    let name = words::name(repo);
    let away = reader == Reader::Away;
    let waiting = match repo.ahead {
        0 => String::new(),
        1 => " 1 commit waits here.".to_owned(),
        n => format!(" {n} commits wait here."),
    };
    match told.code.as_str() {
        "authentication" => format!(
            "{} did not accept the credentials for {name}.{waiting} Run git push in it once by hand to sign in{}.",
            words::host(repo).unwrap_or_else(|| "Its remote".to_owned()),
            if away { "" } else { ", then retry" },
        ),
        "rejected" if protected(repo) => {
            let branch = repo.branch.as_deref().filter(|_| !away);
            let branch = branch.map_or_else(|| "The branch".to_owned(), words::short);
            format!("{branch} of {name} only takes changes by pull request.{waiting}")
        }
        "rejected" => {
            let more = if away { "autocommit repos" } else { "Show" };
            format!("A rule or a hook refused the push of {name}.{waiting} {more} has its words.")
        }
        "non_fast_forward" => format!(
            "The remote of {name} has commits that are not here.{waiting} Run git pull in it; Autocommit never merges."
        ),
        "remote_missing" => format!(
            "There is no repository at the remote address of {name}.{waiting} Create it there, or correct the address with git remote set-url."
        ),
        "too_large" => format!(
            "Something in {name} is larger than its remote takes.{waiting} Take it out of these commits, or use Git LFS."
        ),
        _ if away => format!("{}{waiting} {}", sentence_away(repo, told), hint_away(repo)),
        "needs_trust" => {
            format!("{} Look at it and decide whether Autocommit may let it run.", reason(repo, &name))
        }
        "held" => held_body(repo, view.held_in(repo)),
        _ => with_hint(repo, &name),
    }
}

/// A repository for a report.
pub(super) fn concerned(repo: &Repository, told: &Told) -> Concerned {
    Concerned {
        name: words::name(repo),
        kind: told.side,
        code: told.code.clone(),
        sentence: sentence_away(repo, told),
        hint: hint_away(repo),
    }
}

/// The engine's own sentence, or another where that may name a path of the repository.
fn sentence_away(repo: &Repository, told: &Told) -> String {
    let name = words::name(repo);
    // Its own sentence names the lock, and so a branch, and programs.
    if matches!(code(repo), "locked" | "lock_stays") {
        return format!("A lock in {name} has kept it waiting.");
    }
    match told.code.as_str() {
        "held" => format!("Something in {name} was not committed; everything else goes on as before."),
        "secret_unpushed" => {
            format!("A commit of {name} has what looks like a secret, so it was not pushed.")
        }
        "needs_trust" => format!(
            "{name} brings programs or an address of its own, which nobody has approved yet; it was not touched."
        ),
        _ => reason(repo, &name),
    }
}

/// The engine's next step: they are fixed sentences.
fn hint_away(repo: &Repository) -> String {
    repo.hint.as_deref().map_or_else(|| "autocommit repos says more.".to_owned(), words::sentence)
}

/// One file: which, why. More: which.
fn held_body(repo: &Repository, held: Option<&HeldRepo>) -> String {
    let files: Vec<_> = held.map(|held| lasting(held).collect()).unwrap_or_default();
    match files.as_slice() {
        [] => format!("{} Show lists it.", reason(repo, &words::name(repo))),
        [file] => format!(
            "{}: {} Everything else goes on as before.",
            words::short(&file.path),
            words::sentence(&file.sentence)
        ),
        files => {
            let names: Vec<_> = files.iter().map(|file| words::short(&file.path)).collect();
            format!("{}. Everything else goes on as before; Show says why.", words::names(&names))
        }
    }
}

/// The engine's own sentence, and its next step where that is not for a terminal alone.
fn with_hint(repo: &Repository, name: &str) -> String {
    let reason = reason(repo, name);
    match repo.hint.as_deref().filter(|hint| !hint.contains("autocommit ") && !hint.contains("PATH")) {
        Some(hint) => format!("{reason} {}", words::sentence(hint)),
        None => format!("{reason} Show says what to do."),
    }
}

fn reason(repo: &Repository, name: &str) -> String {
    match repo.reason.as_deref() {
        Some(reason) => words::sentence(reason),
        None => format!("{name} needs you."),
    }
}

/// Whether the remote's words say that its branch is protected. They are the host's, and differ.
fn protected(repo: &Repository) -> bool {
    let said = repo.last_error.as_deref().unwrap_or_default().to_lowercase();
    ["protected branch", "gh006", "gh013", "pull request", "merge request"]
        .iter()
        .any(|word| said.contains(word))
}

fn group(cause: &Cause, repos: &[(&Repository, &Told)], reader: Reader) -> (String, String) {
    let why = if reader == Reader::Away { "autocommit repos says why" } else { "Show says why" };
    let names: Vec<_> = repos.iter().map(|(repo, _)| words::name(repo)).collect();
    let (n, names) = (counted(repos.len(), "repository"), words::names(&names));
    let Cause::One { side, code, host } = cause else {
        return (format!("{n} need you"), format!("{names}."));
    };
    let who = host.as_deref().unwrap_or("Their remotes");
    match (side, code.as_str()) {
        (Side::Push, "authentication") => {
            (format!("{n} were not pushed"), format!("{who} did not accept the credentials for {names}."))
        }
        (Side::Push, "rejected") => {
            (format!("{n} were not pushed"), format!("A rule or a hook refused the push of {names}."))
        }
        (Side::Push, "non_fast_forward") => (
            format!("{n} were not pushed"),
            format!("The remotes of {names} have commits that are not here. Autocommit never merges."),
        ),
        (Side::Push, "remote_missing") => (
            format!("{n} were not pushed"),
            format!("There is no repository at the remote addresses of {names}."),
        ),
        (Side::Push, _) => (format!("{n} were not pushed"), format!("{names}. {why}.")),
        (Side::Trust, _) => (
            format!("{n} wait for your approval"),
            format!("{names} bring programs of their own, which nobody has approved yet."),
        ),
        (Side::Commit, "held") => (
            format!("Files in {n} were not committed"),
            format!("{names}. Everything else goes on as before."),
        ),
        (Side::Commit, "disk_full") => (
            "The disk is full".to_owned(),
            format!("Nothing could be committed in {names}. Free some space."),
        ),
        (Side::Commit, "no_identity") => (
            format!("{n} were not committed"),
            format!("Git does not know your name and e-mail address for {names}."),
        ),
        (Side::Commit, _) => (format!("{n} were not committed"), format!("{names}. {why}.")),
    }
}
