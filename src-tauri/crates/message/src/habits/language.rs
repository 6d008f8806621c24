//! The natural language of past subjects, told by script and by small words.

const SMALL_WORDS: &[(&str, &[&str])] = &[
    (
        "German",
        &[
            "und",
            "für",
            "der",
            "die",
            "das",
            "nicht",
            "ist",
            "hinzugefügt",
            "entfernt",
            "mit",
            "bei",
            "geändert",
            "von",
        ],
    ),
    (
        "French",
        &[
            "et",
            "pour",
            "le",
            "la",
            "les",
            "des",
            "une",
            "du",
            "ajout",
            "ajoute",
            "dans",
            "sur",
            "correction",
        ],
    ),
    (
        "Spanish",
        &[
            "y", "para", "el", "los", "las", "una", "del", "con", "agrega", "agregar", "añade", "corrige",
            "por",
        ],
    ),
    (
        "Portuguese",
        &["e", "para", "os", "uma", "do", "da", "com", "adiciona", "adicionar", "corrige", "não", "em"],
    ),
    ("Italian", &["e", "per", "il", "gli", "una", "del", "della", "con", "aggiunto", "aggiunta", "nel"]),
    ("Dutch", &["en", "voor", "het", "een", "niet", "van", "toegevoegd", "bij", "naar"]),
    ("Polish", &["i", "dla", "nie", "się", "dodano", "usunięto", "poprawka", "na"]),
    (
        "English",
        &[
            "and", "for", "the", "of", "to", "with", "from", "in", "not", "when", "add", "fix", "update",
            "remove",
        ],
    ),
];

/// The language that most of these texts are in; English where nothing speaks against it.
pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> &'static str {
    let mut scores = [0usize; SMALL_WORDS.len()];
    let (mut all, mut scripts) =
        (0usize, [("Chinese", 0usize), ("Japanese", 0), ("Korean", 0), ("Russian", 0)]);
    for text in texts {
        all += 1;
        let has = |from: char, to: char| text.chars().any(|c| (from..=to).contains(&c));
        let (kana, han) = (has('\u{3040}', '\u{30ff}'), has('\u{4e00}', '\u{9fff}'));
        scripts[0].1 += usize::from(han && !kana);
        scripts[1].1 += usize::from(kana);
        scripts[2].1 += usize::from(has('\u{ac00}', '\u{d7a3}'));
        scripts[3].1 += usize::from(has('\u{400}', '\u{4ff}'));
        for word in text.split(|c: char| !c.is_alphanumeric()) {
            let word = word.to_lowercase();
            for (score, (_, words)) in scores.iter_mut().zip(SMALL_WORDS) {
                *score += usize::from(words.contains(&word.as_str()));
            }
        }
    }
    if let Some((name, _)) = scripts.iter().find(|(_, n)| *n * 2 > all) {
        return name;
    }
    let english = scores[SMALL_WORDS.len() - 1];
    let best = scores.iter().enumerate().max_by_key(|(i, n)| (**n, *i)).map_or(0, |(i, _)| i);
    if scores[best] >= 5 && scores[best] > english * 2 { SMALL_WORDS[best].0 } else { "English" }
}

#[cfg(test)]
mod tests {
    #[test]
    fn languages_are_told_apart() {
        for (text, language) in [
            ("add the parser and fix a test", "English"),
            ("Parser für die Liste hinzugefügt und nicht mit der", "German"),
            ("исправить ошибку", "Russian"),
            ("修复错误", "Chinese"),
            ("", "English"),
        ] {
            assert_eq!(super::of([text; 4].into_iter()), language, "{text}");
        }
    }
}
