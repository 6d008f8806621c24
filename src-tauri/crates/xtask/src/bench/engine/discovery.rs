//! Finding repositories among other files, against `find -name .git` that looks everywhere.

use super::{
    super::{
        comparison::{Bound, Comparison, Pair, Target, cpu_ratio},
        measure::{measure as run, median},
    },
    Bench,
};
use crate::{place::Place, process};
use anyhow::{Result, bail};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The program that searches as the engine does, and how it grows with the repositories.
pub(super) fn measure(bench: &mut Bench) -> Result<Vec<Comparison>> {
    let program = process::example("autocommit-watch", "discover")?;
    let noise = bench.size(200_000, 4000);
    println!("Making a tree of {noise} files with 40 repositories.");
    let tree = Noise::make(&bench.place, "noise", 40, noise)?;
    let pairs = super::pairs(bench.pairs, |_| {
        let mut find = bench.place.command("find");
        find.arg(&tree.folder).args(["-name", ".git"]);
        Ok(Pair { theirs: run(&mut find)?, ours: run(&mut tree.search(bench, &program)?)? })
    })?;
    fs::remove_dir_all(&tree.folder)?;
    let mut cpu = Vec::new();
    for count in [bench.many() / 10, bench.many()] {
        let tree = Noise::make(&bench.place, &format!("noise-{count}"), count, count * 20)?;
        let mut taken = Vec::new();
        for _ in 0..bench.pairs {
            taken.push(run(&mut tree.search(bench, &program)?)?.cpu);
        }
        fs::remove_dir_all(&tree.folder)?;
        cpu.push(median(taken));
    }
    Ok(vec![Comparison {
        name: format!("discovery of 40 repositories among {noise} other files"),
        baseline: "find -name .git",
        targets: vec![
            Target::new("processor time of find / ours", cpu_ratio(&pairs), Bound::AtLeast(100.0)),
            Target::linear("processor time", cpu[0], cpu[1]),
        ],
        pairs,
        more: json!({"cpu_seconds_growing": cpu}),
    }])
}

/// Repositories among other files.
struct Noise {
    folder: PathBuf,
    repositories: usize,
}

impl Noise {
    /// Of the other files nine tenths are what repositories ignore, most of the rest is in a folder that is left out by its
    /// name, and one in a hundred is in folders that have to be searched.
    fn make(place: &Place, name: &str, repositories: usize, files: usize) -> Result<Self> {
        let folder = place.root.join(name);
        let model = place.root.join(format!("{name}-model"));
        fs::create_dir_all(&model)?;
        place.git(&model, &["init", "-q", "--template="])?;
        fs::write(model.join(".gitignore"), "node_modules/\n")?;
        for number in 0..repositories {
            let tree = folder.join(format!("team{}/r{number:04}", number % 4));
            crate::place::copy_tree(&model, &tree)?;
            strew(&tree.join("node_modules"), files * 9 / 10 / repositories, 50)?;
        }
        let searched = files / 100;
        strew(&folder.join("node_modules"), files / 10 - searched, 50)?;
        strew(&folder.join("papers"), searched, 10)?;
        fs::remove_dir_all(&model)?;
        Ok(Self { folder, repositories })
    }

    /// The program, after it was seen to find every repository.
    fn search(&self, bench: &Bench, program: &Path) -> Result<Command> {
        let search = || {
            let mut command = bench.place.command(program);
            command.arg(&self.folder);
            command
        };
        let found = process::output(&mut search())?;
        if found != self.repositories.to_string() {
            bail!("{found} repositories were found instead of {}", self.repositories);
        }
        Ok(search())
    }
}

/// `files` small files, so many to a folder, two levels down.
pub(super) fn strew(top: &Path, files: usize, each: usize) -> Result<()> {
    for number in 0..files {
        let folder = top.join(format!("package{}/lib", number / each));
        if number % each == 0 {
            fs::create_dir_all(&folder)?;
        }
        fs::write(folder.join(format!("file{number}.js")), "exports.x = 1;\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_as_large_as_it_says() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::new(dir.path()).unwrap();
        let tree = Noise::make(&place, "noise", 4, 1000).unwrap();
        let find = |words: &[&str]| {
            let text = process::output(place.command("find").arg(&tree.folder).args(words)).unwrap();
            text.lines().count()
        };
        assert_eq!(find(&["-name", "*.js"]), 1000);
        assert_eq!(find(&["-name", ".git"]), 4);
        assert_eq!(find(&["-path", "*/papers/*", "-type", "f"]), 10);
    }
}
