use super::*;
use crate::gitconfig::parse;
use sha2::{Digest as _, Sha256};

fn settings(text: &str) -> Vec<SeenSetting> {
    let seen = |setting| SeenSetting { setting, label: ".git/config".to_owned(), files: Vec::new() };
    parse(text.as_bytes()).unwrap().into_iter().map(seen).collect()
}

fn file(label: &str, executable: bool, content: &[u8]) -> SeenFile {
    let name = label.rsplit('/').next().unwrap();
    SeenFile {
        path: PathBuf::from("/w").join(label),
        label: label.to_owned(),
        digest: Some(Digest::plain(&Sha256::digest(content).into())),
        executable,
        maker: Maker::of(name, content),
    }
}

fn folder(files: Vec<SeenFile>) -> HookFolder {
    HookFolder { files, named: None }
}

fn with_hooks(files: Vec<SeenFile>) -> Evidence {
    Evidence { hooks: vec![folder(files)], ..Evidence::default() }
}

fn id() -> RepoId {
    RepoId::new("r")
}

fn kinds(evidence: &Evidence) -> Vec<(TrustKind, String)> {
    assess(evidence).brought.into_iter().map(|b| (b.kind, b.what)).collect()
}

#[test]
fn an_inert_repository_needs_no_question() {
    let evidence = Evidence {
        settings: settings(
            "[core]\nbare = false\n[user]\nname = A\n[remote \"origin\"]\nurl = https://h/x\n",
        ),
        addresses: vec![Address::new("origin", "https://h/x")],
        ..with_hooks(vec![
            file(".git/hooks/pre-commit", false, b"not executable"),
            file(".git/hooks/post-checkout", true, b"never run by us"),
            file(".git/hooks/README", false, b""),
        ])
    };
    let assessed = assess(&evidence);
    assert_eq!((assessed.brought.as_slice(), &assessed.fingerprint), (&[][..], &None));
    let trusted = assessed.judge(&id(), &Standing::default()).unwrap();
    assert_eq!((trusted.repo(), trusted.fingerprint()), (&id(), None));
    assert!(assessed.enrols(&Standing::default()));
}

#[test]
fn approved_is_exactly_this() {
    let evidence = Evidence {
        settings: settings("[filter \"x\"]\nclean = x\n"),
        ..with_hooks(vec![file(".git/hooks/pre-commit", true, b"#!/bin/sh\nx\n")])
    };
    let assessed = assess(&evidence);
    let asks = assessed.judge(&id(), &Standing::default()).unwrap_err();
    assert_eq!(summary(&asks), "hooks and a filter");
    let standing = Standing { approved: vec![assessed.fingerprint.clone().unwrap()], ..Standing::default() };
    assert_eq!(assessed.judge(&id(), &standing).unwrap().fingerprint(), assessed.fingerprint.as_ref());
    let changes: [fn(&mut Evidence); 7] = [
        |e| e.hooks[0].files[0] = file(".git/hooks/pre-commit", true, b"#!/bin/sh\ny\n"),
        |e| e.hooks[0].files.push(file(".git/hooks/pre-push", true, b"#!/bin/sh\nx\n")),
        |e| e.hooks[0].files.push(file(".git/hooks/common.sh", false, b"")),
        |e| e.settings = settings("[filter \"x\"]\nclean = y\n"),
        |e| e.settings = settings("[filter \"y\"]\nclean = x\n"),
        |e| e.settings = settings("[filter \"x\"]\nclean = x\nsmudge = x\n"),
        |e| e.settings.clear(),
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut changed = evidence.clone();
        change(&mut changed);
        assert!(assess(&changed).judge(&id(), &standing).is_err(), "change {number} asks again");
    }
    let mut inert = evidence;
    inert.settings.extend(settings("[user]\nname = B\n"));
    assert!(assess(&inert).judge(&id(), &standing).is_ok(), "what is inert does not count");
}

#[test]
fn everything_in_a_folder_of_hooks_counts_with_its_kind() {
    let lfs = b"#!/bin/sh\ncommand -v git-lfs >/dev/null 2>&1 || { echo >&2 \"x\"; exit 2; }\ngit lfs pre-push \"$@\"\n";
    let evidence = with_hooks(vec![
        file(".git/hooks/post-checkout", true, b"x"),
        file(".git/hooks/pre-push", true, lfs),
    ]);
    assert_eq!(
        kinds(&evidence),
        [(TrustKind::GitLfs, "program post-checkout".into()), (TrustKind::GitLfs, "hook pre-push".into())]
    );
    let husky = Evidence {
        settings: settings("[core]\nhooksPath = .husky/_\n"),
        hooks: vec![HookFolder {
            files: vec![file(".husky/_/h", false, b"x"), file(".husky/pre-commit", false, b"npm test")],
            named: Some(".husky/_".into()),
        }],
        ..Evidence::default()
    };
    assert!(kinds(&husky).iter().all(|(kind, _)| *kind == TrustKind::Husky), "{:?}", kinds(&husky));
    assert_eq!(kinds(&husky).len(), 3);
}

#[test]
fn a_folder_that_is_pushed_to_is_looked_at_for_what_a_push_runs() {
    let remote = |files| RemoteFolder { hooks: vec![folder(files)], ..RemoteFolder::default() };
    let evidence = |remote| Evidence { remote_folders: vec![remote], ..Evidence::default() };
    assert_eq!(
        kinds(&evidence(remote(vec![file("/r/hooks/pre-commit", true, b"")]))),
        [],
        "never run by a push"
    );
    let asks = evidence(remote(vec![file("/r/hooks/post-update", true, b"")]));
    assert_eq!(kinds(&asks), [(TrustKind::RemoteFolder, "hook post-update".into())]);
    let configured =
        RemoteFolder { settings: settings("[core]\nalternateRefsCommand = x\n"), ..RemoteFolder::default() };
    assert_eq!(kinds(&evidence(configured))[0].0, TrustKind::RemoteFolder);
}

#[test]
fn a_changed_address_asks_beside_what_is_approved() {
    let evidence = Evidence {
        addresses: vec![Address::new("origin", "https://h/new")],
        push_to: Some(PushTo::Remote("origin".into())),
        ..Evidence::default()
    };
    let before = Enrolled::Known(vec![Address::new("origin", "https://h/old")]);
    let assessed = assess(&evidence);
    let standing = Standing { enrolled: before, ..Standing::default() };
    let asks = assessed.judge(&id(), &standing).unwrap_err();
    assert_eq!((asks[0].kind, asks[0].what.as_str()), (TrustKind::PushAddress, "remote origin is at h"));
    assert!(!assessed.enrols(&standing), "never silently");
    let lost = Standing { enrolled: Enrolled::Lost, ..Standing::default() };
    assert!(assessed.judge(&id(), &lost).is_err() && !assessed.enrols(&lost));
    let none_before = Standing { enrolled: Enrolled::Known(Vec::new()), ..Standing::default() };
    assert!(assessed.judge(&id(), &none_before).is_ok() && assessed.enrols(&none_before));
}

#[test]
fn its_own_opt_out_is_read() {
    let of = |text: &str| assess(&Evidence { settings: settings(text), ..Evidence::default() }).opted_out;
    assert!(of("[autocommit]\nenabled = no\n"));
    assert!(!of("[autocommit]\nenabled = no\nenabled = yes\n"), "the last one counts");
    assert!(!of(""));
}

#[test]
fn a_command_hides_nothing_and_an_address_shows_no_password() {
    let what = |text: &str| kinds(&Evidence { settings: settings(text), ..Evidence::default() })[0].1.clone();
    assert!(what("[core]\nsshCommand = \"x https://;evil;@h\"\n").contains(";evil;"));
    assert!(!what("[http]\nproxy = http://me:s3cret@h\n").contains("s3cret"));
    assert!(!what("[url \"https://me:s3cret@h/\"]\ninsteadOf = x\n").contains("s3cret"));
    assert!(what("[core]\neditor = \"a\\bb\"\n").contains("\\u{8}"), "no control characters");
}

#[test]
fn kinds_have_names() {
    for kind in TrustKind::ALL {
        assert_eq!(TrustKind::parse(kind.code()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        assert!(kind.noun().len() > 3);
    }
    assert_eq!(TrustKind::parse("x"), None);
    assert_eq!(summary(&[]), "");
}

#[test]
fn digests() {
    assert_ne!(Digest::of(&[b"ab", b"c"]), Digest::of(&[b"a", b"bc"]));
    let digest = Digest::of(&[b"x"]);
    assert_eq!(serde_json::from_value::<Digest>(serde_json::to_value(&digest).unwrap()).unwrap(), digest);
    assert!(serde_json::from_str::<Digest>("\"abc\"").is_err());
    assert_eq!(digest.short().len(), 12);
}
