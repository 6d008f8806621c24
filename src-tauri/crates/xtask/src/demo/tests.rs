//! The demonstration itself: what it makes, and that its check can fail. A shell loop stands in for Autocommit.

use super::*;

const COUNT: usize = 40;

fn made() -> (tempfile::TempDir, Place, Vec<Made>) {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::new(dir.path()).unwrap();
    let made = make(&place, COUNT).unwrap();
    (dir, place, made)
}

/// Commits and pushes all but what is to be held.
fn shell(place: &Place, made: &[Made]) {
    for one in made {
        let git = |args: &[&str]| place.git(&one.work_tree, args).unwrap();
        if one.dirty {
            git(&["add", "-A"]);
            for held in &one.held {
                git(&["reset", "-q", "--", held]);
            }
            git(&["commit", "-q", "-m", "all of it"]);
        }
        if one.remote.is_some() {
            git(&["push", "-q", "origin", "main"]);
        }
    }
}

#[test]
fn the_check_passes_what_is_right_and_refuses_what_is_not() {
    let (_dir, place, made) = made();
    let before = verify::manifest(&place.root.join("code")).unwrap();

    let undone = verify::verify(&place, &made, &before).unwrap().wrong;
    assert!(undone.iter().any(|w| w.contains("left uncommitted")), "{undone:?}");
    assert!(undone.iter().any(|w| w.contains("0 new commits instead of 1")), "{undone:?}");
    assert!(undone.iter().any(|w| w.contains("recipes: the remote has")), "{undone:?}");

    shell(&place, &made);
    let verdict = verify::verify(&place, &made, &before).unwrap();
    assert_eq!(verdict.wrong, Vec::<String>::new());
    assert_eq!((verdict.with_remote, verdict.pushed), (COUNT - 1, COUNT - 1));
    assert_eq!(verdict.commits, made.iter().filter(|one| one.dirty).count());
    assert_eq!(verdict.held.len(), 2, "{:?}", verdict.held);

    // From here on one repository is asked.
    let wrong = || verify::verify(&place, &made[..1], &before).unwrap().wrong;
    let tree = &made[0].work_tree;
    let readme = tree.join("README.md");
    let old = fs::metadata(&readme).unwrap().modified().unwrap();
    let touch = |at| fs::File::options().append(true).open(&readme).unwrap().set_modified(at).unwrap();
    touch(SystemTime::now());
    assert!(wrong()[0].ends_with("README.md was touched"));
    touch(old);
    assert_eq!(wrong(), Vec::<String>::new());

    let rested = fs::metadata(tree).unwrap().modified().unwrap();
    fs::write(tree.join("stray"), "x").unwrap();
    assert!(wrong().iter().any(|w| w.contains("stray")));
    fs::remove_file(tree.join("stray")).unwrap();
    assert!(
        wrong()[0].ends_with("api-gateway was touched"),
        "a file that came and went leaves the folder's time"
    );
    fs::File::open(tree).unwrap().set_modified(rested).unwrap();

    place.git(tree, &["commit", "-q", "--amend", "--allow-empty", "-m", "other"]).unwrap();
    assert!(wrong().iter().any(|w| w.contains("api-gateway: the remote has")));
    place.git(tree, &["reset", "-q", "--soft", "origin/main"]).unwrap();
    assert_eq!(wrong(), Vec::<String>::new());

    let object = place.git(tree, &["rev-parse", "HEAD:README.md"]).unwrap();
    fs::remove_file(tree.join(".git/objects").join(&object[..2]).join(&object[2..])).unwrap();
    assert!(wrong().iter().any(|w| w.contains("fsck")));
}

#[test]
fn the_folder_must_be_empty_and_is_marked() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { demo_dir: Some(dir.path().join("new")), keep: true, repos: 1 };
    let made = folder(&options).unwrap();
    assert!(made.join(MARK).is_file());
    assert!(folder(&options).is_err(), "it holds something now");
}
