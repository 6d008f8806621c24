//! Power cuts and flipped bits in the journal.

use crate::{
    journal::{add, committed, dropped, intent, object, open_runs},
    make::{at, repo},
};
use autocommit_core::id::RepoId;
use autocommit_store::{Appended, Journal, Record};
use std::{fs, path::PathBuf};

struct Place {
    dir: tempfile::TempDir,
    journal: Journal,
    repo: RepoId,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { journal: Journal::open(dir.path()), repo: repo("/a"), dir }
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("journal").join(self.repo.as_str()).join("2027-01-15.jsonl")
    }

    async fn with(records: &[Record]) -> Vec<u8> {
        let place = Self::new();
        for record in records {
            add(&place.journal, &place.repo, record, at(0)).await;
        }
        fs::read(place.file()).unwrap()
    }

    fn holding(bytes: &[u8]) -> Self {
        let place = Self::new();
        fs::create_dir_all(place.file().parent().unwrap()).unwrap();
        fs::write(place.file(), bytes).unwrap();
        place
    }

    /// Records that can be read, and the number of damaged lines.
    fn records(&self) -> (Vec<Record>, usize) {
        let mut read = self.journal.read(&self.repo).unwrap();
        let records = read.by_ref().map(|entry| entry.unwrap().record).collect();
        (records, read.damaged())
    }
}

#[tokio::test]
async fn the_last_record_torn_at_every_byte() {
    let before = [intent("r0"), committed("r0"), intent("r1")];
    let bytes_before = Place::with(&before).await.len();
    for (last, open_before, open_with) in [
        (object("r1"), vec!["r1"], vec!["r1+object"]),
        (committed("r1"), vec!["r1"], vec![]),
        (dropped("r1"), vec!["r1"], vec![]),
        (intent("r2"), vec!["r1"], vec!["r1", "r2"]),
    ] {
        let mut records = before.to_vec();
        records.push(last.clone());
        let whole = Place::with(&records).await;
        for keep in bytes_before..=whole.len() {
            let place = Place::holding(&whole[..keep]);
            // Without its newline the record is whole: its sum says so.
            let is_there = keep + 1 >= whole.len();
            let expected = if is_there { &open_with } else { &open_before };
            assert_eq!(
                &open_runs(&place.journal, &place.repo).await,
                expected,
                "kept {keep} of {}",
                whole.len()
            );

            let answer = add(&place.journal, &place.repo, &last, at(1)).await;
            assert_eq!(answer == Appended::AlreadyThere, is_there, "kept {keep}");
            assert_eq!(&open_runs(&place.journal, &place.repo).await, &open_with);
            add(&place.journal, &place.repo, &intent("next"), at(2)).await;
            let mut expected = records.clone();
            expected.push(intent("next"));
            assert_eq!(place.records(), (expected, 0), "kept {keep}");
            let torn = fs::read(place.file().with_extension("torn")).unwrap_or_default();
            let cut = if is_there { b"".as_slice() } else { &whole[bytes_before..keep] };
            assert_eq!(torn.strip_suffix(b"\n").unwrap_or_default(), cut, "nothing is thrown away");
        }
    }
}

#[tokio::test]
async fn the_very_first_record_torn_at_every_byte() {
    let whole = Place::with(&[intent("r1")]).await;
    for keep in 0..whole.len() - 1 {
        let place = Place::holding(&whole[..keep]);
        assert!(open_runs(&place.journal, &place.repo).await.is_empty());
        add(&place.journal, &place.repo, &intent("r1"), at(0)).await;
        assert_eq!(place.records(), (vec![intent("r1")], 0));
    }
}

#[tokio::test]
async fn any_flipped_byte_costs_only_its_own_lines() {
    let records = [intent("r0"), committed("r0"), intent("r1"), object("r1")];
    let whole = Place::with(&records).await;
    let line_of = |offset: usize| whole[..offset].iter().filter(|byte| **byte == b'\n').count();
    for offset in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[offset] ^= 1;
        let place = Place::holding(&bytes);
        let (found, _) = place.records();
        let line = line_of(offset);
        // A flipped newline joins two lines; the last one is only missing.
        let lost = match (bytes[offset], whole[offset]) {
            (_, b'\n') => line..line + 2,
            _ => line..line + 1,
        };
        let expected: Vec<_> =
            records.iter().enumerate().filter(|(n, _)| !lost.contains(n)).map(|(_, r)| r.clone()).collect();
        assert_eq!(found, expected, "byte {offset}");
        add(&place.journal, &place.repo, &committed("new"), at(1)).await;
        let (found, damaged) = place.records();
        assert_eq!(found.last(), Some(&committed("new")), "byte {offset}");
        assert!(damaged <= 1);
    }
}

#[tokio::test]
async fn damage_in_the_middle_is_counted() {
    let whole = Place::with(&[intent("r0"), committed("r0"), intent("r1")]).await;
    let mut bytes = whole.clone();
    bytes[60] ^= 1;
    let place = Place::holding(&bytes);
    assert_eq!(place.records(), (vec![committed("r0"), intent("r1")], 1));
    let recovery = place.journal.all_open().await.unwrap();
    assert_eq!((recovery.unfinished.len(), recovery.damaged), (1, 1));
}

#[tokio::test]
async fn blocks_of_zeros_and_noise_after_a_power_cut() {
    let whole = Place::with(&[intent("r1")]).await;
    for (byte, count) in [(0, 1), (0, 4096), (0xff, 300), (0, 300_000), (b'x', 300_000)] {
        let mut bytes = whole.clone();
        bytes.extend(vec![byte; count]);
        let place = Place::holding(&bytes);
        let long = count > 200_000;
        if !long {
            assert_eq!(open_runs(&place.journal, &place.repo).await, ["r1"], "{count} of {byte}");
        }
        assert_eq!(add(&place.journal, &place.repo, &intent("r2"), at(1)).await, Appended::Written);
        assert!(open_runs(&place.journal, &place.repo).await.contains(&"r2".to_owned()));
        let (found, _) = place.records();
        assert_eq!(found, [intent("r1"), intent("r2")], "{count} of {byte}");
    }
}

#[tokio::test]
async fn appends_at_the_same_time_do_not_mix() {
    let place = Place::new();
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let (journal, repo) = (place.journal.clone(), place.repo.clone());
            tokio::spawn(async move { add(&journal, &repo, &intent(&format!("r{n}")), at(0)).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let (found, damaged) = place.records();
    assert_eq!((found.len(), damaged), (50, 0));
}

#[tokio::test]
async fn a_record_appended_twice_at_the_same_time_is_written_once() {
    // Long enough that looking for the record takes a while.
    let long = Place::with(&[intent("r1")]).await.repeat(400);
    for round in 0..5 {
        let place = Place::holding(&long);
        let tasks: Vec<_> = (0..10)
            .map(|_| {
                let (journal, repo) = (place.journal.clone(), place.repo.clone());
                tokio::spawn(async move { add(&journal, &repo, &committed("r1"), at(round)).await })
            })
            .collect();
        let mut written = 0;
        for task in tasks {
            written += usize::from(task.await.unwrap() == Appended::Written);
        }
        assert_eq!(written, 1);
    }
}
