//! What the answer to a push means, from its `--porcelain` lines and its words.

use crate::process::Output;
use autocommit_core::push::PushClass;

/// What a person should read: the remote's and git's own words, without progress and advice.
pub(crate) fn words(output: &Output) -> String {
    let noise = |line: &str| {
        let line = line.strip_prefix("remote: ").unwrap_or(line);
        let meter = [
            "Enumerating ",
            "Counting ",
            "Compressing ",
            "Writing ",
            "Total ",
            "Resolving ",
            "Delta ",
            "hint:",
        ];
        meter.iter().any(|start| line.starts_with(start)) || line.trim().is_empty()
    };
    let refused = String::from_utf8_lossy(&output.stdout);
    let refused = refused.lines().filter(|l| l.starts_with('!')).map(|l| l.replace('\t', " "));
    refused
        .chain(output.stderr.lines().filter(|l| !noise(l)).map(str::to_owned))
        .collect::<Vec<_>>()
        .join("\n")
}

pub(crate) fn classify(output: &Output) -> PushClass {
    let stdout = String::from_utf8_lossy(&output.stdout);
    // `flag TAB from:to TAB summary`; one refspec, so one such line for each address. The worst one counts.
    let lines: Vec<_> = stdout.lines().filter(|l| l.len() > 2 && l.as_bytes()[1] == b'\t').collect();
    let line =
        lines.iter().find(|l| l.starts_with('!')).or_else(|| lines.iter().find(|l| !l.starts_with('=')));
    match line.or(lines.first()).map(|l| (l.as_bytes()[0], *l)) {
        Some((b' ' | b'*', _)) if output.success() => PushClass::Pushed,
        Some((b'=', _)) if output.success() => PushClass::UpToDate,
        Some((b'!', line)) => refused(line, &output.stderr),
        _ => unanswered(&output.stderr),
    }
}

fn refused(line: &str, stderr: &str) -> PushClass {
    if too_large(stderr) || too_large(line) {
        PushClass::TooLarge
    } else if ["fetch first", "non-fast-forward", "stale info", "needs force"]
        .iter()
        .any(|w| line.contains(w))
    {
        PushClass::NonFastForward
    } else if line.contains("[remote failure]") {
        unanswered(stderr)
    } else if [
        "failed to update ref",
        "cannot lock ref",
        "failed to lock",
        "unpacker error",
        "unable to migrate objects",
        "unable to write",
        "No space left",
        "Read-only file system",
        "incorrect old value",
    ]
    .iter()
    .any(|w| line.contains(w))
    {
        // Not a decision but trouble: another push to the same branch at the same moment, a full disk over there.
        PushClass::Unknown
    } else {
        PushClass::Rejected
    }
}

fn too_large(text: &str) -> bool {
    let words = [
        "exceeds GitHub's file size limit",
        "GH001",
        "pack exceeds maximum allowed size",
        "exceeds maximum",
        "HTTP 413",
        "error: 413",
        "larger than the maximum",
        "exceeded the size limit",
    ];
    words.iter().any(|w| text.contains(w))
}

/// No line about the ref: the conversation itself failed.
pub(crate) fn unanswered(stderr: &str) -> PushClass {
    let says = |words: &[&str]| words.iter().any(|w| stderr.contains(w));
    if too_large(stderr) {
        PushClass::TooLarge
    } else if says(&["submodule paths contain changes"]) {
        PushClass::Rejected
    } else if says(&[
        "Permission denied (",
        "Authentication failed",
        "could not read Username",
        "could not read Password",
        "terminal prompts disabled",
        "Host key verification failed",
        "error: 401",
        "error: 403",
        "Invalid username or",
        "Access denied",
        "Permission to ",
        "Too many authentication failures",
    ]) {
        PushClass::Authentication
    } else if says(&[
        "Could not resolve host",
        "Temporary failure in name resolution",
        "Name or service not known",
        "Connection refused",
        "Connection timed out",
        "Connection reset",
        "Connection closed by",
        "Operation timed out",
        "Operation too slow",
        "Network is unreachable",
        "No route to host",
        "Failed to connect",
        "Couldn't connect to server",
        "Empty reply from server",
        "Recv failure",
        "Send failure",
        "kex_exchange_identification",
        "error: 500",
        "error: 502",
        "error: 503",
        "error: 504",
        "HTTP/2 stream",
        "Banner exchange",
    ]) {
        PushClass::Unreachable
    } else if says(&[
        "does not appear to be a git repository",
        "Repository not found",
        "repository not found",
        "' not found",
        "error: 404",
        "No such remote",
        "could not be found",
        "No such file or directory",
        "unable to find remote helper",
    ]) {
        PushClass::RemoteMissing
    } else if says(&["transport '"]) {
        // Our own rule: an address starts no program.
        PushClass::Rejected
    } else if says(&["the remote end hung up", "early EOF", "unexpected disconnect"]) {
        PushClass::Unreachable
    } else if says(&["git-http-push failed"]) {
        // It answers, but is no git host: a page that wants a sign-in first, most often.
        PushClass::Unknown
    } else if says(&["failed to push some refs", "pre-push"]) {
        // No word of the remote's: our own side said no, by its pre-push hook.
        PushClass::Rejected
    } else {
        PushClass::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(code: i32, stdout: &str, stderr: &str) -> Output {
        Output {
            code: Some(code),
            cut_short: false,
            stdout: stdout.into(),
            stderr: stderr.into(),
            truncated: false,
        }
    }

    /// Captured from git 2.47.3 against file, http and ssh remotes, and from the threads that quote hosts.
    #[test]
    fn captured_conversations() {
        use PushClass::*;
        for (code, stdout, stderr, class) in [
            (0, "To /r\n \tabc:refs/heads/m\t1..2\nDone\n", "", Pushed),
            (0, "To /r\n*\tabc:refs/heads/m\t[new branch]\nDone\n", "", Pushed),
            (0, "To /r\n=\tabc:refs/heads/m\t[up to date]\nDone\n", "Everything up-to-date", UpToDate),
            (
                1,
                "To /r\n!\tabc:refs/heads/m\t[rejected] (fetch first)\nDone\n",
                "error: failed to push some refs",
                NonFastForward,
            ),
            (1, "To /r\n!\tabc:refs/heads/m\t[rejected] (non-fast-forward)\nDone\n", "", NonFastForward),
            (
                1,
                "To /r\n!\tabc:refs/heads/m\t[remote rejected] (pre-receive hook declined)\nDone\n",
                "remote: no",
                Rejected,
            ),
            (
                1,
                "To /r\n!\tabc:refs/heads/m\t[remote rejected] (protected branch hook declined)\nDone\n",
                "",
                Rejected,
            ),
            (
                1,
                "!\tabc:refs/heads/m\t[remote rejected] (pre-receive hook declined)\n",
                "remote: error: GH001: Large files detected.",
                TooLarge,
            ),
            (
                128,
                "",
                "git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.",
                Authentication,
            ),
            (
                128,
                "",
                "fatal: could not read Username for 'http://h': terminal prompts disabled",
                Authentication,
            ),
            (128, "", "fatal: Authentication failed for 'https://h/x/'", Authentication),
            (
                128,
                "",
                "Host key verification failed.\nfatal: Could not read from remote repository.",
                Authentication,
            ),
            (128, "", "fatal: unable to access 'http://h/': Could not resolve host: h", Unreachable),
            (
                128,
                "",
                "ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote repository.",
                Unreachable,
            ),
            (
                128,
                "",
                "fatal: unable to access 'http://h/': Operation too slow. Less than 1 bytes/sec",
                Unreachable,
            ),
            (
                128,
                "",
                "fatal: '/r' does not appear to be a git repository\nfatal: Could not read from remote repository.",
                RemoteMissing,
            ),
            (
                128,
                "",
                "remote: Repository not found.\nfatal: repository 'https://h/x/' not found",
                RemoteMissing,
            ),
            (128, "", "fatal: transport 'ext' not allowed", Rejected),
            (
                1,
                "",
                "XML error: no element found\nerror: no DAV locking support on http://h/x.git/\nfatal: git-http-push failed\nerror: failed to push some refs to 'http://h/x.git'",
                Unknown,
            ),
            (
                1,
                "",
                "husky - pre-push hook exited with code 1 (error)\nerror: failed to push some refs to '/r'",
                Rejected,
            ),
            (
                128,
                "",
                "The following submodule paths contain changes that can\nnot be found on any remote:\n  sub\nfatal: the remote end hung up unexpectedly",
                Rejected,
            ),
            (
                1,
                "To /a\n \tabc:refs/heads/m\t1..2\nTo /b\n!\tabc:refs/heads/m\t[rejected] (fetch first)\nDone\n",
                "",
                NonFastForward,
            ),
            (
                1,
                "To /r\n!\tabc:refs/heads/m\t[remote rejected] (unable to migrate objects to permanent storage)\nDone\n",
                "",
                Unknown,
            ),
            (128, "", "fatal: something new", Unknown),
            (1, " \tabc:refs/heads/m\t1..2\n", "fatal: the remote end hung up unexpectedly", Unreachable),
        ] {
            assert_eq!(classify(&output(code, stdout, stderr)), class, "{stdout}{stderr}");
        }
    }

    #[test]
    fn people_read_the_remotes_words_only() {
        let output = output(
            1,
            "To /r\n!\tabc:refs/heads/m\t[remote rejected] (hook declined)\nDone\n",
            "Enumerating objects: 5, done.\nremote: main is protected.        \nremote: \nhint: try\nerror: failed to push some refs to '/r'",
        );
        assert_eq!(
            words(&output),
            "! abc:refs/heads/m [remote rejected] (hook declined)\nremote: main is protected.        \nerror: failed to push some refs to '/r'"
        );
    }
}
