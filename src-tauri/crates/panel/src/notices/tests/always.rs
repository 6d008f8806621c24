//! What holds for every course of events: nobody is told twice in one episode, and whatever is on show is true.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Course {
    Well,
    Offline,
    Runs,
    Needs(RepoState, &'static str),
    Absent,
}

fn course() -> impl Strategy<Value = Course> {
    prop_oneof![
        3 => Just(Course::Well),
        1 => Just(Course::Offline),
        2 => Just(Course::Runs),
        3 => Just(Course::Needs(RepoState::Failing, "authentication")),
        2 => Just(Course::Needs(RepoState::Failing, "rejected")),
        2 => Just(Course::Needs(RepoState::Held, "held")),
        1 => Just(Course::Needs(RepoState::NeedsTrust, "needs_trust")),
        1 => Just(Course::Absent),
    ]
}

#[derive(Debug, Clone)]
struct Moment {
    courses: Vec<Course>,
    cycle: bool,
    restart: bool,
}

fn moment() -> impl Strategy<Value = Moment> {
    (prop::collection::vec(course(), NAMES.len()), any::<bool>(), prop::bool::weighted(0.1))
        .prop_map(|(courses, cycle, restart)| Moment { courses, cycle, restart })
}

fn repos(moment: &Moment) -> Vec<Repository> {
    let repo = |(name, course): (&&str, &Course)| match course {
        Course::Well => Some(repo(name)),
        Course::Offline => Some(in_state(name, RepoState::Unpushed, "unreachable")),
        Course::Runs => Some(in_state(name, RepoState::Running, "")),
        Course::Needs(state, code) => Some(in_state(name, *state, code)),
        Course::Absent => None,
    };
    NAMES.iter().zip(&moment.courses).filter_map(repo).collect()
}

/// What a person sees: by key, the ids that a notification is about.
type OnShow = BTreeMap<String, Bubble>;

fn carry_out(on_show: &mut OnShow, notices: &[Notice]) {
    for notice in notices {
        match notice {
            Notice::Show(bubble) => {
                assert!(on_show.insert(bubble.key.clone(), bubble.clone()).is_none(), "shown over another");
            }
            Notice::Replace { bubble, .. } => {
                assert!(on_show.insert(bubble.key.clone(), bubble.clone()).is_some(), "nothing to replace");
            }
            Notice::Withdraw(key) => assert!(on_show.remove(key).is_some(), "nothing to withdraw"),
        }
    }
}

proptest! {
    #[test]
    fn told_once_and_withdrawn_when_well(moments in prop::collection::vec(moment(), 1..24)) {
        let mut desk = Desk::new();
        let mut on_show = OnShow::new();
        // What each repository was told of in its present episode.
        let mut told: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for moment in &moments {
            if moment.restart {
                desk.restarts();
            }
            desk.status = if moment.cycle { running() } else { status() };
            let repos = repos(moment);
            let before = desk.ledger.clone();
            let notices = desk.sees(&repos);
            carry_out(&mut on_show, &notices);
            for (name, course) in NAMES.iter().zip(&moment.courses) {
                let id = format!("id-{name}");
                let loud = notices.iter().filter(|notice| is_news_of(notice, &id, &desk.ledger, &before));
                let loud = loud.count();
                match course {
                    Course::Well | Course::Absent => {
                        told.remove(&id);
                        prop_assert!(!about(&desk.ledger, &on_show, &id), "{name} is well: {on_show:?}");
                        prop_assert_eq!(loud, 0);
                    }
                    Course::Needs(_, code) => {
                        let codes = told.entry(id.clone()).or_default();
                        if loud > 0 {
                            prop_assert_eq!(loud, 1);
                            prop_assert!(!codes.contains(code), "{name} was told of {code} before");
                            codes.push(code);
                        }
                        if !moment.cycle {
                            prop_assert!(codes.contains(code), "{name} is not told of {code}: {notices:?}");
                        }
                    }
                    Course::Offline | Course::Runs => {
                        prop_assert_eq!(loud, 0);
                        if !desk.ledger.told.contains_key(&id) {
                            told.remove(&id);
                        }
                    }
                }
            }
            prop_assert_eq!(desk.ledger.bubbles.keys().collect::<Vec<_>>(), on_show.keys().collect::<Vec<_>>());
        }
        let well = Moment { courses: vec![Course::Well; NAMES.len()], cycle: false, restart: false };
        let notices = desk.sees(&repos(&well));
        carry_out(&mut on_show, &notices);
        prop_assert!(on_show.is_empty(), "{on_show:?}");
        prop_assert_eq!(desk.sees(&repos(&well)), []);
    }
}

/// Whether a notice says something of this repository that it did not say before.
fn is_news_of(notice: &Notice, id: &str, now: &Ledger, before: &Ledger) -> bool {
    let (Notice::Show(bubble) | Notice::Replace { bubble, quiet: false }) = notice else { return false };
    let told = |ledger: &Ledger| ledger.told.get(id).map(|told| (told.bubble.clone(), told.codes.clone()));
    let is_in = now.bubbles.get(&bubble.key).is_some_and(|members| members.repos.contains(id));
    is_in && told(now) != told(before)
}

fn about(ledger: &Ledger, on_show: &OnShow, id: &str) -> bool {
    on_show.keys().any(|key| ledger.bubbles.get(key).is_none_or(|members| members.repos.contains(id)))
}
