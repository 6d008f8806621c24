//! One look at all that changes git's verdict, and what it becomes when git says clean.

use super::{
    Doubt, Still, config, disk,
    folders::Folders,
    gitdir, index,
    sum::{Folder, Sum, add_names, open, stat},
};
use crate::read::{Links, read_start};
use autocommit_core::{path::RepoPath, repo::Repo};
use rustix::{
    fd::OwnedFd,
    fs::{self, CWD, Dir, FileType, OFlags},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ffi::{CString, OsStr},
    hash::{DefaultHasher, Hash, Hasher},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    time::{Instant, SystemTime},
};

/// Folders of one work tree that are kept.
const FOLDERS: usize = 100_000;
/// Bytes of the largest index that is read: some millions of files.
const LARGEST_INDEX: usize = 512 << 20;
/// Untracked folders that git is asked about at once.
const UNDECIDED: usize = 10_000;
/// Files in a work tree that say what git ignores, or how it reads a file.
const RULES: [&[u8]; 2] = [b".gitignore", b".gitattributes"];

/// Which untracked folders git ignores, and under which rules it said so.
#[derive(Debug, Clone, Default)]
pub struct Decided {
    rules: u64,
    ignored: HashMap<RepoPath, bool>,
}

/// A look that was taken before git was asked.
#[derive(Debug)]
pub struct Capture {
    root: PathBuf,
    top: OwnedFd,
    device: u64,
    start: SystemTime,
    started: Instant,
    folders: Folders,
    git_folders: Vec<PathBuf>,
    /// Over everything; its number does not count, its age does.
    age: Sum,
    doubt: Option<Doubt>,
    tracked: BTreeMap<Vec<u8>, Vec<u8>>,
    submodules: BTreeSet<Vec<u8>>,
    undecided: BTreeSet<RepoPath>,
    decided: HashMap<RepoPath, bool>,
    /// Rule files and what they were.
    rules: BTreeMap<Vec<u8>, u64>,
}

impl Capture {
    /// Looks at `repo`. What git said earlier of untracked folders is used where the rules are the same. `home` is the
    /// person's, for paths in the repository's configuration.
    ///
    /// # Errors
    /// Where not even its folders can be listed.
    pub fn take(repo: &Repo, home: Option<&Path>, known: Option<&Decided>) -> Result<Self, Doubt> {
        let mut capture = Self::walked(repo, home, known.map(|known| &known.ignored))?;
        if let Some(known) = known
            && !known.ignored.is_empty()
            && capture.rules_sum() != known.rules
        {
            capture = Self::walked(repo, home, None)?;
        }
        Ok(capture)
    }

    fn walked(
        repo: &Repo,
        home: Option<&Path>,
        known: Option<&HashMap<RepoPath, bool>>,
    ) -> Result<Self, Doubt> {
        let (start, started) = (SystemTime::now(), Instant::now());
        for path in [&repo.work_tree, &repo.git_dir, &repo.common_dir] {
            disk::is_believed(path)?;
        }
        let top = open(CWD, &c_path(&repo.work_tree)?, OFlags::PATH)?.ok_or(Doubt::Unreadable)?;
        let device = fs::fstat(&top).map_err(|_| Doubt::Unreadable)?.st_dev;
        let mut capture = Self {
            root: repo.work_tree.clone(),
            top,
            device,
            start,
            started,
            folders: Folders::default(),
            git_folders: Vec::new(),
            age: Sum::default(),
            doubt: None,
            tracked: BTreeMap::new(),
            submodules: BTreeSet::new(),
            undecided: BTreeSet::new(),
            decided: known.cloned().unwrap_or_default(),
            rules: BTreeMap::new(),
        };
        // Each file is looked at before it is read: what changes in between shows later.
        for place in gitdir::places(&repo.git_dir, &repo.common_dir)? {
            if place.linked {
                capture.in_doubt(Doubt::Configuration);
            }
            capture.fixed(&place.path, &place.names)?;
            capture.git_folders.extend(place.watched);
        }
        capture.fixed(&repo.work_tree, b".git\0")?;
        match config::named(&repo.common_dir, &repo.work_tree, home) {
            Ok(files) => capture.named(files)?,
            Err(doubt) => capture.in_doubt(doubt),
        }
        for file in ["config", "info/exclude"] {
            capture.rule(&repo.common_dir.join(file))?;
        }
        capture.read_index(&repo.git_dir.join("index"))?;
        let tracked = std::mem::take(&mut capture.tracked);
        for (path, names) in &tracked {
            capture.folder(path, names.clone(), &tracked)?;
        }
        capture.tracked = tracked;
        capture.go_on()?;
        Ok(capture)
    }

    /// Untracked folders of which git must say whether it ignores them, before it is asked for its verdict.
    pub fn undecided(&self) -> Vec<RepoPath> {
        self.undecided.iter().cloned().collect()
    }

    /// Takes git's answer for all that were undecided, and looks into those that it does not ignore. There may be more of
    /// them then.
    ///
    /// # Errors
    /// Where a folder cannot be listed.
    pub fn decide(&mut self, ignored: impl Fn(&RepoPath) -> bool) -> Result<(), Doubt> {
        for folder in std::mem::take(&mut self.undecided) {
            let answer = ignored(&folder);
            self.decided.insert(folder.clone(), answer);
            if !answer {
                self.untracked(&folder)?;
            }
        }
        self.go_on()
    }

    /// What was decided, to be used again; nothing while the rules are too young to be told from others.
    pub fn decided(&self) -> Option<Decided> {
        let usable = self.undecided.is_empty() && self.age.is_settled(self.start);
        usable.then(|| Decided { rules: self.rules_sum(), ignored: self.decided.clone() })
    }

    /// Every folder of the work tree in which something may happen that git would tell.
    pub fn work_folders(&self) -> Vec<PathBuf> {
        let below = self.folders.iter().filter(|folder| !folder.path.starts_with(b"/"));
        let path = |folder: Folder<'_>| match &folder.path[..folder.path.len() - 1] {
            b"." => self.root.clone(),
            relative => self.root.join(OsStr::from_bytes(relative)),
        };
        below.map(path).collect()
    }

    /// The folders of git's own in which something may happen that changes its answer.
    pub fn git_folders(&self) -> &[PathBuf] {
        &self.git_folders
    }

    /// Git looked at the repository after this was taken, and said that it is clean.
    ///
    /// # Errors
    /// Where that may change without a trace in what was noted.
    pub fn said_clean(self) -> Result<Still, Doubt> {
        if let Some(doubt) = self.doubt {
            return Err(doubt);
        }
        if !self.undecided.is_empty() {
            return Err(Doubt::Undecided);
        }
        if !self.age.is_settled(self.start) {
            return Err(Doubt::Young);
        }
        Ok(Still::new(c_path(&self.root)?, self.folders, (self.start, self.started)))
    }

    /// The first thing that makes it git's to judge, however often it is asked.
    pub fn doubt(&self) -> Option<Doubt> {
        self.doubt
    }

    fn in_doubt(&mut self, doubt: Doubt) {
        self.doubt.get_or_insert(doubt);
    }

    fn rules_sum(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        self.rules.hash(&mut hash);
        hash.finish()
    }

    /// Notes names in a folder that is not walked.
    fn fixed(&mut self, path: &Path, names: &[u8]) -> Result<(), Doubt> {
        let folder = open(CWD, &c_path(path)?, OFlags::PATH)?.ok_or(Doubt::Unreadable)?;
        let mut sum = Sum::default();
        sum.add(Some(&fs::fstat(&folder).map_err(|_| Doubt::Unreadable)?));
        add_names(&mut sum, &folder, names)?;
        self.keep(c_path(path)?.as_bytes_with_nul(), names, &sum)
    }

    fn keep(&mut self, path: &[u8], names: &[u8], sum: &Sum) -> Result<(), Doubt> {
        self.age.note_age(sum);
        self.folders.push(Folder { path, names, sum: sum.value() });
        if self.folders.len() > FOLDERS { Err(Doubt::Size) } else { Ok(()) }
    }

    /// Notes files that the repository's configuration names. A link there is git's to follow.
    fn named(&mut self, files: Vec<PathBuf>) -> Result<(), Doubt> {
        for file in files {
            if file.is_symlink() {
                self.in_doubt(Doubt::Configuration);
            }
            self.rule(&file)?;
            let mut sum = Sum::default();
            let path = c_path(&file)?;
            sum.add(stat(CWD, &path)?.as_ref());
            self.keep(path.as_bytes_with_nul(), &[], &sum)?;
        }
        Ok(())
    }

    fn rule(&mut self, file: &Path) -> Result<(), Doubt> {
        let mut sum = Sum::default();
        sum.add(stat(CWD, &c_path(file)?)?.as_ref());
        self.rules.insert(file.as_os_str().as_bytes().to_vec(), sum.value());
        Ok(())
    }

    /// Sorts the tracked paths by folder.
    fn read_index(&mut self, index: &Path) -> Result<(), Doubt> {
        self.tracked.insert(Vec::new(), Vec::new());
        if stat(CWD, &c_path(index)?)?.is_none() {
            return Ok(());
        }
        let whole = read_start(index, LARGEST_INDEX, Links::Refuse).filter(|(_, whole)| *whole);
        let (bytes, _) = whole.ok_or(Doubt::Index)?;
        let (tracked, submodules) = (&mut self.tracked, &mut self.submodules);
        let doubt = index::paths(&bytes, |path, submodule| {
            if submodule {
                submodules.insert(path.to_vec());
                return;
            }
            let slash = memchr::memrchr(b'/', path);
            let (folder, name) = slash.map_or((&b""[..], path), |at| (&path[..at], &path[at + 1..]));
            if !tracked.contains_key(folder) {
                for at in memchr::memchr_iter(b'/', folder) {
                    tracked.entry(folder[..at].to_vec()).or_default();
                }
                tracked.insert(folder.to_vec(), Vec::new());
            }
            let names = tracked.entry(folder.to_vec()).or_default();
            names.extend_from_slice(name);
            names.push(0);
        })?;
        if let Some(doubt) = doubt {
            self.in_doubt(doubt);
        }
        Ok(())
    }

    /// Notes a folder of the work tree with `names` in it, and what else is there: rule files, and folders that are not
    /// `tracked`.
    fn folder(
        &mut self,
        path: &[u8],
        mut names: Vec<u8>,
        tracked: &BTreeMap<Vec<u8>, Vec<u8>>,
    ) -> Result<(), Doubt> {
        let c_path =
            CString::new(if path.is_empty() { b"." } else { path }).map_err(|_| Doubt::Unreadable)?;
        let mut sum = Sum::default();
        let Some(folder) = open(&self.top, &c_path, OFlags::RDONLY)? else {
            // Gone with what is tracked in it: git will say so.
            sum.add(None);
            return self.keep(c_path.as_bytes_with_nul(), &names, &sum);
        };
        let itself = fs::fstat(&folder).map_err(|_| Doubt::Unreadable)?;
        if itself.st_dev != self.device {
            self.in_doubt(Doubt::Mount);
        }
        sum.add(Some(&itself));
        let mut entries = Dir::read_from(&folder).map_err(|_| Doubt::Unreadable)?;
        while let Some(entry) = entries.read() {
            let entry = entry.map_err(|_| Doubt::Unreadable)?;
            let name = entry.file_name().to_bytes();
            match name {
                b"." | b".." => continue,
                b".git" if path.is_empty() => continue,
                b".git" => self.in_doubt(Doubt::Nested),
                _ => {}
            }
            let kind = match entry.file_type() {
                FileType::Unknown => {
                    let found = stat(&folder, entry.file_name())?;
                    found.map_or(FileType::Unknown, |s| FileType::from_raw_mode(s.st_mode))
                }
                kind => kind,
            };
            let below = if path.is_empty() { name.to_vec() } else { [path, b"/", name].concat() };
            if RULES.contains(&name) {
                let mut rule = Sum::default();
                rule.add(stat(&folder, entry.file_name())?.as_ref());
                self.rules.insert(below, rule.value());
                if !names.split(|b| *b == 0).any(|known| known == name) {
                    names.extend_from_slice(name);
                    names.push(0);
                }
            } else if kind == FileType::Directory
                && !tracked.contains_key(&below)
                && !self.submodules.contains(&below)
            {
                self.undecided.insert(RepoPath::new(below));
            }
        }
        add_names(&mut sum, &folder, &names)?;
        self.keep(c_path.as_bytes_with_nul(), &names, &sum)
    }

    fn untracked(&mut self, folder: &RepoPath) -> Result<(), Doubt> {
        let tracked = std::mem::take(&mut self.tracked);
        let walked = self.folder(folder.as_bytes(), Vec::new(), &tracked);
        self.tracked = tracked;
        walked
    }

    /// Follows what is decided already.
    fn go_on(&mut self) -> Result<(), Doubt> {
        loop {
            let known: Vec<_> =
                self.undecided.iter().filter(|f| self.decided.contains_key(*f)).cloned().collect();
            if known.is_empty() {
                return if self.undecided.len() > UNDECIDED { Err(Doubt::Size) } else { Ok(()) };
            }
            for folder in known {
                self.undecided.remove(&folder);
                if self.decided.get(&folder) == Some(&false) {
                    self.untracked(&folder)?;
                }
            }
        }
    }
}

fn c_path(path: &Path) -> Result<CString, Doubt> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| Doubt::Unreadable)
}
