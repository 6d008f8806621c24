//! Cycles and their runs: what `autocommit once` prints and `/cycles/{id}` replies.

use super::shown;
use autocommit_core::{Timestamp, cycle, draft, guards, push};
use autocommit_engine as engine;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

super::mirror! {
    /// How a run ended.
    RunStatus of cycle::RunStatus {
        /// The remote has what was committed.
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
}

super::mirror! {
    /// Who wrote a message.
    MessageSource of draft::MessageSource {
        /// A language model.
        Llm,
        /// Rules.
        Rules,
        /// A person.
        Person,
    }
}

impl From<MessageSource> for draft::MessageSource {
    fn from(source: MessageSource) -> Self {
        match source {
            MessageSource::Llm => Self::Llm,
            MessageSource::Rules => Self::Rules,
            MessageSource::Person => Self::Person,
        }
    }
}

super::mirror! {
    /// What came of a push.
    PushResult of push::PushClass {
        /// The remote took it.
        Pushed,
        /// The remote had it already.
        UpToDate,
        /// The remote has commits that are not here.
        NonFastForward,
        /// A rule or a hook said no.
        Rejected,
        /// The remote did not accept the credentials.
        Authentication,
        /// The remote could not be reached.
        Unreachable,
        /// There is no repository at the remote's address.
        RemoteMissing,
        /// Something is larger than the remote takes.
        TooLarge,
        /// It did not end in time.
        TimedOut,
        /// None of these.
        Unknown,
    }
}

super::mirror! {
    /// Why a cycle started.
    CycleTrigger of cycle::CycleTrigger {
        /// The timer.
        Interval,
        /// A person or program asked.
        Manual,
        /// `autocommit once`.
        Once,
        /// `autocommit push`.
        Push,
    }
}

/// Messages of commits by who wrote them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct MessageCounts {
    /// A language model.
    pub llm: usize,
    /// Rules.
    pub rules: usize,
    /// A person.
    pub person: usize,
}

/// Name of the rule that holds a path, such as `file_too_large`. New rules may appear.
pub type Rule = String;

/// A cycle in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct CycleSummary {
    /// Its id.
    pub id: String,
    /// Why it started.
    pub trigger: CycleTrigger,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended; nothing while it runs.
    #[schema(required)]
    pub finished_at: Option<Timestamp>,
    /// Repositories to run.
    pub total: usize,
    /// Runs that made a commit (a dry run: would make one).
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
    /// Who wrote the messages.
    pub messages: MessageCounts,
}

/// A cycle with its runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct CycleReport {
    /// Its id.
    pub cycle_id: String,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Runs that made a commit (a dry run: would make one).
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
    /// Who wrote the messages.
    pub messages: MessageCounts,
    /// One entry for each repository, by path; empty while the cycle runs.
    pub runs: Vec<Run>,
}

/// A cycle with its runs and times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct CycleReply {
    /// Counts and runs.
    #[serde(flatten)]
    pub report: CycleReport,
    /// Why it started.
    pub trigger: CycleTrigger,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended; nothing while it runs.
    #[schema(required)]
    pub finished_at: Option<Timestamp>,
    /// Repositories to run.
    pub total: usize,
}

/// One repository in one cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Run {
    /// The repository.
    pub repo_id: String,
    /// Its work tree.
    pub path: String,
    /// Its name, for people.
    pub name: String,
    /// The branch that was checked out.
    #[schema(required)]
    pub branch: Option<String>,
    /// How it ended.
    pub status: RunStatus,
    /// Why, in one sentence, where there is something to say.
    #[schema(required)]
    pub reason: Option<String>,
    /// What a person can do.
    #[schema(required)]
    pub hint: Option<String>,
    /// The commit that was made, or the tip that was pushed: all digits.
    #[schema(required)]
    pub commit: Option<String>,
    /// First line of the message.
    #[schema(required)]
    pub subject: Option<String>,
    /// Who wrote the message.
    #[schema(required)]
    pub message_source: Option<MessageSource>,
    /// Why this source wrote it, in sentences.
    #[schema(required)]
    pub message_reason: Option<String>,
    /// Milliseconds it took to write.
    #[schema(required)]
    pub message_ms: Option<u64>,
    /// What was kept out.
    pub held: Vec<Held>,
    /// What came of the push.
    #[schema(required)]
    pub push: Option<PushResult>,
    /// What git, a hook or the remote said, without credentials.
    #[schema(required)]
    pub error: Option<String>,
}

/// A path that was kept out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Held {
    /// The path, relative to the work tree, with control characters escaped.
    pub path: String,
    /// The rule that holds it.
    #[schema(value_type = String)]
    pub rule: Rule,
    /// What a person can do.
    pub hint: String,
}

impl From<cycle::Messages> for MessageCounts {
    fn from(messages: cycle::Messages) -> Self {
        Self { llm: messages.llm, rules: messages.rules, person: messages.person }
    }
}

impl From<cycle::CycleSummary> for CycleSummary {
    fn from(summary: cycle::CycleSummary) -> Self {
        let counts = summary.counts;
        Self {
            id: summary.id.to_string(),
            trigger: summary.trigger.into(),
            dry_run: summary.dry_run,
            started_at: summary.started_at,
            finished_at: summary.finished_at,
            total: summary.total,
            committed: counts.committed,
            pushed: counts.pushed,
            failed: counts.failed,
            unchanged: counts.unchanged,
            held: counts.held,
            skipped: counts.skipped,
            messages: counts.messages.into(),
        }
    }
}

impl From<engine::Cycle> for CycleReport {
    fn from(cycle: engine::Cycle) -> Self {
        let counts = cycle.summary.counts;
        Self {
            cycle_id: cycle.summary.id.to_string(),
            dry_run: cycle.summary.dry_run,
            committed: counts.committed,
            pushed: counts.pushed,
            failed: counts.failed,
            unchanged: counts.unchanged,
            held: counts.held,
            skipped: counts.skipped,
            messages: counts.messages.into(),
            runs: cycle.runs.iter().map(|run| cycle::RunReport::clone(run).into()).collect(),
        }
    }
}

impl From<engine::Cycle> for CycleReply {
    fn from(cycle: engine::Cycle) -> Self {
        Self {
            trigger: cycle.summary.trigger.into(),
            started_at: cycle.summary.started_at,
            finished_at: cycle.summary.finished_at,
            total: cycle.summary.total,
            report: cycle.into(),
        }
    }
}

impl From<cycle::RunReport> for Run {
    fn from(run: cycle::RunReport) -> Self {
        Self {
            repo_id: run.repo_id.to_string(),
            path: shown(&run.path),
            name: run.name,
            branch: run.branch,
            status: run.status.into(),
            reason: run.reason,
            hint: run.hint,
            commit: run.commit.map(Into::into),
            subject: run.subject,
            message_source: run.message_source.map(Into::into),
            message_reason: run.message_reason,
            message_ms: run.message_ms,
            held: run.held.into_iter().map(Into::into).collect(),
            push: run.push.map(Into::into),
            error: run.error,
        }
    }
}

impl From<guards::Finding> for Held {
    fn from(finding: guards::Finding) -> Self {
        Self { path: finding.path.shown(), rule: finding.rule.code().to_owned(), hint: finding.hint }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::{
        id::{CycleId, Oid, RepoId, RunId},
        repo::{Repo, RepoKind},
    };

    fn cycle_with_one_run() -> engine::Cycle {
        let repo = Repo {
            id: RepoId::new("r1"),
            work_tree: "/w/a".into(),
            git_dir: "/w/a/.git".into(),
            common_dir: "/w/a/.git".into(),
            kind: RepoKind::Main,
        };
        let mut run = cycle::RunReport::new(RunId::new("u1"), &repo);
        run.status = cycle::RunStatus::Pushed;
        run.branch = Some("main".into());
        run.committed = true;
        run.commit = Oid::parse(&"1".repeat(40));
        run.subject = Some("Add a".into());
        run.message_source = Some(draft::MessageSource::Llm);
        run.message_reason = Some("Written by a model.".into());
        run.message_ms = Some(2400);
        run.push = Some(push::PushClass::UpToDate);
        run.held.push(guards::Finding {
            path: "x\n".into(),
            rule: guards::Rule::FileTooLarge,
            hint: "H.".into(),
        });
        engine::Cycle {
            summary: cycle::CycleSummary {
                id: CycleId::new("c1"),
                trigger: cycle::CycleTrigger::Once,
                dry_run: false,
                started_at: Timestamp::from_second(1_750_000_000).unwrap(),
                finished_at: None,
                total: 1,
                counts: cycle::Counts::of([&run]),
            },
            runs: [std::sync::Arc::new(run)].into(),
        }
    }

    #[test]
    fn the_names_that_others_rely_on() {
        let json = serde_json::to_value(CycleReport::from(cycle_with_one_run())).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "cycle_id": "c1", "dry_run": false, "committed": 1, "pushed": 1, "failed": 0, "unchanged": 0,
                "held": 1, "skipped": 0, "messages": {"llm": 1, "rules": 0, "person": 0},
                "runs": [{
                    "repo_id": "r1", "path": "/w/a", "name": "a", "branch": "main", "status": "pushed",
                    "reason": null, "hint": null, "commit": "1".repeat(40), "subject": "Add a",
                    "message_source": "llm", "message_reason": "Written by a model.", "message_ms": 2400,
                    "held": [{"path": "x\\n", "rule": "file_too_large", "hint": "H."}],
                    "push": "up_to_date", "error": null,
                }],
            })
        );
    }

    #[test]
    fn the_reply_is_the_report_with_times() {
        let report = serde_json::to_value(CycleReport::from(cycle_with_one_run())).unwrap();
        let reply = serde_json::to_value(CycleReply::from(cycle_with_one_run())).unwrap();
        for (name, value) in report.as_object().unwrap() {
            assert_eq!(&reply[name], value);
        }
        assert_eq!(reply["started_at"], "2025-06-15T15:06:40Z");
        assert!(reply["finished_at"].is_null());
        assert_eq!(reply["trigger"], "once");
    }
}
