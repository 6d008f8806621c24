use crate::make::{entry, failure, open, repo};
use autocommit_core::{
    Timestamp,
    activity::{ActivityQuery, REPOS_AT_MOST},
    cycle::RunStatus,
    history::HistoryEntry,
};
use jiff::tz::{Offset, TimeZone};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A commit at a time, pushed so many milliseconds after its run began.
fn commit(path: &str, n: u32, at: &str, took: Option<i64>) -> HistoryEntry {
    let committed = time(at);
    HistoryEntry {
        started_at: committed,
        committed_at: Some(committed),
        pushed_at: took.map(|ms| Timestamp::from_millisecond(committed.as_millisecond() + ms).unwrap()),
        status: if took.is_some() { RunStatus::Pushed } else { RunStatus::Committed },
        ..entry(path, n)
    }
}

const NOW: &str = "2026-03-04T12:00:00Z"; // a Wednesday

fn asked(days: u32, hours: i8) -> ActivityQuery {
    ActivityQuery { days, zone: TimeZone::fixed(Offset::constant(hours)), now: time(NOW) }
}

#[tokio::test]
async fn days_hours_and_repositories() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let entries = [
        commit("/old", 1, "2025-01-01T12:00:00Z", Some(1)),
        commit("/a", 2, "2026-03-01T22:30:00Z", Some(4000)),
        commit("/a", 3, "2026-03-01T23:30:00Z", Some(1000)),
        commit("/b", 4, "2026-03-01T23:59:59.999Z", Some(9000)),
        commit("/a", 5, "2026-03-04T00:00:00Z", None),
        commit("/a", 6, "2026-03-04T11:00:00Z", Some(-50)),
        failure("/a", 7, "no"),
    ];
    for entry in &entries {
        store.history().record(entry).await.unwrap();
    }
    let found = store.history().activity(&asked(4, 0)).await.unwrap();
    let days: Vec<_> = found
        .days
        .iter()
        .map(|d| (d.date.to_string(), d.commits, d.insertions, d.deletions, d.pushed, d.p50_ms, d.p95_ms))
        .collect();
    assert_eq!(
        days,
        [
            ("2026-03-01".into(), 3, 60, 3, 3, Some(4000), Some(9000)),
            ("2026-03-02".into(), 0, 0, 0, 0, None, None),
            ("2026-03-03".into(), 0, 0, 0, 0, None, None),
            ("2026-03-04".into(), 2, 40, 2, 1, Some(0), Some(0)),
        ]
    );
    let (sunday, wednesday) = (found.hours[6], found.hours[2]);
    assert_eq!((sunday[22], sunday[23], wednesday[0], wednesday[11]), (1, 2, 1, 1));
    assert_eq!(found.hours.iter().flatten().sum::<usize>(), 5);
    let repos: Vec<_> =
        found.repos.iter().map(|r| (r.repo.display().to_string(), r.commits, r.insertions)).collect();
    assert_eq!(repos, [("/a".to_owned(), 4, 80), ("/b".to_owned(), 1, 20)]);
    assert_eq!(found.repos[0].repo_id, repo("/a"));
    assert_eq!((found.total_commits, found.first_day.unwrap().to_string()), (6, "2025-01-01".into()));

    let further_east = store.history().activity(&asked(4, 1)).await.unwrap();
    let commits: Vec<_> = further_east.days.iter().map(|d| d.commits).collect();
    assert_eq!(commits, [1, 2, 0, 2], "two of the first day's commits were made after midnight there");
    assert_eq!((further_east.hours[0][0], further_east.hours[2][1]), (2, 1));
}

#[tokio::test]
async fn an_empty_history_has_quiet_days() {
    let dir = tempfile::tempdir().unwrap();
    let found = open(dir.path()).await.history().activity(&asked(371, -8)).await.unwrap();
    assert_eq!((found.days.len(), found.total_commits, found.first_day), (371, 0, None));
    assert_eq!(found.days.last().unwrap().date.to_string(), "2026-03-04");
    assert!(found.repos.is_empty() && found.days.iter().all(|day| day.commits == 0));
}

#[tokio::test]
async fn only_the_busiest_repositories_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for n in 0..=u32::try_from(REPOS_AT_MOST).unwrap() {
        for again in 0..=u32::from(n > 0) {
            let one = commit(&format!("/{n}"), 10 * n + again, "2026-03-04T11:00:00Z", None);
            store.history().record(&one).await.unwrap();
        }
    }
    let found = store.history().activity(&asked(1, 0)).await.unwrap();
    assert_eq!(found.repos.len(), REPOS_AT_MOST);
    assert!(found.repos.iter().all(|r| r.commits == 2), "{:?}", found.repos);
}

/// Clocks went back on the last Sunday of October: a day of 25 hours, and one of 23 in March.
#[tokio::test]
async fn days_are_as_long_as_the_clocks_of_the_place_say() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for (n, at) in (1..).zip([
        "2025-10-25T21:30:00Z", // Saturday, 23:30
        "2025-10-25T22:30:00Z", // Sunday, 00:30
        "2025-10-26T22:30:00Z", // Sunday, 23:30
        "2025-10-26T23:30:00Z", // Monday, 00:30
        "2026-03-28T23:30:00Z", // Sunday, 00:30
        "2026-03-29T21:30:00Z", // Sunday, 23:30
        "2026-03-29T22:30:00Z", // Monday, 00:30
    ]) {
        store.history().record(&commit("/a", n, at, None)).await.unwrap();
    }
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let query = ActivityQuery { days: 371, zone, now: time("2026-03-30T10:00:00Z") };
    let found = store.history().activity(&query).await.unwrap();
    let commits: Vec<_> =
        found.days.iter().filter(|d| d.commits > 0).map(|d| (d.date.to_string(), d.commits)).collect();
    let expected =
        [("2025-10-25", 1), ("2025-10-26", 2), ("2025-10-27", 1), ("2026-03-29", 2), ("2026-03-30", 1)];
    assert_eq!(commits, expected.map(|(date, n)| (date.to_owned(), n)));
    let (monday, saturday, sunday) = (found.hours[0], found.hours[5], found.hours[6]);
    assert_eq!((saturday[23], sunday[0], sunday[23], monday[0]), (1, 2, 2, 2));
}
