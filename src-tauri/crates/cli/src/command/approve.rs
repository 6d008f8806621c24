//! `autocommit approve`.

use super::places::{self, Place, shown_path};
use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    style::{Stream, Style, Tone},
    table::{Cell, Table},
    time,
};
use autocommit_core::{
    guards::{Finding, Rule},
    repo::Repo,
    text::{counted, escape_controls},
};
use autocommit_engine::{Approvable, Given, Onlooker};
use clap::{Args, builder::PossibleValuesParser};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Paths named at most; the others are counted.
const SHOWN: usize = 20;

/// Have a held file committed as it is.
///
/// What is approved is exactly what the file holds now: one changed byte asks again. A folder or a repository means
/// everything that is held in it, but secrets only where you name the file, or the rule. Works beside a running process,
/// whose next cycle commits what you approved.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    autocommit approve assets/film.mp4           a large file, as it is now\n  \
    autocommit approve . --rule mass_deletion    a deletion of many files\n  \
    autocommit approve --list                    what you approved\n  \
    autocommit approve --revoke assets/film.mp4  take it back\n\n\
    Exit codes: 0 approved, 1 nothing to approve there, or it cannot be, 2 usage or configuration.")]
pub(crate) struct Approve {
    /// Files that are held, folders, or repositories.
    #[arg(value_name = "PATH", required_unless_present = "list")]
    paths: Vec<PathBuf>,
    /// Only what this rule holds.
    #[arg(long, value_name = "RULE", value_parser = approvable_rules(), conflicts_with_all = ["list", "revoke"])]
    rule: Option<String>,
    /// List what was approved: everywhere, or at PATH.
    #[arg(long, conflicts_with = "revoke")]
    list: bool,
    /// Take back what was approved at PATH.
    #[arg(long)]
    revoke: bool,
}

/// The rules that a person may overrule.
fn approvable_rules() -> PossibleValuesParser {
    PossibleValuesParser::new(Rule::ALL.into_iter().filter(|rule| rule.approvable()).map(Rule::code))
}

pub(crate) async fn run(globals: &Globals, approve: Approve) -> Result<Exit, Failure> {
    let onlooker = places::onlooker(globals).await?;
    if approve.list {
        return list(globals, &onlooker, &approve.paths).await;
    }
    if approve.revoke {
        return revoke(globals, &onlooker, &approve.paths).await;
    }
    let places = places::find(&onlooker, &approve.paths).await?;
    let mut done = Done::default();
    for place in &places {
        done.at(&onlooker, place, approve.rule.as_deref()).await?;
    }
    done.tell(globals);
    Ok(if done.empty || !done.left.is_empty() { Exit::Attention } else { Exit::Well })
}

/// What came of it.
#[derive(Default)]
struct Done {
    approved: Vec<(PathBuf, Finding)>,
    /// What is still held at the paths that were named.
    left: Vec<(PathBuf, Finding)>,
    /// Sentences about what was named and holds nothing.
    notes: Vec<String>,
    /// Something that was named holds nothing that could be approved.
    empty: bool,
}

impl Done {
    async fn at(&mut self, onlooker: &Onlooker, place: &Place, rule: Option<&str>) -> Result<(), Failure> {
        let repo = &*place.repo;
        let paths = if place.whole() { Vec::new() } else { vec![place.path.clone()] };
        let held = Box::pin(onlooker.held(&place.repo, paths)).await?;
        if let Some((sentence, hint)) = &held.reason {
            self.notes.extend([sentence.clone(), hint.clone()]);
        }
        let (mine, rest): (Vec<_>, Vec<_>) = held.approvable.into_iter().partition(|a| meant(place, a, rule));
        onlooker.approve(repo, &mine).await?;
        let standing = || async {
            let given = onlooker.approvals().await?;
            Ok::<_, Failure>(given.iter().any(|given| is_at(given, repo, place)))
        };
        if mine.is_empty() && rest.is_empty() && held.others.is_empty() {
            let shown = shown_path(&place.typed);
            if standing().await? {
                self.notes.push(format!("What is at {shown} is approved already, or not held any more."));
            } else {
                self.empty = true;
                self.notes.push(format!("Nothing is held at {shown}."));
            }
        }
        let tree = || repo.work_tree.clone();
        self.approved.extend(mine.into_iter().map(|a| (tree(), a.finding)));
        let rest = rest.into_iter().map(|a| Finding { hint: one_by_one(repo, &a.finding), ..a.finding });
        // What a person limited by a rule is not what they forgot.
        let rest = rest.filter(|_| rule.is_none());
        self.left.extend(rest.chain(held.others).map(|finding| (tree(), finding)));
        // A file in several commits is told once.
        for list in [&mut self.approved, &mut self.left] {
            list.dedup_by(|a, b| a.0 == b.0 && a.1.path == b.1.path && a.1.rule == b.1.rule);
        }
        Ok(())
    }

    fn tell(&self, globals: &Globals) {
        if globals.json {
            let list = |list: &[(PathBuf, Finding)]| list.iter().map(json).collect::<Vec<_>>();
            let (approved, left) = (list(&self.approved), list(&self.left));
            say::json(&json!({"approved": approved, "held": left, "notes": self.notes}));
            return;
        }
        let style = Style::of(Stream::Err);
        for (repo, finding) in self.approved.iter().take(SHOWN) {
            let path = escape_controls(&repo.join_shown(finding));
            say::note(&format!("{} approved  {path}  ({})", style.mark(Tone::Good), finding.rule.code()));
        }
        if self.approved.len() > SHOWN {
            say::note(&format!("and {} more", counted(self.approved.len() - SHOWN, "file")));
        }
        for (repo, finding) in self.left.iter().take(SHOWN) {
            let path = escape_controls(&repo.join_shown(finding));
            say::note(&format!("{} still held  {path}", style.mark(Tone::NeedsYou)));
            say::note(&format!("    {}", finding.rule.sentence()));
            say::note(&format!("    {}", escape_controls(&finding.hint)));
        }
        if self.left.len() > SHOWN {
            say::note(&format!("and {} more", counted(self.left.len() - SHOWN, "file")));
        }
        self.notes.iter().for_each(|note| say::note(&escape_controls(note)));
        if !self.approved.is_empty() {
            say::note("The next cycle commits exactly what is there now; a changed byte asks again.");
            let secret = |finding: &Finding| matches!(finding.rule, Rule::Secret | Rule::SecretFile);
            if self.approved.iter().any(|(_, finding)| secret(finding)) {
                say::note("What is pushed can be read by everybody who can read the remote.");
            }
            say::note("autocommit approve --list shows what you approved; --revoke takes it back.");
        }
    }
}

/// For messages: a path in a repository.
trait JoinShown {
    fn join_shown(&self, finding: &Finding) -> String;
}

impl JoinShown for PathBuf {
    fn join_shown(&self, finding: &Finding) -> String {
        shown_path(&self.join(finding.path.shown()))
    }
}

/// Whether this is what the person meant: a secret only if they named its file or the rule.
fn meant(place: &Place, approvable: &Approvable, rule: Option<&str>) -> bool {
    let finding = &approvable.finding;
    match rule {
        Some(rule) => finding.rule.code() == rule,
        None => !matches!(finding.rule, Rule::Secret | Rule::SecretFile) || finding.path == place.path,
    }
}

/// What to do about a secret that was not named.
fn one_by_one(repo: &Repo, finding: &Finding) -> String {
    let path = shown_path(&repo.work_tree.join(finding.path.shown()));
    format!("Secrets are approved one by one: autocommit approve {path}, if it may be seen by others.")
}

fn json((repo, finding): &(PathBuf, Finding)) -> Value {
    json!({
        "repo": repo.to_string_lossy(),
        "path": finding.path.shown(),
        "rule": finding.rule.code(),
        "sentence": finding.rule.sentence(),
        "hint": finding.hint,
    })
}

fn is_at(given: &Given, repo: &Repo, place: &Place) -> bool {
    given.repo == repo.work_tree && (place.whole() || place.path.contains(&given.approval.path))
}

/// The approvals at these paths; all where none are named. A repository that is gone is found by its path.
async fn given(onlooker: &Onlooker, paths: &[PathBuf]) -> Result<Vec<Given>, Failure> {
    let all = onlooker.approvals().await?;
    if paths.is_empty() {
        return Ok(all);
    }
    let mut wanted = vec![false; all.len()];
    for path in paths {
        let place = onlooker.place_of(path).await.ok();
        let lexical = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        for (given, wanted) in all.iter().zip(&mut wanted) {
            *wanted |= match &place {
                Some((repo, inside)) => {
                    let place = Place { repo: repo.clone(), path: inside.clone(), typed: PathBuf::new() };
                    is_at(given, repo, &place)
                }
                None => given.repo.starts_with(&lexical) || full_path(given).starts_with(&lexical),
            };
        }
    }
    Ok(all.into_iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(given, _)| given).collect())
}

fn full_path(given: &Given) -> PathBuf {
    given.repo.join(String::from_utf8_lossy(given.approval.path.as_bytes()).as_ref())
}

async fn list(globals: &Globals, onlooker: &Onlooker, paths: &[PathBuf]) -> Result<Exit, Failure> {
    let given = given(onlooker, paths).await?;
    if globals.json {
        let approvals: Vec<_> = given.iter().map(given_json).collect();
        say::json(&json!({"approvals": approvals}));
        return Ok(Exit::Well);
    }
    if given.is_empty() {
        say::note("Nothing is approved.");
        return Ok(Exit::Well);
    }
    let mut table = Table::new(Style::of(Stream::Out), &["APPROVED", "RULE", "PATH", "REPOSITORY"]);
    for given in &given {
        table.row([
            Cell::dim(time::when(given.approved_at)),
            Cell::new(given.approval.rule.code()),
            Cell::new(given.approval.path.shown()),
            Cell::dim(given.repo.to_string_lossy()),
        ]);
    }
    table.keep(&[0, 1]);
    say::out(&table.render());
    say::note(&format!(
        "{}, each for exactly the content it was given for",
        counted(given.len(), "approval")
    ));
    Ok(Exit::Well)
}

fn given_json(given: &Given) -> Value {
    json!({
        "repo": given.repo.to_string_lossy(),
        "path": given.approval.path.shown(),
        "rule": given.approval.rule.code(),
        "content": given.approval.content.as_str(),
        "approved_at": given.approved_at,
    })
}

async fn revoke(globals: &Globals, onlooker: &Onlooker, paths: &[PathBuf]) -> Result<Exit, Failure> {
    let given = given(onlooker, paths).await?;
    let mut repos: Vec<&Path> = given.iter().map(|given| given.repo.as_path()).collect();
    repos.dedup();
    let mut gone = 0;
    for repo in repos {
        let of_it = given.iter().filter(|given| given.repo == repo);
        gone += onlooker.revoke(repo, of_it.map(|given| given.approval.path.clone()).collect()).await?;
    }
    if globals.json {
        say::json(&json!({"revoked": given.iter().map(given_json).collect::<Vec<_>>()}));
    } else if gone == 0 {
        say::note("Nothing was approved there.");
    } else {
        say::note(&format!(
            "{} taken back; what is not committed yet is held again.",
            counted(gone, "approval")
        ));
    }
    Ok(if gone == 0 { Exit::Attention } else { Exit::Well })
}
