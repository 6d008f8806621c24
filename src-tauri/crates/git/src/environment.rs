//! The environment of every git process: built from an allow-list, so that nothing leaks in and nothing can ask.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
};

/// Variables handed on from our own environment. Of git's own only those that choose the person's configuration files:
/// the others could redirect a command to another repository (`git rev-parse --local-env-vars`) or start programs.
const HANDED_ON: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TMPDIR",
    "TZ",
    "LANG",
    "LC_CTYPE",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "SSH_AUTH_SOCK",
    "SSH_AGENT_PID",
    "GNUPGHOME",
    "GPG_AGENT_INFO",
    "KRB5CCNAME",
    "DBUS_SESSION_BUS_ADDRESS",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",
    "NIX_SSL_CERT_FILE",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    // Windows cannot start a program without these.
    "SYSTEMROOT",
    "SystemRoot",
    "SYSTEMDRIVE",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "ProgramData",
    "ProgramFiles",
    "PATHEXT",
    "COMSPEC",
    "TEMP",
    "TMP",
];

/// What keeps git and everything below it from asking anybody anything.
const NO_QUESTIONS: &[(&str, &str)] = &[
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ASKPASS", "false"),
    ("SSH_ASKPASS", "false"),
    ("SSH_ASKPASS_REQUIRE", "never"),
    ("GCM_INTERACTIVE", "never"),
    ("GIT_EDITOR", "false"),
    ("GIT_SEQUENCE_EDITOR", "false"),
    ("GIT_PAGER", "cat"),
    ("GIT_MERGE_AUTOEDIT", "no"),
    // A diff or status of a partial clone must not go to the network.
    ("GIT_NO_LAZY_FETCH", "1"),
];

/// What else calls get that run no hook; a git command inside of a hook would notice.
pub(crate) const NO_HOOKS: &[(&str, &str)] = &[
    // Reading refreshes no index, and so runs no post-index-change.
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_LFS_SKIP_SMUDGE", "1"),
];

/// The environment common to all calls.
pub(crate) fn sealed(ours: impl Fn(&str) -> Option<OsString>) -> BTreeMap<OsString, OsString> {
    let handed = HANDED_ON.iter().filter_map(|name| Some((OsString::from(name), ours(name)?)));
    let fixed = NO_QUESTIONS.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    handed.chain(fixed).collect()
}

/// Configuration for calls that run no hook, against what a repository's own could do.
const SEALED: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.askPass=",
    "core.alternateRefsCommand=",
    "core.pager=cat",
    "safe.bareRepository=explicit",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    // A commit that was acknowledged survives a power cut: objects, then the ref (git makes no fsync by default).
    "core.fsync=committed,reference",
    "i18n.commitEncoding=UTF-8",
];

/// Configuration for calls that run hooks. Git hands it on to every git command inside them, so nothing may be here that
/// such a command could notice.
const WITH_HOOKS: &[&str] = &["gc.auto=0", "maintenance.auto=false", "core.fsync=committed,reference"];

/// The configuration that every call is given. `hooks` says whether the person's and the repository's hooks may run.
pub(crate) fn overrides(hooks: bool) -> Vec<OsString> {
    let pairs = if hooks { WITH_HOOKS } else { SEALED };
    pairs.iter().flat_map(|pair| [OsStr::new("-c"), OsStr::new(*pair)]).map(OsStr::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_git_leaks_in() {
        let hostile =
            ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_EXEC_PATH", "GIT_SSH_COMMAND", "LD_PRELOAD"];
        let env = sealed(|name| {
            (hostile.contains(&name) || ["HOME", "SSH_ASKPASS", "DISPLAY"].contains(&name))
                .then(|| "x".into())
        });
        for name in hostile.iter().chain(&["DISPLAY"]) {
            assert!(!env.contains_key(OsStr::new(name)), "{name}");
        }
        assert_eq!(env[OsStr::new("HOME")], "x");
        assert_eq!(env[OsStr::new("SSH_ASKPASS")], "false", "a desktop's askpass window never opens");
    }
}
