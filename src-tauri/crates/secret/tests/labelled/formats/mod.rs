//! What each provider publishes about the form of its tokens, and how they are written down where only their
//! surroundings tell what they are. Independent of the rules: facts, not expressions.

mod clouds;
mod services;
mod written;

use crate::chance::Chance;

/// One form of one secret.
pub(crate) struct Format {
    /// The rule that must know it.
    pub(crate) rule: &'static str,
    /// How a value is made.
    pub(crate) made: Made,
}

/// How a value is made.
pub(crate) enum Made {
    /// A token that may stand anywhere.
    Token(&'static str),
    /// A piece of text with everything that tells what it is.
    Text(&'static str),
    /// By code; anywhere in a file of this name.
    Code(&'static str, fn(&mut Chance) -> Vec<u8>),
}

/// The families, in the order of the recall table.
pub(crate) fn families() -> Vec<(&'static str, Vec<Format>)> {
    let tokens = |list: &[(&'static str, &'static str)]| {
        list.iter().map(|(rule, format)| Format { rule, made: Made::Token(format) }).collect::<Vec<_>>()
    };
    let texts = |list: &[(&'static str, &'static str)]| {
        list.iter().map(|(rule, format)| Format { rule, made: Made::Text(format) }).collect::<Vec<_>>()
    };
    vec![
        ("clouds", tokens(clouds::CLOUD)),
        ("infrastructure", tokens(clouds::INFRASTRUCTURE)),
        ("databases", tokens(clouds::DATA)),
        ("source hosting", tokens(services::HOSTING)),
        ("package registries", tokens(services::PACKAGES)),
        ("models", tokens(services::MODELS)),
        ("payment", tokens(services::PAYMENT)),
        ("chat and mail", tokens(services::CHAT)),
        ("observability", tokens(services::OBSERVABILITY)),
        ("work", tokens(services::WORK)),
        ("keys", written::keys()),
        ("named by their surroundings", texts(written::NAMED)),
        ("logins", [texts(written::LOGINS), written::logins()].into_iter().flatten().collect()),
    ]
}
