//! Paths that a person typed to decide about single files: which repository each lies in, and where in it.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
};
use autocommit_core::{path::RepoPath, repo::Repo};
use autocommit_engine::{EngineError, Onlooker};
use autocommit_host::Source;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Something in a repository, or the whole of it where the path is empty.
pub(super) struct Place {
    pub(super) repo: Arc<Repo>,
    pub(super) path: RepoPath,
    /// As the person typed it.
    pub(super) typed: PathBuf,
}

impl Place {
    /// Whether it is the repository itself.
    pub(super) fn whole(&self) -> bool {
        self.path.as_bytes().is_empty()
    }
}

/// Somebody who looks, beside the process that owns the repositories, whether or not there is one.
pub(super) async fn onlooker(globals: &Globals) -> Result<Onlooker, Failure> {
    let folders = globals.folders()?;
    let (_, settings) = Source::new(folders.clone(), globals.overrides()?).load()?;
    folders.prepare_state_dir()?;
    Ok(Box::pin(Onlooker::open(&folders.state_dir, settings)).await?)
}

/// Where each path lies. One that is in no repository is a mistake, and then nothing at all is done.
pub(super) async fn find(onlooker: &Onlooker, paths: &[PathBuf]) -> Result<Vec<Place>, Failure> {
    let mut places = Vec::new();
    for typed in paths {
        match onlooker.place_of(typed).await {
            Ok((repo, path)) => places.push(Place { repo, path, typed: typed.clone() }),
            Err(EngineError::NotARepository(_)) => {
                return Err(Failure::usage(format!("{} is in no git repository.", shown_path(typed))));
            }
            Err(error) => return Err(Failure { exit: Exit::Usage, ..error.into() }),
        }
    }
    Ok(places)
}

/// The paths of each repository; none where all of it is meant.
pub(super) fn by_repo(places: Vec<Place>) -> Vec<(Arc<Repo>, Vec<RepoPath>)> {
    let mut repos: Vec<(Arc<Repo>, Vec<Place>)> = Vec::new();
    for place in places {
        match repos.iter_mut().find(|(repo, _)| repo.work_tree == place.repo.work_tree) {
            Some((_, places)) => places.push(place),
            None => repos.push((place.repo.clone(), vec![place])),
        }
    }
    let paths = |places: Vec<Place>| match places.iter().any(Place::whole) {
        true => Vec::new(),
        false => places.into_iter().map(|place| place.path).collect(),
    };
    repos.into_iter().map(|(repo, places)| (repo, paths(places))).collect()
}

/// A path as a person can type it again: in quotation marks where a shell would read it otherwise, and harmless.
pub(super) fn shown_path(path: &Path) -> String {
    let text = autocommit_core::text::escape_controls(&path.to_string_lossy());
    let plain = |c: char| c.is_alphanumeric() || "/._-+,:@%=~".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_can_be_typed_again() {
        let shown = |path: &str| shown_path(Path::new(path));
        assert_eq!(shown("/w/a-b_1.txt"), "/w/a-b_1.txt");
        assert_eq!(shown("/w/my file"), "'/w/my file'");
        assert_eq!(shown("it's"), "'it'\\''s'");
        assert_eq!(shown("a;rm"), "'a;rm'");
        assert_eq!(shown("a\nb"), "'a\\nb'");
    }
}
