//! What a client of the API waits for with many repositories and a long history: asked by wrk, which tells how long the slow ones
//! took.

use super::{
    super::{
        comparison::{Bound, Comparison, Target},
        daemon::Daemon,
        sets::Set,
    },
    Bench, OURS,
};
use crate::process;
use anyhow::{Context, Result, bail};
use autocommit_core::{
    Timestamp,
    cycle::RunStatus,
    draft::MessageSource,
    history::{HistoryEntry, Stage},
    id::{CycleId, Oid, RepoId, RunId},
};
use autocommit_store::Store;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What is asked for, and the most milliseconds of all but the slowest hundredth.
const ASKED: [(&str, &[&str], Option<f64>); 4] = [
    ("/status", &["/status"], Some(5.0)),
    ("/repos", &["/repos"], None),
    ("/history", &["/history"], None),
    (
        "/history?q=",
        &[
            "/history?q=window",
            "/history?q=river%20lamp",
            "/history?q=nothing%20like%20it",
            "/history?q=r0007",
        ],
        Some(50.0),
    ),
];
/// Connections that ask at the same time.
const CLIENTS: usize = 2;
const WORDS: [&str; 12] = [
    "window", "river", "lamp", "garden", "basket", "parser", "invoice", "token", "engine", "mountain",
    "bicycle", "python",
];

pub(super) fn measure(bench: &mut Bench) -> Result<Vec<Comparison>> {
    if process::output(Command::new("wrk").arg("--help")).is_err() && !Path::new("/usr/bin/wrk").exists() {
        bail!("wrk is not installed (Debian, Ubuntu: sudo apt-get install wrk)");
    }
    let (count, entries) = (bench.many(), bench.size(100_000, 2000));
    let set = bench.clean(OURS, count, 100)?;
    println!("Filling a history of {entries} entries.");
    let state = bench.place.root.join("daemon-api/state");
    fs::create_dir_all(&state)?;
    fill(&state, &set, entries)?;
    let mut daemon =
        Daemon::start(&bench.place, &bench.binary, "api", &set.folder, "cycle_interval_seconds = 3600\n")?;
    daemon.settled(count)?;
    let (mut targets, mut more) = (Vec::new(), Vec::new());
    for (name, paths, most) in ASKED {
        let asked = ask(bench, &daemon, paths, bench.size(20, 2))?;
        println!(
            "  {name:<12} {} requests, p50 {:.2} ms, p99 {:.2} ms, the longest {:.2} ms",
            asked["requests"],
            asked["p50_ms"].as_f64().unwrap_or(f64::NAN),
            asked["p99_ms"].as_f64().unwrap_or(f64::NAN),
            asked["max_ms"].as_f64().unwrap_or(f64::NAN)
        );
        if let Some(most) = most {
            targets.push(Target::new(
                format!("ms of {name} (p99)"),
                asked["p99_ms"].as_f64().unwrap_or(f64::NAN),
                Bound::AtMost(most),
            ));
        }
        more.push(json!({"path": name, "asked": asked}));
    }
    daemon.end()?;
    Ok(vec![Comparison {
        name: format!("the API over {count} repositories and {entries} entries, {CLIENTS} clients (wrk)"),
        baseline: "",
        pairs: Vec::new(),
        targets,
        more: json!(more),
    }])
}

/// Made where nothing has to reach a disk, and moved to its place.
fn fill(state: &Path, set: &Set, entries: usize) -> Result<()> {
    let memory = PathBuf::from("/dev/shm");
    let aside = if memory.is_dir() { tempfile::tempdir_in(memory)? } else { tempfile::tempdir()? };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (store, warnings) = Store::open(aside.path()).await?;
        if !warnings.is_empty() {
            bail!("the new store warns: {warnings:?}");
        }
        for number in 0..entries {
            store.history().record(&entry(&set.tree(number % set.count()), number)?).await?;
        }
        store.close().await;
        Ok(())
    })?;
    for file in fs::read_dir(aside.path())? {
        let file = file?;
        if file.file_type()?.is_file() {
            fs::copy(file.path(), state.join(file.file_name()))?;
        }
    }
    Ok(())
}

fn entry(repo: &Path, number: usize) -> Result<HistoryEntry> {
    let word = |of: usize| WORDS[(number / of) % WORDS.len()];
    let at = Timestamp::from_second(1_760_000_000 + i64::try_from(number)? * 60)?;
    Ok(HistoryEntry {
        id: 0,
        run_id: RunId::new(format!("r{number}")),
        cycle_id: CycleId::new("c"),
        repo_id: RepoId::of_path(repo),
        repo: repo.to_owned(),
        branch: Some("main".to_owned()),
        commit: Some(Oid::parse(&format!("{:040x}", number + 1)).context("a name of a commit")?),
        subject: Some(format!("Update {} and {} of {}", word(1), word(7), word(31))),
        body: Some(format!(
            "- {} in src/part{}/file{}.rs\n- {}",
            word(3),
            number % 10,
            number % 977,
            word(5)
        )),
        message_source: Some(MessageSource::Rules),
        message_reason: Some("Written by rules.".to_owned()),
        message_ms: Some(3),
        request_id: None,
        files_changed: 3,
        insertions: 20,
        deletions: 4,
        started_at: at,
        committed_at: Some(at),
        pushed_at: Some(at),
        status: RunStatus::Pushed,
        stage: Stage::Push,
        error: None,
        hint: None,
    })
}

/// One run of wrk over these paths in turn.
fn ask(bench: &Bench, daemon: &Daemon, paths: &[&str], seconds: usize) -> Result<Value> {
    let script = bench.place.root.join("ask.lua");
    let list = paths.iter().map(|path| format!("\"{path}\"")).collect::<Vec<_>>().join(", ");
    fs::write(
        &script,
        format!(
            r#"wrk.headers["Authorization"] = "Bearer {}"
local paths, turn = {{ {list} }}, 0
request = function()
  turn = turn % #paths + 1
  return wrk.format("GET", paths[turn])
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {{"requests": %d, "errors": %d, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f}}\n', summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
"#,
            daemon.token()?
        ),
    )?;
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--timeout", "30s", "--connections", &CLIENTS.to_string()]);
    wrk.args(["--duration", &format!("{seconds}s"), "--script"]).arg(&script);
    let told = process::output(wrk.arg(format!("http://127.0.0.1:{}", daemon.port())))?;
    let line = told.lines().find_map(|line| line.strip_prefix("RESULT ")).context("wrk told nothing")?;
    let told: Value = serde_json::from_str(line)?;
    if told["errors"] != 0 {
        bail!("wrk was refused: {told}");
    }
    Ok(told)
}
