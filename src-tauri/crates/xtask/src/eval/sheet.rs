//! Judging by people: `sheet.md` to read, `sheet.tsv` to fill in, and `key.tsv`, which nobody opens before that is done.
//!
//! Who wrote what is not told, the order is drawn, and what several arms wrote alike stands there once.

use super::{
    case::Case,
    report::Marks,
    stats::{Estimate, bootstrap},
    text::share,
};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::Path,
};

/// Characters of a change that are shown.
const SHOWN: usize = 2_400;

/// What a reader can say of a message.
const MARKS: [&str; 4] = ["right", "partly", "vague", "wrong"];

/// What is written above the sheet.
const ASKED: &str = "# Which message tells the change?\n\n\
Fill `sheet.tsv` in. For each message: `right` (true, specific, says the main thing), `partly` (true, but misses something \
that matters), `vague` (true, says next to nothing), `wrong` (says something false). In the line `best` of each change: the \
letters of the message or messages you would keep, together, such as `A` or `AC`.\n";

/// Writes a sheet of `count` changes, as many of each repository as there are in turn, and its key.
pub(super) fn write(out: &Path, cases: &[Case], marks: &Marks, count: usize, seed: u64) -> Result<()> {
    let mut page = ASKED.to_owned();
    let mut sheet = "change\tletter\tmark\tmessage\n".to_owned();
    let mut key = "change\tletter\tarm\trepository\tcommit\n".to_owned();
    let judged: Vec<&str> = marks.keys().map(String::as_str).filter(|arm| *arm != "random").collect();
    let complete = cases.iter().filter_map(|case| Some((case, messages(case, marks, &judged)?)));
    for (number, (case, messages)) in in_turn(complete.collect()).into_iter().take(count).enumerate() {
        let number = number + 1;
        let _ = writeln!(page, "\n## {number}\n\n```diff\n{}\n```\n", shown(case));
        for (at, (message, arms)) in drawn(messages, seed, &case.name).into_iter().enumerate() {
            let letter = char::from(b'A'.saturating_add(u8::try_from(at).unwrap_or(u8::MAX)));
            let _ = writeln!(page, "- {letter}: `{message}`");
            let _ = writeln!(sheet, "{number}\t{letter}\t\t{message}");
            for arm in arms {
                let _ = writeln!(key, "{number}\t{letter}\t{arm}\t{}\t{}", case.repository, case.name);
            }
        }
        let _ = writeln!(sheet, "{number}\tbest\t\t");
    }
    for (name, text) in [("sheet.md", page), ("sheet.tsv", sheet), ("key.tsv", key)] {
        fs::write(out.join(name), text)?;
    }
    Ok(())
}

type Written = BTreeMap<String, Vec<String>>;

/// Each different message with the arms that wrote it; nothing where one has not written.
fn messages(case: &Case, marks: &Marks, judged: &[&str]) -> Option<Written> {
    let mut found = Written::new();
    for arm in judged {
        let score = marks[*arm].iter().find(|s| s.name == case.name && s.repository == case.repository)?;
        let line: String = score.subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        found.entry(line).or_default().push((*arm).to_owned());
    }
    Some(found)
}

/// One change of each repository after the other.
fn in_turn(cases: Vec<(&Case, Written)>) -> Vec<(&Case, Written)> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ordered: Vec<_> = cases
        .into_iter()
        .map(|(case, written)| {
            let round = seen.entry(&case.repository).or_default();
            *round += 1;
            (*round, case, written)
        })
        .collect();
    ordered.sort_by_key(|(round, ..)| *round);
    ordered.into_iter().map(|(_, case, written)| (case, written)).collect()
}

/// The order is a digest's: it tells nothing.
fn drawn(messages: Written, seed: u64, name: &str) -> Vec<(String, Vec<String>)> {
    let mut messages: Vec<_> = messages.into_iter().collect();
    messages.sort_by_key(|(message, _)| Sha256::digest(format!("{seed} {name} {message}")));
    messages
}

fn shown(case: &Case) -> String {
    let mut text = String::new();
    for file in case.diff.files.iter().take(15) {
        let _ = writeln!(text, "{} (+{} -{})", file.path.shown(), file.added, file.removed);
    }
    if case.diff.files.len() > 15 {
        let _ = writeln!(text, "and {} more files", case.diff.files.len() - 15);
    }
    let patch = String::from_utf8_lossy(&case.diff.patch).replace("```", "'''");
    let told = ["diff --git", "index ", "---", "similarity", "rename", "new file", "deleted file"];
    for line in patch.lines().filter(|line| !told.iter().any(|start| line.starts_with(start))) {
        if text.chars().count() > SHOWN {
            text.push_str("...\n");
            break;
        }
        text.extend(line.chars().take(160));
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// Reads what people marked, and tells each arm's rates and how often it is kept before another.
pub(super) fn judged(sheet: &Path, key: &Path, seed: u64) -> Result<String> {
    let read = |path: &Path| fs::read_to_string(path).with_context(|| path.display().to_string());
    let (sheet, key) = (read(sheet)?, read(key)?);
    tell(&rows(&sheet), &rows(&key), seed)
}

fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.split('\t').collect())
        .collect()
}

fn tell(sheet: &[Vec<&str>], key: &[Vec<&str>], seed: u64) -> Result<String> {
    let mut marked: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let mut best: BTreeMap<&str, &str> = BTreeMap::new();
    for row in sheet {
        let [change, letter, mark, ..] = row[..] else {
            bail!("a line of the sheet is cut: {}", row.join(" "))
        };
        match mark.trim() {
            "" => {}
            mark if letter == "best" => _ = best.insert(change, mark),
            mark if MARKS.contains(&mark) => _ = marked.insert((change, letter), mark),
            other => bail!("change {change}, {letter}: \"{other}\" is none of {}", MARKS.join(", ")),
        }
    }
    // By arm: change, repository, mark, kept.
    let mut arms: BTreeMap<&str, BTreeMap<&str, (&str, &str, bool)>> = BTreeMap::new();
    for row in key {
        let [change, letter, arm, repository, ..] = row[..] else { bail!("a line of the key is cut") };
        if let (Some(mark), Some(kept)) = (marked.get(&(change, letter)), best.get(change)) {
            arms.entry(arm).or_default().insert(change, (repository, mark, kept.contains(letter)));
        }
    }
    let mut page = format!(
        "| arm | changes | {} | right or partly | kept |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n",
        MARKS.join(" | ")
    );
    for (arm, judged) in &arms {
        let count = |mark: &str| judged.values().filter(|(_, m, _)| *m == mark).count();
        let counts: Vec<String> = MARKS
            .iter()
            .map(|mark| format!("{} ({:.0} %)", count(mark), 100.0 * share(count(mark), judged.len())))
            .collect();
        let rate = |of: fn(&(&str, &str, bool)) -> f64| {
            shown_rate(estimate(judged.values().map(|j| (j.0, of(j))), seed))
        };
        let (good, kept) = (
            rate(|judged| f64::from(u8::from(matches!(judged.1, "right" | "partly")))),
            rate(|judged| f64::from(u8::from(judged.2))),
        );
        let _ = writeln!(page, "| {arm} | {} | {} | {good} | {kept} |", judged.len(), counts.join(" | "));
    }
    page.push_str(
        "\n| kept before | other | better | worse | difference |\n| --- | --- | --- | --- | --- |\n",
    );
    let names: BTreeSet<&str> = arms.keys().copied().collect();
    for (one, other) in names.iter().flat_map(|one| names.iter().map(move |other| (*one, *other))) {
        if one >= other {
            continue;
        }
        let pairs: Vec<(&str, f64)> = arms[one]
            .iter()
            .filter_map(|(change, mine)| {
                let kept = |judged: &(&str, &str, bool)| f64::from(u8::from(judged.2));
                Some((mine.0, kept(mine) - kept(arms[other].get(change)?)))
            })
            .collect();
        let count = |sign: f64| pairs.iter().filter(|(_, value)| value * sign > 0.0).count();
        let difference = shown_rate(estimate(pairs.iter().copied(), seed));
        let _ = writeln!(page, "| {one} | {other} | {} | {} | {difference} |", count(1.0), count(-1.0));
    }
    Ok(page)
}

fn estimate<'a>(values: impl Iterator<Item = (&'a str, f64)>, seed: u64) -> Option<Estimate> {
    let mut groups: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (repository, value) in values {
        groups.entry(repository).or_default().push(value);
    }
    bootstrap(&groups.into_values().collect::<Vec<_>>(), seed)
}

fn shown_rate(estimate: Option<Estimate>) -> String {
    estimate.map_or_else(
        || "-".to_owned(),
        |e| format!("{:.0} % ({:.0}..{:.0})", 100.0 * e.mean, 100.0 * e.low, 100.0 * e.high),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_counted_by_arm() {
        let sheet = "change\tletter\tmark\tmessage\n1\tA\tright\tx\n1\tB\tvague\ty\n1\tbest\tA\t\n\
                     2\tA\twrong\tz\n2\tB\tpartly\tu\n2\tbest\tB\t\n3\tA\t\tv\n3\tbest\t\t\n";
        let key = "change\tletter\tarm\trepository\tcommit\n1\tA\trules\tr\tc\n1\tB\tmodel\tr\tc\n\
                   2\tA\tmodel\tr\td\n2\tB\trules\tr\td\n3\tA\trules\tr\te\n";
        let page = tell(&rows(sheet), &rows(key), 1).unwrap();
        assert!(
            page.contains(
                "| model | 2 | 0 (0 %) | 0 (0 %) | 1 (50 %) | 1 (50 %) | 0 % (0..0) | 0 % (0..0) |"
            ),
            "{page}"
        );
        assert!(
            page.contains("| rules | 2 | 1 (50 %) | 1 (50 %) | 0 (0 %) | 0 (0 %) | 100 % (100..100)"),
            "{page}"
        );
        assert!(page.contains("| model | rules | 0 | 2 | -100 % (-100..-100) |"), "{page}");
        assert!(tell(&rows("h\n1\tA\tperfect\tx\n"), &rows(key), 1).is_err(), "an unknown mark");
    }
}
