//! `cargo xtask mutants promises`: takes out one protection after the other and shows which test turns red.
//!
//! A copy of the workspace is made in which every protection has a switch beside it, and built once. Then each switch is
//! turned on in turn and the test that stands for the promise is run: it must fail. With every switch off it must pass,
//! or its failing would say nothing.

mod build;
#[cfg(test)]
mod promises;
mod table;

use crate::process::workspace_root;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Longest run of one test. One that does not end has noticed something as well.
const TEST_LIMIT: Duration = Duration::from_secs(400);

/// What is mutated.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Which table of mutants
    #[arg(value_enum)]
    table: Table,
    /// Only mutants whose name contains one of these
    #[arg(long, value_name = "TEXT", value_delimiter = ',')]
    only: Vec<String>,
    /// Write the table here too
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Table {
    /// One for each line of the never list in PROMISES.md
    Promises,
}

/// One protection that is taken out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    /// The number of the promise.
    never: u32,
    /// Short name, also of its switch.
    name: String,
    /// What is broken, for people.
    breaks: String,
    /// The file, from the top of the workspace.
    file: String,
    /// A piece of it that occurs exactly once.
    find: String,
    /// What takes its place; `$on` is true while the switch is on.
    replace: String,
    /// `package::target::test`; the target is `lib` or the name of a test program.
    test: String,
}

/// How a test went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Green,
    Red,
    /// There is no such test.
    Missing,
}

/// Runs every mutant; false if one of them turned nothing red.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let Table::Promises = options.table;
    let mut mutants = listed()?;
    if !options.only.is_empty() {
        mutants.retain(|m| options.only.iter().any(|only| m.name.contains(only.as_str())));
    }
    if mutants.is_empty() {
        bail!("no mutant has such a name");
    }
    let place = workspace_root().join("target/mutants");
    let tree = place.join("tree");
    let switch = place.join("switch");
    build::copy(&workspace_root(), &tree)?;
    build::switches(&tree, &switch, &mutants)?;
    fs::write(&switch, "")?;
    println!("Building {} mutants at once; the first time takes some minutes.", mutants.len());
    let programs = build::build(&tree, &place.join("build"))?;

    let mut controls: BTreeMap<String, Verdict> = BTreeMap::new();
    let mut rows = Vec::new();
    for mutant in &mutants {
        let start = Instant::now();
        if !controls.contains_key(&mutant.test) {
            fs::write(&switch, "")?;
            controls.insert(mutant.test.clone(), verdict(&programs, &mutant.test)?);
        }
        let control = controls[&mutant.test];
        fs::write(&switch, &mutant.name)?;
        let broken = verdict(&programs, &mutant.test)?;
        let row = table::Row { mutant: mutant.clone(), control, broken, took: start.elapsed() };
        println!("{}", row.line());
        rows.push(row);
    }
    fs::write(&switch, "")?;
    let text = table::markdown(&rows);
    println!("\n{text}");
    if let Some(out) = &options.out {
        fs::write(out, &text).with_context(|| out.display().to_string())?;
    }
    Ok(rows.iter().all(table::Row::shown))
}

fn listed() -> Result<Vec<Mutant>> {
    #[derive(Deserialize)]
    struct File {
        mutant: Vec<Mutant>,
    }
    let file: File = toml::from_str(include_str!("promises.toml")).context("promises.toml")?;
    Ok(file.mutant)
}

fn verdict(programs: &BTreeMap<String, build::Program>, test: &str) -> Result<Verdict> {
    let (target, name) = split(test).with_context(|| format!("{test} is not package::target::test"))?;
    let Some(program) = programs.get(&target) else { return Ok(Verdict::Missing) };
    build::run_test(program, &name, TEST_LIMIT)
}

/// `package::target` and the test's own path.
fn split(test: &str) -> Option<(String, String)> {
    let mut parts = test.splitn(3, "::");
    let (package, target, name) = (parts.next()?, parts.next()?, parts.next()?);
    Some((format!("{package}::{target}"), name.to_owned()))
}

/// Puts the switch's condition in the place of `$on`.
fn replaced(mutant: &Mutant, text: &str, switch: &Path) -> Result<String> {
    if text.matches(&mutant.find).count() != 1 {
        bail!(
            "{}: the piece to break occurs {} times in {}",
            mutant.name,
            text.matches(&mutant.find).count(),
            mutant.file
        );
    }
    let on = format!(
        "std::fs::read_to_string({:?}).is_ok_and(|on| on == {:?})",
        switch.display().to_string(),
        mutant.name
    );
    if !mutant.replace.contains("$on") {
        bail!("{}: its replacement has no $on", mutant.name);
    }
    Ok(text.replacen(&mutant.find, &mutant.replace.replace("$on", &on), 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mutant_fits_the_code_and_names_a_test() {
        let mutants = listed().unwrap();
        let mut names: Vec<_> = mutants.iter().map(|m| &m.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), mutants.len(), "names are unique");
        for mutant in &mutants {
            let file = workspace_root().join(&mutant.file);
            let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", mutant.file));
            let changed = replaced(mutant, &text, Path::new("/switch")).unwrap();
            assert_ne!(changed, text);
            assert!(split(&mutant.test).is_some(), "{}", mutant.test);
        }
    }
}
