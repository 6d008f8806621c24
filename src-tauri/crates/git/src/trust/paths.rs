//! Paths that are kept for long and seldom read.

use super::bytes_path;
use std::path::Path;

/// Paths one after the other, each without what it begins with like the one before it.
#[derive(Debug)]
pub(super) struct Paths(Box<[u8]>);

impl Paths {
    /// Keeps them in this order.
    pub(super) fn of<'a>(paths: impl Iterator<Item = &'a Path>) -> Self {
        let (mut kept, mut before) = (Vec::new(), &[][..]);
        for path in paths {
            let path = path.as_os_str().as_encoded_bytes();
            let same = path.iter().zip(before).take_while(|(one, other)| one == other).count();
            let rest = path.get(same..).unwrap_or_default();
            for length in [same, rest.len()] {
                kept.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
            }
            kept.extend(rest);
            before = path;
        }
        Self(kept.into())
    }

    /// Whether it is true of every one, as far as the first of which it is not.
    pub(super) fn all(&self, mut is: impl FnMut(&Path) -> bool) -> bool {
        let (mut left, mut path) = (&*self.0, Vec::new());
        while let Some((same, after)) = length(left) {
            let Some((rest, after)) = length(after).and_then(|(rest, after)| after.split_at_checked(rest))
            else {
                return false;
            };
            path.truncate(same);
            path.extend(rest);
            if !is(&bytes_path(&path)) {
                return false;
            }
            left = after;
        }
        true
    }
}

/// The length that comes next, and what is behind it.
fn length(left: &[u8]) -> Option<(usize, &[u8])> {
    let (length, after) = left.split_first_chunk()?;
    Some((usize::try_from(u32::from_le_bytes(*length)).ok()?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_come_back_as_they_were() {
        let all = ["/r/.git/HEAD", "/r/.git/HEAD/x", "", "/r/.git/logs", "/r/.git/logs", "/ä/b", "/ö/b"];
        let kept = Paths::of(all.iter().map(Path::new));
        let mut found = Vec::new();
        assert!(kept.all(|path| {
            found.push(path.to_owned());
            true
        }));
        assert_eq!(found, all.map(Path::new));
        assert!(kept.0.len() < 7 * 8 + 12 + 2 + 12 + 6 + 7, "what is the same is kept once");
        assert!(Paths::of([].into_iter()).all(|_| false));
    }

    #[test]
    fn the_first_that_is_not_so_ends_it() {
        let kept = Paths::of(["/a", "/b", "/c"].map(Path::new).into_iter());
        let mut asked = 0;
        assert!(!kept.all(|path| {
            asked += 1;
            path != Path::new("/b")
        }));
        assert_eq!(asked, 2);
    }
}
