//! What messages of a language model cost a whole cycle: 68 repositories with work in them, with a real model that is run
//! here, and with servers that are gone, hang, crawl, die or lie. One JSON object on standard output, progress on standard
//! error. `cargo xtask bench messages` starts it with a release build in `TEST_BIN`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program for the terminal")]
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made ends with a panic")]

mod changes;
mod load;

use autocommit_test_support::{
    Config, Daemon, Sandbox,
    servers::{FakeLlm, Script},
};
use load::{Load, Seen};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Repositories with work in them.
const REPOS: usize = 68;
/// Where nobody listens.
const NOBODY: &str = "http://127.0.0.1:9";

struct Fleet {
    sandbox: Sandbox,
    repos: Vec<(PathBuf, PathBuf)>,
    round: usize,
}

fn main() {
    let mut fleet = Fleet::new();
    let mut figures = Vec::new();
    let mut args = std::env::args_os().skip(1);
    if let (Some(model), Some(program)) = (args.next(), args.next()) {
        let (model, program) = (PathBuf::from(model), PathBuf::from(program));
        let name = fleet.import(&model);
        let config =
            fleet.config().set("llm.base_url", NOBODY).set("llm.managed", true).set("http.enabled", true);
        let config = config.set("llm.managed_model", name.as_str());
        let config = config.set("llm.server_program", program.to_str().unwrap());
        let daemon = fleet.sandbox.daemon_with(config);
        fleet.warm(&daemon);
        for what in ["a model that is run here", "the same, once more"] {
            figures.push(fleet.beside(what, &daemon, &name));
        }
        assert!(daemon.stop().success(), "the daemon ended well");
    }
    let server = FakeLlm::new(Script::Hangs);
    let lie = "rename everything to frobnicate and fix the login".to_owned();
    for (what, script) in [
        ("nobody listens", None),
        ("hangs", Some(Script::Hangs)),
        ("crawls", Some(Script::Crawls)),
        ("loads for ever", Some(Script::Loads)),
        ("dies in the middle of its answer", Some(Script::Dies)),
        ("lies", Some(Script::Says(lie))),
        ("no model wanted", None),
    ] {
        let url = if script.is_some() { server.url() } else { NOBODY.to_owned() };
        script.into_iter().for_each(|script| server.follow(script));
        let wanted = what != "no model wanted";
        let config = fleet.config().set("llm.base_url", url).set("llm.enabled", wanted);
        figures.push(fleet.cycle(what, &config.set("llm.llama_model_id", FakeLlm::MODEL)));
    }
    println!("{}", json!({ "repositories": REPOS, "cycles": figures }));
}

impl Fleet {
    /// Repositories with a remote each, clean and pushed.
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let repos: Vec<_> = (0..REPOS).map(|n| sandbox.repo_with_remote(&format!("app{n:02}"))).collect();
        let fleet = Self { sandbox, repos, round: 0 };
        for (number, (repo, _)) in fleet.repos.iter().enumerate() {
            let (path, text) = changes::file(number, 0);
            fleet.sandbox.write(repo, &path, text);
            fleet.sandbox.git(repo, &["add", "--all"]);
            fleet.sandbox.commit(repo, "Begin");
            fleet.sandbox.git(repo, &["push", "--quiet"]);
        }
        fleet
    }

    fn config(&self) -> Config {
        let config = self.sandbox.config().set("http.enabled", false).set("cycle_interval_seconds", 60);
        config.set("llm.enabled", true)
    }

    /// The name of a model's file that is taken into the models of this place.
    fn import(&self, file: &Path) -> String {
        self.sandbox.write_config(&self.config());
        let known =
            self.sandbox.autocommit(&["model", "import", "--json", file.to_str().unwrap()]).ok().json();
        // A file of the catalogue is known by its digest, and has the catalogue's name.
        let here = known["models"].as_array().unwrap().iter().find(|model| model["state"] == "installed");
        here.unwrap()["name"].as_str().unwrap().to_owned()
    }

    /// Work until the model is loaded.
    fn warm(&mut self, daemon: &Daemon) {
        self.work();
        let _ = daemon.post("/trigger", None).expect(202);
        daemon.wait_for("the model", Duration::from_secs(120), |daemon| {
            (daemon.get("/model").json()["server"]["state"] == "ready").then_some(())
        });
        std::thread::sleep(Duration::from_secs(2));
    }

    /// New work in each.
    fn work(&mut self) {
        self.round += 1;
        for (number, (repo, _)) in self.repos.iter().enumerate() {
            let (path, text) = changes::file(number, self.round);
            self.sandbox.write(repo, &path, text);
        }
    }

    /// One cycle of a daemon over all of them with new work in each.
    fn beside(&mut self, what: &str, daemon: &Daemon, model: &str) -> Value {
        self.work();
        let load = Load::watch(&format!("{model}.gguf"));
        let started = Instant::now();
        let reply = daemon.post("/trigger", None).expect(202).json();
        let path = format!("/cycles/{}", reply["cycle_id"].as_str().unwrap());
        let cycle = daemon.wait_for("the end of the cycle", Duration::from_secs(300), |daemon| {
            let cycle = daemon.get(&path).json();
            cycle["finished_at"].is_string().then_some(cycle)
        });
        let seconds = started.elapsed().as_secs_f64();
        self.figures(what, seconds, &cycle, Some(load.end()))
    }

    /// One cycle of a program that ends with it.
    fn cycle(&mut self, what: &str, config: &Config) -> Value {
        self.sandbox.write_config(config);
        self.work();
        let started = Instant::now();
        let cycle = self.sandbox.autocommit(&["once", "--json"]).ok().json();
        let seconds = started.elapsed().as_secs_f64();
        self.figures(what, seconds, &cycle, None)
    }

    fn figures(&self, what: &str, seconds: f64, cycle: &Value, load: Option<Seen>) -> Value {
        // Not what the program says: what git has.
        let pushed = self.repos.iter().filter(|(repo, remote)| {
            let head = |of: &Path| self.sandbox.git(of, &["rev-parse", "main"]);
            let clean = self.sandbox.git(repo, &["status", "--porcelain"]).is_empty();
            clean && head(repo) == head(remote)
        });
        let pushed = pushed.count();
        let runs = cycle["runs"].as_array().unwrap();
        let by_model: Vec<_> = runs.iter().filter(|run| run["message_source"] == "llm").collect();
        let subjects: Vec<_> = by_model.iter().map(|run| run["subject"].clone()).collect();
        let mut reasons = std::collections::BTreeMap::<String, usize>::new();
        for run in runs.iter().filter(|run| run["message_source"] != "llm") {
            *reasons.entry(run["message_reason"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        eprintln!("{what}: {seconds:.1} s, {pushed} pushed, {} by the model", by_model.len());
        json!({
            "what": what,
            "seconds": seconds,
            "pushed": pushed,
            "by_model": by_model.len(),
            "cores": load.map(|load| load.cores),
            "nice": load.map(|load| load.nice),
            "subjects": subjects,
            "reasons": reasons,
        })
    }
}
