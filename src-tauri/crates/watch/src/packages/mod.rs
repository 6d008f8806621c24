//! Packages told by their manifests: which file names count, and what becomes of the manifests of one folder.
//!
//! A manifest is text of somebody else: at most 256 KiB of it are read, only from a regular file, and what cannot be
//! understood gives the folder's name.

mod names;

use crate::read::{Links, read_start};
use autocommit_core::{
    repo::Package,
    text::{escape_controls, shortened},
};
use std::{ffi::OsStr, ffi::OsString, path::Path};

/// Longest manifest read, in bytes.
const MANIFEST_LIMIT: usize = 256 * 1024;
/// Longest package name shown, in characters.
const NAME_LIMIT: usize = 120;

/// A file that makes its folder a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manifest {
    Cargo,
    CMake,
    Composer,
    CsProj,
    Deno,
    GemFile,
    GemSpec,
    Go,
    Gradle,
    Maven,
    Mix,
    Npm,
    Pubspec,
    PyProject,
    SetupCfg,
    SetupPy,
    Swift,
}

impl Manifest {
    /// Tells a manifest by its file name.
    pub(crate) fn of(name: &OsStr) -> Option<Self> {
        let name = name.to_str()?;
        Some(match name {
            "Cargo.toml" => Self::Cargo,
            "CMakeLists.txt" => Self::CMake,
            "composer.json" => Self::Composer,
            "deno.json" | "deno.jsonc" => Self::Deno,
            "Gemfile" => Self::GemFile,
            "go.mod" => Self::Go,
            "build.gradle" | "build.gradle.kts" => Self::Gradle,
            "pom.xml" => Self::Maven,
            "mix.exs" => Self::Mix,
            "package.json" => Self::Npm,
            "pubspec.yaml" => Self::Pubspec,
            "pyproject.toml" => Self::PyProject,
            "setup.cfg" => Self::SetupCfg,
            "setup.py" => Self::SetupPy,
            "Package.swift" => Self::Swift,
            _ if name.ends_with(".csproj") => Self::CsProj,
            _ if name.ends_with(".gemspec") => Self::GemSpec,
            _ => return None,
        })
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::CMake => "cmake",
            Self::Composer => "composer",
            Self::CsProj => "dotnet",
            Self::Deno => "deno",
            Self::GemFile | Self::GemSpec => "ruby",
            Self::Go => "go",
            Self::Gradle => "gradle",
            Self::Maven => "maven",
            Self::Mix => "elixir",
            Self::Npm => "npm",
            Self::Pubspec => "dart",
            Self::PyProject | Self::SetupCfg | Self::SetupPy => "python",
            Self::Swift => "swift",
        }
    }

    /// Of several manifests of one kind in a folder the lowest rank speaks for it.
    fn rank(self) -> u8 {
        match self {
            Self::SetupCfg | Self::GemFile => 1,
            Self::SetupPy => 2,
            _ => 0,
        }
    }
}

/// What one manifest says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// A package of this name.
    Named(String),
    /// A package without a name that could be read.
    Unnamed,
    /// No package: a virtual workspace, a file of tool settings.
    NoPackage,
}

/// Adds the packages of the folder `dir` inside `work_tree` whose manifest files are `manifests`.
pub(crate) fn collect(
    work_tree: &Path,
    dir: &Path,
    manifests: &[(Manifest, OsString)],
    packages: &mut Vec<Package>,
) {
    let mut manifests: Vec<_> = manifests.iter().collect();
    manifests.sort_by_key(|(manifest, name)| (manifest.rank(), name));
    let first = packages.len();
    let mut nameless: Vec<Manifest> = Vec::new();
    for (manifest, file) in manifests {
        let kind = manifest.kind();
        let known = packages[first..].iter().any(|p| p.kind == kind);
        if (known && *manifest != Manifest::CsProj) || (*manifest == Manifest::CMake && dir != work_tree) {
            continue;
        }
        match tell(*manifest, &dir.join(file), file) {
            Told::Named(name) => packages.push(package(kind, &name, work_tree, dir)),
            Told::Unnamed => nameless.push(*manifest),
            Told::NoPackage => {}
        }
    }
    for manifest in nameless {
        if !packages[first..].iter().any(|p| p.kind == manifest.kind()) {
            packages.push(package(manifest.kind(), &folder_name(dir), work_tree, dir));
        }
    }
}

fn tell(manifest: Manifest, path: &Path, file: &OsStr) -> Told {
    match manifest {
        Manifest::Gradle | Manifest::GemFile => return Told::Unnamed,
        Manifest::CsProj => {
            let stem = Path::new(file).file_stem().unwrap_or(file);
            return Told::Named(stem.to_string_lossy().into_owned());
        }
        _ => {}
    }
    match read_start(path, MANIFEST_LIMIT, Links::Refuse) {
        Some((bytes, true)) => names::tell(manifest, &String::from_utf8_lossy(&bytes)),
        Some((_, false)) | None => Told::Unnamed,
    }
}

fn package(kind: &str, name: &str, work_tree: &Path, dir: &Path) -> Package {
    let relative = dir.strip_prefix(work_tree).unwrap_or(dir);
    let parts: Vec<_> = relative.iter().map(OsStr::to_string_lossy).collect();
    let path = if parts.is_empty() { ".".to_owned() } else { parts.join("/") };
    let name = name.trim();
    let name = if name.is_empty() { folder_name(dir) } else { name.to_owned() };
    let name = shortened(&escape_controls(&name), NAME_LIMIT);
    Package { kind: kind.to_owned(), name, path: escape_controls(&path) }
}

fn folder_name(dir: &Path) -> String {
    dir.file_name().unwrap_or(dir.as_os_str()).to_string_lossy().into_owned()
}
