//! What a staged tree holds, entry by entry: read from the objects themselves, so that what is judged is what would be
//! committed.

use crate::path::RepoPath;
use autocommit_secret::{Found, scan};

/// One entry of a tree that differs from its parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The path.
    pub path: RepoPath,
    /// What was found there.
    pub seen: Seen,
}

/// What an entry holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A file or a link, read whole.
    Bytes(Bytes),
    /// A file that is too large to be read: nothing is known of it.
    TooLarge,
    /// A pointer to a commit of another repository.
    Pointer {
        /// `.gitmodules` has it, so it is a submodule and not a repository that happens to lie there.
        listed: bool,
        /// The other repository's remote was seen to have that commit.
        published: bool,
    },
}

/// What was found in the bytes of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bytes {
    /// Passwords, tokens and keys.
    pub secrets: Vec<Found>,
    /// Blocks between conflict markers.
    pub conflicts: usize,
    /// Blocks between conflict markers that the parent's file had already.
    pub conflicts_before: usize,
    /// The filter that attributes name for it.
    pub filter: Option<Filter>,
}

/// What came of a filter that should have changed a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Its name, as in `filter=name`.
    pub name: String,
    /// A program is configured for it, and where the result can be recognised, it is there.
    pub ran: bool,
}

impl Bytes {
    /// Looks at the bytes of a file.
    pub fn of(path: &RepoPath, bytes: &[u8]) -> Self {
        let secrets = scan(path.as_bytes(), bytes);
        Self { secrets, conflicts: conflicts(bytes), ..Self::default() }
    }
}

/// Counts the blocks that begin with a line of seven `<` and end with a line of seven `>`, as git writes them.
pub fn conflicts(bytes: &[u8]) -> usize {
    let marks = |line: &[u8], mark: u8| {
        let (start, rest) = line.split_at_checked(7).unwrap_or_default();
        start.len() == 7
            && start.iter().all(|b| *b == mark)
            && matches!(rest.first(), None | Some(b' ' | b'\r'))
    };
    let (mut blocks, mut open) = (0, false);
    for line in bytes.split(|b| *b == b'\n') {
        if marks(line, b'<') {
            open = true;
        } else if open && marks(line, b'>') {
            open = false;
            blocks += 1;
        }
    }
    blocks
}

/// Whether a filter that changes what it stores in a way that can be recognised has done so. An empty file stays empty.
pub fn transformed(filter: &str, bytes: &[u8]) -> bool {
    match filter {
        _ if bytes.is_empty() => true,
        "lfs" => is_lfs_pointer(bytes),
        name if name.starts_with("git-crypt") => bytes.starts_with(b"\0GITCRYPT\0"),
        _ => true,
    }
}

/// Whether a blob is a pointer of Git LFS (its specification, version 1: the first line, and less than 1,024 bytes).
pub fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.len() < 1024 && bytes.starts_with(b"version https://git-lfs.github.com/spec/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_between_markers() {
        let block = "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> topic\n";
        for (text, count) in [
            (block.to_owned(), 1),
            (block.repeat(3), 3),
            (block.replace('\n', "\r\n"), 1),
            (block.replace("=======", "||||||| base\nold\n======="), 1),
            ("Title\n=======\n\ntext\n".to_owned(), 0),
            ("<<<<<<< HEAD\nonly an opening one\n".to_owned(), 0),
            (">>>>>>> closing first\n<<<<<<< HEAD\n".to_owned(), 0),
            ("a <<<<<<< HEAD\n>>>>>>> b\n".to_owned(), 0),
            ("<<<<<<<<<< ten\n>>>>>>>>>> ten\n".to_owned(), 0),
        ] {
            assert_eq!(conflicts(text.as_bytes()), count, "{text}");
        }
    }

    #[test]
    fn filters_that_can_be_recognised() {
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n";
        assert!(transformed("lfs", pointer) && !transformed("lfs", b"raw"));
        assert!(transformed("git-crypt", b"\0GITCRYPT\0xyz") && !transformed("git-crypt-key2", b"clear"));
        assert!(transformed("lfs", b"") && transformed("nbstrip", b"anything"));
    }
}
