//! A "no" survives everything.

use crate::make::names;
use autocommit_core::{Timestamp, repo::PersonalRules};
use autocommit_store::{Store, Wanted};
use std::{
    ffi::OsString,
    fs,
    os::unix::{ffi::OsStringExt as _, fs::PermissionsExt as _},
    path::{Path, PathBuf},
};

const OUT: PersonalRules = PersonalRules { enabled: Some(false), push: None };
const NO_PUSH: PersonalRules = PersonalRules { enabled: None, push: Some(false) };

async fn open(dir: &Path) -> Wanted {
    let (wanted, warnings) = Wanted::open(dir).await;
    assert_eq!(warnings, Vec::<String>::new());
    wanted
}

fn odd_path() -> PathBuf {
    OsString::from_vec(b"/home/\xff\"\n".to_vec()).into()
}

/// A folder in which it is on and two repositories have rules.
async fn filled() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let wanted = open(dir.path()).await;
    wanted.set_rules(&odd_path(), &OUT).await.unwrap();
    wanted.set_rules(Path::new("/b"), &NO_PUSH).await.unwrap();
    dir
}

#[tokio::test]
async fn on_by_default_and_looking_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let wanted = open(dir.path()).await;
    assert!(wanted.enabled());
    assert!(wanted.rules().is_empty());
    assert!(names(dir.path(), "").is_empty());
}

#[tokio::test]
async fn what_was_set_survives() {
    let dir = filled().await;
    let wanted = open(dir.path()).await;
    wanted.set_enabled(false).await.unwrap();
    let wanted = open(dir.path()).await;
    assert!(!wanted.enabled());
    assert_eq!(wanted.rules_of(&odd_path()), OUT);
    assert_eq!(wanted.rules_of(Path::new("/b")), NO_PUSH);
    assert_eq!(wanted.rules_of(Path::new("/c")), PersonalRules::default());
    wanted.set_rules(Path::new("/b"), &PersonalRules::default()).await.unwrap();
    wanted.set_enabled(true).await.unwrap();
    let wanted = open(dir.path()).await;
    assert!(wanted.enabled());
    assert_eq!(wanted.rules(), [(odd_path(), OUT)].into());
    let mode = fs::metadata(dir.path().join("wanted.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(names(dir.path(), "wanted.json.tmp").is_empty());
}

#[tokio::test]
async fn damage_of_the_database_does_not_touch_it() {
    let dir = filled().await;
    open(dir.path()).await.set_enabled(false).await.unwrap();
    fs::write(dir.path().join("autocommit.db"), "garbage, and long enough to be looked at").unwrap();
    let (store, warnings) = Store::open(dir.path()).await.unwrap();
    assert_eq!(warnings.len(), 1);
    assert!(!store.wanted().enabled());
    assert_eq!(store.wanted().rules().len(), 2);
}

#[tokio::test]
async fn a_file_cut_anywhere_or_with_any_byte_flipped_means_off_and_keeps_the_rules() {
    let home = filled().await;
    let whole = fs::read(home.path().join("wanted.json")).unwrap();
    let mut variants: Vec<Vec<u8>> = (0..whole.len() - 1).map(|keep| whole[..keep].to_vec()).collect();
    for offset in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[offset] ^= if offset % 2 == 0 { 1 } else { 0x20 };
        variants.push(flipped);
    }
    for variant in variants {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("wanted.json"), &variant).unwrap();
        fs::copy(home.path().join("wanted.json.copy"), dir.path().join("wanted.json.copy")).unwrap();
        let (wanted, warnings) = Wanted::open(dir.path()).await;
        let text = String::from_utf8_lossy(&variant);
        assert_eq!(wanted.rules().len(), 2, "{text}");
        if warnings.is_empty() {
            // Only white space and the case of hexadecimal digits may differ without anybody noticing.
            let bare = |bytes: &[u8]| {
                let text = String::from_utf8_lossy(bytes);
                text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase()
            };
            assert_eq!(bare(&variant), bare(&whole));
            continue;
        }
        assert!(!wanted.enabled(), "{text}");
        assert!(warnings[0].contains("autocommit enable"), "{warnings:?}");
        let aside = names(dir.path(), "wanted.json.damaged-");
        assert_eq!(fs::read(dir.path().join(&aside[0])).unwrap(), variant);
        assert!(!open(dir.path()).await.enabled(), "off stays off at the next start");
    }
}

#[tokio::test]
async fn both_files_damaged_means_off_until_switched_on() {
    let dir = filled().await;
    fs::write(dir.path().join("wanted.json"), "{").unwrap();
    fs::write(dir.path().join("wanted.json.copy"), "").unwrap();
    let (wanted, warnings) = Wanted::open(dir.path()).await;
    assert!(!wanted.enabled());
    assert!(warnings[0].contains("opt-outs are lost") && warnings[0].contains("autocommit enable"));
    let wanted = open(dir.path()).await;
    assert!(!wanted.enabled());
    wanted.set_enabled(true).await.unwrap();
    assert!(open(dir.path()).await.enabled());
}

#[tokio::test]
async fn a_missing_file_is_restored_from_its_copy() {
    let dir = filled().await;
    open(dir.path()).await.set_enabled(false).await.unwrap();
    fs::remove_file(dir.path().join("wanted.json")).unwrap();
    let (wanted, warnings) = Wanted::open(dir.path()).await;
    assert_eq!((wanted.enabled(), wanted.rules().len(), warnings.len()), (false, 2, 1));
    assert!(!open(dir.path()).await.enabled());
}

#[tokio::test]
async fn a_field_of_a_newer_version_means_off() {
    let dir = filled().await;
    let path = dir.path().join("wanted.json");
    let text = fs::read_to_string(&path).unwrap().replacen('{', r#"{"paused_until": 5,"#, 1);
    fs::write(&path, text).unwrap();
    assert!(!Wanted::open(dir.path()).await.0.enabled());
}

#[tokio::test]
async fn a_no_that_cannot_be_kept_is_in_force_and_a_yes_is_not() {
    let dir = filled().await;
    let wanted = open(dir.path()).await;
    // A folder where the temporary file must go: nothing can be written, not even by root.
    fs::create_dir(dir.path().join("wanted.json.tmp")).unwrap();
    let out_and_in = PersonalRules { enabled: Some(false), push: Some(true) };
    assert!(wanted.set_rules(Path::new("/b"), &out_and_in).await.is_err());
    assert_eq!(wanted.rules_of(Path::new("/b")), PersonalRules { enabled: Some(false), push: Some(false) });
    assert!(wanted.set_rules(&odd_path(), &PersonalRules::default()).await.is_err());
    assert_eq!(wanted.rules_of(&odd_path()), OUT);
    assert!(wanted.set_enabled(false).await.is_err());
    assert!(!wanted.enabled());
    assert!(wanted.set_enabled(true).await.is_err());
    assert!(!wanted.enabled());
    fs::remove_dir(dir.path().join("wanted.json.tmp")).unwrap();
    wanted.set_enabled(true).await.unwrap();
    let wanted = open(dir.path()).await;
    assert_eq!((wanted.enabled(), wanted.rules_of(Path::new("/b")).enabled), (true, Some(false)));
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_left_alone_and_means_off() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("wanted.json")).unwrap();
    let (wanted, warnings) = Wanted::open(dir.path()).await;
    assert!(!wanted.enabled());
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(wanted.set_enabled(true).await.is_err());
    assert!(!wanted.enabled());
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_kept() {
    let dir = tempfile::tempdir().unwrap();
    let wanted = open(dir.path()).await;
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let wanted = wanted.clone();
            tokio::spawn(
                async move { wanted.set_rules(&PathBuf::from(format!("/{n}")), &OUT).await.unwrap() },
            )
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(open(dir.path()).await.rules().len(), 20);
}

#[tokio::test]
async fn a_pause_is_kept_and_ended_by_switching_on_or_off() {
    let dir = filled().await;
    let until = Some(Timestamp::from_second(1_750_000_000).unwrap());
    for on in [true, false] {
        let wanted = open(dir.path()).await;
        wanted.set_paused_until(until).await.unwrap();
        let kept = open(dir.path()).await;
        assert_eq!((kept.paused_until(), kept.rules().len()), (until, 2));
        kept.set_enabled(on).await.unwrap();
        assert_eq!((kept.paused_until(), kept.enabled()), (None, on));
        let text = fs::read_to_string(dir.path().join("wanted.json")).unwrap();
        assert!(!text.contains("paused_until"), "as earlier versions wrote it");
    }
}
