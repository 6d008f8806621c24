//! The corpus: names of repositories and of commits. Texts are read from local clones and never kept.

use super::{
    case::{Case, is_bot, is_source},
    header::Header,
    read,
};
use anyhow::{Result, bail};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fmt::Write,
    path::{Path, PathBuf},
};

/// The open corpus.
pub(super) const OPEN: &str = include_str!("corpus.txt");

/// Changes of one repository in the corpus.
const EACH: usize = 60;

/// Lines changed at which a change is no longer small, and no longer middling.
const SIZES: [usize; 2] = [10, 60];

/// Commits of people in one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// `owner/name`.
    pub(super) repository: String,
    /// Full hashes.
    pub(super) commits: Vec<String>,
}

/// Reads a list: a line `owner/name`, then hashes; `#` starts a comment.
pub(super) fn parse(text: &str) -> Result<Vec<Listed>> {
    let mut found: Vec<Listed> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let hash = line.len() >= 40 && line.bytes().all(|b| b.is_ascii_hexdigit());
        match found.last_mut() {
            Some(last) if hash => last.commits.push(line.to_owned()),
            _ if line.contains('/') => {
                found.push(Listed { repository: line.to_owned(), commits: Vec::new() });
            }
            _ => bail!("the corpus has a line that is neither a repository nor a hash: {line}"),
        }
    }
    Ok(found)
}

/// Where the clone of a repository is: as given, or below the folder as `owner/name`, `owner+name/repo` or `name`.
pub(super) fn clone(
    repository: &str,
    given: &BTreeMap<String, PathBuf>,
    folder: Option<&Path>,
) -> Option<PathBuf> {
    let name = repository.rsplit('/').next().unwrap_or(repository);
    if let Some(path) = given.get(repository).or_else(|| given.get(name)) {
        return Some(path.clone());
    }
    let plus = repository.replace('/', "+");
    let places =
        [repository.to_owned(), format!("{plus}/repo"), plus, name.to_owned(), format!("{name}.git")];
    places
        .iter()
        .map(|place| folder.map(|folder| folder.join(place)))
        .find_map(|place| place.filter(|p| p.is_dir()))
}

/// The changes of the list whose clones are here, at most `limit` of each repository.
pub(super) fn cases(
    listed: &[Listed],
    given: &BTreeMap<String, PathBuf>,
    folder: Option<&Path>,
    limit: usize,
) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for one in listed {
        let Some(clone) = clone(&one.repository, given, folder) else {
            println!("No clone of {}: its changes are left out.", one.repository);
            continue;
        };
        for commit in one.commits.iter().take(limit) {
            match Case::of(&clone, &one.repository, commit) {
                Ok(case) => cases.push(case),
                Err(why) => println!("{} {commit} is left out: {why}", one.repository),
            }
        }
    }
    Ok(cases)
}

/// Draws commits of people from the newest `newest` ones: as many small, middling and large ones, with and without source
/// files, as there are. The order is that of a digest, so that any beginning of it is a sample too.
pub(super) fn sample(clone: &Path, seed: u64, newest: usize) -> Result<Vec<String>> {
    let count = format!("-n{newest}");
    let format = "--format=%x01%H%x02%s%x02%an <%ae>";
    let (out, whole) = read::some(clone, &["log", &count, "--no-merges", "--numstat", format, "HEAD"])?;
    if !whole {
        println!("# This clone is not whole: drawn from what could be read of its newest commits.");
    }
    let log = String::from_utf8_lossy(&out);
    let mut strata: BTreeMap<(bool, usize), Vec<(String, String)>> = BTreeMap::new();
    for record in log.split('\u{1}').skip(1) {
        let Some((head, files)) = record.split_once('\n') else { continue };
        let fields: Vec<&str> = head.split('\u{2}').collect();
        let [hash, subject, author] = fields[..] else { continue };
        let stratum = stratum(files);
        if is_bot(author) || !of_a_person(subject) || stratum.is_none() {
            continue;
        }
        let digest = Sha256::digest(format!("{seed} {hash}"));
        let order = digest.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        strata.entry(stratum.unwrap_or_default()).or_default().push((order, hash.to_owned()));
    }
    for stratum in strata.values_mut() {
        stratum.sort();
        stratum.reverse();
    }
    // One of each in turn, as long as there are any.
    let mut drawn = Vec::new();
    while drawn.len() < EACH && strata.values().any(|stratum| !stratum.is_empty()) {
        drawn.extend(strata.values_mut().filter_map(Vec::pop).map(|(_, hash)| hash));
    }
    drawn.truncate(EACH);
    Ok(drawn)
}

/// With source files or not, and how large; nothing where no file changed.
fn stratum(numstat: &str) -> Option<(bool, usize)> {
    let files: Vec<Vec<&str>> = numstat
        .lines()
        .map(|line| line.splitn(3, '\t').collect())
        .filter(|f: &Vec<&str>| f.len() == 3)
        .collect();
    let lines: usize = files.iter().flat_map(|file| &file[..2]).filter_map(|n| n.parse::<usize>().ok()).sum();
    let source = files.iter().any(|file| is_source(&file[2].trim_end_matches('}').into()));
    (!files.is_empty()).then(|| (source, SIZES.iter().filter(|size| lines > **size).count()))
}

/// Neither a revert nor a release.
fn of_a_person(subject: &str) -> bool {
    let lower = subject.to_lowercase();
    let header = Header::of(&lower);
    let release = [
        "release",
        "bump version",
        "prepare release",
        "publish",
        "apply version updates",
        "version packages",
    ];
    let said = header.description;
    let number = said.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
    !(lower.is_empty()
        || lower.starts_with("revert")
        || lower.starts_with("merge ")
        || matches!(header.kind, Some("revert" | "release"))
        || header.scope == Some("release")
        || number
        || release.iter().any(|word| said.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sound() {
        let listed = parse(OPEN).unwrap();
        let names: Vec<&str> = listed.iter().map(|one| one.repository.as_str()).collect();
        assert_eq!(
            names,
            [
                "vitejs/vite",
                "orhun/git-cliff",
                "ratatui/ratatui",
                "goreleaser/goreleaser",
                "tauri-apps/tauri",
                "junegunn/fzf"
            ]
        );
        for one in &listed {
            let mut unique = one.commits.clone();
            unique.sort();
            unique.dedup();
            assert_eq!((one.commits.len(), unique.len()), (EACH, EACH), "{}", one.repository);
        }
        assert!(parse("neither").is_err());
    }

    #[test]
    fn what_nobody_wrote_by_hand_is_left_out() {
        for subject in [
            "Revert \"x\"",
            "release: v1.2",
            "chore(release): 1.0",
            "0.55.0",
            "v3",
            "Merge branch 'a'",
            "chore: release",
        ] {
            assert!(!of_a_person(subject), "{subject}");
        }
        assert!(of_a_person("fix(dev): run it") && of_a_person("Add --bind"));
    }

    #[test]
    fn strata() {
        assert_eq!(stratum("3\t2\tsrc/a.rs\n"), Some((true, 0)));
        assert_eq!(stratum("30\t2\tREADME.md\n-\t-\tlogo.png\n"), Some((false, 1)));
        assert_eq!(stratum("300\t2\tdocs/a.ts\n"), Some((false, 2)));
        assert_eq!(stratum("\n"), None);
    }
}
