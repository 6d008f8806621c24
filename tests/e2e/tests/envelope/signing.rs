//! Signing with GnuPG: with a key whose passphrase is known it is done; else it fails, and no window opens.

use autocommit_e2e::{arg, commits};
use autocommit_test_support::{Output, Sandbox};
use std::path::{Path, PathBuf};

/// A key with a passphrase, and an agent whose window is a script that leaves a trace.
struct Key<'a> {
    sandbox: &'a Sandbox,
    home: tempfile::TempDir,
    window: PathBuf,
}

impl<'a> Key<'a> {
    fn new(sandbox: &'a Sandbox) -> Option<Self> {
        if sandbox.run(sandbox.root(), "gpg", &["--version"]).code() != Some(0) {
            eprintln!("skipped: GnuPG is not installed");
            return None;
        }
        // Short, because of the agent's socket.
        let home = tempfile::Builder::new().prefix("g").tempdir_in("/tmp").unwrap();
        let key = Self { sandbox, window: sandbox.root().join("a-window-opened"), home };
        let pinentry = sandbox.root().join("pinentry");
        std::fs::write(&pinentry, format!("#!/bin/sh\n: > {}\nexit 1\n", arg(&key.window))).unwrap();
        let _ = sandbox.run(sandbox.root(), "chmod", &["+x", arg(&pinentry)]).ok();
        let agent = format!("pinentry-program {}\nallow-loopback-pinentry\n", arg(&pinentry));
        std::fs::write(key.home.path().join("gpg-agent.conf"), agent).unwrap();
        let _ = key.gpg(&["--quick-gen-key", "Test <test@example.org>", "default", "default", "never"]).ok();
        key.forget();
        sandbox.set_env("GNUPGHOME", arg(key.home.path()));
        sandbox.add_git_config("[commit]\n\tgpgSign = true\n[user]\n\tsigningKey = test@example.org\n");
        Some(key)
    }

    fn run(&self, program: &str, args: &[&str]) -> Output {
        let home = format!("GNUPGHOME={}", arg(self.home.path()));
        self.sandbox.run(self.sandbox.root(), "env", &[&[home.as_str(), program], args].concat())
    }

    /// With the passphrase given outright; the agent knows it from then on.
    fn gpg(&self, args: &[&str]) -> Output {
        let quiet =
            ["--batch", "--quiet", "--yes", "--pinentry-mode", "loopback", "--passphrase", "open sesame"];
        self.run("gpg", &[&quiet, args].concat())
    }

    fn forget(&self) {
        let _ = self.run("gpgconf", &["--kill", "gpg-agent"]);
    }

    fn window_opened(&self) -> bool {
        std::fs::remove_file(&self.window).is_ok()
    }

    fn git(&self, repo: &Path, args: &[&str]) -> Output {
        self.run("git", &[&["-C", arg(repo)], args].concat())
    }
}

impl Drop for Key<'_> {
    fn drop(&mut self) {
        self.forget();
    }
}

#[test]
fn a_key_that_asks_for_its_passphrase_opens_no_window_and_nothing_goes_unsigned() {
    let sandbox = Sandbox::new();
    let (repo, _bare) = sandbox.repo_with_remote("app");
    let Some(key) = Key::new(&sandbox) else { return };
    sandbox.write(&repo, "work.txt", "1\n");
    let plain = key.git(&repo, &["commit", "--allow-empty", "-m", "x"]);
    assert!(plain.code() != Some(0) && key.window_opened(), "git by itself does open one: {}", plain.shown());
    let once = sandbox.autocommit(&["once", "--json"]).exits(1);
    assert!(once.stdout.contains("could not be signed"), "{}", once.shown());
    assert!(!key.window_opened(), "no window for a passphrase");
    assert_eq!(commits(&sandbox, &repo), 1, "and no commit without a signature");
    let doctor = sandbox.autocommit(&["doctor", "--json"]);
    assert!(!key.window_opened(), "nor by the doctor: {}", doctor.shown());
    let left = std::fs::read_dir(sandbox.state_dir().join("scratch")).unwrap().flatten().count();
    assert_eq!(left, 0, "nothing is left of it");

    // A passphrase that the agent knows is enough.
    let note = sandbox.root().join("note");
    std::fs::write(&note, "x").unwrap();
    let _ = key.gpg(&["--detach-sign", arg(&note)]).ok();
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(commits(&sandbox, &repo), 2);
    let _ = key.git(&repo, &["verify-commit", "HEAD"]).ok();
    assert!(!key.window_opened());
}
