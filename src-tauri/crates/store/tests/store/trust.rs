//! Trust counts only for the very folder, while its file is there and whole, and until it is taken back.

use crate::make::at;
use autocommit_core::trust::{Address, Digest, Enrolled, Standing};
use autocommit_store::{Approve, Place, StoreError, Trust};
use std::{ffi::OsString, fs, os::unix::ffi::OsStringExt as _, path::PathBuf};

fn place(path: &str, ino: u64) -> Place {
    Place { path: path.into(), dev: 1, ino, born: Some(5) }
}

fn origin(url: &str) -> Vec<Address> {
    vec![Address::new("origin", url)]
}

fn approve(place: &Place, content: &[u8], url: &str) -> Approve {
    Approve { place: place.clone(), fingerprint: Some(Digest::of(&[content])), addresses: origin(url) }
}

#[tokio::test]
async fn nothing_is_trusted_by_default_and_looking_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let trust = Trust::at(dir.path());
    assert_eq!(trust.of(&place("/a/.git", 1)).await.unwrap(), Standing::default());
    assert!(trust.approved().await.unwrap().is_empty());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn approved_is_what_was_approved_until_it_is_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (place("/a/.git", 1), place("/b/.git", 2));
    let trust = Trust::at(dir.path());
    trust.allow(vec![approve(&a, b"one", "https://h/a")], at(1)).await.unwrap();
    trust.allow(vec![approve(&a, b"two", "https://h/b"), approve(&b, b"one", "x")], at(2)).await.unwrap();
    let other = Trust::at(dir.path());
    let standing = other.of(&a).await.unwrap();
    assert_eq!(standing.approved, [Digest::of(&[b"two"]), Digest::of(&[b"one"])]);
    assert_eq!(standing.enrolled, Enrolled::Known(origin("https://h/b")), "approving tells the address too");
    assert!(other.revoke(&a).await.unwrap());
    assert!(!other.revoke(&a).await.unwrap(), "there is nothing left");
    let standing = trust.of(&a).await.unwrap();
    assert_eq!((standing.approved, standing.enrolled), (Vec::new(), Enrolled::Known(origin("https://h/b"))));
    assert_eq!(trust.approved().await.unwrap(), [PathBuf::from("/b/.git")]);
}

#[tokio::test]
async fn another_folder_at_the_same_path_is_another_folder() {
    let dir = tempfile::tempdir().unwrap();
    let trust = Trust::at(dir.path());
    let first = place("/a/.git", 1);
    trust.allow(vec![approve(&first, b"one", "https://h/a")], at(1)).await.unwrap();
    for other in [
        place("/a/.git", 2),
        Place { dev: 2, born: Some(6), ..first.clone() },
        Place { dev: 2, born: None, ..first.clone() },
    ] {
        assert_eq!(trust.of(&other).await.unwrap(), Standing::default(), "{other:?}");
    }
    let elsewhere = Place { dev: 2, ..first.clone() };
    assert_eq!(
        trust.of(&elsewhere).await.unwrap().approved.len(),
        1,
        "a device number that changed with a restart"
    );
    let cloned = place("/a/.git", 9);
    trust.enrol(vec![(cloned.clone(), origin("https://h/c"))]).await.unwrap();
    assert_eq!(trust.of(&cloned).await.unwrap().approved, [], "nothing is inherited");
}

#[tokio::test]
async fn the_first_sight_of_an_address_is_kept_and_no_later_one() {
    let dir = tempfile::tempdir().unwrap();
    let trust = Trust::at(dir.path());
    let a = place("/a/.git", 1);
    trust.enrol(vec![(a.clone(), Vec::new())]).await.unwrap();
    assert_eq!(trust.of(&a).await.unwrap().enrolled, Enrolled::Known(Vec::new()));
    for url in ["https://me:s3cret@h/a", "https://evil/a"] {
        trust.enrol(vec![(a.clone(), origin(url))]).await.unwrap();
    }
    assert_eq!(trust.of(&a).await.unwrap().enrolled, Enrolled::Known(origin("https://h/a")));
    let text = fs::read_to_string(dir.path().join("trust.json")).unwrap();
    assert!(!text.contains("s3cret") && !text.contains("h/a\""), "no credential, no address: {text}");
}

#[tokio::test]
async fn odd_paths_and_many_folders() {
    let dir = tempfile::tempdir().unwrap();
    let trust = Trust::at(dir.path());
    let odd = Place { path: OsString::from_vec(b"/home/\xff\"\n/.git".to_vec()).into(), ..place("", 7) };
    let many = (0..200).rev().map(|n| (place(&format!("/{n}/.git"), n), origin("x")));
    trust.enrol(many.chain([(odd.clone(), origin("x"))]).collect()).await.unwrap();
    for place in [odd, place("/0/.git", 0), place("/77/.git", 77), place("/199/.git", 199)] {
        assert_eq!(Trust::at(dir.path()).of(&place).await.unwrap().enrolled, Enrolled::Known(origin("x")));
    }
}

#[tokio::test]
async fn a_damaged_file_means_that_nothing_is_trusted() {
    let dir = tempfile::tempdir().unwrap();
    let a = place("/a/.git", 1);
    Trust::at(dir.path()).allow(vec![approve(&a, b"one", "https://h/a")], at(1)).await.unwrap();
    let file = dir.path().join("trust.json");
    let whole = fs::read(&file).unwrap();
    for place in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        fs::write(&file, &damaged).unwrap();
        match Trust::at(dir.path()).of(&a).await {
            Err(StoreError::Damaged { .. }) => {}
            // White space between the parts may be any.
            Ok(_) => assert!(whole[place].is_ascii_whitespace(), "byte {place}"),
            Err(other) => panic!("{other}"),
        }
    }
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let trust = Trust::at(dir.path());
    assert!(trust.of(&a).await.is_err());
    // Begun anew by an answer, it still does not believe the others at first sight, but for younger ones.
    trust.allow(vec![approve(&place("/b/.git", 2), b"one", "https://h/b")], at(1)).await.unwrap();
    assert_eq!(trust.of(&a).await.unwrap(), Standing { enrolled: Enrolled::Lost, ..Standing::default() });
    let later = u64::try_from(at(1).as_millisecond()).unwrap() + 1;
    let young = Place { born: Some(later), ..place("/c/.git", 3) };
    assert_eq!(trust.of(&young).await.unwrap(), Standing::default());
}
