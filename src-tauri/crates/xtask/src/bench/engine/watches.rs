//! Watches of the kernel's that the daemon needs, against those of a watcher that is told to watch everything below a folder.

use super::{
    super::{
        comparison::{Bound, Comparison, Target},
        daemon::Daemon,
        sets::{Set, Shape},
    },
    Bench,
};
use anyhow::Result;
use serde_json::json;
use std::{fs, path::Path};

/// The many, and a tenth of them. Objects are files: where nobody packs them, each recursive watcher watches their folders.
pub(super) fn measure(bench: &mut Bench) -> Result<Vec<Comparison>> {
    let many = bench.many();
    let mut found = Vec::new();
    for count in [many / 10, many] {
        println!("Making {count} repositories of 100 files, with loose objects.");
        let shape = Shape { loose: true, ..Shape::clean() };
        let set = Set::make(&bench.place, &format!("watches-{count}"), count, 100, shape)?;
        let name = format!("watches-{count}");
        let mut daemon = Daemon::start(&bench.place, &bench.binary, &name, &set.folder, "")?;
        daemon.settled(count)?;
        let (ours, all) = (daemon.watches()?, folders(&set.folder)?);
        println!("  {count} repositories: {ours} watches of {all} folders");
        daemon.end()?;
        set.remove()?;
        found.push((count, ours, all));
    }
    let [(_, few, _), (_, ours, all)] = [found[0], found[1]];
    let [few, ours, all] = [few, ours, all].map(|count| count as f64);
    Ok(vec![Comparison {
        name: format!("watches for {many} repositories of 100 files"),
        baseline: "notify, recursive: one for every folder, counted on the disk",
        pairs: Vec::new(),
        targets: vec![
            Target::new("watches of a recursive watcher / ours", all / ours, Bound::AtLeast(8.0)),
            Target::linear("watches", few, ours),
        ],
        more: json!(
            found
                .iter()
                .map(|(count, ours, all)| json!({
                    "repositories": count, "watches": ours, "folders": all,
                }))
                .collect::<Vec<_>>()
        ),
    }])
}

/// This folder and all below it: what inotify needs to be told of everything.
fn folders(top: &Path) -> Result<usize> {
    let (mut count, mut waiting) = (0, vec![top.to_owned()]);
    while let Some(folder) = waiting.pop() {
        count += 1;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                waiting.push(entry.path());
            }
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_is_counted_and_no_link_followed() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("a/b/c")).unwrap();
        fs::write(dir.path().join("a/file"), "").unwrap();
        std::os::unix::fs::symlink(dir.path(), dir.path().join("a/loop")).unwrap();
        assert_eq!(folders(dir.path()).unwrap(), 4);
    }
}
