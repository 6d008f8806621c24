//! What is written at the end: every number as JSON, one table to read, and a page with what was measured how.

use super::{
    Measured,
    score::{METRICS, Metric, Score},
    stats::{Estimate, at, bootstrap, macro_f1},
};
use crate::process;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::Path,
    process::Command,
};

/// Pairs of arms whose difference is a claim, better one first.
const CLAIMS: [(&str, &str); 10] = [
    ("rules", "nearest"),
    ("rules", "template"),
    ("designed", "rules"),
    ("designed", "raw"),
    ("designed", "peer"),
    ("designed", "examples"),
    ("designed", "line"),
    ("designed", "grammar"),
    ("designed", "no-excerpt"),
    ("designed", "no-facts"),
];

/// The marks of every arm, by its name.
pub(super) type Marks = BTreeMap<String, Vec<Score>>;

/// Writes `report.md`, `report.json` and one line a message into the folder; gives the page back.
pub(super) fn write(out: &Path, marks: &Marks, bare: &Marks, measured: &Measured) -> Result<String> {
    let mut page = format!("# Messages measured\n\n{}\n", measured.told());
    let _ = writeln!(page, "## All repositories\n\n{}", table(marks, &|_| true, measured.seed));
    let repositories: BTreeSet<&str> =
        marks.values().flatten().map(|score| score.repository.as_str()).collect();
    for repository in repositories {
        let of = table(marks, &|score: &Score| score.repository == repository, measured.seed);
        let _ = writeln!(page, "## {repository}\n\n{of}");
    }
    let _ = writeln!(page, "## Differences, paired by change\n\n{}", claims(marks, measured.seed));
    if !bare.is_empty() {
        let _ = writeln!(page, "## Changes without a reference\n\n{}", table(bare, &|_| true, measured.seed));
    }
    for (title, marks) in [("Breaches", marks), ("Breaches without a reference", bare)] {
        let breaches = breaches(marks);
        if !breaches.is_empty() {
            let _ = writeln!(page, "## {title}\n\n{breaches}");
        }
    }
    fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    fs::write(out.join("report.md"), &page)?;
    let json = json!({"measured": measured.json(), "arms": estimates(marks, measured.seed),
        "without_reference": estimates(bare, measured.seed), "messages": marks, "messages_without_reference": bare});
    fs::write(out.join("report.json"), serde_json::to_string_pretty(&json)?)?;
    Ok(page)
}

/// The values of one metric by repository.
fn grouped(metric: &Metric, scores: &[&Score]) -> Vec<Vec<f64>> {
    let mut groups: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for score in scores {
        groups.entry(&score.repository).or_default().extend((metric.of)(score));
    }
    groups.into_values().collect()
}

/// One line for each metric, one column for each arm.
fn table(marks: &Marks, of: &dyn Fn(&Score) -> bool, seed: u64) -> String {
    let chosen: Vec<(&String, Vec<&Score>)> =
        marks.iter().map(|(arm, scores)| (arm, scores.iter().filter(|s| of(s)).collect())).collect();
    let mut lines = String::new();
    let row = |lines: &mut String, name: &str, cells: Vec<String>| {
        let _ = writeln!(lines, "| {name} | {} |", cells.join(" | "));
    };
    row(&mut lines, "", chosen.iter().map(|(arm, _)| (*arm).clone()).collect());
    row(&mut lines, "---", chosen.iter().map(|_| "---".to_owned()).collect());
    row(&mut lines, "changes", chosen.iter().map(|(_, scores)| scores.len().to_string()).collect());
    for metric in &METRICS {
        let cells = chosen.iter().map(|(_, scores)| cell(bootstrap(&grouped(metric, scores), seed)));
        row(&mut lines, metric.name, cells.collect());
    }
    let f1 = |scores: &[&Score]| {
        let typed: Vec<_> =
            scores.iter().filter_map(|s| Some((s.kind.as_deref()?, s.said.as_deref()))).collect();
        if typed.is_empty() { "-".to_owned() } else { format!("{:.1}", 100.0 * macro_f1(&typed)) }
    };
    row(&mut lines, "type, macro F1", chosen.iter().map(|(_, scores)| f1(scores)).collect());
    for (name, value) in TIMES {
        let cells = chosen.iter().map(|(_, scores)| shown(value(scores)));
        row(&mut lines, name, cells.collect());
    }
    lines
}

/// A figure of many messages, by its name.
type Figure = (&'static str, fn(&[&Score]) -> f64);

/// What is no mean of shares.
const TIMES: [Figure; 4] = [
    ("milliseconds, p50", |scores| at(&sorted(scores, |s| Some(s.millis)), 50.0)),
    ("milliseconds, p95", |scores| at(&sorted(scores, |s| Some(s.millis)), 95.0)),
    ("tokens sent, p50", |scores| at(&sorted(scores, |s| s.sent.map(f64::from)), 50.0)),
    ("tokens written, p50", |scores| at(&sorted(scores, |s| s.written.map(f64::from)), 50.0)),
];

fn sorted(scores: &[&Score], value: fn(&Score) -> Option<f64>) -> Vec<f64> {
    let mut values: Vec<f64> = scores.iter().filter_map(|score| value(score)).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn shown(value: f64) -> String {
    if value.is_nan() { "-".to_owned() } else { format!("{value:.1}") }
}

fn cell(estimate: Option<Estimate>) -> String {
    estimate.map_or_else(
        || "-".to_owned(),
        |e| format!("{:.1} ({:.1}..{:.1}; {})", 100.0 * e.mean, 100.0 * e.low, 100.0 * e.high, e.count),
    )
}

/// One arm less another on the changes that both have.
fn claims(marks: &Marks, seed: u64) -> String {
    let mut lines = String::from("| less | metric | difference |\n| --- | --- | --- |\n");
    for (better, worse) in CLAIMS {
        let (Some(better_marks), Some(worse_marks)) = (marks.get(better), marks.get(worse)) else { continue };
        let others: BTreeMap<(&str, &str), &Score> = worse_marks
            .iter()
            .map(|score| ((score.repository.as_str(), score.name.as_str()), score))
            .collect();
        for metric in METRICS.iter().filter(|metric| COMPARED.contains(&metric.name)) {
            let mut groups: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
            for score in better_marks {
                let other = others.get(&(score.repository.as_str(), score.name.as_str()));
                let values = other.and_then(|other| Some((metric.of)(score)? - (metric.of)(other)?));
                groups.entry(&score.repository).or_default().extend(values);
            }
            let groups: Vec<Vec<f64>> = groups.into_values().collect();
            let _ = writeln!(
                lines,
                "| {better} - {worse} | {} | {} |",
                metric.name,
                cell(bootstrap(&groups, seed))
            );
        }
    }
    lines
}

/// Metrics that arms are compared by.
const COMPARED: [&str; 6] = ["valid", "grounded", "type", "ROUGE-L", "Jaccard", "edit similarity"];

fn breaches(marks: &Marks) -> String {
    let mut lines = String::new();
    for (arm, scores) in marks {
        let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
        for breach in scores.iter().flat_map(|score| &score.breaches) {
            *counted.entry(breach).or_default() += 1;
        }
        for reason in scores.iter().filter_map(|score| score.fell_back.as_deref()) {
            *counted.entry(reason).or_default() += 1;
        }
        for (what, count) in counted {
            let _ = writeln!(lines, "- {arm}: {count} x {what}");
        }
    }
    lines
}

fn estimates(marks: &Marks, seed: u64) -> Value {
    let of = |scores: &Vec<Score>| {
        let scores: Vec<&Score> = scores.iter().collect();
        let metrics = METRICS.iter().map(|metric| (metric.name, bootstrap(&grouped(metric, &scores), seed)));
        let times = TIMES.iter().map(|(name, value)| ((*name).to_owned(), json!(value(&scores))));
        let mut all: serde_json::Map<String, Value> =
            metrics.map(|(name, estimate)| (name.to_owned(), json!(estimate))).collect();
        all.extend(times);
        Value::Object(all)
    };
    marks.iter().map(|(arm, scores)| (arm.clone(), of(scores))).collect::<serde_json::Map<_, _>>().into()
}

impl Measured {
    /// What was measured, for people.
    fn told(&self) -> String {
        let mut lines = String::new();
        for (name, value) in self.facts() {
            let _ = writeln!(lines, "- {name}: {value}");
        }
        lines
    }

    fn json(&self) -> Value {
        self.facts()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split(": ").nth(1)?.to_owned())
        });
        let source = process::output(
            Command::new("git")
                .arg("-C")
                .arg(process::workspace_root())
                .args(["describe", "--always", "--dirty"]),
        );
        vec![
            ("date", jiff::Timestamp::now().to_string()),
            ("source", source.unwrap_or_else(|_| "unknown".to_owned())),
            ("build", if cfg!(debug_assertions) { "unoptimised" } else { "optimised" }.to_owned()),
            ("processor", processor.unwrap_or_else(|| "unknown".to_owned())),
            ("corpus", self.corpus.clone()),
            ("seed", self.seed.to_string()),
            (
                "model",
                self.model.clone().unwrap_or_else(|| "none: no number of a model is reported".to_owned()),
            ),
            ("habits, milliseconds p50 and p95", self.habits.clone()),
            ("cells", "percent (95 % interval; changes that count)".to_owned()),
        ]
    }
}
