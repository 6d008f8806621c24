//! The `filter` attribute of paths: which program should change a file before it is stored.

use crate::{command::Git, error::GitError, inspect::Inspection, limits, repo_call};
use autocommit_core::{path::RepoPath, repo::Repo};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// A filter that attributes name for a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFilter {
    /// Its name.
    pub name: String,
    /// Its programs are configured.
    pub configured: bool,
}

/// The filters named for `paths`; those without any are not in it. Git is only asked where some file of attributes could
/// name one.
pub async fn filters(
    git: &Git,
    repo: &Repo,
    inspection: &Inspection,
    paths: &[RepoPath],
) -> Result<BTreeMap<RepoPath, NamedFilter>, GitError> {
    if paths.is_empty() || !may_name_any(git, repo, inspection, paths) {
        return Ok(BTreeMap::new());
    }
    let stdin: Vec<u8> = paths.iter().flat_map(|p| [p.as_bytes(), b"\0"].concat()).collect();
    let output = repo_call(git, repo, "attributes")
        .args(["check-attr", "-z", "--stdin", "filter"])
        .stdin(stdin)
        .limit(limits::STATUS_LIMIT)
        .check()
        .await?;
    if output.truncated {
        return Err(GitError::Unparsable { step: "attributes" });
    }
    let configured = drivers(inspection);
    let mut named = BTreeMap::new();
    // `path NUL attribute NUL value NUL`.
    let fields: Vec<&[u8]> = output.stdout.split(|b| *b == 0).collect();
    for record in fields.chunks_exact(3) {
        let name = String::from_utf8_lossy(record[2]).into_owned();
        if matches!(name.as_str(), "unspecified" | "unset" | "set") {
            continue;
        }
        let configured = configured.contains(name.as_str());
        named.insert(RepoPath::new(record[0]), NamedFilter { name, configured });
    }
    Ok(named)
}

/// Every filter for which a program is configured.
pub(crate) fn drivers(inspection: &Inspection) -> BTreeSet<&str> {
    let of = |name| inspection.config.subsections("filter", name);
    let all = ["clean", "process", "smudge"].into_iter().flat_map(of);
    all.filter(|(_, program, _)| !program.trim().is_empty()).map(|(name, _, _)| name).collect()
}

/// Whether any file of attributes that could count for `paths` speaks of filters at all.
fn may_name_any(git: &Git, repo: &Repo, inspection: &Inspection, paths: &[RepoPath]) -> bool {
    if inspection.config.boolean("core.sparsecheckout").unwrap_or(false) {
        // The file may be in the index only.
        return true;
    }
    let mut folders = BTreeSet::from([repo.work_tree.clone()]);
    for path in paths {
        let mut folder = crate::files::on_disk(repo, path);
        while folder.pop() && folder.starts_with(&repo.work_tree) && folders.insert(folder.clone()) {}
    }
    let home = git.environment("HOME").map(PathBuf::from);
    let config_home =
        git.environment("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| home.map(|h| h.join(".config")));
    let named = inspection.config.get("core.attributesfile").is_some();
    let files = folders.into_iter().map(|folder| folder.join(".gitattributes"));
    let elsewhere = [
        Some(repo.common_dir.join("info/attributes")),
        Some(PathBuf::from("/etc/gitattributes")),
        config_home.map(|c| c.join("git/attributes")),
    ];
    named || files.chain(elsewhere.into_iter().flatten()).any(|file| speaks_of_filters(&file))
}

/// A file that cannot be read may say anything.
fn speaks_of_filters(file: &std::path::Path) -> bool {
    let Ok(meta) = file.metadata() else { return false };
    if !meta.is_file() {
        return false;
    }
    std::fs::read(file).map_or(true, |text| text.windows(6).any(|w| w == b"filter"))
}
