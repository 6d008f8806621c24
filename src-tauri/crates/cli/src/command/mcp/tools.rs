//! What an agent is offered: looks for everybody, actions where the person allows them.

use rmcp::model::{Resource, Tool, ToolAnnotations};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// What only looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Status,
    Repositories,
    Waiting,
    History,
}

/// What does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Commit,
    Trigger,
    Pause,
    Resume,
}

impl Look {
    const ALL: [Self; 4] = [Self::Status, Self::Repositories, Self::Waiting, Self::History];

    fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Repositories => "repositories",
            Self::Waiting => "waiting",
            Self::History => "history",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Status => {
                "Whether Autocommit is on, paused or busy, and how many repositories need something."
            }
            Self::Repositories => {
                "The repositories on this machine that Autocommit looks after, with their state."
            }
            Self::Waiting => "What is uncommitted, unpushed, held or failing, and in which repository.",
            Self::History => "What was committed, pushed, held or failed; newest first, with filters.",
        }
    }

    /// The look with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|look| look.name() == name)
    }

    /// The look that a resource's address stands for.
    pub(super) fn at(uri: &str) -> Option<Self> {
        Self::named(uri.strip_prefix("autocommit://")?)
    }

    fn schema(self) -> Map<String, Value> {
        match self {
            Self::Status | Self::Waiting => schema::<Nothing>(),
            Self::Repositories => schema::<RepositoriesAsked>(),
            Self::History => schema::<HistoryAsked>(),
        }
    }
}

impl Act {
    const ALL: [Self; 4] = [Self::Commit, Self::Trigger, Self::Pause, Self::Resume];

    fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Trigger => "trigger",
            Self::Pause => "pause",
            Self::Resume => "resume",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Commit => {
                "Commits what is changed in one repository now, with your message, and pushes it. Call it when a task is \
                 done. The same request_id never makes a second commit, so it is safe to repeat."
            }
            Self::Trigger => "Looks at repositories now: commits and pushes what has changed.",
            Self::Pause => "Commits and pushes nothing for some minutes, in all repositories.",
            Self::Resume => "Ends a pause.",
        }
    }

    /// The action with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }

    fn schema(self) -> Map<String, Value> {
        match self {
            Self::Commit => schema::<CommitAsked>(),
            Self::Trigger => schema::<TriggerAsked>(),
            Self::Pause => schema::<PauseAsked>(),
            Self::Resume => schema::<Nothing>(),
        }
    }
}

/// No arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Arguments of `repositories`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RepositoriesAsked {
    /// Only those whose path contains this text.
    pub(super) q: Option<String>,
    /// Only those in this state: clean, dirty, settling, running, unpushed, held, failing, opted_out, unavailable,
    /// needs_trust.
    pub(super) state: Option<String>,
}

/// Arguments of `history`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HistoryAsked {
    /// Only this repository: its id, or the absolute path of its work tree.
    pub(super) repo: Option<String>,
    /// Only this status: pushed, committed, failed or held.
    pub(super) status: Option<String>,
    /// Only messages written by this source: llm, rules or person.
    pub(super) source: Option<String>,
    /// Only entries started at or after this time, RFC 3339.
    pub(super) since: Option<String>,
    /// Only entries started before this time, RFC 3339.
    pub(super) until: Option<String>,
    /// Only entries whose message, path, branch or error contain this text, or whose commit begins with it.
    pub(super) q: Option<String>,
    /// Only what came of the `commit` with this request_id.
    pub(super) request_id: Option<String>,
    /// At most this many, from 1 to 100; 20 where it is left out.
    pub(super) limit: Option<i64>,
    /// Only entries older than the one with this id: `next` of the answer before.
    pub(super) before: Option<i64>,
}

/// Arguments of `commit`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommitAsked {
    /// The repository: its id, or an absolute path in its work tree.
    pub(super) repo: String,
    /// The whole message: a subject line of at most 72 characters, then, after a blank line, why.
    pub(super) message: String,
    /// A name of your own for this one request: 8 to 128 letters, digits and -_.: in it. Use the same one when you repeat
    /// the request, and a new one for the next task.
    pub(super) request_id: String,
    /// Who you are, such as the name of the program and model.
    pub(super) who: Option<String>,
    /// The task that was done, in one line.
    pub(super) task: Option<String>,
}

/// Arguments of `trigger`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TriggerAsked {
    /// The repositories: ids, or absolute paths in their work trees; left out: all.
    pub(super) repos: Option<Vec<String>>,
}

/// Arguments of `pause`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PauseAsked {
    /// Minutes, from 1 to 1440.
    #[schemars(range(min = 1, max = 1440))]
    pub(super) minutes: u64,
}

fn schema<T: JsonSchema>() -> Map<String, Value> {
    match schemars::schema_for!(T).to_value() {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The tools; with `actions` those that do something too.
pub(super) fn list(actions: bool) -> Vec<Tool> {
    let looks = Look::ALL.into_iter().map(|look| {
        let hints = ToolAnnotations::new().read_only(true).idempotent(true).open_world(false);
        Tool::new(look.name(), look.about(), look.schema()).with_annotations(hints)
    });
    let acts = Act::ALL.into_iter().filter(|_| actions).map(|act| {
        let hints =
            ToolAnnotations::new().read_only(false).destructive(false).idempotent(act != Act::Trigger);
        // What is committed is pushed, out of this machine.
        let hints = hints.open_world(matches!(act, Act::Commit | Act::Trigger));
        Tool::new(act.name(), act.about(), act.schema()).with_annotations(hints)
    });
    looks.chain(acts).collect()
}

/// The same looks as resources.
pub(super) fn resources() -> Vec<Resource> {
    let one = |look: Look| {
        Resource::new(format!("autocommit://{}", look.name()), look.name())
            .with_description(look.about())
            .with_mime_type("application/json")
    };
    Look::ALL.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered() {
        let names = |actions| list(actions).into_iter().map(|tool| tool.name).collect::<Vec<_>>();
        assert_eq!(names(false), ["status", "repositories", "waiting", "history"]);
        assert_eq!(names(true)[4..], ["commit", "trigger", "pause", "resume"]);
        for tool in list(true) {
            assert_eq!(tool.input_schema["type"], "object", "{}", tool.name);
            assert_eq!(tool.input_schema["additionalProperties"], false, "{}", tool.name);
            assert!(tool.description.unwrap().ends_with('.'), "{}", tool.name);
        }
        assert_eq!(Look::at("autocommit://waiting"), Some(Look::Waiting));
        assert_eq!(Look::at("file:///etc/passwd"), None);
    }
}
