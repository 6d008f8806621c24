//! A line that moves while a cycle runs, on a terminal only.

use autocommit_engine::{Engine, Event};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;
use tokio::{sync::broadcast::error::RecvError, task::JoinHandle};

/// The moving line, until it is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    task: Option<JoinHandle<()>>,
}

impl Progress {
    /// Follows the events of `engine` from now on; draws nothing unless `shown`.
    pub(crate) fn follow(engine: &Engine, shown: bool, unicode: bool) -> Self {
        if !shown {
            return Self { bar: ProgressBar::hidden(), task: None };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let ticks = if unicode { "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ " } else { "|/-\\ " };
        let style = |template: &str| {
            ProgressStyle::with_template(template)
                .unwrap_or_else(|_| ProgressStyle::default_spinner())
                .tick_chars(ticks)
        };
        bar.set_style(style("{spinner} {wide_msg}"));
        bar.set_message("Looking for repositories");
        bar.enable_steady_tick(Duration::from_millis(120));
        let counting = style("{spinner} {pos}/{len} {wide_msg}");
        let task = tokio::spawn(draw(engine.clone(), bar.clone(), counting));
        Self { bar, task: Some(task) }
    }

    /// Tells something without disturbing the line.
    pub(crate) fn say(&self, line: &str) {
        match self.task {
            Some(_) => self.bar.println(line),
            None => crate::say::note(line),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
        self.bar.finish_and_clear();
    }
}

async fn draw(engine: Engine, bar: ProgressBar, counting: ProgressStyle) {
    let (_, mut feed) = engine.events().since(engine.events().newest());
    loop {
        match feed.recv().await {
            Ok(record) => match &record.event {
                Event::CycleStarted { cycle } => {
                    bar.set_length(cycle.total as u64);
                    bar.set_message("");
                    bar.set_style(counting.clone());
                }
                Event::StageEntered { repo_id, stage, .. } => {
                    if let Some(view) = engine.repo(repo_id) {
                        bar.set_message(format!("{} ({})", view.repo.name(), stage.code()));
                    }
                }
                Event::RunFinished { .. } => bar.inc(1),
                _ => {}
            },
            // A moving line may skip what it was too slow for.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}
