//! What `ssh -G -v` says of a destination: whether the person's settings leave room for a shared connection.

use std::path::PathBuf;

/// Settings that have to be as they are by default (or not there at all): whoever changed one shares connections
/// already, does not want to, or has ssh do more than connect.
const BY_DEFAULT: &[(&str, &[&str])] = &[
    ("controlmaster", &["false", "no"]),
    ("controlpersist", &["no"]),
    ("controlpath", &["none"]),
    ("forkafterauthentication", &["no"]),
    ("permitlocalcommand", &["no"]),
    ("proxyusefdpass", &["no"]),
    ("remotecommand", &["none"]),
    ("sessiontype", &["default"]),
    ("stdinnull", &["no"]),
    ("tunnel", &["false", "no"]),
    ("localforward", &[]),
    ("remoteforward", &[]),
    ("dynamicforward", &[]),
];

/// Whether `settings`, as `ssh -G` prints them, leave the connection to us.
pub(super) fn leaves_room(settings: &str) -> bool {
    let usual = |line: &str| {
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        BY_DEFAULT.iter().find(|(name, _)| *name == key).is_none_or(|(_, usual)| usual.contains(&value))
    };
    // Other programs of this name say nothing of these.
    let is_openssh = ["hostname ", "port ", "user ", "controlmaster "]
        .iter()
        .all(|key| settings.lines().any(|line| line.starts_with(key)));
    is_openssh && settings.lines().all(usual)
}

/// The files that were read for it, from what `-v` prints.
pub(super) fn files(said: &str) -> Vec<PathBuf> {
    let read = said.lines().filter_map(|line| line.split_once("Reading configuration data "));
    read.map(|(_, path)| PathBuf::from(path.trim_end())).collect()
}

/// Whether a file of ssh's settings says anything that `-G` does not show: a connection that must not be shared, or
/// settings that a program chooses, which may be others for another repository.
pub(super) fn says_more(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.to_ascii_lowercase().replace(['=', '"'], " ");
        let mut words = line.split_whitespace();
        match words.next() {
            Some("match") => words.any(|word| word.trim_start_matches('!') == "exec"),
            Some("controlmaster" | "controlpath" | "controlpersist") => {
                words.next().is_some_and(|value| matches!(value, "no" | "false" | "none"))
            }
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "host h\nuser git\nhostname h\nport 22\ncontrolmaster false\nsessiontype default\ncontrolpersist no\ntunnel false\n";

    #[test]
    fn what_the_person_chose_leaves_no_room() {
        assert!(leaves_room(PLAIN));
        assert!(leaves_room(&format!("{PLAIN}controlpath none\nproxycommand nc h 22\n")));
        for theirs in [
            "controlpath /home/a/.ssh/%C",
            "controlmaster auto",
            "controlmaster true",
            "controlpersist 60",
            "remotecommand tmux",
            "localforward 8080 localhost:80",
            "permitlocalcommand yes",
            "sessiontype none",
        ] {
            assert!(!leaves_room(&format!("{PLAIN}{theirs}\n")), "{theirs}");
        }
        assert!(!leaves_room("usage: ssh"), "no OpenSSH");
        assert!(!leaves_room(""));
    }

    #[test]
    fn what_is_only_in_the_files() {
        for (text, more) in [
            ("Host *\n  IdentityFile ~/.ssh/exec\n", false),
            ("Match host h\n", false),
            ("Match Host h Exec \"test -d x\"\n", true),
            ("match !exec true\n", true),
            ("  ControlMaster=no\n", true),
            ("ControlPath \"none\"\n", true),
            ("# ControlMaster no\n", false),
            ("ControlMaster auto\n", false),
        ] {
            assert_eq!(says_more(text), more, "{text}");
        }
    }

    #[test]
    fn files_that_were_read() {
        let said = "OpenSSH_9.2\r\ndebug1: Reading configuration data /home/a b/.ssh/config\r\ndebug1: x line 1: Applying options for *\r\ndebug1: Reading configuration data /etc/ssh/ssh_config\r\n";
        assert_eq!(files(said), [PathBuf::from("/home/a b/.ssh/config"), "/etc/ssh/ssh_config".into()]);
    }
}
