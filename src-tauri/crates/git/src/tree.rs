//! Tree objects as git stores them.

use autocommit_core::id::Oid;

/// One entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreeEntry {
    /// As git stores it: `100644`, `40000`.
    pub(crate) mode: String,
    /// The name in its folder.
    pub(crate) name: Vec<u8>,
    /// The blob, tree or commit.
    pub(crate) oid: Oid,
}

impl TreeEntry {
    /// A file, not a link.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.mode.as_str(), "100644" | "100755" | "100664")
    }

    /// A folder.
    pub(crate) fn is_folder(&self) -> bool {
        self.mode == "40000"
    }
}

/// The tree that a commit object names first.
pub(crate) fn of_commit(commit: &[u8]) -> Option<Oid> {
    let line = commit.split(|b| *b == b'\n').next()?.strip_prefix(b"tree ")?;
    Oid::parse(std::str::from_utf8(line).ok()?)
}

/// `mode SP name NUL oid …`, the object in the raw bytes of names like `like`; as far as it can be read.
pub(crate) fn entries(mut tree: &[u8], like: &Oid) -> Vec<TreeEntry> {
    let width = like.as_str().len() / 2;
    let mut entries = Vec::new();
    while let Some((entry, rest)) = next(tree, width) {
        entries.push(entry);
        tree = rest;
    }
    entries
}

fn next(tree: &[u8], width: usize) -> Option<(TreeEntry, &[u8])> {
    let space = tree.iter().position(|b| *b == b' ')?;
    let (mode, rest) = (&tree[..space], &tree[space + 1..]);
    let end = rest.iter().position(|b| *b == 0)?;
    let (oid, left) = rest[end + 1..].split_at_checked(width)?;
    let entry = TreeEntry {
        mode: String::from_utf8_lossy(mode).into_owned(),
        name: rest[..end].to_vec(),
        oid: Oid::parse(&autocommit_core::id::hex(oid))?,
    };
    Some((entry, left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_in_a_row() {
        for width in [20, 32] {
            let (cut, whole) = (vec![0; width - 1], vec![0xab; width]);
            let tree =
                [&b"40000 .git hub\0"[..], &whole, b"100644 a\0", &whole, b"100644 cut\0", &cut].concat();
            let found = entries(&tree, &Oid::parse(&"1".repeat(2 * width)).unwrap());
            let told: Vec<_> =
                found.iter().map(|e| (e.is_folder(), e.is_file(), e.name.as_slice())).collect();
            assert_eq!(told, [(true, false, &b".git hub"[..]), (false, true, b"a")]);
            assert_eq!(found[1].oid.as_str(), "ab".repeat(width));
        }
    }

    #[test]
    fn the_tree_of_a_commit() {
        let oid = "a".repeat(40);
        let tree = of_commit(format!("tree {oid}\nparent {oid}\n").as_bytes());
        assert_eq!(tree.unwrap().as_str(), oid);
        assert_eq!(of_commit(b"object x"), None);
    }
}
