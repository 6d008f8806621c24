//! `autocommit scan`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    style::{Stream, Style, Tone},
    table::{Cell, Table},
    way::Way,
};
use autocommit_api::wire::{Package, ScanReply};
use autocommit_core::text::{counted, escape_controls};
use clap::Args;

/// List the repositories and packages that are found, touching nothing.
///
/// Where a process is running, this is what it found; otherwise the folders are searched now.
#[derive(Debug, Args)]
pub(crate) struct Scan {}

pub(crate) async fn run(globals: &Globals) -> Result<Exit, Failure> {
    let way = Way::find(globals).await?;
    let (found, warnings): (ScanReply, _) = match &way {
        Way::Here(host) => {
            if host.engine.settings().repos_base_paths.is_empty() {
                return Err(super::no_base_paths(globals)?);
            }
            let found = Box::pin(host.engine.scan()).await.into_iter().collect();
            (found, host.engine.status().warnings)
        }
        Way::Api(_) => (way.repos().await?.0.into(), Vec::new()),
    };
    warnings.iter().for_each(|warning| say::note(&escape_controls(warning)));
    if globals.json {
        say::json(&found);
        return Ok(Exit::Well);
    }
    if !found.repos.is_empty() {
        say::out(&table(&found, Style::of(Stream::Out)).render());
    }
    let packages = found.repos.iter().map(|repo| repo.packages.len()).sum();
    say::note(&format!("{} with {}", counted(found.repos.len(), "repository"), counted(packages, "package")));
    Ok(Exit::Well)
}

fn table(found: &ScanReply, style: Style) -> Table {
    let mut table = Table::new(style, &["STATE", "REPOSITORY", "PACKAGES", "PATH"]);
    for repo in &found.repos {
        let (tone, word) = if repo.enabled { (Tone::Good, "on") } else { (Tone::Dim, "off") };
        table.row([
            Cell::state(style, tone, word),
            Cell::new(repo.name.as_str()),
            Cell::new(packages(&repo.packages)),
            Cell::dim(repo.path.as_str()),
        ]);
    }
    table.keep(&[0]);
    table
}

/// `cargo core cli, npm ui`.
fn packages(packages: &[Package]) -> String {
    let mut kinds: Vec<(&str, Vec<&str>)> = Vec::new();
    for package in packages {
        match kinds.iter_mut().find(|(kind, _)| *kind == package.kind) {
            Some((_, names)) => names.push(&package.name),
            None => kinds.push((&package.kind, vec![&package.name])),
        }
    }
    let kinds = kinds.into_iter().map(|(kind, names)| format!("{kind} {}", names.join(" ")));
    kinds.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_by_kind() {
        let package =
            |kind: &str, name: &str| Package { kind: kind.into(), name: name.into(), path: ".".into() };
        let list = [package("cargo", "core"), package("npm", "ui"), package("cargo", "cli")];
        assert_eq!(packages(&list), "cargo core cli, npm ui");
        assert_eq!(packages(&[]), "");
    }
}
