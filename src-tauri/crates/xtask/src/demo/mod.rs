//! `cargo xtask run --demo`: a throw-away folder of repositories with work in them, one cycle of Autocommit over it, and
//! a check of the result that asks git and not Autocommit.

mod build;
mod catalogue;
mod story;
mod verify;

use crate::place::Place;
use anyhow::{Context, Result, bail};
use build::Made;
use std::{
    fs,
    io::{IsTerminal, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// Where the demonstration is made, and how large.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "demonstration")]
pub(crate) struct Options {
    /// Folder for the demonstration: must be new or empty. Default: a new one among the temporary files
    #[arg(long, value_name = "DIR", requires = "demo")]
    demo_dir: Option<PathBuf>,
    /// Keep the folder without asking
    #[arg(long, requires = "demo")]
    keep: bool,
    /// Number of repositories
    #[arg(long, value_name = "N", default_value_t = 68, requires = "demo", value_parser = clap::value_parser!(u16).range(1..=2000))]
    repos: u16,
}

/// Below which the folder of a demonstration may be removed again.
const MARK: &str = ".autocommit-demo";

/// Makes the folder, runs `binary` over it and checks the result; false if anything is not as it must be.
pub(crate) fn run(binary: &Path, options: &Options, arguments: &[String]) -> Result<bool> {
    let place = Place::new(&folder(options)?)?;
    let start = Instant::now();
    let made = make(&place, usize::from(options.repos))?;
    let dirty = made.iter().filter(|one| one.dirty || !one.held.is_empty()).count();
    println!("{}", place.root.display());
    println!(
        "{} repositories, {dirty} with uncommitted work, made in {:.1} s. Their remotes are bare repositories beside them.\n",
        made.len(),
        start.elapsed().as_secs_f64()
    );
    let before = verify::manifest(&place.root.join("code"))?;

    println!(
        "$ {}",
        ["autocommit", "once"]
            .into_iter()
            .chain(arguments.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join(" ")
    );
    let start = Instant::now();
    let status =
        place.command(binary).arg("once").args(arguments).status().context("cannot start autocommit")?;
    println!("\nautocommit ended with {status} after {:.1} s.\n", start.elapsed().as_secs_f64());

    let ok = report(&place, &made, &before)?;
    where_to_look(&place, binary)?;
    if ok && !options.keep && options.demo_dir.is_none() {
        offer_removal(&place)?;
    }
    // Held changes are part of the demonstration: 1 is how `once` says so.
    Ok(ok && matches!(status.code(), Some(0 | 1)))
}

fn folder(options: &Options) -> Result<PathBuf> {
    let folder = match &options.demo_dir {
        Some(folder) => {
            fs::create_dir_all(folder)?;
            folder.clone()
        }
        None => tempfile::Builder::new().prefix("autocommit-demo-").tempdir()?.keep(),
    };
    if fs::read_dir(&folder)?.next().is_some() {
        bail!("{} is not empty", folder.display());
    }
    fs::write(folder.join(MARK), "Made by cargo xtask run --demo; may be deleted.\n")?;
    Ok(folder)
}

fn make(place: &Place, count: usize) -> Result<Vec<Made>> {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let more = "cycle_interval_seconds = 10\n\n[llm]\n# Messages by rules only. With a model server: true.\nenabled = false\n";
    place.write_config(&[&place.root.join("code")], more)?;
    let entries = catalogue::entries(count).into_iter().enumerate();
    entries.map(|(number, entry)| build::build(place, &entry, number, now)).collect()
}

fn report(place: &Place, made: &[Made], before: &verify::Manifest) -> Result<bool> {
    let verdict = verify::verify(place, made, before)?;
    println!("Checked with git alone:");
    if verdict.wrong.is_empty() {
        println!("  {} new commits, each on top of the branch that was checked out", verdict.commits);
        println!("  {} of {} remotes have exactly the local branch", verdict.pushed, verdict.with_remote);
        println!(
            "  work trees are clean{}",
            match verdict.held.as_slice() {
                [] => String::new(),
                held => format!(", but for what is held: {}", held.join(", ")),
            }
        );
        println!("  git fsck --full --strict has no complaint about any repository or remote");
        println!("  {} files keep their content, permissions and times", verdict.files);
    }
    for wrong in verdict.wrong.iter().take(20) {
        println!("  WRONG  {wrong}");
    }
    if verdict.wrong.len() > 20 {
        println!("  and {} more", verdict.wrong.len() - 20);
    }
    println!("\nSome of the messages:");
    for one in made.iter().filter(|one| one.dirty).step_by(4).take(12) {
        println!("  {:<18} {}", one.name, place.git(&one.work_tree, &["log", "-1", "--format=%s"])?);
    }
    Ok(verdict.wrong.is_empty())
}

/// Leaves a script that runs `binary` with the variables of this folder, and names it.
fn where_to_look(place: &Place, binary: &Path) -> Result<()> {
    let quoted = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
    let variables =
        place.variables().into_iter().map(|(name, value)| format!("export {name}={}\n", quoted(&value)));
    let text = format!("#!/bin/sh\n{}exec {} \"$@\"\n", variables.collect::<String>(), quoted(binary));
    let script = place.root.join("autocommit");
    fs::write(&script, text)?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    let script = script.display();
    println!("\nLook around (the script runs autocommit with the settings of this folder):");
    println!("  {}", place.root.join("code").display());
    println!("  {}", place.config().display());
    println!("  {script} history");
    println!("  {script} run        the daemon: change a file, and see it pushed");
    Ok(())
}

/// Only a person removes the folder, and only one that was made here.
fn offer_removal(place: &Place) -> Result<()> {
    let root = &place.root;
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        println!("\nDone with it: rm -r {}", root.display());
        return Ok(());
    }
    print!("\nRemove the folder? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if answer.trim().eq_ignore_ascii_case("y") && root.join(MARK).is_file() {
        fs::remove_dir_all(root)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
