//! What a person approves is committed, exactly that, and nothing else of it. What they ignore stays out.
#![allow(clippy::unwrap_used, reason = "a test")]

mod world;

use autocommit_core::{
    cycle::{CycleTrigger, RunReport, RunStatus},
    guards::Rule,
    path::RepoPath,
    settings::{Guards, Settings},
};
use autocommit_engine::{Engine, HeldNow, Onlooker, RunRequest};
use std::{io::Write as _, path::Path, sync::Arc};
use world::World;

const MIB: usize = 1 << 20;

/// Small limits, so that no test has to write much.
fn settings() -> Settings {
    let guards = Guards { max_file_mib: 1, max_new_files: 20, ..Guards::default() };
    Settings { guards, ..Settings::default() }
}

async fn once(engine: &Engine) -> Arc<RunReport> {
    engine.run_cycle(RunRequest::of(CycleTrigger::Once)).await.unwrap().runs[0].clone()
}

async fn onlooker(world: &World) -> Onlooker {
    Onlooker::open(&world.state(), settings()).await.unwrap()
}

fn held(run: &Arc<RunReport>) -> Vec<(String, &'static str)> {
    run.held.iter().map(|f| (f.path.shown(), f.rule.code())).collect()
}

/// What can be approved at `path` (a repository, or something in one).
async fn held_at(onlooker: &Onlooker, path: &Path) -> HeldNow {
    let (repo, path) = onlooker.place_of(path).await.unwrap();
    let paths = if path.as_bytes().is_empty() { Vec::new() } else { vec![path] };
    onlooker.held(&repo, paths).await.unwrap()
}

/// Approves whatever can be approved at `path`; the paths and rules of that.
async fn approve(world: &World, path: &Path) -> Vec<(String, &'static str)> {
    let onlooker = onlooker(world).await;
    let (repo, _) = onlooker.place_of(path).await.unwrap();
    let found = held_at(&onlooker, path).await.approvable;
    onlooker.approve(&repo, &found).await.unwrap();
    found.iter().map(|a| (a.finding.path.shown(), a.finding.rule.code())).collect()
}

/// Put together here, so that no scanner takes this file for one that leaks.
fn private_key(of: &str) -> String {
    let line = "-----";
    let body = "MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9Oi8b0J2xQpXk1mEw7hQv5aRr4Lf";
    format!("{line}BEGIN RSA PRIVATE KEY{line}\n{body}\n{body}{of}\n{line}END RSA PRIVATE KEY{line}\n")
}

#[tokio::test]
async fn a_large_file_is_committed_once_approved_and_held_again_after_one_changed_byte() {
    let world = World::new();
    let repo = world.cloned("app");
    let mut large = vec![7_u8; 60 * MIB];
    std::fs::write(repo.join("dump.sql"), &large).unwrap();
    let engine = world.engine(Settings::default()).await;
    assert_eq!(held(&once(&engine).await), [("dump.sql".into(), "file_too_large")]);
    let before = world.manifest(&repo);
    assert_eq!(approve(&world, &repo.join("dump.sql")).await, [("dump.sql".into(), "file_too_large")]);
    assert_eq!(world.manifest(&repo), before, "approving touches no file");
    assert_eq!(world.git(&repo, &["status", "--porcelain"]), "?? dump.sql", "and commits nothing itself");
    let run = once(&engine).await;
    assert_eq!((run.status, held(&run)), (RunStatus::Pushed, vec![]), "{run:?}");
    let stored = world.git(&repo, &["rev-parse", "HEAD:dump.sql"]);
    assert_eq!(stored, world.git(&repo, &["hash-object", "--no-filters", "dump.sql"]));
    assert_eq!(world.remote_tip("app"), world.tip(&repo));

    large[30 * MIB] = 8;
    std::fs::write(repo.join("dump.sql"), &large).unwrap();
    for round in ["at once", "and again"] {
        assert_eq!(held(&once(&engine).await), [("dump.sql".into(), "file_too_large")], "{round}");
    }
    assert_eq!(world.git(&repo, &["rev-parse", "HEAD:dump.sql"]), stored, "the changed one is not in");
    large[30 * MIB] = 7;
    large.push(7);
    std::fs::write(repo.join("dump.sql"), &large).unwrap();
    assert_eq!(held(&once(&engine).await), [("dump.sql".into(), "file_too_large")]);
}

#[tokio::test]
async fn what_is_taken_back_is_held() {
    let world = World::new();
    let repo = world.cloned("app");
    for name in ["a.bin", "b.bin"] {
        std::fs::write(repo.join(name), vec![1_u8; 2 * MIB]).unwrap();
    }
    let engine = world.engine(settings()).await;
    assert_eq!(approve(&world, &repo).await.len(), 2, "a repository is all of it");
    let onlooker = onlooker(&world).await;
    assert_eq!(onlooker.approvals().await.unwrap().len(), 2);
    assert_eq!(held_at(&onlooker, &repo).await.approvable, [], "nothing more to approve");
    assert_eq!(onlooker.revoke(&repo, vec!["a.bin".into()]).await.unwrap(), 1);
    assert_eq!(onlooker.revoke(&repo, vec!["a.bin".into()]).await.unwrap(), 0);
    let run = once(&engine).await;
    assert_eq!((run.status, held(&run)), (RunStatus::Pushed, vec![("a.bin".into(), "file_too_large")]));
    assert_eq!(world.git(&repo, &["show", "--name-only", "--format=", "HEAD"]), "b.bin");
}

#[tokio::test]
async fn an_approval_is_that_of_one_path_in_one_repository() {
    let world = World::new();
    let (repo, other) = (world.cloned("app"), world.cloned("other"));
    for place in [repo.join("a.bin"), repo.join("copy.bin"), other.join("a.bin")] {
        std::fs::write(place, vec![1_u8; 2 * MIB]).unwrap();
    }
    assert_eq!(approve(&world, &repo.join("a.bin")).await.len(), 1);
    let engine = world.engine(settings()).await;
    let runs = engine.run_cycle(RunRequest::of(CycleTrigger::Once)).await.unwrap().runs;
    assert_eq!(held(&runs[0]), [("copy.bin".into(), "file_too_large")], "the same bytes elsewhere");
    assert_eq!(held(&runs[1]), [("a.bin".into(), "file_too_large")], "the same path elsewhere");
}

#[tokio::test]
async fn a_damaged_list_approves_nothing_and_says_so() {
    let world = World::new();
    let repo = world.cloned("app");
    std::fs::write(repo.join("a.bin"), vec![1_u8; 2 * MIB]).unwrap();
    approve(&world, &repo).await;
    let file = world.state().join("approvals.json");
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.windows(13).position(|w| w == b"\"approved_at\"").unwrap() + 20;
    bytes[at] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let engine = world.engine(settings()).await;
    assert_eq!(held(&once(&engine).await), [("a.bin".into(), "file_too_large")]);
    let said = engine.status().warnings.join("\n");
    assert!(said.contains("approvals.json") && said.contains("approve again"), "{said}");
    approve(&world, &repo).await;
    assert_eq!(once(&engine).await.status, RunStatus::Pushed);
    assert!(!engine.status().warnings.join("\n").contains("approvals.json"), "no longer said");
}

#[tokio::test]
async fn a_file_that_several_rules_hold_is_approved_once() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(&repo, "certs/server.key", &private_key(""));
    world.write(&repo, "client.key", &private_key("AAAA"));
    let engine = world.engine(settings()).await;
    let found = approve(&world, &repo.join("certs")).await;
    let name = || "certs/server.key".to_owned();
    assert_eq!(found, [(name(), "secret"), (name(), "secret_file")], "a folder is all that is held below it");
    let run = once(&engine).await;
    assert_eq!((run.status, held(&run)), (RunStatus::Pushed, vec![("client.key".into(), "secret_file")]));
    assert_eq!(world.git(&repo, &["ls-files", "certs"]), "certs/server.key");
    assert_eq!(world.remote_tip("app"), world.tip(&repo), "what was approved may be pushed");

    world.write(&repo, "certs/server.key", &private_key("BBBB"));
    let run = once(&engine).await;
    assert!(held(&run).contains(&(name(), "secret")), "another key is another secret: {run:?}");
}

#[tokio::test]
async fn conflict_markers_that_belong_there() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(&repo, "guide.md", "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> topic\n");
    let engine = world.engine(settings()).await;
    assert_eq!(held(&once(&engine).await), [("guide.md".into(), "conflict_markers")]);
    assert_eq!(approve(&world, &repo.join("guide.md")).await, [("guide.md".into(), "conflict_markers")]);
    let run = once(&engine).await;
    assert_eq!((run.status, held(&run)), (RunStatus::Pushed, vec![]), "{run:?}");
}

#[tokio::test]
async fn a_mass_deletion_is_approved_as_a_whole_and_only_that_one() {
    let world = World::new();
    let repo = world.cloned("app");
    for n in 0..30 {
        world.write(&repo, &format!("d/{n}.txt"), &format!("{n}\n"));
    }
    let engine = world.engine(settings()).await;
    approve(&world, &repo).await;
    assert_eq!(once(&engine).await.status, RunStatus::Pushed, "so many new files were approved too");
    std::fs::remove_dir_all(repo.join("d")).unwrap();
    assert_eq!(once(&engine).await.held.len(), 30);
    assert_eq!(approve(&world, &repo).await.len(), 30, "for all its paths at once");
    let run = once(&engine).await;
    assert_eq!((run.status, held(&run)), (RunStatus::Pushed, vec![]), "{run:?}");
    assert_eq!(world.git(&repo, &["ls-files"]), "README.md\nold.txt");

    world.git(&repo, &["revert", "-n", "HEAD"]);
    for n in 0..30 {
        world.write(&repo, &format!("d/{n}.txt"), &format!("new {n}\n"));
    }
    world.commit(&repo, "more", "\n");
    std::fs::remove_dir_all(repo.join("d")).unwrap();
    assert_eq!(once(&engine).await.held.len(), 30, "what is gone now was never approved");
}

#[tokio::test]
async fn a_secret_in_the_persons_own_commit_goes_out_once_approved() {
    let world = World::new();
    let repo = world.cloned("app");
    world.commit(&repo, "deploy.txt", &private_key(""));
    world.git(&repo, &["rm", "-q", "deploy.txt"]);
    world.git(&repo, &["commit", "-qm", "take it out again"]);
    let engine = world.engine(settings()).await;
    assert_eq!(once(&engine).await.reason_code.as_deref(), Some("secret_unpushed"));
    assert_eq!(approve(&world, &repo.join("deploy.txt")).await, [("deploy.txt".into(), "secret")]);
    let onlooker = onlooker(&world).await;
    assert_eq!(onlooker.revoke(&repo, vec!["deploy.txt".into()]).await.unwrap(), 1);
    assert_eq!(once(&engine).await.reason_code.as_deref(), Some("secret_unpushed"), "taken back in time");
    approve(&world, &repo).await;
    let run = once(&engine).await;
    assert_eq!(run.status, RunStatus::Pushed, "{run:?}");
    assert_eq!(world.remote_tip("app"), world.tip(&repo));

    world.commit(&repo, "deploy.txt", &private_key("BBBB"));
    assert_eq!(once(&engine).await.reason_code.as_deref(), Some("secret_unpushed"), "another one");
}

#[tokio::test]
async fn what_cannot_be_approved_is_told_apart() {
    let world = World::new();
    let repo = world.cloned("app");
    world.write(&repo, "README.md", "# staged\n");
    world.git(&repo, &["add", "README.md"]);
    world.write(&repo, "README.md", "# staged\nand more\n");
    std::fs::write(repo.join("a.bin"), vec![1_u8; 2 * MIB]).unwrap();
    let onlooker = onlooker(&world).await;
    let found = held_at(&onlooker, &repo).await;
    assert_eq!(found.approvable.len(), 1);
    assert_eq!(found.others.len(), 1);
    assert_eq!(found.others[0].rule, Rule::PartialStaging);
    assert_eq!(found.reason, None);
    assert_eq!(held_at(&onlooker, &repo.join("a.bin")).await.others, [], "only what was asked about");
    world.git(&repo, &["commit", "-qm", "half"]);
    std::fs::write(repo.join(".git/MERGE_HEAD"), format!("{}\n", world.tip(&repo))).unwrap();
    let (sentence, hint) = held_at(&onlooker, &repo).await.reason.unwrap();
    assert!(sentence.contains("merge") && hint.ends_with('.'), "{sentence} {hint}");
}

#[tokio::test]
async fn looking_at_what_is_held_writes_nothing() {
    let world = World::new();
    let repo = world.cloned("app");
    std::fs::write(repo.join("a.bin"), vec![1_u8; 2 * MIB]).unwrap();
    world.write(&repo, ".env", &private_key(""));
    world.write(&repo, "work.txt", "work\n");
    let (before, remote) = (world.everything(&repo), world.everything(&world.remote("app")));
    let onlooker = onlooker(&world).await;
    assert_eq!(held_at(&onlooker, &repo).await.approvable.len(), 3);
    assert_eq!(world.everything(&repo), before);
    assert_eq!(world.everything(&world.remote("app")), remote);
    let left: Vec<_> = std::fs::read_dir(world.state())
        .unwrap()
        .flatten()
        .flat_map(|e| std::fs::read_dir(e.path()).into_iter().flatten().flatten())
        .collect();
    assert!(left.is_empty(), "and leaves no copy of anything: {left:?}");
}

#[tokio::test]
async fn names_of_every_byte_are_ignored_exactly() {
    use std::os::unix::ffi::OsStrExt as _;
    let world = World::new();
    let repo = world.cloned("app");
    let onlooker = onlooker(&world).await;
    let (found, _) = onlooker.place_of(&repo).await.unwrap();
    let mut names: Vec<Vec<u8>> = vec![
        b"#comment".to_vec(),
        b"!not".to_vec(),
        b"trailing  ".to_vec(),
        b"-n".to_vec(),
        b"a\\ b".to_vec(),
        b"**".to_vec(),
        b"two\n\nlines\n".to_vec(),
        b"end\r".to_vec(),
        b"\xff\xfe".to_vec(),
        "gr\u{fc}n \u{1f980}".as_bytes().to_vec(),
        b"dir/[a-z]/*.o".to_vec(),
    ];
    // Letters and digits mean themselves; of the bytes above 127 the ends are enough.
    let any = (1..=255_u8).filter(|b| !b.is_ascii_alphanumeric() && *b != b'/' && (*b < 129 || *b > 253));
    names.extend(any.clone().map(|b| vec![b'p', b, b's']));
    names.extend(any.filter(|b| *b != b'.').map(|b| vec![b]));
    for name in &names {
        let path = repo.join(std::ffi::OsStr::from_bytes(name));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "x").unwrap();
    }
    let untracked = || {
        // One line for each name, in quotation marks where it needs them.
        world.git(&repo, &["status", "--porcelain", "-uall"]).lines().count()
    };
    let before = untracked();
    assert_eq!(before, names.len());
    // Every second one: the others are all still seen, so no pattern takes more than its own name.
    for (n, name) in names.iter().step_by(2).enumerate() {
        let outcome = onlooker.ignore(&found, &RepoPath::new(name.clone())).await.unwrap();
        assert_eq!(outcome, autocommit_engine::Ignored::Added { tracked: 0 }, "{name:?}");
        if n % 32 == 0 {
            assert_eq!(untracked(), before - n - 1, "{name:?}");
        }
    }
    assert_eq!(untracked(), names.len() - names.len().div_ceil(2));
    let file = std::fs::read(repo.join(".git/info/exclude")).unwrap();
    for name in names.iter().step_by(20) {
        let outcome = onlooker.ignore(&found, &RepoPath::new(name.clone())).await.unwrap();
        assert_eq!(outcome, autocommit_engine::Ignored::Already, "{name:?}");
    }
    assert_eq!(std::fs::read(repo.join(".git/info/exclude")).unwrap(), file, "twice is once");
}

#[tokio::test]
async fn ignoring_says_what_it_cannot_do() {
    use autocommit_engine::Ignored;
    let world = World::new();
    let repo = world.cloned("app");
    world.commit(&repo, "lib/kept.rs", "fn kept() {}\n");
    world.write(&repo, "lib/new.rs", "fn new() {}\n");
    world.write(&repo, "app.env", "A=1\n");
    world.write(&repo, ".gitignore", "!*.env\n");
    let onlooker = onlooker(&world).await;
    let (found, _) = onlooker.place_of(&repo).await.unwrap();
    let ignore = async |path: &str| onlooker.ignore(&found, &path.into()).await.unwrap();
    let exclude = repo.join(".git/info/exclude");
    std::fs::remove_dir_all(repo.join(".git/info")).unwrap();
    assert_eq!(ignore("README.md").await, Ignored::Tracked);
    assert!(!exclude.exists(), "nothing is written for it");
    assert_eq!(ignore("lib").await, Ignored::Added { tracked: 1 });
    assert_eq!(std::fs::read_to_string(&exclude).unwrap(), "/lib/\n");
    assert_eq!(ignore("app.env").await, Ignored::Overruled, "a .gitignore has the last word");
    std::fs::OpenOptions::new().append(true).open(&exclude).unwrap().write_all(b"*.tmp").unwrap();
    assert_eq!(ignore("x.tmp").await, Ignored::Already);

    // A linked worktree has no info/exclude of its own.
    let tree = world.base().join("tree");
    world.git(&repo, &["worktree", "add", "-q", tree.to_str().unwrap()]);
    world.write(&tree, "cache.bin", "x");
    let (linked, path) = onlooker.place_of(&tree.join("cache.bin")).await.unwrap();
    assert_eq!(onlooker.ignore(&linked, &path).await.unwrap(), Ignored::Added { tracked: 0 });
    assert_eq!(world.git(&tree, &["status", "--porcelain"]), "");
    let text = std::fs::read_to_string(&exclude).unwrap();
    assert_eq!(text, "/lib/\n/app.env\n*.tmp\n/cache.bin\n");
}
