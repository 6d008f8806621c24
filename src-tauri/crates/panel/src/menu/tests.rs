//! What the tray shows, case by case.

use super::*;
use crate::tests::{at, held, in_state, repo, running, shell, status, view};
use autocommit_api::wire::{HeldRepo, StatusReply};

fn shown(status: &StatusReply, repos: &[Repository], held: &[HeldRepo]) -> Panel {
    panel(Some(&view(status, repos, held)), &shell())
}

fn labels(panel: &Panel) -> Vec<String> {
    let label = |item: &Item| match item {
        Item::Line(label) => format!("({label})"),
        Item::Choice { label, enabled: true, .. } => label.clone(),
        Item::Choice { label, .. } => format!("[{label}]"),
        Item::Check { label, on, .. } => format!("{} {label}", if *on { "x" } else { "o" }),
        Item::Separator => "-".to_owned(),
    };
    panel.items.iter().map(label).collect()
}

fn command(panel: &Panel, wanted: &str) -> Option<Command> {
    panel.items.iter().find_map(|item| match item {
        Item::Choice { label, command, .. } | Item::Check { label, command, .. } if label == wanted => {
            Some(command.clone())
        }
        _ => None,
    })
}

#[test]
fn all_is_well() {
    let repos: Vec<_> = (0..68).map(|n| repo(&format!("r{n}"))).collect();
    let shown = shown(&status(), &repos, &[]);
    assert_eq!((shown.icon, shown.state.as_str()), (Icon::Pushed, "68 repositories, all pushed"));
    assert_eq!(
        labels(&shown),
        [
            "(68 repositories, all pushed)",
            "-",
            "Disable",
            "Commit and push now",
            "Pause for 1 hour",
            "-",
            "Open Autocommit",
            "o Start at login",
            "-",
            "Quit"
        ]
    );
    assert_eq!(command(&shown, "Disable"), Some(Command::Disable));
    assert_eq!(command(&shown, "Open Autocommit"), Some(Command::Show("#/".into())));
    assert_eq!(command(&shown, "Start at login"), Some(Command::StartAtLogin(true)));
}

#[test]
fn each_state_has_its_icon_and_its_line() {
    let unseen = |name: &str| Repository { since: None, ..repo(name) };
    let here = |name: &str| Repository { remote: None, remote_url: None, ..repo(name) };
    let off = |name: &str| Repository { enabled: false, ..in_state(name, RepoState::OptedOut, "opted_out") };
    let waits =
        |name: &str, ahead| Repository { ahead, ..in_state(name, RepoState::Unpushed, "unreachable") };
    let elsewhere =
        |name: &str| Repository { remote_url: Some("git@example.org:x".into()), ..waits(name, 1) };
    let not_pushing =
        |name: &str| Repository { push: false, ahead: 3, ..in_state(name, RepoState::Unpushed, "push_off") };
    let busy = |name: &str, dirty_files| Repository { dirty_files, ..in_state(name, RepoState::Running, "") };
    let failing = |name: &str| in_state(name, RepoState::Failing, "authentication");
    let cases: [(Vec<Repository>, Icon, &str); 17] = [
        (vec![], Icon::Pushed, "No repositories yet"),
        (vec![repo("a")], Icon::Pushed, "1 repository, all pushed"),
        (vec![off("a")], Icon::Pushed, "1 repository switched off"),
        (vec![repo("a"), off("b")], Icon::Pushed, "1 repository, all pushed; 1 switched off"),
        (vec![repo("a"), here("b")], Icon::Pushed, "2 repositories, 1 pushed, 1 only on this disk"),
        (vec![here("b")], Icon::Pushed, "1 repository, all committed, only on this disk"),
        (vec![repo("a"), not_pushing("b")], Icon::Pushed, "2 repositories, 1 pushed, 1 only on this disk"),
        (vec![repo("a"), unseen("b")], Icon::Working, "2 repositories, 1 not looked at yet"),
        (
            vec![repo("a"), in_state("b", RepoState::Dirty, "")],
            Icon::Working,
            "2 repositories, 1 not done yet",
        ),
        (vec![busy("a", 0)], Icon::Pushed, "1 repository, all pushed"),
        (vec![busy("a", 2)], Icon::Working, "1 repository, 1 not done yet"),
        (vec![waits("a", 1), repo("b")], Icon::Working, "GitHub cannot be reached, 1 commit waits"),
        (
            vec![waits("a", 1), waits("b", 4)],
            Icon::Working,
            "GitHub cannot be reached, 5 commits in 2 repositories wait",
        ),
        (vec![waits("a", 1), elsewhere("b")], Icon::Working, "Offline, 2 commits in 2 repositories wait"),
        (vec![failing("a"), repo("b")], Icon::Attention, "1 repository needs you"),
        (vec![failing("a"), failing("b")], Icon::Attention, "2 repositories need you"),
        (
            vec![failing("a"), waits("b", 1), elsewhere("c")],
            Icon::Attention,
            "1 repository needs you, offline, 2 commits in 2 repositories wait",
        ),
    ];
    for (repos, icon, line) in cases {
        let shown = shown(&status(), &repos, &[]);
        assert_eq!((shown.icon, shown.state.as_str()), (icon, line));
    }
}

#[test]
fn a_cycle_that_finds_nothing_does_not_move_the_icon() {
    let repos = [in_state("a", RepoState::Running, ""), repo("b")];
    assert_eq!(shown(&running(), &repos, &[]), shown(&status(), &repos, &[]));
}

/// What the API says of a repository while a run is on differs from what it said before in the state alone.
#[test]
fn while_a_run_is_on_the_tray_says_what_it_said() {
    let ends = [
        (RepoState::Clean, "", 0, 0),
        (RepoState::Dirty, "", 2, 0),
        (RepoState::Settling, "settling", 2, 0),
        (RepoState::Unpushed, "unreachable", 0, 1),
        (RepoState::Unpushed, "push_off", 0, 1),
        (RepoState::OptedOut, "other_branch", 1, 0),
        (RepoState::Held, "held", 1, 0),
        (RepoState::Held, "unmerged", 0, 0),
        (RepoState::Held, "secret_unpushed", 0, 1),
        (RepoState::Failing, "authentication", 0, 1),
        (RepoState::Failing, "no_identity", 1, 0),
        (RepoState::Unavailable, "gone", 0, 0),
        (RepoState::Unavailable, "unreadable", 0, 0),
        (RepoState::NeedsTrust, "needs_trust", 0, 0),
    ];
    for (state, code, dirty_files, ahead) in ends {
        let push = code != "push_off";
        let before = Repository { dirty_files, ahead, push, ..in_state("a", state, code) };
        let during = Repository { state: RepoState::Running, ..before.clone() };
        let kept = if code == "held" { vec![held("a", &[("key", "secret")])] } else { Vec::new() };
        let (before, during) = ([before, repo("b")], [during, repo("b")]);
        assert_eq!(shown(&running(), &during, &kept), shown(&status(), &before, &kept), "{state:?} {code}");
    }
}

#[test]
fn what_a_person_does_themselves_needs_nobody() {
    for code in ["in_progress", "unmerged", "editor_open", "locked"] {
        let repos = [in_state("a", RepoState::Held, code)];
        let shown = shown(&status(), &repos, &[]);
        assert_eq!(
            (shown.icon, shown.state.as_str()),
            (Icon::Working, "1 repository, 1 not done yet"),
            "{code}"
        );
    }
    let repos = [in_state("a", RepoState::Held, "held")];
    let staged = held("a", &[("x", "partial_staging"), ("y", "still_being_written")]);
    assert_eq!(shown(&status(), &repos, &[staged]).icon, Icon::Working);
    let gone = [in_state("a", RepoState::Unavailable, "gone"), repo("b")];
    assert_eq!(shown(&status(), &gone, &[]).state, "1 repository, all pushed");
}

#[test]
fn what_may_pass_by_itself_is_given_time() {
    for (state, code) in [(RepoState::Failing, "git_timed_out"), (RepoState::Held, "moved_meanwhile")] {
        let since = |seconds: i64| Repository { since: Some(at(-seconds)), ..in_state("a", state, code) };
        assert_eq!(shown(&status(), &[since(599)], &[]).icon, Icon::Working, "{code}");
        assert_eq!(shown(&status(), &[since(600)], &[]).icon, Icon::Attention, "{code}");
    }
}

#[test]
fn five_that_need_you_and_how_many_more() {
    let mut repos: Vec<_> =
        (0..7).map(|n| in_state(&format!("r{n}"), RepoState::Failing, "rejected")).collect();
    repos[1] = in_state("r1", RepoState::Held, "held");
    repos[2] = in_state("r2", RepoState::NeedsTrust, "needs_trust");
    let shown = shown(&status(), &repos, &[held("r1", &[("a", "secret"), ("b", "partial_staging")])]);
    let labels = labels(&shown);
    let start = labels.iter().position(|label| label.starts_with("r0")).unwrap();
    assert_eq!(
        labels[start..start + 7],
        [
            "r0: push refused",
            "r1: 1 file held",
            "r2: waits for your approval",
            "r3: push refused",
            "r4: push refused",
            "2 more",
            "-"
        ]
    );
    assert_eq!(command(&shown, "r1: 1 file held"), Some(Command::Show("#/repositories/id-r1".into())));
    assert_eq!(command(&shown, "2 more"), Some(Command::Show("#/".into())));
}

#[test]
fn switched_off() {
    let status = StatusReply { enabled: false, ..status() };
    let shown = shown(&status, &[in_state("a", RepoState::Failing, "rejected")], &[]);
    assert_eq!((shown.icon, shown.state.as_str()), (Icon::Paused, "Autocommit is switched off"));
    let labels = labels(&shown);
    assert!(labels.contains(&"Enable".to_owned()) && !labels.contains(&"Disable".to_owned()), "{labels:?}");
    assert!(labels.contains(&"[Commit and push now]".to_owned()), "{labels:?}");
    assert!(labels.contains(&"[Pause for 1 hour]".to_owned()), "{labels:?}");
    assert!(labels.contains(&"a: push refused".to_owned()), "it is still so: {labels:?}");
}

#[test]
fn paused_says_until_when_in_the_persons_own_time() {
    for (seconds, zone, line) in [
        (3600, TimeZone::UTC, "Paused until 15:00"),
        (3600, TimeZone::fixed(jiff::tz::offset(2)), "Paused until 17:00"),
        (86_400, TimeZone::UTC, "Paused until Tuesday 14:00"),
    ] {
        let status = StatusReply { enabled: false, paused_until: Some(at(seconds)), ..status() };
        let shown = panel(Some(&view(&status, &[], &[])), &Shell { zone, ..shell() });
        assert_eq!((shown.icon, shown.state.as_str()), (Icon::Paused, line));
        assert_eq!(command(&shown, "Enable"), Some(Command::Enable), "it can go on at once");
    }
}

#[test]
fn trouble_of_the_whole_is_shown() {
    let warnings = vec!["The settings have a mistake.\nfile, line 3".to_owned()];
    let status = StatusReply { warnings, ..status() };
    let shown = shown(&status, &[repo("a")], &[]);
    assert_eq!(shown.icon, Icon::Attention);
    assert_eq!(labels(&shown)[..2], ["(1 repository, all pushed)", "The settings have a mistake."]);
}

#[test]
fn what_the_app_knows_itself() {
    let status = status();
    let repos = [repo("a")];
    let view = view(&status, &repos, &[]);
    let with = |change: &dyn Fn(&mut Shell)| {
        let mut shell = shell();
        change(&mut shell);
        labels(&panel(Some(&view), &shell))
    };
    let failing = with(&|shell| shell.delivery = Delivery::Fails);
    assert_eq!(failing[1], "(Notifications could not be delivered)");
    assert!(!with(&|shell| shell.delivery = Delivery::Arrives)[1].contains("Notifications"));
    assert!(with(&|shell| shell.login_item = Some(true)).contains(&"x Start at login".to_owned()));
    let other = with(&|shell| shell.owner = Owner::Other { pid: Some(7) });
    assert_eq!(other[1], "(Shows the running process 7)");
    let gone = with(&|shell| shell.owner = Owner::Gone);
    assert_eq!(gone[0], "(The Autocommit process that was shown has ended)");
    assert!(!gone.contains(&"Commit and push now".to_owned()), "nobody would do it: {gone:?}");
    assert!(gone.contains(&"Quit".to_owned()));
}

#[test]
fn before_anything_is_known() {
    let starting = panel(None, &shell());
    assert_eq!((starting.icon, starting.state.as_str()), (Icon::Working, "Autocommit is starting"));
    let mute = panel(None, &Shell { owner: Owner::Mute { pid: Some(7) }, ..shell() });
    assert_eq!(mute.state, "The running Autocommit process (7) has no API to show it by");
    let looking = StatusReply { state: WorkState::Starting, ..status() };
    assert_eq!(shown(&looking, &[], &[]).state, "Looking for repositories");
}
