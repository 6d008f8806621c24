//! Locks and messages of other git programs: never touched, and said within one cycle.

use crate::{
    case::{Built, Case, Verdict, after, case, class, commit},
    plot::Plot,
};
use std::{
    fs,
    os::unix::process::CommandExt as _,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

pub(crate) fn cases() -> Vec<Case> {
    let held = Verdict::Hold("locked for");
    let all = vec![
        case("index-locked", after("echo x > b.txt; : > .git/index.lock"), held.clone()),
        case(
            "index-locked-long-ago",
            after("echo x > b.txt; : > .git/index.lock; touch -d '2 days ago' .git/index.lock"),
            held.clone(),
        ),
        case("index-locked-in-a-clean-tree", after(": > .git/index.lock"), Verdict::Unchanged("locked for")),
        case("head-locked", after("echo x > b.txt; : > .git/HEAD.lock"), held.clone()),
        case("branch-locked", after("echo x > b.txt; : > .git/refs/heads/main.lock"), held),
        case("packed-refs-locked", after("echo x > b.txt; : > .git/packed-refs.lock"), commit(&["b.txt"])),
        case("config-locked", after("echo x > b.txt; : > .git/config.lock"), commit(&["b.txt"])),
        case(
            "another-branch-locked",
            after("git branch other; echo x > b.txt; : > .git/refs/heads/other.lock"),
            commit(&["b.txt"]),
        ),
        case("message-being-written", editing, Verdict::Hold("message")),
        case(
            "message-left-behind",
            after("echo 'half a message' > .git/COMMIT_EDITMSG; echo x > b.txt"),
            commit(&["b.txt"]),
        ),
        case(
            "leftovers-of-killed-gits",
            after(
                "echo x > b.txt; : > .git/objects/tmp_obj_abc; mkdir -p .git/objects/aa; : > .git/objects/aa/tmp_obj_def; : > .git/objects/pack/tmp_pack_x 2>/dev/null || { mkdir -p .git/objects/pack; : > .git/objects/pack/tmp_pack_x; }",
            ),
            commit(&["b.txt"]),
        ),
    ];
    class("locks", all)
}

/// A `git commit` whose editor is open; ended with the case.
struct Editor(Child);

impl Drop for Editor {
    fn drop(&mut self) {
        let _ =
            std::process::Command::new("kill").args(["-KILL", "--", &format!("-{}", self.0.id())]).status();
        let _ = self.0.wait();
    }
}

fn editing(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.write(&repo, "b.txt", "x\n");
    plot.git(&repo, &["add", "b.txt"]);
    let started = plot.aside("editor-started");
    let editor = plot.aside("editor");
    plot.script(
        &editor,
        &format!("echo 'My own words' > \"$1\"; : > '{}'; exec sleep 300", started.display()),
    );
    let mut command = plot.sandbox.git_command(&repo);
    command.env("GIT_EDITOR", &editor).arg("commit");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let child = Editor(command.spawn().unwrap());
    let limit = Instant::now() + Duration::from_secs(60);
    while !started.exists() {
        assert!(Instant::now() < limit, "the editor did not open");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(fs::read_to_string(repo.join(".git/COMMIT_EDITMSG")).unwrap().contains("My own words"));
    Built::from((repo, bare)).keeping(child)
}
