//! Changes of which the rules tell every line, or their author did: a model could only say it worse.

use super::{LIMIT, Voice, notes, remarks, swapped, terms};
use crate::{change::Change, facts::Facts, file_class::FileClass, language::is_comment, verbs::Tense};

/// Whether one word for another, one value or one entry is all of a change, or its author wrote a note of it, which may be
/// longer than a subject.
pub(crate) fn is_exact(facts: &Facts<'_>) -> bool {
    let (changes, voice) = (&facts.changes, Voice { room: LIMIT, tense: Tense::Imperative });
    if changes.iter().any(has_remarks) && remarks::exactly(changes, voice).is_none() {
        return false;
    }
    let all = [swapped::throughout, notes::noted, remarks::exactly];
    all.iter().any(|rule| rule(changes, voice).is_some()) || alone(changes, voice)
}

/// Whether a remark came or went, which no rule tells beside other lines.
fn has_remarks(change: &Change<'_>) -> bool {
    let remark = |line: &str| !line.trim().is_empty() && is_comment(&change.file.path, line);
    change.shown.as_ref().is_some_and(|patch| patch.lines().any(|line| remark(&line.text)))
}

/// The only file that is neither a test nor written by a machine.
fn alone(changes: &[Change<'_>], voice: Voice) -> bool {
    let machine = |c: &&Change<'_>| matches!(c.class, FileClass::Lock | FileClass::Generated);
    let written: Vec<&Change<'_>> = changes.iter().filter(|c| !machine(c)).collect();
    let others: Vec<&Change<'_>> = written.iter().copied().filter(|c| c.class != FileClass::Test).collect();
    match if others.is_empty() { written.as_slice() } else { others.as_slice() } {
        [one] => one.symbols.renamed.is_some() || terms::told_exactly(one, voice).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::draft::Wishes;

    fn exact(files: &[(&str, &str)]) -> bool {
        let hunks: Vec<_> = files.iter().map(|(path, lines)| (*path, std::slice::from_ref(lines))).collect();
        let diff = crate::sample::modified(&hunks);
        let (habits, wishes) = (crate::Habits::default(), Wishes::default());
        is_exact(&Facts::of(&crate::Brief { diff: &diff, habits: &habits, branch: None, wishes: &wishes }))
    }

    #[test]
    fn only_what_is_told_whole_is_exact() {
        let swap = ("a.js", "-  allow: true\n+  plain: true");
        for (files, expected) in [
            (&[swap][..], true),
            (&[swap, ("test/a.test.js", "+one(1)\n+two(2)")], true),
            (&[swap, ("b.js", "+one(1)")], false),
            (&[("a.yml", "-wait: 10\n+wait: 20")], true),
            (&[("Makefile", "-GOOS ?= $(word 1, x)\n+GOOS ?= $(shell env)")], false),
            (&[("a.js", "-  allow: true\n+  plain: true\n+  more()")], false),
            (&[("a.rs", "-fn old() {\n+fn fresh() {")], true),
            (&[("a.rs", "+    // Only a remark.")], false),
            (&[("a.rs", "+    // And a remark.\n-    f(30);\n+    f(60);")], false),
            (&[("a.ts", "-f(a,b)\n+f(a, b)")], true),
            (&[("a.js", "+one(1)"), ("CHANGELOG.md", "+- Add a way to do it")], true),
        ] {
            assert_eq!(exact(files), expected, "{files:?}");
        }
    }
}
