//! What a case is: how its repositories are made, and what must become of them.

use crate::plot::Plot;
use std::{any::Any, path::PathBuf};

/// What must become of one repository in one `once`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Exactly these paths are in one new commit; these are held; and this became of the push.
    Commit {
        paths: Vec<Vec<u8>>,
        held: Vec<(String, &'static str)>,
        sent: Sent,
        /// Paths that stay behind because the program cannot know of them.
        unseen: Vec<&'static str>,
    },
    /// Nothing is committed; what was committed before arrives.
    Push,
    /// Nothing is committed, these are held.
    AllHeld(Vec<(String, &'static str)>),
    /// Nothing at all is written, until a person acts; part of the reason.
    Hold(&'static str),
    /// Nothing at all is written, and nobody needs to act; part of the reason.
    Skip(&'static str),
    /// Nothing at all is written, not even by git: nobody approved its programs.
    NeedsTrust,
    /// Nothing to do; part of the note, empty where there is none.
    Unchanged(&'static str),
    /// Something differs at first sight and nothing does in what git would store.
    NothingInIt,
    /// No commit; part of the reason.
    Failed(&'static str),
    /// Discovery does not list it.
    NotFound,
    /// Left to the case's own `finally`.
    Own,
}

/// What must become of the push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The remote has the new commit.
    Arrived,
    /// It stays here: the run's status, and part of the reason.
    Stays(&'static str, &'static str),
}

impl Verdict {
    /// Whether the repository gets a commit.
    pub(crate) fn commits(&self) -> bool {
        matches!(self, Self::Commit { .. })
    }

    /// Whether anything may be written below its git folder at all.
    pub(crate) fn writes(&self) -> bool {
        matches!(
            self,
            Self::Commit { .. }
                | Self::Push
                | Self::Failed(_)
                | Self::AllHeld(_)
                | Self::NothingInIt
                | Self::Own
        )
    }

    /// Paths that are held.
    pub(crate) fn held(mut self, held: &[(&str, &'static str)]) -> Self {
        if let Self::Commit { held: list, .. } = &mut self {
            *list = owned(held);
        }
        self
    }

    /// Paths that stay behind because the program cannot know of them.
    pub(crate) fn unseen(mut self, paths: &[&'static str]) -> Self {
        if let Self::Commit { unseen, .. } = &mut self {
            *unseen = paths.to_vec();
        }
        self
    }

    /// The commit stays here: the run's status, and part of the reason.
    pub(crate) fn stays(mut self, status: &'static str, reason: &'static str) -> Self {
        if let Self::Commit { sent, .. } = &mut self {
            *sent = Sent::Stays(status, reason);
        }
        self
    }

    /// The commit stays here because there is no remote.
    pub(crate) fn local(self) -> Self {
        self.stays("committed", "has no remote")
    }
}

/// These paths are committed and pushed.
pub(crate) fn commit(paths: &[&str]) -> Verdict {
    commit_bytes(paths.iter().map(|path| path.as_bytes().to_vec()))
}

/// These paths are committed and pushed.
pub(crate) fn commit_bytes(paths: impl IntoIterator<Item = Vec<u8>>) -> Verdict {
    let mut paths: Vec<_> = paths.into_iter().collect();
    paths.sort();
    Verdict::Commit { paths, held: Vec::new(), sent: Sent::Arrived, unseen: Vec::new() }
}

/// Everything that changed is held.
pub(crate) fn all_held(held: &[(&str, &'static str)]) -> Verdict {
    Verdict::AllHeld(owned(held))
}

fn owned(held: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    let mut held: Vec<_> = held.iter().map(|(path, rule)| ((*path).to_owned(), *rule)).collect();
    held.sort();
    held
}

/// One repository of a case.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// Its work tree.
    pub(crate) work: PathBuf,
    /// Its remotes, all of which must be in step.
    pub(crate) remotes: Vec<PathBuf>,
    /// What the remote's branch must be at the end, where that is not what the verdict says.
    pub(crate) arrives: Option<String>,
}

impl From<PathBuf> for Kept {
    fn from(work: PathBuf) -> Self {
        Self { work, remotes: Vec::new(), arrives: None }
    }
}

impl From<(PathBuf, PathBuf)> for Kept {
    fn from((work, bare): (PathBuf, PathBuf)) -> Self {
        Self { work, remotes: vec![bare], arrives: None }
    }
}

/// What a builder made.
pub(crate) enum Built {
    /// The repositories in the order of the verdicts, and what must live until the run is over.
    Made(Vec<Kept>, Option<Box<dyn Any + Send>>),
    /// This machine cannot show it: why.
    Cannot(String),
}

impl<K: Into<Kept>> From<K> for Built {
    fn from(one: K) -> Self {
        Self::Made(vec![one.into()], None)
    }
}

impl From<Vec<Kept>> for Built {
    fn from(several: Vec<Kept>) -> Self {
        Self::Made(several, None)
    }
}

impl Built {
    /// Keeps a value until the run is over.
    pub(crate) fn keeping(self, value: impl Any + Send) -> Self {
        match self {
            Self::Made(repos, _) => Self::Made(repos, Some(Box::new(value))),
            cannot => cannot,
        }
    }
}

type Build = Box<dyn Fn(&Plot<'_>) -> Built + Send + Sync>;
type Finally = Box<dyn Fn(&Plot<'_>) + Send + Sync>;

/// One line of the table.
pub(crate) struct Case {
    /// Also the name of its folder.
    pub(crate) name: String,
    /// Shapes, hazards, ...: for the figures.
    pub(crate) class: &'static str,
    pub(crate) build: Build,
    pub(crate) verdicts: Vec<Verdict>,
    /// Git itself must not be asked about it: it would run a stranger's program, hang, or fail.
    pub(crate) blind: bool,
    /// A further `once` may write again: why.
    pub(crate) restless: bool,
    /// An approved filter of it writes to a store of its own below the git folder, whoever calls git.
    pub(crate) own_store: bool,
    /// More to look at, in the end.
    pub(crate) finally: Option<Finally>,
}

/// A case of one repository.
pub(crate) fn case(
    name: &str,
    build: impl Fn(&Plot<'_>) -> Built + Send + Sync + 'static,
    verdict: Verdict,
) -> Case {
    family(name, build, vec![verdict])
}

/// A case of several repositories; the verdicts in the order in which the builder names them.
pub(crate) fn family(
    name: &str,
    build: impl Fn(&Plot<'_>) -> Built + Send + Sync + 'static,
    verdicts: Vec<Verdict>,
) -> Case {
    Case {
        name: name.to_owned(),
        class: "",
        build: Box::new(build),
        verdicts,
        blind: false,
        restless: false,
        own_store: false,
        finally: None,
    }
}

impl Case {
    /// Git must not be asked about it.
    pub(crate) fn blind(mut self) -> Self {
        self.blind = true;
        self
    }

    /// A further `once` may write again.
    pub(crate) fn restless(mut self) -> Self {
        self.restless = true;
        self
    }

    /// An approved filter of it writes to a store of its own.
    pub(crate) fn own_store(mut self) -> Self {
        self.own_store = true;
        self
    }

    /// Looks at more in the end; panics where something is wrong.
    pub(crate) fn finally(mut self, look: impl Fn(&Plot<'_>) + Send + Sync + 'static) -> Self {
        self.finally = Some(Box::new(look));
        self
    }
}

/// Puts cases into a class.
pub(crate) fn class(name: &'static str, mut cases: Vec<Case>) -> Vec<Case> {
    cases.iter_mut().for_each(|case| case.class = name);
    cases
}

/// A cloned repository with a remote, and what a person then does in it.
pub(crate) fn after(script: &str) -> impl Fn(&Plot<'_>) -> Built + Send + Sync + 'static + use<> {
    let script = script.to_owned();
    move |plot| {
        let (repo, bare) = plot.cloned();
        plot.sh(&repo, &script);
        (repo, bare).into()
    }
}
