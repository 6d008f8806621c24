//! What a manifest calls its package. Formats with a parser at hand are parsed; of the others the one line that names
//! the package is looked for, and nothing in them is ever run.

use super::{Manifest, Told};
use serde_json::Value;
use toml_edit::{Document, Item};

/// Reads the name from the text of a manifest.
pub(super) fn tell(manifest: Manifest, text: &str) -> Told {
    let named =
        |name: Option<String>| name.filter(|n| !n.trim().is_empty()).map_or(Told::Unnamed, Told::Named);
    match manifest {
        Manifest::Cargo => cargo(text),
        Manifest::PyProject => pyproject(text),
        Manifest::Npm | Manifest::Composer | Manifest::Deno => named(json_name(text)),
        Manifest::Go => named(go_module(text)),
        Manifest::Maven => named(maven_artifact(text)),
        Manifest::Pubspec => named(line_value(text, "name:")),
        Manifest::SetupCfg => setup_cfg(text),
        Manifest::SetupPy => named(quoted_after(text, "name", '=')),
        Manifest::GemSpec => named(quoted_after(text, ".name", '=')),
        Manifest::Swift => named(quoted_after(text, "name", ':')),
        Manifest::Mix => named(elixir_app(text)),
        Manifest::CMake => cmake_project(text),
        Manifest::Gradle | Manifest::GemFile | Manifest::CsProj => Told::Unnamed,
    }
}

fn json_name(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    value.get("name")?.as_str().map(str::to_owned)
}

fn cargo(text: &str) -> Told {
    let Ok(document) = Document::parse(text) else { return Told::Unnamed };
    match document.get("package") {
        Some(package) => package.get("name").and_then(Item::as_str).map_or(Told::Unnamed, told),
        None => Told::NoPackage,
    }
}

fn pyproject(text: &str) -> Told {
    let Ok(document) = Document::parse(text) else { return Told::Unnamed };
    let project = document.get("project");
    let poetry = document.get("tool").and_then(|tool| tool.get("poetry"));
    let name = [project, poetry].into_iter().flatten().find_map(|table| table.get("name")?.as_str());
    match name {
        Some(name) => told(name),
        None if project.is_some() || poetry.is_some() || document.get("build-system").is_some() => {
            Told::Unnamed
        }
        None => Told::NoPackage,
    }
}

fn told(name: &str) -> Told {
    Told::Named(name.to_owned())
}

fn setup_cfg(text: &str) -> Told {
    let mut in_metadata = None;
    for line in text.lines() {
        if line.starts_with('[') {
            in_metadata = in_metadata.or_else(|| line.starts_with("[metadata]").then_some(()));
            if in_metadata.is_some() && !line.starts_with("[metadata]") {
                break;
            }
        } else if in_metadata.is_some()
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == "name"
        {
            return told(value.trim());
        }
    }
    in_metadata.map_or(Told::NoPackage, |()| Told::Unnamed)
}

fn go_module(text: &str) -> Option<String> {
    let name = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
    let name = name.split("//").next().filter(|n| !n.trim().is_empty()).unwrap_or(name);
    Some(name.trim().trim_matches(['"', '`']).to_owned())
}

/// The value behind an unindented `key`, without quotes and comment.
fn line_value(text: &str, key: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix(key))?;
    let value = value.split(" #").next().unwrap_or(value).trim();
    Some(value.trim_matches(['"', '\'']).to_owned())
}

/// The quoted text in the first `word <sign> "…"`, outside of lines that are comments.
fn quoted_after(text: &str, word: &str, sign: char) -> Option<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with('#') || line.starts_with("//") {
            continue;
        }
        for (at, _) in line.match_indices(word) {
            if word.starts_with(is_word) && line[..at].ends_with(is_word) {
                continue;
            }
            let rest = line[at + word.len()..].trim_start();
            let Some(rest) = rest.strip_prefix(sign).map(str::trim_start) else { continue };
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
            if let Some((name, _)) = rest[1..].split_once(quote) {
                return Some(name.to_owned());
            }
        }
    }
    None
}

fn elixir_app(text: &str) -> Option<String> {
    let rest = text.lines().find_map(|line| line.trim().strip_prefix("app:"))?;
    let name = rest.trim_start().strip_prefix(':')?;
    Some(name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
}

fn cmake_project(text: &str) -> Told {
    for line in text.lines() {
        let line = line.trim_start();
        if line.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("project"))
            && let Some(rest) = line[7..].trim_start().strip_prefix('(')
        {
            let end = |c: char| c.is_whitespace() || c == ')';
            let name = rest.trim_start().split(end).next().unwrap_or_default().trim_matches('"');
            let plain = !name.is_empty() && !name.contains('$');
            return if plain { told(name) } else { Told::Unnamed };
        }
    }
    Told::NoPackage
}

/// The `artifactId` directly below `project`; that of `parent` and of dependencies lies deeper.
fn maven_artifact(text: &str) -> Option<String> {
    let (mut depth, mut rest) = (0_usize, text);
    while let Some(at) = rest.find('<') {
        let tag = &rest[at..];
        if let Some(comment) = tag.strip_prefix("<!--") {
            rest = comment.split_once("-->")?.1;
            continue;
        }
        let (inner, after) = tag[1..].split_once('>')?;
        if inner.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !inner.starts_with(['!', '?']) && !inner.ends_with('/') {
            depth += 1;
            if depth == 2 && inner.split_whitespace().next() == Some("artifactId") {
                return Some(after.split('<').next()?.trim().to_owned());
            }
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_manifests() {
        let parent = "<?xml version='1.0'?><!-- <project><artifactId>no</artifactId> --><project xmlns='x'><parent>\
                      <artifactId>above</artifactId><relativePath/></parent><dependencies><dependency><artifactId>d\
                      </artifactId></dependency></dependencies><artifactId> mine </artifactId></project>";
        for (manifest, text, name) in [
            (Manifest::Npm, r#"{"name": "@a/b", "private": true}"#, "@a/b"),
            (Manifest::Npm, "\u{feff}{\"name\": \"bom\"}", "bom"),
            (Manifest::Composer, r#"{"name": "vendor/x"}"#, "vendor/x"),
            (Manifest::Deno, r#"{"name": "@s/x"}"#, "@s/x"),
            (Manifest::Cargo, "[package]\nname = 'c'\n", "c"),
            (Manifest::PyProject, "[project]\nname = 'p'\n", "p"),
            (Manifest::PyProject, "[tool.poetry]\nname = 'q'\n", "q"),
            (Manifest::SetupCfg, "[flake8]\nname = no\n[metadata]\nname = cfg\n", "cfg"),
            (Manifest::SetupPy, "setup(\n  # name='no'\n  filename='no', name = \"sp\",\n)", "sp"),
            (Manifest::Go, "// x\nmodule example.org/m // y\n", "example.org/m"),
            (Manifest::Maven, parent, "mine"),
            (Manifest::Pubspec, "description: x\nname: 'dart_x' # y\n", "dart_x"),
            (Manifest::GemSpec, "Gem::Specification.new do |s|\n  s.name = 'gem'\n", "gem"),
            (Manifest::Swift, "let package = Package(\n    name: \"Sw\",\n", "Sw"),
            (Manifest::Mix, "  def project do\n    [\n      app: :my_app,\n", "my_app"),
            (Manifest::CMake, "cmake_minimum_required(VERSION 3)\nPROJECT( \"cm\" C)\n", "cm"),
        ] {
            assert_eq!(tell(manifest, text), Told::Named(name.to_owned()), "{manifest:?}");
        }
    }

    #[test]
    fn what_is_no_package_and_what_has_no_name() {
        for (manifest, text, expected) in [
            (Manifest::Cargo, "[workspace]\nmembers = []\n", Told::NoPackage),
            (Manifest::Cargo, "[package\n", Told::Unnamed),
            (Manifest::Cargo, "[package]\nversion = '1'\n", Told::Unnamed),
            (Manifest::PyProject, "[tool.black]\nline-length = 1\n", Told::NoPackage),
            (Manifest::PyProject, "[build-system]\nrequires = []\n", Told::Unnamed),
            (Manifest::SetupCfg, "[flake8]\n", Told::NoPackage),
            (Manifest::CMake, "add_executable(x)\n", Told::NoPackage),
            (Manifest::CMake, "project(${NAME} C)\n", Told::Unnamed),
            (Manifest::Npm, "{", Told::Unnamed),
            (Manifest::Npm, r#"{"name": 3}"#, Told::Unnamed),
            (Manifest::Npm, r#"{"name": " "}"#, Told::Unnamed),
            (Manifest::Maven, "<project><artifactId", Told::Unnamed),
            (Manifest::Go, "module\n", Told::Unnamed),
            (Manifest::SetupPy, "setup(name=NAME)", Told::Unnamed),
            (Manifest::CMake, "проект(", Told::NoPackage),
        ] {
            assert_eq!(tell(manifest, text), expected, "{manifest:?}: {text}");
        }
    }
}
