//! Words of English that every sentence may have, and the verbs that subjects begin with.

/// Words that every sentence has.
pub(crate) const STOP: &str = "\
    a an the and or of in on at to into onto from for with without by as is are be been was were it its this \
    that these those than then when while if where which who how what not no all any each every some more most \
    other only also so such too very via per up out off over under after before between during through instead \
    can could should will would may does do don t s has have now new old same their there they use using used \
    uses make makes let e g i etc vs both first last one two";

/// What people begin subjects with, in the imperative.
const VERBS: &str = "\
    adapt add adjust align allow append apply assign attach avoid await bind block build bump cache calculate \
    call cancel cast catch change check choose clarify clean cleanup clear close collapse combine compare \
    compile compute configure connect construct convert copy correct count create cut declare decode decrease \
    default define delay delete deprecate derive destroy detect determine disable display distinguish document \
    downgrade download drain drop duplicate embed emit enable encapsulate encode end enforce enhance ensure \
    escape evaluate exclude execute exit expand export expose extend extract fall fetch filter find fix flush \
    fold format forward gate generate group guard handle hide highlight hold ignore implement import improve \
    include increase indent index inherit initialize inject inline insert install integrate intercept introduce \
    invert invoke iterate join keep launch limit link list load lock log loosen lower make map mark match \
    measure mention merge migrate mock modify monitor move name normalize notify omit open optimize order \
    override overwrite parametrize parse pass perform permit persist pick pin polish populate prefer prepare \
    prepend preprocess preserve prevent print process propagate protect provide publish pull push query queue \
    quote raise re-enable read recognize record redirect reduce refactor refine reflect refresh register reject \
    relax release reload remove rename render reorder reorganize repeat replace report require reserve reset \
    resize resolve respect restore restrict restructure retrieve retry return reuse revert rewrite rotate round \
    run sanitize save scan schedule search select send separate set share shift shorten show silence simplify \
    skip slice sort spawn specify split start stop store streamline strip support suppress swap switch sync \
    terminate test throw tighten toggle track transform translate traverse treat trigger trim truncate try tweak \
    unexport unify unlock unset unwrap update upgrade upload use validate verify wait warn watch wrap write";

/// The imperative of a verb that a subject may begin with, whatever its form: `Added`, `adds`, `adding`.
pub(crate) fn imperative(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    VERBS.split(' ').find(|verb| {
        let Some(end) = word.strip_prefix(verb.strip_suffix('e').unwrap_or(verb)) else {
            return word
                .strip_suffix("ied")
                .or_else(|| word.strip_suffix("ies"))
                .is_some_and(|w| verb.strip_suffix('y') == Some(w));
        };
        let doubled = verb.chars().last().filter(|c| !"aeiouwxy".contains(*c));
        let end = match doubled {
            Some(c) if end.starts_with(c) && end.len() > 1 => &end[1..],
            _ => end,
        };
        match verb.ends_with('e') {
            true => ["e", "es", "ed", "ing"].contains(&end),
            false => ["", "s", "es", "ed", "ing"].contains(&end),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_in_any_form() {
        for (word, verb) in [
            ("Added", Some("add")),
            ("removes", Some("remove")),
            ("Removing", Some("remove")),
            ("dropped", Some("drop")),
            ("simplified", Some("simplify")),
            ("fixes", Some("fix")),
            ("passes", Some("pass")),
            ("set", Some("set")),
            ("parser", None),
            ("address", None),
        ] {
            assert_eq!(imperative(word), verb, "{word}");
        }
    }
}
