//! Which package may depend on which, and the short list of what the pure core may depend on.

use super::crates::Crate;

/// Every package of the workspace with the packages of the workspace it may depend on. Tests are free to use
/// `autocommit-test-support` as well.
const ALLOWED: [(&str, &[&str]); 23] = [
    ("autocommit-core", &["autocommit-secret"]),
    ("autocommit-git", &["autocommit-core"]),
    ("autocommit-watch", &["autocommit-core"]),
    ("autocommit-message", &["autocommit-core", "autocommit-secret", "autocommit-web"]),
    ("autocommit-llama", &["autocommit-core", "autocommit-web"]),
    ("autocommit-keyring", &[]),
    ("autocommit-power", &[]),
    ("autocommit-web", &[]),
    ("autocommit-secret", &[]),
    ("autocommit-store", &["autocommit-core"]),
    (
        "autocommit-engine",
        &[
            "autocommit-core",
            "autocommit-git",
            "autocommit-watch",
            "autocommit-keyring",
            "autocommit-message",
            "autocommit-llama",
            "autocommit-power",
            "autocommit-secret",
            "autocommit-store",
        ],
    ),
    ("autocommit-api", &["autocommit-core", "autocommit-engine"]),
    (
        "autocommit-host",
        &[
            "autocommit-core",
            "autocommit-git",
            "autocommit-watch",
            "autocommit-message",
            "autocommit-store",
            "autocommit-engine",
            "autocommit-api",
            "autocommit-report",
        ],
    ),
    (
        "autocommit",
        &[
            "autocommit-core",
            "autocommit-engine",
            "autocommit-api",
            "autocommit-host",
            "autocommit-report",
            "autocommit-web",
        ],
    ),
    ("autocommit-panel", &["autocommit-core", "autocommit-api"]),
    ("autocommit-report", &["autocommit-core", "autocommit-api", "autocommit-panel", "autocommit-web"]),
    (
        "autocommit-desktop",
        &[
            "autocommit-core",
            "autocommit-engine",
            "autocommit-api",
            "autocommit-host",
            "autocommit-panel",
            "autocommit-web",
        ],
    ),
    (
        "xtask",
        &["autocommit-core", "autocommit-api", "autocommit-message", "autocommit-store", "autocommit-web"],
    ),
    ("autocommit-book", &[]),
    ("autocommit-test-support", &["autocommit-core"]),
    ("autocommit-promises", &["autocommit-test-support"]),
    ("autocommit-desktop-tests", &["autocommit-test-support"]),
    ("autocommit-e2e", &["autocommit-core", "autocommit-api", "autocommit-test-support"]),
];

/// All that the core may depend on (A1).
const CORE: [&str; 9] = [
    "autocommit-secret",
    "globset",
    "jiff",
    "schemars",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "toml_edit",
];

/// What brings a webview, a window or a tray along (A11): one of these, or a plugin of the first.
const OF_A_DESKTOP: [&str; 6] = ["tauri", "wry", "tao", "gtk", "webkit2gtk", "ksni"];

/// Each broken arrow as a sentence.
pub(super) fn check(crates: &[Crate]) -> Vec<String> {
    let mut broken = Vec::new();
    let is_ours = |name: &str| crates.iter().any(|other| other.name == name);
    for one in crates {
        let name = one.name.as_str();
        let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
            broken.push(format!("{name} has no place in the arrows: add it to tidy/arrows.rs"));
            continue;
        };
        for dependency in one.depends_on.iter().filter(|dependency| is_ours(&dependency.name)) {
            let to = dependency.name.as_str();
            let test_tools = dependency.dev && to == "autocommit-test-support";
            if !allowed.contains(&to) && !test_tools {
                let tests = if dependency.dev { " (in its tests)" } else { "" };
                broken.push(format!("forbidden arrow {name} -> {to}{tests}"));
            }
        }
        if name != "autocommit-git" && one.depends_on.iter().any(|dependency| dependency.name == "git2") {
            broken.push(format!("A2: only autocommit-git may depend on git2, not {name}"));
        }
        if name == "autocommit-core" {
            broken.extend(core(one));
        }
        let of_a_desktop = |name: &str| name.starts_with("tauri-") || OF_A_DESKTOP.contains(&name);
        for dependency in one.depends_on.iter().filter(|dependency| of_a_desktop(&dependency.name)) {
            if name != "autocommit-desktop" {
                broken.push(format!("A11: only autocommit-desktop may depend on {}", dependency.name));
            }
        }
    }
    broken
}

fn core(one: &Crate) -> Vec<String> {
    let mut broken = Vec::new();
    for dependency in one.real() {
        if !CORE.contains(&dependency.name.as_str()) {
            broken.push(format!("A1: the core may not depend on {}", dependency.name));
        }
        if dependency.name == "jiff" && dependency.default_features {
            broken
                .push("A1: jiff in the core needs default-features = false (they read the clock)".to_owned());
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::super::crates::Dependency;
    use super::*;

    fn package(name: &str, depends_on: &[&str]) -> Crate {
        let real = |name: &&str| Dependency { name: (*name).to_owned(), dev: false, default_features: false };
        let depends_on = depends_on.iter().map(real).collect();
        Crate { name: name.to_owned(), manifest: "Cargo.toml".into(), depends_on }
    }

    fn broken(mut crates: Vec<Crate>) -> Vec<String> {
        for (name, _) in ALLOWED {
            if !crates.iter().any(|one| one.name == name) {
                crates.push(package(name, &[]));
            }
        }
        check(&crates)
    }

    #[test]
    fn the_arrows_of_the_house_are_allowed() {
        let all: Vec<_> = ALLOWED.iter().map(|(name, allowed)| package(name, allowed)).collect();
        assert_eq!(broken(all), Vec::<String>::new());
    }

    #[test]
    fn each_forbidden_arrow_is_named() {
        for (from, to) in [
            ("autocommit-core", "autocommit-git"),
            ("autocommit-git", "autocommit-store"),
            ("autocommit-message", "autocommit-watch"),
            ("autocommit-llama", "autocommit-message"),
            ("autocommit-engine", "autocommit-api"),
            ("autocommit-api", "autocommit-git"),
            ("autocommit-api", "autocommit-host"),
            ("autocommit", "autocommit-git"),
            ("autocommit-host", "autocommit"),
            ("autocommit-panel", "autocommit-engine"),
            ("autocommit-host", "autocommit-panel"),
            ("autocommit-panel", "autocommit-report"),
            ("autocommit-report", "autocommit-host"),
        ] {
            let found = broken(vec![package(from, &[to])]);
            assert!(found.contains(&format!("forbidden arrow {from} -> {to}")), "{found:?}");
        }
    }

    #[test]
    fn tests_may_use_the_test_tools_and_no_sibling() {
        let mut git = package("autocommit-git", &["autocommit-test-support", "autocommit-store"]);
        git.depends_on.iter_mut().for_each(|dependency| dependency.dev = true);
        assert_eq!(broken(vec![git]), ["forbidden arrow autocommit-git -> autocommit-store (in its tests)"]);
    }

    #[test]
    fn the_core_is_pure() {
        let mut core = package("autocommit-core", &["serde", "tokio", "jiff"]);
        core.depends_on[2].default_features = true;
        let found = broken(vec![core]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("tokio") && found[1].contains("jiff"));
    }

    #[test]
    fn only_the_desktop_app_brings_a_webview() {
        assert_eq!(
            broken(vec![package("autocommit-desktop", &["tauri", "tauri-plugin-x", "ksni"])]),
            [""; 0]
        );
        for library in ["tauri", "tauri-build", "webkit2gtk", "ksni"] {
            let found = broken(vec![package("autocommit-panel", &[library])]);
            assert_eq!(found, [format!("A11: only autocommit-desktop may depend on {library}")]);
        }
    }

    #[test]
    fn git2_and_strangers() {
        assert_eq!(broken(vec![package("autocommit-git", &["git2"])]), Vec::<String>::new());
        assert!(broken(vec![package("autocommit-engine", &["git2"])])[0].starts_with("A2"));
        assert!(broken(vec![package("autocommit-extra", &[])])[0].contains("no place"));
    }
}
