//! Whether a commit holds exactly what it must, as the bytes that are on disk, and the person's index keeps its meaning.

use crate::{
    judge::Complaints,
    seen::{Told, entries, raw, tell},
};
use autocommit_test_support::Sandbox;
use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    os::unix::{ffi::OsStrExt as _, fs::PermissionsExt as _},
    path::Path,
    process::Stdio,
};

/// Looks at the new commit of `work`.
pub(crate) fn judge(
    sandbox: &Sandbox,
    work: &Path,
    (paths, stays): (&[Vec<u8>], &[&str]),
    (old, new): (&Told, &Told),
    found: &mut Complaints,
) {
    let Some(head) = &new.head else { return found.add("there is no commit") };
    if old.head == new.head {
        return found.add("nothing was committed");
    }
    let parents = tell(sandbox, work, &["rev-list", "--no-walk", "--parents", head]);
    let parents: Vec<_> = parents.split(' ').skip(1).collect();
    let wanted: Vec<_> = old.head.iter().map(String::as_str).collect();
    found.unless(parents == wanted, || format!("the commit's parents are {parents:?}, not {wanted:?}"));

    let changed = raw(
        sandbox,
        work,
        &["diff-tree", "--root", "-r", "-z", "--no-commit-id", "--no-renames", "--name-only", head],
    );
    let mut changed: Vec<_> =
        changed.split(|b| *b == 0).filter(|p| !p.is_empty()).map(<[u8]>::to_vec).collect();
    changed.sort();
    found.unless(changed == paths, || format!("committed {}, not {}", shown(&changed), shown(paths)));
    bytes(sandbox, work, head, &changed, old, found);
    index(sandbox, work, head, &changed, (old, new), found);
    left_over(sandbox, work, stays, found);
}

/// Every committed path is what is on disk: through the filters, with its mode.
fn bytes(
    sandbox: &Sandbox,
    work: &Path,
    head: &str,
    changed: &[Vec<u8>],
    old: &Told,
    found: &mut Complaints,
) {
    let tree = entries(&raw(sandbox, work, &["ls-tree", "-r", "-z", head]));
    let mut regular = Vec::new();
    for path in changed {
        let full = work.join(std::ffi::OsStr::from_bytes(path));
        let entry = tree.get(path).map(|all| all[0].split(' ').map(str::to_owned).collect::<Vec<_>>());
        let on_disk =
            fs::symlink_metadata(&full).ok().filter(|meta| !meta.is_dir() || full.join(".git").exists());
        match (entry, on_disk) {
            (None, None) => {}
            // The person took it out of git and kept it.
            (None, Some(_)) if !old.index.contains_key(path) => {}
            (None, Some(_)) => found.add(format!("{} is deleted in the commit and not on disk", one(path))),
            (Some(_), None) => found.add(format!("{} is in the commit and not on disk", one(path))),
            (Some(entry), Some(meta)) if meta.is_symlink() => {
                let target = fs::read_link(&full).unwrap();
                let hash = hashed(sandbox, work, &["--stdin"], target.as_os_str().as_bytes());
                let same = entry[0] == "120000" && entry[2] == hash;
                found.unless(same, || format!("the link {} is stored as {entry:?}", one(path)));
            }
            (Some(entry), Some(meta)) if meta.is_dir() => {
                let tip = tell(sandbox, &full, &["rev-parse", "HEAD"]);
                let same = entry[0] == "160000" && entry[2] == tip;
                found.unless(same, || {
                    format!("the submodule {} is stored as {entry:?}, not {tip}", one(path))
                });
            }
            (Some(entry), Some(meta)) => {
                let executable = meta.permissions().mode() & 0o100 != 0;
                let mode = if executable { "100755" } else { "100644" };
                let modes = crate::seen::ask(sandbox, work, &["config", "core.fileMode"]).stdout;
                let same = entry[0] == mode || modes.trim() == "false";
                found.unless(same, || format!("{} is stored with mode {}, not {mode}", one(path), entry[0]));
                regular.push((path, entry[2].clone()));
            }
        }
    }
    for (path, oid) in regular {
        let full = work.join(std::ffi::OsStr::from_bytes(path));
        let content = fs::read(&full).unwrap_or_default();
        let mut option = b"--path=".to_vec();
        option.extend(path);
        let option = std::ffi::OsStr::from_bytes(&option);
        let hash = hashed(sandbox, work, &[std::ffi::OsStr::new("--stdin"), option], &content);
        found.unless(oid == hash, || format!("{} is stored as {oid}, not as the file's {hash}", one(path)));
    }
}

fn hashed<S: AsRef<std::ffi::OsStr>>(
    sandbox: &Sandbox,
    work: &Path,
    options: &[S],
    content: &[u8],
) -> String {
    let mut command = sandbox.git_command(work);
    command.args(["-c", "safe.directory=*", "hash-object"]).args(options);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(content).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim_end().to_owned()
}

/// Never list 7: committed paths are in the index as in the commit; every other entry, flag and stage is as it was.
fn index(
    sandbox: &Sandbox,
    work: &Path,
    head: &str,
    changed: &[Vec<u8>],
    (old, new): (&Told, &Told),
    found: &mut Complaints,
) {
    let tree = entries(&raw(sandbox, work, &["ls-tree", "-r", "-z", head]));
    let committed: BTreeSet<_> = changed.iter().collect();
    let paths: BTreeSet<_> = old.index.keys().chain(new.index.keys()).collect();
    for path in paths {
        let now = new.index.get(path);
        if !committed.contains(path) {
            let same = old.index.get(path) == now;
            found.unless(same, || format!("the index entry of {} changed: {now:?}", one(path)));
            continue;
        }
        // `H 100644 oid 0` against `100644 blob oid`.
        let flagless = |text: &String| text.split(' ').skip(1).take(2).map(str::to_owned).collect::<Vec<_>>();
        let stored = |text: &String| text.split(' ').step_by(2).map(str::to_owned).collect::<Vec<_>>();
        let in_index = now.map(|all| all.iter().map(flagless).collect::<Vec<_>>());
        let in_tree = tree.get(path).map(|all| all.iter().map(stored).collect::<Vec<_>>());
        found.unless(in_index == in_tree, || {
            format!("the index has {in_index:?} for {}, the commit {in_tree:?}", one(path))
        });
    }
}

/// What still differs afterwards is what is held, and nothing else.
fn left_over(sandbox: &Sandbox, work: &Path, stays: &[&str], found: &mut Complaints) {
    let looked_for = crate::seen::ask(sandbox, work, &["config", "status.showUntrackedFiles"]).stdout;
    let untracked = if looked_for.trim() == "no" { "no" } else { "all" };
    let untracked = format!("--untracked-files={untracked}");
    let args = ["status", "--porcelain", "-z", &untracked, "--no-renames", "--ignore-submodules=dirty"];
    let status = raw(sandbox, work, &args);
    let shown = |record: &[u8]| one(&record[3..]).replace('\n', "\\n");
    let left: Vec<_> = status.split(|b| *b == 0).filter(|r| r.len() > 3).map(shown).collect();
    let unexpected: Vec<_> = left.iter().filter(|path| !stays.contains(&path.as_str())).collect();
    found.unless(unexpected.is_empty(), || format!("left over: {unexpected:?}"));
}

fn one(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

fn shown(paths: &[Vec<u8>]) -> String {
    let few: Vec<_> = paths.iter().take(8).map(|path| one(path)).collect();
    format!("{few:?} ({})", paths.len())
}
