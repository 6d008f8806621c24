//! The tray: icon, tooltip and menu.

use crate::{
    View,
    concern::{self, Standing, lasting, standing},
    words,
};
use autocommit_api::wire::{RepoState, Repository, WorkState};
use autocommit_core::text::counted;
use jiff::tz::TimeZone;

/// Repositories that the menu lists.
const LISTED: usize = 5;
/// Characters of a line that came from elsewhere.
const LINE: usize = 80;

/// The four icons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// Everything is on its remote, as far as it is to go there.
    Pushed,
    /// Something is on its way.
    Working,
    /// Switched off, for a time or for good.
    Paused,
    /// A person must act.
    Attention,
}

/// What a click on an entry asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Switch everything on.
    Enable,
    /// Switch everything off.
    Disable,
    /// Commit and push now.
    Trigger,
    /// Switch everything off for an hour.
    Pause,
    /// Open the window at this route.
    Show(String),
    /// Start at login, or no more.
    StartAtLogin(bool),
    /// End the program.
    Quit,
}

/// One entry of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// Something to read.
    Line(String),
    /// Something to choose.
    Choice {
        /// Its words, without marks of any menu system.
        label: String,
        /// What it asks for.
        command: Command,
        /// Whether it can be chosen now.
        enabled: bool,
    },
    /// Something that is on or off.
    Check {
        /// Its words.
        label: String,
        /// What choosing it asks for.
        command: Command,
        /// Whether it is on.
        on: bool,
        /// Whether it can be chosen now.
        enabled: bool,
    },
    /// A line between groups.
    Separator,
}

/// Everything that the tray shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// The icon.
    pub icon: Icon,
    /// The state in one line: first line of the menu, and the tooltip.
    pub state: String,
    /// The menu.
    pub items: Vec<Item>,
}

/// Whether notifications reach a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Delivery {
    /// None was sent yet.
    #[default]
    Unknown,
    /// The last one arrived.
    Arrives,
    /// The last one did not.
    Fails,
}

/// Who owns the repositories.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Owner {
    /// This program.
    #[default]
    Here,
    /// Another process, which answers.
    Other {
        /// Its process id, where it is known.
        pid: Option<u32>,
    },
    /// Another process, which has no API.
    Mute {
        /// Its process id, where it is known.
        pid: Option<u32>,
    },
    /// Nobody: the process that did has ended or does not answer.
    Gone,
}

/// What the desktop app knows itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Shell {
    /// The person's time zone.
    pub zone: TimeZone,
    /// Whether it starts at login; nothing where it cannot.
    pub login_item: Option<bool>,
    /// Whether notifications arrive.
    pub delivery: Delivery,
    /// Who owns the repositories.
    pub owner: Owner,
}

/// The tray for what is known; `None` while nothing is.
pub fn panel(view: Option<&View<'_>>, shell: &Shell) -> Panel {
    let answered = view.filter(|_| matches!(shell.owner, Owner::Here | Owner::Other { .. }));
    let needs: Vec<_> = answered.map(needs).unwrap_or_default();
    let (icon, state) = match answered {
        Some(view) => overall(view, &needs, shell),
        None => silent(shell.owner),
    };
    let mut items = vec![Item::Line(state.clone())];
    if let Owner::Other { pid: Some(pid) } = shell.owner {
        items.push(Item::Line(format!("Shows the running process {pid}")));
    }
    if shell.delivery == Delivery::Fails {
        items.push(Item::Line("Notifications could not be delivered".to_owned()));
    }
    if let Some(view) = answered {
        let warnings = view.status.warnings.iter().map(|warning| {
            let first = warning.lines().next().unwrap_or_default();
            show(autocommit_core::text::shortened(&words::sentence(first), LINE), "#/")
        });
        items.extend(warnings);
        items.push(Item::Separator);
        items.push(match view.status.enabled {
            true => choice("Disable", Command::Disable, true),
            false => choice("Enable", Command::Enable, true),
        });
        items.push(choice("Commit and push now", Command::Trigger, view.status.enabled));
        items.push(choice("Pause for 1 hour", Command::Pause, view.status.enabled));
    }
    if !needs.is_empty() {
        items.push(Item::Separator);
        items.extend(needs.iter().take(LISTED).map(Need::item));
        if let Some(more) = needs.len().checked_sub(LISTED).filter(|more| *more > 0) {
            items.push(show(format!("{more} more"), "#/"));
        }
    }
    items.push(Item::Separator);
    items.push(show("Open Autocommit".to_owned(), "#/"));
    items.push(Item::Check {
        label: "Start at login".to_owned(),
        command: Command::StartAtLogin(shell.login_item != Some(true)),
        on: shell.login_item == Some(true),
        enabled: shell.login_item.is_some(),
    });
    items.push(Item::Separator);
    items.push(choice("Quit", Command::Quit, true));
    Panel { icon, state, items }
}

fn choice(label: &str, command: Command, enabled: bool) -> Item {
    Item::Choice { label: label.to_owned(), command, enabled }
}

fn show(label: String, route: &str) -> Item {
    Item::Choice { label, command: Command::Show(route.to_owned()), enabled: true }
}

/// A repository that needs a person.
struct Need<'a> {
    repo: &'a Repository,
    code: String,
    files: usize,
}

impl Need<'_> {
    fn item(&self) -> Item {
        let label = format!("{}: {}", words::name(self.repo), words::brief(&self.code, self.files));
        show(label, &crate::notices::route(&self.repo.id))
    }
}

fn needs<'a>(view: &View<'a>) -> Vec<Need<'a>> {
    let need = |repo: &'a Repository| match standing(repo, view) {
        Standing::Needs(concern) => {
            let files = view.held_in(repo).map_or(0, |held| {
                // Of very many files only the first are listed, so those that pass are counted off.
                held.count.saturating_sub(held.files.len() - lasting(held).count())
            });
            Some(Need { repo, code: concern.code, files })
        }
        _ => None,
    };
    view.repos.iter().filter_map(need).collect()
}

fn silent(owner: Owner) -> (Icon, String) {
    let of = |pid: Option<u32>| pid.map(|pid| format!(" ({pid})")).unwrap_or_default();
    match owner {
        Owner::Here | Owner::Other { .. } => (Icon::Working, "Autocommit is starting".to_owned()),
        Owner::Mute { pid } => {
            (Icon::Attention, format!("The running Autocommit process{} has no API to show it by", of(pid)))
        }
        Owner::Gone => (Icon::Attention, "The Autocommit process that was shown has ended".to_owned()),
    }
}

/// Icon and state line, the most important first.
fn overall(view: &View<'_>, needs: &[Need<'_>], shell: &Shell) -> (Icon, String) {
    let status = view.status;
    let count = Count::of(view);
    if !status.enabled {
        return (Icon::Paused, paused(view, shell));
    }
    if status.state == WorkState::Starting {
        return (Icon::Working, "Looking for repositories".to_owned());
    }
    let attention = match needs.len() {
        0 => None,
        1 => Some("1 repository needs you".to_owned()),
        n => Some(format!("{n} repositories need you")),
    };
    let rest = count.line(view);
    match attention {
        Some(words) if count.offline > 0 => (Icon::Attention, format!("{words}, {}", lower(&rest))),
        Some(words) => (Icon::Attention, words),
        None if !status.warnings.is_empty() => (Icon::Attention, rest),
        None if count.is_at_rest() => (Icon::Pushed, rest),
        None => (Icon::Working, rest),
    }
}

/// Until when, in the person's own time, where it goes on by itself.
fn paused(view: &View<'_>, shell: &Shell) -> String {
    let Some(until) = view.status.paused_until else { return "Autocommit is switched off".to_owned() };
    let (until, now) = (until.to_zoned(shell.zone.clone()), view.now.to_zoned(shell.zone.clone()));
    let format = if until.date() == now.date() { "%H:%M" } else { "%A %H:%M" };
    format!("Paused until {}", until.strftime(format))
}

/// The same words in the middle of a line; a host keeps its capital.
fn lower(words: &str) -> String {
    match words.strip_prefix("Offline") {
        Some(rest) => format!("offline{rest}"),
        None => words.to_owned(),
    }
}

/// Repositories that are switched on, counted.
#[derive(Debug, Default)]
struct Count {
    all: usize,
    off: usize,
    unseen: usize,
    open: usize,
    offline: usize,
    waiting_commits: usize,
    only_here: usize,
}

impl Count {
    fn of(view: &View<'_>) -> Self {
        let mut count = Self::default();
        for repo in view.repos {
            let state = concern::state(repo);
            if !repo.enabled || state == RepoState::OptedOut {
                count.off += 1;
                continue;
            }
            // Moved, deleted or on a disk that is not plugged in: there is nothing to say of it.
            if state == RepoState::Unavailable && concern::code(repo) == "gone" {
                continue;
            }
            count.all += 1;
            let leaves = repo.push && repo.remote.is_some();
            let open = match state {
                RepoState::Dirty | RepoState::Settling => true,
                RepoState::Running => repo.dirty_files > 0 || (leaves && repo.ahead > 0),
                RepoState::Unpushed => leaves,
                RepoState::Held | RepoState::Failing | RepoState::Unavailable | RepoState::NeedsTrust => true,
                RepoState::Clean | RepoState::OptedOut => false,
            };
            count.unseen += usize::from(repo.since.is_none());
            count.open += usize::from(repo.since.is_some() && open);
            count.only_here += usize::from(repo.since.is_some() && !leaves);
            if concern::offline(repo) {
                count.offline += 1;
                count.waiting_commits += repo.ahead;
            }
        }
        count
    }

    fn is_at_rest(&self) -> bool {
        self.unseen + self.open + self.offline == 0
    }

    fn line(&self, view: &View<'_>) -> String {
        if self.offline > 0 {
            return self.offline_line(view);
        }
        let all = counted(self.all, "repository");
        let off = match self.off {
            0 => String::new(),
            n => format!("; {n} switched off"),
        };
        let words = match self {
            Self { all: 0, off: 0, .. } => return "No repositories yet".to_owned(),
            Self { all: 0, .. } => return format!("{} switched off", counted(self.off, "repository")),
            Self { unseen: n @ 1.., .. } => format!("{n} not looked at yet"),
            Self { open: n @ 1.., .. } => format!("{n} not done yet"),
            Self { only_here: 0, .. } => "all pushed".to_owned(),
            Self { only_here: n, all, .. } if n == all => "all committed, only on this disk".to_owned(),
            Self { only_here: n, .. } => format!("{} pushed, {n} only on this disk", self.all - n),
        };
        format!("{all}, {words}{off}")
    }

    fn offline_line(&self, view: &View<'_>) -> String {
        let mut hosts: Vec<_> =
            view.repos.iter().filter(|repo| concern::offline(repo)).map(words::host).collect();
        hosts.sort();
        hosts.dedup();
        let who = match hosts.as_slice() {
            [Some(host)] => format!("{host} cannot be reached"),
            _ => "Offline".to_owned(),
        };
        let wait = if self.waiting_commits == 1 { "waits" } else { "wait" };
        let commits = counted(self.waiting_commits, "commit");
        match self.offline {
            1 => format!("{who}, {commits} {wait}"),
            n => format!("{who}, {commits} in {} {wait}", counted(n, "repository")),
        }
    }
}

#[cfg(test)]
mod tests;
