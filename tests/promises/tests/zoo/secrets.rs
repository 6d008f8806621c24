//! Secrets: held alone in what is new, and a push stops before a commit that has one. Everything that looks like one is
//! put together at run time, so that no literal of it is in our own source.

use crate::{
    case::{Built, Case, Kept, Verdict, all_held, case, class, commit},
    plot::Plot,
};

const HELD: [(&str, &str); 1] = [("config.py", "secret")];

/// Characters that are as random as those of a real token, and the same in every run.
fn random(n: usize, alphabet: &[u8]) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(alphabet[usize::try_from(state >> 33).unwrap() % alphabet.len()])
    };
    (0..n).map(next).collect()
}

const WORDS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn slack() -> String {
    let digits = random(12, b"0123456789");
    format!("{}-{digits}-{digits}-{}", ["xo", "xb"].concat(), random(24, WORDS))
}

fn aws() -> String {
    let id = format!("{}{}", ["AK", "IA"].concat(), random(16, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
    format!("aws_access_key_id = {id}\naws_{}_access_key = {}\n", "secret", random(40, WORDS))
}

fn pem() -> String {
    let kind = ["RSA PRIV", "ATE KEY"].concat();
    let lines: Vec<_> = (0..20).map(|i| random(64 + i, WORDS)[i..].to_owned()).collect();
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", lines.join("\n"))
}

/// A line of a program with a token in it.
fn line() -> String {
    format!("TOKEN = \"{}\"\n", slack())
}

pub(crate) fn cases() -> Vec<Case> {
    let file = |path: &'static str| [(path, "secret_file")];
    let new = |path: &'static str, content: fn() -> Vec<u8>| {
        move |plot: &Plot<'_>| -> Built {
            let (repo, bare) = plot.cloned();
            plot.write(&repo, path, content());
            plot.write(&repo, "b.txt", "x\n");
            (repo, bare).into()
        }
    };
    let b = || commit(&["b.txt"]);
    let all = vec![
        case("secret-env-new", new(".env", || b"PASSWORD=harmless\n".to_vec()), b().held(&file(".env"))),
        case(
            "secret-env-of-a-stage",
            new("deploy/.env.production", || b"A=1\n".to_vec()),
            b().held(&file("deploy/.env.production")),
        ),
        case(
            "secret-env-example",
            new(".env.example", || b"PASSWORD=\n".to_vec()),
            commit(&[".env.example", "b.txt"]),
        ),
        case("secret-ssh-key", new("id_rsa", || pem().into_bytes()), b().held(&file("id_rsa"))),
        case(
            "secret-ssh-key-public",
            new("id_rsa.pub", || b"ssh-rsa AAAA a@b\n".to_vec()),
            commit(&["b.txt", "id_rsa.pub"]),
        ),
        case("secret-keystore", new("app.p12", || vec![0x30, 0x82, 0x01]), b().held(&file("app.p12"))),
        case(
            "secret-netrc",
            new(".netrc", || b"machine h login u password p\n".to_vec()),
            b().held(&file(".netrc")),
        ),
        case(
            "secret-terraform-state",
            new("terraform.tfstate", || b"{}\n".to_vec()),
            b().held(&file("terraform.tfstate")),
        ),
        case(
            "secret-key-in-a-text",
            new("notes.txt", || pem().into_bytes()),
            b().held(&[("notes.txt", "secret")]),
        ),
        case("secret-token-in-source", new("config.py", || line().into_bytes()), b().held(&HELD)),
        case("secret-two-lines", new("config.py", || aws().into_bytes()), b().held(&HELD)),
        case(
            "secret-in-a-binary",
            new("config.py", || [b"\x7fELF\0\0\0", line().as_bytes(), b"\0\xff\xfe"].concat()),
            b().held(&HELD),
        ),
        case("secret-in-utf16", new("config.py", || utf16(&line())), b().held(&HELD)),
        case(
            "secret-with-crlf",
            new("config.py", || line().replace('\n', "\r\n").into_bytes()),
            b().held(&HELD),
        ),
        case(
            "secret-far-down",
            new("config.py", || [&b"# text\n".repeat(200_000)[..], line().as_bytes()].concat()),
            b().held(&HELD),
        ),
        case(
            "secret-under-an-odd-name",
            new("a\nb\".py", || line().into_bytes()),
            b().held(&[("a\\nb\".py", "secret")]),
        ),
        case("secret-in-a-tracked-file", |plot| tracked(plot, "echo x > b.txt"), b().held(&HELD)),
        case("secret-alone", |plot| tracked(plot, ""), all_held(&HELD)),
        case(
            "secret-staged-whole",
            |plot| tracked(plot, "git add config.py; echo x > b.txt"),
            b().held(&HELD),
        ),
        case("secret-in-a-tracked-env", tracked_env, b().held(&[(".env", "secret")])),
        case("secret-taken-out-again", taken_out, commit(&["config.py"])),
        case(
            "secret-ignored",
            |plot| {
                tracked(
                    plot,
                    "git checkout -q config.py; mv secret.txt keep.secret; echo '*.secret' > .gitignore",
                )
            },
            commit(&[".gitignore"]),
        ),
        case("secret-in-an-own-commit", |plot| own_commit(plot, ""), Verdict::Own).finally(stopped),
        case("secret-in-an-own-commit-and-a-change", |plot| own_commit(plot, "echo y > b.txt"), Verdict::Own)
            .finally(stopped),
        case(
            "secret-in-an-own-commit-and-out-again",
            |plot| own_commit(plot, "git rm -q secret.py; git commit -qm 'out again'"),
            Verdict::Own,
        )
        .finally(stopped),
        case(
            "secret-in-an-own-commit-alone",
            |plot| own_commit(plot, "git rebase -q --onto HEAD~2 HEAD~1"),
            Verdict::Own,
        )
        .finally(nothing_pushed),
        case("secret-in-an-own-message", own_message, Verdict::Own).finally(nothing_pushed),
        case("secret-in-an-unborn-repository", unborn, commit(&["b.txt"]).held(&HELD)),
    ];
    class("secrets", all)
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// `config.py` is tracked and got a token.
fn tracked(plot: &Plot<'_>, script: &str) -> Built {
    let (repo, bare) = plot.cloned();
    plot.write(&repo, "config.py", "TOKEN = None\n");
    plot.commit(&repo);
    plot.git(&repo, &["push", "--quiet"]);
    if script.contains("secret.txt") {
        plot.write(&repo, "secret.txt", line());
    }
    plot.write(&repo, "config.py", line());
    plot.sh(&repo, script);
    (repo, bare).into()
}

fn tracked_env(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.write(&repo, ".env", "MODE=test\n");
    plot.commit(&repo);
    plot.git(&repo, &["push", "--quiet"]);
    plot.write(&repo, ".env", line());
    plot.write(&repo, "b.txt", "x\n");
    (repo, bare).into()
}

/// It is published already; that it goes is good.
fn taken_out(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.write(&repo, "config.py", line());
    plot.commit(&repo);
    plot.git(&repo, &["push", "--quiet"]);
    plot.write(&repo, "config.py", "TOKEN = None\n");
    (repo, bare).into()
}

/// The person committed a clean change, then one with a secret, and pushed neither.
fn own_commit(plot: &Plot<'_>, script: &str) -> Built {
    let (repo, bare) = plot.cloned();
    plot.write(&repo, "clean.txt", "clean\n");
    plot.commit(&repo);
    plot.git(&repo, &["branch", "clean"]);
    plot.write(&repo, "secret.py", line());
    plot.commit(&repo);
    plot.sh(&repo, script);
    (repo, bare).into()
}

fn remote_tip(plot: &Plot<'_>) -> Option<String> {
    plot.sandbox.remote_tip(plot.sandbox.remotes_dir().join(format!("{}.git", plot.name)), "main")
}

/// The clean commit has arrived, and nothing after it.
fn stopped(plot: &Plot<'_>) {
    assert_eq!(
        remote_tip(plot),
        Some(plot.git(&plot.dir(), &["rev-parse", "clean"])),
        "stops at the clean commit"
    );
    said(plot);
}

fn nothing_pushed(plot: &Plot<'_>) {
    assert_eq!(remote_tip(plot), Some(plot.git(&plot.dir(), &["rev-list", "--max-parents=0", "HEAD"])));
    said(plot);
}

fn said(plot: &Plot<'_>) {
    let cycle = plot.sandbox.autocommit(&["once", "--json", crate::plot::text(&plot.dir())]).exits(1).json();
    let reason = cycle["runs"][0]["reason"].as_str().unwrap_or_default().to_owned();
    assert!(reason.contains("what looks like a secret"), "{cycle:#}");
}

fn own_message(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.git(&repo, &["commit", "--quiet", "--allow-empty", "--message", &format!("Use {}", slack())]);
    (repo, bare).into()
}

fn unborn(plot: &Plot<'_>) -> Built {
    let (repo, bare) = (plot.dir(), plot.bare(""));
    std::fs::create_dir_all(&repo).unwrap();
    plot.git(&repo, &["init", "--quiet"]);
    plot.git(&repo, &["remote", "add", "origin", crate::plot::text(&bare)]);
    plot.write(&repo, "b.txt", "x\n");
    plot.write(&repo, "config.py", line());
    Built::from(vec![Kept::from((repo, bare))])
}
