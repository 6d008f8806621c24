use crate::make::{at, entry, failure, oid, open, repo};
use autocommit_core::{
    cycle::RunStatus,
    history::{HistoryEntry, HistoryQuery, Stage},
};
use autocommit_store::Store;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};

#[tokio::test]
async fn what_came_of_a_request_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let asked = |n: u32, id: &str| HistoryEntry { request_id: Some(id.to_owned()), ..entry("/a", n) };
    for entry in [entry("/a", 1), asked(2, "task-1"), asked(3, "task-2")] {
        store.history().record(&entry).await.unwrap();
    }
    let of = |id: &str| HistoryQuery { request_id: Some(id.to_owned()), ..HistoryQuery::default() };
    assert_eq!(ids(&store, of("task-1")).await, [2]);
    assert_eq!(ids(&store, of("task")).await, [0_i64; 0]);
    let found = store.history().get(2).await.unwrap().unwrap();
    assert_eq!(found.request_id.as_deref(), Some("task-1"));
}

async fn ids(store: &Store, query: HistoryQuery) -> Vec<i64> {
    store.history().query(&query).await.unwrap().0.iter().map(|entry| entry.id).collect()
}

fn containing(text: &str) -> HistoryQuery {
    HistoryQuery { q: Some(text.to_owned()), ..HistoryQuery::default() }
}

#[tokio::test]
async fn an_entry_comes_back_as_it_was_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let mut full = entry("/a", 7);
    full.repo = OsString::from_vec(b"/home/\xff\xfe".to_vec()).into();
    full.pushed_at = Some(at(99));
    full.status = RunStatus::Pushed;
    full.stage = Stage::Push;
    full.error = Some("was".to_owned());
    full.hint = Some("do".to_owned());
    let bare = HistoryEntry { branch: None, ..failure("/b", 8, "no") };
    let store = open(dir.path()).await;
    for entry in [&mut full, &mut bare.clone()] {
        entry.id = store.history().record(entry).await.unwrap();
    }
    store.close().await;
    let found = open(dir.path()).await.history().query(&HistoryQuery::default()).await.unwrap().0;
    assert_eq!(found, [HistoryEntry { id: 2, ..bare }, full]);
}

#[tokio::test]
async fn pages_run_from_the_newest_to_the_oldest_without_gap_or_repetition() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for n in 1..=25 {
        store.history().record(&entry(if n % 2 == 0 { "/even" } else { "/odd" }, n)).await.unwrap();
    }
    for (repo_path, expected) in [(None, 25), (Some("/even"), 12)] {
        let mut seen = Vec::new();
        let mut before = None;
        loop {
            let query =
                HistoryQuery { repo: repo_path.map(repo), limit: 4, before, ..HistoryQuery::default() };
            let (page, next) = store.history().query(&query).await.unwrap();
            assert!(page.len() <= 4 && !page.is_empty());
            seen.extend(page.iter().map(|entry| entry.id));
            before = next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), expected);
        assert!(seen.is_sorted_by(|a, b| a > b));
    }
    let exact = HistoryQuery { limit: 25, ..HistoryQuery::default() };
    assert_eq!(store.history().query(&exact).await.unwrap().1, None, "a full last page has no next one");
}

#[tokio::test]
async fn limits_are_clamped() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for n in 1..=510 {
        store.history().record(&entry("/a", n)).await.unwrap();
    }
    for (limit, expected) in [(0, 50), (1, 1), (500, 500), (usize::MAX, 500)] {
        let (page, next) =
            store.history().query(&HistoryQuery { limit, ..HistoryQuery::default() }).await.unwrap();
        assert_eq!(page.len(), expected, "limit {limit}");
        assert_eq!(next, page.last().map(|entry| entry.id));
    }
}

#[tokio::test]
async fn filters() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.history().record(&entry("/a", 10)).await.unwrap();
    store.history().record(&entry("/b", 20)).await.unwrap();
    store.history().record(&failure("/a", 30, "no")).await.unwrap();
    let all = HistoryQuery::default;
    assert_eq!(ids(&store, HistoryQuery { repo: Some(repo("/a")), ..all() }).await, [3, 1]);
    assert_eq!(ids(&store, HistoryQuery { status: Some(RunStatus::Committed), ..all() }).await, [2, 1]);
    assert_eq!(ids(&store, HistoryQuery { since: Some(at(20)), ..all() }).await, [3, 2], "since is included");
    assert_eq!(ids(&store, HistoryQuery { until: Some(at(20)), ..all() }).await, [1], "until is not");
    let narrow = HistoryQuery { repo: Some(repo("/a")), status: Some(RunStatus::Failed), ..containing("NO") };
    assert_eq!(ids(&store, narrow).await, [3]);
}

#[tokio::test]
async fn search_takes_the_text_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut add = Vec::new();
    for (n, subject) in
        ["100% done", "1000 done", "a_b", "aXb", r"back\slash", "GRÖSSE", "tab\there"].into_iter().enumerate()
    {
        let number = u32::try_from(n).unwrap();
        let mut new = entry("/plain", number);
        new.subject = Some(subject.to_owned());
        add.push(store.history().record(&new).await.unwrap());
    }
    for (text, expected) in [
        ("0% D", vec![add[0]]),
        ("a_b", vec![add[2]]),
        ("A_B", vec![add[2]]),
        (r"k\s", vec![add[4]]),
        ("größe", vec![]),
        ("grösse", vec![add[5]]),
        ("gr%e", vec![]),
        ("tab\there", vec![add[6]]),
        ("tab here", vec![]),
        ("no such", vec![]),
    ] {
        assert_eq!(ids(&store, containing(text)).await, expected, "{text}");
    }
    assert_eq!(ids(&store, containing("")).await.len(), 7, "no text, no filter");
    assert!(ids(&store, containing(&"x".repeat(100_000))).await.is_empty(), "longer than SQLite's patterns");
}

#[tokio::test]
async fn search_looks_into_every_field_that_people_read() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut found = entry("/home/PathWord", 1);
    found.subject = Some("SubjectWord".to_owned());
    found.body = Some("x\nBodyWord".to_owned());
    found.branch = Some("BranchWord".to_owned());
    found.error = Some("ErrorWord".to_owned());
    found.hint = Some("HintWord".to_owned());
    store.history().record(&found).await.unwrap();
    store.history().record(&entry("/other", 2)).await.unwrap();
    for word in ["pathword", "subjectword", "bodyword", "branchword", "errorword"] {
        assert_eq!(ids(&store, containing(word)).await, [1], "{word}");
    }
    assert!(ids(&store, containing("hintword")).await.is_empty());
    assert!(ids(&store, containing("subjectwordx")).await.is_empty());
}

#[tokio::test]
async fn search_finds_a_commit_by_how_its_name_begins() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for (n, name) in [(1, "ab12cd"), (2, "ab12ef"), (3, "00ab12")] {
        let commit = Some(autocommit_core::id::Oid::parse(&format!("{name:0<40}")).unwrap());
        store.history().record(&HistoryEntry { commit, ..entry("/a", n) }).await.unwrap();
    }
    for (text, expected) in
        [("ab12", vec![2, 1]), ("AB12C", vec![1]), ("ab1", vec![]), ("ab12 ", vec![]), ("ab12cx", vec![])]
    {
        assert_eq!(ids(&store, containing(text)).await, expected, "{text}");
    }
    let whole = format!("{:0<40}", "00ab12");
    assert_eq!(ids(&store, containing(&whole)).await, [3]);
    assert!(ids(&store, containing(&"a".repeat(100_000))).await.is_empty());
}

#[tokio::test]
async fn a_rare_match_is_found_behind_many_others_and_pages_stay_right() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for n in 1..=40 {
        let mut new = entry("/a", n);
        // SQLite's part of the search lets all of them through; only every tenth has the letter.
        new.subject = Some(if n % 10 == 0 { "x Ä y" } else { "x Ö y" }.to_owned());
        store.history().record(&new).await.unwrap();
    }
    let (page, next) =
        store.history().query(&HistoryQuery { limit: 3, ..containing("x ä y") }).await.unwrap();
    assert_eq!(page.iter().map(|entry| entry.id).collect::<Vec<_>>(), [40, 30, 20]);
    let rest = HistoryQuery { limit: 3, before: next, ..containing("x ä y") };
    assert_eq!(store.history().query(&rest).await.unwrap().1, None);
    assert_eq!(ids(&store, rest).await, [10]);
}

#[tokio::test]
async fn recording_a_run_again_changes_its_row() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let first = store.history().record(&entry("/a", 1)).await.unwrap();
    store.history().record(&entry("/a", 2)).await.unwrap();
    let mut again = entry("/a", 1);
    again.status = RunStatus::Pushed;
    again.pushed_at = Some(at(50));
    assert_eq!(store.history().record(&again).await.unwrap(), first);
    let (all, _) = store.history().query(&HistoryQuery::default()).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[1], HistoryEntry { id: first, ..again });
}

#[tokio::test]
async fn only_what_arrived_stops_being_unpushed() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for n in 1..=3 {
        store.history().record(&entry("/a", n)).await.unwrap();
    }
    let mut refused = entry("/a", 4);
    refused.status = RunStatus::Failed;
    refused.error = Some("refused".to_owned());
    store.history().record(&refused).await.unwrap();
    store.history().record(&failure("/a", 5, "no commit at all")).await.unwrap();
    store.history().record(&HistoryEntry { commit: Some(oid(1)), ..entry("/twin", 1) }).await.unwrap();

    let commits =
        |entries: Vec<HistoryEntry>| entries.into_iter().filter_map(|entry| entry.commit).collect::<Vec<_>>();
    let history = store.history();
    assert_eq!(commits(history.unpushed(&repo("/a")).await.unwrap()), [oid(1), oid(2), oid(3), oid(4)]);
    assert_eq!(history.mark_pushed(&repo("/a"), &[oid(1), oid(4), oid(77)], at(60)).await.unwrap(), 2);
    assert_eq!(history.mark_pushed(&repo("/a"), &[oid(1)], at(70)).await.unwrap(), 0, "it is known already");
    assert_eq!(history.mark_pushed(&repo("/a"), &[], at(70)).await.unwrap(), 0);
    assert_eq!(commits(history.unpushed(&repo("/a")).await.unwrap()), [oid(2), oid(3)]);
    assert_eq!(commits(history.unpushed(&repo("/twin")).await.unwrap()), [oid(1)], "another repository's");

    let pushed = HistoryQuery { status: Some(RunStatus::Pushed), ..HistoryQuery::default() };
    let (pushed, _) = history.query(&pushed).await.unwrap();
    assert_eq!(pushed.len(), 2);
    for entry in pushed {
        assert_eq!((entry.pushed_at, entry.stage, entry.error), (Some(at(60)), Stage::Push, None));
    }
}

#[tokio::test]
async fn a_failure_that_repeats_itself_is_one_row() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let history = store.history();
    let first = history.record_episode(&failure("/a", 1, "disk full")).await.unwrap();
    history.record_episode(&failure("/b", 2, "disk full")).await.unwrap();
    for n in 3..50 {
        assert_eq!(history.record_episode(&failure("/a", n, "disk full")).await.unwrap(), first);
    }
    assert_ne!(history.record_episode(&failure("/a", 50, "other")).await.unwrap(), first, "another error");
    let held = HistoryEntry { status: RunStatus::Held, ..failure("/a", 51, "other") };
    let held_id = history.record_episode(&held).await.unwrap();
    let hinted =
        HistoryEntry { hint: None, run_id: autocommit_core::id::RunId::new("hinted"), ..held.clone() };
    assert_eq!(history.record_episode(&hinted).await.unwrap(), held_id + 1, "another hint");
    assert_eq!(ids(&store, HistoryQuery::default()).await.len(), 5);

    history.record(&entry("/a", 60)).await.unwrap();
    let after = HistoryEntry { run_id: autocommit_core::id::RunId::new("later"), ..hinted };
    assert_eq!(history.record_episode(&after).await.unwrap(), 7, "a new episode after a success");
    let with_commit = HistoryEntry { commit: Some(oid(9)), ..failure("/a", 61, "other") };
    history.record_episode(&with_commit).await.unwrap();
    assert_eq!(ids(&store, HistoryQuery::default()).await.len(), 8, "what has a commit is always kept");
}

#[tokio::test]
async fn search_knows_what_was_there_before_it_had_an_index_and_what_changed_since() {
    let dir = tempfile::tempdir().unwrap();
    let named = |n: u32, subject: &str| HistoryEntry { subject: Some(subject.to_owned()), ..entry("/a", n) };
    let store = open(dir.path()).await;
    for entry in [named(1, "Mend the lamp"), named(2, "Mend the window")] {
        store.history().record(&entry).await.unwrap();
    }
    store.close().await;
    let options = SqliteConnectOptions::new().filename(dir.path().join("autocommit.db"));
    let mut older = SqliteConnection::connect_with(&options).await.unwrap();
    for sql in [
        "DROP TRIGGER history_text_new",
        "DROP TRIGGER history_text_other",
        "DROP TRIGGER history_text_gone",
        "DROP TABLE history_text",
        "DELETE FROM _sqlx_migrations WHERE version = 7",
    ] {
        sqlx::query(sql).execute(&mut older).await.unwrap();
    }
    older.close().await.unwrap();

    let store = open(dir.path()).await;
    assert_eq!(ids(&store, containing("LAMP")).await, [1], "from before");
    store.history().record(&named(3, "Hang another lamp")).await.unwrap();
    assert_eq!(ids(&store, containing("lamp")).await, [3, 1]);
    assert!(store.history().reword(&repo("/a"), (&oid(1), &oid(9)), "Mend the chair", "").await.unwrap());
    assert_eq!(ids(&store, containing("lamp")).await, [3], "said otherwise since");
    assert_eq!(ids(&store, containing("chair")).await, [1]);
    store.history().record(&named(3, "Hang a picture")).await.unwrap();
    assert_eq!(ids(&store, containing("lamp")).await, [0_i64; 0]);
    assert_eq!(ids(&store, containing("picture")).await, [3]);
    store.history().mark_pushed(&repo("/a"), &[oid(3)], at(99)).await.unwrap();
    assert_eq!(ids(&store, containing("picture")).await, [3]);
}
