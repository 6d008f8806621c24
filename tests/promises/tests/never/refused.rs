//! Line 21: signing, hooks and owners are respected, or nothing is committed.

use crate::{quiet, run_of, sh, tally, text};
use autocommit_test_support::Sandbox;
use std::os::unix::fs::MetadataExt as _;

/// The user that every Unix keeps for this.
const NOBODY: u32 = 65534;

#[test]
fn n21_nothing_is_committed_unsigned_where_signing_is_asked_for() {
    let mut tally = tally(21);
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    sandbox.add_git_config(
        "[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = false\n[gpg \"ssh\"]\n\tprogram = false",
    );
    for (name, script) in [
        ("openpgp", "git config user.signingKey 0123456789abcdef"),
        ("ssh", "git config gpg.format ssh; git config user.signingKey /nowhere/key.pub"),
    ] {
        let (repo, bare) = {
            let (repo, bare) = (sandbox.repos_dir().join(name), sandbox.bare(name));
            sandbox.write(&repo, "a.txt", "1\n");
            sh(
                &sandbox,
                &repo,
                &format!(
                    "git init -q; git add .; git commit -qm start --no-gpg-sign; git remote add origin {}; git push -qu origin main; echo 2 > a.txt",
                    text(&bare)
                ),
            );
            (repo, bare)
        };
        sh(&sandbox, &repo, script);
        let cycle = sandbox.autocommit(&["once", "--json", text(&repo)]).json();
        tally.count("keys that do not work", 1);
        assert_eq!(run_of(&cycle, &repo)["status"], "failed", "{cycle:#}");
        assert_eq!(sandbox.git(&repo, &["rev-list", "--count", "HEAD"]), "1", "{name}: an unsigned commit");
        assert_eq!(sandbox.git(&bare, &["rev-list", "--count", "main"]), "1");
    }
    tally.end();
}

#[test]
fn n21_what_belongs_to_another_user_is_left_alone() {
    let mut tally = tally(21);
    tally.name.push_str("-owners");
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        println!("never: SKIPPED owners: only root can give files away");
        return tally.end();
    }
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    let program = sandbox.root().join("autocommit");
    std::fs::copy(sandbox.autocommit_command().get_program(), &program).unwrap();
    let all: Vec<_> = [("tree", "."), ("folder", ".git"), ("own", "")]
        .into_iter()
        .map(|(name, given)| {
            let (repo, _) = sandbox.repo_with_remote(name);
            sandbox.write(&repo, "README.md", "changed\n");
            (repo, given)
        })
        .collect();
    sh(&sandbox, &sandbox.root(), &format!("chown -R {NOBODY}:{NOBODY} ."));
    for (repo, given) in all.iter().filter(|(_, given)| !given.is_empty()) {
        sh(&sandbox, repo, &format!("chown -R 0:0 {given}; chmod -R a+rwX ."));
    }
    let user = [format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")];
    let args = [&user[0], &user[1], "--clear-groups", "--", text(&program), "once", "--json"];
    let cycle = sandbox.run(sandbox.root(), "setpriv", &args).json();
    for (repo, given) in &all {
        let foreign = !given.is_empty();
        tally.count("owners", 1);
        let run = run_of(&cycle, repo);
        assert_eq!(run["status"] == "failed", foreign, "{run:#}");
        let count = sandbox.git(repo, &["-c", "safe.directory=*", "rev-list", "--count", "HEAD"]);
        assert_eq!(count, if foreign { "1" } else { "2" }, "{}", repo.display());
    }
    tally.end();
}
