//! A broken database never stops anything, and is never thrown away.

use crate::make::{at, entry, names, oid, open, repo};
use autocommit_core::history::HistoryQuery;
use autocommit_store::{PushKey, Store};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

const ASIDE: &str = "autocommit.db.damaged-";

/// Whether all tables can be written and read.
async fn works(store: &Store) {
    let before = count(store).await;
    let mut new = entry("/works", 900);
    new.run_id = autocommit_core::id::RunId::new(format!("works-{before}"));
    store.history().record(&new).await.unwrap();
    assert_eq!(count(store).await, before + 1);
    store.cycles().record(&crate::make::cycle(900), &[]).await.unwrap();
    let key = PushKey::new(&repo("/works"), "origin", "url", "main");
    store.pushes().arrived(&key, &oid(1), at(1)).await.unwrap();
}

async fn count(store: &Store) -> usize {
    let query = HistoryQuery { limit: 500, ..HistoryQuery::default() };
    store.history().query(&query).await.unwrap().0.len()
}

/// A database with some pages, closed.
async fn filled(dir: &Path) -> Vec<u8> {
    let store = open(dir).await;
    for n in 1..=60 {
        let mut long = entry("/a", n);
        long.body = Some("word ".repeat(100));
        store.history().record(&long).await.unwrap();
    }
    store.close().await;
    fs::read(dir.join("autocommit.db")).unwrap()
}

async fn connect(dir: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(dir.join("autocommit.db"));
    SqliteConnection::connect_with(&options).await.unwrap()
}

#[tokio::test]
async fn files_are_private() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("new/state");
    let store = open(&state).await;
    works(&store).await;
    store.wanted().set_enabled(true).await.unwrap();
    assert_eq!(fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o700);
    let files = names(&state, "");
    assert!(files.contains(&"autocommit.db-wal".to_owned()), "{files:?}");
    for file in files {
        let mode = fs::metadata(state.join(&file)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file}");
    }
    store.close().await;
    fs::set_permissions(state.join("autocommit.db"), fs::Permissions::from_mode(0o644)).unwrap();
    open(&state).await;
    assert_eq!(fs::metadata(state.join("autocommit.db")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_cut_database_is_set_aside() {
    let home = tempfile::tempdir().unwrap();
    let whole = filled(home.path()).await;
    let length = whole.len();
    for keep in [0, 1, 15, 16, 99, 100, 1000, 4096, 8192, length / 2, length - 4096] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("autocommit.db"), &whole[..keep]).unwrap();
        let (store, warnings) = Store::open(dir.path()).await.unwrap();
        assert_eq!(warnings.len(), 1, "kept {keep} bytes: {warnings:?}");
        assert!(warnings[0].contains(ASIDE), "{warnings:?}");
        let aside = names(dir.path(), ASIDE);
        assert_eq!(fs::read(dir.path().join(&aside[0])).unwrap(), &whole[..keep], "kept as it was");
        works(&store).await;
        store.close().await;
        works(&open(dir.path()).await).await;
    }
}

#[tokio::test]
async fn flipped_bytes_are_set_aside_or_harmless() {
    let home = tempfile::tempdir().unwrap();
    let whole = filled(home.path()).await;
    let mut found = 0;
    let mut offsets: Vec<usize> = (0..100).collect();
    offsets.extend((100..whole.len()).step_by(whole.len() / 40));
    for offset in offsets {
        let dir = tempfile::tempdir().unwrap();
        let mut bytes = whole.clone();
        bytes[offset] ^= 0xff;
        fs::write(dir.path().join("autocommit.db"), &bytes).unwrap();
        let (store, warnings) = Store::open(dir.path()).await.unwrap();
        assert!(!warnings.iter().any(|warning| warning.contains("not kept")), "byte {offset}: {warnings:?}");
        let aside = names(dir.path(), ASIDE).into_iter().filter(|name| !name.ends_with(['l', 'm'])).count();
        assert_eq!(warnings.len(), aside, "byte {offset}: {warnings:?}");
        found += warnings.len();
        works(&store).await;
    }
    assert!(found >= 20, "SQLite should notice many of them, not {found}");
}

#[tokio::test]
async fn garbage_is_set_aside_with_its_companions() {
    let dir = tempfile::tempdir().unwrap();
    let mut state = 1_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    for suffix in ["", "-wal", "-shm"] {
        let bytes: Vec<u8> = (0..9000).map(|_| noise()).collect();
        fs::write(dir.path().join(format!("autocommit.db{suffix}")), bytes).unwrap();
    }
    let (store, warnings) = Store::open(dir.path()).await.unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let aside = names(dir.path(), ASIDE);
    assert!(aside.iter().any(|name| !name.contains("-wal") && !name.contains("-shm")), "{aside:?}");
    works(&store).await;
    store.close().await;
    works(&open(dir.path()).await).await;
}

#[tokio::test]
async fn a_page_that_no_statement_of_the_start_reads_is_checked() {
    let home = tempfile::tempdir().unwrap();
    let whole = filled(home.path()).await;
    let dir = tempfile::tempdir().unwrap();
    let mut bytes = whole.clone();
    let last_page = bytes.len() - 4096;
    bytes[last_page..last_page + 64].fill(0xff);
    fs::write(dir.path().join("autocommit.db"), &bytes).unwrap();
    let (store, warnings) = Store::open(dir.path()).await.unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    works(&store).await;
}

#[tokio::test]
async fn a_damaged_index_of_words_costs_no_history() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let mut raw = connect(dir.path()).await;
    let zeroed = "UPDATE history_text_data SET block = zeroblob(length(block)) WHERE id > 10";
    assert!(sqlx::query(zeroed).execute(&mut raw).await.unwrap().rows_affected() > 0);
    raw.close().await.unwrap();
    let (store, warnings) = Store::open(dir.path()).await.unwrap();
    assert_eq!(warnings, [""; 0]);
    let query = HistoryQuery { q: Some("word word".into()), limit: 500, ..HistoryQuery::default() };
    assert_eq!(store.history().query(&query).await.unwrap().0.len(), 60, "all of them, and by their words");
}

/// Databases in use: the file, and the WAL with the newest rows.
async fn in_use() -> (Vec<u8>, Vec<u8>) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for _ in 0..60 {
        // Always the same row: the file does not grow, so that its first page is not in the WAL and cannot heal it.
        store.history().record(&entry("/newest", 1)).await.unwrap();
    }
    let read = |name: &str| fs::read(dir.path().join(name)).unwrap();
    (read("autocommit.db"), read("autocommit.db-wal"))
}

#[tokio::test]
async fn the_wal_of_an_emptied_database_is_kept() {
    let (_, wal) = in_use().await;
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("autocommit.db"), "").unwrap();
    fs::write(dir.path().join("autocommit.db-wal"), &wal).unwrap();
    let (store, warnings) = Store::open(dir.path()).await.unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let aside = names(dir.path(), ASIDE);
    let kept = aside.iter().find(|name| name.ends_with("-wal")).unwrap();
    assert!(fs::read(dir.path().join(kept)).unwrap() == wal, "the rows that only the WAL has");
    works(&store).await;
}

#[tokio::test]
async fn setting_aside_loses_no_row_and_leaves_the_new_database_alone() {
    let (mut damaged, wal) = in_use().await;
    damaged[..16].fill(b'x');
    for _ in 0..10 {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("autocommit.db"), &damaged).unwrap();
        fs::write(dir.path().join("autocommit.db-wal"), &wal).unwrap();
        let (store, warnings) = Store::open(dir.path()).await.unwrap();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        works(&store).await;
        // In the WAL, or brought into the database when that was closed.
        let holds = |name: &String| {
            let bytes = fs::read(dir.path().join(name)).unwrap();
            bytes.windows(7).any(|window| window == b"/newest")
        };
        let aside = names(dir.path(), ASIDE);
        assert!(aside.iter().any(holds), "{aside:?}");
        assert!(dir.path().join("autocommit.db-wal").exists(), "nobody else deletes it");
        assert_eq!(count(&store).await, 1);
    }
}

#[tokio::test]
async fn a_lost_wal_or_garbage_in_it_costs_rows_at_most() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    works(&store).await;
    let copy = tempfile::tempdir().unwrap();
    fs::copy(dir.path().join("autocommit.db"), copy.path().join("autocommit.db")).unwrap();
    let mut wal = fs::read(dir.path().join("autocommit.db-wal")).unwrap();
    let middle = wal.len() / 2;
    wal[middle] ^= 1;
    fs::write(copy.path().join("autocommit.db-wal"), wal).unwrap();
    let (store, _) = Store::open(copy.path()).await.unwrap();
    works(&store).await;
}

#[tokio::test]
async fn a_newer_versions_database_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    works(&open(dir.path()).await).await;
    let mut connection = connect(dir.path()).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', TRUE, x'00', 1)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    let (store, warnings) = Store::open(dir.path()).await.unwrap();
    assert!(warnings[0].contains("newer version"), "{warnings:?}");
    assert!(!names(dir.path(), ASIDE).is_empty());
    works(&store).await;
}

#[tokio::test]
async fn missing_tables_and_columns_are_noticed_at_once() {
    for sql in ["DROP TABLE push", "ALTER TABLE history DROP COLUMN hint", "DROP TABLE _sqlx_migrations"] {
        let dir = tempfile::tempdir().unwrap();
        open(dir.path()).await.close().await;
        let mut connection = connect(dir.path()).await;
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let (store, warnings) = Store::open(dir.path()).await.unwrap();
        assert_eq!(warnings.len(), 1, "{sql}: {warnings:?}");
        works(&store).await;
    }
}

#[tokio::test]
async fn one_unreadable_row_does_not_hide_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for n in 1..=3 {
        store.history().record(&entry("/a", n)).await.unwrap();
    }
    let mut connection = connect(dir.path()).await;
    sqlx::query("UPDATE history SET commit_oid = 'xyz' WHERE id = 2").execute(&mut connection).await.unwrap();
    assert_eq!(count(&store).await, 2);
    let one = HistoryQuery { limit: 1, ..HistoryQuery::default() };
    let (_, next) = store.history().query(&one).await.unwrap();
    let (page, next) = store.history().query(&HistoryQuery { before: next, ..one }).await.unwrap();
    assert_eq!((page[0].id, next), (1, None));
}

#[tokio::test]
async fn where_nothing_can_be_written_memory_takes_over() {
    // Permissions do not bind root, folders in the way do.
    for obstacle in ["autocommit.db", "autocommit.db-wal"] {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(obstacle)).unwrap();
        let (store, warnings) = Store::open(dir.path()).await.unwrap();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains("History is not kept"), "{warnings:?}");
        assert!(names(dir.path(), ASIDE).is_empty());
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let store = store.clone();
                tokio::spawn(async move { store.history().record(&entry("/a", n)).await.unwrap() })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(count(&store).await, 20, "one database in memory, not one for each connection");
        works(&store).await;
    }
}

#[tokio::test]
async fn a_state_folder_that_is_a_file_still_opens_but_is_off() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    fs::write(&state, "in the way").unwrap();
    let (store, warnings) = Store::open(&state).await.unwrap();
    assert!(warnings.iter().any(|warning| warning.contains("History is not kept")), "{warnings:?}");
    assert!(!store.wanted().enabled(), "nothing is known of what the person wants");
    works(&store).await;
}

#[tokio::test]
async fn writers_at_the_same_time_wait_for_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let tasks: Vec<_> = (0..40)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                store.history().record(&entry("/a", n)).await.unwrap();
                store.history().mark_pushed(&repo("/a"), &[oid(n)], at(1)).await.unwrap();
                store.cycles().record(&crate::make::cycle(i64::from(n)), &[]).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(store.history().unpushed(&repo("/a")).await.unwrap().is_empty());
}
