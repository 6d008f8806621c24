//! Variables of the environment that would lead git elsewhere, or start programs: none of them reaches it.

use autocommit_promises::{Scale, Tally};
use autocommit_test_support::Sandbox;
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command, sync::Mutex};

/// Names and values of variables.
type Variables = &'static [(&'static str, &'static str)];

/// Variables with `@` for the folder beside, and plain git that makes the canary sing or sees the mark.
const CASES: &[(&str, Variables, &str)] = &[
    (
        "dir",
        &[("GIT_DIR", "@/other/.git")],
        "git commit -qam x; [ $(git -C @/other rev-list --count main) = 3 ] && : > @/mark",
    ),
    ("work-tree", &[("GIT_WORK_TREE", "@/other")], "git status --porcelain | grep -q theirs && : > @/mark"),
    ("index-file", &[("GIT_INDEX_FILE", "@/index")], "git add .; [ -f @/index ] && : > @/mark"),
    (
        "object-folder",
        &[("GIT_OBJECT_DIRECTORY", "@/objects")],
        "mkdir @/objects; git hash-object -w a.txt; [ -n \"$(ls @/objects)\" ] && : > @/mark",
    ),
    (
        "namespace",
        &[("GIT_NAMESPACE", "evil")],
        "git commit -qam x; git push -q; git -C @/bare.git for-each-ref refs/namespaces | grep -q . && : > @/mark",
    ),
    (
        "config",
        &[("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "core.fsmonitor"), ("GIT_CONFIG_VALUE_0", "@/run")],
        "git status",
    ),
    ("config-parameters", &[("GIT_CONFIG_PARAMETERS", "'core.fsmonitor'='@/run'")], "git status"),
    ("ssh-command", &[("GIT_SSH_COMMAND", "@/run")], "git ls-remote ssh://127.0.0.1:9/x"),
    ("ssh", &[("GIT_SSH", "@/run")], "git ls-remote ssh://127.0.0.1:9/x"),
    ("proxy-command", &[("GIT_PROXY_COMMAND", "@/run")], "git ls-remote git://127.0.0.1:9/x"),
    ("external-diff", &[("GIT_EXTERNAL_DIFF", "@/run")], "git diff"),
    (
        "askpass",
        &[("GIT_ASKPASS", "@/run")],
        "printf 'protocol=https\\nhost=h.invalid\\n\\n' | git credential fill",
    ),
    (
        "ssh-askpass",
        &[("SSH_ASKPASS", "@/run")],
        "printf 'protocol=https\\nhost=h.invalid\\n\\n' | git credential fill",
    ),
    ("editor", &[("GIT_EDITOR", "@/run")], "git commit -a"),
    ("exec-path", &[("GIT_EXEC_PATH", "@/exec")], "git remote-https x"),
    ("trace", &[("GIT_TRACE", "@/mark")], "git status"),
    ("trace-of-events", &[("GIT_TRACE2_EVENT", "@/mark")], "git status"),
    (
        "author",
        &[("GIT_AUTHOR_NAME", "Mallory"), ("GIT_COMMITTER_NAME", "Mallory")],
        "git commit -qam x; git log -1 --format=%an%cn | grep -q Mallory && : > @/mark",
    ),
    (
        "preloaded-library",
        &[("LD_AUDIT", "@/no-such-library.so")],
        "ls / 2>&1 | grep -q no-such-library && : > @/mark",
    ),
    (
        "alternates",
        &[("GIT_ALTERNATE_OBJECT_DIRECTORIES", "@/other/.git/objects")],
        "git cat-file -e $(git -C @/other rev-parse HEAD) && : > @/mark",
    ),
    (
        "replaced-objects",
        &[("GIT_GRAFT_FILE", "@/grafts")],
        "git rev-parse HEAD > @/grafts; git rev-list --count HEAD 2>&1 | grep -q '^1$' && : > @/mark",
    ),
];

#[test]
fn nothing_of_the_environment_leads_git_elsewhere() {
    let tally = Mutex::new(Tally::new("hostile-environment", Scale::from_environment().seed()));
    let waiting = Mutex::new(CASES.iter());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().next();
                    let Some((name, variables, spring)) = next else { break };
                    let verdict = tried(variables, spring);
                    let mut tally = tally.lock().unwrap();
                    tally.count("hostile variables", 1);
                    if let Err(problem) = verdict {
                        tally.fail(format!("{name}: {problem}"));
                    }
                }
            });
        }
    });
    tally.into_inner().unwrap().end();
}

/// Once with the program, and then by hand.
fn tried(variables: &[(&str, &str)], spring: &str) -> Result<(), String> {
    let sandbox = Sandbox::new();
    let dir = sandbox.root().join("beside");
    let (repo, bare) = sandbox.repo_with_remote("repo");
    sandbox.write(&repo, "a.txt", "a\n");
    sandbox.commit(&repo, "More");
    sandbox.git(&repo, &["push", "--quiet"]);
    let other = sandbox.repo("other");
    sandbox.write(&other, "theirs.txt", "theirs\n");
    sandbox.commit(&other, "Theirs");
    fs::create_dir(&dir).map_err(|e| e.to_string())?;
    fs::rename(&other, dir.join("other")).map_err(|e| e.to_string())?;
    fs::rename(&bare, dir.join("bare.git")).map_err(|e| e.to_string())?;
    let bare = dir.join("bare.git");
    sandbox.git(&repo, &["remote", "set-url", "origin", shown(&bare)]);
    let run = sandbox.write(&dir, "run", format!("#!/bin/sh\n: > {}/mark\nexit 1\n", dir.display()));
    fs::set_permissions(&run, fs::Permissions::from_mode(0o755)).map_err(|e| e.to_string())?;
    fs::create_dir(dir.join("exec")).map_err(|e| e.to_string())?;
    for name in ["git-remote-https", "git-receive-pack", "git-status", "git"] {
        fs::copy(&run, dir.join("exec").join(name)).map_err(|e| e.to_string())?;
    }
    sandbox.write(&repo, "a.txt", "changed\n");

    let filled = |text: &str| text.replace('@', shown(&dir));
    let theirs = sandbox.worktree_manifest(dir.join("other"));
    let before = sandbox.refs(dir.join("other"));
    for (name, value) in variables {
        sandbox.set_env(name, &filled(value));
    }
    let said = sandbox.autocommit(&["once"]);
    let fine = |is: bool, what: &str| if is { Ok(()) } else { Err(format!("{what}\n{}", said.shown())) };
    fine(!dir.join("mark").exists(), "its program ran, or it was written to")?;
    fine(!dir.join("index").exists() && !dir.join("objects").exists(), "something was written beside")?;
    fine(
        sandbox.remote_tip(&bare, "main") == Some(sandbox.git(&repo, &["rev-parse", "main"])),
        "not pushed",
    )?;
    fine(sandbox.refs(&bare).len() == 1, "the remote has other refs")?;
    fine(sandbox.git(&repo, &["rev-list", "--count", "main"]) == "3", "not committed once")?;
    let who = sandbox.git(&repo, &["log", "-1", "--format=%an %cn"]);
    fine(who == "Ada Test Ada Test", &format!("committed as {who}"))?;
    fine(sandbox.worktree_manifest(dir.join("other")) == theirs, "another work tree changed")?;
    fine(sandbox.refs(dir.join("other")) == before, "another repository changed")?;

    // The same by hand.
    sandbox.write(&repo, "a.txt", "changed again\n");
    let mut git = by_hand(&sandbox, &repo);
    git.envs(variables.iter().map(|(name, value)| (name, filled(value))));
    let _ = git.args(["-c", &filled(spring)]).output().map_err(|e| e.to_string())?;
    fine(dir.join("mark").exists(), "void: plain git is not led elsewhere by it either")
}

/// A shell with the sandbox's environment.
fn by_hand(sandbox: &Sandbox, repo: &Path) -> Command {
    let mut shell = Command::new("sh");
    let git = sandbox.git_command(repo);
    shell.env_clear().envs(git.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.env_remove("GIT_AUTHOR_DATE").env_remove("GIT_COMMITTER_DATE");
    shell.current_dir(repo).stdin(std::process::Stdio::null());
    shell
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}
