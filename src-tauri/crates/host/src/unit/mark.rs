//! The mark by which a file is known as one that we wrote and that nobody changed since.

use super::System;
use sha2::{Digest as _, Sha256};
use std::{fs, io, path::Path};

/// The words of the mark; the first letters of a checksum of the rest follow.
const WORDS: &str = "Written by `autocommit service install`; do not edit.";

/// What stands at the place of our file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Absent,
    /// What we wrote.
    Ours,
    /// What we wrote, and somebody changed.
    Changed,
    /// Something else.
    Foreign,
}

/// `body` with the mark: the first line, or in XML the one after the declaration.
pub(super) fn signed(system: System, body: &str) -> String {
    let line = line(system, body);
    match system {
        System::Systemd => format!("{line}\n{body}"),
        System::Launchd | System::Task => {
            let (declaration, rest) = body.split_once('\n').unwrap_or((body, ""));
            format!("{declaration}\n{line}\n{rest}")
        }
    }
}

fn line(system: System, body: &str) -> String {
    let sum: String = Sha256::digest(body).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    match system {
        System::Systemd => format!("# {WORDS} {sum}"),
        System::Launchd | System::Task => format!("<!-- {WORDS} {sum} -->"),
    }
}

/// What the file at `path` is; a link is never ours, wherever it leads.
pub(super) fn standing(system: System, path: &Path) -> io::Result<Standing> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Standing::Absent),
        Err(error) => return Err(error),
        Ok(found) if !found.is_file() => return Ok(Standing::Foreign),
        Ok(_) => {}
    }
    let bytes = fs::read(path)?;
    Ok(decoded(system, &bytes).map_or(Standing::Foreign, |text| judged(system, &text)))
}

fn judged(system: System, text: &str) -> Standing {
    let Some(marked) = text.lines().find(|line| line.contains(WORDS)) else { return Standing::Foreign };
    let body = text.replacen(&format!("{marked}\n"), "", 1);
    if line(system, &body) == marked { Standing::Ours } else { Standing::Changed }
}

/// The bytes of the file: Windows reads tasks as UTF-16.
pub(super) fn encoded(system: System, text: &str) -> Vec<u8> {
    match system {
        System::Systemd | System::Launchd => text.as_bytes().to_vec(),
        System::Task => {
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
        }
    }
}

fn decoded(system: System, bytes: &[u8]) -> Option<String> {
    match system {
        System::Systemd | System::Launchd => String::from_utf8(bytes.to_vec()).ok(),
        System::Task => {
            let units: Vec<_> =
                bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).ok().map(|text| text.trim_start_matches('\u{feff}').to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::start, *};

    #[test]
    fn a_file_is_ours_changed_or_foreign() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("unit");
        for system in [System::Systemd, System::Launchd, System::Task] {
            let _ = fs::remove_file(&path);
            assert_eq!(standing(system, &path).unwrap(), Standing::Absent);
            let text = system.text(&start("/usr/bin/autocommit", &["run"], "/bin")).unwrap();
            fs::write(&path, encoded(system, &text)).unwrap();
            assert_eq!(standing(system, &path).unwrap(), Standing::Ours, "{text}");
            let edited = text.replace("autocommit", "autocommitted");
            fs::write(&path, encoded(system, &edited.replace("autocommitted service", "autocommit service")))
                .unwrap();
            assert_eq!(standing(system, &path).unwrap(), Standing::Changed);
            fs::write(&path, encoded(system, "[Service]\nExecStart=/bin/true\n")).unwrap();
            assert_eq!(standing(system, &path).unwrap(), Standing::Foreign);
            fs::write(&path, [0xff, 0xd8, 0x00]).unwrap();
            assert_eq!(standing(system, &path).unwrap(), Standing::Foreign);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_never_ours() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("unit");
        std::os::unix::fs::symlink("/dev/null", &path).unwrap();
        assert_eq!(standing(System::Systemd, &path).unwrap(), Standing::Foreign, "a masked unit");
    }
}
