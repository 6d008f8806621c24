//! How many of the labelled secrets are found, per class, and what each rule is needed for.

use crate::{
    chance::Chance,
    contexts::{self, File},
    formats::{self, Format, Made},
    generic, seed, told,
};
use autocommit_secret::{rules, scan, scan_without};
use std::collections::{BTreeMap, BTreeSet};

/// Values of each format that is tried in many contexts, and of one that has few.
const VALUES: (usize, usize) = (3, 12);

/// What is counted of a class.
#[derive(Default, Clone, Copy)]
struct Count {
    files: usize,
    /// Held, by whichever rule, with the right line where that is known.
    found: usize,
    /// Found by the rule that is meant.
    named: usize,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.found += other.found;
        self.named += other.named;
    }

    fn recall(self) -> f64 {
        self.found as f64 / self.files as f64
    }

    fn row(self, name: &str) -> String {
        let named = 100.0 * self.named as f64 / self.files as f64;
        format!(
            "{name:<30} {:>6} {:>6} {:>8.2} % {named:>8.2} %",
            self.files,
            self.found,
            100.0 * self.recall()
        )
    }
}

const HEAD: &str = "class                           files  found     recall  right name";

fn files(format: &Format, chance: &mut Chance) -> Vec<File> {
    let (few, many) = VALUES;
    let mut times = |count: usize, make: &mut dyn FnMut(&mut Chance) -> Vec<File>| {
        (0..count).flat_map(|_| make(chance)).collect()
    };
    match &format.made {
        Made::Token(token) => times(few, &mut |chance| contexts::around_token(&chance.value(token))),
        Made::Text(text) => times(many, &mut |chance| contexts::around_text(&chance.value(text))),
        Made::Code(path, make) => {
            times(many, &mut |chance| vec![File { how: "as it is", path, bytes: make(chance), line: None }])
        }
    }
}

fn judge(rule: &str, file: &File) -> Count {
    let found = scan(file.path.as_bytes(), &file.bytes);
    let here = |line: usize| file.line.is_none_or(|expected| expected == line);
    Count {
        files: 1,
        found: usize::from(found.iter().any(|one| here(one.line))),
        named: usize::from(found.iter().any(|one| here(one.line) && one.rule == rule)),
    }
}

#[test]
fn structured_secrets_are_found_in_every_way_of_writing() {
    let mut chance = Chance::new(seed());
    let (mut total, mut by_rule, mut by_context) =
        (Count::default(), BTreeMap::<_, Count>::new(), BTreeMap::<_, Count>::new());
    let mut missed = BTreeSet::new();
    let mut table = format!("\nRecall of structured secrets\n{HEAD}\n");
    for (family, formats) in formats::families() {
        let mut in_family = Count::default();
        for format in &formats {
            for file in files(format, &mut chance) {
                let count = judge(format.rule, &file);
                if count.found == 0 {
                    missed.insert(format!("{} ({})", format.rule, file.how));
                }
                in_family.add(count);
                by_rule.entry(format.rule).or_default().add(count);
                by_context.entry(file.how).or_default().add(count);
            }
        }
        table += &format!("{}\n", in_family.row(family));
        assert!(in_family.recall() >= 0.98, "{table}missed: {missed:#?}");
        total.add(in_family);
    }
    table += &format!("{}\n\nThe same by the way it is written\n", total.row("all"));
    for (how, count) in &by_context {
        table += &format!("{}\n", count.row(how));
        assert!(count.recall() >= 0.95, "{table}missed: {missed:#?}");
    }
    told::say(&table);
    told::keep(
        "secret-recall",
        &[("files with a structured secret", total.files), ("of them found", total.found)],
    );
    for (rule, count) in by_rule {
        assert!(count.recall() >= 0.8, "{}; missed: {missed:#?}", count.row(rule));
        // A rule that is gone is seen here even if another one holds the same file.
        assert!(count.named * 2 > count.files, "{}: found under another name", count.row(rule));
    }
}

#[test]
fn generic_assignments_are_found() {
    let mut chance = Chance::new(seed());
    let (mut total, mut by_syntax, mut by_chooser) =
        (Count::default(), BTreeMap::<_, Count>::new(), BTreeMap::<_, Count>::new());
    let mut missed = Vec::new();
    for case in generic::cases(&mut chance) {
        let found = scan(case.path.as_bytes(), case.text.as_bytes());
        let named = found.iter().any(|one| one.rule.starts_with("generic-"));
        let count = Count { files: 1, found: usize::from(!found.is_empty()), named: usize::from(named) };
        if found.is_empty() {
            missed.push(format!("{} ({}): {}", case.syntax, case.chosen, case.text));
        }
        total.add(count);
        by_syntax.entry(case.syntax).or_default().add(count);
        by_chooser.entry(case.chosen).or_default().add(count);
    }
    let mut table = format!("\nRecall of passwords and tokens without a form\n{HEAD}\n");
    for (name, count) in by_chooser.iter().chain(&by_syntax) {
        table += &format!("{}\n", count.row(name));
    }
    table += &format!("{}\n", total.row("all"));
    told::say(&table);
    told::keep(
        "secret-generic",
        &[("files with a password of no form", total.files), ("of them found", total.found)],
    );
    assert!(total.recall() >= 0.80, "{table}{missed:#?}");
    for (name, count) in by_syntax.iter().chain(&by_chooser) {
        assert!(count.recall() >= 0.70, "{}\n{missed:#?}", count.row(name));
    }
}

/// The corpus goes red for each rule that is taken out: it names a format that only this rule knows, or at least knows by
/// its right name.
#[test]
fn every_rule_is_needed() {
    let mut chance = Chance::new(seed());
    let mut needed: BTreeMap<&str, bool> = rules().map(|(rule, _)| (rule, false)).collect();
    let generic: Vec<_> = generic::cases(&mut chance)
        .into_iter()
        .map(|case| File { how: case.syntax, path: case.path, bytes: case.text.into_bytes(), line: None })
        .collect();
    for format in formats::families().into_iter().flat_map(|(_, formats)| formats) {
        assert!(needed.contains_key(format.rule), "{} is in the corpus and not among the rules", format.rule);
        let files = files(&format, &mut chance);
        let with: usize = files.iter().map(|file| judge(format.rule, file).named).sum();
        let without = |file: &&File| {
            let found = scan_without(file.path.as_bytes(), &file.bytes, format.rule);
            found.iter().any(|one| one.rule == format.rule)
        };
        let is_needed = with * 2 > files.len() && files.iter().filter(without).count() == 0;
        *needed.entry(format.rule).or_default() |= is_needed;
    }
    for (rule, is_needed) in needed.iter_mut().filter(|(rule, _)| rule.starts_with("generic-")) {
        let count = |scan: &dyn Fn(&File) -> bool| generic.iter().filter(|file| scan(file)).count();
        let with = count(&|file| !scan(file.path.as_bytes(), &file.bytes).is_empty());
        let without = count(&|file| !scan_without(file.path.as_bytes(), &file.bytes, rule).is_empty());
        *is_needed = (without as f64) < 0.8 * with as f64;
    }
    let idle: Vec<_> = needed.iter().filter(|(_, needed)| !**needed).map(|(rule, _)| rule).collect();
    assert!(idle.is_empty(), "no test would miss these rules: {idle:?}");
}

/// What is found tells where and what, and nothing of the secret.
#[test]
fn what_is_found_never_contains_the_secret() {
    let mut chance = Chance::new(seed());
    for format in formats::families().into_iter().flat_map(|(_, formats)| formats) {
        let Made::Token(token) = &format.made else { continue };
        let token = chance.value(token);
        for file in contexts::around_token(&token) {
            let shown = format!("{:?}", scan(file.path.as_bytes(), &file.bytes));
            let parts = token.as_bytes().windows(8).map(|part| String::from_utf8_lossy(part).into_owned());
            for part in parts.filter(|part| part.bytes().any(|b| b.is_ascii_digit())) {
                assert!(!shown.contains(&part), "{}: {shown}", format.rule);
            }
        }
    }
    for case in generic::cases(&mut chance) {
        let shown = format!("{:?}", scan(case.path.as_bytes(), case.text.as_bytes()));
        assert!(!shown.contains(&case.value), "{shown}");
    }
}
