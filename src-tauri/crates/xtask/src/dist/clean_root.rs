//! `cargo xtask dist --try`: the package in a clean Debian, installed, started and removed.
//!
//! The clean system is a folder made by debootstrap, with this machine's own sources of packages. In it is what the package
//! asks for and nothing else; the display, the bus and the tray's host are those of the tests of the desktop app, which
//! run outside and start the program inside. Needs root.

use crate::process;
use anyhow::{Context, Result, bail, ensure};
use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

/// The tests of the desktop app that are run against the installed program: it is in the tray, commits and pushes with the
/// git that came with it, ends without a trace, and opens its window.
const TESTS: [&str; 3] = [
    "tray::commit_and_push_now_reaches_the_remote",
    "tray::quit_ends_it_and_nothing_is_left",
    "start::hidden_is_hidden_and_a_second_start_opens_the_window",
];
/// The one place where a clean system may differ afterwards: logs, caches and what apt remembers.
const PASSING: [&str; 8] = [
    "/var/log/",
    "/var/cache/",
    "/var/lib/apt/",
    "/var/lib/dpkg/",
    "/tmp/",
    "/run/",
    "/root/",
    "/usr/share/icons/hicolor/icon-theme.cache",
];

/// Says what it does; false where something was left behind or the program did not show its icon.
pub(super) fn try_out(package: &Path) -> Result<bool> {
    ensure!(
        nix::unistd::Uid::effective().is_root(),
        "--try makes a system in a folder, which only root may do"
    );
    let work = process::target_folder()?.join("try");
    let root = Root::clean(&work)?;
    println!("A clean Debian is in {}; it stays where something is wrong.", root.top.display());

    root.install(package)?;
    println!("Installed with what it depends on, and nothing that is only recommended.");
    root.purge()?;
    let before = root.files()?;
    root.dpkg(&["--install", "/package.deb"])?;
    let missing = root.missing_libraries()?;
    let tested = missing.is_empty() && root.test(&work)?;
    root.purge()?;
    let after = root.files()?;

    let left: Vec<_> = after.difference(&before).chain(after.iter().filter(|path| is_ours(path))).collect();
    let gone: Vec<_> = before.difference(&after).collect();
    for (what, list) in [
        ("No library for", missing.iter().collect()),
        ("Left behind:", left.clone()),
        ("Gone:", gone.clone()),
    ] {
        list.iter().for_each(|one| println!("{what} {one}"));
    }
    let ok = tested && left.is_empty() && gone.is_empty();
    if ok {
        remove(&root.top)?;
    }
    println!(
        "{}",
        if ok {
            "Installed, started, seen in the tray, and removed without leftovers."
        } else {
            "Not as it must be."
        }
    );
    Ok(ok)
}

/// A system in a folder.
struct Root {
    top: PathBuf,
}

impl Root {
    /// A new one, or a copy of the one that was made before: making it takes minutes.
    fn clean(work: &Path) -> Result<Self> {
        let (base, top) = (work.join("base"), work.join("root"));
        fs::create_dir_all(work)?;
        if !base.join("etc/debian_version").exists() {
            remove(&base)?;
            let made = work.join("base.new");
            remove(&made)?;
            let sources = sources(Path::new("/etc/apt"))?;
            println!("Making a clean Debian from {}.", sources.0);
            let mut make = Command::new("debootstrap");
            make.args(["--variant=minbase", &sources.1]).arg(&made).arg(&sources.0);
            process::output(&mut make).context("Debian has it in the package debootstrap")?;
            fs::rename(&made, &base)?;
        }
        remove(&top)?;
        process::output(Command::new("cp").arg("-a").arg(&base).arg(&top))?;
        let root = Self { top };
        root.same_sources()?;
        Ok(root)
    }

    /// Packages come from where this machine has its own.
    fn same_sources(&self) -> Result<()> {
        let apt = self.top.join("etc/apt");
        let script = "rm -rf \"$1\"/sources.list* && for one in sources.list sources.list.d apt.conf.d keyrings trusted.gpg \
                      trusted.gpg.d auth.conf.d; do if [ -e /etc/apt/$one ]; then cp -a /etc/apt/$one \"$1\"/; fi; done
                      cp -L /etc/resolv.conf /etc/hosts \"${1%/apt}\"/
                      cp -a /usr/share/keyrings/. \"${1%/etc/apt}/usr/share/keyrings/\"";
        process::output(Command::new("sh").args(["-ec", script, "sh"]).arg(apt))?;
        // Whatever else this machine does after installing is its own business.
        let hooks = self.top.join("etc/apt/apt.conf.d");
        for entry in fs::read_dir(&hooks)? {
            let path = entry?.path();
            if fs::read_to_string(&path).is_ok_and(|text| text.contains("Invoke")) {
                fs::remove_file(path)?;
            }
        }
        self.run(&["apt-get", "-qq", "update"])
    }

    fn install(&self, package: &Path) -> Result<()> {
        fs::copy(package, self.top.join("package.deb"))?;
        self.run(&["apt-get", "-qq", "-y", "install", "--no-install-recommends", "/package.deb"])
    }

    fn dpkg(&self, arguments: &[&str]) -> Result<()> {
        self.run(&[&["dpkg"], arguments].concat())
    }

    fn purge(&self) -> Result<()> {
        self.dpkg(&["--purge", "autocommit"])
    }

    /// Runs a program in it.
    fn run(&self, words: &[&str]) -> Result<()> {
        let mut command = self.inside("");
        command.args(words).env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("DEBIAN_FRONTEND", "noninteractive").env("LC_ALL", "C");
        process::output(&mut command).map(drop)
    }

    /// The beginning of a command line whose rest is run in it. What is mounted for it is gone when it ends.
    fn inside(&self, more: &str) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-ec", &entering(more), "sh"]).arg(&self.top);
        command
    }

    /// Libraries that the programs link and nobody brings.
    fn missing_libraries(&self) -> Result<BTreeSet<String>> {
        let mut ldd = self.inside("");
        ldd.args(["ldd", "/usr/bin/autocommit", "/usr/bin/autocommit-desktop"]);
        let printed = process::output(&mut ldd)?;
        Ok(printed
            .lines()
            .filter(|line| line.contains("not found"))
            .map(|line| line.trim().to_owned())
            .collect())
    }

    /// The tests of the desktop app, with a program that enters here before it starts.
    fn test(&self, work: &Path) -> Result<bool> {
        let program = work.join("autocommit-desktop");
        let script = format!(
            "#!/bin/sh\nexec unshare --mount sh -ec '{}' sh '{}' /usr/bin/autocommit-desktop \"$@\"\n",
            // The folders of the tests are below the machine's /tmp.
            entering("mount --bind /tmp \"$root/tmp\""),
            self.top.display()
        );
        fs::write(&program, script)?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
        let mut test = process::cargo();
        test.args(["test", "-p", "autocommit-desktop-tests", "--test", "app"]);
        test.args(["--", "--exact", "--test-threads=1"]).args(TESTS);
        Ok(test.env("TEST_DESKTOP_BIN", &program).status()?.success())
    }

    /// Every path in it that matters.
    fn files(&self) -> Result<BTreeSet<String>> {
        let mut find = Command::new("find");
        find.arg(&self.top).args(["-xdev", "-printf", "/%P\\n"]);
        let printed = process::output(&mut find)?;
        Ok(printed.lines().filter(|path| matters(path)).map(str::to_owned).collect())
    }
}

/// A shell's lines that enter the system named as the first argument and start the rest of them there.
fn entering(more: &str) -> String {
    let more = if more.is_empty() { String::new() } else { format!("{more}; ") };
    format!(
        "root=$1; shift; mount -t proc proc \"$root/proc\"; mount --rbind /dev \"$root/dev\"; {more}exec chroot \"$root\" \"$@\""
    )
}

fn matters(path: &str) -> bool {
    !PASSING.iter().any(|passing| path.starts_with(passing))
}

fn is_ours(path: &str) -> bool {
    path.to_ascii_lowercase().contains("autocommit")
}

/// Address and name of the release that this machine is made from, from its deb822 or one-line sources.
fn sources(apt: &Path) -> Result<(String, String)> {
    let mut files = vec![apt.join("sources.list")];
    for entry in fs::read_dir(apt.join("sources.list.d"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "sources" || end == "list") {
            files.push(path);
        }
    }
    files.sort();
    let release = fs::read_to_string("/etc/os-release")?;
    let codename = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    let codename = codename.context("this system has no codename")?.to_owned();
    for file in files {
        if let Some(address) = address(&fs::read_to_string(file).unwrap_or_default(), &codename) {
            return Ok((address, codename));
        }
    }
    bail!("no source of packages in {} has the release {codename}", apt.display())
}

fn address(text: &str, codename: &str) -> Option<String> {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for stanza in text.split("\n\n") {
        let field = |name: &str| {
            stanza.lines().find_map(|line| line.strip_prefix(name)).map(words).unwrap_or_default()
        };
        if field("Suites:").iter().any(|suite| suite == codename) {
            return field("URIs:").first().cloned();
        }
    }
    let line = |line: &str| {
        let words: Vec<_> =
            words(line).into_iter().filter(|word| !word.starts_with('[') && !word.ends_with(']')).collect();
        (words.first()? == "deb" && words.get(2)? == codename).then(|| words[1].clone())
    };
    text.lines().find_map(line)
}

/// Never what is mounted below it: should a mount ever be left, it is this machine's own `/dev`.
fn remove(folder: &Path) -> Result<()> {
    process::output(Command::new("rm").args(["-rf", "--one-file-system", "--"]).arg(folder)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_both_kinds_are_read() {
        let new = "Types: deb\n# old\nURIs: http://deb.example/debian\nSuites: bookworm bookworm-updates\n\nTypes: deb\nURIs: \
                   http://deb.example/security\nSuites: bookworm-security\n";
        assert_eq!(address(new, "bookworm").as_deref(), Some("http://deb.example/debian"));
        let old = "# deb http://no/ bookworm main\ndeb [signed-by=/k] http://deb.example/ bookworm main\n";
        assert_eq!(address(old, "bookworm").as_deref(), Some("http://deb.example/"));
        assert_eq!(address(old, "trixie"), None);
    }

    #[test]
    fn only_what_passes_is_overlooked() {
        assert!(!matters("/var/log/dpkg.log") && !matters("/tmp/x"));
        for path in
            ["/usr/bin/autocommit", "/etc/autocommit", "/var/lib/x", "/usr/share/doc/autocommit", "/home/x"]
        {
            assert!(matters(path), "{path}");
        }
        assert!(is_ours("/usr/share/applications/Autocommit.desktop"));
    }
}
