//! `autocommit doctor`: one check after the other, each with what to do where it is not well.

mod reports;
mod watching;

use crate::{
    args::Globals,
    client,
    exit::{Exit, Failure},
    say,
    style::{Stream, Style, Tone},
    way,
};
use autocommit_api::{
    Nothing, Scope, methods,
    wire::{ModelKeySource, StatusReply},
};
use autocommit_core::{
    settings::Settings,
    text::{counted, escape_controls},
};
use autocommit_engine::{TrustBook, TrustState};
use autocommit_host::{Folders, Owner, Source, port_holder};
use clap::Args;
use serde::Serialize;
use std::{fmt::Display, path::Path};

/// Look for what could keep Autocommit from working, and say what to do about it.
///
/// Exits with 1 where something is broken.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  autocommit doctor\n  autocommit doctor --bundle report.txt")]
pub(crate) struct Doctor {
    /// Write what was found, versions, settings and the last errors into FILE, for somebody who helps. It is text, without
    /// secrets; read it before you send it.
    #[arg(long, value_name = "FILE")]
    bundle: Option<std::path::PathBuf>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

/// One check.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Check {
    name: &'static str,
    verdict: Verdict,
    sentence: String,
    hint: Option<String>,
}

pub(crate) async fn run(globals: &Globals, doctor: &Doctor) -> Result<Exit, Failure> {
    let folders = globals.folders()?;
    let mut checks = Vec::new();
    let settings = configuration(globals, &folders, &mut checks)?;
    let owner = state(&folders, &mut checks)?;
    if let Some(settings) = &settings {
        checks.extend(base_paths(settings));
        match &owner {
            Some(owner) => checks.push(running(&folders, owner).await),
            None => checks.push(port(settings)),
        }
        checks.extend(git(settings, &folders).await);
        checks.extend(trust(settings, &folders).await);
        checks.extend(remotes(settings, &folders).await);
        let status = if owner.is_some() { status(&folders).await } else { None };
        if settings.llm.enabled && settings.llm.managed {
            checks.push(managed(globals).await);
        } else {
            let speed = status.as_ref().and_then(|status| status.llm.seconds_per_message);
            checks.push(model(settings, speed).await);
        }
        if settings.llm.enabled {
            checks.extend(key(globals).await);
        }
        checks.extend(reports::check(settings, &folders));
        checks.extend(watching::check(settings, status.map(|status| status.watch)));
    }
    checks.push(held(&folders, owner.as_ref()).await);
    checks.push(Check::ok(
        "promises",
        "What is promised about your work, and the test for each: autocommit promises (PROMISES.md).",
    ));
    checks.push(Check::ok("tray", "Whether there is a tray to sit in is checked by the desktop app."));
    if let Some(file) = &doctor.bundle {
        let plain = Style { stream: Stream::Out, terminal: false, colour: false, unicode: false };
        let lines: Vec<_> = checks.iter().flat_map(|check| check.lines(plain)).collect();
        return super::bundle::write(globals, file, &lines).await;
    }
    let broken = checks.iter().any(|check| check.verdict == Verdict::Fail);
    if globals.json {
        say::json(&serde_json::json!({"ok": !broken, "checks": checks}));
    } else {
        let style = Style::of(Stream::Out);
        checks.iter().flat_map(|check| check.lines(style)).for_each(|line| say::out(&line));
    }
    Ok(if broken { Exit::Attention } else { Exit::Well })
}

impl Check {
    fn ok(name: &'static str, sentence: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Ok, sentence: sentence.into(), hint: None }
    }

    fn warn(name: &'static str, sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Warn, sentence: sentence.into(), hint: Some(hint.into()) }
    }

    fn fail(name: &'static str, sentence: impl Display, hint: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Fail, sentence: sentence.to_string(), hint: Some(hint.into()) }
    }

    fn lines(&self, style: Style) -> Vec<String> {
        let tone = match self.verdict {
            Verdict::Ok => Tone::Good,
            Verdict::Warn => Tone::Waiting,
            Verdict::Fail => Tone::NeedsYou,
        };
        let mut sentences = self.sentence.lines();
        let first = sentences.next().unwrap_or_default();
        let mut lines = vec![format!("{} {:<14} {}", style.mark(tone), self.name, escape_controls(first))];
        let more = sentences.chain(self.hint.as_deref());
        lines.extend(more.map(|line| format!("{:17}{}", "", escape_controls(line))));
        lines
    }
}

fn configuration(
    globals: &Globals,
    folders: &Folders,
    checks: &mut Vec<Check>,
) -> Result<Option<Settings>, Failure> {
    let file = folders.config_file.display();
    Ok(match Source::new(folders.clone(), globals.overrides()?).load() {
        Ok((_, settings)) => {
            let what =
                if folders.config_file.exists() { "is well" } else { "is not there; defaults are used" };
            checks.push(Check::ok("configuration", format!("{file} {what}.")));
            Some(settings)
        }
        Err(error) => {
            checks.push(Check::fail(
                "configuration",
                error,
                "Mend it; autocommit config check checks it alone.",
            ));
            None
        }
    })
}

/// The state folder, and who owns it.
fn state(folders: &Folders, checks: &mut Vec<Check>) -> Result<Option<Owner>, Failure> {
    let shown = folders.state_dir.display();
    if let Err(error) = folders.prepare_state_dir() {
        checks.push(Check::fail("state folder", error, "Name another folder with --state-dir."));
        return Ok(None);
    }
    checks.push(Check::ok("state folder", format!("{shown} is there, for you alone.")));
    client::owner(folders)
}

async fn running(folders: &Folders, owner: &Owner) -> Check {
    let pid = owner.pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default();
    let Some(address) = owner.api() else {
        return Check::warn(
            "process",
            format!("Autocommit runs{pid} without its API."),
            "Set http.enabled = true.",
        );
    };
    let asked = match client::Client::new(folders, owner, Scope::Read) {
        Ok(None) => Err(Failure::attention("It serves no API.")),
        Ok(Some(client)) => client.call::<autocommit_api::methods::Status>(&autocommit_api::Nothing {}).await,
        Err(failure) => Err(failure),
    };
    match asked {
        Ok(_) => Check::ok("process", format!("Autocommit runs{pid} and answers at http://{address}.")),
        Err(failure) => Check::fail("process", failure.message, failure.hint.unwrap_or_default()),
    }
}

/// What a running process holds back.
async fn held(folders: &Folders, owner: Option<&Owner>) -> Check {
    let client = owner.and_then(|owner| client::Client::new(folders, owner, Scope::Read).ok().flatten());
    let Some(client) = client else {
        return Check::ok("held", "Nothing runs that could tell what is held; autocommit held looks now.");
    };
    match client.call::<autocommit_api::methods::Held>(&autocommit_api::Nothing {}).await {
        Ok((reply, _)) if reply.repos.is_empty() => Check::ok("held", "Nothing is held."),
        Ok((reply, _)) => {
            let repos = counted(reply.repos.len(), "repository");
            Check::warn(
                "held",
                format!("Something is held in {repos}."),
                "Run autocommit held to see what and why.",
            )
        }
        Err(failure) => Check::warn("held", failure.message, failure.hint.unwrap_or_default()),
    }
}

fn port(settings: &Settings) -> Check {
    let http = &settings.http;
    if !http.enabled {
        return Check::ok("port", "The API is switched off.");
    }
    let port = http.port;
    match std::net::TcpListener::bind((http.bind.as_str(), port)) {
        Ok(_) => Check::ok("port", format!("Port {port} is free for the API.")),
        Err(error) => {
            let why = port_holder(port).map_or_else(
                || error.to_string(),
                |holder| format!("{} (pid {}) listens there", holder.name, holder.pid),
            );
            Check::fail(
                "port",
                format!("Port {port} cannot be used: {why}."),
                "Set another one as http.port.",
            )
        }
    }
}

/// Git's version, the identity commits would carry, and whether they can be signed.
async fn git(settings: &Settings, folders: &Folders) -> Vec<Check> {
    let scratch = folders.state_dir.join("scratch-signing");
    let facts = match Box::pin(autocommit_engine::git_facts(settings, &scratch)).await {
        Ok(facts) => facts,
        Err(why) => return vec![Check::fail("git", why, "Install git 2.36 or newer.")],
    };
    let identity = match facts.identity {
        Ok(who) => Check::ok("identity", format!("Commits are by {who}.")),
        Err(why) => Check::warn(
            "identity",
            format!("Git does not know who you are: {}", why.trim()),
            "Run git config --global user.name NAME and git config --global user.email ADDRESS.",
        ),
    };
    let signing = match facts.signing {
        None => Check::ok("signing", "Your configuration asks for no signed commits."),
        Some(Ok(())) => Check::ok("signing", "Commits can be signed."),
        Some(Err(why)) => Check::fail(
            "signing",
            format!("Commits must be signed and cannot be: {}", why.trim()),
            "Unlock the key (sign something by hand), or switch commit.gpgSign off.",
        ),
    };
    vec![Check::ok("git", format!("{}.", facts.version)), identity, signing]
}

/// Whether repositories wait for an answer about their own programs.
async fn trust(settings: &Settings, folders: &Folders) -> Option<Check> {
    let book = Box::pin(TrustBook::open(settings.clone(), &folders.state_dir)).await.ok()?;
    let views = Box::pin(book.all()).await;
    let asking = views.iter().filter(|view| view.state == TrustState::Asks).count();
    if asking == 0 {
        return Some(Check::ok("trust", "No repository brings programs that nobody approved."));
    }
    let verb = if asking == 1 { "brings" } else { "bring" };
    let who = counted(asking, "repository");
    let hint = "Look with autocommit trust list, then allow what you want to run.";
    Some(Check::warn(
        "trust",
        format!("{who} {verb} programs that nobody approved; they are left alone."),
        hint,
    ))
}

/// Each host that is pushed to: whether it answers, and takes the credentials without a question.
async fn remotes(settings: &Settings, folders: &Folders) -> Vec<Check> {
    let facts =
        Box::pin(autocommit_engine::remote_facts(settings, &folders.state_dir)).await.unwrap_or_default();
    let check = |fact: autocommit_engine::RemoteFact| {
        let host = if fact.host == "local" { "A folder on this machine".to_owned() } else { fact.host };
        let class = fact.outcome.class;
        if class.arrived() {
            return Check::ok("remote", format!("{host} answers (asked for {}).", fact.repo));
        }
        let sentence = format!("{} {}", class.sentence(&fact.repo), fact.outcome.detail.trim());
        if class.offline() {
            Check::warn("remote", sentence, class.hint())
        } else {
            Check::fail("remote", sentence, class.hint())
        }
    };
    facts.into_iter().map(check).collect()
}

fn base_paths(settings: &Settings) -> Vec<Check> {
    if settings.repos_base_paths.is_empty() {
        let sentence = "No folder is named yet, so there is nothing to look after.";
        return vec![Check::warn(
            "folders",
            sentence,
            "Name folders as repos_base_paths in the configuration.",
        )];
    }
    let missing = settings
        .repos_base_paths
        .iter()
        .filter(|path| !path.contains(['~', '$']) && !Path::new(path).is_dir());
    let mut checks: Vec<_> = missing
        .map(|path| Check::warn("folders", format!("{path} is not a folder."), "Correct repos_base_paths."))
        .collect();
    if checks.is_empty() {
        let names = settings.repos_base_paths.join(", ");
        checks.push(Check::ok("folders", format!("Repositories are searched below {names}.")));
    }
    checks
}

/// The model that Autocommit runs itself.
async fn managed(globals: &Globals) -> Check {
    match super::model::health(globals).await {
        Ok((sentence, None)) => Check::ok("model", sentence),
        Ok((sentence, Some(hint))) => Check::warn("model", sentence, hint),
        Err(failure) => Check::warn("model", failure.message, failure.hint.unwrap_or_default()),
    }
}

/// Where the API key of the model's server comes from, if there is or may be one.
async fn key(globals: &Globals) -> Option<Check> {
    let key = super::model::key(globals).await.ok()?;
    // Whether one is needed is told by the check of the model.
    (key.source != ModelKeySource::None).then(|| Check::ok("key", key.message))
}

/// The model, and how fast it is where a process runs that has asked it.
async fn model(settings: &Settings, speed: Option<f64>) -> Check {
    if !settings.llm.enabled {
        return Check::ok("model", "Messages are written by rules; the language model is switched off.");
    }
    let test = autocommit_engine::test_model(settings).await;
    if test.ok {
        let speed = speed.map(|s| format!(" A message takes about {s:.1} s.")).unwrap_or_default();
        return Check::ok("model", format!("{}{speed}", test.message));
    }
    Check::warn(
        "model",
        format!("{} Messages are written by rules.", test.message),
        "Start the model's server, or set llm.enabled = false.",
    )
}

/// What the running process says of itself.
async fn status(folders: &Folders) -> Option<StatusReply> {
    let client = way::running(folders).ok()??;
    let (status, _) = client.call::<methods::Status>(&Nothing {}).await.ok()?;
    Some(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_a_line_and_what_to_do() {
        let style = Style { stream: Stream::Out, terminal: false, colour: false, unicode: false };
        let check = Check::fail("port", "Port 1 cannot be used\x07.", "Set another.");
        assert_eq!(
            check.lines(style),
            ["! port           Port 1 cannot be used\\u{7}.", "                 Set another."]
        );
        assert_eq!(serde_json::to_value(&check).unwrap()["verdict"], "fail");
    }

    #[tokio::test]
    async fn a_model_that_is_not_there_is_no_failure() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address: std::net::SocketAddr = listener.local_addr().unwrap();
        let mut settings = Settings::default();
        settings.llm.base_url = format!("http://{address}");
        drop(listener);
        assert_eq!(model(&settings, Some(2.0)).await.verdict, Verdict::Warn);
        settings.llm.enabled = false;
        assert_eq!(model(&settings, None).await.verdict, Verdict::Ok);
    }
}
