use super::{
    known::{
        Inert::{AllBut, Only},
        KNOWN,
    },
    *,
};
use crate::gitconfig::parse;
use TrustKind::*;

fn kind(text: &str) -> Option<TrustKind> {
    let settings = parse(text.as_bytes()).unwrap();
    assert_eq!(settings.len(), 1, "{text}");
    kind_of(&settings[0])
}

#[test]
fn what_git_and_everyday_tools_write_is_inert() {
    for text in [
        "[core] repositoryformatversion = 0",
        "[core] fileMode = true",
        "[core] bare = false",
        "[core] logAllRefUpdates = true",
        "[core] ignoreCase = true",
        "[core] precomposeUnicode = true",
        "[core] symlinks = false",
        "[core] autocrlf = input",
        "[core] fsmonitor = true",
        "[core] untrackedCache = true",
        "[core] sparseCheckout = true",
        "[core] commentChar = ;",
        "[core] hooksPath = /dev/null",
        "[extensions] worktreeConfig = true",
        "[extensions] objectFormat = sha256",
        "[extensions] refStorage = reftable",
        "[extensions] partialClone = origin",
        "[remote \"origin\"] url = https://u:p@example.org/x.git",
        "[remote \"origin\"] url = git@example.org:me/x.git",
        "[remote \"origin\"] url = ../x.git",
        "[remote \"origin\"] pushurl = ssh://git@example.org/x",
        "[remote \"origin\"] fetch = +refs/heads/*:refs/remotes/origin/*",
        "[remote \"origin\"] tagOpt = --no-tags",
        "[remote \"origin\"] prune = true",
        "[remote \"origin\"] promisor = true",
        "[remote \"origin\"] partialCloneFilter = blob:none",
        "[remote \"origin\"] gh-resolved = base",
        "[remote] pushDefault = fork",
        "[branch \"main\"] remote = origin",
        "[branch \"main\"] merge = refs/heads/main",
        "[branch \"main\"] rebase = true",
        "[branch \"x\"] vscode-merge-base = origin/main",
        "[branch \"x\"] description = text",
        "[submodule \"lib\"] url = https://example.org/lib",
        "[submodule \"lib\"] active = true",
        "[submodule \"lib\"] update = rebase",
        "[submodule] active = .",
        "[user] email = me@work.example",
        "[user] signingKey = ABC",
        "[commit] gpgSign = true",
        "[commit] template = .gitmessage",
        "[gpg] format = ssh",
        "[pull] rebase = true",
        "[push] default = current",
        "[push] autoSetupRemote = true",
        "[rerere] enabled = true",
        "[merge] conflictStyle = zdiff3",
        "[diff] algorithm = histogram",
        "[diff \"x\"] xfuncname = ^a",
        "[merge] tool = meld",
        "[alias] st = status",
        "[alias] x = !echo",
        "[color] ui = auto",
        "[gui] encoding = utf-8",
        "[gc] auto = 0",
        "[maintenance] auto = false",
        "[pager] log = false",
        "[credential] username = me",
        "[credential \"https://h\"] useHttpPath = true",
        "[http] postBuffer = 524288000",
        "[protocol] version = 2",
        "[filter \"lfs\"] required = true",
        "[lfs] repositoryformatversion = 0",
        "[lfs \"https://h/x.git/info/lfs\"] access = basic",
        "[lfs \"https://h/x.git/info/lfs\"] locksverify = false",
        "[autocommit] enabled = false",
        "[gitflow \"branch\"] master = main",
        "[github] user = me",
        "[gitbutler] x = y",
        "[vscode] x = y",
        "[sendemail] to = list@example.org",
        "[sendemail] smtpServer = smtp.example.org",
        "[safe] directory = *",
    ] {
        assert_eq!(kind(text), None, "{text}");
    }
}

#[test]
fn what_runs_programs_or_redirects_asks() {
    for (text, expected) in [
        ("[core] fsmonitor = /x", Program),
        ("[core] fsmonitor = .git/hooks/fsmonitor-watchman", Program),
        ("[core] hooksPath = .husky/_", Husky),
        ("[core] hooksPath = .husky", Husky),
        ("[core] hooksPath = .githooks", HooksPath),
        ("[core] hooksPath =", HooksPath),
        ("[core] sshCommand = ssh -i k", Ssh),
        ("[core] askPass = x", Credential),
        ("[core] gitProxy = x", RemoteProgram),
        ("[core] worktree = /home", WorkTree),
        ("[core] editor = x", Program),
        ("[core] pager = x", Program),
        ("[core] alternateRefsCommand = x", Program),
        ("[core] attributesFile = x", Filter),
        ("[core] virtualFilesystem = x", Other),
        ("[core] aNameOfTomorrow = 1", Other),
        ("[extensions] refStorage = reftable:///elsewhere", Other),
        ("[extensions] tomorrow = 1", Other),
        ("[filter \"x\"] clean = x", Filter),
        ("[filter \"x\"] smudge = x", Filter),
        ("[filter \"x\"] process = x", Filter),
        ("[filter \"lfs\"] clean = git-lfs clean -- %f", GitLfs),
        ("[filter \"lfs\"] process = git-lfs filter-process", GitLfs),
        ("[filter \"lfs\"] clean = \"git-lfs clean -- %f; x\"", Filter),
        ("[filter \"git-crypt\"] clean = \"\\\"git-crypt\\\" clean\"", GitCrypt),
        ("[diff \"git-crypt\"] textconv = \"\\\"git-crypt\\\" diff\"", GitCrypt),
        ("[filter \"git-crypt\"] clean = /tmp/git-crypt clean", Filter),
        ("[attr] tree = HEAD", Filter),
        ("[diff] external = x", Program),
        ("[diff \"x\"] command = x", Program),
        ("[diff \"x\"] textconv = x", Program),
        ("[merge \"x\"] driver = x", Program),
        ("[mergetool \"x\"] cmd = x", Program),
        ("[credential] helper = x", Credential),
        ("[credential \"https://h\"] helper = !x", Credential),
        ("[gpg] program = x", Signing),
        ("[gpg \"ssh\"] program = x", Signing),
        ("[gpg \"ssh\"] defaultKeyCommand = x", Signing),
        ("[url \"https://evil/\"] insteadOf = https://h/", PushRedirect),
        ("[url \"https://evil/\"] pushInsteadOf = https://h/", PushRedirect),
        ("[http] proxy = http://p", Network),
        ("[http] sslVerify = false", Network),
        ("[http \"https://h\"] curloptResolve = x", Network),
        ("[http] cookieFile = x", Network),
        ("[protocol \"ext\"] allow = always", RemoteProgram),
        ("[include] path = ../x", Include),
        ("[includeIf \"gitdir:/\"] path = ../x", Include),
        ("[hook \"x\"] command = x", Hook),
        ("[hook \"x\"] event = pre-commit", Hook),
        ("[pager] log = x", Program),
        ("[sequence] editor = x", Program),
        ("[interactive] diffFilter = x", Program),
        ("[trailer \"x\"] command = x", Program),
        ("[trailer \"x\"] cmd = x", Program),
        ("[tar \"x\"] command = x", Program),
        ("[uploadpack] packObjectsHook = x", Program),
        ("[gc] recentObjectsHook = x", Program),
        ("[sendemail] smtpServer = /x", Program),
        ("[sendemail \"a\"] toCmd = x", Program),
        ("[submodule \"x\"] update = !x", Program),
        ("[submodule \"x\"] url = ext::x", RemoteProgram),
        ("[ssh] variant = simple", Ssh),
        ("[push] pushOption = ci.skip", Other),
        ("[remote \"o\"] url = ext::sh -c x", RemoteProgram),
        ("[remote \"o\"] pushurl = codecommit::r://x", RemoteProgram),
        ("[remote \"o\"] url = s3://bucket", RemoteProgram),
        ("[remote \"o\"] receivepack = x", RemoteProgram),
        ("[remote \"o\"] uploadpack = x", RemoteProgram),
        ("[remote \"o\"] vcs = x", RemoteProgram),
        ("[remote \"o\"] proxy = x", Network),
        ("[remote \"o\"] mirror = true", Other),
        ("[remote \"o\"] lfsurl = x", PushRedirect),
        ("[remote \"o\"] tomorrow = x", Other),
        ("[lfs] url = https://evil", PushRedirect),
        ("[lfs] pushurl = https://evil", PushRedirect),
        ("[lfs \"customtransfer.x\"] path = x", Program),
        ("[lfs] standaloneTransferAgent = x", Program),
        ("[lfs \"https://h\"] standaloneTransferAgent = x", Program),
        ("[lfs \"extension.x\"] clean = x", Program),
        ("[lfs] storage = /elsewhere", WorkTree),
    ] {
        assert_eq!(kind(text), Some(expected), "{text}");
    }
}

#[test]
fn the_table_is_sorted_and_says_each_section_once() {
    assert!(KNOWN.is_sorted_by(|a, b| a.0 < b.0 || a.0.starts_with(b.0)), "sorted");
    let mut names: Vec<_> = KNOWN.iter().map(|(name, _)| name).collect();
    names.dedup();
    assert_eq!(names.len(), KNOWN.len());
    for (section, inert) in KNOWN {
        let (Only(names, _) | AllBut(names, _)) = inert;
        assert!(
            names.iter().all(|n| n.to_ascii_lowercase() == **n),
            "{section}: keys are compared in lower case"
        );
    }
}
