//! Discovery on real folders and real repositories.
#![allow(unused_crate_dependencies)]

mod support;

use autocommit_core::repo::RepoKind;
use autocommit_watch::{Discovery, find_enclosing, probe};
use std::{fs, os::unix::fs::symlink, path::PathBuf};
use support::{Yard, only_problem};

fn kinds(discovery: &Discovery) -> Vec<RepoKind> {
    discovery.repos.iter().map(|found| found.repo.kind).collect()
}

#[test]
fn an_ordinary_repository_and_nothing_else() {
    let yard = Yard::new();
    let tree = yard.repo("code/app");
    yard.folder("code/app/.git/hooks");
    yard.folder("code/plain/.git");
    yard.file("code/odd/.git", "not a pointer");
    let found = yard.discover();
    assert_eq!(yard.names(&found), ["code/app"]);
    let repo = &found.repos[0].repo;
    assert_eq!((&repo.git_dir, &repo.common_dir), (&tree.join(".git"), &tree.join(".git")));
    assert_eq!(repo.kind, RepoKind::Main);
    assert_eq!(found.problems, []);
}

#[test]
fn the_depth_counts_folders_below_the_base() {
    let yard = Yard::new();
    yard.bones("");
    yard.bones("1/2/3");
    for (depth, expected) in [(0, 1), (2, 1), (3, 2)] {
        assert_eq!(yard.discover_below(&[""], depth, &[]).repos.len(), expected, "{depth}");
    }
}

#[test]
fn excluded_folders_are_not_entered() {
    let yard = Yard::new();
    for path in ["a/node_modules/x", "a/tmp-1/x", "old/x", "b/old/x", "keep/x"] {
        yard.bones(path);
    }
    let found = yard.discover_below(&[""], 6, &["node_modules", "tmp-*", "/old", "none/**"]);
    assert_eq!(yard.names(&found), ["b/old/x", "keep/x"]);
    let named = yard.discover_below(&["a/node_modules"], 6, &["node_modules"]);
    assert_eq!(yard.names(&named), ["a/node_modules/x"], "a base path is searched whatever its name");
}

#[test]
fn bases_given_twice_overlapping_or_linked_list_a_repository_once() {
    let yard = Yard::new();
    yard.bones("code/a");
    yard.bones("code/deep/1/2/b");
    symlink(yard.path("code"), yard.path("link")).unwrap();
    let found = yard.discover_below(&["code", "code", "link", "code/deep", "link/a", "code/a/"], 2, &[]);
    assert_eq!(yard.names(&found), ["code/a"]);
    let found = yard.discover_below(&["code", "code/deep"], 3, &[]);
    assert_eq!(yard.names(&found), ["code/a", "code/deep/1/2/b"], "the deeper base reaches further");
}

#[test]
fn links_below_a_base_are_not_followed() {
    let yard = Yard::new();
    yard.bones("elsewhere/x");
    yard.bones("base/real");
    symlink(yard.path("base"), yard.path("base/loop")).unwrap();
    symlink(yard.path("elsewhere/x"), yard.path("base/x")).unwrap();
    let found = yard.discover_below(&["base"], 60, &[]);
    assert_eq!(yard.names(&found), ["base/real"]);
}

#[test]
fn a_bare_repository_is_neither_listed_nor_entered() {
    let yard = Yard::new();
    yard.git("", &["init", "-q", "--bare", "store/app.git"]);
    yard.bones("store/app.git/hooks/inner");
    yard.git("", &["init", "-q", "--bare", "store"]);
    assert_eq!(yard.discover().repos, []);
}

#[test]
fn a_pointer_to_a_bare_repository_is_no_work_tree_but_its_worktrees_are() {
    let yard = Yard::new();
    yard.repo("seed");
    yard.git("", &["clone", "-q", "--bare", "seed", "proj/.bare"]);
    yard.file("proj/.git", "gitdir: ./.bare\n");
    yard.git("proj", &["worktree", "add", "-q", "main", "-b", "topic"]);
    let found = yard.discover_below(&["proj"], 4, &[]);
    assert_eq!(yard.names(&found), ["proj/main"]);
    assert_eq!(found.repos[0].repo.common_dir, yard.path("proj/.bare"));
    assert_eq!(found.problems, []);
}

#[test]
fn a_nested_repository_is_listed_on_its_own() {
    let yard = Yard::new();
    yard.bones("top");
    yard.bones("top/src/inner");
    yard.bones("top/target/hidden");
    yard.file("top/src/inner/Cargo.toml", "[package]\nname = 'inner'\n");
    yard.file("top/package.json", "{\"name\": \"top\"}");
    let found = yard.discover();
    assert_eq!(yard.names(&found), ["top", "top/src/inner"]);
    let packages: Vec<_> = found.repos.iter().flat_map(|f| &f.packages).map(|p| p.name.as_str()).collect();
    assert_eq!(packages, ["top", "inner"]);
    let shallow = yard.discover_below(&[""], 1, &[]);
    assert_eq!(yard.names(&shallow), ["top"]);
    assert_eq!(shallow.repos[0].packages.len(), 1, "packages of a nested repository are never its parent's");
}

#[test]
fn linked_worktrees_share_the_lane_of_their_common_dir() {
    let yard = Yard::new();
    yard.repo("main");
    yard.git("main", &["worktree", "add", "-q", "../side", "-b", "side"]);
    let found = yard.discover();
    assert_eq!(yard.names(&found), ["main", "side"]);
    assert_eq!(kinds(&found), [RepoKind::Main, RepoKind::LinkedWorktree]);
    let (main, side) = (&found.repos[0].repo, &found.repos[1].repo);
    assert_eq!(main.common_dir, side.common_dir);
    assert_eq!(side.git_dir, yard.path("main/.git/worktrees/side"));
    assert_ne!(main.id, side.id);
}

#[test]
fn a_copied_worktree_is_refused_and_a_moved_one_is_not() {
    let yard = Yard::new();
    yard.repo("main");
    yard.git("main", &["worktree", "add", "-q", "../side", "-b", "side"]);
    yard.folder("copy");
    fs::copy(yard.path("side/.git"), yard.path("copy/.git")).unwrap();
    let found = yard.discover();
    assert_eq!(yard.names(&found), ["main", "side"]);
    assert!(only_problem(&found).contains("copy of"), "{:?}", found.problems);
    assert!(probe(&yard.path("copy")).is_none());
    fs::remove_dir_all(yard.path("side")).unwrap();
    assert_eq!(yard.names(&yard.discover()), ["copy", "main"], "now it is the only one");
}

#[test]
fn submodules_and_their_copies() {
    let yard = Yard::new();
    yard.repo("lib");
    yard.repo("app");
    yard.git("app", &["submodule", "--quiet", "add", "../lib", "deps/lib"]);
    let found = yard.discover_below(&["app"], 4, &[]);
    assert_eq!(yard.names(&found), ["app", "app/deps/lib"]);
    assert_eq!(kinds(&found), [RepoKind::Main, RepoKind::Submodule]);
    assert_eq!(found.repos[1].repo.git_dir, yard.path("app/.git/modules/deps/lib"));
    yard.file("app/copy/.git", &format!("gitdir: {}\n", yard.path("app/.git/modules/deps/lib").display()));
    let found = yard.discover_below(&["app"], 4, &[]);
    assert_eq!(found.repos.len(), 2);
    assert!(only_problem(&found).contains("work tree is"), "{:?}", found.problems);
}

#[test]
fn a_separate_git_dir_is_a_main_repository_and_two_copies_are_none() {
    let yard = Yard::new();
    yard.folder("gits");
    yard.git("", &["init", "-q", "--separate-git-dir", "gits/x", "tree"]);
    let found = yard.discover_below(&["tree"], 4, &[]);
    assert_eq!(kinds(&found), [RepoKind::Main]);
    assert_eq!(found.repos[0].repo.git_dir, yard.path("gits/x"));
    yard.folder("twin");
    fs::copy(yard.path("tree/.git"), yard.path("twin/.git")).unwrap();
    let found = yard.discover();
    assert_eq!(found.repos, [], "nobody can tell which of the two the git folder belongs to");
    assert_eq!(found.problems.len(), 2);
}

#[test]
fn a_linked_git_folder_counts_if_it_is_one() {
    let yard = Yard::new();
    yard.bones("store");
    yard.folder("tree");
    yard.folder("broken");
    symlink(yard.path("store/.git"), yard.path("tree/.git")).unwrap();
    symlink(yard.path("nowhere"), yard.path("broken/.git")).unwrap();
    assert_eq!(yard.names(&yard.discover_below(&["tree", "broken"], 2, &[])), ["tree"]);
    let both = yard.discover();
    assert_eq!(yard.names(&both), ["store"], "the folder that holds the git folder owns it");
    assert_eq!(both.problems.len(), 1);
}

#[test]
fn a_work_tree_elsewhere_and_a_pointer_to_nothing_are_told() {
    let yard = Yard::new();
    yard.repo("dotfiles");
    yard.git("dotfiles", &["config", "core.worktree", "../../home"]);
    let found = yard.discover();
    assert_eq!(found.repos, []);
    assert!(only_problem(&found).contains("../../home"));
    fs::remove_dir_all(yard.path("dotfiles")).unwrap();
    yard.file("orphan/.git", "gitdir: ../gone/.git/worktrees/orphan\n");
    let found = yard.discover();
    assert_eq!(found.repos, []);
    assert!(only_problem(&found).contains("does not exist"));
}

#[test]
fn a_reftable_repository_counts() {
    let yard = Yard::new();
    yard.file("new/.git/HEAD", "ref: refs/heads/.invalid\n");
    yard.folder("new/.git/objects");
    yard.folder("new/.git/reftable");
    yard.file("hollow/.git/HEAD", "ref: refs/heads/main\n");
    assert_eq!(yard.names(&yard.discover()), ["new"]);
}

#[test]
fn bases_that_cannot_be_searched_do_not_stop_the_others() {
    let yard = Yard::new();
    yard.bones("ok");
    yard.file("file", "x");
    let found = yard.discover_below(&["missing", "file", "ok"], 2, &[]);
    assert_eq!(found.repos.len(), 1);
    let sentences: Vec<_> = found.problems.iter().map(|p| p.sentence.as_str()).collect();
    assert_eq!(sentences, ["This folder does not exist.", "This is not a folder."]);
    let limits = autocommit_watch::Limits { depth: 1, exclude_patterns: Vec::new() };
    let found = autocommit_watch::discover(&[PathBuf::from("relative")], &limits);
    assert_eq!(only_problem(&found), "This is not a full path.");
}

#[test]
fn an_unreadable_folder_is_told_and_passed() {
    use std::os::unix::fs::PermissionsExt;
    let yard = Yard::new();
    yard.bones("ok");
    let shut = yard.folder("shut");
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o000)).unwrap();
    let readable_anyway = fs::read_dir(&shut).is_ok();
    let found = yard.discover();
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(yard.names(&found), ["ok"]);
    if !readable_anyway {
        assert!(only_problem(&found).contains("permission denied"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf8() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let yard = Yard::new();
    let made = yard.bones("plain");
    let odd = yard.root.join(OsStr::from_bytes(b"caf\xe9"));
    fs::rename(made, &odd).unwrap();
    fs::write(odd.join("package.json"), "{}").unwrap();
    let found = yard.discover();
    assert_eq!(found.repos[0].repo.work_tree, odd);
    assert_eq!(found.repos[0].packages[0].name, "caf\u{fffd}");
}

#[test]
fn a_monster_tree_is_cut_and_told() {
    let yard = Yard::new();
    yard.bones("big");
    yard.file("big/package.json", "{}");
    for n in 0..21_000 {
        if n % 1000 == 0 {
            yard.folder(&format!("big/{}", n / 1000));
        }
        fs::File::create(yard.path(&format!("big/{}/{n}", n / 1000))).unwrap();
    }
    yard.bones("small");
    let found = yard.discover();
    assert_eq!(yard.names(&found), ["big", "small"]);
    assert_eq!(found.repos[0].packages.len(), 1);
    assert!(only_problem(&found).contains("too many files"));
}

#[test]
fn a_repository_is_seen_even_if_its_own_folder_is_a_monster() {
    let yard = Yard::new();
    yard.bones("top");
    yard.bones("top/flat");
    for n in 0..20_500 {
        fs::File::create(yard.path(&format!("top/flat/{n}"))).unwrap();
    }
    assert_eq!(yard.names(&yard.discover()), ["top", "top/flat"]);
}

#[test]
fn the_enclosing_repository() {
    let yard = Yard::new();
    let outer = yard.repo("outer");
    let inner = yard.repo("outer/sub/inner");
    let file = yard.file("outer/a/b/c.txt", "x");
    yard.git("", &["init", "-q", "--bare", "outer/store.git"]);
    symlink(&file, yard.path("link")).unwrap();
    let at = |path: PathBuf| find_enclosing(&path).map(|repo| repo.work_tree);
    assert_eq!(at(outer.clone()), Some(outer.clone()));
    assert_eq!(at(file), Some(outer.clone()));
    assert_eq!(at(yard.path("link")), Some(outer.clone()));
    assert_eq!(at(outer.join("sub")), Some(outer.clone()));
    assert_eq!(at(inner.join("README")), Some(inner.clone()));
    assert_eq!(at(outer.join(".git/refs")), Some(outer.clone()));
    assert_eq!(at(yard.path("outer/store.git/refs")), None, "a bare repository is its own");
    assert_eq!(at(yard.path("")), None);
    assert_eq!(at(outer.join("missing")), None);
    assert_eq!(probe(&inner).map(|repo| repo.work_tree), Some(inner));
    assert!(probe(&outer.join("a")).is_none());
}

/// Not a test of anything but the time: `cargo test -p autocommit-watch --release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn a_thousand_repositories() {
    let yard = Yard::new();
    for repo in 0..1000 {
        yard.bones(&format!("g{}/r{repo}", repo % 10));
        yard.file(&format!("g{}/r{repo}/package.json", repo % 10), "{\"name\": \"x\"}");
        for n in 0..100 {
            yard.file(&format!("g{}/r{repo}/d{}/f{n}", repo % 10, n % 10), "");
        }
    }
    for _ in 0..5 {
        let start = std::time::Instant::now();
        assert_eq!(yard.discover().repos.len(), 1000);
        println!("{:?}", start.elapsed());
    }
}
