//! Disks that are full, read-only or not there. Needs the right to mount; without it the cases are skipped, and say so.

use crate::{
    case::{Built, Case, Kept, Verdict, case, class, commit},
    plot::{Plot, text},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Mounts that go with the case, the last one first.
struct Mounts(Vec<PathBuf>);

impl Drop for Mounts {
    fn drop(&mut self) {
        for place in self.0.iter().rev() {
            let _ = Command::new("umount").arg("--lazy").arg(place).status();
        }
    }
}

impl Mounts {
    /// Mounts something at a folder; why not, if it may not.
    fn add(&mut self, plot: &Plot<'_>, args: &[&str], place: &Path) -> Result<(), Built> {
        std::fs::create_dir_all(place).unwrap();
        let output = plot.sandbox.run("/", "mount", &[args, &[text(place)]].concat());
        if output.status.success() {
            self.0.push(place.to_owned());
            Ok(())
        } else {
            Err(Built::Cannot(format!("this user may not mount: {}", output.stderr.trim())))
        }
    }

    /// Makes a folder read-only.
    fn freeze(&mut self, plot: &Plot<'_>, place: &Path) -> Result<(), Built> {
        self.add(plot, &["--bind", text(place)], place)?;
        self.add(plot, &["-o", "remount,bind,ro"], place)?;
        self.0.pop();
        Ok(())
    }
}

type Made = Result<Built, Built>;

fn either(build: fn(&Plot<'_>) -> Made) -> impl Fn(&Plot<'_>) -> Built + Send + Sync + 'static {
    move |plot| build(plot).unwrap_or_else(|cannot| cannot)
}

pub(crate) fn cases() -> Vec<Case> {
    let b = || commit(&["b.txt"]);
    let all = vec![
        case("disk-full", either(full), Verdict::Hold("almost full")),
        case("disk-full-of-the-remote", either(remote_full), Verdict::Own).finally(committed_here),
        case("disk-read-only", either(read_only), Verdict::Failed("cannot be written")),
        case(
            "disk-read-only-for-the-git-folder",
            either(git_read_only),
            Verdict::Failed("cannot be written"),
        ),
        case("disk-read-only-for-the-work-tree", either(work_read_only), b()),
        case("disk-of-its-own", either(own_disk), b()),
        case("disk-begins-inside-the-work-tree", either(disk_inside), commit(&["b.txt", "inside/new.txt"])),
        case("disk-not-there", either(not_there), Verdict::NotFound),
        case("disk-of-a-tracked-folder-not-there", either(folder_not_there), Verdict::Own)
            .finally(nothing_deleted),
    ];
    class("disks", all)
}

fn on_tmpfs(plot: &Plot<'_>, size: &str) -> Result<(Mounts, PathBuf, PathBuf), Built> {
    let mut mounts = Mounts(Vec::new());
    mounts.add(plot, &["-t", "tmpfs", "-o", &format!("size={size},mode=755"), "zoo"], &plot.dir())?;
    let (repo, bare) = plot.cloned();
    Ok((mounts, repo, bare))
}

fn full(plot: &Plot<'_>) -> Made {
    let (mounts, repo, bare) = on_tmpfs(plot, "2m")?;
    plot.sh(&repo, "echo '/filler' > .git/info/exclude; echo x > b.txt; dd if=/dev/zero of=filler bs=4k 2>/dev/null || true");
    Ok(Built::from((repo, bare)).keeping(mounts))
}

fn remote_full(plot: &Plot<'_>) -> Made {
    let (repo, bare) = plot.cloned();
    let mut mounts = Mounts(Vec::new());
    let aside = plot.aside("bare");
    std::fs::rename(&bare, &aside).unwrap();
    mounts.add(plot, &["-t", "tmpfs", "-o", "size=1m,mode=755", "zoo"], &bare)?;
    plot.sh(
        &repo,
        &format!(
            "cp -a '{0}/.' '{1}'; dd if=/dev/zero of='{1}/filler' bs=4k 2>/dev/null || true; echo x > b.txt",
            text(&aside),
            text(&bare)
        ),
    );
    Ok(Built::from((repo, bare)).keeping(mounts))
}

fn committed_here(plot: &Plot<'_>) {
    assert_eq!(plot.git(&plot.dir(), &["rev-list", "--count", "HEAD"]), "2", "it is committed all the same");
    assert_eq!(plot.git(&plot.dir(), &["status", "--porcelain"]), "");
}

fn read_only(plot: &Plot<'_>) -> Made {
    let (repo, bare) = plot.cloned();
    plot.write(&repo, "b.txt", "x\n");
    let mut mounts = Mounts(Vec::new());
    mounts.freeze(plot, &repo)?;
    Ok(Built::from((repo, bare)).keeping(mounts))
}

fn git_read_only(plot: &Plot<'_>) -> Made {
    let (repo, bare) = plot.cloned();
    plot.write(&repo, "b.txt", "x\n");
    let mut mounts = Mounts(Vec::new());
    mounts.freeze(plot, &repo.join(".git"))?;
    Ok(Built::from((repo, bare)).keeping(mounts))
}

/// Never list 1, by the kernel: no byte of the work tree can be written, and all goes well.
fn work_read_only(plot: &Plot<'_>) -> Made {
    let git_dir = plot.aside("elsewhere.git");
    let repo = plot.local_at(plot.dir(), &["--separate-git-dir", text(&git_dir)]);
    let (repo, bare) = plot.with_remote(repo, "");
    plot.write(&repo, "b.txt", "x\n");
    let mut mounts = Mounts(Vec::new());
    mounts.freeze(plot, &repo)?;
    Ok(Built::from((repo, bare)).keeping(mounts))
}

fn own_disk(plot: &Plot<'_>) -> Made {
    let (mounts, repo, bare) = on_tmpfs(plot, "8m")?;
    plot.write(&repo, "b.txt", "x\n");
    Ok(Built::from((repo, bare)).keeping(mounts))
}

fn disk_inside(plot: &Plot<'_>) -> Made {
    let (repo, bare) = plot.cloned();
    let mut mounts = Mounts(Vec::new());
    mounts.add(plot, &["-t", "tmpfs", "-o", "size=1m,mode=755", "zoo"], &repo.join("inside"))?;
    plot.write(&repo, "inside/new.txt", "on another disk\n");
    plot.write(&repo, "b.txt", "x\n");
    Ok(Built::from((repo, bare)).keeping(mounts))
}

/// The disk that the repository is on is not mounted: an empty folder is there.
fn not_there(plot: &Plot<'_>) -> Made {
    let (mounts, repo, bare) = on_tmpfs(plot, "8m")?;
    drop(mounts);
    assert_eq!(std::fs::read_dir(&repo).unwrap().count(), 0);
    Ok(vec![Kept::from((repo, bare))].into())
}

/// The disk of a folder with most of the files is not mounted.
fn folder_not_there(plot: &Plot<'_>) -> Made {
    let (repo, bare) = plot.cloned();
    let mut mounts = Mounts(Vec::new());
    mounts.add(plot, &["-t", "tmpfs", "-o", "size=1m,mode=755", "zoo"], &repo.join("data"))?;
    (0..30).for_each(|i| drop(plot.write(&repo, format!("data/{i}.txt"), format!("{i}\n"))));
    plot.commit(&repo);
    plot.git(&repo, &["push", "--quiet"]);
    drop(mounts);
    plot.write(&repo, "b.txt", "x\n");
    Ok((repo, bare).into())
}

fn nothing_deleted(plot: &Plot<'_>) {
    assert_eq!(plot.git(&plot.dir(), &["show", "--format=", "--name-only", "HEAD"]), "b.txt");
    assert_eq!(plot.git(&plot.dir(), &["ls-tree", "-r", "--name-only", "HEAD", "data/"]).lines().count(), 30);
}
