//! One repository with its remote, a second clone of a colleague, and what is known of it from outside.

use crate::words::{name, quoted};
use autocommit_test_support::{Daemon, Sandbox};
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::Child,
};

/// What is wrong, in one sentence, where something is.
pub(crate) type Verdict<T = ()> = Result<T, String>;

/// A work tree of the repository.
pub(crate) struct Tree {
    pub(crate) path: PathBuf,
    /// How it is called in the script.
    pub(crate) name: &'static str,
    /// A commit whose message is being written.
    pub(crate) editor: Option<Editor>,
    /// An `index.lock` of some other program of the person's.
    pub(crate) locked: bool,
}

/// A `git commit` that waits for its editor.
pub(crate) struct Editor {
    pub(crate) child: Child,
    /// Made when the person is done.
    pub(crate) go: PathBuf,
    pub(crate) message: String,
}

/// Everything there is.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    /// The work tree, and at times a linked one.
    pub(crate) trees: Vec<Tree>,
    pub(crate) bare: PathBuf,
    pub(crate) friend: PathBuf,
    pub(crate) daemon: Option<Daemon>,
    pub(crate) enabled: bool,
    pub(crate) refusing: bool,
    /// Commits that were said to be at the remote.
    pub(crate) arrived: BTreeSet<String>,
    /// What happened, as a script.
    pub(crate) script: Vec<String>,
    pub(crate) figures: BTreeMap<&'static str, u64>,
    number: u32,
}

impl World {
    /// A repository with three commits at its remote.
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::new();
        let (app, bare) = sandbox.repo_with_remote("app");
        // Its commits are of 2024: cleaning would call their traces old.
        sandbox.add_git_config("[gc]\n\treflogExpire = never\n\treflogExpireUnreachable = never");
        // Ours and everybody's: each move of a branch of the remote is written down.
        sandbox.git(&bare, &["config", "core.logAllRefUpdates", "always"]);
        sandbox.git(&bare, &["config", "receive.autogc", "false"]);
        sandbox.write(&app, "a.txt", "000001 a\nline\n");
        sandbox.write(&app, "dir/c.txt", "000002 c\nline\n");
        sandbox.commit(&app, "person-0 files");
        sandbox.git(&app, &["push", "--quiet"]);
        let friend = sandbox.root().join("friend");
        sandbox.git(sandbox.root(), &["clone", "--quiet", text(&bare), text(&friend)]);
        let config = sandbox.config().set("http.enabled", false).set("quiet_seconds", 0).set("watch", false);
        sandbox.write_config(&config.set("guards.max_file_mib", 1));
        let script = [
            "git init -q --bare remote.git; git -C remote.git config core.logAllRefUpdates always",
            "git init -q app; printf '# app\\n' > app/README.md; git -C app add -A; git -C app commit -qm Start",
            "printf '000001 a\\nline\\n' > app/a.txt; mkdir app/dir; printf '000002 c\\nline\\n' > app/dir/c.txt",
            "git -C app add -A; git -C app commit -qm 'person-0 files'; git -C app remote add origin $PWD/remote.git",
            "git -C app push -qu origin main; git clone -q remote.git friend",
            "# settings: quiet_seconds = 0, watch = false, guards.max_file_mib = 1",
        ];
        Self {
            sandbox,
            trees: vec![Tree { path: app, name: "app", editor: None, locked: false }],
            bare,
            friend,
            daemon: None,
            enabled: true,
            refusing: false,
            arrived: BTreeSet::new(),
            script: script.map(str::to_owned).to_vec(),
            figures: BTreeMap::new(),
            number: 2,
        }
    }

    /// The main work tree.
    pub(crate) fn app(&self) -> &Path {
        &self.trees[0].path
    }

    /// The git folder that all work trees share.
    pub(crate) fn common(&self) -> PathBuf {
        self.app().join(".git")
    }

    /// Whether the remote is where it should be.
    pub(crate) fn remote_is_there(&self) -> bool {
        self.bare.is_dir()
    }

    /// A number that was not there before.
    pub(crate) fn next(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    /// A message that was not there before.
    pub(crate) fn message(&mut self) -> String {
        format!("person-{}", self.next())
    }

    /// Content that was not there before, always of the same length.
    pub(crate) fn content(&mut self) -> String {
        format!("{:06} text\nline\nline\n", self.next())
    }

    pub(crate) fn say(&mut self, line: impl Into<String>) {
        self.script.push(line.into());
    }

    pub(crate) fn count(&mut self, what: &'static str, n: u64) {
        *self.figures.entry(what).or_default() += n;
    }

    /// The person runs git in a work tree, and whether it did what they asked. It may fail for reasons of their own, but
    /// never because of a lock of ours.
    pub(crate) fn git(&mut self, tree: usize, args: &[&str], path: Option<u8>) -> Verdict<bool> {
        let mut words: Vec<OsString> = Vec::new();
        if path.is_some() {
            words.push("--literal-pathspecs".into());
        }
        words.extend(args.iter().map(OsString::from));
        if let Some(path) = path {
            words.extend(["--".into(), name(path).as_os_str().to_owned()]);
        }
        let folder = self.trees[tree].path.clone();
        let mut command = self.sandbox.git_command(&folder);
        command.args(&words).env("GIT_EDITOR", "true");
        let output = self.sandbox.output_of(command);
        self.count("user commands", 1);
        let shown: Vec<_> = words.iter().map(|w| quoted(w)).collect();
        let result = if output.code() == Some(0) { "" } else { "  # fails" };
        self.say(format!("git -C {} {}{result}", self.trees[tree].name, shown.join(" ")));
        if output.stderr.contains(".lock") && !self.trees[tree].locked {
            return Err(format!("13: a person's command met a lock:\n{}", output.shown()));
        }
        Ok(output.code() == Some(0))
    }

    /// What git says, without writing anything; panics where it fails.
    pub(crate) fn ask(&self, folder: &Path, args: &[&str]) -> String {
        let mut all = vec!["--no-optional-locks"];
        all.extend(args);
        self.sandbox.git(folder, &all)
    }

    /// Whether git says yes, by its exit code.
    pub(crate) fn is(&self, folder: &Path, args: &[&str]) -> bool {
        self.sandbox.try_git(folder, args).code() == Some(0)
    }

    /// What git prints, as bytes, for output with names in it.
    pub(crate) fn bytes(&self, folder: &Path, args: &[&str]) -> Vec<u8> {
        let mut command = self.sandbox.git_command(folder);
        let output = command.arg("--no-optional-locks").args(args).output().expect("git starts");
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Whether `old` is `new` or one of its ancestors.
    pub(crate) fn is_ancestor(&self, folder: &Path, old: &str, new: &str) -> bool {
        old == new || self.is(folder, &["merge-base", "--is-ancestor", old, new])
    }

    /// The git folder of a work tree.
    pub(crate) fn git_dir(&self, tree: usize) -> PathBuf {
        match tree {
            0 => self.common(),
            _ => self.common().join("worktrees").join(self.trees[tree].name),
        }
    }

    /// What the person has under way in a work tree, by the files that git keeps for it.
    pub(crate) fn operation(&self, tree: usize) -> Option<&'static str> {
        let git_dir = self.git_dir(tree);
        let known = [
            "rebase-merge",
            "rebase-apply",
            "MERGE_HEAD",
            "CHERRY_PICK_HEAD",
            "REVERT_HEAD",
            "BISECT_LOG",
            "SQUASH_MSG",
            "sequencer",
        ];
        known.into_iter().find(|name| git_dir.join(name).symlink_metadata().is_ok())
    }

    /// The branch that is checked out in a work tree.
    pub(crate) fn branch(&self, tree: usize) -> Option<String> {
        let output =
            self.sandbox.try_git(&self.trees[tree].path, &["symbolic-ref", "--quiet", "--short", "HEAD"]);
        (output.code() == Some(0)).then(|| output.stdout.trim_end().to_owned())
    }

    /// Whether the remote has a commit on some branch.
    pub(crate) fn at_remote(&self, commit: &str) -> bool {
        self.is(&self.bare, &["cat-file", "-e", commit])
            && !self.ask(&self.bare, &["for-each-ref", "--contains", commit, "refs/heads"]).is_empty()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for tree in &mut self.trees {
            if let Some(mut editor) = tree.editor.take() {
                let _ = fs::write(&editor.go, "");
                let _ = editor.child.wait();
            }
        }
    }
}

/// A path of the sandbox, which is text.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a path of the sandbox is text")
}

/// A path for the script, below the folder of a work tree.
pub(crate) fn below(tree: &Tree, path: impl AsRef<OsStr>) -> String {
    let mut whole = OsString::from(format!("{}/", tree.name));
    whole.push(path);
    quoted(&whole)
}
