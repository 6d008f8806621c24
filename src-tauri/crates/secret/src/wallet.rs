//! The words that a wallet is restored from.

use crate::input::Input;
use std::{collections::BTreeSet, ops::Range};

/// Bytes behind the literal that are looked at.
const WINDOW: usize = 400;

/// Twelve to twenty-four short words behind a literal that announces them. Well-known phrases for tests repeat a word.
pub(crate) fn words(input: &Input<'_>, literal: Range<usize>) -> Option<Range<usize>> {
    let near = &input.bytes[literal.end..input.bytes.len().min(literal.end + WINDOW)];
    let start = near.iter().position(|b| matches!(b, b'=' | b':'))? + 1;
    if start > 24 {
        return None;
    }
    let (mut words, mut at, mut end) = (Vec::new(), start, start);
    while at < near.len() {
        let length = near[at..].iter().take_while(|b| b.is_ascii_lowercase()).count();
        if length == 0 {
            // Between words only spaces and commas count, before the first one also quotes and brackets.
            let between = matches!(near[at], b' ' | b',' | b'\t')
                || words.is_empty() && matches!(near[at], b'"' | b'\'' | b'`' | b'[' | b'(' | b'=');
            if !between {
                break;
            }
            at += 1;
        } else if (3..=8).contains(&length) {
            words.push(&near[at..at + length]);
            at += length;
            end = at;
        } else {
            break;
        }
    }
    let different: BTreeSet<_> = words.iter().collect();
    let enough = matches!(words.len(), 12 | 15 | 18 | 21 | 24) && different.len() + 3 >= words.len();
    enough.then(|| literal.end + start..literal.end + end)
}
