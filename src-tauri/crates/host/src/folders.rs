//! Where the configuration file and the state folder are.

use crate::HostError;
use etcetera::BaseStrategy as _;
use std::{ffi::OsString, fs, io, path::PathBuf};

/// Names that only a state folder of ours has in it.
const OURS: [&str; 8] =
    ["autocommit.db", "journal", "token", "token-read", "lock", "lock.held", "logs", "approvals.json"];

/// The two places that belong to the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// The configuration file; it need not exist.
    pub config_file: PathBuf,
    /// Whether a person named the file on the command line, so that it must exist.
    pub config_required: bool,
    /// The state folder; made when it is first needed.
    pub state_dir: PathBuf,
}

impl Folders {
    /// What was named on the command line, else in the environment (`AUTOCOMMIT_CONFIG`, `AUTOCOMMIT_STATE_DIR`), else
    /// the platform's own places.
    pub fn find(config: Option<PathBuf>, state_dir: Option<PathBuf>) -> Result<Self, HostError> {
        Self::find_with(config, state_dir, |name| std::env::var_os(name))
    }

    fn find_with(
        config: Option<PathBuf>,
        state_dir: Option<PathBuf>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, HostError> {
        let named = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let config_required = config.is_some();
        let config_file = match config.or_else(|| named("AUTOCOMMIT_CONFIG")) {
            Some(file) => file,
            None => platform_folder(Kind::Config)?.join("config.toml"),
        };
        let state_dir = match state_dir.or_else(|| named("AUTOCOMMIT_STATE_DIR")) {
            Some(folder) => folder,
            None => platform_folder(Kind::State)?,
        };
        // A relative path would mean another place once the program runs elsewhere.
        let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        Ok(Self { config_file: absolute(config_file), config_required, state_dir: absolute(state_dir) })
    }

    /// Makes the state folder, for this user only. A folder that is open to others is closed to them, unless it holds
    /// files that are not ours.
    pub fn prepare_state_dir(&self) -> Result<(), HostError> {
        let failed = |what: &'static str| {
            let path = self.state_dir.clone();
            move |source: io::Error| HostError::State { path, what, source }
        };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            // The folders above it keep the mode that the person's umask gives.
            if let Some(parent) = self.state_dir.parent() {
                fs::create_dir_all(parent).map_err(failed("it cannot be made"))?;
            }
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        }
        builder.create(&self.state_dir).map_err(failed("it cannot be made"))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode =
                fs::metadata(&self.state_dir).map_err(failed("it cannot be looked at"))?.permissions().mode();
            if mode & 0o077 != 0 {
                if !self.holds_only_ours().map_err(failed("it cannot be listed"))? {
                    return Err(HostError::NotAStateFolder(self.state_dir.clone()));
                }
                fs::set_permissions(&self.state_dir, fs::Permissions::from_mode(0o700))
                    .map_err(failed("it cannot be closed to other users"))?;
            }
        }
        Ok(())
    }

    /// Whether the state folder is empty or has something of ours in it.
    #[cfg(unix)]
    fn holds_only_ours(&self) -> io::Result<bool> {
        let mut empty = true;
        for entry in fs::read_dir(&self.state_dir)? {
            empty = false;
            if OURS.iter().any(|name| entry.as_ref().is_ok_and(|entry| entry.file_name() == *name)) {
                return Ok(true);
            }
        }
        Ok(empty)
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Config,
    State,
}

/// The platform's folder for `autocommit`.
fn platform_folder(kind: Kind) -> Result<PathBuf, HostError> {
    let base = etcetera::base_strategy::choose_native_strategy().map_err(|_| HostError::NoHome)?;
    let folder = if cfg!(target_os = "macos") {
        // ~/Library/Application Support
        base.data_dir()
    } else if cfg!(windows) {
        // %LOCALAPPDATA%: what belongs to this machine does not roam.
        base.cache_dir()
    } else {
        match kind {
            Kind::Config => base.config_dir(),
            Kind::State => base.state_dir().unwrap_or_else(|| base.data_dir()),
        }
    };
    Ok(folder.join("autocommit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_over_the_environment() {
        let environment = |name: &str| Some(OsString::from(format!("/env/{name}")));
        let found = Folders::find_with(Some("/flag/c.toml".into()), None, environment).unwrap();
        assert_eq!(found.config_file, PathBuf::from("/flag/c.toml"));
        assert!(found.config_required);
        assert_eq!(found.state_dir, PathBuf::from("/env/AUTOCOMMIT_STATE_DIR"));
        let found = Folders::find_with(None, None, |_| Some(OsString::new())).unwrap();
        assert!(found.config_file.ends_with("autocommit/config.toml"), "empty is unset: {found:?}");
        assert!(found.state_dir.ends_with("autocommit") && found.state_dir.is_absolute());
    }

    #[cfg(unix)]
    #[test]
    fn the_state_folder_is_closed_to_others_and_foreign_folders_are_left_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let temp = tempfile::tempdir().unwrap();
        let folders = |name: &str| Folders {
            config_file: temp.path().join("c"),
            config_required: false,
            state_dir: temp.path().join(name),
        };
        let mode = |folders: &Folders| fs::metadata(&folders.state_dir).unwrap().permissions().mode() & 0o777;
        let open = |folders: &Folders| {
            fs::create_dir_all(&folders.state_dir).unwrap();
            fs::set_permissions(&folders.state_dir, fs::Permissions::from_mode(0o755)).unwrap();
        };
        let new = folders("a/b/new");
        new.prepare_state_dir().unwrap();
        new.prepare_state_dir().unwrap();
        assert_eq!(mode(&new), 0o700);
        let empty = folders("empty");
        open(&empty);
        empty.prepare_state_dir().unwrap();
        assert_eq!(mode(&empty), 0o700);
        let used = folders("used");
        open(&used);
        fs::write(used.state_dir.join("token"), "x").unwrap();
        used.prepare_state_dir().unwrap();
        assert_eq!(mode(&used), 0o700);
        let foreign = folders("foreign");
        open(&foreign);
        fs::write(foreign.state_dir.join("letter.txt"), "x").unwrap();
        assert!(matches!(foreign.prepare_state_dir(), Err(HostError::NotAStateFolder(_))));
        assert_eq!(mode(&foreign), 0o755);
        let file = folders("c/d");
        fs::write(temp.path().join("c"), "").unwrap();
        assert!(file.prepare_state_dir().unwrap_err().to_string().contains("cannot be made"));
    }
}
