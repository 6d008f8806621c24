//! Passwords and tokens without a form of their own: what is assigned to a name that says so.
//!
//! Three questions, one file each: does the name say that its value is secret (`name`), what is its value (`assignment`),
//! and does the value look like a secret rather than like a word, a reference or a filler (`value`).

mod assignment;
mod name;
mod value;

pub(crate) use value::{Kind, is_login_password, is_secret};

use crate::{
    input::Input,
    rule::{Rule, code},
};
use std::ops::Range;

pub(crate) const RULES: &[Rule] = &[
    code(
        "generic-password",
        "a password",
        &[
            "password",
            "passwd",
            "passphrase",
            "passwort",
            "kennwort",
            "contrasena",
            "motdepasse",
            "mot_de_passe",
            "senha",
            "pwd",
            "pass",
            "psk",
        ],
        password,
    )
    .text_only(),
    code(
        "generic-secret",
        "a token, key or other secret",
        &[
            "secret",
            "token",
            "api_key",
            "apikey",
            "api-key",
            "access_key",
            "accesskey",
            "access-key",
            "auth_key",
            "authkey",
            "auth-key",
            "private_key",
            "privatekey",
            "private-key",
            "api.key",
            "secret.key",
            "access.key",
            "auth.key",
            "encryption.key",
            "encryption_key",
            "encryptionkey",
            "encryption-key",
            "signing_key",
            "signingkey",
            "signing-key",
            "master_key",
            "masterkey",
            "account_key",
            "credential",
        ],
        secret,
    )
    .text_only(),
];

fn password(input: &Input<'_>, literal: Range<usize>) -> Option<Range<usize>> {
    find(input, literal, Kind::Password)
}

fn secret(input: &Input<'_>, literal: Range<usize>) -> Option<Range<usize>> {
    let is_name = input.bytes[literal.clone()].eq_ignore_ascii_case(b"signingkey");
    let found = find(input, literal, Kind::Token)?;
    // `user.signingkey` is the name of a key, its fingerprint.
    let is_fingerprint = is_name && matches!(found.len(), 16 | 40);
    (!is_fingerprint).then_some(found)
}

fn find(input: &Input<'_>, literal: Range<usize>, kind: Kind) -> Option<Range<usize>> {
    let name = name::around(input.bytes, literal)?;
    let value = assignment::value_of(input, &name)?;
    is_secret(&input.bytes[value.clone()], kind, input.place.made_up).then_some(value)
}
