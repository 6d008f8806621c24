use crate::make::{at, cycle, oid, open, repo, report};
use autocommit_core::{id::CycleId, push::PushClass};
use autocommit_store::{Arrival, PushFailure, PushKey, PushMemory};
use std::{ffi::OsString, os::unix::ffi::OsStringExt as _, sync::Arc};

const URL: &str = "https://me:pass-word@example.org/x.git";

#[tokio::test]
async fn failures_count_up_until_something_arrives() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let pushes = store.pushes();
    let key = PushKey::new(&repo("/a"), "origin", URL, "main");
    assert_eq!(pushes.get(&key).await.unwrap(), None);
    pushes.arrived(&key, &oid(1), at(1)).await.unwrap();
    let arrived = Some(Arrival { oid: oid(1), at: at(1) });
    for n in 1..=3 {
        let class = PushClass::Unreachable;
        let row = pushes.failed(&key, class, &oid(2), "no route", at(2), Some(at(9))).await.unwrap();
        assert_eq!(row, n);
    }
    let failure = PushFailure {
        class: PushClass::Unreachable,
        tip: oid(2),
        detail: "no route".to_owned(),
        failures: 3,
        at: at(2),
        next_try_at: Some(at(9)),
    };
    let memory = PushMemory { arrived, failure: Some(failure) };
    assert_eq!(pushes.get(&key).await.unwrap(), Some(memory.clone()));
    assert_eq!(pushes.all().await.unwrap(), [(key.clone(), memory)]);

    pushes.arrived(&key, &oid(2), at(3)).await.unwrap();
    let memory = PushMemory { arrived: Some(Arrival { oid: oid(2), at: at(3) }), failure: None };
    assert_eq!(pushes.get(&key).await.unwrap(), Some(memory));
    assert_eq!(pushes.failed(&key, PushClass::Rejected, &oid(3), "no", at(4), None).await.unwrap(), 1);
}

#[tokio::test]
async fn every_part_of_the_key_tells_places_apart_and_every_class_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = PushKey::new(&repo("/a"), "origin", URL, "main");
    store.pushes().arrived(&key, &oid(1), at(1)).await.unwrap();
    for other in [
        PushKey::new(&repo("/b"), "origin", URL, "main"),
        PushKey::new(&repo("/a"), "backup", URL, "main"),
        PushKey::new(&repo("/a"), "origin", "https://example.org/y.git", "main"),
        PushKey::new(&repo("/a"), "origin", URL, "topic"),
    ] {
        assert_eq!(store.pushes().get(&other).await.unwrap(), None);
    }
    for class in PushClass::ALL {
        store.pushes().failed(&key, class, &oid(1), "", at(1), None).await.unwrap();
        assert_eq!(store.pushes().get(&key).await.unwrap().unwrap().failure.unwrap().class, class);
    }
}

#[tokio::test]
async fn no_address_reaches_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for remote in ["origin", URL, "https://me:pass-word@other.example/"] {
        let key = PushKey::new(&repo("/a"), remote, URL, "main");
        assert!(!format!("{key:?}").contains("pass-word"));
        store.pushes().arrived(&key, &oid(1), at(1)).await.unwrap();
    }
    store.close().await;
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(9).any(|window| window == b"pass-word"));
    }
}

#[tokio::test]
async fn a_cycle_comes_back_with_its_runs() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    assert_eq!(store.cycles().last().await.unwrap(), None);
    let runs = [report("/a".into()), report(OsString::from_vec(b"/caf\xe9".to_vec()).into())].map(Arc::new);
    store.cycles().record(&cycle(1), &runs).await.unwrap();
    store.cycles().record(&cycle(2), &[]).await.unwrap();
    store.close().await;
    let store = open(dir.path()).await;
    assert_eq!(store.cycles().last().await.unwrap(), Some(cycle(2)));
    assert_eq!(store.cycles().get(&cycle(1).id).await.unwrap(), Some((cycle(1), runs.to_vec())));
    assert_eq!(store.cycles().get(&CycleId::new("never")).await.unwrap(), None);

    store.cycles().record(&cycle(1), &runs[..1]).await.unwrap();
    assert_eq!(store.cycles().get(&cycle(1).id).await.unwrap().unwrap().1.len(), 1, "replaced");
}

#[tokio::test]
async fn only_the_newest_cycles_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for n in 1..=203 {
        store.cycles().record(&cycle(n), &[]).await.unwrap();
    }
    assert_eq!(store.cycles().get(&cycle(3).id).await.unwrap(), None);
    assert!(store.cycles().get(&cycle(4).id).await.unwrap().is_some());

    let one = Arc::new(report("/a".into()));
    let many = std::iter::repeat_n(one, 9_000).collect::<Vec<_>>();
    for n in 301..=303 {
        store.cycles().record(&cycle(n), &many).await.unwrap();
    }
    assert_eq!(store.cycles().get(&cycle(301).id).await.unwrap(), None, "27 000 runs are too many");
    assert!(store.cycles().get(&cycle(302).id).await.unwrap().is_some());
    assert_eq!(store.cycles().last().await.unwrap(), Some(cycle(303)));
}
