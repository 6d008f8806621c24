//! Trust: what a repository brings that would run programs, or redirect its work tree or its pushes, and whether a person
//! approved exactly that.
//!
//! Pure: what was read of the files goes in ([`Evidence`]), what asks comes out ([`Assessed`]). A repository that brings
//! nothing needs no question. Approved is a [`Fingerprint`] over everything that asks, so that one changed byte of it asks
//! again. Where pushes go is believed at first sight and compared from then on.

mod digest;
mod hooks;
mod kind;
mod remote;
mod seen;
mod settings;

pub use digest::Digest;
pub use hooks::{Maker, OURS, RECEIVING};
pub use kind::TrustKind;
pub use remote::{Address, Enrolled, PushTo, folder, helper};
pub use seen::{Evidence, HookFolder, RemoteFolder, SeenFile, SeenLink, SeenSetting};

use crate::{
    gitconfig::Setting,
    id::RepoId,
    text::{escape_controls, shortened, without_credentials},
};
use serde::Serialize;
use std::path::PathBuf;

/// Names everything that asks in a repository: approved is this and nothing else.
pub type Fingerprint = Digest;

/// One thing that asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Brought {
    /// Its kind.
    pub kind: TrustKind,
    /// What it is, in one line, without credentials: `hook pre-commit`, `filter.x.clean = x`.
    pub what: String,
    /// The file it is in, as people write it.
    pub place: String,
    /// Of its bytes.
    pub digest: Digest,
    /// The file, where all of it counts.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

impl Brought {
    /// In one line, without the value of a setting: `hook pre-commit in .git/hooks/pre-commit`.
    pub fn brief(&self) -> String {
        let what = self.what.split_once(" = ").map_or(self.what.as_str(), |(key, _)| key);
        without_credentials(&format!("{what} in {}", self.place))
    }
}

/// What a repository brings, put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessed {
    /// Everything that asks, but for addresses.
    pub brought: Vec<Brought>,
    /// Over all of that; nothing where nothing asks.
    pub fingerprint: Option<Fingerprint>,
    /// Every address of every remote.
    pub addresses: Vec<Address>,
    /// Its own configuration switches Autocommit off for it.
    pub opted_out: bool,
    push_to: PushTo,
}

/// What a person approved, and what was known, of one repository.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Each was approved as a whole.
    pub approved: Vec<Fingerprint>,
    /// Where its pushes went.
    pub enrolled: Enrolled,
    /// Remotes of which a person approved an address in place of, or beside, another: what the tracking refs say is of the
    /// other one.
    pub moved: Vec<String>,
}

/// Says that a repository may be worked in. Only [`Assessed::judge`] makes it, and no git command is started in a repository
/// without it. A later one that is equal says that nothing changed that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    repo: RepoId,
    fingerprint: Option<Fingerprint>,
    addresses: Vec<Address>,
    moved: Vec<String>,
}

impl Trusted {
    /// The repository.
    pub fn repo(&self) -> &RepoId {
        &self.repo
    }

    /// Whether the tracking refs of `remote` may be of an address that it had before.
    pub fn moved(&self, remote: &str) -> bool {
        self.moved.iter().any(|name| name == remote)
    }

    /// What was approved; nothing where nothing had to be.
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        self.fingerprint.as_ref()
    }
}

/// Puts together what asks.
pub fn assess(evidence: &Evidence) -> Assessed {
    let asking = |s: &SeenSetting| {
        let kind = settings::kind_of(&s.setting)?;
        let files = s.files.iter().map(|f| of_file(f, kind, OURS));
        Some(std::iter::once(of_setting(s, kind)).chain(files).collect::<Vec<_>>())
    };
    let mut brought: Vec<_> = evidence.settings.iter().filter_map(asking).flatten().collect();
    brought.extend(evidence.included.iter().map(|f| of_file(f, TrustKind::Include, OURS)));
    for folder in &evidence.hooks {
        brought.extend(of_folder(folder, OURS, None));
    }
    brought.extend(evidence.companions.iter().map(|f| of_file(f, f.maker.kind(), OURS)));
    brought.extend(evidence.links.iter().map(of_link));
    for remote in &evidence.remote_folders {
        let kind = TrustKind::RemoteFolder;
        brought.extend(remote.settings.iter().filter_map(asking).flatten().map(|b| Brought { kind, ..b }));
        brought.extend(remote.included.iter().map(|f| of_file(f, kind, RECEIVING)));
        for folder in &remote.hooks {
            brought.extend(of_folder(folder, RECEIVING, Some(kind)));
        }
    }
    let opted_out = evidence.settings.iter().rev().find(|s| s.setting.key == "autocommit.enabled");
    Assessed {
        fingerprint: fingerprint(&brought),
        brought,
        addresses: evidence.addresses.clone(),
        opted_out: opted_out.is_some_and(|s| s.setting.boolean() == Some(false)),
        push_to: evidence.push_to.clone().unwrap_or(PushTo::Any),
    }
}

impl Assessed {
    /// Whether `repo`, whose files these are, may be worked in; otherwise what asks.
    pub fn judge(&self, repo: &RepoId, standing: &Standing) -> Result<Trusted, Vec<Brought>> {
        let approved = self.fingerprint.as_ref().is_none_or(|f| standing.approved.contains(f));
        let programs = self.brought.iter().filter(|_| !approved).cloned();
        let addresses = remote::unconfirmed(&self.addresses, &standing.enrolled, &self.push_to);
        let asks: Vec<_> = programs.chain(addresses.into_iter().map(of_address)).collect();
        if asks.is_empty() {
            Ok(Trusted {
                repo: repo.clone(),
                fingerprint: self.fingerprint.clone(),
                addresses: self.addresses.clone(),
                moved: standing.moved.clone(),
            })
        } else {
            Err(asks)
        }
    }

    /// Whether the addresses are to be kept as the known ones, without a question.
    pub fn enrols(&self, standing: &Standing) -> bool {
        match &standing.enrolled {
            Enrolled::Never => true,
            Enrolled::Known(known) => known.is_empty() && !self.addresses.is_empty(),
            Enrolled::Lost => false,
        }
    }
}

/// `husky hooks, a filter and an ssh command`: the kinds of what asks, for the sentence.
pub fn summary(asks: &[Brought]) -> String {
    let mut kinds: Vec<_> = asks.iter().map(|b| b.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let nouns: Vec<_> = kinds.iter().map(|kind| kind.noun()).collect();
    match nouns.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The words of a setting that asks, as a shell would part them: any of them may name a program in the repository.
pub fn named(setting: &Setting) -> Vec<String> {
    let Some(kind) = settings::kind_of(setting) else { return Vec::new() };
    if matches!(kind, TrustKind::Include | TrustKind::WorkTree) {
        return Vec::new();
    }
    let text = setting.text();
    let part = |c: char| c.is_whitespace() || "\"'`;|&()<>{}=!".contains(c);
    text.split(part).filter(|word| !word.is_empty()).chain([text.as_str()]).map(str::to_owned).collect()
}

fn fingerprint(brought: &[Brought]) -> Option<Fingerprint> {
    if brought.is_empty() {
        return None;
    }
    let mut parts: Vec<&[u8]> = vec![b"what a repository brings"];
    for one in brought {
        parts.extend([one.kind.code().as_bytes(), one.place.as_bytes(), one.what.as_bytes()]);
        parts.push(one.digest.as_str().as_bytes());
    }
    Some(Digest::of(&parts))
}

fn of_setting(seen: &SeenSetting, kind: TrustKind) -> Brought {
    let setting = &seen.setting;
    let what = format!("{} = {}", setting.key, setting.text());
    // What may be run is shown as it is: a command could hide where a password would be.
    let what = match kind {
        TrustKind::PushRedirect | TrustKind::Network => without_credentials(&what),
        _ => what,
    };
    let value: &[u8] = setting.value.as_deref().unwrap_or(b"true");
    Brought {
        kind,
        what: shown(&what),
        place: seen.label.clone(),
        digest: Digest::of(&[setting.key.as_bytes(), value]),
        file: None,
    }
}

fn of_file(file: &SeenFile, kind: TrustKind, run: &[&str]) -> Brought {
    let role = match file.executable {
        true if run.contains(&file.name()) => "hook",
        true => "program",
        false => "file",
    };
    let missing = if file.digest.is_none() { " (cannot be read)" } else { "" };
    Brought {
        kind,
        what: shown(&format!("{role} {}{missing}", file.name())),
        place: shown(&file.label),
        digest: file.digest.clone().unwrap_or_else(|| Digest::of(&[])),
        file: file.digest.is_some().then(|| file.path.clone()),
    }
}

/// All files of a folder if one of its hooks can run, or if the repository names the folder: what runs may use the others.
fn of_folder(folder: &HookFolder, run: &[&str], kind: Option<TrustKind>) -> Vec<Brought> {
    if folder.named.is_none() && !folder.files.iter().any(|f| f.runs_as(run)) {
        return Vec::new();
    }
    let named = kind.or_else(|| folder.named.as_deref().map(hooks::folder_kind));
    // A file that is no hook belongs to the hooks beside it.
    let beside = folder.files.iter().filter(|f| f.runs_as(run)).map(|f| f.maker.kind()).max();
    let kind_of = |file: &SeenFile| match named {
        Some(kind) if kind != TrustKind::HooksPath => kind,
        _ if file.runs_as(run) => file.maker.kind(),
        _ => named.or(beside).unwrap_or(TrustKind::Hook),
    };
    folder.files.iter().map(|file| of_file(file, kind_of(file), run)).collect()
}

fn of_link(link: &SeenLink) -> Brought {
    Brought {
        kind: TrustKind::WorkTree,
        what: shown(&format!("leads to {}", link.target)),
        place: shown(&link.place),
        digest: Digest::of(&[link.target.as_bytes()]),
        file: None,
    }
}

fn of_address(address: &Address) -> Brought {
    Brought {
        kind: TrustKind::PushAddress,
        what: shown(&format!("remote {} is at {}", address.remote, address.host)),
        place: ".git/config".to_owned(),
        digest: address.digest.clone(),
        file: None,
    }
}

/// One line for people.
fn shown(text: &str) -> String {
    shortened(&escape_controls(text), 4000)
}

#[cfg(test)]
mod tests;
