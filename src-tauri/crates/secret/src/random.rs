//! Whether a value looks as if chance made it, as words do, or as filler does.

/// Bigrams of ordinary words: bit `b` of entry `a` is set if `ab` is one of the 230 most frequent, which make up about 90%
/// of the pairs of letters in English prose and in identifiers. Of a random pair it holds with probability 0.34.
const COMMON: [u32; 26] = [
    0x13e_b94e, 0x014_4911, 0x01e_4d95, 0x016_4919, 0x0ef_b97f, 0x006_4931, 0x016_2110, 0x00a_4111,
    0x22e_f87f, 0x000_0000, 0x000_0110, 0x11c_c919, 0x014_d111, 0x03c_6d7d, 0x07e_f96e, 0x01e_c995,
    0x010_0000, 0x13e_715d, 0x11c_c195, 0x11e_d995, 0x00e_b936, 0x000_0111, 0x004_6111, 0x008_0000,
    0x004_8000, 0x000_0010,
];

/// The share of neighbouring characters that do not occur in words, from 0 (a word) to 1; random letters and digits are
/// around 0.8. Nothing for a value with fewer than five pairs that can be judged.
pub(crate) fn jumble(value: &[u8]) -> Option<f32> {
    let (mut odd, mut seen) = (0_u32, 0_u32);
    for pair in value.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let is_odd = match (class(a), class(b)) {
            (Class::Separator, _) | (_, Class::Separator) | (Class::Digit, Class::Digit) => continue,
            (Class::Lower, Class::Upper) => true,
            (Class::Lower | Class::Upper, Class::Lower | Class::Upper) => !is_common(a, b),
            _ => true,
        };
        seen += 1;
        odd += u32::from(is_odd);
    }
    (seen >= 5).then(|| odd as f32 / seen as f32)
}

fn is_common(a: u8, b: u8) -> bool {
    let index = |letter: u8| usize::from(letter.to_ascii_lowercase() - b'a');
    COMMON[index(a)] >> index(b) & 1 == 1
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Separator,
    Symbol,
}

fn class(byte: u8) -> Class {
    match byte {
        b'a'..=b'z' => Class::Lower,
        b'A'..=b'Z' => Class::Upper,
        b'0'..=b'9' => Class::Digit,
        b'_' | b'-' | b'.' | b':' | b'/' | b' ' | b',' | b'\\' => Class::Separator,
        _ => Class::Symbol,
    }
}

/// Which classes of characters a value has: lower case, upper case, digits, symbols that do not join words.
pub(crate) fn classes(value: &[u8]) -> [bool; 4] {
    let has = |wanted| value.iter().any(|byte| class(*byte) == wanted);
    [has(Class::Lower), has(Class::Upper), has(Class::Digit), has(Class::Symbol)]
}

/// How many different bytes there are.
pub(crate) fn distinct(value: &[u8]) -> usize {
    let mut seen = [false; 256];
    value.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    seen.iter().filter(|seen| **seen).count()
}

/// Words that only made-up values contain; they count in one case, as people write them.
const FILLER_WORDS: [&str; 22] = [
    "example",
    "placeholder",
    "changeme",
    "change-me",
    "change_me",
    "replaceme",
    "replace-me",
    "replace_me",
    "redacted",
    "notreal",
    "not-real",
    "xxxx",
    "....",
    "****",
    "insert",
    "dummy",
    "sample",
    "fake",
    "your-",
    "your_",
    "yourapi",
    "yourtoken",
];

/// Whether a value is what documentation puts where a secret would stand: a word for it, few different characters, a
/// sequence, or a short piece repeated.
pub(crate) fn is_filler(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let few = match value.len() {
        0..12 => 3,
        12..24 => 5,
        _ => 7,
    };
    distinct(&lower) < few
        || FILLER_WORDS.iter().any(|word| has_word(value, &lower, word.as_bytes()))
        || longest_sequence(&lower) >= 7.min(lower.len())
        || is_repeated(&lower)
}

/// Whether `word` stands in `value`, in small letters, in capitals, or with a capital first: chance rarely does that.
fn has_word(value: &[u8], lower: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find_iter(lower, word).any(|at| {
        let written = &value[at..at + word.len()];
        let rest_is = |is: fn(&u8) -> bool| written[1..].iter().all(|b| !b.is_ascii_alphabetic() || is(b));
        rest_is(u8::is_ascii_lowercase) || rest_is(u8::is_ascii_uppercase) && !written[0].is_ascii_lowercase()
    })
}

/// Length of the longest run in which each byte is the one before plus one, or minus one (`0` counts as following `9`).
fn longest_sequence(value: &[u8]) -> usize {
    let (mut best, mut up, mut down) = (1, 1, 1);
    for pair in value.windows(2) {
        let follows = |a: u8, b: u8| a.wrapping_add(1) == b || (a == b'9' && b == b'0');
        up = if follows(pair[0], pair[1]) { up + 1 } else { 1 };
        down = if follows(pair[1], pair[0]) { down + 1 } else { 1 };
        best = best.max(up).max(down);
    }
    best
}

fn is_repeated(value: &[u8]) -> bool {
    let most = (value.len() / 2).min(32);
    (1..=most).any(|period| value.len() >= 12 && value[period..] == value[..value.len() - period])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_chance_are_told_apart() {
        for words in ["kubernetes-dashboard-token", "userAuthenticationToken", "a_long_setting_with_words"] {
            assert!(jumble(words.as_bytes()).unwrap() < 0.35, "{words}");
        }
        for chance in ["qX7vK2mWz9RtLp4B", "9f8c1e7a4b3d2f60", "zqvbkwjxmtrplh"] {
            assert!(jumble(chance.as_bytes()).unwrap() > 0.55, "{chance}");
        }
        assert_eq!(jumble(b"1234567890"), None);
    }

    #[test]
    fn fillers() {
        for filler in [
            "AKIAIOSFODNN7EXAMPLE",
            "xxxxxxxxxxxxxxxxxxxx",
            "your-api-key-here",
            "0123456789abcdef",
            "deadbeefdeadbeef",
        ] {
            assert!(is_filler(filler.as_bytes()), "{filler}");
        }
        for value in ["qX7vK2mWz9RtLp4B", "9f8c1e7a4b3d2f60", "hunter2!", "Sommer2024!"] {
            assert!(!is_filler(value.as_bytes()), "{value}");
        }
    }
}
