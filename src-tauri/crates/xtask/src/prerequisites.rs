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

/// The scanner of others, at the version that was tried.
const DETECT_SECRETS: &str = "detect-secrets==1.5.0";

/// A program that is looked for.
struct Need {
    name: &'static str,
    found: fn() -> bool,
    debian: &'static str,
    macos: &'static str,
    /// Unset: nothing works without it. Set: what is left out without it.
    only_for: Option<&'static str>,
}

const NEEDS: [Need; 6] = [
    Need {
        name: "git 2.36 or newer",
        found: || git_version().is_some_and(|version| version >= GIT),
        debian: "git",
        macos: "brew install git",
        only_for: None,
    },
    Need {
        name: "a C compiler",
        found: || starts("cc", "--version"),
        debian: "gcc libc6-dev",
        macos: "xcode-select --install",
        only_for: None,
    },
    Need {
        name: "an ssh server (sshd)",
        found: || {
            ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"].iter().any(|p| Path::new(p).exists())
        },
        debian: "openssh-server",
        macos: "nothing: macOS brings it",
        only_for: Some("the tests that push over ssh are skipped"),
    },
    Need {
        name: "Git LFS",
        found: || starts("git-lfs", "version"),
        debian: "git-lfs",
        macos: "brew install git-lfs",
        only_for: Some("the cases with a real Git LFS are skipped"),
    },
    Need {
        name: "git-crypt",
        found: || starts("git-crypt", "version"),
        debian: "git-crypt",
        macos: "brew install git-crypt",
        only_for: Some("the cases with a real git-crypt are skipped"),
    },
    Need {
        name: "GnuPG",
        found: || starts("gpg", "--version"),
        debian: "gnupg",
        macos: "brew install gnupg",
        only_for: Some("the tests that sign are skipped"),
    },
];

/// Makes sure that what building and running needs is there; `tests`: what the tests need too.
pub(crate) fn check(tests: bool) -> Result<()> {
    let missing = || NEEDS.iter().filter(move |need| (tests || need.only_for.is_none()) && !(need.found)());
    // On a machine that runs services, installing sshd would open a port for good: only its owner does that.
    let may_install =
        |need: &&Need| need.debian != "openssh-server" || !Path::new("/run/systemd/system").exists();
    let packages: Vec<_> = missing().filter(may_install).flat_map(|need| need.debian.split(' ')).collect();
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

/// A secret scanner that is not ours, from PyPI, in an environment of its own below `target`; nothing where it is not to be
/// had, and the tests say so.
pub(crate) fn detect_secrets() -> Option<PathBuf> {
    let place = process::target_folder().ok()?.join("detect-secrets");
    let program = place.join("bin/detect-secrets");
    if !program.exists() {
        println!("Installing {DETECT_SECRETS} from PyPI into {}.", place.display());
        let made = quiet(Command::new("python3").args(["-m", "venv"]).arg(&place));
        let pip = ["-m", "pip", "install", "--quiet", "--retries", "1", "--timeout", "20", DETECT_SECRETS];
        if !(made && quiet(Command::new(place.join("bin/python")).args(pip))) {
            println!("That did not work: what is published is scanned by the tests' own search only.");
            return None;
        }
    }
    Some(program)
}

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
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(packages);
    if !(apt(&["update"]) && apt(&install)) {
        println!("That did not work.");
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
