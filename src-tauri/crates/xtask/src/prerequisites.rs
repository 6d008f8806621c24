//! What the machine must have: looked for, installed where that is possible without a question, named exactly where not.

use crate::process;
use anyhow::{Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The oldest git whose `git hook run` Autocommit can use.
const GIT: (u32, u32) = (2, 36);

/// The oldest Node.js that builds the window's files.
const NODE: u32 = 20;

/// What a desktop to test in is made of.
const DESKTOP: [&str; 12] = [
    "Xvfb",
    "dbus-daemon",
    "xfce4-panel",
    "xfwm4",
    "xfconf-query",
    "import",
    "xdotool",
    "wmctrl",
    "gdbus",
    "xdpyinfo",
    "xsetroot",
    "notify-send",
];

/// The WebDriver of Tauri, at the version that was tried.
const TAURI_DRIVER: &str = "2.1.0";

/// What is going to be done. Each needs what those before it need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum For {
    /// The command line and the daemon.
    CommandLine,
    /// The files of the window.
    Window,
    /// The desktop program.
    Desktop,
    /// All tests.
    Tests,
}

/// A program that is looked for.
struct Need {
    name: &'static str,
    found: fn() -> bool,
    debian: &'static str,
    macos: &'static str,
    /// What needs it.
    from: For,
    /// Unset: nothing works without it. Set: what is left out without it.
    only_for: Option<&'static str>,
}

/// What macOS and Windows bring along, or have nothing to test with.
const ELSEWHERE: &str = "nothing: this is for Linux";

const NEEDS: [Need; 14] = [
    Need {
        name: "git 2.36 or newer",
        found: || git_version().is_some_and(|version| version >= GIT),
        debian: "git",
        macos: "brew install git",
        from: For::CommandLine,
        only_for: None,
    },
    Need {
        name: "a C compiler",
        found: || starts("cc", "--version"),
        debian: "gcc libc6-dev",
        macos: "xcode-select --install",
        from: For::CommandLine,
        only_for: None,
    },
    Need {
        name: "an ssh server (sshd)",
        found: || sshd().is_some(),
        debian: "openssh-server",
        macos: "nothing: macOS brings it",
        from: For::Tests,
        only_for: Some("the tests that push over ssh are skipped"),
    },
    Need {
        name: "Git LFS",
        found: || starts("git-lfs", "version"),
        debian: "git-lfs",
        macos: "brew install git-lfs",
        from: For::Tests,
        only_for: Some("the cases with a real Git LFS are skipped"),
    },
    Need {
        name: "git-crypt",
        found: || starts("git-crypt", "version"),
        debian: "git-crypt",
        macos: "brew install git-crypt",
        from: For::Tests,
        only_for: Some("the cases with a real git-crypt are skipped"),
    },
    Need {
        name: "GnuPG",
        found: || starts("gpg", "--version"),
        debian: "gnupg",
        macos: "brew install gnupg",
        from: For::Tests,
        only_for: Some("the tests that sign are skipped"),
    },
    Need {
        name: "Node.js 20 or newer with npm",
        found: || node_version().is_some_and(|version| version >= NODE) && starts("npm", "--version"),
        debian: "nodejs npm",
        macos: "brew install node",
        from: For::Window,
        only_for: None,
    },
    Need {
        name: "WebKitGTK 4.1 to build with",
        found: webview,
        debian: "libwebkit2gtk-4.1-dev pkg-config",
        macos: ELSEWHERE,
        from: For::Desktop,
        only_for: Some("the desktop program is left out"),
    },
    Need {
        name: "an X server without a screen (Xvfb), D-Bus and a panel",
        found: desktop,
        debian: "xvfb xauth dbus xfce4-panel xfwm4 xfconf imagemagick xdotool wmctrl libglib2.0-bin x11-utils x11-xserver-utils libnotify-bin adwaita-icon-theme",
        macos: ELSEWHERE,
        from: For::Tests,
        only_for: Some("the tests of the desktop program are left out"),
    },
    Need {
        name: "GNOME Keyring and a bus",
        found: keyring,
        debian: "gnome-keyring dbus libglib2.0-bin",
        macos: ELSEWHERE,
        from: For::Tests,
        only_for: Some("the tests with a real keyring are skipped"),
    },
    Need {
        name: "WebKit's WebDriver",
        found: web_driver,
        debian: "webkit2gtk-driver",
        macos: ELSEWHERE,
        from: For::Tests,
        only_for: Some("the tests of the desktop program are left out"),
    },
    Need {
        name: "curl",
        found: || starts("curl", "--version"),
        debian: "curl",
        macos: "nothing: macOS brings it",
        from: For::Tests,
        only_for: Some("the commands of the book's page about the API are not run"),
    },
    Need {
        name: "groff and man",
        found: || ["groff", "man"].iter().all(|program| on_path(program)),
        debian: "groff man-db",
        macos: "brew install groff",
        from: For::Tests,
        only_for: Some("the pages of the manual are not read by what shows them"),
    },
    Need {
        name: "Chromium",
        found: || chromium().is_some(),
        debian: "chromium",
        macos: "brew install --cask chromium",
        from: For::Tests,
        only_for: Some("the tests in a browser are left out"),
    },
];

/// Makes sure that what is needed is there.
pub(crate) fn check(what: For) -> Result<()> {
    let missing = || NEEDS.iter().filter(move |need| need.from <= what && !(need.found)());
    // On a machine that runs services, installing sshd would open a port for good: only its owner does that.
    let may_install =
        |need: &&Need| need.debian != "openssh-server" || !Path::new("/run/systemd/system").exists();
    let packages: Vec<_> = missing().filter(may_install).map(|need| need.debian).collect();
    if !packages.is_empty() && is_debian() {
        install(&packages);
    }
    let mut blocked = false;
    for need in missing() {
        println!("Missing: {}.", need.name);
        println!("  Debian, Ubuntu:  sudo apt-get install {}", need.debian);
        println!("  macOS:           {}", need.macos);
        if is_debian() && need.debian == "git" && git_version().is_some() {
            println!("  The git of this release is too old: newer ones are at https://git-scm.com/downloads");
        }
        match need.only_for {
            Some(consequence) => println!("  Without it {consequence}."),
            None => blocked = true,
        }
    }
    if blocked {
        bail!("install what is missing, then start this again");
    }
    Ok(())
}

/// The ssh server, ready to be started: root's wants an empty folder that is gone after each start of the machine, and that
/// only the system's own service makes.
pub(crate) fn sshd() -> Option<PathBuf> {
    let places = ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"];
    let sshd = places.map(PathBuf::from).into_iter().find(|path| path.exists())?;
    // Where it cannot be made we are not root, and nobody asks for it.
    let _ = fs::create_dir("/run/sshd");
    Some(sshd)
}

/// What drives the desktop program's window in the tests, from the Rust registry, below `target`; nothing where it is not to
/// be had.
pub(crate) fn tauri_driver() -> Option<PathBuf> {
    let place = process::target_folder().ok()?.join("tools");
    let program = place.join("bin/tauri-driver");
    if !program.exists() {
        println!("Installing tauri-driver {TAURI_DRIVER} into {}.", place.display());
        let mut cargo = process::cargo();
        cargo
            .args(["install", "tauri-driver", "--version", TAURI_DRIVER, "--locked", "--quiet", "--root"])
            .arg(&place);
        // What it is built from is of no use to us: it is not kept among our own.
        cargo.env_remove("CARGO_TARGET_DIR");
        if !cargo.status().is_ok_and(|status| status.success()) {
            println!("That did not work: the tests of the desktop program are left out.");
            return None;
        }
    }
    Some(program)
}

/// Whether the webview that the desktop program links is installed.
pub(crate) fn webview() -> bool {
    cfg!(not(target_os = "linux")) || quiet(Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1"]))
}

/// Whether there is all that a desktop to test in is made of.
pub(crate) fn desktop() -> bool {
    cfg!(not(target_os = "linux")) || DESKTOP.iter().all(|program| on_path(program))
}

/// Whether there is a keyring to test with.
fn keyring() -> bool {
    let programs = ["gnome-keyring-daemon", "dbus-daemon", "dbus-monitor", "gdbus"];
    cfg!(not(target_os = "linux")) || programs.iter().all(|program| on_path(program))
}

/// Whether WebKit's WebDriver is installed.
pub(crate) fn web_driver() -> bool {
    cfg!(not(target_os = "linux")) || on_path("WebKitWebDriver")
}

fn node_version() -> Option<u32> {
    let version = process::output(Command::new("node").arg("--version")).ok()?;
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// A browser for the tests.
pub(crate) fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| found_on_path(name))
}

fn on_path(program: &str) -> bool {
    found_on_path(program).is_some()
}

fn found_on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// Installs these lists of packages, separated by blanks, each on its own: one that a release does not have (Ubuntu's
/// Chromium is no package) keeps the others from nothing.
fn install(packages: &[&str]) {
    let sudo: &[&str] = if nix::unistd::Uid::effective().is_root() {
        &[]
    } else if starts("sudo", "-n") && quiet(Command::new("sudo").args(["-n", "true"])) {
        &["sudo", "-n"]
    } else {
        return;
    };
    println!("Installing {} with apt-get.", packages.join(" "));
    let apt = |args: &[&str]| {
        let mut words = sudo.to_vec();
        words.extend([
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-qq",
            "-o",
            "DPkg::Lock::Timeout=120",
        ]);
        words.extend(args);
        Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).status().is_ok_and(|s| s.success())
    };
    let updated = apt(&["update"]);
    for list in packages {
        let mut install = vec!["install", "-y", "--no-install-recommends"];
        install.extend(list.split(' '));
        if !(updated && apt(&install)) {
            println!("That did not work for {list}.");
        }
    }
}

fn is_debian() -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let mut ids =
        release.lines().filter_map(|l| l.strip_prefix("ID=").or_else(|| l.strip_prefix("ID_LIKE=")));
    ids.any(|id| id.trim_matches('"').split(' ').any(|word| matches!(word, "debian" | "ubuntu")))
}

/// The version of the git on the path.
pub(crate) fn git_version() -> Option<(u32, u32)> {
    parse_git_version(&process::output(Command::new("git").arg("--version")).ok()?)
}

fn parse_git_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix("git version ")?.split(['.', ' ']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn starts(program: &str, argument: &str) -> bool {
    let mut command = Command::new(program);
    command.arg(argument).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

fn quiet(command: &mut Command) -> bool {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_versions() {
        assert_eq!(parse_git_version("git version 2.47.3"), Some((2, 47)));
        assert_eq!(parse_git_version("git version 2.39.5 (Apple Git-154)"), Some((2, 39)));
        assert_eq!(parse_git_version("git version 2.36.GIT"), Some((2, 36)));
        assert!(parse_git_version("git version 2.35.8") < Some(GIT));
        assert_eq!(parse_git_version("tig"), None);
    }
}
