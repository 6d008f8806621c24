//! Repositories that hang on this machine: hooks, filters, signing programs of the person's own, and special files.

use crate::farm::{Case, Expect, Farm};

const STOPPED: Expect = Expect::Reason("hook of ");
const ARRIVES: Expect = Expect::Arrives;

pub(crate) fn plant(farm: &mut Farm) {
    hooks(farm);
    filters(farm);
    signing(farm);
    special_files(farm);
}

/// Hooks of the person's own, for all repositories: one program for each kind looks up what this repository wants of it.
fn hooks(farm: &mut Farm) {
    let sleep = "exec sleep 6000";
    let stubborn = "trap '' TERM INT HUP; while :; do sleep 1; done";
    let hang = |name, hook, script, expect| (Case { hangs: true, ..Case::new(name, expect) }, hook, script);
    let quick = |name, hook, script, expect| (Case::new(name, expect), hook, script);
    let cases = [
        hang("hook-pre-commit", "pre-commit", sleep, STOPPED),
        hang("hook-prepare-commit-msg", "prepare-commit-msg", sleep, STOPPED),
        hang("hook-commit-msg", "commit-msg", sleep, STOPPED),
        hang("hook-post-commit", "post-commit", sleep, ARRIVES),
        hang("hook-pre-push", "pre-push", sleep, Expect::Push(&["timed_out", "rejected"])),
        hang("hook-stubborn", "pre-commit", stubborn, STOPPED),
        hang("hook-child", "pre-commit", "sleep 6000 & wait", STOPPED),
        hang("hook-own-session", "pre-commit", "setsid sleep 6000 & exec sleep 6000", STOPPED),
        hang("hook-daemon", "pre-commit", "setsid sh -c 'sleep 6000 & exit 0'; exec sleep 6000", STOPPED),
        hang("hook-push-daemon", "pre-push", "setsid sh -c 'sleep 6000 & exit 0'; exec sleep 6000", {
            Expect::Push(&["timed_out", "rejected"])
        }),
        hang("hook-push-stubborn", "pre-push", stubborn, Expect::Push(&["timed_out", "rejected"])),
        quick("hook-loud", "pre-commit", "yes 'a line of a hook that talks' | head -c 100000000", ARRIVES),
        quick("hook-push-loud", "pre-push", "yes 'a line of a hook that talks' | head -c 100000000", ARRIVES),
        quick("hook-reads-input", "pre-commit", "cat", ARRIVES),
        quick("hook-asks-terminal", "pre-commit", "read answer < /dev/tty || exit 1", {
            Expect::Reason("check failed")
        }),
        // What a hook leaves running when it ends by itself is the person's own affair, and holds nothing up.
        quick("hook-leaves-one", "pre-commit", "sleep 6001 & exit 0", ARRIVES),
    ];
    let folder = farm.sandbox.root().join("hooks-of");
    for (case, hook, script) in cases {
        let name = case.name;
        farm.remote_kept(case);
        farm.sandbox.write(folder.join(name), hook, format!("{script}\n"));
    }
    // The hook of a remote in a folder runs below us: its repository is the current folder.
    farm.remote_kept(Case { hangs: true, ..Case::new("hook-of-remote", Expect::Push(&["timed_out"])) });
    farm.sandbox.write(folder.join("hook-of-remote.git"), "pre-receive", "exec sleep 6000\n");
    for hook in
        ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "pre-push", "pre-receive", "update"]
    {
        let script =
            format!("f={}/\"${{PWD##*/}}\"/{hook}\n[ -f \"$f\" ] || exit 0\n. \"$f\"", folder.display());
        farm.program(&format!("hooks/{hook}"), &script);
    }
    farm.person(&format!("[core]\n\thooksPath = {}", farm.sandbox.root().join("programs/hooks").display()));
}

fn filters(farm: &mut Farm) {
    let program = farm.program("hanging-filter", "exec sleep 6000");
    let program = program.display();
    farm.person(&format!("[filter \"hang\"]\n\tclean = {program}\n\trequired = true"));
    farm.person(&format!("[filter \"hang-process\"]\n\tprocess = {program}\n\trequired = true"));
    let stopped = Expect::Reason("did not finish in time");
    for (name, filter) in [("filter-clean", "hang"), ("filter-process", "hang-process")] {
        farm.remote_kept(Case { hangs: true, ..Case::new(name, stopped) });
        let repo = farm.repo(name);
        farm.sandbox.write(&repo, ".gitattributes", format!("*.txt filter={filter}\n"));
    }
    // Same size, other time: status itself has to look inside.
    farm.remote_kept(Case { hangs: true, ..Case::new("filter-status", stopped) });
    let repo = farm.repo("filter-status");
    farm.sandbox.write(&repo, ".git/info/attributes", "*.md filter=hang\n");
    farm.sandbox.write(&repo, "README.md", "# FILTER-status\n");
}

fn signing(farm: &mut Farm) {
    let program = farm.program("hanging-gpg", "exec sleep 6000");
    farm.person(&format!("[gpg]\n\tprogram = {}\n[user]\n\tsigningKey = ABCDEF01", program.display()));
    farm.remote_kept(Case { hangs: true, ..Case::new("signing", Expect::Reason("could not be signed")) });
    let repo = farm.repo("signing");
    farm.sandbox.git(&repo, &["config", "commit.gpgSign", "true"]);
}

/// Files that git waits for ever to read.
fn special_files(farm: &mut Farm) {
    for (name, path) in [
        ("fifo-gitignore", ".gitignore"),
        ("fifo-gitattributes", ".gitattributes"),
        ("fifo-exclude", ".git/info/exclude"),
        ("fifo-attributes", ".git/info/attributes"),
    ] {
        farm.remote_kept(Case { hangs: true, ..Case::new(name, Expect::Reason("did not finish in time")) });
        let file = farm.repo(name).join(path);
        let _ = std::fs::remove_file(&file);
        let _ = farm.sandbox.run(farm.sandbox.root(), "mkfifo", &[file.to_str().expect("text")]).ok();
    }
}
