//! The paths of an index file, and what in it makes `git status` depend on more than the files' own stats.
//!
//! Format: git's `gitformat-index`, versions 2 to 4 with SHA-1.

use super::Doubt;

/// Bytes of an entry before its flags: ten numbers of four bytes and an object id.
const BEFORE_FLAGS: usize = 60;
const MODE: usize = 24;
const GITLINK: u32 = 0o160_000;
const EXTENDED: u16 = 0x4000;
const ASSUME_VALID: u16 = 0x8000;
const STAGES: u16 = 0x3000;
const SKIP_WORKTREE: u16 = 0x4000;
const INTENT_TO_ADD: u16 = 0x2000;

/// Calls `each` with the path of every entry, and whether it is a submodule, in the order of the file; returns the first
/// thing in it that only git can judge.
///
/// # Errors
/// Where the file cannot be read as an index.
pub(super) fn paths(bytes: &[u8], mut each: impl FnMut(&[u8], bool)) -> Result<Option<Doubt>, Doubt> {
    let mut reader = Reader { bytes, at: 0 };
    let header = reader.take(12)?;
    let version = number(&header[4..8]);
    if &header[..4] != b"DIRC" || !(2..=4).contains(&version) {
        return Err(Doubt::Index);
    }
    let mut doubt = None;
    let mut path = Vec::new();
    for _ in 0..number(&header[8..12]) {
        let begin = reader.at;
        let fixed = reader.take(BEFORE_FLAGS)?;
        let mode = number(&fixed[MODE..MODE + 4]);
        let flags = reader.flags()?;
        let more = if version >= 3 && flags & EXTENDED != 0 { reader.flags()? } else { 0 };
        if version == 4 {
            let strip = reader.offset()?;
            let kept = path.len().checked_sub(strip).ok_or(Doubt::Index)?;
            path.truncate(kept);
        } else {
            path.clear();
        }
        path.extend_from_slice(reader.until_nul()?);
        if version < 4 {
            // Padded with one to eight NULs to a multiple of eight.
            reader.at = begin + (reader.at - begin).next_multiple_of(8);
        }
        let judged = match () {
            () if flags & STAGES != 0 => Some(Doubt::Unmerged),
            () if flags & ASSUME_VALID != 0 || more & SKIP_WORKTREE != 0 => Some(Doubt::Hidden),
            () if more & INTENT_TO_ADD != 0 => Some(Doubt::IntentToAdd),
            () if mode == GITLINK => Some(Doubt::Submodule),
            () => None,
        };
        doubt = doubt.or(judged);
        if path.ends_with(b"/") {
            return Err(Doubt::Sparse);
        }
        each(&path, mode == GITLINK);
    }
    Ok(doubt.or(extensions(&mut reader)?))
}

/// An extension that starts with a small letter changes what the entries mean; `FSMN` says what need not be looked at.
fn extensions(reader: &mut Reader<'_>) -> Result<Option<Doubt>, Doubt> {
    let checksum = 20;
    while reader.bytes.len() - reader.at > checksum {
        let head = reader.take(8)?;
        match &head[..4] {
            b"link" => return Err(Doubt::Split),
            b"sdir" => return Err(Doubt::Sparse),
            b"FSMN" => return Ok(Some(Doubt::Monitor)),
            [b'A'..=b'Z', ..] => {}
            _ => return Err(Doubt::Index),
        }
        let length = number(&head[4..8]);
        reader.take(usize::try_from(length).map_err(|_| Doubt::Index)?)?;
    }
    Ok(None)
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |n, byte| n << 8 | u32::from(*byte))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Doubt> {
        let end = self.at.checked_add(length).ok_or(Doubt::Index)?;
        let taken = self.bytes.get(self.at..end).ok_or(Doubt::Index)?;
        self.at = end;
        Ok(taken)
    }

    fn flags(&mut self) -> Result<u16, Doubt> {
        let two = self.take(2)?;
        Ok(u16::from_be_bytes([two[0], two[1]]))
    }

    /// How many bytes of the path before are dropped: the number format of pack files' `OFS_DELTA`.
    fn offset(&mut self) -> Result<usize, Doubt> {
        let mut byte = self.take(1)?[0];
        let mut value = usize::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = self.take(1)?[0];
            let next = value.checked_add(1).and_then(|v| v.checked_mul(128)).ok_or(Doubt::Index)?;
            value = next + usize::from(byte & 0x7f);
        }
        Ok(value)
    }

    fn until_nul(&mut self) -> Result<&'a [u8], Doubt> {
        let rest = self.bytes.get(self.at..).ok_or(Doubt::Index)?;
        let length = memchr::memchr(0, rest).ok_or(Doubt::Index)?;
        self.at += length + 1;
        Ok(&rest[..length])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_index_is_in_doubt() {
        let refused = |bytes: &[u8]| paths(bytes, |_, _| {}).unwrap_err();
        assert_eq!(refused(b""), Doubt::Index);
        assert_eq!(refused(b"DIRC\0\0\0\x05\0\0\0\0"), Doubt::Index);
        assert_eq!(refused(b"DIRC\0\0\0\x02\0\0\0\x01short"), Doubt::Index);
        let mut empty = b"DIRC\0\0\0\x02\0\0\0\0".to_vec();
        empty.extend([0; 20]);
        assert_eq!(paths(&empty, |_, _| {}), Ok(None));
        empty.splice(12..12, *b"link\0\0\0\0");
        assert_eq!(refused(&empty), Doubt::Split);
        empty[12..16].copy_from_slice(b"FSMN");
        assert_eq!(paths(&empty, |_, _| {}), Ok(Some(Doubt::Monitor)));
        empty[16..20].copy_from_slice(&[0xff; 4]);
        assert_eq!(paths(&empty, |_, _| {}), Ok(Some(Doubt::Monitor)));
        empty[12..16].copy_from_slice(b"TREE");
        assert_eq!(refused(&empty), Doubt::Index, "longer than the file");
    }
}
