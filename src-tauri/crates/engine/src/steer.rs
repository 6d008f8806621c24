//! What a person says about the message of one commit.

use crate::EngineError;
use autocommit_core::{
    draft::Draft,
    settings::{SecretsPolicy, Settings},
};

/// Who is to write a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WrittenBy {
    /// The language model where one is asked, else rules.
    #[default]
    Auto,
    /// Rules.
    Rules,
    /// The language model, also for what rules write as well.
    Llm,
}

/// What a person says about the message of the next commit of one repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steer {
    /// Who is to write it.
    pub by: WrittenBy,
    /// The whole message; nobody else writes it then.
    pub message: Option<String>,
    /// What it is about, for a language model.
    pub hint: Option<String>,
    /// The program that asks, where it gave its asking a name.
    pub request: Option<Requested>,
}

/// A program's asking for one commit. To ask again by the same name makes no second commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requested {
    /// The name of the asking.
    pub id: String,
    /// Who asks.
    pub by: Option<String>,
    /// What it worked on.
    pub task: Option<String>,
}

impl Requested {
    /// Who gave the message and for what: kept with the commit.
    pub(crate) fn sentence(&self) -> String {
        let who = self.by.as_deref().unwrap_or("A program");
        match &self.task {
            Some(task) => format!("{who} gave it, for: {task}"),
            None => format!("{who} gave it."),
        }
    }

    fn check(&self) -> Result<(), EngineError> {
        let plain = |c: u8| c.is_ascii_alphanumeric() || b"-_.:".contains(&c);
        if !(LEAST_REQUEST..=LONGEST_REQUEST).contains(&self.id.len()) || !self.id.bytes().all(plain) {
            return refused(format!(
                "A request id has {LEAST_REQUEST} to {LONGEST_REQUEST} letters, digits and -_.: in it."
            ));
        }
        let said =
            [("who asks", self.by.as_deref(), LONGEST_WHO), ("the task", self.task.as_deref(), LONGEST_HINT)];
        for (what, text, longest) in said {
            let Some(text) = text else { continue };
            if text.trim().is_empty() || text.chars().count() > longest {
                return refused(format!("For {what} there is room for 1 to {longest} characters."));
            }
            if text.chars().any(autocommit_core::text::is_unsafe) {
                return refused(format!("For {what} there is a control character in the text."));
            }
        }
        Ok(())
    }
}

/// Characters of the longest hint.
const LONGEST_HINT: usize = 500;
/// Characters of the longest name of a program.
const LONGEST_WHO: usize = 80;
/// Characters of a request's name: fewer are too easily used twice.
const LEAST_REQUEST: usize = 8;
const LONGEST_REQUEST: usize = 128;

impl Steer {
    /// Whether the person says anything.
    pub(crate) fn is_silent(&self) -> bool {
        self.message.is_none() && self.hint.is_none()
    }

    /// An error where it cannot be done so.
    pub(crate) fn check(&self, repos: Option<usize>, settings: &Settings) -> Result<(), EngineError> {
        if !self.is_silent() && repos != Some(1) {
            return refused("A message, or a hint for one, is for exactly one repository.");
        }
        if let Some(request) = &self.request {
            if self.message.is_none() {
                return refused("A request id is for a commit with a message.");
            }
            request.check()?;
        }
        if let Some(message) = &self.message {
            by_person(message, settings)?;
        }
        match &self.hint {
            Some(hint) if hint.trim().is_empty() => refused("The hint is empty."),
            Some(hint) if hint.chars().count() > LONGEST_HINT => {
                refused(format!("The hint is longer than {LONGEST_HINT} characters."))
            }
            Some(hint) if hint.chars().any(char::is_control) => {
                refused("The hint has a line break or another control character in it.")
            }
            _ => Ok(()),
        }
    }
}

/// The message that a person wrote, if it may be committed.
pub(crate) fn by_person(text: &str, settings: &Settings) -> Result<Draft, EngineError> {
    let draft = Draft::by_person(text).or_else(refused)?;
    let hits = autocommit_secret::scan(b"COMMIT_EDITMSG", draft.text().as_bytes());
    if settings.guards.secrets == SecretsPolicy::Hold && !hits.is_empty() {
        return refused("The message has something in it that looks like a secret.");
    }
    Ok(draft)
}

fn refused<T>(sentence: impl Into<String>) -> Result<T, EngineError> {
    Err(EngineError::Message(sentence.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_be_said() {
        let settings = Settings::default();
        let message = |text: &str| Steer { message: Some(text.to_owned()), ..Steer::default() };
        let hint = |text: &str| Steer { hint: Some(text.to_owned()), ..Steer::default() };
        for (steer, repos) in [
            (Steer::default(), None),
            (Steer::default(), Some(3)),
            (message("Fix it\n\nFixes #3, @you, [skip ci]"), Some(1)),
            (hint("about the parser"), Some(1)),
        ] {
            assert!(steer.check(repos, &settings).is_ok(), "{steer:?}");
        }
        let request = |id: &str, task: &str| Steer {
            request: Some(Requested { id: id.into(), by: Some("x".into()), task: Some(task.into()) }),
            ..message("Fix it")
        };
        assert!(request("task-0001", "t").check(Some(1), &settings).is_ok());
        for (id, task) in [
            ("short", "t"),
            ("with space", "t"),
            (&*"x".repeat(129), "t"),
            ("task-0001", " "),
            ("task-0001", "a\u{202e}b"),
        ] {
            assert!(request(id, task).check(Some(1), &settings).is_err(), "{id} {task:?}");
        }
        let alone = Steer { message: None, ..request("task-0001", "t") };
        assert!(alone.check(Some(1), &settings).is_err(), "nothing is committed with it");
        let token = format!("Use ghp_{} for it", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        for (steer, repos) in [
            (message("Fix it"), None),
            (message("Fix it"), Some(2)),
            (message(""), Some(1)),
            (message("a\u{7}b"), Some(1)),
            (message(&token), Some(1)),
            (hint("a\nb"), Some(1)),
            (hint(" "), Some(1)),
            (hint(&"x".repeat(501)), Some(1)),
            (hint("x"), None),
        ] {
            assert!(matches!(steer.check(repos, &settings), Err(EngineError::Message(_))), "{steer:?}");
        }
        let mut warns = settings;
        warns.guards.secrets = SecretsPolicy::Warn;
        assert!(message(&token).check(Some(1), &warns).is_ok());
    }
}
