//! `cargo xtask test`: everything that CI runs, in order, each step with its time, and at the end what failed.

mod outcome;

use self::outcome::Outcome;
use crate::{
    docs,
    llama::{self, Llama},
    prerequisites::{self, For},
    process, programmes, python, tidy, ui,
};
use anyhow::{Context, Result};
use std::{
    io::{BufRead, BufReader, IsTerminal, Write},
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

/// What is tested.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Only this package; may be given several times. Default: everything
    #[arg(short, long = "package", value_name = "NAME")]
    packages: Vec<String>,
}

/// Programs of others that tests start, where they are to be had.
struct Tools {
    detect_secrets: Option<PathBuf>,
    tauri_driver: Option<PathBuf>,
    llama: Option<Llama>,
    readers: Option<PathBuf>,
    schemathesis: Option<PathBuf>,
}

struct Step {
    name: &'static str,
    ok: bool,
    took: Duration,
}

/// Runs every step, also after one that failed; false if one did.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let start = Instant::now();
    let mut steps = Vec::new();
    let mut outcome = Outcome::default();
    step(&mut steps, "set-up", || prerequisites::check(For::Tests).map(|()| true))?;
    // Only now is there what could be installed.
    let whole = options.packages.is_empty();
    let takes = |package: &str| whole || options.packages.iter().any(|p| p == package);
    let tools = Tools {
        detect_secrets: if takes("autocommit-promises") { python::detect_secrets() } else { None },
        tauri_driver: if takes("autocommit-desktop-tests") { prerequisites::tauri_driver() } else { None },
        llama: if takes("autocommit-message") { llama::server() } else { None },
        readers: if takes("autocommit-e2e") { python::readers() } else { None },
        schemathesis: if takes("autocommit-e2e") { python::schemathesis() } else { None },
    };
    let scope = scope(&options.packages, tools.tauri_driver.is_some())?;
    let scope: Vec<&str> = scope.iter().map(String::as_str).collect();
    if whole {
        step(&mut steps, "window", ui::test)?;
    }
    step(&mut steps, "format", || {
        cargo(&["fmt", "--check"], if options.packages.is_empty() { &["--all"] } else { &scope })
    })?;
    step(&mut steps, "lint", || {
        cargo(&["clippy", "--all-targets"], &[&scope[..], &["--", "-D", "warnings"]].concat())
    })?;
    step(&mut steps, "build", || cargo(&["build", "--all-targets"], &scope))?;
    programmes::forget()?;
    step(&mut steps, "tests", || cargo_test(&scope, &tools, &mut outcome))?;
    if whole {
        step(&mut steps, "browser", || {
            let (ok, report) = ui::browser(&process::target_folder()?.join("debug/autocommit"))?;
            if let Some(report) = report {
                outcome.add_browser(&report)?;
            }
            Ok(ok)
        })?;
    }
    if whole {
        step(&mut steps, "book", docs::test)?;
    }
    step(&mut steps, "docs", || {
        let mut command = process::cargo();
        command.args(["doc", "--no-deps", "--quiet"]).args(&scope).env("RUSTDOCFLAGS", "-D warnings");
        Ok(command.status()?.success())
    })?;
    step(&mut steps, "tidy", tidy::run)?;

    let tried = programmes::told()?;
    if !tried.is_empty() {
        println!("\nWhat the promise programmes tried:");
        for programme in &tried {
            println!("  {}", programme.line());
        }
        let failed: usize = tried.iter().map(|programme| programme.failures().len()).sum();
        println!("  In all {failed} failed.");
    }
    let complete = !options.packages.is_empty() || programmes::all_told(&tried);
    let ok = complete && steps.iter().all(|step| step.ok);
    println!();
    for step in &steps {
        println!(
            "{:>6}  {:<8} {:>6.1} s",
            if step.ok { "ok" } else { "FAILED" },
            step.name,
            step.took.as_secs_f64()
        );
    }
    print!("{outcome}");
    println!("{} in {:.0} s", outcome.counts(), start.elapsed().as_secs_f64());
    Ok(ok)
}

/// A step that cannot be run has failed; the cheap ones behind it still run. Only a failed set-up ends everything.
fn step(steps: &mut Vec<Step>, name: &'static str, run: impl FnOnce() -> Result<bool>) -> Result<()> {
    println!("\n== {name}");
    let start = Instant::now();
    let result = run();
    let took = start.elapsed();
    let ok = match result {
        Ok(ok) => ok,
        Err(error) if name == "set-up" => return Err(error),
        Err(error) => {
            println!("{error:#}");
            false
        }
    };
    println!("== {name}: {} in {:.1} s", if ok { "ok" } else { "FAILED" }, took.as_secs_f64());
    steps.push(Step { name, ok, took });
    Ok(())
}

/// The whole workspace; without the desktop program where the webview it links is not installed, and without its tests where
/// what they are done with is not.
fn scope(packages: &[String], driven: bool) -> Result<Vec<String>> {
    if !packages.is_empty() {
        return Ok(packages.iter().flat_map(|name| ["--package".to_owned(), name.clone()]).collect());
    }
    let metadata =
        process::output(process::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let has_desktop = metadata.contains("\"name\":\"autocommit-desktop\"");
    let mut scope = vec!["--workspace".to_owned()];
    let tested =
        driven && prerequisites::webview() && prerequisites::desktop() && prerequisites::web_driver();
    for (package, there) in
        [("autocommit-desktop", prerequisites::webview()), ("autocommit-desktop-tests", tested)]
    {
        if has_desktop && !there {
            println!("Left out, see above what is missing: {package}");
            scope.extend(["--exclude".to_owned(), package.to_owned()]);
        }
    }
    Ok(scope)
}

fn cargo(first: &[&str], more: &[&str]) -> Result<bool> {
    let mut command = process::cargo();
    Ok(command.args(first).args(more).status().context("cannot start cargo")?.success())
}

/// Runs the tests, passes on what they print, and adds up what they report.
fn cargo_test(scope: &[&str], tools: &Tools, outcome: &mut Outcome) -> Result<bool> {
    let colour = if std::io::stdout().is_terminal() { "always" } else { "never" };
    let mut command = process::cargo();
    command.args(["test", "--no-fail-fast"]).args(scope).args(["--", "--color", colour]);
    // The settings of whoever starts the tests are not the tests'.
    for (name, _) in
        std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"AUTOCOMMIT_"))
    {
        command.env_remove(name);
    }
    let llama = tools.llama.as_ref();
    for (name, program) in [
        ("TEST_DETECT_SECRETS", tools.detect_secrets.as_ref()),
        ("TEST_TAURI_DRIVER", tools.tauri_driver.as_ref()),
        ("TEST_READERS_PYTHON", tools.readers.as_ref()),
        ("TEST_SCHEMATHESIS", tools.schemathesis.as_ref()),
        ("TEST_LLAMA_SERVER", llama.map(|llama| &llama.python)),
        ("TEST_LLAMA_MODEL", llama.map(|llama| &llama.model)),
    ] {
        if let Some(program) = program {
            command.env(name, program);
        }
    }
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let mut out = std::io::stdout();
    for line in BufReader::new(child.stdout.take().context("a pipe was asked for")?).split(b'\n') {
        let line = line?;
        out.write_all(&line)?;
        out.write_all(b"\n")?;
        outcome.add_line(&String::from_utf8_lossy(&line));
    }
    let ok = child.wait()?.success();
    Ok(ok && outcome.all_passed())
}
