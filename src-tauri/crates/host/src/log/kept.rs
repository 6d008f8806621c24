//! A file that never grows large: when it is full it is set aside under a number, and begun anew.
//!
//! Nothing here may end what is being logged: a line that cannot be kept is lost, and the next one is tried again.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Bytes of the largest file, and files that are kept beside the newest.
pub(super) const LARGEST: u64 = 2 << 20;
pub(super) const KEPT: usize = 4;

/// The file, and how large it is.
pub(super) struct Kept {
    path: PathBuf,
    largest: u64,
    open: Option<(File, u64)>,
}

impl Kept {
    /// Goes on with the file that is there, or begins it; its folder is made where it is missing.
    pub(super) fn open(path: PathBuf, largest: u64) -> io::Result<Self> {
        let open = Some(opened(&path)?);
        Ok(Self { path, largest, open })
    }

    /// Adds a line.
    pub(super) fn add(&mut self, line: &[u8]) -> io::Result<()> {
        // Somebody who tidies up takes the file away while it is open.
        let there = self.open.take().filter(|_| self.path.is_file());
        let (mut file, mut size) = match there {
            Some(open) => open,
            None => opened(&self.path)?,
        };
        if size > 0 && size + line.len() as u64 > self.largest {
            drop(file);
            self.set_aside()?;
            (file, size) = opened(&self.path)?;
        }
        file.write_all(line)?;
        self.open = Some((file, size + line.len() as u64));
        Ok(())
    }

    fn set_aside(&self) -> io::Result<()> {
        for number in (1..KEPT).rev() {
            // Gaps are nothing bad.
            let _ = fs::rename(numbered(&self.path, number), numbered(&self.path, number + 1));
        }
        fs::rename(&self.path, numbered(&self.path, 1))
    }
}

/// The file that was set aside as this one; 0: the newest, which is written to.
pub(super) fn numbered(path: &Path, number: usize) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    if number > 0 {
        name.push(format!(".{number}"));
    }
    name.into()
}

/// The file, for this user only, and its size.
fn opened(path: &Path) -> io::Result<(File, u64)> {
    if let Some(folder) = path.parent() {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: u64 = 64 << 10;

    fn begun() -> (tempfile::TempDir, PathBuf, Kept) {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("logs/a.log");
        let kept = Kept::open(path.clone(), SMALL).unwrap();
        (temp, path, kept)
    }

    fn fill(kept: &mut Kept) {
        (0..400).for_each(|n| kept.add(&vec![b'x'; 1000 + n]).unwrap());
    }

    #[test]
    fn it_is_for_this_user_and_never_large() {
        let (_temp, path, mut kept) = begun();
        fill(&mut kept);
        let found: Vec<_> = fs::read_dir(path.parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap())
            .inspect(|found| {
                #[cfg(unix)]
                assert_eq!(std::os::unix::fs::MetadataExt::mode(found) & 0o777, 0o600);
            })
            .map(|found| found.len())
            .collect();
        assert!(found.len() == KEPT + 1 && found.iter().all(|size| *size <= SMALL), "{found:?}");
        assert!(found.iter().sum::<u64>() > KEPT as u64 * (SMALL - 2000), "all are used: {found:?}");
        kept.add(b"new\n").unwrap();
        drop(kept);
        Kept::open(path.clone(), SMALL).unwrap().add(b"newer\n").unwrap();
        assert!(fs::read(&path).unwrap().ends_with(b"new\nnewer\n"), "the next start goes on with it");
    }

    #[test]
    fn whoever_tidies_up_ends_neither_the_log_nor_the_program() {
        let (_temp, path, mut kept) = begun();
        fill(&mut kept);
        fs::remove_file(numbered(&path, 1)).unwrap();
        fill(&mut kept);
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
        fill(&mut kept);
        assert!(numbered(&path, KEPT).exists());
        fs::remove_file(&path).unwrap();
        kept.add(b"seen\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"seen\n");
        // Something else lies there: an error, and not more.
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(kept.add(b"lost\n").is_err());
        fs::remove_dir(&path).unwrap();
        kept.add(b"back\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"back\n");
    }
}
