//! The zoo: every case twice, once for the program and once, as its twin, for plain git by hand.
//!
//! A case's script has `$DIR`, a folder of its own below no base path, with `$RUN`, a program that makes the canary sing and
//! agrees, `$CAT`, one that hands its input on as well, `$MARK`, the canary itself, and `$BIN`, a folder on the PATH. It is run in a fresh clone of a
//! repository with `a.txt` changed and `b.txt` new; its remote is `$DIR/bare.git`.

use crate::cases::{Case, Then};
use autocommit_test_support::Sandbox;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

pub(crate) struct Zoo {
    pub(crate) sandbox: Sandbox,
    pub(crate) cases: Vec<Case>,
}

/// A case's repository and its folder beside it.
pub(crate) struct Pen {
    pub(crate) repo: PathBuf,
    pub(crate) dir: PathBuf,
    bin: PathBuf,
}

impl Pen {
    pub(crate) fn bare(&self) -> PathBuf {
        self.dir.join("bare.git")
    }

    fn mark(&self) -> PathBuf {
        self.dir.join("mark")
    }

    /// How often its canary sang.
    pub(crate) fn songs(&self) -> u64 {
        fs::metadata(self.mark()).map_or(0, |file| file.len().max(1))
    }

    fn script(&self, script: &str) -> String {
        let (dir, bin) = (text(&self.dir), text(&self.bin));
        format!("DIR='{dir}'; RUN=$DIR/run; CAT=$DIR/cat; MARK=$DIR/mark; BIN='{bin}'\n{script}")
    }
}

impl Zoo {
    /// All cases, and their twins where `twins`.
    pub(crate) fn new(cases: Vec<Case>, twins: bool) -> Self {
        let zoo = Self { sandbox: Sandbox::new(), cases };
        let config = zoo.sandbox.config().set("commit_workers", 8).set("deadlines.local_seconds", 20);
        zoo.sandbox.write_config(&config.set("http.enabled", false));
        let (repo, bare) = zoo.sandbox.repo_with_remote("template");
        zoo.sandbox.write(&repo, "a.txt", "a\n");
        zoo.sandbox.commit(&repo, "More");
        zoo.sandbox.git(&repo, &["push", "--quiet"]);
        zoo.sandbox.write(&repo, "a.txt", "changed\n");
        zoo.sandbox.write(&repo, "b.txt", "b\n");
        let template = zoo.sandbox.root().join("template");
        fs::create_dir(&template).unwrap();
        fs::rename(repo, template.join("repo")).unwrap();
        fs::rename(bare, template.join("bare.git")).unwrap();
        in_parallel(&zoo.cases, |case| {
            zoo.plant(case, &zoo.pen(case.name));
            if twins {
                zoo.plant(case, &zoo.twin(case.name));
            }
        });
        zoo
    }

    pub(crate) fn pen(&self, name: &str) -> Pen {
        let dir = self.sandbox.root().join("pens").join(name);
        Pen { repo: self.sandbox.repos_dir().join(name), dir, bin: self.sandbox.bin_dir() }
    }

    pub(crate) fn twin(&self, name: &str) -> Pen {
        let twins = self.sandbox.root().join("twins");
        Pen {
            repo: twins.join(name).join("repo"),
            dir: twins.join(name).join("dir"),
            bin: self.sandbox.bin_dir(),
        }
    }

    fn plant(&self, case: &Case, pen: &Pen) {
        fs::create_dir_all(&pen.dir).unwrap();
        fs::create_dir_all(pen.repo.parent().unwrap()).unwrap();
        let template = self.sandbox.root().join("template");
        let fresh = format!(
            "cp -a {0}/repo {1}; cp -a {0}/bare.git $DIR; cd {1}; git remote set-url origin $DIR/bare.git
             printf '#!/bin/sh\\nprintf x >> %s\\nexit 0\\n' $MARK > $RUN
             printf '#!/bin/sh\\nprintf x >> %s\\nexec cat \"$@\"\\n' $MARK > $CAT
             chmod +x $RUN $CAT",
            text(&template),
            text(&pen.repo)
        );
        self.sh(&pen.dir, &pen.script(&fresh), case.name);
        self.sh(&pen.repo, &pen.script(case.plant), case.name);
        // Planting may well have made it sing.
        let _ = fs::remove_file(pen.mark());
    }

    /// Runs plain git in the twin; whether the canary sang.
    pub(crate) fn spring(&self, case: &Case) -> bool {
        let twin = self.twin(case.name);
        let script = format!("exec < /dev/null\n{}", twin.script(case.spring));
        let _ = self.sandbox.run(&twin.repo, "sh", &["-c", &script]);
        twin.songs() > 0
    }

    /// Approves what the case's repository brings now, as a person would; where that is possible, for one that is left alone.
    pub(crate) fn allow(&self, case: &Case) {
        let repo = self.pen(case.name).repo;
        let said = self.sandbox.autocommit(&["trust", "allow", text(&repo)]);
        assert!(said.code() == Some(0) || case.then == Then::LeftAlone, "{}: {}", case.name, said.shown());
    }

    /// Changes one byte of what a case brings: of its settings and of its hooks.
    pub(crate) fn change_one_byte(&self, case: &Case) {
        let pen = self.pen(case.name);
        // The link beside the program has its name with one other letter, so that the changed setting would run too.
        let script = "cp $RUN $DIR/ruN; cp $CAT $DIR/caT
            for f in .git/config .git/config.worktree $DIR/g/config $DIR/config $DIR/included settings; do
                [ -f $f ] && sed -i \"s#$DIR/run#$DIR/ruN#; s#$DIR/cat#$DIR/caT#; s#::place#::plaCe#; s#vcs = x#vcs = z#; s#elsewhere.git#elsewherE.git#\" $f
            done
            for f in .git/hooks/* $DIR/h/* .githooks/* .husky/* .husky/_/* $DIR/bare.git/hooks/*; do
                case $f in *.sample) continue;; esac
                [ -f $f ] && printf '#' >> $f
            done; true";
        self.sh(&pen.repo, &pen.script(script), case.name);
    }

    /// Runs a script as the person, in the pen of a case.
    pub(crate) fn sh_in(&self, pen: &Pen, script: &str) {
        self.sh(&pen.repo, &pen.script(script), text(&pen.repo));
    }

    #[track_caller]
    fn sh(&self, dir: &Path, script: &str, name: &str) {
        let output = self.sandbox.run(dir, "sh", &["-ec", script]);
        assert_eq!(output.code(), Some(0), "{name}: {}", output.shown());
    }

    /// Cases whose canary sang, with how often.
    pub(crate) fn songs(&self) -> Vec<(&'static str, u64)> {
        let all = self.cases.iter().map(|case| (case.name, self.pen(case.name).songs()));
        all.filter(|(_, songs)| *songs > 0).collect()
    }

    /// The commit on the branch, read from the files: git would run what the repository brings.
    pub(crate) fn tips(&self) -> Vec<(&'static str, Option<String>, Option<String>)> {
        let of = |case: &Case| {
            let pen = self.pen(case.name);
            let folders = [pen.repo.join(".git"), pen.dir.join("g")];
            let tip =
                folders.iter().find_map(|folder| fs::read_to_string(folder.join("refs/heads/main")).ok());
            (case.name, tip, fs::read_to_string(pen.bare().join("refs/heads/main")).ok())
        };
        self.cases.iter().map(of).collect()
    }
}

/// Four at a time.
pub(crate) fn in_parallel(cases: &[Case], work: impl Fn(&Case) + Sync) {
    let waiting = Mutex::new(cases.iter());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().next();
                    let Some(case) = next else { break };
                    work(case);
                }
            });
        }
    });
}

/// Names of the repositories in `repos --json` that wait for a person's approval.
pub(crate) fn asking(json: &str) -> BTreeSet<String> {
    let value: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    let repos = value["repos"].as_array().cloned().unwrap_or_default();
    let asks = repos.iter().filter(|repo| repo["state"] == "needs_trust");
    asks.filter_map(|repo| Some(repo["name"].as_str()?.to_owned())).collect()
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
