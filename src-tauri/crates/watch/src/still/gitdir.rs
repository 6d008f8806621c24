//! The files of the git folder that change what `git status` says, and where a push would go.

use super::Doubt;
use crate::read::{Links, read_start};
use std::{
    fs,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// Folders below `refs` that are looked at; more of them are git's to judge.
const REF_FOLDERS: usize = 500;

/// A folder of git's with the names in it that count. A name that is not there is not listed: its folder's own time tells
/// when it comes. Git replaces files and so changes the folder they are in; those that people edit are named.
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) names: Vec<u8>,
    /// The folders whose events say that something happened here. Not all: what people do to others leaves a note in the
    /// git folder itself (`ORIG_HEAD`, `FETCH_HEAD`) or is rare, and watches are not for free.
    pub(super) watched: Vec<PathBuf>,
    /// Something in it is a link: what it leads to may change without a trace here.
    pub(super) linked: bool,
}

/// What to look at in the git folder of a work tree.
pub(super) fn places(git_dir: &Path, common_dir: &Path) -> Result<Vec<Place>, Doubt> {
    let branch = branch(git_dir)?;
    let mut own = Place::new(git_dir);
    own.there(&["HEAD", "index", "config.worktree", "info/sparse-checkout", "commondir", "gitdir"]);
    own.refs()?;
    if git_dir == common_dir {
        own.shared(branch.as_deref())?;
        return Ok(vec![own]);
    }
    let mut common = Place::new(common_dir);
    common.refs()?;
    common.shared(branch.as_deref())?;
    Ok(vec![own, common])
}

/// The ref that HEAD names, where it names one.
fn branch(git_dir: &Path) -> Result<Option<String>, Doubt> {
    let head = read_start(&git_dir.join("HEAD"), 4096, Links::Refuse);
    let (text, _) = head.filter(|(_, whole)| *whole).ok_or(Doubt::Configuration)?;
    let text = String::from_utf8(text).map_err(|_| Doubt::Configuration)?;
    let name = text.trim_ascii_end().strip_prefix("ref: ").filter(|name| name.starts_with("refs/"));
    Ok(name.filter(|name| !name.contains("..")).map(str::to_owned))
}

impl Place {
    fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), names: Vec::new(), watched: vec![path.to_owned()], linked: false }
    }

    /// Adds those of `names` that are there.
    fn there(&mut self, names: &[&str]) {
        for name in names {
            if let Ok(meta) = self.path.join(name).symlink_metadata() {
                self.linked |= meta.is_symlink() && *name != "hooks";
                self.add(name.as_bytes());
            }
        }
    }

    fn add(&mut self, name: &[u8]) {
        self.names.extend_from_slice(name);
        self.names.push(0);
    }

    /// What all work trees of a repository share.
    fn shared(&mut self, branch: Option<&str>) -> Result<(), Doubt> {
        self.there(&["config", "packed-refs", "info", "shallow"]);
        self.there(&["info/exclude", "info/attributes", "info/grafts"]);
        if let Some(branch) = branch {
            self.there(&[branch]);
            let folder =
                self.path.join(branch).ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned);
            self.watched.extend(folder.filter(|folder| *folder != self.path));
        }
        self.there(&["hooks"]);
        let hooks = self.path.join("hooks");
        let Ok(entries) = fs::read_dir(&hooks) else { return Ok(()) };
        for entry in entries {
            let name = entry.map_err(|_| Doubt::Unreadable)?.file_name();
            if !name.as_bytes().ends_with(b".sample") {
                self.add(&[b"hooks/", name.as_bytes()].concat());
            }
        }
        Ok(())
    }

    /// Every folder below `refs`: a ref that is written changes the one it is in.
    fn refs(&mut self) -> Result<(), Doubt> {
        let mut pending = vec![PathBuf::from("refs")];
        let mut seen = 0;
        while let Some(folder) = pending.pop() {
            let path = self.path.join(&folder);
            self.linked |= path.is_symlink();
            let entries = match fs::read_dir(&path) {
                Ok(entries) => entries,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(_) => return Err(Doubt::Unreadable),
            };
            seen += 1;
            if seen > REF_FOLDERS {
                return Err(Doubt::Size);
            }
            self.add(folder.as_os_str().as_bytes());
            for entry in entries {
                let entry = entry.map_err(|_| Doubt::Unreadable)?;
                let kind = entry.file_type().map_err(|_| Doubt::Unreadable)?;
                self.linked |= kind.is_symlink();
                if kind.is_dir() {
                    pending.push(folder.join(entry.file_name()));
                }
            }
        }
        Ok(())
    }
}
