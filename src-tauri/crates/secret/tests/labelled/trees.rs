//! False holds: what would be held of ordinary trees of sources if every file in them were new.

use crate::told;
use autocommit_secret::{path_is_secret, scan};
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

/// Files of other people's packages that are held rightly: package, file, and why.
const RIGHTLY: &[(&str, &str, &str)] = &[
    ("git2-", "/src/cred.rs", "an RSA key, whole, that its tests log in with"),
    ("sqlx-", "/tests/certs/keys/ca.key", "a private key"),
    ("sqlx-", "/tests/certs/keys/client.key", "a private key"),
    ("sqlx-", "/tests/certs/keys/server.key", "a private key"),
    ("sqlx-", "/tests/certs/rsa/keys/ca.key", "a private key"),
    ("sqlx-", "/tests/certs/rsa/keys/client.key", "a private key"),
    ("sqlx-", "/tests/certs/rsa/keys/server.key", "a private key"),
];

fn files(folder: &Path, each: &mut impl FnMut(&Path)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && entry.file_name() != "target" && entry.file_name() != ".git" {
            files(&entry.path(), each);
        } else if kind.is_file() {
            each(&entry.path());
        }
    }
}

/// The folder of packages that cargo keeps, and in it the sources of every package that this workspace is made from: other
/// people's, and there on every machine that runs tests. What else somebody had cargo build says nothing of us.
fn packages() -> Vec<(PathBuf, PathBuf)> {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../Cargo.lock");
    let lock = fs::read_to_string(lock).unwrap();
    let value = |line: &str, key: &str| {
        line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"').map(str::to_owned)
    };
    let named = lock.split("[[package]]").filter_map(|package| {
        let of = |key: &str| package.lines().find_map(|line| value(line, key));
        Some(format!("{}-{}", of("name")?, of("version")?))
    });
    let named: Vec<String> = named.collect();
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let roots =
        fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten().map(|root| root.path());
    roots.flat_map(|root| named.iter().map(move |name| (root.clone(), root.join(name)))).collect()
}

#[test]
fn at_most_one_of_a_thousand_ordinary_files_is_held() {
    let (mut seen, mut rightly, mut bytes) = (0_usize, 0_usize, 0_usize);
    let (mut wrongly, mut by_rule) = (Vec::new(), BTreeMap::<&str, usize>::new());
    for (root, package) in packages() {
        files(&package, &mut |path| {
            let Ok(content) = fs::read(path) else { return };
            seen += 1;
            bytes += content.len();
            let shown = path.strip_prefix(&root).unwrap_or(path).display().to_string();
            let mut why: Vec<&str> =
                scan(shown.as_bytes(), &content).into_iter().map(|found| found.rule).collect();
            why.extend(path_is_secret(shown.as_bytes()));
            if why.is_empty() {
                return;
            }
            if RIGHTLY.iter().any(|(package, file, _)| shown.starts_with(package) && shown.ends_with(file)) {
                rightly += 1;
                return;
            }
            why.sort_unstable();
            why.dedup();
            why.iter().for_each(|rule| *by_rule.entry(rule).or_default() += 1);
            wrongly.push(format!("{shown}: {}", why.join(", ")));
        });
    }
    let figures = format!(
        "\nFalse holds: {} of {seen} files ({} MB) of other people's packages; {rightly} held rightly; by rule: {by_rule:?}\n",
        wrongly.len(),
        bytes / 1_000_000
    );
    told::say(&format!("{figures}{}", wrongly.join("\n")));
    told::keep(
        "secret-false-holds",
        &[("ordinary files", seen), ("held wrongly", wrongly.len()), ("held rightly", rightly)],
    );
    assert!(seen >= 1000, "the build has unpacked its packages somewhere: {seen} files seen");
    assert!(wrongly.len() * 1000 <= seen, "{figures}{wrongly:#?}");
}

/// Nothing of this package, its corpus least of all, looks like a secret to whoever scans it.
#[test]
fn the_scanner_itself_is_clean() {
    let (root, mut seen) = (Path::new(env!("CARGO_MANIFEST_DIR")), 0);
    files(root, &mut |path| {
        let shown = path.strip_prefix(root).unwrap_or(path).display().to_string();
        let found = scan(shown.as_bytes(), &fs::read(path).unwrap());
        assert!(found.is_empty(), "{shown}: {found:?}");
        seen += 1;
    });
    assert!(seen > 30);
}
