//! The folder of models: what is there, what is brought in from elsewhere, what is taken away.

use crate::{
    catalogue::{Catalogue, Pin},
    part,
};
use autocommit_core::{id::hex, settings::valid_model_name};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The first bytes of every GGUF file.
const MAGIC: &[u8; 4] = b"GGUF";
/// Longest name of a model.
const NAME_AT_MOST: usize = 80;
/// How long somebody's look at a lock is waited for.
const LOOK: Duration = Duration::from_secs(1);

/// Why a file could not be brought in or taken away.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// No such model here.
    #[error("There is no model named {0} here.")]
    Unknown(String),
    /// A download of it is under way.
    #[error("{0} is being fetched; stop that first.")]
    Busy(String),
    /// Not a file that can be read.
    #[error("{} cannot be read: {source}.", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something else than a model.
    #[error("{} is not a GGUF file, so no model that llama-server can load.", .0.display())]
    NotAModel(PathBuf),
    /// The name is in use for something else.
    #[error("There is another model named {0} here already. Rename the file, or remove that model first.")]
    Taken(String),
    /// The disk has too little room.
    #[error("The disk has too little room: {needed} MiB are needed, {free} MiB are free.")]
    Room {
        /// MiB that are needed, with some to spare.
        needed: u64,
        /// MiB that are free.
        free: u64,
    },
    /// The folder of models cannot be written.
    #[error("The folder of models cannot be changed: {0}.")]
    Folder(#[source] io::Error),
}

/// How a model is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Not at all.
    Absent,
    /// A part of it.
    Partial,
    /// A part, and more arrives.
    Pulling,
    /// Whole.
    Installed,
    /// There is a file, and it is not the model.
    Broken,
}

/// One model, in the list or brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Its size, in bytes.
    pub size: u64,
    /// Its licence; nothing is known of a file that was brought in.
    pub licence: Option<String>,
    /// The page about it.
    pub page: Option<String>,
    /// The address of its file.
    pub url: Option<String>,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// How it is here.
    pub presence: Presence,
    /// Bytes that are here.
    pub here: u64,
}

/// What is kept of a file that was brought in.
#[derive(Debug, Serialize, Deserialize)]
struct Imported {
    sha256: String,
    size: u64,
}

/// The folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where the file of a model is or will be.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.gguf"))
    }

    fn note(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.json"))
    }

    /// Makes the folder, for this user only.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.path)
    }

    /// The one who may write the file of this model; `None` where another process does.
    pub(crate) fn claim(&self, name: &str) -> io::Result<Option<File>> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let lock = options.open(self.lock(name))?;
        let give_up = Instant::now() + LOOK;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Some(lock)),
                Err(fs::TryLockError::Error(error)) => return Err(error),
                Err(fs::TryLockError::WouldBlock) if Instant::now() >= give_up => return Ok(None),
                Err(fs::TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    fn lock(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.lock"))
    }

    fn claimed(&self, name: &str) -> bool {
        let Ok(lock) = File::open(self.lock(name)) else { return false };
        matches!(lock.try_lock_shared(), Err(fs::TryLockError::WouldBlock))
    }

    /// All models: those of the list in its order, then those that were brought in.
    pub(crate) fn models(&self, catalogue: &Catalogue) -> Vec<Model> {
        let mut models: Vec<_> = catalogue.pins().iter().map(|pin| self.of_list(catalogue, pin)).collect();
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries
            .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".gguf")?.to_owned()))
            .filter(|name| valid_model_name(name) && catalogue.find(name).is_none())
            .collect();
        names.sort();
        models.extend(names.iter().map(|name| self.brought_in(name)));
        models
    }

    fn of_list(&self, catalogue: &Catalogue, pin: &Pin) -> Model {
        let file = self.file(pin.name);
        let size = |path: &Path| fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|file| file.len());
        let (presence, here) = match (size(&file), size(&part::path_of(&file))) {
            (Some(here), _) if here == pin.size => (Presence::Installed, here),
            (_, Some(here)) if self.claimed(pin.name) => (Presence::Pulling, here),
            (Some(here), _) => (Presence::Broken, here),
            (None, Some(here)) => (Presence::Partial, here),
            (None, None) => (Presence::Absent, 0),
        };
        Model {
            name: pin.name.to_owned(),
            title: pin.title.to_owned(),
            size: pin.size,
            licence: Some(pin.licence.to_owned()),
            page: Some(catalogue.page(pin)),
            url: Some(catalogue.url(pin)),
            sha256: pin.sha256.to_owned(),
            presence,
            here,
        }
    }

    fn brought_in(&self, name: &str) -> Model {
        let here = fs::metadata(self.file(name)).map_or(0, |file| file.len());
        let note: Option<Imported> =
            fs::read(self.note(name)).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let whole = note.as_ref().is_some_and(|note| note.size == here) && has_magic(&self.file(name));
        Model {
            name: name.to_owned(),
            title: "A file of yours".to_owned(),
            size: note.as_ref().map_or(here, |note| note.size),
            licence: None,
            page: None,
            url: None,
            sha256: note.map(|note| note.sha256).unwrap_or_default(),
            presence: if whole { Presence::Installed } else { Presence::Broken },
            here,
        }
    }

    /// Brings a file in, by a link where that is possible and by a copy where not. One that is in the list by its
    /// content is called as it is there. Returns its name.
    pub(crate) fn import(
        &self,
        catalogue: &Catalogue,
        file: &Path,
        free: fn(&Path) -> io::Result<u64>,
    ) -> Result<String, FileError> {
        let unreadable = |source| FileError::Unreadable { path: file.to_owned(), source };
        let real = file.canonicalize().map_err(unreadable)?;
        let metadata = fs::metadata(&real).map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(unreadable(io::Error::other("it is not a file")));
        }
        if !has_magic(&real) {
            return Err(FileError::NotAModel(file.to_owned()));
        }
        self.prepare().map_err(FileError::Folder)?;
        let (sha256, size) = hash(&real).map_err(unreadable)?;
        let known = catalogue.pins().iter().find(|pin| pin.sha256 == sha256);
        let name = known.map_or_else(|| name_of(file), |pin| pin.name.to_owned());
        if known.is_none() && catalogue.find(&name).is_some() {
            return Err(FileError::Taken(name));
        }
        let target = self.file(&name);
        if known.is_none() && target.exists() && self.brought_in(&name).sha256 != sha256 {
            return Err(FileError::Taken(name));
        }
        let claim = self.claim(&name).map_err(FileError::Folder)?;
        let _claim = claim.ok_or_else(|| FileError::Busy(name.clone()))?;
        self.place(&real, &target, size, free)?;
        if known.is_none() {
            let note = serde_json::to_vec(&Imported { sha256, size }).unwrap_or_default();
            fs::write(self.note(&name), note).map_err(FileError::Folder)?;
        }
        part::forget(&target).map_err(FileError::Folder)?;
        Ok(name)
    }

    /// Puts the file there under a name of its own first, so that nobody meets half of it.
    fn place(
        &self,
        from: &Path,
        target: &Path,
        size: u64,
        free: fn(&Path) -> io::Result<u64>,
    ) -> Result<(), FileError> {
        let new = self.path.join(format!(".import-{}", std::process::id()));
        let _ = fs::remove_file(&new);
        if fs::hard_link(from, &new).is_err() {
            let needed = size + size * 3 / 10;
            if let Ok(free) = free(&self.path)
                && free < needed
            {
                return Err(FileError::Room { needed: needed >> 20, free: free >> 20 });
            }
            let copied = fs::copy(from, &new).and_then(|_| File::open(&new)?.sync_all());
            if let Err(error) = copied {
                let _ = fs::remove_file(&new);
                return Err(FileError::Folder(error));
            }
        }
        // A rename of one link over another of the same file does nothing and leaves both.
        let placed = fs::rename(&new, target).and_then(|()| part::settle(target));
        let _ = fs::remove_file(&new);
        placed.map_err(FileError::Folder)
    }

    /// Takes a model away, and what was fetched of it.
    pub(crate) fn remove(&self, catalogue: &Catalogue, name: &str) -> Result<(), FileError> {
        let known = self.models(catalogue).into_iter().find(|model| model.name == name);
        if known.is_none_or(|model| model.presence == Presence::Absent) {
            return Err(FileError::Unknown(name.to_owned()));
        }
        let claim = self.claim(name).map_err(FileError::Folder)?;
        let _claim = claim.ok_or_else(|| FileError::Busy(name.to_owned()))?;
        for path in [self.file(name), self.note(name)] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(FileError::Folder(error));
                }
                _ => {}
            }
        }
        part::forget(&self.file(name)).map_err(FileError::Folder)?;
        let _ = fs::remove_file(self.lock(name));
        Ok(())
    }
}

/// The name that a file gives its model.
fn name_of(file: &Path) -> String {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String = stem.chars().map(plain).take(NAME_AT_MOST).collect();
    let name = name.trim_start_matches(['-', '_', '.']);
    if name.is_empty() { "model".to_owned() } else { name.to_owned() }
}

fn has_magic(file: &Path) -> bool {
    let mut start = [0; 4];
    File::open(file).and_then(|mut file| file.read_exact(&mut start)).is_ok_and(|()| start == *MAGIC)
}

/// SHA-256 in hexadecimal digits, and size.
fn hash(file: &Path) -> io::Result<(String, u64)> {
    struct Hashing(Sha256);
    impl io::Write for Hashing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut hashing = io::BufWriter::with_capacity(1 << 20, Hashing(Sha256::new()));
    let size = io::copy(&mut File::open(file)?, &mut hashing)?;
    hashing.flush()?;
    let Hashing(hash) = hashing.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok((hex(&hash.finalize()), size))
}

/// Free bytes on the disk of a folder, for somebody without privileges.
pub(crate) fn free_bytes(folder: &Path) -> io::Result<u64> {
    #[cfg(unix)]
    {
        let disk = rustix::fs::statvfs(folder)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        Err(io::ErrorKind::Unsupported.into())
    }
}
