//! Private keys and what holds them.

use crate::{
    pem,
    rule::{Rule, code, token, whole},
    wallet,
};

pub(super) const RULES: &[Rule] = &[
    code(
        "private-key",
        "a private key",
        &["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----", "PRIVATE KEY ----", "Static key V1-----"],
        pem::private_key,
    ),
    whole("binary-private-key", "a private key", pem::der_private_key),
    whole("key-store", "a store of keys or passwords", pem::key_store),
    token(
        "openssh-key-body",
        "a private key",
        &["b3BlbnNzaC1rZXktdjE"],
        r"b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/]{40,}",
    )
    .open(),
    token(
        "putty-key",
        "a PuTTY private key",
        &["Private-Lines:"],
        r"Private-Lines:[ \t]{0,4}[0-9]+\s{1,4}(?<s>[A-Za-z0-9+/]{30,})",
    )
    .open(),
    token(
        "json-web-key",
        "a private JSON web key",
        &["\"kty\"", "\\\"kty\\\""],
        r#"\\?"[dk]\\?"\s{0,4}:\s{0,4}\\?"(?<s>[A-Za-z0-9_-]{32,})\\?""#,
    )
    .near(2500, 3000)
    .open(),
    token(
        "age-key",
        "an age secret key",
        &["AGE-SECRET-KEY-", "AGE-PLUGIN-"],
        r"AGE-(?:SECRET-KEY-1|SECRET-KEY-PQ-1|PLUGIN-[A-Z0-9]{2,20}-1)[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{50,100}",
    ),
    token(
        "minisign-key",
        "a minisign or signify secret key",
        &["untrusted comment: "],
        r"untrusted comment: [ -~]{0,60}secret key[ -~]{0,60}\r?\n(?<s>RW[A-Za-z0-9+/]{100,220}={0,2})",
    )
    .open(),
    token(
        "bitcoin-extended-key",
        "an extended private key of a wallet",
        &["xprv", "yprv", "zprv", "tprv"],
        r"[xyzt]prv[1-9A-HJ-NP-Za-km-z]{107}",
    ),
    token("nostr-key", "a Nostr private key", &["nsec1"], r"nsec1[02-9ac-hj-np-z]{58}"),
    token(
        "ethereum-key",
        "a private key of a wallet",
        &["private_key", "privatekey", "private-key", "private key"],
        r#"(?i:private[_ -]?key)["']?[ \t]{0,4}(?:=>|[:=])?[ \t]{0,4}["']?(?<s>(?:0x)?[0-9a-fA-F]{64})"#,
    )
    .any_case(),
    code(
        "wallet-words",
        "a wallet's seed words",
        &[
            "mnemonic",
            "seed phrase",
            "seed_phrase",
            "seedphrase",
            "seed-phrase",
            "recovery phrase",
            "recovery_phrase",
            "seed words",
        ],
        wallet::words,
    ),
    token(
        "remote-desktop-password",
        "a stored remote desktop password",
        &["password 51:b:"],
        r"password 51:b:(?<s>[0-9A-Fa-f]{40,})",
    )
    .any_case()
    .window(2048),
];
