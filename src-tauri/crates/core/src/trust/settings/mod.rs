//! Which settings of a repository's own configuration ask for trust.
//!
//! Of the sections that git knows only what is known to be harmless is inert; everything else asks, and so does what a
//! later git may add to them. Sections that git does not know belong to other programs and are read by nobody here, but
//! for those of Git LFS.

mod known;

use super::{TrustKind, hooks, remote};
use crate::gitconfig::Setting;
use known::{
    Inert::{AllBut, Only},
    KNOWN,
};

/// The kind under which a setting asks; nothing for an inert one.
pub(super) fn kind_of(setting: &Setting) -> Option<TrustKind> {
    let (section, name) = (setting.section(), setting.name());
    let value = setting.text();
    match (section, name) {
        // Git's own daemon, and switched off for our calls.
        ("core", "fsmonitor") if setting.boolean().is_some() => None,
        // Switches hooks off.
        ("core", "hookspath") if value == "/dev/null" => None,
        ("core", "hookspath") => Some(hooks::folder_kind(&value)),
        ("core", "sshcommand") => Some(TrustKind::Ssh),
        ("core", "askpass") => Some(TrustKind::Credential),
        ("core", "gitproxy") => Some(TrustKind::RemoteProgram),
        ("core", "worktree") => Some(TrustKind::WorkTree),
        ("core", "attributesfile") => Some(TrustKind::Filter),
        ("core", "alternaterefscommand" | "editor" | "fsmonitor" | "pager") => Some(TrustKind::Program),
        ("extensions", "refstorage") if !matches!(value.as_str(), "files" | "reftable") => {
            Some(TrustKind::Other)
        }
        ("pager", _) if setting.boolean().is_some() => None,
        ("pager", _) => Some(TrustKind::Program),
        ("remote", _) => remote::kind_of(name, &value),
        ("submodule", "update") if value.starts_with('!') => Some(TrustKind::Program),
        ("submodule", "url") if remote::helper(&value).is_some() => Some(TrustKind::RemoteProgram),
        // A host is inert, a program is not.
        ("sendemail", "smtpserver") if !value.starts_with('/') => None,
        ("lfs", _) => lfs(setting.subsection(), name),
        ("filter" | "diff", _) if lfs_filter(setting, &value) => Some(TrustKind::GitLfs),
        ("filter" | "diff", _) if git_crypt(setting, &value) => Some(TrustKind::GitCrypt),
        _ => {
            let (_, inert) = KNOWN.iter().find(|(known, _)| *known == section)?;
            match inert {
                Only(names, kind) => (!names.contains(&name)).then_some(*kind),
                AllBut(names, kind) => names.contains(&name).then_some(*kind),
            }
        }
    }
}

/// Git LFS: what names a program, or another place for the content of files.
fn lfs(subsection: Option<&str>, name: &str) -> Option<TrustKind> {
    let first = subsection.map(|s| s.split('.').next().unwrap_or_default());
    match (first, name) {
        (Some("customtransfer" | "extension"), _) | (_, "standalonetransferagent") => {
            Some(TrustKind::Program)
        }
        (_, "url" | "pushurl") => Some(TrustKind::PushRedirect),
        (_, "storage") => Some(TrustKind::WorkTree),
        _ => None,
    }
}

/// What `git lfs install --local` writes.
fn lfs_filter(setting: &Setting, value: &str) -> bool {
    let written = [
        ("filter.lfs.clean", "git-lfs clean -- %f"),
        ("filter.lfs.smudge", "git-lfs smudge -- %f"),
        ("filter.lfs.smudge", "git-lfs smudge --skip -- %f"),
        ("filter.lfs.process", "git-lfs filter-process"),
        ("filter.lfs.process", "git-lfs filter-process --skip"),
    ];
    written.contains(&(setting.key.as_str(), value))
}

/// What `git-crypt unlock` writes.
fn git_crypt(setting: &Setting, value: &str) -> bool {
    let written = [
        ("filter.git-crypt.clean", "\"git-crypt\" clean"),
        ("filter.git-crypt.smudge", "\"git-crypt\" smudge"),
        ("diff.git-crypt.textconv", "\"git-crypt\" diff"),
    ];
    written.contains(&(setting.key.as_str(), value))
}

#[cfg(test)]
mod tests;
