//! What a cycle reports: one summary, and one entry for each run.

use crate::{
    draft::{MessageSource, Written},
    guards::Finding,
    id::{CycleId, Oid, RepoId, RunId},
    push::PushClass,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Why a cycle started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CycleTrigger {
    /// The timer.
    Interval,
    /// A person or program asked.
    Manual,
    /// `autocommit once`.
    Once,
    /// `autocommit push`.
    Push,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// The remote has what was committed, now or before.
    Pushed,
    /// Committed and not (yet) pushed.
    Committed,
    /// Nothing to do.
    Unchanged,
    /// Everything there was to commit is held.
    Held,
    /// Left alone, and nobody needs to act.
    Skipped,
    /// Something did not work.
    Failed,
}

impl RunStatus {
    /// Stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pushed => "pushed",
            Self::Committed => "committed",
            Self::Unchanged => "unchanged",
            Self::Held => "held",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

/// One repository in one cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunReport {
    /// The run.
    pub run_id: RunId,
    /// The repository.
    pub repo_id: RepoId,
    /// Its work tree.
    pub path: PathBuf,
    /// Its name, for people.
    pub name: String,
    /// The branch that was checked out.
    pub branch: Option<String>,
    /// How it ended.
    pub status: RunStatus,
    /// Short stable name of the reason.
    pub reason_code: Option<String>,
    /// One sentence that says why, where there is something to say.
    pub reason: Option<String>,
    /// The next step for a person.
    pub hint: Option<String>,
    /// The commit that was made, or the tip that was pushed.
    pub commit: Option<Oid>,
    /// Whether this run made a commit (a dry run: would make one).
    pub committed: bool,
    /// First line of the message.
    pub subject: Option<String>,
    /// Rest of the message.
    pub body: Option<String>,
    /// Who wrote the message.
    pub message_source: Option<MessageSource>,
    /// Why this source wrote it, in sentences.
    #[serde(default)]
    pub message_reason: Option<String>,
    /// Milliseconds it took to write.
    #[serde(default)]
    pub message_ms: Option<u64>,
    /// All of the message, for somebody who asked for nothing else; not kept.
    #[serde(skip)]
    pub written: Option<Box<Written>>,
    /// What was kept out.
    pub held: Vec<Finding>,
    /// What came of the push.
    pub push: Option<PushClass>,
    /// What git, a hook or the remote said, without credentials.
    pub error: Option<String>,
    /// Whether the failure is only the network's, so that it is tried again by itself.
    pub waits_for_network: bool,
    /// Number of changed paths seen.
    pub dirty_files: usize,
    /// Commits that wait for the remote afterwards.
    pub ahead: usize,
    /// Milliseconds from start to end.
    pub elapsed_ms: u64,
}

impl RunReport {
    /// A report of a run in which nothing happened yet.
    pub fn new(run_id: RunId, repo: &crate::repo::Repo) -> Self {
        Self {
            run_id,
            repo_id: repo.id.clone(),
            path: repo.work_tree.clone(),
            name: repo.name(),
            branch: None,
            status: RunStatus::Unchanged,
            reason_code: None,
            reason: None,
            hint: None,
            commit: None,
            committed: false,
            subject: None,
            body: None,
            message_source: None,
            message_reason: None,
            message_ms: None,
            written: None,
            held: Vec::new(),
            push: None,
            error: None,
            waits_for_network: false,
            dirty_files: 0,
            ahead: 0,
            elapsed_ms: 0,
        }
    }

    /// Sets the reason's code, sentence and hint together.
    pub fn because(&mut self, reason: &crate::reason::Reason) {
        self.reason_code = Some(reason.code().to_owned());
        self.reason = Some(reason.sentence(&self.name));
        self.hint = Some(reason.hint().to_owned());
    }

    /// Whether a person must act, or something still waits: what makes `once` exit with 1.
    pub fn wants_attention(&self) -> bool {
        matches!(self.status, RunStatus::Failed | RunStatus::Held)
            || self.waits_for_network
            || self.held.iter().any(|f| !f.rule.transient())
    }
}

/// Counts over the runs of a cycle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Runs that made a commit.
    pub committed: usize,
    /// Runs after which the remote has everything.
    pub pushed: usize,
    /// Runs that failed.
    pub failed: usize,
    /// Runs with nothing to do.
    pub unchanged: usize,
    /// Runs that kept something back.
    pub held: usize,
    /// Runs that were left alone.
    pub skipped: usize,
    /// Who wrote the messages of those that made a commit.
    #[serde(default)]
    pub messages: Messages,
}

/// Messages by who wrote them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// A language model.
    pub llm: usize,
    /// Rules.
    pub rules: usize,
    /// A person.
    pub person: usize,
}

impl Messages {
    fn count(&mut self, source: MessageSource) {
        match source {
            MessageSource::Llm => self.llm += 1,
            MessageSource::Rules => self.rules += 1,
            MessageSource::Person => self.person += 1,
        }
    }

    /// Adds those of other runs.
    pub fn add(&mut self, other: Self) {
        self.llm += other.llm;
        self.rules += other.rules;
        self.person += other.person;
    }

    /// `12 by model, 56 by rules`: nothing where no model and no person had a part in it.
    pub fn sentence(&self) -> Option<String> {
        let parts = [(self.llm, "model"), (self.person, "you"), (self.rules, "rules")];
        let said = parts.iter().filter(|(n, _)| *n > 0).map(|(n, who)| format!("{n} by {who}"));
        (self.llm + self.person > 0).then(|| said.collect::<Vec<_>>().join(", "))
    }
}

impl Counts {
    /// Counts `runs`.
    pub fn of<'a>(runs: impl IntoIterator<Item = &'a RunReport>) -> Self {
        let mut counts = Self::default();
        for run in runs {
            counts.committed += usize::from(run.committed);
            counts.pushed += usize::from(run.status == RunStatus::Pushed);
            counts.failed += usize::from(run.status == RunStatus::Failed);
            counts.unchanged += usize::from(run.status == RunStatus::Unchanged && run.held.is_empty());
            counts.held += usize::from(run.status == RunStatus::Held || !run.held.is_empty());
            counts.skipped += usize::from(run.status == RunStatus::Skipped);
            if let Some(source) = run.message_source.filter(|_| run.committed) {
                counts.messages.count(source);
            }
        }
        counts
    }

    /// Adds those of other runs.
    pub fn add(&mut self, other: Self) {
        self.committed += other.committed;
        self.pushed += other.pushed;
        self.failed += other.failed;
        self.unchanged += other.unchanged;
        self.held += other.held;
        self.skipped += other.skipped;
        self.messages.add(other.messages);
    }

    /// `4 committed · 4 pushed · 64 unchanged · 1 held`: only what happened, `unchanged` always.
    pub fn sentence(&self) -> String {
        [
            (self.committed, "committed", false),
            (self.pushed, "pushed", false),
            (self.unchanged, "unchanged", true),
            (self.held, "held", false),
            (self.skipped, "skipped", false),
            (self.failed, "failed", false),
        ]
        .into_iter()
        .filter(|(n, _, always)| *n > 0 || *always)
        .map(|(n, word, _)| format!("{n} {word}"))
        .collect::<Vec<_>>()
        .join(" · ")
    }
}

/// One cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CycleSummary {
    /// The cycle.
    pub id: CycleId,
    /// Why it started.
    pub trigger: CycleTrigger,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended; nothing while it runs.
    pub finished_at: Option<Timestamp>,
    /// Repositories to run.
    pub total: usize,
    /// Counts so far.
    pub counts: Counts,
}
