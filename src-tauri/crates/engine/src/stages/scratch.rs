//! Private files of a run in the state folder, gone when dropped.

use crate::run::Run;
use autocommit_git::GitError;
use std::path::{Path, PathBuf};

/// The message in a private file of the state folder, for the message hooks. COMMIT_EDITMSG is the person's.
pub(crate) struct MessageFile(PathBuf);

impl MessageFile {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(run: &Run, text: &str) -> Result<Self, GitError> {
        let failed =
            |source| GitError::File { what: "the message could not be written for the hooks", source };
        let dir = run.shared.state_dir.join("scratch");
        std::fs::create_dir_all(&dir).map_err(failed)?;
        let file = Self(dir.join(format!("{}.message", run.id)));
        std::fs::write(&file.0, text).map_err(failed)?;
        Ok(file)
    }

    /// The message as the hooks left it.
    pub(crate) fn read(&self) -> Result<String, GitError> {
        let bytes = std::fs::read(&self.0)
            .map_err(|source| GitError::File { what: "the message could not be read back", source })?;
        // As git does with a message that no editor was open on: trailing space out, outer blank lines out.
        let text = String::from_utf8_lossy(&bytes).replace('\0', "");
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        let text = lines.join("\n");
        Ok(format!("{}\n", text.trim_matches('\n')))
    }
}

impl Drop for MessageFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A folder for the objects and the index of a dry run, so that the repository itself stays untouched.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn new(run: &Run) -> Result<Self, GitError> {
        let dir = run.shared.state_dir.join("scratch").join(run.id.as_str());
        std::fs::create_dir_all(dir.join("objects"))
            .map_err(|source| GitError::File { what: "a scratch folder could not be made", source })?;
        Ok(Self(dir))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
