//! The search: one walk below the base paths that finds repositories and their packages.
//!
//! Synchronous, on one thread, without git: a parallel walk costs more CPU for this (performance note, section 3).
//! Symbolic links below a base path are never followed. What stops the walk is told as a [`Problem`], never hidden.

use crate::{
    exclude::Exclude,
    listing::Listing,
    packages,
    probe::{Probed, copy_of, probe_entry},
};
use autocommit_core::{
    repo::{Package, Repo},
    settings::Settings,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    fs, io,
    path::{Path, PathBuf},
    time::Instant,
};

/// Directory entries read inside one work tree (nested repositories not counted).
const ENTRIES_PER_REPO: usize = 20_000;
/// Directory entries read below one base path outside of work trees.
const ENTRIES_OUTSIDE: usize = 1_000_000;
/// Packages are looked for in folders up to this many levels below the top of a work tree.
const PACKAGE_LEVELS: usize = 5;
/// Problems told; further ones are counted only.
const PROBLEMS: usize = 200;

/// How far the search goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How many folders below a base path a repository may be; 0: the base path itself.
    pub depth: usize,
    /// Names, globs on names, and globs on paths relative to the base path of folders that are never entered.
    pub exclude_patterns: Vec<String>,
}

impl From<&Settings> for Limits {
    fn from(settings: &Settings) -> Self {
        Self { depth: settings.recursive_depth, exclude_patterns: settings.exclude_patterns.clone() }
    }
}

/// A repository and the packages in its work tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The repository.
    pub repo: Repo,
    /// Its packages, sorted by folder; those of nested repositories belong to them.
    pub packages: Vec<Package>,
}

/// Something that a person may expect to be found and that was not, or not entirely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The folder (or the exclude pattern) concerned.
    pub path: PathBuf,
    /// What is wrong, in one sentence.
    pub sentence: String,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Every repository once, sorted by path.
    pub repos: Vec<Found>,
    /// What could not be searched, and why, in the order met.
    pub problems: Vec<Problem>,
    /// The folders outside of work trees that were listed, and base paths that are not there: where another repository may
    /// appear.
    pub folders: Vec<PathBuf>,
}

/// Finds every repository below the absolute `base_paths`; nothing is opened for writing.
pub fn discover(base_paths: &[PathBuf], limits: &Limits) -> Discovery {
    search(base_paths, limits, None)
}

/// As [`discover`], and ends at this time with what was found until then.
pub fn discover_until(base_paths: &[PathBuf], limits: &Limits, until: Instant) -> Discovery {
    search(base_paths, limits, Some(until))
}

fn search(base_paths: &[PathBuf], limits: &Limits, until: Option<Instant>) -> Discovery {
    let (exclude, bad_patterns) = Exclude::new(&limits.exclude_patterns);
    let found = BTreeMap::new();
    let mut search =
        Search { limits, until, exclude, found, problems: Vec::new(), folders: Vec::new(), untold: 0 };
    for (pattern, sentence) in bad_patterns {
        search.problem(Path::new(&pattern), sentence);
    }
    let mut seen = BTreeSet::new();
    for base in base_paths {
        match canonical_folder(base) {
            Ok(canonical) => {
                if seen.insert(canonical.clone()) {
                    search.below(&canonical);
                }
            }
            Err(sentence) => {
                search.folders.push(base.clone());
                search.problem(base, sentence);
            }
        }
    }
    search.finish()
}

fn canonical_folder(base: &Path) -> Result<PathBuf, String> {
    if !base.is_absolute() {
        return Err("This is not a full path.".to_owned());
    }
    let canonical = fs::canonicalize(base).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "This folder does not exist.".to_owned(),
        kind => format!("This folder cannot be read: {kind}."),
    })?;
    if canonical.is_dir() { Ok(canonical) } else { Err("This is not a folder.".to_owned()) }
}

struct Search<'a> {
    limits: &'a Limits,
    until: Option<Instant>,
    exclude: Exclude,
    /// By canonical work tree; true: its git folder names it as its work tree.
    found: BTreeMap<PathBuf, (Found, bool)>,
    problems: Vec<Problem>,
    folders: Vec<PathBuf>,
    untold: usize,
}

impl Search<'_> {
    fn below(&mut self, base: &Path) {
        let mut outside = ENTRIES_OUTSIDE;
        let mut pending = vec![(base.to_path_buf(), 0)];
        while let Some((dir, depth)) = pending.pop() {
            if self.is_late() {
                break;
            }
            let Some(listing) = self.list(&dir, outside) else { continue };
            if let Some(entry) = listing.git {
                match probe_entry(&dir, entry) {
                    Probed::Repo { repo, owned } => {
                        // Met again below an overlapping base path, it is walked again: that one may reach deeper.
                        let packages = self.inside(base, &repo, depth, listing, &mut pending);
                        let found = Found { repo, packages };
                        self.found.entry(found.repo.work_tree.clone()).or_insert((found, owned));
                        continue;
                    }
                    Probed::Refused(sentence) => self.problem(&dir, sentence),
                    Probed::Nothing => {}
                }
            }
            self.folders.push(dir.clone());
            outside = outside.saturating_sub(listing.entries);
            if listing.is_git_dir() {
                continue;
            }
            if listing.cut {
                let sentence = "This base path holds too many files: the search stopped here.";
                self.problem(&dir, sentence.to_owned());
                break;
            }
            if depth < self.limits.depth {
                self.queue_folders(base, &dir, listing, |path| pending.push((path, depth + 1)));
            }
        }
    }

    /// Walks one work tree, level by level so that a limit cuts its depths and not its top; nested repositories are
    /// left to `pending`.
    fn inside(
        &mut self,
        base: &Path,
        repo: &Repo,
        depth: usize,
        top: Listing,
        pending: &mut Vec<(PathBuf, usize)>,
    ) -> Vec<Package> {
        let mut packages = Vec::new();
        let mut budget = ENTRIES_PER_REPO;
        let mut queue = VecDeque::new();
        let mut current = Some((repo.work_tree.clone(), 0, top));
        while let Some((dir, level, listing)) = current.take() {
            if level <= PACKAGE_LEVELS {
                packages::collect(&repo.work_tree, &dir, &listing.manifests, &mut packages);
            }
            if listing.cut || listing.entries > budget {
                let sentence = "This repository holds too many files: not all of its packages and nested \
                                repositories were looked for.";
                self.problem(&repo.work_tree, sentence.to_owned());
                break;
            }
            if self.is_late() {
                break;
            }
            budget -= listing.entries;
            if level < PACKAGE_LEVELS || depth + level < self.limits.depth {
                self.queue_folders(base, &dir, listing, |path| queue.push_back((path, level + 1)));
            }
            while let Some((dir, level)) = queue.pop_front() {
                let Some(listing) = self.list(&dir, budget) else { continue };
                let nested = listing.git.is_some_and(|e| !matches!(probe_entry(&dir, e), Probed::Nothing));
                if nested && depth + level <= self.limits.depth {
                    pending.push((dir, depth + level));
                } else if !nested && !listing.is_git_dir() {
                    current = Some((dir, level, listing));
                    break;
                }
            }
        }
        packages.sort_by(|a: &Package, b| (&a.path, &a.kind, &a.name).cmp(&(&b.path, &b.kind, &b.name)));
        packages
    }

    fn is_late(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    fn queue_folders(&self, base: &Path, dir: &Path, listing: Listing, mut push: impl FnMut(PathBuf)) {
        for name in listing.folders {
            if !self.exclude.matches(base, dir, &name) {
                push(dir.join(name));
            }
        }
    }

    fn list(&mut self, dir: &Path, limit: usize) -> Option<Listing> {
        match Listing::read(dir, limit) {
            Ok(listing) => Some(listing),
            // Gone since its parent was read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                self.problem(dir, format!("This folder cannot be read: {}.", error.kind()));
                None
            }
        }
    }

    fn problem(&mut self, path: &Path, sentence: String) {
        if self.problems.iter().any(|p| p.path == path && p.sentence == sentence) {
            return;
        }
        if self.problems.len() < PROBLEMS {
            self.problems.push(Problem { path: path.to_path_buf(), sentence });
        } else {
            self.untold += 1;
        }
    }

    fn finish(mut self) -> Discovery {
        self.drop_copies();
        if self.untold > 0 {
            let sentence = format!("{} further problems are not listed.", self.untold);
            self.problems.push(Problem { path: PathBuf::from("/"), sentence });
        }
        Discovery {
            repos: self.found.into_values().map(|(found, _)| found).collect(),
            problems: self.problems,
            folders: self.folders,
        }
    }

    /// Where several work trees use one git folder, only the one that the git folder names stays; if it names none,
    /// none does.
    fn drop_copies(&mut self) {
        let mut by_git_dir: HashMap<PathBuf, Vec<(PathBuf, bool)>> = HashMap::with_capacity(self.found.len());
        for (path, (found, owned)) in &self.found {
            by_git_dir.entry(found.repo.git_dir.clone()).or_default().push((path.clone(), *owned));
        }
        let mut shared: Vec<_> = by_git_dir.into_values().filter(|group| group.len() > 1).collect();
        shared.sort();
        for group in shared {
            let owner = group.iter().find(|(_, owned)| *owned).map(|(path, _)| path.clone());
            for (path, _) in group.iter().filter(|(path, _)| Some(path) != owner.as_ref()) {
                let other = owner.as_ref().or(group.iter().map(|(p, _)| p).find(|p| *p != path));
                self.found.remove(path);
                self.problem(path, copy_of(other.unwrap_or(path)));
            }
        }
    }
}
