//! What events lead to, and when.

use super::*;

#[test]
fn one_that_is_worked_in_is_not_looked_at_without_a_pause() {
    let (watching, repo) = (Watching::default(), RepoId::new("a".to_owned()));
    let before = Instant::now();
    watching.put_off(&repo, &Settings { quiet_seconds: 0.0, ..Settings::default() });
    assert!(watching.state().due[&repo].at >= before + limits::PUT_OFF);
}

/// How long after the last look an event of now leads to the next one.
fn distance(watching: &Watching, repo: &RepoId) -> Duration {
    let settings = Settings { quiet_seconds: 0.0, cycle_interval_seconds: 60, ..Settings::default() };
    watching.suspect(repo, &settings);
    let state = watching.state();
    state.due[repo].at - state.in_vain.get(repo).map_or(state.due[repo].since, |vain| vain.last)
}

#[test]
fn looks_in_vain_take_a_small_part_of_the_time() {
    let (watching, repo) = (Watching::default(), RepoId::new("a".to_owned()));
    let looks = |took, times: u32| {
        for _ in 0..times {
            watching.looks_at(std::slice::from_ref(&repo));
            watching.looked(&repo, true, took);
        }
    };
    looks(Duration::from_millis(10), 20);
    assert_eq!(distance(&watching, &repo), Duration::from_millis(10) * limits::REST_OF_LOOKS);
    looks(Duration::from_millis(500), 1);
    assert_eq!(distance(&watching, &repo), Duration::from_millis(500) * limits::REST_OF_LOOKS);
    looks(Duration::from_secs(5), 1);
    assert_eq!(distance(&watching, &repo), Duration::from_secs(60), "no later than by timer");
    watching.looks_at(std::slice::from_ref(&repo));
    watching.looked(&repo, false, Duration::from_secs(5));
    watching.state().due.clear();
    assert_eq!(distance(&watching, &repo), Duration::ZERO, "it was not in vain");
    watching.state().due.clear();
    looks(Duration::from_millis(10), 1);
    assert_eq!(distance(&watching, &repo), Duration::ZERO, "that look saw our own commit");
    watching.state().due.clear();
    looks(Duration::from_millis(10), 1);
    assert_ne!(distance(&watching, &repo), Duration::ZERO, "this one did not");
}

#[test]
fn looks_that_no_event_led_to_delay_nothing() {
    let (watching, repo) = (Watching::default(), RepoId::new("a".to_owned()));
    for _ in 0..20 {
        watching.looked(&repo, true, Duration::from_secs(5));
    }
    assert_eq!(distance(&watching, &repo), Duration::ZERO);
}

#[test]
fn one_that_is_not_watched_any_more_is_noticed_though_the_list_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let watching = Watching::default();
    watching.switch(true);
    let repos: Arc<[_]> = ["a", "b"]
        .map(|name| {
            let work_tree = folder.path().join(name);
            std::fs::create_dir(&work_tree).unwrap();
            Arc::new(Repo {
                id: RepoId::new(name.to_owned()),
                git_dir: work_tree.join(".git"),
                common_dir: work_tree.join(".git"),
                work_tree,
                kind: autocommit_core::repo::RepoKind::Main,
            })
        })
        .into();
    let watch = |repo: &Repo, folder: &std::path::Path| {
        watching.watch_folders(&repo.id, &[folder.to_owned()], &[]);
    };
    watch(&repos[0], &repos[0].work_tree);
    assert!(!watching.tells_all(&repos), "the other is not watched yet");
    watch(&repos[1], &repos[1].work_tree);
    assert!(watching.tells_all(&repos) && watching.tells_all(&repos));
    watching.suspect(&repos[0].id, &Settings::default());
    assert!(!watching.tells_all(&repos), "something was told");
    watching.state().due.clear();
    assert!(watching.tells_all(&repos));
    // It cannot be watched there.
    watch(&repos[1], &folder.path().join("b/\0"));
    assert!(!watching.tells_all(&repos));
}
