//! Names of things: repositories, cycles, runs, git objects.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt, path::Path};

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps text that is already such a name.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// A repository: the first 16 hexadecimal digits of the SHA-256 of its canonical work tree path, so that an
    /// opt-out survives a re-clone at the same place.
    RepoId
);
text_id!(
    /// One pass over all repositories, or over the triggered ones.
    CycleId
);
text_id!(
    /// One repository in one cycle.
    RunId
);

impl RepoId {
    /// The id of the repository whose canonical work tree is `path`.
    pub fn of_path(path: &Path) -> Self {
        let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
        Self(hex(&digest[..8]))
    }
}

/// Lower-case hexadecimal digits of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        out.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        out.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        out
    })
}

/// A git object id in hexadecimal: 40 digits (SHA-1) or 64 (SHA-256), never abbreviated.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Oid(String);

impl Oid {
    /// Reads a full object id; `None` for anything else, the all-zero id included.
    pub fn parse(text: &str) -> Option<Self> {
        let full = matches!(text.len(), 40 | 64);
        let digits = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        (full && digits && text.bytes().any(|b| b != b'0')).then(|| Self(text.to_owned()))
    }

    /// All hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first ten digits, for people.
    pub fn short(&self) -> &str {
        &self.0[..10]
    }

    /// The all-zero id of the same hash algorithm: git's way to say "must not exist yet".
    pub fn zeros_like(text_len: usize) -> String {
        "0".repeat(text_len)
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Oid {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("not a full object id: {text:?}"))
    }
}

impl From<Oid> for String {
    fn from(oid: Oid) -> Self {
        oid.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oid_accepts_only_full_ids() {
        assert!(Oid::parse("da39a3ee5e6b4b0d3255bfef95601890afd80709").is_some());
        assert!(Oid::parse("da39a3e").is_none(), "abbreviated");
        assert!(Oid::parse(&"0".repeat(40)).is_none(), "the null id names no object");
        assert!(Oid::parse("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709").is_none(), "git writes lower case");
    }

    #[test]
    fn repo_id_is_stable() {
        assert_eq!(
            RepoId::of_path(Path::new("/home/a/b")).as_str(),
            RepoId::of_path(Path::new("/home/a/b")).as_str()
        );
        assert_eq!(RepoId::of_path(Path::new("/home/a/b")).as_str().len(), 16);
        assert_ne!(RepoId::of_path(Path::new("/home/a/b")), RepoId::of_path(Path::new("/home/a/c")));
    }
}
