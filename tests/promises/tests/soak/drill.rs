//! The restore drill: machines are lost, folders deleted, files damaged; what was pushed can be had back, and nothing is done
//! twice.

use crate::fleet::{Fleet, LIMIT, Repo};
use autocommit_promises::Tally;
use std::{collections::BTreeMap, fs, path::Path};

/// What is lost.
#[derive(Debug, Clone, Copy)]
enum Loss {
    /// Nothing: the drill itself works.
    Nothing,
    Database,
    DatabaseDamaged,
    Journal,
    /// Everything that Autocommit keeps, but for the settings.
    State,
    /// The repositories themselves: they are cloned anew to the same places.
    Clones,
    /// The daemon is killed in the middle of a cycle, and its database is gone as well.
    KilledAndDatabase,
}

const LOSSES: [Loss; 7] = [
    Loss::Nothing,
    Loss::Database,
    Loss::DatabaseDamaged,
    Loss::Journal,
    Loss::State,
    Loss::Clones,
    Loss::KilledAndDatabase,
];

pub(crate) fn drill(fleet: &mut Fleet, tally: &mut Tally) {
    fleet.answer();
    fleet.flap(false);
    fleet.hang(false);
    once(fleet, tally, "in the end");
    for loss in LOSSES {
        let before: Vec<u32> = fleet.all().map(|repo| fleet.commits(&repo.tree)).collect();
        let mut expected = 1;
        if let Loss::KilledAndDatabase = loss {
            let daemon = fleet.start(600.0);
            fleet.cycle(&daemon);
            fleet.change_all();
            let _ = daemon.post("/trigger", None);
            // Somewhere in the middle: some have arrived, most have not.
            daemon.wait_for("the first commit", LIMIT, |_| {
                fleet.ordinary.iter().any(|repo| fleet.has_arrived(repo)).then_some(())
            });
            daemon.kill();
            expected = 2;
        }
        lose(fleet, loss);
        tally.count("losses", 1);
        if expected == 1 {
            once(fleet, tally, &format!("{loss:?}, at rest"));
            for (repo, was) in fleet.all().zip(&before) {
                if fleet.commits(&repo.tree) != *was {
                    tally.fail(format!("11: after {loss:?} {} has commits that it did not need", repo.name));
                }
            }
        } else {
            once(fleet, tally, &format!("{loss:?}, after the crash"));
        }
        fleet.change_all();
        once(fleet, tally, &format!("{loss:?}, after a change"));
        for (repo, was) in fleet.all().zip(&before) {
            let is = fleet.commits(&repo.tree);
            if is != was + expected {
                tally.fail(format!(
                    "11: after {loss:?} {} has {is} commits, not {was} + {expected}",
                    repo.name
                ));
            }
        }
        history(fleet, loss, tally);
    }
}

fn lose(fleet: &Fleet, loss: Loss) {
    let state = fleet.sandbox.state_dir();
    let databases = || {
        let all = fs::read_dir(&state).unwrap().flatten();
        all.filter(|entry| entry.file_name().to_string_lossy().starts_with("autocommit.db"))
    };
    match loss {
        Loss::Nothing => {}
        Loss::Database | Loss::KilledAndDatabase => {
            assert!(databases().count() > 0, "there is a database to be lost");
            databases().for_each(|entry| fs::remove_file(entry.path()).unwrap());
        }
        Loss::DatabaseDamaged => {
            let file = state.join("autocommit.db");
            let mut bytes = fs::read(&file).unwrap();
            let at = bytes.len() / 3;
            bytes[at..].fill(0xa5);
            fs::write(&file, bytes).unwrap();
        }
        Loss::Journal => fs::remove_dir_all(state.join("journal")).unwrap(),
        Loss::State => {
            fs::remove_dir_all(&state).unwrap();
            // What was approved is forgotten too, and asked for again.
            fleet.sandbox.trust(&fleet.hooked.tree);
        }
        Loss::Clones => {
            for repo in fleet.ordinary.iter().chain([&fleet.flapping, &fleet.silent]) {
                fs::remove_dir_all(&repo.tree).unwrap();
                fleet.sandbox.clone_of(&repo.bare, &repo.name);
            }
        }
    }
}

/// One cycle; then a clone of each remote is the work tree, byte for byte.
fn once(fleet: &Fleet, tally: &mut Tally, when: &str) {
    fleet.sandbox.write_config(
        &fleet.sandbox.config().set("http.enabled", false).set("quiet_seconds", 0).set("watch", false),
    );
    let output = fleet.sandbox.autocommit(&["once"]);
    if output.code() != Some(0) {
        tally.fail(format!("{when}: {}", output.shown()));
        return;
    }
    for repo in fleet.all() {
        if let Err(sentence) = restored(fleet, repo, tally) {
            tally.fail(format!("{when}: {}: {sentence}", repo.name));
        }
    }
}

fn restored(fleet: &Fleet, repo: &Repo, tally: &mut Tally) -> Result<(), String> {
    let clone = fleet.sandbox.root().join("restored");
    fleet.sandbox.git(
        fleet.sandbox.root(),
        &["clone", "--quiet", repo.bare.to_str().unwrap(), clone.to_str().unwrap()],
    );
    let (here, there) = (contents(fleet, &repo.tree), contents(fleet, &clone));
    fleet.sandbox.fsck(&clone);
    fs::remove_dir_all(&clone).unwrap();
    tally.count("files restored", there.len() as u64);
    match here == there {
        true => Ok(()),
        false => Err(format!("a clone has {there:?}, the work tree {here:?}")),
    }
}

/// Path, hash and mode of every file.
fn contents(fleet: &Fleet, tree: &Path) -> BTreeMap<String, (String, u32)> {
    let all = fleet.sandbox.worktree_manifest(tree);
    all.into_iter().map(|(path, entry)| (path.display().to_string(), (entry.hash, entry.mode))).collect()
}

/// The newest commit of each repository is in the history exactly once, and is the one on the branch.
fn history(fleet: &Fleet, loss: Loss, tally: &mut Tally) {
    let told = fleet.sandbox.autocommit(&["history", "--json"]).ok().stdout;
    for repo in fleet.all() {
        let tip = fleet.sandbox.git(&repo.tree, &["rev-parse", "HEAD"]);
        let times = told.matches(&format!("\"commit\":\"{tip}\"")).count();
        if times != 1 {
            tally.fail(format!("31: after {loss:?} {tip} of {} is in the history {times} times", repo.name));
        }
    }
}
