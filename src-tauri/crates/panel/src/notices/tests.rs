//! Episodes, step by step.

mod always;
mod hostile;

use super::*;
use crate::tests::{at, held, in_state, repo, running, status};
use autocommit_api::wire::{HeldRepo, RepoState, StatusReply, WorkState};

const ALL: Telling = Telling { push_failure: true, held: true, recovered: false, reader: Reader::Desktop };
const AWAY: Telling = Telling { reader: Reader::Away, ..ALL };

/// A desktop with a ledger, and the time.
struct Desk {
    ledger: Ledger,
    telling: Telling,
    seconds: i64,
    status: StatusReply,
    held: Vec<HeldRepo>,
}

impl Desk {
    fn new() -> Self {
        let status = status();
        Self { ledger: Ledger::default(), telling: ALL, seconds: 0, status, held: Vec::new() }
    }

    fn sees(&mut self, repos: &[Repository]) -> Vec<Notice> {
        self.seconds += 1;
        let now = at(self.seconds);
        let view = View { status: &self.status, repos, held: &self.held, now };
        self.ledger.fold(&view, self.telling)
    }

    /// The same in a word for each notice.
    fn says(&mut self, repos: &[Repository]) -> Vec<String> {
        let word = |notice: Notice| match notice {
            Notice::Show(bubble) => format!("show {}: {}", bubble.key, bubble.title),
            Notice::Replace { bubble, quiet: true } => format!("mend {}: {}", bubble.key, bubble.title),
            Notice::Replace { bubble, quiet: false } => format!("replace {}: {}", bubble.key, bubble.title),
            Notice::Withdraw(key) => format!("withdraw {key}"),
        };
        self.sees(repos).into_iter().map(word).collect()
    }

    /// Ends the program and starts it again.
    fn restarts(&mut self) {
        let kept = serde_json::to_string(&self.ledger).unwrap();
        self.ledger = serde_json::from_str(&kept).unwrap();
    }
}

fn refused(name: &str) -> Repository {
    Repository { ahead: 3, ..in_state(name, RepoState::Failing, "authentication") }
}

#[test]
fn an_episode_is_told_once_and_withdrawn_when_it_is_over() {
    let mut desk = Desk::new();
    assert_eq!(desk.says(&[repo("a")]), [""; 0]);
    let told = desk.sees(&[refused("a")]);
    let [Notice::Show(bubble)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(bubble.key, "id-a");
    assert_eq!(bubble.title, "a was not pushed");
    assert_eq!(
        bubble.body,
        "GitHub did not accept the credentials for a. 3 commits wait here. Run git push in it once by hand to sign \
         in, then retry."
    );
    assert_eq!(bubble.urgency, Urgency::Normal);
    assert_eq!(bubble.buttons, [Button::Retry(vec!["id-a".into()]), Button::Show]);
    assert_eq!(bubble.route, "#/repositories/id-a");
    let during = |state| Repository { ahead: 3, ..in_state("a", state, "authentication") };
    for state in [RepoState::Failing, RepoState::Running, RepoState::Settling, RepoState::Dirty] {
        assert_eq!(desk.says(&[during(state)]), [""; 0], "{state:?}");
    }
    let offline = Repository { ahead: 3, ..in_state("a", RepoState::Unpushed, "waits_for_host") };
    assert_eq!(desk.says(&[offline]), [""; 0], "without network nothing is mended");
    assert_eq!(desk.says(&[refused("a")]), [""; 0], "the same episode");
    assert_eq!(desk.says(&[repo("a")]), ["withdraw id-a"]);
    assert_eq!(desk.says(&[repo("a")]), [""; 0]);
    assert_eq!(desk.says(&[refused("a")]), ["show id-a: a was not pushed"], "another episode");
    assert_eq!(desk.says(&[]), ["withdraw id-a"], "it is not looked after any more");
}

#[test]
fn a_restart_repeats_nothing() {
    let mut desk = Desk::new();
    desk.sees(&[refused("a")]);
    desk.restarts();
    desk.status.state = WorkState::Starting;
    assert_eq!(desk.says(&[]), [""; 0], "nothing is known yet");
    desk.status.state = WorkState::Disabled;
    assert_eq!(desk.says(&[]), [""; 0], "nothing is known yet, and it is switched off");
    desk.status.state = WorkState::Idle;
    assert_eq!(desk.says(&[Repository { since: None, ..repo("a") }]), [""; 0], "not looked at yet");
    assert_eq!(desk.says(&[refused("a")]), [""; 0]);
    assert_eq!(desk.says(&[repo("a")]), ["withdraw id-a"]);
    assert_eq!(serde_json::from_str::<Ledger>("{}").unwrap(), Ledger::default());
}

#[test]
fn being_offline_is_no_notification() {
    let mut desk = Desk::new();
    for code in ["unreachable", "timed_out", "waits_for_host"] {
        let offline = Repository { ahead: 3, ..in_state("a", RepoState::Unpushed, code) };
        assert_eq!(desk.says(&[offline]), [""; 0], "{code}");
    }
}

#[test]
fn three_for_one_cause_are_one() {
    let mut desk = Desk::new();
    let mut repos: Vec<_> = ["a", "b", "c", "d", "e"].into_iter().map(refused).collect();
    let told = desk.sees(&repos);
    let [Notice::Show(bubble)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(bubble.title, "5 repositories were not pushed");
    assert_eq!(bubble.body, "GitHub did not accept the credentials for a, b, c and 2 more.");
    assert_eq!(bubble.route, "#/");
    let Button::Retry(ids) = &bubble.buttons[0] else { panic!("{:?}", bubble.buttons) };
    assert_eq!(ids.len(), 5);
    repos[4] = repo("e");
    assert_eq!(desk.says(&repos), ["mend group-1: 4 repositories were not pushed"]);
    repos.push(refused("f"));
    assert_eq!(desk.says(&repos), ["replace group-1: 5 repositories were not pushed"]);
    repos = ["b", "c", "d", "e", "f"].into_iter().map(repo).chain([refused("a")]).collect();
    assert_eq!(desk.says(&repos), ["mend group-1: a was not pushed"]);
    assert_eq!(desk.says(&[repo("a")]), ["withdraw group-1"]);
}

#[test]
fn other_hosts_and_other_reasons_are_other_causes() {
    let mut desk = Desk::new();
    let elsewhere = Repository { remote_url: Some("git@example.org:c".into()), ..refused("c") };
    let other = in_state("b", RepoState::Failing, "rejected");
    let told = desk.says(&[refused("a"), other, elsewhere]);
    assert_eq!(
        told,
        ["show id-a: a was not pushed", "show id-b: b was not pushed", "show id-c: c was not pushed"]
    );
}

#[test]
fn very_different_troubles_at_one_time_are_one_as_well() {
    let mut desk = Desk::new();
    let codes = ["authentication", "rejected", "remote_missing", "too_large"];
    let mut repos: Vec<_> = codes.iter().map(|code| in_state(code, RepoState::Failing, code)).collect();
    assert_eq!(desk.says(&repos), ["show group-1: 4 repositories need you"]);
    repos.push(in_state("later", RepoState::Failing, "rejected"));
    assert_eq!(desk.says(&repos), ["show id-later: later was not pushed"]);
}

#[test]
fn while_a_cycle_runs_others_may_follow() {
    let mut desk = Desk::new();
    desk.status = running();
    assert_eq!(desk.says(&[refused("a"), repo("b"), repo("c")]), [""; 0]);
    assert_eq!(desk.says(&[refused("a"), refused("b"), refused("c")]), [""; 0]);
    desk.status = status();
    assert_eq!(
        desk.says(&[refused("a"), refused("b"), refused("c")]),
        ["show group-1: 3 repositories were not pushed"]
    );
    // A cycle that hangs does not keep it back for ever.
    desk.status = running();
    let also = [refused("a"), refused("b"), refused("c"), in_state("d", RepoState::Failing, "rejected")];
    assert_eq!(desk.says(&also), [""; 0]);
    desk.seconds += GATHER;
    assert_eq!(desk.says(&also), ["show id-d: d was not pushed"]);
}

#[test]
fn another_reason_takes_the_place_of_the_first() {
    let mut desk = Desk::new();
    desk.sees(&[refused("a")]);
    let rejected = in_state("a", RepoState::Failing, "rejected");
    assert_eq!(desk.says(std::slice::from_ref(&rejected)), ["replace id-a: a was not pushed"]);
    assert_eq!(desk.says(&[refused("a")]), ["mend id-a: a was not pushed"], "nothing new");
    assert_eq!(desk.says(&[rejected]), ["mend id-a: a was not pushed"], "nothing new");
}

#[test]
fn who_leaves_a_group_for_another_reason_is_told_of_it() {
    let mut desk = Desk::new();
    let mut repos: Vec<_> = ["a", "b", "c"].into_iter().map(refused).collect();
    desk.sees(&repos);
    repos[0] = in_state("a", RepoState::Failing, "rejected");
    assert_eq!(
        desk.says(&repos),
        ["mend group-1: 2 repositories were not pushed", "show id-a: a was not pushed"]
    );
}

#[test]
fn held_files_are_named_with_their_reason() {
    let mut desk = Desk::new();
    desk.held = vec![held("a", &[(".env.local", "secret_file"), ("x", "partial_staging")])];
    let repos = [in_state("a", RepoState::Held, "held")];
    let told = desk.sees(&repos);
    let [Notice::Show(bubble)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(bubble.title, "1 file in a was not committed");
    assert_eq!(
        bubble.body,
        ".env.local: It holds what looks like a password, a token or a key. Everything else goes on as before."
    );
    assert_eq!(bubble.buttons, [Button::Show]);
    desk.held = vec![held("a", &[(".env.local", "secret_file"), ("b.pem", "secret")])];
    assert_eq!(desk.says(&repos), ["mend id-a: 2 files in a were not committed"]);
    let offline = in_state("a", RepoState::Unpushed, "unreachable");
    assert_eq!(desk.says(&[offline]), ["withdraw id-a"], "it is committed, and waits for the network");
}

#[test]
fn nobody_is_told_of_what_they_do_themselves() {
    let mut desk = Desk::new();
    for code in ["in_progress", "unmerged", "editor_open", "locked"] {
        assert_eq!(desk.says(&[in_state("a", RepoState::Held, code)]), [""; 0], "{code}");
    }
    desk.held = vec![held("a", &[("x", "partial_staging")])];
    assert_eq!(desk.says(&[in_state("a", RepoState::Held, "held")]), [""; 0]);
    let gone = in_state("a", RepoState::Unavailable, "gone");
    assert_eq!(desk.says(&[gone]), [""; 0]);
}

#[test]
fn the_settings_decide() {
    let repos = [
        refused("a"),
        in_state("b", RepoState::Held, "held"),
        in_state("c", RepoState::NeedsTrust, "needs_trust"),
    ];
    let mut desk = Desk::new();
    desk.telling = Telling { push_failure: false, ..ALL };
    assert_eq!(
        desk.says(&repos),
        ["show id-b: Something in b was not committed", "show id-c: c waits for your approval"]
    );
    desk.telling = Telling { held: false, ..ALL };
    assert_eq!(
        desk.says(&repos),
        ["withdraw id-b", "withdraw id-c", "show id-a: a was not pushed"],
        "they take effect at once"
    );
    desk.telling = Telling { recovered: true, ..ALL };
    let well = [repo("a"), repo("b"), repo("c")];
    assert_eq!(desk.says(&well), ["withdraw id-a", "show recovered: a is well again"]);
}

#[test]
fn one_that_is_switched_off_is_not_well_again() {
    let mut desk = Desk { telling: Telling { recovered: true, ..ALL }, ..Desk::new() };
    assert_eq!(desk.says(&[refused("a")]), ["show id-a: a was not pushed"]);
    let off = Repository { enabled: false, ..in_state("a", RepoState::OptedOut, "opted_out") };
    assert_eq!(desk.says(&[off]), ["withdraw id-a"]);
    assert_eq!(desk.says(&[refused("a")]), ["show id-a: a was not pushed"], "switched on, it is told anew");
}

#[test]
fn a_full_disk_is_urgent() {
    let mut desk = Desk::new();
    let told = desk.sees(&[in_state("a", RepoState::Failing, "disk_full")]);
    let [Notice::Show(bubble)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((bubble.urgency, bubble.title.as_str()), (Urgency::Critical, "a was not committed"));
}

#[test]
fn a_protected_branch_is_called_so() {
    let mut desk = Desk::new();
    let last_error = Some("remote: error: GH006: Protected branch update failed".to_owned());
    let repos = [Repository { last_error, ahead: 3, ..in_state("website", RepoState::Failing, "rejected") }];
    let told = desk.sees(&repos);
    let [Notice::Show(bubble)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(bubble.body, "main of website only takes changes by pull request. 3 commits wait here.");
}

#[test]
fn every_sentence_is_calm_and_ends() {
    let codes = [
        (
            RepoState::Failing,
            "authentication rejected non_fast_forward remote_missing too_large secret_unpushed",
        ),
        (RepoState::Failing, "no_identity hook_failed disk_full unexpected lfs_not_uploaded read_only"),
        (RepoState::Held, "held detached_head lock_stays moved_meanwhile"),
        (RepoState::Unavailable, "unreadable foreign_owner"),
        (RepoState::NeedsTrust, "needs_trust"),
    ];
    for (state, codes) in codes {
        for (code, n) in codes.split(' ').flat_map(|code| [(code, 1), (code, 4)]) {
            let repos: Vec<_> =
                (0..n).map(|n| Repository { ahead: 2, ..in_state(&format!("r{n}"), state, code) }).collect();
            let told = Desk::new().sees(&repos);
            let [Notice::Show(Bubble { title, body, .. })] = told.as_slice() else { panic!("{told:?}") };
            assert!(!title.ends_with('.') && body.ends_with('.'), "{title}: {body}");
            assert!(!title.contains('!') && !body.contains('!') && !body.contains("  "), "{body}");
        }
    }
}

#[test]
fn who_is_away_is_told_no_path_and_of_no_button() {
    let codes = "held needs_trust secret_unpushed rejected authentication non_fast_forward remote_missing too_large \
                 unexpected lock_stays no_identity hook_failed disk_full";
    let secret = ".env.local";
    for (code, n) in codes.split(' ').flat_map(|code| [(code, 1), (code, 4)]) {
        let mut desk = Desk::new();
        desk.telling = AWAY;
        let state = match code {
            "held" => RepoState::Held,
            "needs_trust" => RepoState::NeedsTrust,
            _ => RepoState::Failing,
        };
        let each = (0..n).map(|n| in_state(&format!("r{n}"), state, code));
        let named = matches!(code, "held" | "needs_trust" | "secret_unpushed" | "lock_stays");
        let repos: Vec<_> = each
            .map(|repo| Repository {
                reason: named.then(|| format!("It is {secret}.")).or(repo.reason.clone()),
                last_error: Some(format!("remote: {secret}")),
                hint: Some("Run autocommit repos.".to_owned()),
                ahead: 2,
                ..repo
            })
            .collect();
        desk.held = (0..n).map(|n| held(&format!("r{n}"), &[(secret, "secret_file")])).collect();
        let told = desk.sees(&repos);
        let [Notice::Show(bubble)] = told.as_slice() else { panic!("{told:?}") };
        let now = at(desk.seconds);
        let view = View { status: &desk.status, repos: &repos, held: &desk.held, now };
        let concerned = desk.ledger.concerned(&bubble.key, &view);
        assert_eq!(concerned.len(), n, "{code}");
        assert!(concerned.iter().all(|one| one.code == code && one.sentence.ends_with('.')), "{concerned:?}");
        let all = format!("{} {} {concerned:?}", bubble.title, bubble.body);
        assert!(!all.contains(secret) && !all.contains("Show") && !all.contains("retry"), "{all}");
        assert!(bubble.body.ends_with('.') && !bubble.body.contains("  "), "{}", bubble.body);
    }
}

#[test]
fn who_is_away_is_told_in_the_same_episodes() {
    let (mut here, mut away) = (Desk::new(), Desk::new());
    away.telling = AWAY;
    for repos in [
        vec![refused("a")],
        vec![refused("a"), refused("b")],
        vec![in_state("a", RepoState::Failing, "rejected"), refused("b"), refused("c"), refused("d")],
        vec![repo("a"), refused("b"), repo("c"), refused("d")],
        vec![repo("a"), repo("b"), repo("c"), repo("d")],
    ] {
        assert_eq!(here.says(&repos), away.says(&repos));
        here.restarts();
        away.restarts();
    }
}
