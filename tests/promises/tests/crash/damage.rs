//! Damage to the journal and the database: truncated and flipped at any offset, missing, or another kind of file. Commits
//! neither stop nor come twice.

use crate::{
    end::{files_below, text},
    shapes::{self, Shape},
    workers,
};
use autocommit_promises::{Scale, Tally};
use autocommit_test_support::{Sandbox, trace::Trace};
use std::{
    fmt,
    fs::{self, File},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    str::FromStr,
    time::SystemTime,
};

/// Damages of `cargo test`.
const SAMPLE: usize = 90;

/// States that the damage is done in: after a whole run, and after crashes that need the journal.
///
/// Not after a crash that holds the index lock: without the journal nothing proves that lock to be ours, and a copy of it
/// is another file.
const STATES: [&str; 3] = ["edit", "ready", "installed"];

/// What is done to one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Harm {
    /// Only so many bytes are left.
    Cut(u64),
    /// The lowest or highest bit of a byte is another.
    Flip(u64, u8),
    /// There is no such file.
    Gone,
    /// A folder has its name.
    Folder,
    /// Zeros in place of every byte, as some file systems leave it after a power cut.
    Zeros,
}

/// One damage to one file in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Damage {
    state: String,
    /// `journal`, or the name of a file of the database.
    file: String,
    harm: Harm,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { state, file, harm } = self;
        match harm {
            Harm::Cut(at) => write!(f, "{state};{file};cut;{at}"),
            Harm::Flip(at, bit) => write!(f, "{state};{file};flip {bit};{at}"),
            Harm::Gone => write!(f, "{state};{file};gone;0"),
            Harm::Folder => write!(f, "{state};{file};folder;0"),
            Harm::Zeros => write!(f, "{state};{file};zeros;0"),
        }
    }
}

impl FromStr for Damage {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let fields: Vec<&str> = line.split(';').collect();
        let [state, file, harm, at] = fields[..] else { return Err(format!("`{line}` is no damage")) };
        let at = at.parse().map_err(|error| format!("{at}: {error}"))?;
        let harm = match harm {
            "cut" => Harm::Cut(at),
            "flip 0" => Harm::Flip(at, 0),
            "flip 7" => Harm::Flip(at, 7),
            "gone" => Harm::Gone,
            "folder" => Harm::Folder,
            "zeros" => Harm::Zeros,
            other => return Err(format!("nothing is called `{other}`")),
        };
        Ok(Self { state: state.to_owned(), file: file.to_owned(), harm })
    }
}

/// A state to come back to: a sandbox with a copy of every file.
struct World {
    sandbox: Sandbox,
    shape: Shape,
    kept: Vec<Kept>,
    commits: usize,
}

struct Kept {
    path: PathBuf,
    bytes: Vec<u8>,
    mode: u32,
    modified: SystemTime,
}

impl World {
    fn new(state: &str) -> Self {
        let sandbox = Sandbox::new();
        let shape = shapes::build(&sandbox, state);
        if !shapes::crashed(state) {
            // The whole run; then there is something new to commit.
            let _ = sandbox.autocommit(&["once"]).ok();
            sandbox.write(&shape.repo, "later.txt", "later\n");
        }
        let mut world = Self { sandbox, shape, kept: Vec::new(), commits: 0 };
        world.kept = world.files().into_iter().map(Kept::read).collect();
        let _ = world.sandbox.autocommit(&["once"]).ok();
        world.commits = world.count();
        world
    }

    fn files(&self) -> Vec<PathBuf> {
        let root = self.sandbox.root();
        ["repos", "remotes", "state"].iter().flat_map(|folder| files_below(&root.join(folder))).collect()
    }

    fn count(&self) -> usize {
        self.sandbox.git(&self.shape.repo, &["rev-list", "--count", "HEAD"]).parse().unwrap()
    }

    /// Everything as it was when it was kept.
    fn restore(&self) {
        for file in self.files() {
            if !self.kept.iter().any(|kept| kept.path == file) {
                fs::remove_file(file).unwrap();
            }
        }
        for kept in &self.kept {
            if kept.path.is_dir() {
                fs::remove_dir_all(&kept.path).unwrap();
            }
            kept.write();
        }
    }

    /// The file that a damage is about; a journal has one.
    fn file(&self, name: &str) -> Option<&Kept> {
        let state = self.sandbox.state_dir();
        self.kept.iter().find(|kept| match name {
            "journal" => kept.path.extension().is_some_and(|ending| ending == "jsonl"),
            name => kept.path == state.join(name),
        })
    }

    fn try_damage(&self, damage: &Damage) -> Vec<String> {
        self.restore();
        let Some(kept) = self.file(&damage.file) else { return vec!["there is no such file".to_owned()] };
        harm(kept, damage.harm);
        let mut wrong = Vec::new();
        for cycle in ["the first cycle", "the second cycle"] {
            let output = self.sandbox.autocommit(&["once", "--json"]);
            let (head, tip) = (
                self.sandbox.git(&self.shape.repo, &["rev-parse", "HEAD"]),
                self.sandbox.remote_tip(&self.shape.bare, self.shape.branch),
            );
            let mut say = |what: &str| wrong.push(format!("{what} in {cycle}: {}", output.shown()));
            if output.code() != Some(0) {
                say("it ended with a complaint");
            }
            if tip.as_ref() != Some(&head) {
                say("the commit did not arrive");
            }
            match self.count() {
                count if count < self.commits => say("no commit was made"),
                count if count > self.commits => say("a commit was made twice"),
                _ => {}
            }
            if !self.sandbox.git(&self.shape.repo, &["status", "--porcelain"]).is_empty() {
                say("something is not committed");
            }
        }
        // The history may have lost entries; it must be readable and say nothing that is not so.
        let history = self.sandbox.autocommit(&["history", "--json"]);
        if history.code() == Some(0) {
            for entry in history.json()["entries"].as_array().unwrap() {
                let (status, commit) = (text(&entry["status"]), text(&entry["commit"]));
                let contained = ["merge-base", "--is-ancestor", &commit, self.shape.branch];
                if status == "pushed" && self.sandbox.try_git(&self.shape.bare, &contained).code() != Some(0)
                {
                    wrong.push(format!("the history calls {commit} pushed, and the remote has it not"));
                }
            }
        } else {
            wrong.push(format!("the history cannot be read: {}", history.shown()));
        }
        self.sandbox.fsck(&self.shape.repo);
        wrong
    }
}

impl Kept {
    fn read(path: PathBuf) -> Self {
        let meta = path.metadata().unwrap();
        let (bytes, mode) = (fs::read(&path).unwrap(), meta.permissions().mode());
        Self { path, bytes, mode, modified: meta.modified().unwrap() }
    }

    fn write(&self) {
        fs::create_dir_all(self.path.parent().unwrap()).unwrap();
        // Objects are read-only: a new file takes their place.
        let _ = fs::remove_file(&self.path);
        fs::write(&self.path, &self.bytes).unwrap();
        let file = File::options().append(true).open(&self.path).unwrap();
        file.set_permissions(fs::Permissions::from_mode(self.mode)).unwrap();
        file.set_modified(self.modified).unwrap();
    }
}

fn harm(kept: &Kept, harm: Harm) {
    let path: &Path = &kept.path;
    match harm {
        Harm::Cut(length) => File::options().write(true).open(path).unwrap().set_len(length).unwrap(),
        Harm::Flip(at, bit) => {
            let mut bytes = kept.bytes.clone();
            bytes[usize::try_from(at).unwrap()] ^= 1 << bit;
            fs::write(path, bytes).unwrap();
        }
        Harm::Gone => fs::remove_file(path).unwrap(),
        Harm::Folder => {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        }
        Harm::Zeros => fs::write(path, vec![0; kept.bytes.len()]).unwrap(),
    }
}

/// Every damage there is to a file of this length; `every`: at each offset, else at about a hundred of them.
fn damages(state: &str, file: &str, length: u64, every: bool) -> Vec<Damage> {
    let step = if every { 1 } else { (length / 50).max(1) };
    let offsets = (0..length).step_by(usize::try_from(step).unwrap());
    let at = offsets.flat_map(|at| [Harm::Cut(at), Harm::Flip(at, 0), Harm::Flip(at, 7)]);
    let harms = [Harm::Gone, Harm::Folder, Harm::Zeros].into_iter().chain(at);
    harms.map(|harm| Damage { state: state.to_owned(), file: file.to_owned(), harm }).collect()
}

#[test]
fn commits_go_on_whatever_happened_to_journal_and_database() {
    if let Err(why) = Trace::available() {
        println!("SKIPPED: damage to the state folder: {why}");
        return;
    }
    let scale = Scale::from_environment();
    let mut lists: Vec<Vec<Damage>> = Vec::new();
    for state in STATES {
        let world = World::new(state);
        for file in ["journal", "autocommit.db", "autocommit.db-wal", "autocommit.db-shm"] {
            let Some(kept) = world.file(file) else { continue };
            let mut list = damages(state, file, kept.bytes.len() as u64, scale.torture());
            workers::shuffle(&mut list, scale.seed());
            // What is done to a file as a whole comes first.
            list.sort_by_key(|damage| !matches!(damage.harm, Harm::Gone | Harm::Folder | Harm::Zeros));
            lists.push(list);
        }
    }
    let chosen = match std::env::var("AUTOCOMMIT_DAMAGE") {
        Ok(damage) => vec![damage.parse().unwrap()],
        Err(_) => workers::by_turns(lists, if scale.torture() { usize::MAX } else { SAMPLE }),
    };
    let mut tally = Tally::new("crash-damage", scale.seed());
    let worlds = |damage: &Damage, world: &mut Option<(String, World)>| {
        if world.as_ref().is_none_or(|(state, _)| *state != damage.state) {
            *world = Some((damage.state.clone(), World::new(&damage.state)));
        }
        world.as_ref().unwrap().1.try_damage(damage)
    };
    let mut chosen = chosen;
    if !scale.torture() {
        // Worlds are made once for each thread and state.
        chosen.sort_by(|a, b| a.state.cmp(&b.state));
    }
    for (damage, wrong) in workers::all(&chosen, &scale, || None, worlds) {
        tally.count("bad inputs", 1);
        let wrong = wrong.unwrap_or_else(|panic| vec![panic]);
        if !wrong.is_empty() {
            tally.fail(format!("AUTOCOMMIT_DAMAGE='{damage}'\n  {}", wrong.join("\n  ")));
        }
    }
    tally.end();
}
