//! A state of repository, remote and state folder that is kept and put back, so that many damages start from the same.

use crate::{
    damage::{Damage, Harm},
    end::{files_below, text},
    shapes::{self, Shape},
};
use autocommit_test_support::{Output, Sandbox};
use std::{
    fs::{self, File},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// States that damage is done in.
///
/// `edit`: after a whole run, with something new to commit. `ready`, `locked`, `installed`: after crashes that need the
/// journal. `off`, `opted out`: the person said no. `approved`: of two files that are held they approved one.
pub(crate) const STATES: [&str; 7] = ["edit", "ready", "locked", "installed", "off", "opted out", "approved"];

/// Files that hold the person's no. Whatever becomes of one of them, the no stays.
const NO: [&str; 2] = ["wanted.json", "wanted.json.copy"];

/// Files without which the program does not start: nothing could be locked, or everybody could call it.
const NEEDED: [&str; 3] = ["lock", "token", "token-read"];

/// What the person approved to be committed. Where it cannot be read, nothing is.
const HELD: &str = "approvals.json";

/// What the person approved to run. Where it cannot be read, nothing is.
const APPROVED: &str = "trust.json";

/// A sandbox with a copy of every file.
pub(crate) struct World {
    sandbox: Sandbox,
    shape: Shape,
    kept: Vec<Kept>,
    /// Whether the person said no.
    no: bool,
    /// Whether something is held, and something else approved.
    held: bool,
    /// Commits before, and after an undamaged run.
    commits: (usize, usize),
}

struct Kept {
    path: PathBuf,
    bytes: Vec<u8>,
    mode: u32,
    modified: SystemTime,
}

impl World {
    pub(crate) fn new(state: &str) -> Self {
        let sandbox = Sandbox::new();
        let no = matches!(state, "off" | "opted out");
        let held = state == "approved";
        let shape = shapes::build(&sandbox, if no || held { "edit" } else { state });
        if !shapes::crashed(state) {
            let _ = sandbox.autocommit(&["once"]).ok();
            sandbox.write(&shape.repo, "later.txt", "later\n");
        }
        let path = shape.repo.to_string_lossy().into_owned();
        match state {
            "off" => drop(sandbox.autocommit(&["disable"]).ok()),
            "opted out" => drop(sandbox.autocommit(&["repo", "disable", &path]).ok()),
            "approved" => {
                sandbox.write(&shape.repo, ".env", "A=1\n");
                sandbox.write(&shape.repo, "other/.env", "B=1\n");
                let _ = sandbox.autocommit(&["approve", &format!("{path}/.env")]).ok();
            }
            _ => {}
        }
        let mut world = Self { sandbox, shape, kept: Vec::new(), no, held, commits: (0, 0) };
        world.kept = world.files().into_iter().map(Kept::read).collect();
        let before = world.count();
        if no {
            let refused = world.sandbox.autocommit(&["once"]);
            assert_eq!(world.count(), before, "{}", refused.shown());
            let _ = world.sandbox.autocommit(&["enable"]).ok();
            let _ = world.sandbox.autocommit(&["repo", "enable", &path]).ok();
        }
        let done = world.sandbox.autocommit(&["once"]);
        assert_eq!(done.code(), Some(i32::from(held)), "{}", done.shown());
        world.commits = (before, world.count());
        assert!(!no || world.commits.1 == before + 1, "without the no there would be a commit");
        assert!(!held || world.committed() == [".env", "later.txt"], "{:?}", world.committed());
        world
    }

    /// The files of the state folder that a damage may be about, with their lengths; a journal has one.
    pub(crate) fn targets(&self) -> Vec<(String, u64)> {
        let state = self.sandbox.state_dir();
        let below = self.kept.iter().filter_map(|kept| Some((kept, kept.path.strip_prefix(&state).ok()?)));
        let named = below.map(|(kept, below)| (name(below), kept.bytes.len() as u64));
        let meant = |name: &str| match () {
            () if self.no => NO.contains(&name),
            () if self.held => name == HELD,
            () => true,
        };
        named.filter(|(name, _)| meant(name)).collect()
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

    /// What is wrong after the damage, one sentence each; nothing at all where there is no such file to damage.
    pub(crate) fn try_damage(&self, damage: &Damage) -> Option<Vec<String>> {
        self.restore();
        let state = self.sandbox.state_dir();
        let meant =
            |kept: &&Kept| kept.path.strip_prefix(&state).is_ok_and(|below| name(below) == damage.file);
        let kept = self.kept.iter().find(meant)?;
        if !kept.harm(damage.harm) {
            return None;
        }
        if damage.harm == Harm::Folder && NEEDED.contains(&damage.file.as_str()) {
            return Some(self.says_why(&damage.file));
        }
        let mut wrong = match damage.file.as_str() {
            _ if self.no => self.still_no(),
            HELD => self.holds(),
            APPROVED => self.asks_anew(damage.harm),
            _ => self.goes_on(),
        };
        wrong.extend(self.history_is_true());
        self.sandbox.fsck(&self.shape.repo);
        Some(wrong)
    }

    /// The program does not start, and names the file.
    fn says_why(&self, file: &str) -> Vec<String> {
        let output = self.sandbox.autocommit(&["once"]);
        let said = output.code() == Some(2) && output.stderr.contains(&format!("state/{file}"));
        if said {
            Vec::new()
        } else {
            vec![format!("it does not say what is in the way: {}", output.shown())]
        }
    }

    /// What changed in the newest commit.
    fn committed(&self) -> Vec<String> {
        let args = ["show", "--format=", "--name-only", "HEAD"];
        self.sandbox.git(&self.shape.repo, &args).lines().map(str::to_owned).collect()
    }

    /// What was not approved is never committed, what was is or is held again, and the rest goes on.
    fn holds(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for cycle in ["the first cycle", "the second cycle"] {
            let output = self.sandbox.autocommit(&["once", "--json"]);
            let committed = self.committed();
            let right = committed == [".env", "later.txt"] || committed == ["later.txt"];
            if output.code() != Some(1) || self.count() != self.commits.1 || !right {
                wrong.push(format!("{cycle} committed {committed:?}: {}", output.shown()));
            }
            let head = self.sandbox.git(&self.shape.repo, &["rev-parse", "HEAD"]);
            if self.sandbox.remote_tip(&self.shape.bare, self.shape.branch) != Some(head) {
                wrong.push(format!("the commit did not arrive in {cycle}: {}", output.shown()));
            }
        }
        wrong
    }

    /// Nothing counts as approved, or exactly what was; approved anew, all goes on.
    fn asks_anew(&self, harm: Harm) -> Vec<String> {
        let before = self.count();
        let output = self.sandbox.autocommit(&["once", "--json"]);
        if output.code() == Some(0) {
            // Only the last newline was damaged.
            return self.goes_on();
        }
        let asks = text(&output.json()["runs"][0]["hint"]).contains("autocommit trust allow");
        if output.code() != Some(1) || !asks || self.count() != before {
            return vec![format!("it neither goes on nor asks anew: {}", output.shown())];
        }
        let allowed =
            self.sandbox.autocommit(&["trust", "allow", &self.shape.repo.to_string_lossy(), "--json"]);
        match allowed.code() {
            Some(0) => self.goes_on(),
            // Nothing can be kept in a folder's place.
            Some(_) if harm == Harm::Folder && allowed.stderr.contains(APPROVED) => Vec::new(),
            _ => vec![format!("it cannot be approved anew: {}", allowed.shown())],
        }
    }

    /// Nothing is written into the repository.
    fn still_no(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for cycle in ["the first cycle", "the second cycle"] {
            let output = self.sandbox.autocommit(&["once", "--json"]);
            if !matches!(output.code(), Some(0 | 1)) {
                wrong.push(format!("{cycle} ended otherwise than it should: {}", output.shown()));
            }
            if self.count() != self.commits.0 {
                wrong.push(format!(
                    "a commit was made although the person said no in {cycle}: {}",
                    output.shown()
                ));
            }
        }
        wrong
    }

    /// One commit is made and arrives, and no second one.
    fn goes_on(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let lock = self.shape.common.join("index.lock");
        let locked = lock.exists();
        for cycle in ["the first cycle", "the second cycle"] {
            let mut output = self.sandbox.autocommit(&["once", "--json"]);
            if locked && lock.exists() {
                // Without the journal nothing proves that lock to be ours: it is named, not touched. A person removes it.
                if output.code() != Some(1) || !output.stdout.contains("index.lock") {
                    wrong.push(format!(
                        "a lock is in the way and {cycle} does not say so: {}",
                        output.shown()
                    ));
                }
                fs::remove_file(&lock).unwrap();
                output = self.sandbox.autocommit(&["once", "--json"]);
            }
            wrong.extend(
                self.is_done(&output)
                    .into_iter()
                    .map(|what| format!("{what} in {cycle}: {}", output.shown())),
            );
        }
        wrong
    }

    fn is_done(&self, output: &Output) -> Vec<&'static str> {
        let head = self.sandbox.git(&self.shape.repo, &["rev-parse", "HEAD"]);
        let tip = self.sandbox.remote_tip(&self.shape.bare, self.shape.branch);
        let dirty = self.sandbox.git(&self.shape.repo, &["status", "--porcelain"]);
        let count = self.count();
        let told = [
            (output.code() != Some(0), "it ended with a complaint"),
            (tip != Some(head), "the commit did not arrive"),
            (count < self.commits.1, "no commit was made"),
            (count > self.commits.1, "a commit was made twice"),
            (!dirty.is_empty(), "something is not committed"),
        ];
        told.into_iter().filter(|(wrong, _)| *wrong).map(|(_, what)| what).collect()
    }

    /// The history may have lost entries; it is readable and says nothing that is not so.
    fn history_is_true(&self) -> Vec<String> {
        let history = self.sandbox.autocommit(&["history", "--json"]);
        if history.code() != Some(0) {
            return vec![format!("the history cannot be read: {}", history.shown())];
        }
        let mut wrong = Vec::new();
        for entry in history.json()["entries"].as_array().unwrap() {
            let (status, commit) = (text(&entry["status"]), text(&entry["commit"]));
            let contained = ["merge-base", "--is-ancestor", &commit, self.shape.branch];
            if status == "pushed" && self.sandbox.try_git(&self.shape.bare, &contained).code() != Some(0) {
                wrong.push(format!("the history calls {commit} pushed, and the remote has it not"));
            }
        }
        wrong
    }
}

/// A file of the state folder without what differs from run to run.
fn name(below: &Path) -> String {
    if below.starts_with("journal") { "journal".to_owned() } else { below.to_string_lossy().into_owned() }
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

    /// Damages the file; `false` where it is too short for that.
    fn harm(&self, harm: Harm) -> bool {
        let path: &Path = &self.path;
        match harm {
            Harm::Cut(length) if length < self.bytes.len() as u64 => {
                File::options().write(true).open(path).unwrap().set_len(length).unwrap();
            }
            Harm::Flip(at, bit) if at < self.bytes.len() as u64 => {
                let mut bytes = self.bytes.clone();
                bytes[usize::try_from(at).unwrap()] ^= 1 << bit;
                fs::write(path, bytes).unwrap();
            }
            Harm::Cut(_) | Harm::Flip(..) => return false,
            Harm::Gone => fs::remove_file(path).unwrap(),
            Harm::Folder => {
                fs::remove_file(path).unwrap();
                fs::create_dir(path).unwrap();
            }
            Harm::Zeros => fs::write(path, vec![0; self.bytes.len()]).unwrap(),
        }
        true
    }
}
