//! What one side of a change has and the other has not, for the words of a sentence.

use super::{
    evidence::{Evidence, Words},
    words::{Kind, Token, is_stop},
};

/// Whether something of it was there and stands nowhere now; `from` another thing no whole file went.
pub(super) fn gone(object: &[Token], from: bool, evidence: &Evidence) -> bool {
    let whole_file = evidence.lost_file && !from && telling(object).all(|t| stands(t, &evidence.removed));
    whole_file || telling(object).any(|t| is_gone(t, evidence))
}

/// Whether all of it stands on new lines, and some of it nowhere else.
pub(super) fn came(object: &[Token], evidence: &Evidence) -> bool {
    telling(object).all(|t| stands(t, &evidence.added)) && telling(object).any(|t| is_new(t, evidence))
}

pub(super) fn is_new(token: &Token, evidence: &Evidence) -> bool {
    let others = [&evidence.removed, &evidence.around, &evidence.unchanged];
    stands(token, &evidence.added) && !others.iter().any(|other| stands(token, other))
}

pub(super) fn is_gone(token: &Token, evidence: &Evidence) -> bool {
    let others = [&evidence.added, &evidence.around, &evidence.unchanged];
    stands(token, &evidence.removed) && !others.iter().any(|other| stands(token, other))
}

/// Whether something of it is there now and was not, and stands not beside it either; with `files` a new file may have it.
pub(super) fn news(object: &[Token], files: bool, evidence: &Evidence) -> bool {
    let fresh = files && evidence.new_file && telling(object).all(|t| stands(t, &evidence.fresh));
    fresh || telling(object).any(|t| is_new(t, evidence))
}

/// Whether each of it was there and is not.
pub(super) fn all_gone(object: &[Token], evidence: &Evidence) -> bool {
    telling(object).all(|t| is_gone(t, evidence))
}

/// The words that not every sentence has.
pub(super) fn telling(object: &[Token]) -> impl Iterator<Item = &Token> {
    object.iter().filter(|t| t.kind != Kind::Word || !is_stop(&t.text.to_lowercase()))
}

/// Whether a word stands on one side of a change, in some form; a name stands there as it is.
pub(super) fn stands(token: &Token, side: &Words) -> bool {
    match token.kind {
        // `bg-cancel` may be `BgCancel` there.
        Kind::Word => side.has_word(&token.text) || token.text.split('-').all(|part| side.has_word(part)),
        _ => side.has_name(&token.text),
    }
}

/// Whether at least half of what is said to have changed stands on changed lines or in paths.
pub(super) fn touched(object: &[Token], evidence: &Evidence) -> bool {
    let words = telling(object).filter(|t| t.kind == Kind::Word);
    let (mut there, mut all) = (0_usize, 0_usize);
    for token in words {
        all += 1;
        let word = token.text.to_lowercase();
        let changed = evidence.added.has_word(&word) || evidence.removed.has_word(&word);
        there +=
            usize::from(changed || evidence.paths.iter().any(|path| path.to_lowercase().contains(&word)));
    }
    2 * there >= all
}
