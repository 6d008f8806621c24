//! Whether a message may stand in a history: what commitlint's conventional configuration asks, and what no program should
//! write. Stated here once more, without a call to the code that keeps it.

use super::{
    case::{Case, people},
    header::{Header, TYPES},
    text::{content, share},
};
use std::collections::BTreeSet;

/// What is wrong with a message; nothing where it is sound.
pub(super) fn breaches(case: &Case, subject: &str, body: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut breach = |broken: bool, what: &'static str| {
        if broken {
            found.push(what);
        }
    };
    let header = Header::of(subject);
    let length = subject.chars().count();
    breach(header.description.is_empty(), "empty");
    breach(length > 72, "longer than 72 characters");
    breach(subject.trim() != subject || subject.contains("  "), "needless space");
    breach(subject.ends_with(['.', ':', ',', '…']), "stop at the end");
    breach(subject.contains('\n'), "several lines");
    breach(subject.starts_with(['`', '"', '\'', '{', '<', '#', '*', '-']), "markup at the start");
    let whole = format!("{subject}\n{body}");
    breach(whole.chars().any(|c| c != '\n' && hidden(c)), "control or direction character");
    breach(body.lines().any(|line| line.chars().count() > 100), "long line in the body");
    breach(body.lines().any(trailer), "trailer");
    let lower = whole.to_lowercase();
    breach(lower.contains("```") || lower.contains("<think"), "fence or thinking");
    breach(
        ["[skip", "[ci", "[no ci", "***no_ci", "skip-checks"].iter().any(|s| lower.contains(s)),
        "CI switch",
    );
    breach(lower.contains("://") || lower.contains("www."), "address");
    breach(closes(&lower), "closes an issue");
    breach(header.breaking || lower.contains("breaking change"), "release marker");
    breach(chat(&lower, &names(case)), "speaks of the task");
    if case.conventional {
        let known = known_types(case);
        breach(header.kind.is_none(), "no type");
        breach(header.kind.is_some_and(|kind| !known.contains(kind)), "type not in use");
        breach(Header::of(header.description).kind.is_some(), "second type");
    } else {
        breach(header.kind.is_some(), "type where none are in use");
    }
    found
}

/// The types that people used before, and the usual ones.
fn known_types(case: &Case) -> BTreeSet<&str> {
    people(&case.background).filter_map(|subject| Header::of(subject).kind).chain(TYPES).collect()
}

/// Whether each name, number and file in the message occurs in the change, and a word of it does.
pub(super) fn grounded(case: &Case, subject: &str) -> bool {
    let mut change = String::from_utf8_lossy(&case.diff.patch).into_owned();
    for file in &case.diff.files {
        change.push('\n');
        change.push_str(&String::from_utf8_lossy(file.path.as_bytes()));
        if let autocommit_core::draft::FileStatus::Renamed { from } = &file.status {
            change.push('\n');
            change.push_str(&String::from_utf8_lossy(from.as_bytes()));
        }
    }
    let lower = change.to_lowercase();
    let description = Header::of(subject).description;
    let names_occur = description.split([' ', ',', '"', '`', '(', ')', '\'']).all(|word| {
        let word = word.trim_end_matches(['.', ':', '/']).trim_start_matches("./");
        let named = word.chars().skip(1).any(char::is_uppercase)
            || word.contains(['_', '/', '.', '@'])
            || word.starts_with("--");
        // A count of files or of dependencies is a number that no line of the change has.
        let counted = word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit());
        !named || counted || lower.contains(&word.to_lowercase())
    });
    let words = content(description);
    // Words within a name are words of it, as in the message.
    let said: BTreeSet<String> = content(&lower).into_iter().chain(content(&change)).collect();
    // Half of the words of a file template are a verb of ours.
    names_occur && share(words.intersection(&said).count(), words.len()) > 0.2
}

fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// `Token: value` at the start of a line, as git reads it.
fn trailer(line: &str) -> bool {
    let token = line.split(':').next().unwrap_or_default();
    line.contains(':') && token.len() > 1 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn closes(lower: &str) -> bool {
    let words: Vec<&str> = lower.split([' ', '\n', ':']).collect();
    words.windows(2).any(|pair| {
        let verb = pair[0].trim_end_matches(['d', 's']);
        ["close", "fix", "fixe", "resolve"].contains(&verb)
            && pair[1].trim_start_matches("gh-").starts_with('#')
    })
}

/// The paths of a change, in small letters.
fn names(case: &Case) -> String {
    let paths =
        case.diff.files.iter().map(|file| String::from_utf8_lossy(file.path.as_bytes()).to_lowercase());
    paths.collect::<Vec<_>>().join("\n")
}

/// Whether a message speaks to somebody; what a file is called is said of the file.
fn chat(lower: &str, names: &str) -> bool {
    let said = [
        "this commit",
        "the provided",
        "here is",
        "here's",
        "as an ai",
        "the diff",
        "git commit",
        "commit message",
    ];
    said.iter().any(|words| lower.contains(words) && !names.contains(words)) || lower.starts_with("sure")
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::draft::{Background, Diff, FileDiff, FileStatus, PastCommit};

    fn case(past: &str) -> Case {
        let commit = PastCommit {
            oid: autocommit_core::id::Oid::parse(&"1".repeat(40)).unwrap(),
            subject: past.to_owned(),
            author: "A <a@b.c>".to_owned(),
            ours: false,
            paths: Vec::new(),
        };
        let file = FileDiff {
            path: "src/lexer.rs".into(),
            status: FileStatus::Modified,
            added: 1,
            removed: 0,
            binary: false,
        };
        let diff = Diff { files: vec![file], patch: b"+fn next_token() {}".to_vec(), ..Diff::default() };
        Case::new("a/b", "x", None, diff, Background { past: vec![commit], files: Vec::new() })
    }

    #[test]
    fn breaches_are_named() {
        let typed = case("fix(x): y");
        assert_eq!(breaches(&typed, "fix(x): read all tokens", "- a line"), Vec::<&str>::new());
        for (subject, body, what) in [
            ("read all tokens", "", "no type"),
            ("zap: read", "", "no type"),
            ("deps: read", "", "type not in use"),
            ("fix: feat: read", "", "second type"),
            ("fix!: read", "", "release marker"),
            ("fix: read it.", "", "stop at the end"),
            ("fix: the provided diff", "", "speaks of the task"),
            ("fix: read", "Signed-off-by: x", "trailer"),
            ("fix: resolve #12", "", "closes an issue"),
            ("fix: see https://x", "", "address"),
            ("fix: a [skip ci]", "", "CI switch"),
            ("fix: ", "", "needless space"),
            ("fix: here is a lexer", "", "speaks of the task"),
        ] {
            assert!(
                breaches(&typed, subject, body).contains(&what),
                "{subject}: {:?}",
                breaches(&typed, subject, body)
            );
        }
        assert_eq!(breaches(&case("Read it"), "fix: read", ""), ["type where none are in use"]);
        assert_eq!(breaches(&case("Read it"), &"x".repeat(73), ""), ["longer than 72 characters"]);
    }

    #[test]
    fn what_is_not_in_the_change_is_noticed() {
        let case = case("x");
        for (subject, grounded_in) in [
            ("add next_token to lexer.rs", true),
            ("fix: add nextToken", false),
            ("add next_char", false),
            ("update lexer", true),
            ("improve everything else", false),
            ("read parser.rs", false),
        ] {
            assert_eq!(grounded(&case, subject), grounded_in, "{subject}");
        }
    }
}
