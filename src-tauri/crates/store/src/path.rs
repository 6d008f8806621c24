//! Paths as bytes and as JSON, without losing the names that are not UTF-8.
//!
//! In JSON a path is a string; one that is not UTF-8 is `{"hex": "2f68…"}`. Made for `#[serde(with = "crate::path")]`.

use autocommit_core::id::hex;
use serde::{Deserialize, Deserializer, Serialize as _, Serializer, de::Error as _};
use std::path::{Path, PathBuf};

#[derive(serde::Serialize, Deserialize)]
#[serde(untagged)]
enum Spelling {
    Text(String),
    Hex { hex: String },
}

/// Writes a path as text, or as hexadecimal digits where it is not UTF-8.
pub(crate) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    match path.to_str() {
        Some(text) => serializer.serialize_str(text),
        None => Spelling::Hex { hex: hex(&to_bytes(path)) }.serialize(serializer),
    }
}

/// Reads what [`serialize`] wrote.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    match Spelling::deserialize(deserializer)? {
        Spelling::Text(text) => Ok(text.into()),
        Spelling::Hex { hex } => {
            unhex(&hex).map(from_bytes).ok_or_else(|| D::Error::custom("not hexadecimal digits"))
        }
    }
}

/// The path's own bytes.
pub(crate) fn to_bytes(path: &Path) -> Vec<u8> {
    #[cfg(unix)]
    {
        std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
    }
    #[cfg(not(unix))]
    {
        path.to_string_lossy().into_owned().into_bytes()
    }
}

/// The path made of these bytes.
pub(crate) fn from_bytes(bytes: Vec<u8>) -> PathBuf {
    #[cfg(unix)]
    {
        <std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes).into()
    }
    #[cfg(not(unix))]
    {
        String::from_utf8_lossy(&bytes).into_owned().into()
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Serialize, Deserialize)]
    struct Holder(#[serde(with = "super")] PathBuf);

    #[test]
    fn every_byte_survives() {
        for path in [from_bytes(b"/home/\xff\xfe \n\"x".to_vec()), "/home/Größe \"x\"\n".into(), "".into()]
        {
            let json = serde_json::to_string(&Holder(path.clone())).unwrap();
            assert_eq!(serde_json::from_str::<Holder>(&json).unwrap(), Holder(path));
        }
    }

    #[test]
    fn half_a_byte_is_refused() {
        assert!(serde_json::from_str::<Holder>(r#"{"hex":"abc"}"#).is_err());
        assert!(serde_json::from_str::<Holder>(r#"{"hex":"zz"}"#).is_err());
    }
}
