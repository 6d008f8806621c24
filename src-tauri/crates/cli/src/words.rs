//! Every hold, skip and failure has a sentence and a next step that a person can follow: the closed lists are walked here,
//! where the commands that they name can be tried.

use crate::{args::Cli, exit::Failure};
use autocommit_api::{ApiError, Code};
use autocommit_core::{guards::Rule, push::PushClass, reason::Reason};
use autocommit_engine::EngineError;
use clap::{CommandFactory as _, Parser as _};
use std::collections::BTreeSet;

/// Every sentence and next step of the closed lists, with where it is from.
fn everything() -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |from: String, text: &str| all.push((from, text.to_owned()));
    for rule in Rule::ALL {
        add(format!("{rule:?}, why"), rule.sentence());
        add(format!("{rule:?}"), rule.next_step());
    }
    for reason in Reason::one_of_each() {
        add(format!("{reason:?}, why"), &reason.sentence("Web-app"));
        add(format!("{reason:?}"), reason.hint());
    }
    for class in PushClass::ALL {
        add(format!("{class:?}, why"), &class.sentence("Web-app"));
        add(format!("{class:?}"), class.hint());
    }
    for code in Code::ALL {
        let failure = Failure::from(ApiError::new(code, "It did not work."));
        add(format!("{code:?}"), &ApiError::new(code, "It did not work.").hint);
        match failure.hint {
            Some(hint) => add(format!("{code:?} at the command line"), &hint),
            None => assert_eq!(code, Code::NothingToCommit, "there is nothing to do about that one alone"),
        }
    }
    all
}

/// The commands of ours that a text names: their words up to the first one that is prose.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("autocommit ") {
        let whole_word = !text[..at].ends_with(|c: char| c.is_alphanumeric() || "/._-".contains(c));
        let mut words = text[at..].split([' ', '`']).skip(1).peekable();
        let mut command =
            clap::Command::new("autocommit").subcommands(Cli::command().get_subcommands().cloned());
        let mut line = Vec::new();
        while let Some(word) = words.peek().map(|word| word.trim_end_matches(['.', ',', ';', ')', ':'])) {
            let argument =
                word.starts_with("--") || (word.len() > 2 && word.chars().all(|c| c.is_ascii_uppercase()));
            match command.find_subcommand(word).cloned() {
                Some(inner) => command = inner,
                // Its first word must be a command, and of some commands the second one too.
                None if line.is_empty() || command.is_subcommand_required_set() => {
                    line.push(word.to_owned());
                    break;
                }
                None if !argument => break,
                None => {}
            }
            line.push(word.to_owned());
            let ended = words.next().is_some_and(|word| word.ends_with(['.', ',', ';', ')', ':']));
            if ended {
                break;
            }
        }
        if whole_word {
            found.push(line);
        }
    }
    found
}

/// Whether the parser takes it as it stands, or with the path that prose names in its own way ("run … on it").
fn accepted(line: &[String]) -> bool {
    let words = || std::iter::once("autocommit".to_owned()).chain(line.iter().cloned());
    Cli::try_parse_from(words()).is_ok() || Cli::try_parse_from(words().chain(["PATH".to_owned()])).is_ok()
}

#[test]
fn every_hold_skip_and_failure_has_a_sentence_and_a_next_step() {
    let all = everything();
    assert!(all.len() > 150, "{}", all.len());
    for (from, text) in &all {
        let begins = text.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit() || c == '`');
        assert!(begins && text.ends_with('.') && text.len() > 8, "{from}: {text}");
        for rude in ["!", "Oops", "Error:", "error:", "please", "Please", "invalid", "  "] {
            assert!(!text.contains(rude), "{from}: {text}");
        }
    }
}

#[test]
fn every_command_that_a_next_step_names_exists() {
    let mut named = BTreeSet::new();
    for (from, text) in everything() {
        for line in commands(&text) {
            assert!(accepted(&line), "{from}: {text:?} names `autocommit {}`", line.join(" "));
            named.insert(line[0].clone());
        }
    }
    let least: BTreeSet<_> =
        ["approve", "ignore", "push", "enable", "repo", "doctor", "trust"].map(str::to_owned).into();
    assert!(named.is_superset(&least), "{named:?}");
}

#[test]
fn a_command_that_does_not_exist_is_noticed() {
    for (text, expected) in [
        ("Run autocommit ignore on it here.", vec!["ignore"]),
        ("Switch it on with autocommit repo enable PATH.", vec!["repo", "enable", "PATH"]),
        ("autocommit once --dry-run PATH says which.", vec!["once", "--dry-run", "PATH"]),
        ("Or autocommit approve.", vec!["approve"]),
    ] {
        assert_eq!(commands(text), [expected], "{text}");
        assert!(commands(text).iter().all(|line| accepted(line)), "{text}");
    }
    for text in [
        "Run autocommit bless on it.",
        "Run autocommit repo bless PATH.",
        "Run autocommit once --bless PATH.",
    ] {
        assert!(!commands(text).iter().all(|line| accepted(line)), "{text}");
    }
    assert_eq!(commands("See .autocommit and my-autocommit here."), Vec::<Vec<String>>::new());
}

#[test]
fn codes_are_one_of_a_kind() {
    let unique = |codes: Vec<&str>| codes.iter().collect::<BTreeSet<_>>().len() == codes.len();
    assert!(unique(Rule::ALL.map(Rule::code).to_vec()));
    assert!(unique(PushClass::ALL.map(PushClass::code).to_vec()));
    assert!(unique(autocommit_core::snapshot::Operation::ALL.map(|op| op.noun()).to_vec()));
}

#[test]
fn what_the_engine_cannot_do_is_told_with_what_to_do() {
    for error in [
        EngineError::UnknownRepo(autocommit_core::id::RepoId::new("x")),
        EngineError::NotARepository("/x".into()),
        EngineError::Disabled,
        EngineError::State("it is full".into()),
        EngineError::Git("git is not installed".into()),
    ] {
        let failure = Failure::from(error);
        assert!(failure.message.ends_with('.') && !failure.message.contains('!'), "{failure:?}");
        assert!(failure.hint.as_deref().is_some_and(|hint| hint.ends_with('.')), "{failure:?}");
    }
}
