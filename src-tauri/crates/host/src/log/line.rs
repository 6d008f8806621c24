//! One line of the log: made harmless before anybody gets it, and taken apart for whoever looks for something.

use autocommit_core::text::{escape_controls, without_credentials, without_secrets};

/// Bytes of the longest line that is kept. Of more than `LOOKED_AT` the rest is not even looked at.
const LONGEST: usize = 8 << 10;
const LOOKED_AT: usize = 64 << 10;

/// Whatever was said as one line, without credentials, secrets, control characters or an end far away.
pub(super) fn harmless(said: &str) -> String {
    let said = said.trim_end_matches('\n');
    let begun = &said[..said.floor_char_boundary(LOOKED_AT)];
    let plain = without_credentials(begun);
    let plain = escape_controls(&without_secrets(&plain));
    // What is a secret was found out before anything is cut: half of one is not known for what it is. Only the very end of
    // what was looked at may be such a half.
    let longest = if begun.len() < said.len() { LONGEST.min(plain.len() / 2) } else { LONGEST };
    if plain.len() <= longest {
        return plain + "\n";
    }
    format!("{}… ({} bytes)\n", &plain[..plain.floor_char_boundary(longest)], said.len())
}

/// For a terminal: the time is dim, and how bad it is has a colour.
pub(super) fn coloured(line: &str) -> String {
    let Some((time, rest)) = line.split_once(' ') else { return line.to_owned() };
    let level = rest.trim_start().split(' ').next().unwrap_or_default();
    let colour = match level {
        "ERROR" => 31,
        "WARN" => 33,
        "INFO" => 32,
        "DEBUG" => 34,
        _ => 35,
    };
    let text = rest.trim_start().strip_prefix(level).unwrap_or_default();
    format!("\u{1b}[2m{time}\u{1b}[0m \u{1b}[{colour}m{level:>5}\u{1b}[0m{text}")
}

/// One line, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// When it was said, in UTC.
    pub time: &'a str,
    /// How bad it is: `ERROR`, `WARN`, `INFO`, `DEBUG` or `TRACE`.
    pub level: &'a str,
    /// The run that it belongs to.
    pub run: Option<&'a str>,
    /// That run's repository.
    pub repo: Option<String>,
    /// That run's cycle.
    pub cycle: Option<&'a str>,
    /// What was said.
    pub text: &'a str,
}

impl<'a> Line<'a> {
    /// Takes a line apart; nothing where it is none of the log's.
    pub fn of(line: &'a str) -> Option<Self> {
        let (time, rest) = line.split_once(' ')?;
        let (level, rest) = rest.trim_start().split_once(' ')?;
        let known = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"].contains(&level);
        if !known || !time.ends_with('Z') {
            return None;
        }
        let alone = Self { time, level, run: None, repo: None, cycle: None, text: rest };
        Some(in_repo(rest).unwrap_or(alone)).map(|line| Self { time, level, ..line })
    }

    /// Whether it belongs to a run in this repository.
    pub fn is_of(&self, repo: &str) -> bool {
        self.repo.as_deref().is_some_and(|said| said == repo || said == without_secrets(repo))
    }
}

/// `run{repo="…" id=… cycle=…}: …`, or another span that begins with a repository; spans of others may follow.
fn in_repo(rest: &str) -> Option<Line<'_>> {
    let (name, inside) = rest.split_once("{repo=\"")?;
    if !name.chars().all(|c| c.is_ascii_lowercase()) {
        return None;
    }
    let (repo, inside) = quoted(inside)?;
    let (fields, text) = inside.split_once('}')?;
    let field = |name| fields.split(' ').find_map(|field| field.strip_prefix(name));
    let text = text.strip_prefix(':')?.trim_start();
    Some(Line { time: "", level: "", run: field("id="), repo: Some(repo), cycle: field("cycle="), text })
}

/// What stands before the closing quote, as it was before it was quoted, and what comes behind.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        match c {
            '"' => return Some((out, &text[at + 1..])),
            '\\' => out.push(match rest.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' => '\0',
                'u' => {
                    let digits: String =
                        rest.by_ref().map(|(_, c)| c).skip(1).take_while(|c| *c != '}').collect();
                    u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)?
                }
                other => other,
            }),
            c => out.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_and_tells_no_secret() {
        let token = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
        let line =
            harmless(&format!("push to https://me:word@host/x with {token}\nsecond \u{1b}[31m line\n"));
        assert!(!line.contains("word") && !line.contains(token), "{line}");
        assert_eq!((line.matches('\n').count(), line.ends_with('\n')), (1, true), "{line}");
        assert!(!line.contains('\u{1b}'));
    }

    #[test]
    fn whatever_others_write_stays_one_line() {
        use autocommit_test_support::hostile::{corpus, raw};
        for text in &corpus().texts {
            let line = harmless(&format!("2026-02-03T04:05:06Z  WARN {}\n", &**text));
            assert_eq!((raw(&line), line.matches('\n').count()), (None, 1), "{line:?}");
            assert!(line.len() <= LONGEST + 40 && Line::of(line.trim_end()).is_some(), "{line:?}");
        }
    }

    #[test]
    fn a_line_ends_somewhere_and_never_in_the_middle_of_a_secret() {
        let token = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
        for before in [0, LONGEST - 20, LONGEST, LOOKED_AT - 20, LOOKED_AT, 10 * LOOKED_AT] {
            let said = format!("{} {token} {}", "é ".repeat(before / 3), "y".repeat(before));
            let line = harmless(&said);
            assert!(line.len() < LONGEST + 40 && line.ends_with('\n'), "{before}: {}", line.len());
            assert!(!line.contains("ghp_"), "{before}: {line}");
            assert_eq!(
                line.contains(&format!("{} bytes", said.len())),
                said.len() > LONGEST,
                "{before}: {line}"
            );
        }
    }

    #[test]
    fn what_a_line_belongs_to() {
        let path = "/w/a \"b\" } run{id=x\\y\u{202e}\n";
        let said =
            format!("2026-01-02T03:04:05.678901Z  WARN run{{repo={path:?} id=ab12 cycle=c-1}}: no }} luck\n");
        let line = harmless(&said);
        let line = Line::of(line.trim_end()).unwrap();
        assert_eq!((line.level, line.run, line.cycle), ("WARN", Some("ab12"), Some("c-1")));
        assert_eq!((line.repo.as_deref(), line.text), (Some(path), "no } luck"));
        assert!(line.is_of(path) && !line.is_of("/w/a"));
        let alone = Line::of("2026-01-02T03:04:05.678901Z  INFO settings read again").unwrap();
        assert_eq!((alone.run, alone.text), (None, "settings read again"));
        let packed = Line::of("2026-01-02T03:04:05Z  INFO maintenance{repo=\"/w/a\"}: packed").unwrap();
        assert_eq!((packed.repo.as_deref(), packed.run, packed.text), (Some("/w/a"), None, "packed"));
        for none in ["", "x", "a b c", "2026-01-02T03:04:05Z LOUD x"] {
            assert_eq!(Line::of(none), None, "{none}");
        }
    }

    #[test]
    fn colours_are_ours_and_change_no_word() {
        let line = harmless("2026-01-02T03:04:05Z  WARN it \u{1b}[2Jis\n");
        let mut plain = coloured(&line);
        for ours in ["\u{1b}[2m", "\u{1b}[0m", "\u{1b}[33m"] {
            plain = plain.replace(ours, "");
        }
        assert_eq!(plain, line);
        assert!(!plain.contains('\u{1b}'));
    }
}
