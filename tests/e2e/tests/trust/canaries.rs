//! One repository for each way to have a program run or something redirected, and every command of ours.

use super::{arg, assert_asks, once, run_of};
use autocommit_test_support::{Sandbox, servers::SshRemote};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// What a repository does, and how plain git shows that it does. `$RUN` leaves a mark, `$DIR` is a place of its own.
struct Vector {
    name: &'static str,
    plant: &'static str,
    spring: &'static str,
}

const fn vector(name: &'static str, plant: &'static str, spring: &'static str) -> Vector {
    Vector { name, plant, spring }
}

const VECTORS: &[Vector] = &[
    vector("fsmonitor", "git config core.fsmonitor $RUN", "git status"),
    vector("hook", "cp $RUN .git/hooks/pre-commit", "git commit -qam x"),
    vector("hooks-path", "mkdir h; cp $RUN h/pre-commit; git config core.hooksPath h", "git commit -qam x"),
    vector(
        "filter-clean",
        "git config filter.x.clean $RUN; echo '* filter=x' > .git/info/attributes",
        "git add .",
    ),
    vector(
        "filter-process",
        "git config filter.x.process $RUN; echo '* filter=x' > .gitattributes",
        "git add .",
    ),
    vector("diff-external", "git config diff.external $RUN", "git diff"),
    vector("textconv", "git config diff.x.textconv $RUN; echo '* diff=x' > .git/info/attributes", "git diff"),
    vector(
        "ssh-command",
        "git config core.sshCommand $RUN; git remote set-url origin ssh://h.invalid/x",
        "git ls-remote",
    ),
    vector(
        "ext-remote",
        "git config protocol.ext.allow always; git remote set-url origin \"ext::$RUN x\"",
        "git ls-remote",
    ),
    vector("receive-pack", "git config remote.origin.receivepack $RUN", "git push origin HEAD:refs/heads/x"),
    vector(
        "credential-helper",
        "git config credential.helper $RUN",
        "printf 'protocol=https\\nhost=h.invalid\\n\\n' | git credential fill",
    ),
    vector(
        "ask-pass",
        "git config core.askPass $RUN",
        "printf 'protocol=https\\nhost=h.invalid\\n\\n' | git credential fill",
    ),
    vector("gpg-program", "git config gpg.program $RUN; git config commit.gpgSign true", "git commit -qam x"),
    vector("editor", "git config core.editor $RUN", "git commit -a"),
    vector("pager", "git config core.pager $RUN", "sh -c \"$(git var GIT_PAGER)\""),
    vector(
        "include",
        "printf '[core]\\nfsmonitor = %s\\n' $RUN > $DIR/more; git config include.path $DIR/more",
        "git status",
    ),
    vector(
        "worktree-config",
        "git config extensions.worktreeConfig true; git config --worktree core.fsmonitor $RUN",
        "git status",
    ),
    vector(
        "push-instead-of",
        "git init -q --bare $DIR/elsewhere.git; git config url.$DIR/elsewhere.git.pushInsteadOf \"$(git remote get-url origin)\"",
        "git push origin HEAD:refs/heads/x; git -C $DIR/elsewhere.git rev-parse x && $RUN",
    ),
    vector(
        "hook-of-the-remote",
        "cp $RUN \"$(git remote get-url origin)/hooks/post-receive\"",
        "git push origin HEAD:refs/heads/x",
    ),
    vector(
        "git-folder-of-another",
        "git init -q $DIR/other; git -C $DIR/other commit -q --allow-empty -m theirs; mv .git $DIR/gone; echo \"gitdir: $DIR/other/.git\" > .git",
        "git add .; git commit -qm x; git -C $DIR/other ls-tree HEAD | grep -q work.txt && $RUN",
    ),
    vector(
        "log-elsewhere",
        "echo mine > $DIR/mine; ln -sf $DIR/mine .git/logs/HEAD",
        "git commit -qam x; grep -q commit $DIR/mine && $RUN",
    ),
    vector(
        "branch-elsewhere",
        "git rev-parse HEAD > $DIR/mine; cp $DIR/mine $DIR/before; ln -sf $DIR/mine .git/logs/refs/heads/main",
        "git commit -qam x; cmp -s $DIR/mine $DIR/before || $RUN",
    ),
];

fn place(sandbox: &Sandbox, name: &str) -> PathBuf {
    sandbox.root().join("places").join(name)
}

fn mark(sandbox: &Sandbox, name: &str) -> PathBuf {
    place(sandbox, name).join("mark")
}

fn sh(sandbox: &Sandbox, repo: &Path, vector: &Vector, script: &str) {
    let dir = place(sandbox, vector.name);
    let script = format!("DIR='{0}'; RUN='{0}/run'\n{script}", dir.display());
    let _ = sandbox.run(repo, "sh", &["-c", &script]);
}

fn planted(sandbox: &Sandbox, vector: &Vector) -> PathBuf {
    let (repo, _) = sandbox.repo_with_remote(vector.name);
    let dir = place(sandbox, vector.name);
    fs::create_dir_all(&dir).unwrap();
    let run =
        sandbox.write(&dir, "run", format!("#!/bin/sh\n: > '{}'\n", mark(sandbox, vector.name).display()));
    fs::set_permissions(&run, fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.write(&repo, "README.md", "# changed\n");
    sandbox.write(&repo, "work.txt", "1\n");
    sh(sandbox, &repo, vector, vector.plant);
    repo
}

#[test]
fn nothing_that_a_repository_brings_runs_before_it_is_approved() {
    let sandbox = Sandbox::new();
    let repos: Vec<_> = VECTORS.iter().map(|vector| (vector, planted(&sandbox, vector))).collect();
    let (super_project, _) = sandbox.repo_with_remote("around");
    let inner = place(&sandbox, "submodule");
    fs::create_dir_all(&inner).unwrap();
    let (library, _) = sandbox.repo_with_remote("library");
    let add = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", arg(&library), "lib"];
    sandbox.git(&super_project, &add);
    sandbox.commit(&super_project, "A submodule");
    sandbox.git(&super_project, &["push", "--quiet"]);
    let run =
        sandbox.write(&inner, "run", format!("#!/bin/sh\n: > '{}'\n", mark(&sandbox, "submodule").display()));
    fs::set_permissions(&run, fs::Permissions::from_mode(0o755)).unwrap();
    let lib = super_project.join("lib");
    sandbox.git(&lib, &["config", "core.fsmonitor", arg(&run)]);
    sandbox.write(&lib, "README.md", "# changed\n");
    sandbox.write(&super_project, "work.txt", "1\n");
    let heads: Vec<_> = repos.iter().map(|(_, repo)| fs::read(repo.join(".git/HEAD")).ok()).collect();

    let daemon = sandbox.daemon_with(sandbox.config().set("quiet_seconds", 0));
    daemon.rested(std::time::Duration::from_secs(120));
    for path in ["/status", "/repos", "/history"] {
        let _ = daemon.get(path).expect(200);
    }
    let _ = daemon.stop();
    for args in [
        &["scan"][..],
        &["repos"],
        &["once", "--dry-run"],
        &["once"],
        &["push"],
        &["doctor"],
        &["status"],
        &["history"],
        &["held"],
        &["trust", "list"],
    ] {
        let _ = sandbox.autocommit(args);
    }
    for (vector, repo) in &repos {
        let _ = sandbox.autocommit(&["message", arg(repo)]);
        let _ = sandbox.autocommit(&["trust", "show", arg(repo)]).ok();
        assert!(!mark(&sandbox, vector.name).exists(), "{} ran", vector.name);
    }
    assert!(!mark(&sandbox, "submodule").exists(), "a submodule's program ran");
    let cycle = once(&sandbox);
    for ((vector, repo), head) in repos.iter().zip(&heads) {
        let run = run_of(&cycle, repo);
        assert_asks(&run);
        assert_eq!(&fs::read(repo.join(".git/HEAD")).ok(), head, "{}", vector.name);
    }
    assert_asks(&run_of(&cycle, &lib));
    // Void unless plain git is caught by each.
    for (vector, repo) in &repos {
        let dir = place(&sandbox, vector.name);
        for (file, before) in [("mine", "before")] {
            if dir.join(before).exists() {
                assert_eq!(
                    fs::read(dir.join(file)).unwrap(),
                    fs::read(dir.join(before)).unwrap(),
                    "{}",
                    vector.name
                );
            }
        }
        sh(&sandbox, repo, vector, vector.spring);
        assert!(
            mark(&sandbox, vector.name).exists(),
            "{} is void: plain git is not caught either",
            vector.name
        );
    }
    let _ = sandbox.try_git(&lib, &["status"]);
    assert!(mark(&sandbox, "submodule").exists(), "the submodule is void");
}

/// What the person set up for themselves, and what runs nothing, is no question.
#[test]
fn what_is_the_persons_own_needs_no_question() {
    let sandbox = Sandbox::new();
    let hooks = sandbox.home().join("hooks");
    let ran = sandbox.root().join("ran");
    sandbox.write(&hooks, "pre-commit", format!("#!/bin/sh\ntouch '{}'\n", ran.display()));
    fs::set_permissions(hooks.join("pre-commit"), fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.add_git_config(&format!(
        "[core]\n\thooksPath = {}\n[filter \"up\"]\n\tclean = tr a-z A-Z\n\tsmudge = cat\n",
        hooks.display()
    ));
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, ".git/hooks/pre-commit.sample", "#!/bin/sh\nexit 1\n");
    sandbox.write(&repo, ".gitattributes", "*.up filter=up\n");
    sandbox.git(&repo, &["config", "pull.rebase", "true"]);
    sandbox.git(&repo, &["config", "alias.x", "!touch nowhere"]);
    sandbox.write(&repo, "a.up", "loud\n");
    let _ = once(&sandbox).ok();
    assert!(ran.exists(), "the person's own hook runs");
    assert_eq!(sandbox.git(&repo, &["show", "HEAD:a.up"]), "LOUD");
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(sandbox.git(&repo, &["rev-parse", "HEAD"])));
}

/// The person's own ssh command is used, the repository's is not, also once the rest is approved.
#[test]
fn an_approved_ssh_command_is_still_not_used_for_a_push() {
    let sandbox = Sandbox::new();
    let Some(server) = SshRemote::start(&sandbox) else { return };
    sandbox.add_git_config(&server.git_config());
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.git(&repo, &["remote", "set-url", "origin", &server.url(&bare)]);
    let ran = sandbox.root().join("ran");
    sandbox.git(&repo, &["config", "core.sshCommand", &format!("touch {}; false", ran.display())]);
    sandbox.write(&repo, "work.txt", "1\n");
    sandbox.trust(&repo);
    let _ = once(&sandbox).ok();
    assert!(!ran.exists());
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(sandbox.git(&repo, &["rev-parse", "HEAD"])));
}
