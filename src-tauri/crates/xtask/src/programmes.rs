//! The programmes behind PROMISES.md: which there are, and what each one said it tried.

use crate::process::workspace_root;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::{fs, path::PathBuf};

/// Every programme, by the name of its test program.
pub(crate) const ALL: [&str; 9] =
    ["zoo", "crash", "model", "beside", "soak", "hang", "hostile", "secrets", "never"];

/// What one programme tried: the file it leaves.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Told {
    name: String,
    seed: u64,
    counts: Vec<(String, u64)>,
    failures: Vec<String>,
}

impl Told {
    /// `zoo: 78 cases, 12 bad inputs, 0 failed (seed 1)`.
    pub(crate) fn line(&self) -> String {
        let counts: Vec<_> = self.counts.iter().map(|(what, n)| format!("{n} {what}")).collect();
        format!("{}: {}, {} failed (seed {})", self.name, counts.join(", "), self.failures.len(), self.seed)
    }

    /// What failed.
    pub(crate) fn failures(&self) -> &[String] {
        &self.failures
    }
}

fn folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| workspace_root().join("target")).join("promises")
}

/// Forgets what earlier runs said.
pub(crate) fn forget() -> Result<()> {
    match fs::remove_dir_all(folder()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// What every programme that ran since then has said, in the order of their names.
pub(crate) fn told() -> Result<Vec<Told>> {
    let Ok(entries) = fs::read_dir(folder()) else { return Ok(Vec::new()) };
    let mut told = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        told.push(serde_json::from_str::<Told>(&text).with_context(|| path.display().to_string())?);
    }
    told.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(told)
}

/// Whether every programme has said something and nothing failed; says which has not.
pub(crate) fn all_told(told: &[Told]) -> bool {
    let silent: Vec<_> = ALL.iter().filter(|name| !told.iter().any(|t| t.name.starts_with(**name))).collect();
    for name in &silent {
        println!("  {name}: nothing was tried");
    }
    silent.is_empty() && told.iter().all(|t| t.failures.is_empty())
}
