//! Whatever the bytes are: no panic, the same findings wherever they stand, and nothing of them in what is said.
#![allow(clippy::unwrap_used, reason = "only tests use it")]

use autocommit_secret::{path_is_secret, redact, scan};
use proptest::prelude::*;

/// Pieces that the rules look for, in the parts they are made of.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let literals = prop::sample::select(vec![
        "password",
        "=",
        ": ",
        "\"",
        "'",
        "\\n",
        "\n",
        "\r\n",
        "BEGIN",
        "PRIVATE ",
        "KEY-----",
        "-----",
        "eyJ",
        ".",
        "://",
        "@",
        ":",
        "gh",
        "p_",
        "AK",
        "IA",
        "sk-",
        "xoxb-",
        "token",
        "Bearer ",
        "basic ",
        "<",
        ">",
        "${",
        "}",
        "machine ",
        "curl -u ",
        "PK\u{1}\u{2}",
        "PK\u{3}\u{4}",
        "ustar",
        "discord",
        "\"kty\"",
        "mnemonic",
        "\u{0}",
        "\u{fe}",
        "%3D",
        "\\u0026",
        "é",
        "0.",
        "1/",
    ]);
    let random = "[A-Za-z0-9+/_-]{1,80}";
    let piece = prop_oneof![
        literals.prop_map(|text| text.as_bytes().to_vec()),
        random.prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..40),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Harmless lines.
fn prose() -> impl Strategy<Value = String> {
    prop::collection::vec("[a-z]{1,9}( [a-z]{1,9}){0,8}", 0..30).prop_map(|lines| lines.join("\n") + "\n")
}

/// A line with a secret, and the secret.
fn secret() -> impl Strategy<Value = (String, String)> {
    let github = "[A-Za-z0-9]{12}[a-z][0-9][A-Z][0-9][A-Za-z0-9]{20}".prop_map(|body| {
        let token = ["gh", "p_", &body].concat();
        (format!("value: {token}"), token)
    });
    let password = "[A-Z][a-z]{3}[0-9][A-Z][0-9][a-z]{4}[0-9][!+*][0-9]"
        .prop_map(|word| (format!("db_password = \"{word}\""), word));
    prop_oneof![github, password]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_searched_without_panic(bytes in prop_oneof![pieces(), prop::collection::vec(any::<u8>(), 0..2000)], path in prop_oneof![
        Just(&b"conf.yml"[..]), Just(&b"a.lock"[..]), Just(&b".npmrc"[..]), Just(&b"tests/x.rs"[..]), Just(&b""[..]), Just(&b"\xff/\xfe"[..])
    ]) {
        let lines = bytes.iter().filter(|b| **b == b'\n').count() + 1;
        for found in scan(path, &bytes) {
            prop_assert!(found.line >= 1 && found.line <= lines);
        }
        path_is_secret(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let once = redact(&text).into_owned();
        prop_assert!(once.is_empty() == text.is_empty());
    }

    #[test]
    fn wide_and_narrow_say_the_same(bytes in pieces()) {
        let text: String = String::from_utf8_lossy(&bytes).chars().filter(|c| *c != '\0').collect();
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [&[0xff, 0xfe], &wide[..]].concat();
        prop_assume!(!text.starts_with('\u{feff}'));
        prop_assert_eq!(scan(b"a.conf", text.as_bytes()), scan(b"a.conf", &marked));
    }

    /// What stands around a secret, and how much of it, changes the line and nothing else.
    #[test]
    fn findings_do_not_depend_on_where_they_stand((line, secret) in secret(), before in prose(), after in prose()) {
        let alone = scan(b"a.conf", format!("{line}\n").as_bytes());
        prop_assume!(!alone.is_empty());
        let shift = before.matches('\n').count();
        let within = scan(b"a.conf", format!("{before}{line}\n{after}").as_bytes());
        let moved: Vec<_> = alone.iter().map(|found| (found.rule, found.line + shift)).collect();
        let seen: Vec<_> = within.iter().map(|found| (found.rule, found.line)).collect();
        prop_assert_eq!(seen, moved);
        let shown = format!("{within:?}");
        prop_assert!(!shown.contains(&secret));
        let kept = redact(&format!("{before}{line}\n{after}")).into_owned();
        prop_assert!(!kept.contains(&secret) && kept.contains(&after[..]) && kept.contains(&before[..]));
    }
}

/// The place in the file does not matter, however far behind it is: not at the edges of any block.
#[test]
fn a_secret_is_found_at_every_offset() {
    let token = ["gh", "p_", "q8Zt4LmXv2RkW9sBn", "7YhJc3PdF6gTe5QaUoK"].concat();
    let filler = "all is well. ".repeat(6000);
    for offset in (0..600).chain((8_192 - 60..8_192 + 20).chain(65_536 - 60..65_536 + 20)) {
        let text = format!("{} {token}\n", &filler[..offset]);
        assert_eq!(scan(b"a.conf", text.as_bytes()).len(), 1, "{offset}");
    }
}
