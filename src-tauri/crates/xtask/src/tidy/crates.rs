//! The packages of the workspace and what they depend on, from `cargo metadata`.

use anyhow::{Context, Result};
use serde_json::Value;
use std::path::PathBuf;

/// One package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) manifest: PathBuf,
    pub(crate) depends_on: Vec<Dependency>,
}

/// One direct dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// For tests only.
    pub(crate) dev: bool,
    /// Without `default-features = false`.
    pub(crate) default_features: bool,
}

impl Crate {
    pub(crate) fn from_metadata(json: &str) -> Result<Vec<Self>> {
        let metadata: Value = serde_json::from_str(json).context("cargo metadata is not JSON")?;
        let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
        packages.iter().map(Self::read).collect::<Option<_>>().context("cargo metadata has an unknown form")
    }

    fn read(package: &Value) -> Option<Self> {
        let depends_on = package["dependencies"].as_array()?.iter();
        Some(Self {
            name: package["name"].as_str()?.to_owned(),
            manifest: package["manifest_path"].as_str()?.into(),
            depends_on: depends_on.map(Dependency::read).collect::<Option<_>>()?,
        })
    }

    /// The dependencies of the program itself, not of its tests.
    pub(crate) fn real(&self) -> impl Iterator<Item = &Dependency> {
        self.depends_on.iter().filter(|dependency| !dependency.dev)
    }
}

impl Dependency {
    fn read(dependency: &Value) -> Option<Self> {
        Some(Self {
            name: dependency["name"].as_str()?.to_owned(),
            dev: dependency["kind"].as_str() == Some("dev"),
            default_features: dependency["uses_default_features"].as_bool()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read() {
        let json = r#"{"packages": [{"name": "a", "manifest_path": "/x/Cargo.toml", "dependencies": [
            {"name": "b", "kind": null, "uses_default_features": true},
            {"name": "c", "kind": "dev", "uses_default_features": false}]}]}"#;
        let crates = Crate::from_metadata(json).unwrap();
        assert_eq!(crates[0].real().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["b"]);
        assert!(crates[0].depends_on[1].dev);
        assert!(Crate::from_metadata(r#"{"packages": [{}]}"#).is_err());
    }
}
