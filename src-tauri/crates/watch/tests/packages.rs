//! Packages of every kind, in one real work tree.
#![allow(unused_crate_dependencies)]

mod support;

use support::Yard;

fn listed(yard: &Yard) -> Vec<(String, String, String)> {
    let found = yard.discover();
    let packages = &found.repos[0].packages;
    packages.iter().map(|p| (p.path.clone(), p.kind.clone(), p.name.clone())).collect()
}

#[test]
fn packages_of_each_kind() {
    let yard = Yard::new();
    yard.bones("r");
    for (file, text) in [
        ("CMakeLists.txt", "project(whole C)\n"),
        ("Cargo.toml", "[workspace]\n"),
        ("package.json", "{\"private\": true}"),
        ("cargo/Cargo.toml", "[package]\nname = 'c'\n"),
        ("composer/composer.json", "{\"name\": \"v/p\"}"),
        ("dart/pubspec.yaml", "name: d\n"),
        ("deno/deno.json", "{}"),
        ("dotnet/App.Web.csproj", "<Project/>"),
        ("dotnet/App.Core.csproj", "<Project/>"),
        ("dotnet/App.sln", ""),
        ("elixir/mix.exs", "app: :ex,\n"),
        ("gem/Gemfile", "gem 'rails'\n"),
        ("gem/x.gemspec", "s.name = 'g'\n"),
        ("go/go.mod", "module example.org/x\n"),
        ("gradle/build.gradle.kts", ""),
        ("gradle/build.gradle", ""),
        ("lib/CMakeLists.txt", "project(part)\n"),
        ("maven/pom.xml", "<project><artifactId>m</artifactId></project>"),
        ("py/pyproject.toml", "[project]\nname = 'p'\n"),
        ("py/setup.py", "setup(name='q')\n"),
        ("py2/setup.cfg", "[flake8]\n"),
        ("py2/setup.py", "setup(name='q')\n"),
        ("py3/pyproject.toml", "[tool.black]\n"),
        ("swift/Package.swift", "name: \"S\""),
        ("web/app/package.json", "{\"name\": \"@w/app\"}"),
        ("web/node_modules/dep/package.json", "{\"name\": \"dep\"}"),
        ("web/bad/package.json", "{\"name\": "),
        ("1/2/3/4/5/package.json", "{\"name\": \"five\"}"),
        ("1/2/3/4/5/6/package.json", "{\"name\": \"six\"}"),
    ] {
        yard.file(&format!("r/{file}"), text);
    }
    let expected = [
        (".", "cmake", "whole"),
        (".", "npm", "r"),
        ("1/2/3/4/5", "npm", "five"),
        ("cargo", "cargo", "c"),
        ("composer", "composer", "v/p"),
        ("dart", "dart", "d"),
        ("deno", "deno", "deno"),
        ("dotnet", "dotnet", "App.Core"),
        ("dotnet", "dotnet", "App.Web"),
        ("elixir", "elixir", "ex"),
        ("gem", "ruby", "g"),
        ("go", "go", "example.org/x"),
        ("gradle", "gradle", "gradle"),
        ("maven", "maven", "m"),
        ("py", "python", "p"),
        ("py2", "python", "q"),
        ("swift", "swift", "S"),
        ("web/app", "npm", "@w/app"),
        ("web/bad", "npm", "bad"),
    ];
    let expected = expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()));
    assert_eq!(listed(&yard), expected);
}

#[test]
fn manifests_that_are_no_plain_files_are_not_opened() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let yard = Yard::new();
    yard.bones("r");
    yard.folder("r/go.mod");
    mknodat(CWD, yard.path("r/package.json"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    yard.file("elsewhere", "[package]\nname = 'elsewhere'\n");
    std::os::unix::fs::symlink(yard.path("elsewhere"), yard.path("r/Cargo.toml")).unwrap();
    yard.folder("pipe");
    mknodat(CWD, yard.path("pipe/.git"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    assert_eq!(listed(&yard), []);
}

#[test]
fn names_are_harmless_and_bounded() {
    let yard = Yard::new();
    yard.bones("r");
    let long = "x".repeat(5000);
    yard.file("r/package.json", &format!("{{\"name\": \"a\\u001b[2J{long}\"}}"));
    yard.file(
        "r/big/composer.json",
        &format!("{{\"name\": \"hidden\", \"x\": \"{}\"}}", "y".repeat(300_000)),
    );
    let packages = listed(&yard);
    assert!(packages[0].2.starts_with("a\\u{1b}[2J"));
    assert_eq!(packages[0].2.chars().count(), 120);
    assert_eq!(packages[1].2, "big", "a manifest over the limit is not half understood");
}
