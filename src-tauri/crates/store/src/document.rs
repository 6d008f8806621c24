//! A small JSON file that is replaced as a whole and carries a sum: `{"content": …, "sum": …}`.

use crate::{StoreError, file};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{fs, io, path::Path};

/// The file. Unknown and missing fields are errors: a flipped bit in a name must not read as a default.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<T> {
    /// The other name is that of `wanted.json` as earlier versions wrote it.
    #[serde(alias = "wanted")]
    content: T,
    /// Over the content as compact JSON.
    sum: String,
}

/// What is where a document should be.
pub(crate) enum Found<T> {
    /// No file.
    Nothing,
    /// A whole one.
    Whole(T),
    /// Something else, or it cannot be read; the words say what, after "because".
    Damaged(String),
}

/// Reads a document. `T` must refuse unknown fields.
pub(crate) fn find<T: Serialize + DeserializeOwned>(path: &Path) -> Found<T> {
    match fs::read(path) {
        Ok(bytes) => parse(&bytes).map_or_else(Found::Damaged, Found::Whole),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Nothing,
        Err(error) => Found::Damaged(error.to_string()),
    }
}

fn parse<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let document: Document<T> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let compact = serde_json::to_vec(&document.content).map_err(|error| error.to_string())?;
    if file::sum(&compact) != document.sum {
        return Err("its sum does not match".to_owned());
    }
    Ok(document.content)
}

/// The bytes of a document.
pub(crate) fn encode<T: Serialize>(content: &T) -> Result<Vec<u8>, StoreError> {
    let sum = file::sum(&serde_json::to_vec(content)?);
    let mut bytes = serde_json::to_vec_pretty(&Document { content, sum })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Copies a damaged file; it stays in its place until a good one replaces it, so that it never reads as missing.
pub(crate) fn keep_aside(path: &Path) -> io::Result<()> {
    match fs::read(path) {
        Ok(bytes) => file::replace(&file::aside(path), &bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
