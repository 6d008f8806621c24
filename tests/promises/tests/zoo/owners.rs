//! Who owns what, and who may read or write it. Run as somebody who is not root, for whom permissions mean something.

use crate::{
    case::{Built, Case, Verdict, case, class, commit},
    plot::{Plot, text},
};
use autocommit_test_support::{Output, Sandbox};
use std::{os::unix::fs::MetadataExt as _, path::Path};

/// The user that every Unix keeps for this.
const NOBODY: u32 = 65534;

/// Whether this test itself may do everything, so that the program must run as another user.
pub(crate) fn root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}

/// Lets the user have the sandbox.
pub(crate) fn prepare(sandbox: &Sandbox) {
    if root() {
        let program = sandbox.autocommit_command().get_program().to_owned();
        std::fs::copy(program, sandbox.root().join("autocommit")).unwrap();
        give(sandbox, &sandbox.root());
    }
}

fn give(sandbox: &Sandbox, path: &Path) {
    if root() {
        let _ = sandbox.run("/", "chown", &["-R", &format!("{NOBODY}:{NOBODY}"), text(path)]).ok();
    }
}

/// Starts the program as that user.
pub(crate) fn start(sandbox: &Sandbox, args: &[&str]) -> Output {
    if !root() {
        return sandbox.autocommit(args);
    }
    let (user, group) = (format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"));
    let program = sandbox.root().join("autocommit");
    let before = [user.as_str(), group.as_str(), "--clear-groups", "--", text(&program)];
    sandbox.run(sandbox.root(), "setpriv", &[&before[..], args].concat())
}

/// A repository of that user's, and what is then done to it, by somebody who may.
fn theirs(script: &str) -> impl Fn(&Plot<'_>) -> Built + Send + Sync + 'static + use<> {
    let script = script.to_owned();
    move |plot| {
        let (repo, bare) = plot.cloned();
        plot.write(&repo, "b.txt", "x\n");
        give(plot.sandbox, &repo);
        give(plot.sandbox, &bare);
        plot.sh(&repo, &script);
        Built::from((repo, bare)).keeping(Opened(plot.dir()))
    }
}

/// Makes everything writable again, so that the sandbox can be taken away.
struct Opened(std::path::PathBuf);

impl Drop for Opened {
    fn drop(&mut self) {
        let _ = std::process::Command::new("chmod").arg("-R").arg("u+rwX").arg(&self.0).status();
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let b = || commit(&["b.txt"]);
    let unreadable = |path: &'static str| [(path, "unreadable")];
    let chown = format!("chown {NOBODY}:{NOBODY}");
    let read_only = || Verdict::Failed("cannot be written");
    let all = vec![
        case(
            "unreadable-new-file",
            theirs(&format!("echo 1 > new; {chown} new; chmod 000 new")),
            b().held(&unreadable("new")),
        ),
        case(
            "unreadable-tracked-file",
            theirs("echo 1 >> a.txt; chmod 000 a.txt"),
            b().held(&unreadable("a.txt")),
        ),
        case(
            "unreadable-new-folder",
            theirs(&format!("mkdir new; echo 1 > new/x; {chown} -R new; chmod 000 new")),
            // Nobody can know what is in it: git says so to a terminal and goes on.
            b().unseen(&["new/x"]),
        ),
        case("unreadable-tracked-folder", theirs("chmod 000 src"), b()),
        case("read-only-work-tree", theirs("chmod a-w . src src/deep src/deep/er *.* src/main.rs"), b()),
        case("read-only-git-folder", theirs("chmod -R a-w .git"), read_only()),
        case("read-only-objects", theirs("chmod -R a-w .git/objects"), Verdict::Own).finally(not_stored),
        case("read-only-branches", theirs("chmod a-w .git/refs/heads"), read_only()),
        case("read-only-logs", theirs("chmod a-w .git/logs/HEAD .git/logs/refs/heads/main"), read_only()),
        case("read-only-index", theirs("chmod 444 .git/index"), b()),
        case("unreadable-index", theirs("chmod 000 .git/index"), Verdict::Own).blind(),
        case("unreadable-configuration", theirs("chmod 000 .git/config"), Verdict::Own).blind(),
        case("unreadable-head", theirs("chmod 000 .git/HEAD"), Verdict::Own).blind(),
        case("unreadable-object", theirs("chmod 000 $(find .git/objects -type f)"), Verdict::Own).blind(),
        case("read-only-remote", read_only_remote, Verdict::Own),
        case("owned-by-another", |plot| foreign(plot, "."), Verdict::Failed("belongs to another user")),
        case(
            "git-folder-owned-by-another",
            |plot| foreign(plot, ".git"),
            Verdict::Failed("belongs to another user"),
        ),
        case("closed-folder", closed, Verdict::NotFound),
    ];
    class("owners", all)
}

/// A preview, whose objects go elsewhere, does not meet it; the cycle holds what it could not store.
fn not_stored(plot: &Plot<'_>) {
    let said = start(plot.sandbox, &["once", "--json", text(&plot.dir())]).json();
    assert_eq!(said["runs"][0]["held"][0]["rule"], "not_stageable", "{said:#}");
    let log = std::fs::read_to_string(plot.dir().join(".git/logs/HEAD")).unwrap();
    assert_eq!(log.lines().count(), 1, "{log}");
}

fn read_only_remote(plot: &Plot<'_>) -> Built {
    let built = theirs("true")(plot);
    let bare = plot.sandbox.remotes_dir().join(format!("{}.git", plot.name));
    plot.sh(&bare, "chmod -R a-w .");
    built
}

fn foreign(plot: &Plot<'_>, what: &str) -> Built {
    if !root() {
        return Built::Cannot("only root can give files away".to_owned());
    }
    theirs(&format!("chown -R 0:0 {what}; chmod -R a+rwX ."))(plot)
}

fn closed(plot: &Plot<'_>) -> Built {
    let built = theirs("chmod 000 .")(plot);
    if root() { built } else { Built::Cannot("only root sees what it must not change there".to_owned()) }
}
