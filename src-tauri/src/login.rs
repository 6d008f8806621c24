//! Starting at login.
//!
//! On Linux the entry is written here: the plugin writes it to another folder than `XDG_CONFIG_HOME` names, does not quote
//! the path, does not notice one that leads nowhere, and takes an entry that was switched off for one that is on.

use crate::desk::Desk;
use std::{path::Path, sync::Arc};
use tauri::AppHandle;

/// Whether it starts at login; nothing where this program cannot.
pub(crate) fn state(app: &AppHandle) -> Option<bool> {
    here::state(app)
}

/// Starts at login from now on, or no more.
pub(crate) fn set(desk: &Arc<Desk>, on: bool) -> Result<(), String> {
    let done = here::set(&desk.app, on);
    let state = here::state(&desk.app);
    desk.learn(|facts| facts.login_item = state);
    done
}

/// Whether a program lies where a build tool puts it: it may be gone tomorrow.
fn is_a_build(program: &Path) -> bool {
    program.ancestors().skip(1).any(|folder| folder.join("CACHEDIR.TAG").exists())
}

#[cfg(target_os = "linux")]
mod here {
    use super::*;
    use crate::args;
    use std::{fs, path::PathBuf};

    const NAME: &str = "dev.autocommit.Autocommit.desktop";

    pub(super) fn state(app: &AppHandle) -> Option<bool> {
        let (program, entry) = (program(app)?, entry()?);
        if let Some(text) = fs::read_to_string(&entry).ok().filter(|text| leads_nowhere(text)) {
            // It moved since: a new version in another folder, a portable file somewhere else.
            let switched_on = is_on(&text);
            tracing::info!("the entry for login named a program that is gone; it is written anew");
            if let Err(error) = write(&entry, &program, switched_on) {
                tracing::warn!("{} could not be written: {error}", entry.display());
            }
        }
        Some(fs::read_to_string(&entry).is_ok_and(|text| is_on(&text)))
    }

    pub(super) fn set(app: &AppHandle, on: bool) -> Result<(), String> {
        let (Some(program), Some(entry)) = (program(app), entry()) else {
            return Err("This copy of the program is not installed, so it cannot start at login.".to_owned());
        };
        let done = match on {
            true => write(&entry, &program, true),
            false => match fs::remove_file(&entry) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
                removed => removed,
            },
        };
        done.map_err(|error| format!("{} could not be written: {error}.", entry.display()))
    }

    /// What is to be started: the portable file where there is one, as what runs is unpacked for the moment.
    fn program(app: &AppHandle) -> Option<PathBuf> {
        let portable = tauri::Manager::env(app).appimage.map(PathBuf::from);
        let program = portable.or_else(|| std::env::current_exe().ok())?;
        Some(program).filter(|program| !is_a_build(program))
    }

    fn entry() -> Option<PathBuf> {
        let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let config = named.or_else(|| Some(std::env::home_dir()?.join(".config")))?;
        Some(config.join("autostart").join(NAME))
    }

    fn write(entry: &Path, program: &Path, on: bool) -> std::io::Result<()> {
        if let Some(folder) = entry.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(entry, text(program, on))
    }

    /// A desktop entry.
    fn text(program: &Path, on: bool) -> String {
        format!(
            "[Desktop Entry]\nType=Application\nName=Autocommit\nComment=Commits and pushes work that has settled\n\
             Exec={} {}\nIcon=autocommit-desktop\nTerminal=false\nStartupNotify=false\nHidden={}\n",
            quoted(&program.to_string_lossy()),
            args::HIDDEN,
            !on,
        )
    }

    /// An argument of `Exec` in the words of the Desktop Entry Specification: quoted, and escaped once as an argument
    /// and once more as a string; `%` would begin a field code.
    fn quoted(argument: &str) -> String {
        let mut out = String::from("\"");
        for c in argument.chars() {
            match c {
                '"' | '`' | '$' => out.extend(['\\', '\\', c]),
                '\\' => out.push_str("\\\\\\\\"),
                '%' => out.push_str("%%"),
                c => out.push(c),
            }
        }
        out.push('"');
        out
    }

    /// The program that an entry starts.
    fn unquoted(exec: &str) -> String {
        let exec = exec.replace("\\\\", "\\").replace("%%", "%");
        let Some(rest) = exec.strip_prefix('"') else {
            return exec.split(' ').next().unwrap_or_default().to_owned();
        };
        let mut out = String::new();
        let mut chars = rest.chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '\\' => out.extend(chars.next()),
                c => out.push(c),
            }
        }
        out
    }

    fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
        text.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('=')).map(str::trim)
    }

    /// Whether the desktop would start it.
    fn is_on(text: &str) -> bool {
        value(text, "Hidden") != Some("true") && value(text, "X-GNOME-Autostart-enabled") != Some("false")
    }

    /// Whether the program that it names is not there; one that lies on the search path is somebody else's doing.
    fn leads_nowhere(text: &str) -> bool {
        let program = value(text, "Exec").map(unquoted).unwrap_or_default();
        let path = Path::new(&program);
        program.is_empty() || (path.is_absolute() && !path.exists())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn every_path_comes_back_as_it_was() {
            for path in ["/usr/bin/autocommit-desktop", "/opt/My Apps/a\"b`c$d\\e%f/x", "/ü/ö"] {
                let text = text(Path::new(path), true);
                assert_eq!(unquoted(value(&text, "Exec").unwrap()), path, "{text}");
                assert!(is_on(&text) && text.contains("\" --hidden\n"), "{text}");
            }
            let exec = quoted("/a b/$c\\d");
            assert_eq!(exec, r#""/a b/\\$c\\\\d""#);
        }

        #[test]
        fn what_is_switched_off_is_off() {
            assert!(!is_on(&text(Path::new("/x"), false)));
            assert!(!is_on("[Desktop Entry]\nExec=/x\nHidden = true\n"));
            assert!(!is_on("[Desktop Entry]\nExec=/x\nX-GNOME-Autostart-enabled=false\n"));
            assert!(is_on("[Desktop Entry]\nExec=/x\n"));
        }

        #[test]
        fn an_entry_that_leads_nowhere_is_found() {
            let temp = tempfile::tempdir().unwrap();
            let program = temp.path().join("auto commit");
            assert!(leads_nowhere(&text(&program, true)));
            fs::write(&program, "").unwrap();
            assert!(!leads_nowhere(&text(&program, true)));
            // As the plugin of the framework wrote it, without quotes.
            assert!(leads_nowhere(&format!("Exec={} --hidden\n", program.display())));
            assert!(!leads_nowhere("Exec=autocommit-desktop --hidden\n"));
            assert!(leads_nowhere(""));
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod here {
    use super::*;
    use tauri_plugin_autostart::ManagerExt as _;

    pub(super) fn state(app: &AppHandle) -> Option<bool> {
        let program = std::env::current_exe().ok()?;
        if is_a_build(&program) {
            return None;
        }
        app.autolaunch().is_enabled().ok()
    }

    pub(super) fn set(app: &AppHandle, on: bool) -> Result<(), String> {
        let entry = app.autolaunch();
        let done = if on { entry.enable() } else { entry.disable() };
        done.map_err(|error| format!("The system did not take it: {error}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_not_installed() {
        let temp = tempfile::tempdir().unwrap();
        let program = temp.path().join("target/debug/autocommit-desktop");
        assert!(!is_a_build(&program));
        std::fs::create_dir_all(temp.path().join("target")).unwrap();
        std::fs::write(temp.path().join("target/CACHEDIR.TAG"), "").unwrap();
        assert!(is_a_build(&program));
    }
}
