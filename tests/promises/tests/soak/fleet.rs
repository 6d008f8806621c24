//! The repositories: ordinary ones, and a few that make trouble.

use autocommit_test_support::{Daemon, Sandbox, servers::BlackHole};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Longest wait for anything.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// A repository and its remote.
pub(crate) struct Repo {
    pub(crate) name: String,
    pub(crate) tree: PathBuf,
    pub(crate) bare: PathBuf,
}

/// Everything there is.
pub(crate) struct Fleet {
    pub(crate) sandbox: Sandbox,
    pub(crate) ordinary: Vec<Repo>,
    /// Its remote's folder comes and goes.
    pub(crate) flapping: Repo,
    /// Its hook runs for as long as a file is there.
    pub(crate) hooked: Repo,
    /// Its remote never answers.
    pub(crate) silent: Repo,
    hole: BlackHole,
    /// Changes so far.
    pub(crate) round: u32,
}

impl Fleet {
    pub(crate) fn new(ordinary: usize) -> Self {
        let sandbox = Sandbox::new();
        let repo = |name: String| {
            let (tree, bare) = sandbox.repo_with_remote(&name);
            Repo { name, tree, bare }
        };
        let ordinary: Vec<_> = (0..ordinary).map(|n| repo(format!("ordinary-{n:02}"))).collect();
        let [flapping, hooked, silent] = ["flapping", "hooked", "silent"].map(|n| repo(n.to_owned()));
        let hole = BlackHole::new();
        sandbox.git(&silent.tree, &["remote", "set-url", "origin", &hole.url("http", "silent.git")]);
        let root = sandbox.root();
        let script =
            format!("while [ -e {0}/hang ]; do sleep 0.05; done\necho >> {0}/hooked", root.display());
        sandbox.hook(&hooked.tree, "pre-commit", &script);
        sandbox.trust(&hooked.tree);
        Self { sandbox, ordinary, flapping, hooked, silent, hole, round: 0 }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Repo> {
        self.ordinary.iter().chain([&self.flapping, &self.hooked, &self.silent])
    }

    /// A daemon that ends hooks after so many seconds, and pushes that do not move after one.
    pub(crate) fn start(&self, hook_seconds: f64) -> Daemon {
        let config = self.sandbox.config().set("quiet_seconds", 0).set("watch", false);
        let config = config.set("deadlines.hook_seconds", hook_seconds);
        self.sandbox.daemon_with(config.set("deadlines.push_stall_seconds", 1))
    }

    /// A cycle from its beginning to its end.
    pub(crate) fn cycle(&self, daemon: &Daemon) {
        // The first cycle of a daemon may still be under way, and was begun before what is to be seen.
        daemon.wait_for("rest", LIMIT, |daemon| {
            daemon.get("/status").json()["current_cycle"].is_null().then_some(())
        });
        let reply = daemon.post("/trigger", None).expect(202).json();
        let path = format!("/cycles/{}", reply["cycle_id"].as_str().expect("an id"));
        daemon.wait_for("the end of the cycle", LIMIT, |daemon| {
            daemon.get(&path).json()["finished_at"].is_string().then_some(())
        });
    }

    /// Every work tree has something new.
    pub(crate) fn change_all(&mut self) {
        self.round += 1;
        for repo in self.all() {
            let content = format!("{} {:06}\n", repo.name, self.round).repeat(20);
            self.sandbox.write(&repo.tree, "work.txt", content);
            self.sandbox.write(
                &repo.tree,
                format!("more/{}.txt", self.round % 5),
                format!("{}\n", self.round),
            );
        }
    }

    /// Ordinary repositories of which the remote does not have what is in the work tree.
    pub(crate) fn late(&self) -> Vec<&str> {
        self.ordinary.iter().filter(|repo| !self.has_arrived(repo)).map(|repo| repo.name.as_str()).collect()
    }

    /// Whether a remote has exactly what is in the work tree, by content.
    pub(crate) fn has_arrived(&self, repo: &Repo) -> bool {
        let show =
            |path: &str| self.sandbox.try_git(&repo.bare, &["cat-file", "blob", &format!("main:{path}")]);
        let more = format!("more/{}.txt", self.round % 5);
        ["work.txt", more.as_str()].into_iter().all(|path| {
            let here = fs::read_to_string(repo.tree.join(path)).unwrap_or_default();
            show(path).stdout == here
        })
    }

    /// Whether the hook runs on and on.
    pub(crate) fn hang(&self, hang: bool) {
        let file = self.sandbox.root().join("hang");
        if hang {
            let _ = fs::remove_file(self.sandbox.root().join("hooked"));
            fs::write(file, "").unwrap();
        } else {
            let _ = fs::remove_file(file);
        }
    }

    /// Whether the hook came to its end since it was made to hang.
    pub(crate) fn hook_is_done(&self) -> bool {
        self.sandbox.root().join("hooked").exists()
    }

    /// Whether the flapping remote is away.
    pub(crate) fn flap(&self, away: bool) {
        let elsewhere = self.flapping.bare.with_extension("away");
        let (from, to) =
            if away { (&self.flapping.bare, &elsewhere) } else { (&elsewhere, &self.flapping.bare) };
        if from.exists() {
            fs::rename(from, to).unwrap();
        }
    }

    /// The silent remote answers from now on.
    pub(crate) fn answer(&self) {
        assert!(self.hole.accepted() > 0, "the silent remote was asked, or it was no trouble at all");
        let bare = self.silent.bare.to_str().unwrap();
        self.sandbox.git(&self.silent.tree, &["remote", "set-url", "origin", bare]);
        // Another address asks a person once.
        self.sandbox.trust(&self.silent.tree);
    }

    /// How many commits there are on all branches of a repository.
    pub(crate) fn commits(&self, folder: &Path) -> u32 {
        self.sandbox.git(folder, &["rev-list", "--count", "--all"]).parse().unwrap()
    }
}
