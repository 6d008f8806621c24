//! Runs of Autocommit, each judged by what was there before and after.

use crate::{
    judge::{self, Did, Files},
    look::Seen,
    step::{At, Meanwhile, Run},
    words::name,
    world::{Verdict, World, text},
};
use autocommit_test_support::{Daemon, Output, fake_git::Rule};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt as _, thread, time::Duration};

/// Longest wait for a cycle.
const LIMIT: Duration = Duration::from_secs(60);

/// What Autocommit said of a cycle.
pub(crate) struct Told {
    /// The cycle as JSON; nothing where nobody told.
    pub(crate) cycle: Option<Value>,
    /// The exit code, where there is one.
    pub(crate) code: Option<i32>,
    /// Nothing may have been written.
    pub(crate) only_looked: bool,
    /// It was to push and not to commit.
    pub(crate) only_pushed: bool,
}

impl Told {
    fn by(output: &Output, enabled: bool) -> Verdict<Self> {
        if !enabled && output.code() == Some(1) && output.stderr.contains("switched off") {
            return Ok(Self::nothing());
        }
        let cycle = serde_json::from_str(&output.stdout)
            .map_err(|error| format!("12: no JSON on standard output: {error}\n{}", output.shown()))?;
        Ok(Self { cycle: Some(cycle), code: output.code(), only_looked: false, only_pushed: false })
    }

    fn nothing() -> Self {
        Self { cycle: None, code: None, only_looked: false, only_pushed: false }
    }
}

impl World {
    /// One run, in one of its ways, and its judgement.
    pub(crate) fn run(&mut self, how: Run) -> Verdict {
        match how {
            Run::DaemonStart => return self.start_daemon(),
            Run::DaemonStop => return self.stop_daemon(),
            Run::Disable => return self.switch("disable"),
            Run::Enable => return self.switch("enable"),
            Run::DaemonKill(n) => return self.kill_daemon(n),
            _ if self.daemon.is_some() => return self.triggered(),
            _ => {}
        }
        self.count("runs", 1);
        let before = self.look();
        let mut did = Did::NOTHING;
        let told = match how {
            Run::Named => self.once(&[text(self.app()).to_owned()])?,
            Run::Dry => Told { only_looked: true, ..self.once(&["--dry-run".to_owned()])? },
            Run::PushOnly => {
                self.say("autocommit push");
                let output = self.sandbox.autocommit(&["push", "--json"]);
                Told { only_pushed: true, ..Told::by(&output, self.enabled)? }
            }
            Run::Killed(at) => self.killed(at)?,
            Run::Meanwhile(at, tree, path, what) => {
                let tree = usize::from(tree) % self.trees.len();
                let told;
                (told, did) = self.interrupted(at, tree, path, what)?;
                told
            }
            _ => self.once(&[])?,
        };
        let after = self.look();
        judge::judge(self, &before, &after, &told, &did)
    }

    /// `autocommit once` to its end.
    pub(crate) fn once(&mut self, more: &[String]) -> Verdict<Told> {
        let args: Vec<&str> = ["once", "--json"].into_iter().chain(more.iter().map(String::as_str)).collect();
        let output = self.sandbox.autocommit(&args);
        let told = Told::by(&output, self.enabled)?;
        let more = more.iter().map(|word| if word.starts_with('-') { word } else { "app" });
        let more: String = more.map(|word| format!(" {word}")).collect();
        self.say(format!("autocommit once{more}  # {}", said(&told)));
        Ok(told)
    }

    // --- killed, and interrupted

    /// The double of git, for as long as `during` takes; also how often its only rule was met.
    fn with_rule<T>(&mut self, rule: Rule, during: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let fake = self.sandbox.fake_git();
        fake.script(&[rule]);
        let result = during(self);
        let met = fake.seen(0) > 0;
        fake.script(&[]);
        fs::remove_file(self.sandbox.bin_dir().join("git")).expect("the double");
        (result, met)
    }

    fn moment(at: At) -> autocommit_test_support::fake_git::RuleMoment {
        let moment = if at.after { Rule::after(at.command()) } else { Rule::before(at.command()) };
        moment.nth(if at.second { 2 } else { 1 })
    }

    fn killed(&mut self, at: At) -> Verdict<Told> {
        let rule = Self::moment(at).kill_parent();
        let (output, _) = self.with_rule(rule, |world| world.sandbox.autocommit(&["once"]));
        let when = format!(
            "{} git {}, call {}",
            if at.after { "after" } else { "before" },
            at.command(),
            1 + u8::from(at.second)
        );
        if output.code().is_none() {
            self.count("kills", 1);
            self.say(format!("autocommit once  # SIGKILL {when}"));
        } else {
            self.say(format!("autocommit once  # not killed: there was no {when}"));
        }
        self.once(&[])
    }

    /// The person does something in the middle of a run.
    fn interrupted(&mut self, at: At, tree: usize, path: u8, what: Meanwhile) -> Verdict<(Told, Did)> {
        let (message, content) = (self.message(), self.content());
        let file = crate::edit::word(name(path));
        let printed = content.replace('\n', "\\n");
        let (line, files, git) = match what {
            Meanwhile::Edit => {
                (format!("test -f {file} && printf '{printed}' > {file}"), Files::Path(path), false)
            }
            Meanwhile::Replace => {
                let line = format!(
                    "test -f {file} && printf '{printed}' > \"$TMPDIR/new\" && mv \"$TMPDIR/new\" {file}"
                );
                (line, Files::Path(path), false)
            }
            Meanwhile::Delete => (format!("rm -f -- {file}"), Files::Path(path), false),
            Meanwhile::Add => (format!("git --literal-pathspecs add -- {file}"), Files::None, true),
            Meanwhile::AddAll => ("git add --all".to_owned(), Files::None, true),
            Meanwhile::Commit => (format!("git commit -q -m {message}"), Files::None, true),
            Meanwhile::CommitAll => (format!("git commit -q -a -m {message}"), Files::None, true),
            Meanwhile::Branch => (format!("git switch -q -c topic-{message}"), Files::None, true),
            Meanwhile::Stash => ("git stash push -q -u".to_owned(), Files::Any, true),
            Meanwhile::Gc => ("git gc -q".to_owned(), Files::None, true),
            Meanwhile::Merge => (
                "git merge -q --no-ff --no-commit $(git branch --format='%(refname:short)' | tail -n 1)"
                    .to_owned(),
                Files::Any,
                true,
            ),
        };
        if self.trees[tree].editor.is_some() || self.trees[tree].locked {
            return Ok((self.once(&[])?, Did::NOTHING));
        }
        let record = self.in_between(tree, &line)?;
        // Both work trees run at the same time: the moment is one of this tree's own run.
        let rule = Self::moment(at).repo(text(&self.git_dir(tree)));
        let script = self.sandbox.root().join("tmp/meanwhile");
        let (told, met) = self.with_rule(rule.run(&[text(&script)]), |world| world.once(&[]));
        let told = told?;
        let when = if at.after { "after" } else { "before" };
        let call = 1 + u8::from(at.second);
        let name = self.trees[tree].name;
        if !met || !record.exists() {
            return Ok((told, Did::NOTHING));
        }
        self.count("interruptions", 1);
        let place = format!("{when} git {}, call {call}", at.command());
        self.script.pop();
        self.say(format!("autocommit once  # {place}: (cd {name}; {line}); {}", said(&told)));
        let result = fs::read_to_string(&record).unwrap_or_default();
        let (code, stderr) = result.split_once('\n').unwrap_or((&result, ""));
        // The index lock is ours from the moment before the branch moves to the moment after.
        if stderr.contains("cannot lock ref") || stderr.contains("refs/heads") && stderr.contains(".lock") {
            return Err(format!("4: a person's command failed because of us ({place}): {line}\n{stderr}"));
        }
        let theirs = matches!(what, Meanwhile::Commit | Meanwhile::CommitAll) && code == "0";
        Ok((told, Did { tree, files, git, message: theirs.then_some(message) }))
    }

    /// A script that does `line` in a work tree with the person's own environment, and a file for what came of it.
    fn in_between(&self, tree: usize, line: &str) -> Verdict<std::path::PathBuf> {
        let root = self.sandbox.root();
        let (script, record) = (root.join("tmp/meanwhile"), root.join("tmp/meanwhile.record"));
        let _ = fs::remove_file(&record);
        let person = self.sandbox.git_command(&self.trees[tree].path);
        let environment: Vec<String> = person
            .get_envs()
            .filter_map(|(name, value)| Some(format!("{}={}", name.to_str()?, crate::words::quoted(value?))))
            .collect();
        let inner = root.join("tmp/meanwhile.line");
        fs::write(&inner, format!("{line}\n")).map_err(|e| e.to_string())?;
        let body = format!(
            "#!/bin/bash\ncd {}\nexec env -i {} bash -c 'said=$(bash \"$1\" 2>&1); echo \"$?\n$said\" > \"$2\"' - {} {}\n",
            text(&self.trees[tree].path),
            environment.join(" "),
            text(&inner),
            text(&record)
        );
        fs::write(&script, body).map_err(|e| e.to_string())?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).map_err(|e| e.to_string())?;
        Ok(record)
    }

    // --- the daemon

    fn start_daemon(&mut self) -> Verdict {
        if self.daemon.is_some() {
            return Ok(());
        }
        self.count("runs", 1);
        self.say("autocommit run &  # its first cycle");
        let before = self.look();
        self.begin_daemon();
        let after = self.look();
        judge::judge(self, &before, &after, &Told::nothing(), &Did::NOTHING)
    }

    fn begin_daemon(&mut self) {
        let config = self.sandbox.config().set("quiet_seconds", 0).set("watch", false);
        let daemon = self.sandbox.daemon_with(config.set("guards.max_file_mib", 1));
        // Joins the first cycle, or is the one after it.
        let _ = trigger(&daemon);
        self.daemon = Some(daemon);
    }

    pub(crate) fn stop_daemon(&mut self) -> Verdict {
        let Some(daemon) = self.daemon.take() else { return Ok(()) };
        self.say("kill %autocommit");
        let before = self.look();
        let status = daemon.stop();
        if !status.success() {
            return Err(format!("the daemon ended with {status}"));
        }
        let config =
            self.sandbox.config().set("http.enabled", false).set("quiet_seconds", 0).set("watch", false);
        self.sandbox.write_config(&config.set("guards.max_file_mib", 1));
        let after = self.look();
        judge::judge(self, &before, &after, &Told::nothing(), &Did::NOTHING)
    }

    /// A cycle by the running daemon.
    fn triggered(&mut self) -> Verdict {
        let Some(daemon) = self.daemon.take() else { return Ok(()) };
        self.count("runs", 1);
        let before = self.look();
        let told = trigger(&daemon);
        self.daemon = Some(daemon);
        let after = self.look();
        self.say(format!("autocommit trigger  # {}", said(&told)));
        judge::judge(self, &before, &after, &told, &Did::NOTHING)
    }

    fn kill_daemon(&mut self, n: u8) -> Verdict {
        let Some(daemon) = self.daemon.take() else { return Ok(()) };
        self.count("runs", 1);
        self.count("kills", 1);
        self.say(format!(
            "autocommit trigger; sleep 0.{:03}; kill -9 %autocommit; autocommit run &",
            u32::from(n) * 8
        ));
        let before = self.look();
        let _ = daemon.post("/trigger", None);
        thread::sleep(Duration::from_millis(u64::from(n) * 8));
        daemon.kill();
        self.begin_daemon();
        let after = self.look();
        judge::judge(self, &before, &after, &Told::nothing(), &Did::NOTHING)
    }

    pub(crate) fn switch(&mut self, how: &str) -> Verdict {
        self.say(format!("autocommit {how}"));
        let _ = self.sandbox.autocommit(&[how]).ok();
        self.enabled = how == "enable";
        if let (Some(daemon), true) = (&self.daemon, self.enabled) {
            // Switching on begins a cycle.
            daemon.wait_for("rest", LIMIT, |daemon| {
                (daemon.get("/status").json()["current_cycle"].is_null()).then_some(())
            });
            let told = trigger(daemon);
            self.say(format!("autocommit trigger  # {}", said(&told)));
        }
        Ok(())
    }

    /// Everything as it is, for the end of a sequence.
    pub(crate) fn run_all(&mut self) -> Verdict<Seen> {
        let before = self.look();
        let paths: Vec<String> = self.trees.iter().map(|tree| text(&tree.path).to_owned()).collect();
        let told = self.once(&paths)?;
        let after = self.look();
        judge::judge(self, &before, &after, &told, &Did::NOTHING)?;
        Ok(after)
    }
}

/// Triggers a cycle and waits for its end.
fn trigger(daemon: &Daemon) -> Told {
    let reply = daemon.post("/trigger", None);
    if reply.status == 409 {
        return Told::nothing();
    }
    let reply = reply.expect(202).json();
    let path = format!("/cycles/{}", reply["cycle_id"].as_str().expect("an id"));
    let cycle = daemon.wait_for("the end of the cycle", LIMIT, |daemon| {
        let cycle = daemon.get(&path).expect(200).json();
        cycle["finished_at"].is_string().then_some(cycle)
    });
    Told { cycle: Some(cycle), ..Told::nothing() }
}

/// A cycle in few words, for the script.
fn said(told: &Told) -> String {
    let Some(cycle) = &told.cycle else { return "switched off".to_owned() };
    let runs = cycle["runs"].as_array().cloned().unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let run = |run: &Value| {
        let held = run["held"].as_array().cloned().unwrap_or_default();
        let held: Vec<_> =
            held.iter().map(|h| format!("{} ({})", word(&h["path"]), word(&h["rule"]))).collect();
        let held = if held.is_empty() { String::new() } else { format!(", held: {}", held.join(", ")) };
        format!("{}: {} {}{held}", word(&run["name"]), word(&run["status"]), word(&run["reason"]))
    };
    runs.iter().map(run).collect::<Vec<_>>().join("; ")
}
