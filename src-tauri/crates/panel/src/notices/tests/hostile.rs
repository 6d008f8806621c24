//! What others can write is text in a notification and in the tray, short, and no markup.

use super::*;
use crate::tests::{shell, view};
use autocommit_api::wire::HeldFile;
use autocommit_test_support::hostile::{Text, corpus, raw};

/// Every way to need a person.
const CAUSES: [(RepoState, &str); 12] = [
    (RepoState::Failing, "authentication"),
    (RepoState::Failing, "rejected"),
    (RepoState::Failing, "non_fast_forward"),
    (RepoState::Failing, "remote_missing"),
    (RepoState::Failing, "too_large"),
    (RepoState::Failing, "disk_full"),
    (RepoState::Failing, "no_identity"),
    (RepoState::Failing, "unexpected"),
    (RepoState::Held, "held"),
    (RepoState::Held, "lock_stays"),
    (RepoState::NeedsTrust, "needs_trust"),
    (RepoState::Unavailable, "gone"),
];
/// Characters of the longest line.
const TITLE: usize = 120;
const BODY: usize = 700;

/// Everything that others can write is this.
fn hostile(text: &Text, state: RepoState, code: &str, id: usize) -> Repository {
    let text = text.to_string();
    Repository {
        id: format!("id-{id}"),
        name: text.clone(),
        path: format!("/w/{text}"),
        branch: Some(text.clone()),
        remote: Some(text.clone()),
        remote_url: Some(format!("https://{text}/x.git")),
        reason: Some(text.clone()),
        hint: Some(text.clone()),
        last_error: Some(format!("protected branch {text}")),
        ahead: 1,
        ..in_state("x", state, code)
    }
}

#[track_caller]
fn harmless(what: &str, text: &str, longest: usize) {
    assert_eq!(raw(text), None, "{what}: {text:?}");
    assert!(!text.contains('\n') && text.chars().count() <= longest, "{what}: {text:?}");
}

#[track_caller]
fn checked(bubble: &Bubble) {
    harmless("a title", &bubble.title, TITLE);
    harmless("a body", &bubble.body, BODY);
    // As the desktop's specification reads it: no element, no entity but the three that stand for themselves.
    let markup = bubble.markup();
    assert!(!markup.contains(['<', '>']), "{markup:?}");
    for (at, _) in markup.match_indices('&') {
        assert!(
            ["&amp;", "&lt;", "&gt;"].iter().any(|entity| markup[at..].starts_with(entity)),
            "{markup:?}"
        );
    }
    let read = markup.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    assert_eq!(read, bubble.body, "and it is read as what was meant");
}

fn shown(notices: Vec<Notice>) -> Vec<Bubble> {
    let bubble = |notice| match notice {
        Notice::Show(bubble) | Notice::Replace { bubble, .. } => Some(bubble),
        Notice::Withdraw(_) => None,
    };
    notices.into_iter().filter_map(bubble).collect()
}

#[test]
fn whatever_others_write_is_text_in_a_notification() {
    let corpus = corpus();
    let mut seen = 0;
    for text in corpus.texts.iter().chain(&corpus.names).chain(&corpus.branches) {
        for (state, code) in CAUSES {
            let mut desk = Desk { telling: Telling { recovered: true, ..ALL }, ..Desk::new() };
            let repo = hostile(text, state, code, 0);
            let file = |rule: &str| HeldFile {
                path: text.to_string(),
                rule: rule.to_owned(),
                sentence: text.to_string(),
                hint: text.to_string(),
                approvable: true,
            };
            let held = HeldRepo {
                id: repo.id.clone(),
                path: repo.path.clone(),
                name: text.to_string(),
                ..held("x", &[])
            };
            desk.held =
                vec![HeldRepo { files: vec![file("secret"), file("file_too_large")], count: 2, ..held }];
            let mut bubbles = shown(desk.sees(std::slice::from_ref(&repo)));
            // Many at once are one notification; and what is well again is told too.
            let many: Vec<_> = (0..6).map(|id| hostile(text, state, code, id)).collect();
            bubbles.extend(shown(Desk { telling: ALL, ..Desk::new() }.sees(&many)));
            let well = Repository { state: RepoState::Clean, code: None, reason: None, ahead: 0, ..repo };
            bubbles.extend(shown(desk.sees(&[well])));
            bubbles.iter().for_each(checked);
            seen += bubbles.len();
        }
    }
    assert!(seen > 1000, "{seen}");
}

#[test]
fn whatever_others_write_is_text_in_the_tray() {
    for text in corpus().texts.iter().chain(&corpus().names) {
        let status = StatusReply { warnings: vec![text.to_string()], ..status() };
        for (state, code) in CAUSES {
            let repos = [hostile(text, state, code, 0)];
            let panel = crate::panel(Some(&view(&status, &repos, &[])), &shell());
            harmless("the state", &panel.state, BODY);
            for item in &panel.items {
                if let crate::Item::Line(label)
                | crate::Item::Choice { label, .. }
                | crate::Item::Check { label, .. } = item
                {
                    harmless("a line of the menu", label, TITLE);
                }
            }
        }
    }
}
