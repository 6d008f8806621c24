//! `/metrics`: what the engine knows of itself, for Prometheus. Made when somebody asks, from what is in memory; no
//! repository is named in it.

use super::reply;
use crate::Context;
use autocommit_core::{all_variants, phase::RepoState};
use autocommit_engine::{RepoView, Status, Tally};
use axum::{extract::State, response::Response};
use jiff::Timestamp;
use prometheus_client::{
    encoding::text::encode,
    metrics::{
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::{ConstGauge, Gauge},
    },
    registry::Registry,
};
use std::sync::OnceLock;

/// The text that this crate writes; Prometheus asks for it first.
pub(super) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Label = [(&'static str, String); 1];

/// Replies with the numbers of this moment.
pub(super) async fn serve(State(context): State<Context>) -> Response {
    // Reckoned once: the clock that counts from there stands still while the machine sleeps.
    static STARTED: OnceLock<Timestamp> = OnceLock::new();
    let engine = &context.engine;
    let held = engine.held().iter().map(|held| held.count).sum();
    let (status, now) = (engine.status(), Timestamp::now());
    let started = *STARTED.get_or_init(|| now.checked_sub(status.uptime).unwrap_or(now));
    let text = text(&status, &engine.tally(), &engine.repos(), held, (started, now));
    reply::respond(200, CONTENT_TYPE, text.into())
}

fn text(
    status: &Status,
    tally: &Tally,
    repos: &[RepoView],
    held_files: usize,
    (started, now): (Timestamp, Timestamp),
) -> String {
    let mut all = Numbers(Registry::default());
    let seconds = |at: Timestamp| at.as_millisecond() as f64 / 1000.0;
    all.gauge("process_start_time_seconds", "When the program started, since 1970", seconds(started));
    all.labelled(
        "autocommit_build_info",
        "1, and the version of the program as a label",
        "version",
        [(env!("CARGO_PKG_VERSION"), 1)],
    );
    let enabled = "1 where it may write, 0 where it is off or paused";
    all.count("autocommit_enabled", enabled, status.enabled.into());
    all.count("autocommit_paused", "1 while it is paused", status.paused_until.is_some().into());
    let offline = "1 while a host that is pushed to cannot be reached";
    all.count("autocommit_offline", offline, status.offline.into());
    let warnings = "Troubles that are not a repository's; autocommit status says them";
    all.count("autocommit_warnings", warnings, status.warnings.len());
    let by_state = states().map(|state| {
        let n = repos.iter().filter(|repo| repo.state == state).count();
        (state.code(), i64::try_from(n).unwrap_or(i64::MAX))
    });
    all.labelled("autocommit_repositories", "Repositories by their state", "state", by_state);
    all.count("autocommit_held_files", "Files that are held now", held_files);
    let waiting: Vec<_> = repos.iter().filter(|repo| repo.enabled && repo.push && repo.ahead > 0).collect();
    let pushes = "Repositories with commits that wait for their remote";
    all.count("autocommit_pushes_waiting", pushes, waiting.len());
    let commits: usize = waiting.iter().map(|repo| repo.ahead).sum();
    all.count("autocommit_commits_waiting", "Commits that wait for their remote", commits);
    all.counter("autocommit_cycles", "Cycles that ended since the start", tally.cycles);
    all.counter("autocommit_commits", "Commits made since the start", tally.commits);
    all.counter("autocommit_pushes", "Pushes that arrived since the start", tally.pushes);
    let failures = "Times since the start that a repository began to fail, or for another reason";
    all.counter("autocommit_failures", failures, tally.failures);
    let held = "Times since the start that something in a repository began to be held";
    all.counter("autocommit_holds", held, tally.held);
    all.sources(tally);
    if let Some(ended) = status.last_cycle.as_ref().and_then(|cycle| cycle.finished_at) {
        let at = seconds(ended);
        all.gauge("autocommit_last_cycle_timestamp_seconds", "When the last cycle ended, since 1970", at);
        let age = (seconds(now) - at).max(0.0);
        all.gauge("autocommit_last_cycle_age_seconds", "Seconds since the last cycle ended", age);
    }
    if let Some(pushed) = repos.iter().filter_map(|repo| repo.last_push_at).max() {
        let at = seconds(pushed);
        all.gauge("autocommit_last_push_timestamp_seconds", "When a push last arrived, since 1970", at);
    }
    let mut text = String::new();
    // A String takes everything.
    let _ = encode(&mut text, &all.0);
    text
}

fn states() -> impl Iterator<Item = RepoState> {
    let all = all_variants!(RepoState: Clean, Dirty, Settling, Running, Unpushed, Held, Failing, OptedOut, Unavailable, NeedsTrust);
    all.into_iter()
}

/// What is told; each number is as it is at the moment of the question.
struct Numbers(Registry);

impl Numbers {
    fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.0.register(name, help, ConstGauge::new(value));
    }

    fn count(&mut self, name: &str, help: &str, value: usize) {
        self.0.register(name, help, ConstGauge::new(value));
    }

    /// The name gets `_total` behind it.
    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.0.register(name, help, ConstCounter::new(value));
    }

    fn labelled(
        &mut self,
        name: &str,
        help: &str,
        label: &'static str,
        values: impl IntoIterator<Item = (&'static str, i64)>,
    ) {
        let family = Family::<Label, Gauge>::default();
        for (value, number) in values {
            family.get_or_create(&[(label, value.to_owned())]).set(number);
        }
        self.0.register(name, help, family);
    }

    fn sources(&mut self, tally: &Tally) {
        let family = Family::<Label, Counter>::default();
        let messages = tally.messages;
        for (source, n) in [("llm", messages.llm), ("rules", messages.rules), ("person", messages.person)] {
            family.get_or_create(&[("source", source.to_owned())]).inc_by(n as u64);
        }
        self.0.register("autocommit_messages", "Messages of these commits, by who wrote them", family);
    }
}
