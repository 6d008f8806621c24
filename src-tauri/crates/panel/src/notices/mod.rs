//! Notifications as a fold: each view of the repositories says what to show, to replace and to withdraw.
//!
//! Reports to a person without a desktop are the same fold in words of their own: they leave the machine, so no path is
//! in them.
//!
//! An episode begins when a repository needs a person and ends when it is well again. In between it is told once: later
//! words take the place of the first. Three or more that stand still for one cause at one time are one notification.

mod notice;
mod text;

pub use notice::{Bubble, Button, Concerned, Notice, Reader, Telling, Urgency};

use crate::{
    View,
    concern::{Concern, Side, Standing, standing},
    words,
};
use autocommit_api::wire::{Repository, WorkState};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// This many repositories with one cause are one notification.
const GROUP: usize = 3;
/// More notifications than this at one time are one.
const AT_ONCE: usize = 3;
/// While a cycle runs, others may follow for the same cause: the longest wait for them, in seconds.
const GATHER: i64 = 10;
/// Key of the notification that says what is well again.
const RECOVERED: &str = "recovered";

/// What was told and is not over. Kept in the state folder, so that a restart does not tell it again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    /// Repositories that were told, by id.
    told: BTreeMap<String, Told>,
    /// Notifications, by key.
    bubbles: BTreeMap<String, Members>,
    /// Number of the last group.
    groups: u64,
    /// Repositories that are to be told, and since when.
    #[serde(skip)]
    waiting: BTreeMap<String, Timestamp>,
}

/// One repository's episode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    side: Side,
    /// What it stands still for now.
    code: String,
    /// All that it stood still for in this episode: nothing of it is news again.
    codes: BTreeSet<String>,
    /// Its name when it was told.
    name: String,
    /// The notification it is in; none where it left a group for a reason that was told before.
    bubble: Option<String>,
}

/// Who is in a notification, and what it says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Members {
    cause: Cause,
    repos: BTreeSet<String>,
    title: String,
    body: String,
}

/// Why several stand still at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Cause {
    /// One reason, and for pushes one host.
    One { side: Side, code: String, host: Option<String> },
    /// All kinds.
    #[default]
    Several,
}

/// Where a repository is shown in the window.
pub(crate) fn route(id: &str) -> String {
    format!("#/repositories/{id}")
}

impl Ledger {
    /// Takes over what is known now; what to do about it on the desktop, in this order.
    pub fn fold(&mut self, view: &View<'_>, telling: Telling) -> Vec<Notice> {
        // Before the first search nothing is known, and an empty list means nothing; being switched off hides that there was
        // none yet.
        let unknown = match view.status.state {
            WorkState::Starting => true,
            WorkState::Disabled => view.repos.is_empty(),
            _ => false,
        };
        if unknown {
            return Vec::new();
        }
        let mut step = Step::default();
        let standings: BTreeMap<&str, (&Repository, Standing)> =
            view.repos.iter().map(|repo| (repo.id.as_str(), (repo, standing(repo, view)))).collect();
        self.look_at_told(&standings, telling, &mut step);
        self.gather(&standings, telling, view, &mut step);
        self.tell(&standings, &mut step);
        self.write(view, &step, telling)
    }

    /// All that was told and is not over, as it would be shown now: for a desktop that has just begun to show
    /// notifications.
    pub fn standing(&self, view: &View<'_>) -> Vec<Bubble> {
        self.bubbles.keys().filter_map(|key| self.bubble(key, view, Reader::Desktop)).collect()
    }

    /// The repositories that a notification is about, for a report of it.
    pub fn concerned(&self, key: &str, view: &View<'_>) -> Vec<Concerned> {
        let Some(members) = self.bubbles.get(key) else { return Vec::new() };
        self.members(members, view).iter().map(|(repo, told)| text::concerned(repo, told)).collect()
    }

    /// What became of the episodes that were told.
    fn look_at_told(
        &mut self,
        standings: &BTreeMap<&str, (&Repository, Standing)>,
        telling: Telling,
        step: &mut Step,
    ) {
        for (id, mut told) in std::mem::take(&mut self.told) {
            let standing = standings.get(id.as_str()).map_or(&Standing::Well, |(_, standing)| standing);
            let over = match standing {
                Standing::Well => true,
                Standing::Offline => told.side != Side::Push,
                Standing::Undecided => false,
                Standing::Needs(concern) => !telling.wants(concern.side),
            };
            if over {
                self.leave(&id, &mut told);
                // One that was switched off is not well: nobody looks any more.
                let looked_after = standings.get(id.as_str()).is_some_and(|(repo, _)| repo.enabled);
                if *standing == Standing::Well && looked_after {
                    step.mended.push(told.name);
                }
                continue;
            }
            if let Standing::Needs(concern) = standing
                && (concern.side, &concern.code) != (told.side, &told.code)
            {
                let news = told.codes.insert(concern.code.clone());
                (told.side, told.code) = (concern.side, concern.code.clone());
                let alone = told.bubble.as_ref().and_then(|key| self.bubbles.get(key));
                if alone.is_some_and(|bubble| bubble.repos.len() > 1) {
                    self.leave(&id, &mut told);
                    step.to_tell.extend(news.then(|| id.clone()));
                } else if news {
                    match &told.bubble {
                        Some(key) => {
                            step.loud.insert(key.clone());
                        }
                        None => step.to_tell.push(id.clone()),
                    }
                }
            }
            self.told.insert(id, told);
        }
    }

    /// Takes a repository out of its notification.
    fn leave(&mut self, id: &str, told: &mut Told) {
        if let Some(bubble) = told.bubble.take().and_then(|key| self.bubbles.get_mut(&key)) {
            bubble.repos.remove(id);
        }
    }

    /// New episodes; they wait for others while a cycle runs.
    fn gather(
        &mut self,
        standings: &BTreeMap<&str, (&Repository, Standing)>,
        telling: Telling,
        view: &View<'_>,
        step: &mut Step,
    ) {
        let mut waiting = BTreeMap::new();
        for (id, (_, standing)) in standings {
            if let Standing::Needs(concern) = standing
                && telling.wants(concern.side)
                && !self.told.contains_key(*id)
            {
                waiting.insert((*id).to_owned(), *self.waiting.get(*id).unwrap_or(&view.now));
            }
        }
        let waited = |since: &Timestamp| view.now.as_second() - since.as_second() >= GATHER;
        if view.status.current_cycle.is_none() || waiting.values().any(waited) {
            step.to_tell.extend(std::mem::take(&mut waiting).into_keys());
        }
        self.waiting = waiting;
    }

    /// Puts whom there is something new to say of into notifications.
    fn tell(&mut self, standings: &BTreeMap<&str, (&Repository, Standing)>, step: &mut Step) {
        let mut causes: BTreeMap<Cause, Vec<(&Repository, &Concern)>> = BTreeMap::new();
        for id in &step.to_tell {
            if let Some((repo, Standing::Needs(concern))) = standings.get(id.as_str()) {
                causes.entry(Cause::of(repo, concern)).or_default().push((repo, concern));
            }
        }
        let mut single = Vec::new();
        for (cause, repos) in causes {
            let group = self.bubbles.iter().find(|(_, b)| b.cause == cause && b.repos.len() >= GROUP);
            let group = group.map(|(key, _)| key.clone());
            match group {
                Some(key) => self.join(&key, &cause, &repos, step),
                None if repos.len() >= GROUP => {
                    let key = self.new_group();
                    self.join(&key, &cause, &repos, step);
                }
                None => single.extend(repos.into_iter().map(|repo| (cause.clone(), repo))),
            }
        }
        if single.len() > AT_ONCE {
            let key = self.new_group();
            let repos: Vec<_> = single.into_iter().map(|(_, repo)| repo).collect();
            return self.join(&key, &Cause::Several, &repos, step);
        }
        for (cause, repo) in single {
            self.join(&repo.0.id, &cause, &[repo], step);
        }
    }

    fn new_group(&mut self) -> String {
        self.groups += 1;
        format!("group-{}", self.groups)
    }

    fn join(&mut self, key: &str, cause: &Cause, repos: &[(&Repository, &Concern)], step: &mut Step) {
        let bubble = self.bubbles.entry(key.to_owned()).or_default();
        bubble.cause.clone_from(cause);
        bubble.repos.extend(repos.iter().map(|(repo, _)| repo.id.clone()));
        step.loud.insert(key.to_owned());
        for (repo, concern) in repos {
            let told = self.told.entry(repo.id.clone()).or_insert_with(|| Told {
                side: concern.side,
                code: concern.code.clone(),
                codes: BTreeSet::new(),
                name: String::new(),
                bubble: None,
            });
            told.codes.insert(concern.code.clone());
            told.name = words::name(repo);
            told.bubble = Some(key.to_owned());
        }
    }

    /// The difference between what is on show and what should be.
    fn write(&mut self, view: &View<'_>, step: &Step, telling: Telling) -> Vec<Notice> {
        let mut notices = Vec::new();
        let empty = self.bubbles.iter().filter(|(_, bubble)| bubble.repos.is_empty());
        for key in empty.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            self.bubbles.remove(&key);
            notices.push(Notice::Withdraw(key));
        }
        for key in self.bubbles.keys().cloned().collect::<Vec<_>>() {
            let bubble = self.bubble(&key, view, telling.reader);
            let (Some(bubble), Some(known)) = (bubble, self.bubbles.get_mut(&key)) else { continue };
            let first = known.title.is_empty();
            let same = known.title == bubble.title && known.body == bubble.body;
            known.title.clone_from(&bubble.title);
            known.body.clone_from(&bubble.body);
            let loud = step.loud.contains(&key);
            match (first, same && !loud) {
                (true, _) => notices.push(Notice::Show(bubble)),
                (false, true) => {}
                (false, false) => notices.push(Notice::Replace { bubble, quiet: !loud }),
            }
        }
        if telling.recovered && !step.mended.is_empty() {
            notices.push(Notice::Show(text::recovered(&step.mended)));
        }
        notices
    }

    /// Who is in a notification and can be described.
    fn members<'a>(&'a self, members: &Members, view: &View<'a>) -> Vec<(&'a Repository, &'a Told)> {
        let repos = view.repos.iter().filter(|repo| members.repos.contains(&repo.id));
        repos.filter_map(|repo| Some((repo, self.told.get(&repo.id)?))).collect()
    }

    /// The words of one notification now; nothing while none of its repositories can be described.
    fn bubble(&self, key: &str, view: &View<'_>, reader: Reader) -> Option<Bubble> {
        let members = self.bubbles.get(key)?;
        let repos = self.members(members, view);
        let needed = |repo: &Repository| matches!(standing(repo, view), Standing::Needs(_));
        // While a run is on, the reason is not the one that was told: the old words stay.
        let settled = repos.iter().all(|(repo, _)| needed(repo));
        let mut bubble = text::bubble(key, &members.cause, &repos, view, reader)?;
        if repos.len() == 1 && !settled && !members.title.is_empty() {
            bubble.title.clone_from(&members.title);
            bubble.body.clone_from(&members.body);
        }
        Some(bubble)
    }
}

/// What one fold found.
#[derive(Debug, Default)]
struct Step {
    /// Names of repositories that are well again.
    mended: Vec<String>,
    /// Repositories with something new to tell.
    to_tell: Vec<String>,
    /// Notifications with something new in them.
    loud: BTreeSet<String>,
}

impl Cause {
    fn of(repo: &Repository, concern: &Concern) -> Self {
        let host = (concern.side == Side::Push).then(|| words::host(repo)).flatten();
        Self::One { side: concern.side, code: concern.code.clone(), host }
    }
}

#[cfg(test)]
mod tests;
