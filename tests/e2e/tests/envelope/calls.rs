//! The environment and the arguments of each call, one by one, under an environment that is hostile.

use autocommit_e2e::{arg, assert_arrived};
use autocommit_test_support::Sandbox;
use std::{collections::BTreeMap, path::Path};

/// What a person's session may hold, and must not reach git.
const HOSTILE: &[(&str, &str)] = &[
    ("GIT_DIR", "/nowhere"),
    ("GIT_WORK_TREE", "/nowhere"),
    ("GIT_INDEX_FILE", "/nowhere"),
    ("GIT_OBJECT_DIRECTORY", "/nowhere"),
    ("GIT_EXEC_PATH", "/nowhere"),
    ("GIT_SSH", "canary"),
    ("GIT_SSH_COMMAND", "canary"),
    ("GIT_PROXY_COMMAND", "canary"),
    ("GIT_EXTERNAL_DIFF", "canary"),
    ("GIT_ASKPASS", "canary"),
    ("SSH_ASKPASS", "canary"),
    ("SSH_ASKPASS_REQUIRE", "force"),
    ("GIT_TERMINAL_PROMPT", "1"),
    ("GCM_INTERACTIVE", "always"),
    ("GIT_EDITOR", "canary"),
    ("EDITOR", "canary"),
    ("VISUAL", "canary"),
    ("GIT_PAGER", "canary"),
    ("PAGER", "canary"),
    ("GIT_CONFIG_COUNT", "1"),
    ("GIT_CONFIG_KEY_0", "core.fsmonitor"),
    ("GIT_CONFIG_VALUE_0", "canary"),
    ("GIT_CONFIG_PARAMETERS", "'core.fsmonitor=canary'"),
    ("GIT_ALLOW_PROTOCOL", "ext"),
    ("GIT_TRACE", "1"),
    ("GIT_OPTIONAL_LOCKS", "1"),
    ("GPG_TTY", "/dev/tty"),
    ("DISPLAY", ":7"),
    ("WAYLAND_DISPLAY", "wayland-7"),
    ("XAUTHORITY", "/nowhere"),
    ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere"),
    ("BASH_ENV", "/nowhere"),
    ("LC_ALL", "de_DE.UTF-8"),
];

/// Of every call.
const ALWAYS: &[(&str, &str)] = &[
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ASKPASS", "false"),
    ("SSH_ASKPASS", "false"),
    ("SSH_ASKPASS_REQUIRE", "never"),
    ("GCM_INTERACTIVE", "never"),
    ("GIT_EDITOR", "false"),
    ("GIT_SEQUENCE_EDITOR", "false"),
    ("GIT_PAGER", "cat"),
    ("GIT_MERGE_AUTOEDIT", "no"),
    ("GIT_NO_LAZY_FETCH", "1"),
];

/// Of the calls that run no hook.
const NO_HOOKS: &[(&str, &str)] = &[("GIT_OPTIONAL_LOCKS", "0"), ("GIT_LFS_SKIP_SMUDGE", "1")];

/// Set by us for single calls.
const OURS: &[&str] = &[
    "AUTOCOMMIT_CALL",
    "GIT_CEILING_DIRECTORIES",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_DATE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_GRAFT_FILE",
    "GIT_SSH_COMMAND",
    "GIT_ALLOW_PROTOCOL",
    "GIT_DIR",
    "GIT_EDITOR",
    "GIT_LITERAL_PATHSPECS",
];

/// Handed on from the person's environment: none of them starts a program or leads git elsewhere.
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
    "SSH_AUTH_SOCK",
    "SSH_AGENT_PID",
    "GNUPGHOME",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "LC_ALL",
];

/// Made by the double's shell.
const SHELL: &[&str] = &["PWD", "OLDPWD", "SHLVL", "_"];

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
    "core.fsync=committed,reference",
    "i18n.commitEncoding=UTF-8",
];
const WITH_HOOKS: &[&str] = &["gc.auto=0", "maintenance.auto=false", "core.fsync=committed,reference"];

pub(crate) struct Call {
    args: Vec<String>,
    env: BTreeMap<String, String>,
}

impl Call {
    pub(crate) fn verb(&self) -> &str {
        let mut words = self.args.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "-c" => drop(words.next()),
                word if word.starts_with('-') => {}
                word => return word,
            }
        }
        ""
    }

    fn begins_with(&self, settings: &[&str]) -> bool {
        let expected = settings.iter().flat_map(|setting| ["-c", setting]);
        self.args.iter().map(String::as_str).take(settings.len() * 2).eq(expected)
    }

    fn has(&self, word: &str) -> bool {
        self.args.iter().any(|arg| arg == word)
    }
}

/// Puts a double under the name of git that notes its words and its environment, then is git.
pub(crate) fn record(sandbox: &Sandbox, log: &Path) {
    let real = sandbox.run(sandbox.root(), "sh", &["-c", "command -v git"]).ok().stdout;
    std::fs::create_dir_all(log).unwrap();
    let script = format!(
        "#!/bin/sh\nprintf '%s\\0' \"$@\" > {log}/$$.args\nenv -0 > {log}/$$.env\nexec {real} \"$@\"\n",
        log = arg(log),
        real = real.trim(),
    );
    let git = sandbox.bin_dir().join("git");
    let _ = std::fs::remove_file(&git);
    std::fs::write(&git, script).unwrap();
    let _ = sandbox.run(sandbox.root(), "chmod", &["+x", arg(&git)]).ok();
}

pub(crate) fn recorded(log: &Path) -> Vec<Call> {
    let parts = |text: Vec<u8>| {
        let text = String::from_utf8(text).unwrap();
        text.split_terminator('\0').map(str::to_owned).collect::<Vec<_>>()
    };
    let mut calls = Vec::new();
    for entry in std::fs::read_dir(log).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|end| end == "args") {
            let env = parts(std::fs::read(path.with_extension("env")).unwrap());
            let env = env.iter().filter_map(|one| one.split_once('='));
            let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            calls.push(Call { args: parts(std::fs::read(&path).unwrap()), env });
        }
    }
    calls
}

#[test]
fn every_call_gets_exactly_this() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.git(&repo, &["switch", "-q", "-c", "topic"]);
    sandbox.write(&repo, "README.md", "changed\n");
    sandbox.write(&repo, "new.txt", "1\n");
    std::fs::rename(repo.join("README.md"), repo.join("moved.md")).unwrap();
    for (name, value) in HOSTILE {
        sandbox.set_env(name, value);
    }
    let log = sandbox.root().join("calls");
    record(&sandbox, &log);
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(sandbox.remote_tip(&bare, "topic"), Some(sandbox.git(&repo, &["rev-parse", "HEAD"])));
    let calls = recorded(&log);
    let verbs: std::collections::BTreeSet<_> = calls.iter().map(Call::verb).collect();
    for verb in ["status", "update-index", "write-tree", "diff-tree", "commit-tree", "update-ref", "push"] {
        assert!(verbs.contains(verb), "{verb} was recorded: {verbs:?}");
    }
    for call in &calls {
        check(call);
    }
    let tip = sandbox.git(&repo, &["rev-parse", "HEAD"]);
    let push = calls.iter().find(|call| call.verb() == "push").unwrap();
    let words: Vec<_> = push.args.iter().skip_while(|word| *word != "push").map(String::as_str).collect();
    assert_eq!(
        words,
        [
            "push",
            "--porcelain",
            "--progress",
            "--no-follow-tags",
            "--receive-pack=git-receive-pack",
            "--",
            "origin",
            &format!("{tip}:refs/heads/topic"),
        ]
    );
    for setting in ["push.followTags=false", "http.lowSpeedLimit=1", "http.lowSpeedTime=30"] {
        assert!(push.has(setting), "{:?}", push.args);
    }
    assert_eq!(
        push.env["GIT_SSH_COMMAND"],
        "ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=3"
    );
    assert_eq!(push.env["GIT_ALLOW_PROTOCOL"], "file:git:http:https:ssh");
    let _ = assert_arrived;
}

/// The rules for one call, whichever it is.
fn check(call: &Call) {
    let shown = format!("{:?}", call.args);
    let sealed = call.begins_with(SEALED);
    assert!(sealed || call.begins_with(WITH_HOOKS), "{shown}");
    for (name, value) in ALWAYS {
        assert_eq!(call.env.get(*name).map(String::as_str), Some(*value), "{name} of {shown}");
    }
    for (name, value) in NO_HOOKS {
        assert_eq!(call.env.get(*name).map(String::as_str), sealed.then_some(*value), "{name} of {shown}");
    }
    for (name, value) in &call.env {
        let fixed = ALWAYS.iter().chain(NO_HOOKS).any(|(fixed, _)| fixed == name);
        let name = name.as_str();
        let known = fixed || [HANDED_ON, OURS, SHELL].iter().any(|list| list.contains(&name));
        // Where the person's hooks and credential helpers run, they may reach a keyring.
        let keyring =
            name == "DBUS_SESSION_BUS_ADDRESS" && matches!(call.verb(), "push" | "hook" | "ls-remote");
        assert!(known || keyring, "{name}={value} reaches {shown}");
        let leaked = HOSTILE.iter().any(|(hostile, theirs)| *hostile == name && *theirs == value.as_str());
        let ours = fixed || keyring;
        assert!(!leaked || ours, "{name}={value} reaches {shown}");
    }
    assert_eq!(call.env.get("LC_ALL").map(String::as_str), Some("C"), "{shown}");
    if call.verb().starts_with("diff") {
        assert!(call.has("--no-ext-diff") && call.has("--no-textconv"), "{shown}");
    }
    for word in ["--force", "-f", "--mirror", "--delete", "--tags", "--all", "--no-verify", "--no-gpg-sign"] {
        assert!(!(matches!(call.verb(), "push" | "commit-tree") && call.has(word)), "{shown}");
    }
}
