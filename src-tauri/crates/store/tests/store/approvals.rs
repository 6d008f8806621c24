//! An approval counts only while it is there, whole, and not taken back.

use crate::make::{at, names};
use autocommit_core::{
    approval::{Approval, ContentId},
    guards::Rule,
    path::RepoPath,
};
use autocommit_store::{Approvals, Store, StoreError};
use std::{
    ffi::OsString,
    fs,
    os::unix::{ffi::OsStringExt as _, fs::PermissionsExt as _},
    path::{Path, PathBuf},
};

fn approval(path: &[u8], rule: Rule, content: u8) -> Approval {
    let content = ContentId::parse(&format!("{content:064x}")).unwrap();
    Approval { path: RepoPath::new(path.to_vec()), rule, content }
}

fn odd_repo() -> PathBuf {
    OsString::from_vec(b"/home/\xff\"\n".to_vec()).into()
}

/// Two approvals in an oddly named repository, one in another.
async fn filled() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let approvals = Approvals::at(dir.path());
    let two = vec![
        approval(b"-rf\n\xfe", Rule::FileTooLarge, 1),
        approval("schlüssel.pem".as_bytes(), Rule::SecretFile, 2),
    ];
    approvals.add(&odd_repo(), two, at(1)).await.unwrap();
    approvals.add(Path::new("/b"), vec![approval(b"a", Rule::Secret, 3)], at(2)).await.unwrap();
    dir
}

#[tokio::test]
async fn nothing_is_approved_by_default_and_looking_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let approvals = Approvals::at(dir.path());
    assert!(approvals.of(Path::new("/b")).await.unwrap().is_empty());
    assert!(approvals.all().await.unwrap().is_empty());
    assert!(names(dir.path(), "").is_empty());
}

#[tokio::test]
async fn every_byte_of_a_name_survives() {
    let dir = filled().await;
    let found = Approvals::at(dir.path()).of(&odd_repo()).await.unwrap();
    let paths: Vec<_> = found.iter().map(|a| a.path.as_bytes().to_vec()).collect();
    assert_eq!(paths, [b"-rf\n\xfe".to_vec(), "schlüssel.pem".as_bytes().to_vec()]);
    assert_eq!(found[0], approval(b"-rf\n\xfe", Rule::FileTooLarge, 1));
    let all = Approvals::at(dir.path()).all().await.unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!((all[0].repo.as_path(), all[0].approved_at), (Path::new("/b"), at(2)));
    let mode = fs::metadata(dir.path().join("approvals.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn what_another_process_gives_or_takes_back_is_seen() {
    let dir = filled().await;
    let (daemon, command) = (Approvals::at(dir.path()), Approvals::at(dir.path()));
    assert_eq!(daemon.of(Path::new("/b")).await.unwrap().len(), 1);
    command.add(Path::new("/b"), vec![approval(b"a", Rule::Secret, 4)], at(3)).await.unwrap();
    assert_eq!(daemon.of(Path::new("/b")).await.unwrap().len(), 2, "another content of the same path");
    let gone = command.revoke(Path::new("/b"), Some(vec!["a".into()])).await.unwrap();
    assert_eq!(gone.len(), 2);
    assert!(daemon.of(Path::new("/b")).await.unwrap().is_empty());
    assert_eq!(daemon.of(&odd_repo()).await.unwrap().len(), 2, "the others stay");
    assert!(command.revoke(Path::new("/b"), None).await.unwrap().is_empty(), "nothing left to take back");
    assert_eq!(command.revoke(&odd_repo(), None).await.unwrap().len(), 2);
    assert!(daemon.all().await.unwrap().is_empty());
    fs::remove_file(dir.path().join("approvals.json")).unwrap();
    assert!(daemon.of(&odd_repo()).await.unwrap().is_empty(), "a removed file approves nothing");
}

#[tokio::test]
async fn a_file_cut_anywhere_or_with_any_byte_flipped_approves_nothing() {
    let home = filled().await;
    let whole = fs::read(home.path().join("approvals.json")).unwrap();
    let before = Approvals::at(home.path()).all().await.unwrap();
    let mut variants: Vec<Vec<u8>> = (0..whole.len() - 1).map(|keep| whole[..keep].to_vec()).collect();
    for offset in 0..whole.len() {
        for bit in [1, 0x20, 0x80] {
            let mut flipped = whole.clone();
            flipped[offset] ^= bit;
            variants.push(flipped);
        }
    }
    let (mut refused, all) = (0, variants.len());
    let dir = tempfile::tempdir().unwrap();
    for variant in variants {
        fs::write(dir.path().join("approvals.json"), &variant).unwrap();
        match Approvals::at(dir.path()).all().await {
            Err(StoreError::Damaged { .. }) => refused += 1,
            // White space and the spelling of hexadecimal digits carry nothing.
            Ok(after) => assert_eq!(after, before, "{}", String::from_utf8_lossy(&variant)),
            Err(other) => panic!("{other}"),
        }
    }
    assert!(refused > all * 3 / 4, "{refused} of {all}");
    assert_eq!(names(dir.path(), "").len(), 1, "looking writes nothing, not even beside a damaged file");
}

#[tokio::test]
async fn a_damaged_file_is_said_kept_and_begun_afresh_by_the_next_approval() {
    let dir = filled().await;
    let file = dir.path().join("approvals.json");
    let open = Approvals::at(dir.path());
    assert_eq!(open.all().await.unwrap().len(), 3);
    fs::write(&file, "{").unwrap();
    let error = open.of(Path::new("/b")).await.unwrap_err();
    assert!(error.to_string().contains("approvals.json"), "{error}");
    assert!(open.of(Path::new("/b")).await.is_err(), "it goes on being said");
    open.add(Path::new("/c"), vec![approval(b"x", Rule::MassDeletion, 9)], at(5)).await.unwrap();
    let aside = names(dir.path(), "approvals.json.damaged-");
    assert_eq!(fs::read(dir.path().join(&aside[0])).unwrap(), b"{");
    let all = open.all().await.unwrap();
    assert_eq!(all.len(), 1, "nothing comes back");
    assert_eq!(all[0].repo, Path::new("/c"));
}

#[tokio::test]
async fn rules_that_nobody_can_approve_are_not_taken() {
    let dir = tempfile::tempdir().unwrap();
    let approvals = Approvals::at(dir.path());
    let every = Rule::ALL.map(|rule| approval(b"a", rule, 1)).to_vec();
    approvals.add(Path::new("/b"), every, at(1)).await.unwrap();
    let rules: Vec<_> = approvals.of(Path::new("/b")).await.unwrap().into_iter().map(|a| a.rule).collect();
    assert_eq!(rules.len(), Rule::ALL.iter().filter(|rule| rule.approvable()).count());
    assert!(rules.iter().all(|rule| rule.approvable()));
}

#[tokio::test]
async fn given_twice_is_one_and_the_newest_time_counts() {
    let dir = filled().await;
    let approvals = Approvals::at(dir.path());
    approvals.add(Path::new("/b"), vec![approval(b"a", Rule::Secret, 3)], at(9)).await.unwrap();
    let all = approvals.all().await.unwrap();
    assert_eq!((all.len(), all[0].approved_at), (3, at(9)));
}

#[tokio::test]
async fn the_list_is_bounded() {
    let dir = filled().await;
    let approvals = Approvals::at(dir.path());
    let many =
        |n: usize| (0..n).map(|n| approval(n.to_string().as_bytes(), Rule::TooManyNewFiles, 1)).collect();
    let refused = approvals.add(Path::new("/many"), many(50_001), at(3)).await.unwrap_err();
    assert!(matches!(refused, StoreError::TooManyApprovals(50_000)));
    assert_eq!(approvals.all().await.unwrap().len(), 3, "nothing was taken");
    approvals.add(Path::new("/many"), many(50_000), at(3)).await.unwrap();
    let all = approvals.all().await.unwrap();
    assert_eq!(all.len(), 50_000);
    assert!(all.iter().all(|given| given.repo == Path::new("/many")), "the oldest are forgotten");
}

#[tokio::test]
async fn several_processes_at_once_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let tasks: Vec<_> = (0..20u8)
        .map(|n| {
            let approvals = Approvals::at(dir.path());
            tokio::spawn(async move {
                let one = vec![approval(&[b'f', n], Rule::Secret, n)];
                approvals.add(Path::new("/b"), one, at(i64::from(n))).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(Approvals::at(dir.path()).of(Path::new("/b")).await.unwrap().len(), 20);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_approves_nothing_and_disturbs_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("approvals.json")).unwrap();
    let (store, warnings) = Store::open(dir.path()).await.unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    assert!(store.wanted().enabled());
    assert!(store.approvals().of(Path::new("/b")).await.is_err());
    let added = store.approvals().add(Path::new("/b"), vec![approval(b"a", Rule::Secret, 1)], at(1)).await;
    assert!(added.is_err(), "and says that it could not be kept");
}
