//! Files, folders and repositories that take each other's place: nothing staged is thrown out, nothing becomes a pointer.
#![allow(clippy::unwrap_used, reason = "a test")]

mod world;

use autocommit_core::{
    cycle::{CycleTrigger, RunReport},
    settings::Settings,
};
use autocommit_engine::RunRequest;
use std::{path::Path, sync::Arc};
use world::World;

async fn once(world: &World) -> Arc<RunReport> {
    let engine = world.engine(Settings::default()).await;
    engine.run_cycle(RunRequest::of(CycleTrigger::Once)).await.unwrap().runs[0].clone()
}

fn held(run: &RunReport) -> Vec<(String, &'static str)> {
    run.held.iter().map(|f| (f.path.shown(), f.rule.code())).collect()
}

fn folder_in_place_of(repo: &Path, name: &str, inner: &str) {
    std::fs::remove_file(repo.join(name)).unwrap();
    std::fs::create_dir(repo.join(name)).unwrap();
    std::fs::write(repo.join(name).join(inner), "inner\n").unwrap();
}

#[tokio::test]
async fn a_staged_file_that_became_a_folder_stays_staged() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(&repo, "b.txt", "staged\n");
    world.git(&repo, &["add", "b.txt"]);
    let staged = world.git(&repo, &["ls-files", "-s", "b.txt"]);
    folder_in_place_of(&repo, "b.txt", "inner.txt");
    world.write(&repo, "work.txt", "work\n");
    let run = once(&world).await;
    assert_eq!(
        held(&run),
        [("b.txt".into(), "partial_staging"), ("b.txt/inner.txt".into(), "traded_places")]
    );
    assert_eq!(world.git(&repo, &["ls-files", "-s", "b.txt"]), staged, "the person's index keeps it");
    assert_eq!(world.git(&repo, &["ls-tree", "-r", "--name-only", "HEAD"]), "README.md\nold.txt\nwork.txt");
}

#[tokio::test]
async fn a_staged_file_whose_folder_became_a_file_stays_staged() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(&repo, "dir/x", "staged\n");
    world.git(&repo, &["add", "dir/x"]);
    let staged = world.git(&repo, &["ls-files", "-s", "dir/x"]);
    std::fs::remove_dir_all(repo.join("dir")).unwrap();
    world.write(&repo, "dir", "a file now\n");
    let run = once(&world).await;
    assert_eq!(held(&run), [("dir/x".into(), "partial_staging"), ("dir".into(), "traded_places")]);
    assert_eq!(world.git(&repo, &["ls-files", "-s"]).matches(&staged).count(), 1);
}

#[tokio::test]
async fn a_held_removal_and_what_took_its_place_are_both_named() {
    let world = World::new();
    let repo = world.cloned("app");
    world.commit(&repo, "dir/c.txt", "committed\n");
    folder_in_place_of(&repo, "dir/c.txt", "inner.txt");
    world.git(&repo, &["add", "dir/c.txt"]);
    std::fs::File::create(repo.join("large.txt")).unwrap().set_len(60 << 20).unwrap();
    let run = once(&world).await;
    assert_eq!(
        held(&run),
        [
            ("large.txt".into(), "file_too_large"),
            ("dir/c.txt".into(), "split_rename"),
            ("dir/c.txt/inner.txt".into(), "traded_places"),
        ]
    );
    assert_eq!(world.git(&repo, &["status", "--porcelain", "dir"]), "D  dir/c.txt\nA  dir/c.txt/inner.txt");
}

#[tokio::test]
async fn a_staged_pointer_to_no_submodule_is_held() {
    let world = World::new();
    let repo = world.cloned("app");
    std::fs::create_dir(repo.join("nest")).unwrap();
    let nest = repo.join("nest");
    world.git(&nest, &["init", "-q"]);
    world.commit(&nest, "inner.txt", "inner\n");
    world.git(&repo, &["add", "-A"]);
    world.write(&repo, "work.txt", "work\n");
    let run = once(&world).await;
    assert_eq!(held(&run), [("nest".into(), "nested_repository")]);
    assert!(!world.git(&repo, &["ls-tree", "-r", "HEAD"]).contains("160000"));
    assert!(world.git(&repo, &["ls-files", "-s", "nest"]).starts_with("160000"), "their staging is theirs");
}

#[tokio::test]
async fn a_repository_in_the_place_of_a_tracked_file_is_held() {
    let world = World::new();
    let repo = world.cloned("app");
    std::fs::remove_file(repo.join("old.txt")).unwrap();
    std::fs::create_dir(repo.join("old.txt")).unwrap();
    world.git(&repo.join("old.txt"), &["init", "-q"]);
    world.write(&repo.join("old.txt"), "inner.txt", "inner\n");
    let run = once(&world).await;
    assert_eq!(held(&run), [("old.txt".into(), "nested_repository")]);
    assert_eq!(world.git(&repo, &["ls-tree", "-r", "--name-only", "HEAD"]), "README.md\nold.txt");
}

#[tokio::test]
async fn a_link_in_the_place_of_a_folder_is_committed() {
    let world = World::new();
    let repo = world.cloned("app");
    world.commit(&repo, "src/main.rs", "fn main() {}\n");
    std::fs::rename(repo.join("src"), world.base().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", repo.join("src")).unwrap();
    let run = once(&world).await;
    assert_eq!(held(&run), []);
    assert_eq!(world.git(&repo, &["ls-tree", "-r", "HEAD", "src"]).split(' ').next(), Some("120000"));
    assert_eq!(world.git(&repo, &["status", "--porcelain"]), "");
}

#[tokio::test]
async fn a_repository_that_took_the_place_of_a_file_is_held_at_once() {
    let world = World::new();
    let repo = world.cloned("app");
    world.commit(&repo, "lib.txt", "committed\n");
    std::fs::remove_file(repo.join("lib.txt")).unwrap();
    world.git(&repo, &["init", "--quiet", "lib.txt"]);
    world.commit(&repo.join("lib.txt"), "inner.txt", "inner\n");
    let engine = world.engine(Settings::default()).await;
    let runs = engine.run_cycle(RunRequest::of(CycleTrigger::Once)).await.unwrap().runs;
    let run = runs.iter().find(|run| run.path.ends_with("app")).unwrap();
    assert_eq!(held(run), [("lib.txt".into(), "nested_repository")]);
    assert_eq!(world.git(&repo, &["cat-file", "blob", "HEAD:lib.txt"]), "committed");
}
