//! `autocommit held`.

use super::places::{self, shown_path};
use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    style::{Stream, Style, Tone},
    way::Way,
};
use autocommit_api::{
    Nothing, methods,
    wire::{HeldFile, HeldReply, HeldRepo},
};
use autocommit_core::text::{counted, escape_controls};
use clap::Args;
use std::path::{Path, PathBuf};

/// Paths named for one rule; the others are counted.
const PATHS_SHOWN: usize = 10;

/// Show what is held back, file by file, with why and what to do.
///
/// Asks the running process what its last cycle held; where nothing runs, or for a PATH, it looks now. Nothing is written.
/// With --json it prints the API's /held.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    autocommit held                        everything that is held\n  \
    autocommit held ~/code/web-app --json  one repository, looked at now\n\n\
    autocommit approve commits a held file as it is; autocommit ignore leaves it out for good.")]
pub(crate) struct Held {
    /// Only these repositories, or what is in these folders; also outside the folders you named.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(crate) async fn run(globals: &Globals, held: Held) -> Result<Exit, Failure> {
    let (reply, text) =
        if held.paths.is_empty() { everywhere(globals).await? } else { at(globals, &held.paths).await? };
    if globals.json {
        say::reply(&text);
        return Ok(Exit::Well);
    }
    let style = Style::of(Stream::Out);
    lines(&reply.repos, style).iter().for_each(|line| say::out(line));
    say::note(&summary(&reply.repos));
    if let Some((repo, file)) = first_approvable(&reply.repos) {
        let path = shown_path(&Path::new(&repo.path).join(&file.path));
        say::note(&format!("To commit one as it is: autocommit approve {path}"));
        say::note(&format!("To leave one out for good: autocommit ignore {path}"));
    }
    Ok(Exit::Well)
}

async fn everywhere(globals: &Globals) -> Result<(HeldReply, String), Failure> {
    let way = Way::find(globals).await?;
    if let Way::Here(host) = &way {
        if host.engine.settings().repos_base_paths.is_empty() {
            return Err(super::no_base_paths(globals)?);
        }
        Box::pin(host.engine.look_for_held()).await;
    }
    way.call::<methods::Held>(Nothing {}).await
}

/// Looks now, beside whoever owns the repositories.
async fn at(globals: &Globals, paths: &[PathBuf]) -> Result<(HeldReply, String), Failure> {
    let onlooker = places::onlooker(globals).await?;
    let mut views = Vec::new();
    for (repo, paths) in places::by_repo(places::find(&onlooker, paths).await?) {
        let now = Box::pin(onlooker.held(&repo, paths)).await?;
        views.push(now.view(&repo));
    }
    views.retain(|view| view.reason.is_some() || view.count > 0);
    let reply: HeldReply = views.into_iter().collect();
    let text = serde_json::to_string(&reply)
        .map_err(|error| Failure::attention(format!("The reply could not be written: {error}.")))?;
    Ok((reply, text))
}

fn summary(repos: &[HeldRepo]) -> String {
    let files = repos.iter().map(|repo| repo.count).sum();
    let with_files = repos.iter().filter(|repo| repo.count > 0).count();
    let in_files = || format!("{} held in {}", counted(files, "file"), counted(with_files, "repository"));
    match (repos.len(), repos.len() - with_files) {
        (0, _) => "Nothing is held.".to_owned(),
        (_, 0) => in_files(),
        (n, whole) if n == whole => format!("{} held", counted(whole, "repository")),
        (_, whole) => format!("{}, and all of {}", in_files(), counted(whole, "repository")),
    }
}

fn first_approvable(repos: &[HeldRepo]) -> Option<(&HeldRepo, &HeldFile)> {
    repos.iter().find_map(|repo| Some((repo, repo.files.iter().find(|file| file.approvable)?)))
}

fn lines(repos: &[HeldRepo], style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    for repo in repos {
        lines.push(format!("{} {}", style.mark(Tone::NeedsYou), escape_controls(&repo.path)));
        let whole = repo.reason.iter().chain(&repo.hint);
        lines.extend(whole.map(|sentence| format!("  {}", escape_controls(sentence))));
        let mut rest = repo.files.as_slice();
        while let Some(first) = rest.first() {
            // Files that came together are held together, and told once.
            let alike = rest.iter().take_while(|f| (&f.rule, &f.hint) == (&first.rule, &first.hint)).count();
            let (these, others) = rest.split_at(alike);
            rest = others;
            lines.extend(
                these.iter().take(PATHS_SHOWN).map(|file| format!("  {}", escape_controls(&file.path))),
            );
            if alike > PATHS_SHOWN {
                lines.push(format!("  and {} more", counted(alike - PATHS_SHOWN, "file")));
            }
            lines.extend([&first.sentence, &first.hint].map(|text| format!("    {}", escape_controls(text))));
        }
        if repo.count > repo.files.len() {
            lines.push(format!("  and {} more", counted(repo.count - repo.files.len(), "file")));
        }
        lines.push(String::new());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_and_why() {
        let file = |path: &str, rule: &str| HeldFile {
            path: path.to_owned(),
            rule: rule.to_owned(),
            sentence: "Why.".to_owned(),
            hint: format!("What to do about {rule}."),
            approvable: rule != "unreadable",
        };
        let mut files: Vec<_> = (0..12).map(|n| file(&format!("gone/{n}"), "mass_deletion")).collect();
        files.push(file("a\x1b", "unreadable"));
        let repo = HeldRepo {
            id: "r".into(),
            path: "/w/a".into(),
            name: "a".into(),
            reason: Some("A merge is under way.".into()),
            hint: Some("Finish it.".into()),
            files,
            count: 15,
        };
        let style = Style { stream: Stream::Out, terminal: false, colour: false, unicode: false };
        let text = lines(std::slice::from_ref(&repo), style).join("\n");
        assert!(text.starts_with("! /w/a\n  A merge is under way.\n  Finish it.\n  gone/0\n"), "{text}");
        assert_eq!(text.matches("What to do about mass_deletion.").count(), 1, "told once: {text}");
        let end = "  gone/9\n  and 2 files more\n    Why.\n    What to do about mass_deletion.\n  a\\u{1b}\n    Why.\n    \
             What to do about unreadable.\n  and 2 files more\n";
        assert!(text.ends_with(end), "{text}");
        assert_eq!(summary(std::slice::from_ref(&repo)), "15 files held in 1 repository");
        let whole = HeldRepo { files: Vec::new(), count: 0, ..repo.clone() };
        assert_eq!(summary(std::slice::from_ref(&whole)), "1 repository held");
        let both = [repo.clone(), whole];
        assert_eq!(summary(&both), "15 files held in 1 repository, and all of 1 repository");
        assert_eq!(summary(&[]), "Nothing is held.");
        assert_eq!(first_approvable(&[repo]).map(|(_, file)| file.path.clone()), Some("gone/0".into()));
    }
}
