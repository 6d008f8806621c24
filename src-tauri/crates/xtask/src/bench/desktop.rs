//! `cargo xtask bench desktop`: what the desktop program costs while it sits in the tray, and how soon its window is there.

use super::{comparison::Bound, measure::median};
use crate::{
    prerequisites::{self, For},
    process, ui,
};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{path::Path, process::Stdio};

/// What the measuring program of the desktop's tests prints.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Figures {
    repositories: u32,
    start_to_readable_seconds: Vec<f64>,
    never_opened: Cost,
    idle_seconds: f64,
    idle_never_opened_cpu_seconds: f64,
    open: Cost,
    closed: Cost,
    closed_after_ten_more: Cost,
    idle_closed_cpu_seconds: f64,
}

/// Memory of all its processes together.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Cost {
    processes: u32,
    rss_mib: f64,
    pss_mib: f64,
}

/// Measures the program `given`, or a release build; false if a target is missed.
pub(super) fn run(given: Option<&Path>) -> Result<bool> {
    prerequisites::check(For::Tests)?;
    let driver = prerequisites::tauri_driver().context("the window cannot be driven without tauri-driver")?;
    ui::build()?;
    let binary = process::binary(given, "autocommit-desktop")?;
    println!("Measuring; this takes four minutes.");
    let mut command = process::cargo();
    command.args(["run", "--quiet", "-p", "autocommit-desktop-tests", "--bin", "desktop-figures"]);
    command.env("TEST_DESKTOP_BIN", &binary).env("TEST_TAURI_DRIVER", driver).stderr(Stdio::inherit());
    let output = command.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("the measurement ended with {}", output.status);
    }
    let figures: Figures = serde_json::from_slice(&output.stdout)?;
    let file = super::save(&figures.json(), &binary)?;
    let met = figures.print();
    println!("\nEvery measurement: {}", file.display());
    Ok(met)
}

impl Figures {
    fn targets(&self) -> [(&'static str, f64, Bound); 5] {
        [
            (
                "start to a readable window, median seconds",
                median(self.start_to_readable_seconds.iter().copied()),
                Bound::Below(1.0),
            ),
            ("RSS with the window never opened, MiB", self.never_opened.rss_mib, Bound::Below(66.0)),
            ("PSS with the window closed again, MiB", self.closed.pss_mib, Bound::Below(125.0)),
            (
                "growth by ten more openings, MiB of PSS",
                self.closed_after_ten_more.pss_mib - self.closed.pss_mib,
                Bound::Below(5.0),
            ),
            (
                "processor seconds in an idle minute, window closed",
                self.idle_closed_cpu_seconds,
                Bound::Below(0.05),
            ),
        ]
    }

    fn print(&self) -> bool {
        println!("\nThe desktop program with {} repositories, all processes counted", self.repositories);
        println!("  {:<32} {:>9} {:>9} {:>9}", "", "processes", "RSS MiB", "PSS MiB");
        for (what, cost) in [
            ("window never opened", self.never_opened),
            ("window open", self.open),
            ("window closed", self.closed),
            ("after ten more openings", self.closed_after_ten_more),
        ] {
            println!("  {what:<32} {:>9} {:>9.1} {:>9.1}", cost.processes, cost.rss_mib, cost.pss_mib);
        }
        println!(
            "  processor seconds in {} idle seconds: {:.2} before the window was opened, {:.2} after",
            self.idle_seconds, self.idle_never_opened_cpu_seconds, self.idle_closed_cpu_seconds
        );
        for (what, value, bound) in self.targets() {
            println!("  {}", bound.shown(what, value));
        }
        self.targets().iter().all(|(_, value, bound)| bound.met(*value))
    }

    fn json(&self) -> Value {
        let targets = self.targets();
        let targets = targets
            .map(|(what, value, bound)| json!({"target": bound.shown(what, value), "met": bound.met(value)}));
        json!({"desktop": self, "targets": targets})
    }
}
