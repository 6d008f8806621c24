//! What is packed, and what stays as it was.

use crate::{MANY, World};
use std::{collections::BTreeMap, path::Path};

/// Everything by which git finds objects, and each object there is.
#[derive(Debug, PartialEq, Eq)]
struct All {
    refs: String,
    reflogs: BTreeMap<String, Vec<u8>>,
    index: Vec<u8>,
    objects: Vec<String>,
}

impl All {
    fn of(world: &World, repo: &Path) -> Self {
        let mut objects: Vec<_> = world
            .git(repo, &["cat-file", "--batch-all-objects", "--batch-check"])
            .lines()
            .map(str::to_owned)
            .collect();
        objects.sort();
        let mut reflogs = BTreeMap::new();
        let mut folders = vec![repo.join(".git/logs")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                match entry.file_type().unwrap().is_dir() {
                    true => folders.push(entry.path()),
                    false => {
                        let name = entry.path().display().to_string();
                        reflogs.insert(name, std::fs::read(entry.path()).unwrap());
                    }
                }
            }
        }
        Self {
            refs: world.git(repo, &["for-each-ref"]),
            reflogs,
            index: std::fs::read(repo.join(".git/index")).unwrap(),
            objects,
        }
    }
}

#[test]
fn many_small_commits_are_packed_and_nothing_is_lost() {
    let world = World::new();
    let (repo, bare) = world.repo("app");
    // What a person may still want, and nothing but its name, a reflog or nothing at all leads to.
    world.git(&repo, &["commit", "--quiet", "--amend", "--message", "Said otherwise"]);
    let amended = world.git(&repo, &["rev-parse", "HEAD@{1}"]);
    world.git(&repo, &["push", "--quiet", "--force"]);
    world.git(&repo, &["tag", "old", "HEAD~5"]);
    world.sandbox.write(&repo, "README.md", "put aside\n");
    world.git(&repo, &["stash", "--quiet"]);
    let stash = world.git(&repo, &["rev-parse", "stash@{0}"]);
    world.git(&repo, &["stash", "drop", "--quiet"]);
    let file = world.sandbox.write(world.sandbox.root(), "thought", "written and nowhere named\n");
    let thought = world.git(&repo, &["hash-object", "-w", "--", file.to_str().unwrap()]);
    let linked = world.sandbox.root().join("linked");
    world.git(&repo, &["worktree", "add", "--quiet", "--detach", linked.to_str().unwrap()]);
    world.sandbox.write(&linked, "staged.txt", "only staged, and elsewhere\n");
    world.git(&linked, &["add", "staged.txt"]);
    let staged = world.git(&linked, &["rev-parse", ":staged.txt"]);
    // Its folder is away, as on a disk that is not plugged in: it is still known afterwards.
    std::fs::rename(&linked, world.sandbox.root().join("away")).unwrap();
    let thought_file = repo.join(".git/objects").join(&thought[..2]).join(&thought[2..]);
    let written = thought_file.metadata().unwrap().modified().unwrap();

    let daemon = world.sandbox.daemon_with(world.config().set("maintenance.rest_seconds", 3));
    world.commit(&repo, &bare);
    let before = All::of(&world, &repo);
    assert!(world.packs(&repo) == 0 && world.loose(&repo) > MANY, "not packed yet");
    world.until_packed(&repo);
    assert!(daemon.stop().success());

    assert_eq!(All::of(&world, &repo), before, "no ref, reflog entry, index or object is another or gone");
    for object in [&amended, &stash, &thought, &staged] {
        world.git(&repo, &["cat-file", "-e", object]);
    }
    assert_eq!(
        thought_file.metadata().unwrap().modified().unwrap(),
        written,
        "what nothing leads to is not touched"
    );
    assert_eq!(world.git(&repo, &["worktree", "list", "--porcelain"]).matches("worktree ").count(), 2);
    world.sandbox.fsck(&repo);
    world.sandbox.fsck(&bare);
    // And the person's own tidying does what it did before.
    world.git(&repo, &["gc", "--quiet"]);
    world.git(&repo, &["cat-file", "-e", &thought]);
}

#[test]
fn a_commit_does_not_wait_for_it() {
    let world = World::new();
    let (repo, bare) = world.repo("app");
    let (begun, sleep) = (world.sandbox.root().join("begun"), format!("601.{}", std::process::id()));
    let real = world.sandbox.run(world.sandbox.root(), "sh", &["-c", "command -v git"]).ok().stdout;
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in *' repack '*) ps -o nice= -p $$ >> {}; sleep {sleep};; esac\nexec {} \"$@\"\n",
        begun.display(),
        real.trim()
    );
    let double = world.sandbox.write(world.sandbox.bin_dir(), "git", script);
    let _ = world.sandbox.run(world.sandbox.root(), "chmod", &["+x", double.to_str().unwrap()]).ok();
    let sleeps = || {
        std::fs::read_dir("/proc").unwrap().flatten().any(|process| {
            let words = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            words.split(|b| *b == 0).any(|word| word == sleep.as_bytes())
        })
    };
    let daemon = world.daemon();
    world.commit(&repo, &bare);
    world.until("the packing", sleeps);
    assert_eq!(std::fs::read_to_string(&begun).unwrap().trim(), "19", "it is as nice as can be");
    world.commit(&repo, &bare);
    world.until("its end", || !sleeps() || std::fs::read_to_string(&begun).unwrap().lines().count() > 1);
    // It is tried again, and ends with the program.
    world.until("the packing once more", || std::fs::read_to_string(&begun).unwrap().lines().count() > 1);
    assert!(daemon.stop().success());
    world.until("its end", || !sleeps());
    world.sandbox.fsck(&repo);
}
