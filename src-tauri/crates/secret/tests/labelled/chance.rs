//! Random values of a written format, always the same for the same seed.
//!
//! A format is text in which `|` stands for nothing (so that no line of these tests looks like a token to whoever scans
//! them) and `<class:length>` or `<class:from-to>` for random characters; `<=a,b>` is one of several, `<uuid>` a UUID.

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    pub(crate) fn letters(&mut self, alphabet: &str, length: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| *self.one(&alphabet)).collect()
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// A value of `format`.
    pub(crate) fn value(&mut self, format: &str) -> String {
        let (mut out, mut rest) = (String::new(), format);
        while let Some(at) = rest.find(['|', '<']) {
            out.push_str(&rest[..at]);
            if rest[at..].starts_with('|') {
                rest = &rest[at + 1..];
                continue;
            }
            let class = rest[at + 1..].split('>').next().filter(|class| is_class(class));
            match class {
                Some(class) => {
                    out.push_str(&self.class(class));
                    rest = &rest[at + class.len() + 2..];
                }
                None => {
                    out.push('<');
                    rest = &rest[at + 1..];
                }
            }
        }
        out + rest
    }

    fn class(&mut self, class: &str) -> String {
        if class == "uuid" {
            return self.value("<hex:8>-<hex:4>-<hex:4>-<hex:4>-<hex:12>");
        }
        if let Some(choices) = class.strip_prefix('=') {
            let choices: Vec<&str> = choices.split(',').collect();
            return (*self.one(&choices)).to_owned();
        }
        let (name, length) = class.split_once(':').unwrap_or_else(|| panic!("{class}: no length"));
        let number = |text: &str| text.parse::<usize>().unwrap_or_else(|_| panic!("{class}: no number"));
        let length = match length.split_once('-') {
            Some((from, to)) => number(from) + self.below(number(to) - number(from) + 1),
            None => number(length),
        };
        self.letters(alphabet(name).unwrap_or_else(|| panic!("{class}: no alphabet")), length)
    }
}

/// Whether what stands between `<` and `>` is a class rather than markup.
fn is_class(text: &str) -> bool {
    let is_random = text.split_once(':').is_some_and(|(name, _)| alphabet(name).is_some());
    text == "uuid" || text.starts_with('=') || is_random
}

fn alphabet(name: &str) -> Option<&'static str> {
    Some(match name {
        "d" => "0123456789",
        "hex" => "0123456789abcdef",
        "HEX" => "0123456789ABCDEF",
        "low" => "abcdefghijklmnopqrstuvwxyz0123456789",
        "up" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "az" => "abcdefghijklmnopqrstuvwxyz",
        "AZ" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "alpha" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "b32" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "b32l" => "abcdefghijklmnopqrstuvwxyz234567",
        "b58" => "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
        "bech" => "qpzry9x8gf2tvdw0s3jn54khce6mua7l",
        "BECH" => "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
        "b62" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "b64" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "url" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
        "sym" => "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!#%&*+?_-",
        _ => return None,
    })
}

/// Base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    base64_with(bytes, b"+/", true)
}

/// Base64 for addresses, without padding.
pub(crate) fn base64_url(bytes: &[u8]) -> String {
    base64_with(bytes, b"-_", false)
}

fn base64_with(bytes: &[u8], last: &[u8], padding: bool) -> String {
    let alphabet = [alphabet("b62").unwrap().as_bytes(), last].concat();
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..4 {
            if index <= chunk.len() {
                let six = usize::try_from(word >> (18 - 6 * index) & 63).unwrap();
                out.push(char::from(alphabet[six]));
            } else if padding {
                out.push('=');
            }
        }
    }
    out
}
