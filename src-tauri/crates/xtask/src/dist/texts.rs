//! The texts that packages need: pure functions and constants.

use anyhow::{Context, Result};
use std::fmt::Write as _;

/// The name of the desktop program: of its binary, its entry in the menu and its icon.
pub(super) const NAME: &str = "autocommit-desktop";
/// What software centres know it by; the same as in the bundles for other systems.
pub(super) const APP_ID: &str = "dev.autocommit.Autocommit";
/// Whoever makes the packages; no mail goes there.
pub(super) const MAINTAINER: &str = "The Autocommit contributors <maintainers@autocommit.invalid>";
/// The PATH of a bare system.
pub(super) const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
pub(super) const SUMMARY: &str = "Commits settled work and pushes it at once";
pub(super) const DESCRIPTION: [&str; 2] = [
    "Autocommit looks after every git repository under the folders you name. Once work in one of them has settled it writes \
     a commit message, commits, and pushes at once, so that no work is ever only on one disk.",
    "It never changes a file in your work tree, never commits in the middle of a merge or rebase, never force-pushes, and \
     holds back what looks like a password or a key. It sits in the tray and speaks up only when you must act.",
];
/// The icon theme's folder for each size, and the file in `icons/`.
pub(super) const ICONS: [(&str, &str); 6] = [
    ("32x32", "32x32.png"),
    ("64x64", "64x64.png"),
    ("128x128", "128x128.png"),
    ("256x256", "128x128@2x.png"),
    ("512x512", "icon.png"),
    ("scalable", "autocommit.svg"),
];

/// The entry in the menu of a desktop.
pub(super) fn desktop_entry() -> String {
    format!(
        "[Desktop Entry]
Type=Application
Name=Autocommit
GenericName=Automatic Git Commits
Comment={SUMMARY}
Exec={NAME}
Icon={NAME}
Terminal=false
Categories=Development;RevisionControl;
Keywords=git;commit;push;backup;
StartupNotify=true
StartupWMClass={NAME}
SingleMainWindow=true
"
    )
}

/// What software centres show (AppStream).
pub(super) fn metainfo(version: &str, time: i64) -> Result<String> {
    let paragraphs: String = DESCRIPTION.iter().map(|text| format!("    <p>{text}</p>\n")).collect();
    let date = date(time)?;
    Ok(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>{APP_ID}</id>
  <name>Autocommit</name>
  <summary>{SUMMARY}</summary>
  <metadata_license>CC0-1.0</metadata_license>
  <project_license>MIT</project_license>
  <developer id="dev.autocommit">
    <name>The Autocommit contributors</name>
  </developer>
  <description>
{paragraphs}  </description>
  <launchable type="desktop-id">{NAME}.desktop</launchable>
  <icon type="stock">{NAME}</icon>
  <categories>
    <category>Development</category>
    <category>RevisionControl</category>
  </categories>
  <keywords>
    <keyword>git</keyword>
    <keyword>commit</keyword>
    <keyword>push</keyword>
  </keywords>
  <provides>
    <binary>{NAME}</binary>
    <binary>autocommit</binary>
  </provides>
  <requires>
    <display_length compare="ge">720</display_length>
  </requires>
  <supports>
    <control>pointing</control>
    <control>keyboard</control>
  </supports>
  <content_rating type="oars-1.1"/>
  <releases>
    <release version="{version}" date="{date}"/>
  </releases>
</component>
"#
    ))
}

/// The manual page of the desktop program; the command line's are made from its own words.
pub(super) fn desktop_page(time: i64) -> String {
    let date = date(time).unwrap_or_default();
    format!(
        r#".TH AUTOCOMMIT-DESKTOP 1 {date} "" "Autocommit"
.SH NAME
{hyphened} \- the desktop app of Autocommit
.SH SYNOPSIS
\fB{hyphened}\fR [\fB\-\-hidden\fR]
.SH DESCRIPTION
Looks after every git repository under the folders you name, from the tray: once work has settled it commits and pushes.
Started a second time it opens the window of the one that runs.
.SH OPTIONS
.TP
\fB\-\-hidden\fR
Start in the tray, without opening the window, as at login.
.SH FILES
.TP
\fI~/.config/autocommit/config.toml\fR
The settings.
.TP
\fI~/.local/state/autocommit\fR
History, journal and log.
.SH SEE ALSO
\fBautocommit\fR(1), \fBgit\fR(1)
"#,
        hyphened = NAME.replace('-', "\\-"),
    )
}

/// Debian's machine-readable form of who wrote it and what one may do with it.
pub(super) fn copyright(licence: &str) -> String {
    let mut holder = licence.lines().filter_map(|line| line.strip_prefix("Copyright (c) "));
    let holder = holder.next().unwrap_or("The Autocommit contributors");
    let mut text = format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Autocommit
Comment: The licences of the libraries that are linked in are in third-party-licenses.txt.gz.

Files: *
Copyright: {holder}
License: MIT

License: MIT
"
    );
    // The text begins behind the title and the line with the holder.
    let body = licence.lines().skip_while(|line| !line.starts_with("Permission"));
    for line in body {
        let _ = writeln!(text, " {}", if line.trim().is_empty() { "." } else { line });
    }
    text
}

fn date(time: i64) -> Result<String> {
    let time = jiff::Timestamp::from_second(time).context("the time of the commit")?;
    Ok(time.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// What `program` says of the file; nothing where it is not installed.
    fn validated(program: &str, arguments: &[&str], name: &str, text: &str) -> Option<(bool, String)> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let output = Command::new(program).args(arguments).arg(&file).output().ok()?;
        let said = [output.stdout, output.stderr].concat();
        Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
    }

    #[test]
    fn software_centres_take_the_description() {
        let text = metainfo("0.1.0", 1_790_000_000).unwrap();
        assert!(text.contains("<release version=\"0.1.0\" date=\"2026-09-21\"/>"), "{text}");
        let name = format!("{APP_ID}.metainfo.xml");
        match validated("appstreamcli", &["validate", "--no-net", "--no-color"], &name, &text) {
            Some((ok, said)) => assert!(ok && !said.contains("W:") && !said.contains("E:"), "{said}"),
            None => eprintln!("appstreamcli is not there; nothing was tried"),
        }
    }

    #[test]
    fn the_name_is_the_one_of_the_bundles() {
        let text =
            std::fs::read_to_string(crate::process::workspace_root().join("src-tauri/tauri.conf.json"))
                .unwrap();
        let bundles: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&bundles["identifier"], &bundles["mainBinaryName"]), (&APP_ID.into(), &NAME.into()));
    }

    #[test]
    fn menus_take_the_entry() {
        let name = format!("{NAME}.desktop");
        match validated("desktop-file-validate", &[], &name, &desktop_entry()) {
            Some((ok, said)) => assert!(ok && said.is_empty(), "{said}"),
            None => eprintln!("desktop-file-validate is not there; nothing was tried"),
        }
    }

    #[test]
    fn the_manual_page_is_one() {
        let page = desktop_page(1_790_000_000);
        assert!(page.starts_with(".TH AUTOCOMMIT-DESKTOP 1 2026-09-21"), "{page}");
        match validated("man", &["--warnings", "-Tutf8", "-l"], "autocommit-desktop.1", &page) {
            Some((ok, said)) => assert!(ok && said.contains("autocommit-desktop"), "{said}"),
            None => eprintln!("man is not there; nothing was tried"),
        }
    }

    #[test]
    fn the_copyright_has_the_whole_licence() {
        let licence = std::fs::read_to_string(crate::process::workspace_root().join("LICENSE")).unwrap();
        let text = copyright(&licence);
        let last = licence.trim_end().lines().last().unwrap();
        assert!(text.ends_with(&format!(" {last}\n")), "{text}");
        let all_lines = |line: &str| line.is_empty() || line.starts_with(' ') || line.contains(':');
        assert!(text.contains("\n .\n") && text.lines().all(all_lines), "{text}");
        assert!(text.contains("Copyright: 2026 The Autocommit contributors\n"), "{text}");
    }
}
