//! The folders that the person named, and what is found in them.

use autocommit_core::settings::Settings;
use autocommit_watch::{Discovery, discover, expand};
use std::path::PathBuf;

/// The person's home folder.
pub(crate) fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute())
}

/// Expands and walks the base paths; a path that cannot be read as one is a sentence, not an end.
pub(crate) fn walk(settings: &Settings) -> (Discovery, Vec<String>) {
    let home = home();
    let variable = |name: &str| std::env::var(name).ok();
    let mut problems = Vec::new();
    let mut bases = Vec::new();
    for base in &settings.repos_base_paths {
        match expand(base, home.as_deref(), &variable) {
            Ok(path) => bases.push(path),
            Err(sentence) => problems.push(sentence),
        }
    }
    let walk = autocommit_watch::Limits {
        depth: settings.recursive_depth,
        exclude_patterns: settings.exclude_patterns.clone(),
    };
    (discover(&bases, &walk), problems)
}
