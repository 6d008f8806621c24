//! `autocommit manual`, for whoever makes packages.

pub(crate) mod settings;

use crate::{
    args::Cli,
    exit::{Exit, Failure},
};
use clap::{Args, Command, builder::Resettable};
use clap_mangen::{
    Man,
    roff::{Roff, bold, roman},
};
use std::{fs, io, path::PathBuf};

/// Write the manual pages, one for each command and one for the settings, into a folder.
#[derive(Debug, Args)]
#[command(hide = true)]
pub(crate) struct Manual {
    /// The folder; it must exist.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(crate) fn run(manual: &Manual) -> Result<Exit, Failure> {
    let write = |(name, text): (String, Vec<u8>)| fs::write(manual.folder.join(name), text);
    pages().and_then(|pages| pages.into_iter().try_for_each(write)).map_err(|error| {
        Failure::usage(format!("The pages cannot be written to {}: {error}.", manual.folder.display()))
    })?;
    Ok(Exit::Well)
}

/// Every page with the name of its file.
fn pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut top = Cli::told().disable_help_subcommand(true);
    top.build();
    let mut pages = vec![(format!("{}.5", settings::NAME), settings::page().into_bytes())];
    of(&top, &mut pages)?;
    pages.iter_mut().for_each(|(_, page)| *page = in_ascii(page));
    Ok(pages)
}

/// Other letters by their number: not every reader of pages knows in which encoding they are.
fn in_ascii(page: &[u8]) -> Vec<u8> {
    let letter = |letter: char| match letter {
        letter if letter.is_ascii() => letter.to_string(),
        letter => format!("\\[u{:04X}]", u32::from(letter)),
    };
    String::from_utf8_lossy(page).chars().map(letter).collect::<String>().into_bytes()
}

fn of(command: &Command, into: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        of(inner, into)?;
    }
    let more = command.get_after_long_help().or_else(|| command.get_after_help());
    let more = more.map(ToString::to_string).unwrap_or_default();
    // What stands behind the help has sections of its own here, and keeps its lines.
    let man = Man::new(command.clone().after_help(Resettable::Reset).after_long_help(Resettable::Reset));
    let mut page = Vec::new();
    man.render(&mut page)?;
    let mut rest = Roff::new();
    more.split("\n\n").for_each(|paragraph| section(&mut rest, paragraph));
    see_also(&mut rest, command.get_display_name().unwrap_or_default());
    rest.to_writer(&mut page)?;
    into.push((man.get_filename(), page));
    Ok(())
}

/// A paragraph behind the help: a title with lines that stay as they are, or prose.
fn section(roff: &mut Roff, paragraph: &str) {
    let (first, lines) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
    let prose = |text: &str| [roman(text.replace('\n', " "))];
    match (first.strip_suffix(':'), paragraph.strip_prefix("Exit codes: ")) {
        (Some(title), _) => {
            roff.control("SH", [title.to_uppercase().as_str()]).control("nf", []);
            for line in lines.lines() {
                roff.text([roman(line)]);
            }
            roff.control("fi", [])
        }
        (None, Some(codes)) => roff.control("SH", ["EXIT STATUS"]).text(prose(codes)),
        (None, None) if paragraph.is_empty() => roff,
        (None, None) => roff.control("SH", ["NOTES"]).text(prose(paragraph)),
    };
}

fn see_also(roff: &mut Roff, own: &str) {
    roff.control("SH", ["SEE ALSO"]);
    let pages =
        [("autocommit", "(1), "), (settings::NAME, "(5)")].into_iter().filter(|(name, _)| *name != own);
    roff.text(pages.flat_map(|(name, section)| [bold(name), roman(section)]).collect::<Vec<_>>());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn there_is_a_page_for_each_command_and_for_the_settings() {
        let pages = pages().unwrap();
        let page = |name: &str| {
            let (_, text) = pages.iter().find(|(file, _)| file == name).unwrap_or_else(|| panic!("{name}"));
            String::from_utf8(text.clone()).unwrap()
        };
        let once = page("autocommit-once.1");
        assert!(once.contains(".SH EXAMPLES\n.nf\n  autocommit once \\-\\-dry\\-run  "), "{once}");
        assert!(once.contains(".SH \"EXIT STATUS\"\n0 nothing needs you; 1 something"), "{once}");
        assert!(!once.contains(".SH EXTRA"), "{once}");
        let settings = page("autocommit.toml.5");
        for key in autocommit_core::settings::Layered::default().keys() {
            let name = format!("\\fB{}\\fR", key.key.replace('-', "\\-"));
            assert!(settings.contains(&name), "{}", key.key);
        }
    }

    /// Reads every page with the two programs that show pages; without them nothing was tried, and that is said.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "the reader of the pages is started, not git")]
    fn readers_of_pages_take_them_without_a_warning() {
        let folder = tempfile::tempdir().unwrap();
        let pages = pages().unwrap();
        let files: Vec<_> = pages.iter().map(|(name, _)| folder.path().join(name)).collect();
        pages.iter().zip(&files).for_each(|((_, text), file)| fs::write(file, text).unwrap());
        for (program, arguments) in [
            ("groff", &["-man", "-Tutf8", "-ww", "-z"][..]),
            ("man", &["--warnings", "-Tutf8", "-P", "cat", "-l"]),
        ] {
            let mut reader = Command::new(program);
            let Ok(read) = reader.args(arguments).args(&files).stdin(Stdio::null()).output() else {
                eprintln!("{program} is not there (Debian: groff, man-db); no page was tried with it");
                continue;
            };
            let said = String::from_utf8_lossy(&read.stderr);
            assert!(read.status.success() && said.is_empty(), "{program}: {said}");
            // One reader only checks, the other one shows.
            assert!(
                program == "groff" || read.stdout.len() > 200 * files.len(),
                "{program} shows too little"
            );
        }
    }
}
