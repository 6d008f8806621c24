//! The scanner: it looks for exactly the planted bytes, in clear, in UTF-16 and in base64, and shares nothing with ours.

use crate::canary::Canary;
use autocommit_test_support::Sandbox;
use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
};

const START: usize = 8;

/// What is looked for, by its first bytes.
pub(crate) struct Scanner(HashMap<[u8; START], Vec<(Vec<u8>, String)>>);

impl Scanner {
    pub(crate) fn new(canaries: &[&Canary]) -> Self {
        let mut by_start: HashMap<_, Vec<_>> = HashMap::new();
        for canary in canaries {
            // What all tokens of a kind begin with is left out: only what is this one's own counts.
            let own = &canary.text.as_bytes()[canary.text.len() / 3..];
            let units = || String::from_utf8(own.to_vec()).unwrap().encode_utf16().collect::<Vec<_>>();
            let little: Vec<u8> = units().into_iter().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = units().into_iter().flat_map(u16::to_be_bytes).collect();
            let encoded = (0..3).map(|shift| {
                let text = base64(&[&b"\0\0"[..shift], own].concat());
                // The characters at the ends depend on what stands beside it.
                text[4..text.len() - 4].to_vec()
            });
            for needle in [own.to_vec(), little, big].into_iter().chain(encoded) {
                let start: [u8; START] = needle[..START].try_into().unwrap();
                by_start.entry(start).or_default().push((needle, canary.place.clone()));
            }
        }
        Self(by_start)
    }

    /// The places whose secrets are in there.
    pub(crate) fn scan(&self, bytes: &[u8]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for at in 0..bytes.len().saturating_sub(START - 1) {
            let start: [u8; START] = bytes[at..at + START].try_into().unwrap();
            for (needle, place) in self.0.get(&start).into_iter().flatten() {
                if bytes[at..].starts_with(needle) {
                    found.insert(place.clone());
                }
            }
        }
        found
    }
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = Vec::new();
    for three in bytes.chunks(3) {
        let at = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        text.extend([18, 12, 6, 0].map(|shift| LETTERS[(bits >> shift & 63) as usize]));
    }
    text
}

/// For places that need it written so.
pub(crate) fn in_base64(text: &str) -> String {
    String::from_utf8(base64(text.as_bytes())).unwrap()
}

/// Every object of a repository as it was before git packed it, and the names of its refs.
pub(crate) fn objects_of(sandbox: &Sandbox, bare: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    if !bare.is_dir() {
        return all;
    }
    let listed =
        sandbox.git(bare, &["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"]);
    for line in listed.lines() {
        let (oid, kind) = line.split_once(' ').unwrap();
        let mut command = sandbox.git_command(bare);
        command.args(["cat-file", kind, oid]);
        all.push((format!("the {kind} {oid}"), command.output().unwrap().stdout));
    }
    let refs = sandbox.git(bare, &["for-each-ref", "--format=%(refname)"]);
    all.push(("the names of branches".to_owned(), refs.into_bytes()));
    all
}

/// Every file below a folder, without those in folders of these names.
pub(crate) fn files_below(folder: &Path, without: &[&str]) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_dir() && !without.iter().any(|name| path.ends_with(name)) {
            found.extend(files_below(&path, without));
        } else if kind.is_file() {
            found.push((path.display().to_string(), fs::read(&path).unwrap_or_default()));
        }
        found.push((format!("the name of {}", path.display()), path.display().to_string().into_bytes()));
    }
    found
}

#[test]
fn the_scanner_finds_what_it_is_given() {
    let canary = Canary::of("self-test", 0);
    let scanner = Scanner::new(&[&canary]);
    let line = format!("before {} after", canary.text);
    let utf16: Vec<u8> = line.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [
        line.clone().into_bytes(),
        utf16,
        in_base64(&line).into_bytes(),
        in_base64(&line[1..]).into_bytes(),
        in_base64(&line[2..]).into_bytes(),
    ] {
        assert_eq!(scanner.scan(&bytes).len(), 1, "{}", String::from_utf8_lossy(&bytes));
    }
    assert!(scanner.scan(b"nothing of it in here, and a good deal of text").is_empty());
}
