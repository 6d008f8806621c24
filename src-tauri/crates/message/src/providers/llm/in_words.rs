//! What a change says of itself in words: notes in a changelog, names of tests, and what became what in lines that hardly
//! differ. A small model finds none of it in a diff, and says it well where it is told.

use super::{excerpt, prompt::tame};
use crate::{changelog, facts::Facts, file_class::FileClass, only, patch::FilePatch};

/// Most lines of each kind.
const NOTES: usize = 2;
const TESTS: usize = 3;
const PAIRS: usize = 3;
/// Longest note, and longest part of a line that became another one, in characters.
const NOTE: usize = 140;
const PART: usize = 64;

/// The lines, the ones that say most last.
pub(crate) fn told(facts: &Facts<'_>) -> String {
    let (mut notes, mut tests, mut pairs) = (Vec::new(), Vec::new(), Some(Vec::new()));
    for change in facts.by_importance().filter(|c| !excerpt::is_secret(&c.file.path)) {
        let Some(shown) = change.shown.as_ref() else { continue };
        if matches!(change.class, FileClass::Lock | FileClass::Generated) {
            continue;
        }
        if changelog::is_one(&change.file.path.shown()) {
            notes.extend(excerpt::added(shown).iter().filter_map(|line| note(line)));
            continue;
        }
        if change.class == FileClass::Test {
            tests.extend(excerpt::added(shown).iter().filter_map(|line| test(line)));
        } else {
            pairs = pairs.and_then(|pairs| became(shown, pairs));
        }
    }
    let mut out = String::new();
    if let Some(only) = only::of(&facts.changes) {
        out.push_str(&format!("Only {} changed.\n", only.told()));
    }
    for test in tests.iter().take(TESTS) {
        out.push_str(&format!("New test: {test}\n"));
    }
    for pair in pairs.unwrap_or_default() {
        out.push_str(&format!("{pair}\n"));
    }
    // Many notes are the notes of a release.
    if notes.len() <= NOTES {
        notes.iter().for_each(|note| out.push_str(&format!("The author's note: {note}\n")));
    }
    out
}

/// The sentence of a note.
fn note(line: &str) -> Option<String> {
    changelog::note(line).map(|text| tame(text, NOTE))
}

/// What a test is called.
fn test(line: &str) -> Option<String> {
    let quoted = ["it(", "test(", "it.only(", "describe(", "test.concurrent("]
        .iter()
        .any(|start| line.starts_with(start));
    if quoted {
        let open = line.find(['\'', '"', '`'])?;
        let mark = line[open..].chars().next()?;
        let text = line[open + 1..].split(mark).next()?;
        return (text.split_whitespace().count() >= 2).then(|| tame(text, NOTE));
    }
    let named = ["func Test", "def test_", "fn test_", "async fn test_", "public function test", "void test"]
        .iter()
        .find(|start| line.starts_with(*start))?;
    let from = named.to_lowercase().rfind("test")?;
    let name: String = line[from..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (name.len() > 8).then(|| tame(&name, NOTE))
}

/// The parts of lines that became others, where that is all of a file; nothing where there are too many of them.
fn became(shown: &FilePatch<'_>, mut found: Vec<String>) -> Option<Vec<String>> {
    for (old, new) in excerpt::blocks(shown) {
        if old.len() != new.len() {
            return None;
        }
        for (old, new) in old.iter().zip(&new) {
            let (old, new) = differing(old, new)?;
            let told = match (old.is_empty(), new.is_empty()) {
                (true, false) => format!("Put in: {}", tame(&new, PART)),
                (false, true) => format!("Taken out: {}", tame(&old, PART)),
                _ => format!("Replaced: {} by: {}", tame(&old, PART), tame(&new, PART)),
            };
            if !found.contains(&told) {
                found.push(told);
            }
        }
    }
    (found.len() <= PAIRS).then_some(found)
}

/// The words that differ between two lines; nothing where hardly a piece of a word is the same.
fn differing(old: &str, new: &str) -> Option<(String, String)> {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split(' ').collect(), new.split(' ').collect());
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let most = a.len().min(b.len()) - head;
    let tail = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let alike = head + tail > 0 || {
        let pieces = |line: &str| -> Vec<String> {
            line.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).map(str::to_owned).collect()
        };
        let (a, b) = (pieces(old), pieces(new));
        a.iter().filter(|piece| b.contains(piece)).count() * 2 > a.len().max(b.len())
    };
    let (old, new) = (a[head..a.len() - tail].join(" "), b[head..b.len() - tail].join(" "));
    let short = old.chars().count() <= PART && new.chars().count() <= PART;
    (alike && short).then_some((old, new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_what() {
        let pair = |old, new| differing(old, new).map(|(a, b)| format!("{a}|{b}"));
        assert_eq!(pair("a = 1; # highest", "a = 1; # lowest").as_deref(), Some("highest|lowest"));
        assert_eq!(pair("call(a, b)", "call(a, b, c)").as_deref(), Some("b)|b, c)"));
        assert_eq!(pair("x y", "x z y").as_deref(), Some("|z"));
        assert_eq!(
            pair("\"x/lib/v62/a\"", "\"x/lib/v63/a\"").as_deref(),
            Some("\"x/lib/v62/a\"|\"x/lib/v63/a\"")
        );
        assert_eq!(pair("one", "other"), None);
    }

    #[test]
    fn tests_are_found() {
        assert_eq!(test("it('closes the bundle', async () => {").as_deref(), Some("closes the bundle"));
        assert_eq!(test("func TestSaveWithoutName(t *testing.T) {").as_deref(), Some("TestSaveWithoutName"));
        assert_eq!(test("let test = 1;"), None);
    }
}
