//! The folders of one look, their paths and names in one piece of memory: a thousand repositories have dozens each.

use super::sum::Folder;

/// Folders in the order in which they were looked at.
#[derive(Debug, Default)]
pub(super) struct Folders {
    /// Path and names of each, one after the other.
    bytes: Vec<u8>,
    places: Vec<Place>,
}

/// Where in the bytes a folder's path ends, and its names do.
#[derive(Debug)]
struct Place {
    path: usize,
    names: usize,
    sum: u64,
}

impl Folders {
    pub(super) fn push(&mut self, folder: Folder<'_>) {
        self.bytes.extend_from_slice(folder.path);
        let path = self.bytes.len();
        self.bytes.extend_from_slice(folder.names);
        self.places.push(Place { path, names: self.bytes.len(), sum: folder.sum });
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// From now on it takes no more memory than it needs.
    pub(super) fn packed(mut self) -> Self {
        self.bytes.shrink_to_fit();
        self.places.shrink_to_fit();
        self
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Folder<'_>> {
        let mut begin = 0;
        self.places.iter().map(move |Place { path, names, sum }| {
            let folder =
                Folder { path: &self.bytes[begin..*path], names: &self.bytes[*path..*names], sum: *sum };
            begin = *names;
            folder
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_out_is_what_went_in() {
        let all: [(&[u8], &[u8], u64); 4] =
            [(b"src\0", b"a\0b\0", 1), (b"empty\0", b"", 2), (b".\0", b".git\0", 3), (b"", b"", 4)];
        let mut folders = Folders::default();
        for (path, names, sum) in all {
            folders.push(Folder { path, names, sum });
        }
        let folders = folders.packed();
        let out: Vec<_> = folders.iter().map(|folder| (folder.path, folder.names, folder.sum)).collect();
        assert_eq!(out, all);
        assert_eq!((folders.len(), Folders::default().iter().count()), (4, 0));
    }
}
