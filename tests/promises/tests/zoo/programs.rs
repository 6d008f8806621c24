//! Programs that a commit needs: hooks, signing, an identity. None is skipped, and what fails stops the commit.

use crate::{
    case::{Built, Case, Verdict, after, case, class, commit},
    plot::{Plot, text},
};
use autocommit_test_support::Sandbox;
use std::path::PathBuf;

/// Hooks that a person has looked at and allowed.
pub(crate) fn approved() -> Vec<Case> {
    let hook = |name: &'static str, script: &'static str| {
        move |plot: &Plot<'_>| -> Built {
            let (repo, bare) = plot.cloned();
            plot.sandbox.hook(&repo, name, script);
            plot.write(&repo, "b.txt", "x\n");
            (repo, bare).into()
        }
    };
    let b = || commit(&["b.txt"]);
    let all = vec![
        case("hook-agrees", hook("pre-commit", "exit 0"), b()),
        case(
            "hook-refuses",
            hook("pre-commit", "echo 'lint: no'; exit 1"),
            Verdict::Failed("own pre-commit check failed"),
        ),
        case(
            "hook-refuses-the-message",
            hook("commit-msg", "echo 'no ticket' >&2; exit 1"),
            Verdict::Failed("own commit-msg check failed"),
        ),
        case(
            "hook-is-missing-its-program",
            hook("pre-commit", "exec /nowhere/lint"),
            Verdict::Failed("own pre-commit check failed"),
        ),
        case(
            "hook-is-not-executable",
            |plot| {
                let (repo, bare) = plot.cloned();
                plot.write(&repo, ".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
                plot.write(&repo, "b.txt", "x\n");
                (repo, bare).into()
            },
            b(),
        ),
        case("hook-writes-the-message", hook("commit-msg", "printf 'Words of the hook\\n' > \"$1\""), b())
            .finally(|plot| {
                assert_eq!(plot.git(&plot.dir(), &["log", "-1", "--format=%s"]), "Words of the hook");
            }),
        case(
            "hook-before-the-push-refuses",
            hook("pre-push", "echo 'tests fail'; exit 1"),
            b().stays("failed", "refused by a rule or a hook"),
        ),
        case("hook-after-the-commit", hook("post-commit", "exit 1"), b()),
        case("hook-of-husky", husky, b()),
    ];
    class("programs", all)
}

fn husky(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.script(&repo.join(".husky/pre-commit"), "exit 0");
    plot.commit(&repo);
    plot.sh(&repo, "git push -q; git config core.hooksPath .husky; echo x > b.txt");
    (repo, bare).into()
}

/// Tells the program that a person allows what these repositories bring.
pub(crate) fn allow(sandbox: &Sandbox, works: &[PathBuf]) {
    for work in works {
        let _ = sandbox.autocommit(&["trust", "allow", text(work)]);
    }
}

/// The person's own hooks, for every repository: they need nobody's approval.
pub(crate) fn own_hooks(sandbox: &Sandbox) {
    let hooks = sandbox.home().join("hooks");
    let hook = hooks.join("pre-commit");
    sandbox.write(&hooks, "pre-commit", "#!/bin/sh\n! grep -qs refuse b.txt\n");
    let _ = sandbox.run(&hooks, "chmod", &["755", text(&hook)]).ok();
    sandbox.add_git_config(&format!("[core]\n\thooksPath = {}", text(&hooks)));
}

pub(crate) fn with_own_hooks() -> Vec<Case> {
    let all = vec![
        case("own-hook-agrees", after("echo x > b.txt"), commit(&["b.txt"])),
        case(
            "own-hook-refuses",
            after("echo refuse > b.txt"),
            Verdict::Failed("own pre-commit check failed"),
        ),
        case(
            "own-hook-instead-of-theirs",
            |plot| {
                let (repo, bare) = plot.cloned();
                plot.script(&repo.join(".git/hooks/pre-commit"), "exit 1");
                plot.write(&repo, "b.txt", "x\n");
                (repo, bare).into()
            },
            Verdict::Own,
        ),
    ];
    class("programs", all)
}

/// The person signs every commit, with a key that lies in their home.
pub(crate) fn signing(sandbox: &Sandbox) {
    let key = sandbox.home().join("key");
    let made =
        sandbox.run(sandbox.home(), "ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", text(&key)]);
    let _ = made.ok();
    sandbox.add_git_config(&format!(
        "[gpg]\n\tformat = ssh\n[user]\n\tsigningKey = {}.pub\n[commit]\n\tgpgSign = true\n[gpg \"openpgp\"]\n\tprogram = false",
        text(&key)
    ));
}

pub(crate) fn with_signing() -> Vec<Case> {
    let is_signed = |plot: &Plot<'_>| {
        let object = plot.git(&plot.dir(), &["cat-file", "commit", "HEAD"]);
        assert!(object.contains("\ngpgsig -----BEGIN SSH SIGNATURE-----"), "{object}");
    };
    let unsigned = Verdict::Failed("could not be signed");
    let all = vec![
        case("signed", after("echo x > b.txt"), commit(&["b.txt"])).finally(is_signed),
        case(
            "signed-on-an-unborn-branch",
            |plot| {
                let (repo, bare) = (plot.dir(), plot.bare(""));
                std::fs::create_dir_all(&repo).unwrap();
                plot.git(&repo, &["init", "--quiet"]);
                plot.git(&repo, &["remote", "add", "origin", text(&bare)]);
                plot.write(&repo, "b.txt", "x\n");
                (repo, bare).into()
            },
            commit(&["b.txt"]),
        )
        .finally(is_signed),
        case(
            "signing-key-is-gone",
            after("git config user.signingKey /nowhere/key; echo x > b.txt"),
            unsigned.clone(),
        ),
        case("signing-program-fails", after("git config gpg.format openpgp; echo x > b.txt"), unsigned),
        case(
            "signing-switched-off-here",
            after("git config commit.gpgSign false; echo x > b.txt"),
            commit(&["b.txt"]),
        ),
        case(
            "no-identity",
            after("git config user.name ''; git config user.email ''; echo x > b.txt"),
            Verdict::Failed("does not know your name"),
        ),
    ];
    class("programs", all)
}
