//! What asks, by kind and content: the same hooks in 68 repositories are one line of text and one answer.

use crate::style::{Style, Tone};
use autocommit_core::{
    text::{counted, escape_controls},
    trust::{Brought, Digest, TrustKind},
};
use autocommit_engine::{TrustState, TrustView};
use serde::Serialize;

/// Repositories named of one group.
const NAMED: usize = 3;

/// One kind and everything of it that asks.
#[derive(Debug, Serialize)]
pub(super) struct Group<'a> {
    kind: TrustKind,
    contents: Vec<Content<'a>>,
}

/// The same content in several repositories.
#[derive(Debug, Serialize)]
struct Content<'a> {
    digest: Digest,
    items: Vec<&'a Brought>,
    repos: Vec<String>,
}

/// The kinds in their order; of each its contents, the most common first.
pub(super) fn groups(views: &[TrustView]) -> Vec<Group<'_>> {
    let asking = || views.iter().filter(|view| view.state == TrustState::Asks);
    let groups = TrustKind::ALL.into_iter().filter_map(|kind| {
        let mut contents: Vec<Content<'_>> = Vec::new();
        for view in asking() {
            let items: Vec<_> = view.asks.iter().filter(|brought| brought.kind == kind).collect();
            if items.is_empty() {
                continue;
            }
            let path = view.repo.work_tree.display().to_string();
            let digest = digest(&items);
            match contents.iter_mut().find(|content| content.digest == digest) {
                Some(content) => content.repos.push(path),
                None => contents.push(Content { digest, items, repos: vec![path] }),
            }
        }
        contents.sort_by_key(|content| std::cmp::Reverse(content.repos.len()));
        (!contents.is_empty()).then_some(Group { kind, contents })
    });
    groups.collect()
}

fn digest(items: &[&Brought]) -> Digest {
    let parts =
        items.iter().flat_map(|b| [b.place.as_bytes(), b.what.as_bytes(), b.digest.as_str().as_bytes()]);
    Digest::of(&parts.collect::<Vec<_>>())
}

/// For people.
pub(super) fn lines(views: &[TrustView], style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    for group in groups(views) {
        let repos: usize = group.contents.iter().map(|content| content.repos.len()).sum();
        let who = counted(repos, "repository");
        let verb = if repos == 1 { "brings" } else { "bring" };
        lines.push(format!("{} {who} {verb} {}:", style.mark(Tone::NeedsYou), group.kind.noun()));
        for content in &group.contents {
            for item in &content.items {
                lines.push(format!("    {}", super::shown::line(item)));
            }
            let named = content.repos.iter().take(NAMED).map(|path| escape_controls(path));
            let more = content.repos.len().saturating_sub(NAMED);
            let more = (more > 0).then(|| format!("{more} more"));
            lines.push(format!("      in {}", named.chain(more).collect::<Vec<_>>().join(", ")));
        }
        lines.push(format!("  Allow it everywhere: autocommit trust allow --kind {}", group.kind.code()));
        lines.push(String::new());
    }
    if !lines.is_empty() {
        lines.push(
            "Look closer: autocommit trust show PATH. Allow one: autocommit trust allow PATH.".to_owned(),
        );
    }
    lines
}
