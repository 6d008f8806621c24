//! Secrets that exist nowhere else, in the forms of real ones. No literal of one is in our own source.

/// One planted secret.
pub(crate) struct Canary {
    /// The place that it is planted in.
    pub(crate) place: String,
    /// The token itself.
    pub(crate) text: String,
}

const WORDS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Random characters, other ones for each place and the same in every run.
fn random(place: &str, salt: u64, n: usize, alphabet: &[u8]) -> String {
    let mut state = place.bytes().fold(0xcbf2_9ce4_8422_2325_u64 ^ salt, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(alphabet[usize::try_from(state >> 33).unwrap() % alphabet.len()])
    };
    (0..n).map(next).collect()
}

impl Canary {
    /// A secret for a place; the forms of several providers take turns.
    pub(crate) fn of(place: &str, n: usize) -> Self {
        let digits = |salt| random(place, salt, 12, b"123456789");
        let text = match n % 5 {
            0 => format!(
                "{}-{}-{}-{}",
                ["xo", "xb"].concat(),
                digits(1),
                digits(2),
                random(place, 3, 24, WORDS)
            ),
            1 => format!("{}_live_{}", ["s", "k"].concat(), random(place, 4, 32, WORDS)),
            2 => format!("{}-{}", ["gl", "pat"].concat(), random(place, 5, 20, WORDS)),
            3 => format!("{}{}", ["AI", "za"].concat(), random(place, 6, 35, WORDS)),
            _ => format!("{}_{}", ["dop", "_v1"].concat(), random(place, 7, 64, b"0123456789abcdef")),
        };
        Self { place: place.to_owned(), text }
    }

    /// A line of a program with it.
    pub(crate) fn line(&self) -> String {
        format!("TOKEN = \"{}\"\n", self.text)
    }

    /// A password without any form, for an address.
    pub(crate) fn password(place: &str) -> Self {
        Self { place: place.to_owned(), text: random(place, 8, 28, LOWER) }
    }

    /// A private key.
    pub(crate) fn key(place: &str) -> (Self, String) {
        let kind = ["RSA PRIV", "ATE KEY"].concat();
        let lines: Vec<_> = (0..20).map(|line| random(place, 100 + line, 64, WORDS)).collect();
        let file = format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", lines.join("\n"));
        (Self { place: place.to_owned(), text: lines[3].clone() }, file)
    }
}
