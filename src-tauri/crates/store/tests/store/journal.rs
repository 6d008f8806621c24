use crate::make::{at, oid, repo};
use autocommit_core::{
    Timestamp,
    draft::MessageSource,
    id::{CycleId, RepoId, RunId},
    push::PushClass,
};
use autocommit_store::{
    Appended, Durability, Entry, Intent, Journal, LockFile, Object, Pushing, Record, RunEnd, StoreError,
};
use std::{
    ffi::OsString, fs, os::unix::ffi::OsStringExt as _, os::unix::fs::PermissionsExt as _, path::Path,
};

pub(crate) fn intent(run: &str) -> Record {
    Record::Intent(Box::new(Intent {
        run_id: RunId::new(run),
        cycle_id: CycleId::new("c"),
        repo_path: OsString::from_vec(b"/home/\xff".to_vec()).into(),
        git_dir: "/home/x/.git".into(),
        branch: "main".to_owned(),
        parent: Some(oid(1)),
        tree: oid(2),
        message: "Say \"hello\"\n\nGrüße\u{0}\u{2028}\n".to_owned(),
        message_source: MessageSource::Llm,
        message_reason: Some("Written by a model.".into()),
        message_ms: Some(2400),
        request_id: Some("task-1".into()),
        rewords: None,
        date: "1800000000 +0200".to_owned(),
        paths: 3,
        insertions: 4,
        deletions: 5,
        held: 1,
        started_at: at(0),
    }))
}

pub(crate) fn object(run: &str) -> Record {
    let lock = LockFile { path: "/home/x/.git/index.lock".into(), dev: u64::MAX, ino: 7, born_ns: Some(8) };
    Record::Object(Object { run_id: RunId::new(run), commit: oid(3), lock: Some(lock) })
}

fn of(record: Record) -> Object {
    let Record::Object(object) = record else { unreachable!("an object") };
    object
}

fn locks(run: &str, ino: u64) -> Record {
    let lock = LockFile { path: "/home/x/.git/HEAD.lock".into(), dev: 1, ino, born_ns: None };
    Record::Locks { run_id: RunId::new(run), locks: vec![lock] }
}

fn pushing(run: &str) -> Record {
    Record::Pushing(Box::new(Pushing {
        run_id: RunId::new(run),
        repo_path: "/home/x".into(),
        git_dir: "/home/x/.git".into(),
        mirror: Some("refs/remotes/origin/main".to_owned()),
        commit: oid(3),
    }))
}

pub(crate) fn committed(run: &str) -> Record {
    Record::Outcome { run_id: RunId::new(run), end: RunEnd::Committed { commit: oid(3) } }
}

pub(crate) fn dropped(run: &str) -> Record {
    Record::Outcome { run_id: RunId::new(run), end: RunEnd::Dropped { why: "the branch moved".to_owned() } }
}

fn pushed(run: Option<&str>, class: PushClass) -> Record {
    Record::Pushed {
        run_id: run.map(RunId::new),
        remote: "origin".to_owned(),
        branch: "main".to_owned(),
        commit: oid(3),
        class,
    }
}

pub(crate) async fn add(journal: &Journal, repo: &RepoId, record: &Record, now: Timestamp) -> Appended {
    journal.append(repo, record, Durability::Sync, now).await.unwrap()
}

/// `run` or `run+object` of each unfinished commit.
pub(crate) async fn open_runs(journal: &Journal, repo: &RepoId) -> Vec<String> {
    let name = |found: autocommit_store::Unfinished| {
        let object = if found.object.is_some() { "+object" } else { "" };
        format!("{}{object}", found.intent.run_id)
    };
    journal.open_in(repo).await.unwrap().commits.into_iter().map(name).collect()
}

#[tokio::test]
async fn a_push_is_open_until_it_ended_or_was_looked_after() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, repo) = (Journal::open(dir.path()), repo("/a"));
    let open = async || {
        let open = journal.open_in(&repo).await.unwrap();
        let of = |locks: &[LockFile]| locks.iter().map(|lock| lock.ino).collect::<Vec<_>>();
        let commits: Vec<_> =
            open.commits.iter().map(|c| (c.intent.run_id.to_string(), of(&c.locks))).collect();
        let pushes: Vec<_> =
            open.pushes.iter().map(|p| (p.pushing.run_id.to_string(), of(&p.locks))).collect();
        (commits, pushes)
    };
    for record in [intent("r1"), object("r1"), locks("r1", 1), locks("r1", 2)] {
        add(&journal, &repo, &record, at(0)).await;
    }
    assert_eq!(open().await, (vec![("r1".to_owned(), vec![1, 2])], vec![]));
    for record in [committed("r1"), pushing("r1"), locks("r1", 3)] {
        add(&journal, &repo, &record, at(1)).await;
    }
    assert_eq!(open().await, (vec![], vec![("r1".to_owned(), vec![3])]), "a push follows the commit's end");
    add(&journal, &repo, &pushed(Some("r1"), PushClass::Rejected), at(2)).await;
    assert_eq!(open().await, (vec![], vec![]));
    add(&journal, &repo, &pushing("r2"), at(3)).await;
    assert_eq!(open().await.1.len(), 1);
    add(&journal, &repo, &Record::Settled { run_id: RunId::new("r2") }, at(4)).await;
    assert_eq!(open().await, (vec![], vec![]));
}

fn day_files(dir: &Path, repo: &RepoId) -> Vec<String> {
    crate::make::names(&dir.join("journal").join(repo.as_str()), "")
}

#[tokio::test]
async fn every_record_comes_back_as_it_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, repo) = (Journal::open(dir.path()), repo("/a"));
    assert!(journal.read(&repo).unwrap().next().is_none(), "there is nothing yet");
    let records = [
        intent("r1"),
        object("r1"),
        committed("r1"),
        pushing("r1"),
        locks("r1", 2),
        Record::Settled { run_id: RunId::new("r1") },
        Record::SetAside { lock: "/home/x/.git/index.lock".into(), to: "/home/x/.git/autocommit-1".into() },
        pushed(Some("r1"), PushClass::Unreachable),
        pushed(None, PushClass::Pushed),
        dropped("r2"),
    ];
    for (n, record) in records.iter().enumerate() {
        let durability = if n % 2 == 0 { Durability::Sync } else { Durability::Lazy };
        let now = at(i64::try_from(n).unwrap() * 16_000);
        assert_eq!(journal.append(&repo, record, durability, now).await.unwrap(), Appended::Written);
    }
    let mut read = journal.read(&repo).unwrap();
    let entries: Vec<Entry> = read.by_ref().map(Result::unwrap).collect();
    assert_eq!(read.damaged(), 0);
    assert_eq!(entries.iter().map(|entry| entry.record.clone()).collect::<Vec<_>>(), records);
    assert_eq!(entries[5].at, at(80_000));
    assert_eq!(day_files(dir.path(), &repo), ["2027-01-15.jsonl", "2027-01-16.jsonl", "2027-01-17.jsonl"]);
}

#[tokio::test]
async fn each_record_is_one_json_line_in_private_files() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, repo) = (Journal::open(dir.path()), repo("/a"));
    assert!(!dir.path().join("journal").exists(), "opening touches nothing");
    add(&journal, &repo, &intent("r1"), at(0)).await;
    add(&journal, &repo, &committed("r1"), at(0)).await;
    let folder = dir.path().join("journal").join(repo.as_str());
    let file = folder.join("2027-01-15.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.ends_with('\n'));
    let kinds: Vec<_> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["kind"].clone())
        .collect();
    assert_eq!(kinds, ["intent", "outcome"]);
    for (path, mode) in [(dir.path().join("journal"), 0o700), (folder, 0o700), (file, 0o600)] {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
}

#[tokio::test]
async fn unfinished_is_what_has_an_intent_and_no_outcome() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, repo) = (Journal::open(dir.path()), repo("/a"));
    assert!(open_runs(&journal, &repo).await.is_empty());
    for record in [intent("r1"), object("r1"), committed("r1"), intent("r2"), dropped("r2")] {
        add(&journal, &repo, &record, at(0)).await;
    }
    add(&journal, &repo, &pushed(Some("r1"), PushClass::Pushed), at(0)).await;
    assert!(open_runs(&journal, &repo).await.is_empty());
    add(&journal, &repo, &intent("r3"), at(0)).await;
    assert_eq!(open_runs(&journal, &repo).await, ["r3"]);
    add(&journal, &repo, &object("r3"), at(0)).await;
    add(&journal, &repo, &intent("r4"), at(0)).await;
    assert_eq!(open_runs(&journal, &repo).await, ["r3+object", "r4"]);
    let found = journal.open_in(&repo).await.unwrap().commits;
    assert_eq!(Record::Intent(Box::new(found[0].intent.clone())), intent("r3"));
    assert_eq!(found[0].object.clone(), Some((at(0), of(object("r3")))));
}

#[tokio::test]
async fn the_outcome_may_be_in_another_days_file() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, repo) = (Journal::open(dir.path()), repo("/a"));
    let tomorrow = at(86_400);
    add(&journal, &repo, &intent("r1"), at(0)).await;
    add(&journal, &repo, &object("r1"), tomorrow).await;
    assert_eq!(open_runs(&journal, &repo).await, ["r1+object"]);
    add(&journal, &repo, &committed("r1"), tomorrow).await;
    assert!(open_runs(&journal, &repo).await.is_empty());
    assert_eq!(day_files(dir.path(), &repo).len(), 2);
    let again = add(&journal, &repo, &committed("r1"), at(2 * 86_400)).await;
    assert_eq!(again, Appended::AlreadyThere, "also on the day after");
}

#[tokio::test]
async fn a_clock_that_goes_back_hides_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, repo) = (Journal::open(dir.path()), repo("/a"));
    for day in [10, 11] {
        add(&journal, &repo, &intent(&format!("r{day}")), at(day * 86_400)).await;
        add(&journal, &repo, &committed(&format!("r{day}")), at(day * 86_400)).await;
    }
    add(&journal, &repo, &intent("late"), at(0)).await;
    add(&journal, &repo, &intent("unset"), Timestamp::MIN).await;
    assert_eq!(open_runs(&journal, &repo).await, ["late", "unset"]);
    assert_eq!(day_files(dir.path(), &repo).len(), 2);
}

#[tokio::test]
async fn records_are_not_repeated() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, repo, other) = (Journal::open(dir.path()), repo("/a"), repo("/b"));
    use Appended::{AlreadyThere, Written};
    for (record, expected) in [
        (intent("r1"), Written),
        (intent("r1"), AlreadyThere),
        (object("r1"), Written),
        (object("r1"), AlreadyThere),
        (Record::Object(Object { run_id: RunId::new("r1"), commit: oid(9), lock: None }), Written),
        (committed("r1"), Written),
        (committed("r1"), AlreadyThere),
        (dropped("r1"), AlreadyThere),
        (committed("r10"), Written),
        (pushed(Some("r1"), PushClass::TimedOut), Written),
        (pushed(Some("r1"), PushClass::TimedOut), AlreadyThere),
        (pushed(Some("r1"), PushClass::Pushed), Written),
        (pushed(None, PushClass::Pushed), Written),
        (pushed(None, PushClass::Pushed), Written),
    ] {
        assert_eq!(add(&journal, &repo, &record, at(0)).await, expected, "{record:?}");
    }
    assert_eq!(journal.read(&repo).unwrap().count(), 9);
    assert_eq!(add(&journal, &other, &committed("r1"), at(0)).await, Written, "another repository");
}

#[tokio::test]
async fn the_latest_intent_and_object_of_a_run_count() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, repo) = (Journal::open(dir.path()), repo("/a"));
    let Record::Intent(mut second) = intent("r1") else { unreachable!() };
    second.tree = oid(77);
    for record in [intent("r1"), object("r1"), Record::Intent(second)] {
        add(&journal, &repo, &record, at(0)).await;
    }
    let found = journal.open_in(&repo).await.unwrap().commits;
    assert_eq!((found.len(), &found[0].intent.tree, &found[0].object), (1, &oid(77), &None));
}

#[tokio::test]
async fn all_repositories_are_walked_quickly() {
    let dir = tempfile::tempdir().unwrap();
    let first = repo("/first");
    let journal = Journal::open(dir.path());
    assert!(journal.all_open().await.unwrap().unfinished.is_empty());
    for n in 0..30 {
        add(&journal, &first, &intent(&format!("r{n}")), at(0)).await;
        add(&journal, &first, &committed(&format!("r{n}")), at(0)).await;
    }
    let file = dir.path().join("journal").join(first.as_str()).join("2027-01-15.jsonl");
    let done = fs::read(&file).unwrap();
    add(&journal, &first, &intent("open"), at(0)).await;
    let open = fs::read(&file).unwrap();
    for n in 0..1000 {
        let folder = dir.path().join("journal").join(repo(&format!("/{n}")).as_str());
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("2027-01-14.jsonl"), if n % 100 == 0 { &open } else { &done }).unwrap();
    }
    fs::create_dir(dir.path().join("journal/not a repository")).unwrap();
    fs::write(dir.path().join("journal/0123456789abcdef"), "not a folder").unwrap();
    let start = std::time::Instant::now();
    let recovery = journal.all_open().await.unwrap();
    assert!(start.elapsed() < std::time::Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!((recovery.unfinished.len(), recovery.damaged), (11, 0));
    assert!(recovery.unfinished.iter().any(|(repo, _)| *repo == first));
    let unreadable: Vec<_> = recovery.unreadable.iter().map(|(repo, _)| repo.as_str()).collect();
    assert_eq!(unreadable, ["0123456789abcdef"], "one that cannot be read is named and hides no other");
}

#[tokio::test]
async fn only_the_end_of_a_long_file_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, repo) = (Journal::open(dir.path()), repo("/a"));
    let folder = dir.path().join("journal").join(repo.as_str());
    add(&journal, &repo, &intent("old"), at(0)).await;
    let file = folder.join("2027-01-15.jsonl");
    let line = fs::read(&file).unwrap();
    fs::write(&file, line.repeat(3000)).unwrap();
    add(&journal, &repo, &intent("new"), at(0)).await;
    assert_eq!(open_runs(&journal, &repo).await, ["old", "new"]);
    assert_eq!(journal.all_open().await.unwrap().damaged, 0, "the cut line is no damage");
}

#[tokio::test]
async fn what_cannot_be_written_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path());
    fs::write(dir.path().join("journal"), "in the way").unwrap();
    let result = journal.append(&repo("/a"), &intent("r"), Durability::Sync, at(0)).await;
    assert!(matches!(result, Err(StoreError::File { .. })), "{result:?}");

    for id in ["", "..", "a/b", "/etc", "a\0b"] {
        let result = journal.append(&RepoId::new(id), &intent("r"), Durability::Sync, at(0)).await;
        assert!(matches!(result, Err(StoreError::BadId(_))), "{id:?}");
    }
    let Record::Intent(mut long) = intent("r") else { unreachable!() };
    long.message = "x".repeat(200_000);
    let result = journal.append(&repo("/a"), &Record::Intent(long), Durability::Lazy, at(0)).await;
    assert!(matches!(result, Err(StoreError::TooLong(_))), "{result:?}");
}
