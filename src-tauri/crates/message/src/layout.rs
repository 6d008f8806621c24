//! Whether a change is only another look of the same: spaces, and signs that say nothing where they stand.
//!
//! Compared are the two sides of each hunk by itself: what stands in another place now is not the same. Where it is not
//! certain that a sign says nothing in a language, it says something.

use crate::{
    change::Change,
    file_class::FileClass,
    language::{extension, is_script, quoted},
    patch::{Hunk, Side},
};
use std::borrow::Cow;

/// How the same looks otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Spaces, and commas behind a last entry.
    Spaces,
    /// Also another kind of quotation marks, semicolons at ends of lines, or the punctuation of prose.
    Signs,
}

/// What spaces say in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spacing {
    /// Nothing but where they part two words.
    Free,
    /// The same, but lines and what stands in front of them say something.
    Lines,
    /// Style sheets: they part selectors.
    Selectors,
    /// Lines say something, what stands in front of them does not.
    Markup,
    /// That there are some says something, and lines, and what stands in front of them.
    Counted,
    /// Each says something but for those at the ends of lines.
    Kept,
}

/// How a modified file looks otherwise; nothing where anything else may have changed.
pub(crate) fn of(change: &Change<'_>) -> Option<Look> {
    let patch = change.patch().filter(|patch| change.is_modified() && !patch.hunks.is_empty())?;
    let name = extension(&change.file.path).unwrap_or_default();
    let all = |same: &dyn Fn(&Hunk<'_>) -> bool| patch.hunks.iter().all(same);
    let rule = spacing(&name);
    let script = is_script(&name);
    // An empty line may be part of a text.
    let blank = patch.lines().all(|line| line.text.trim().is_empty());
    if blank && matches!(rule, Spacing::Counted | Spacing::Kept | Spacing::Markup) {
        return None;
    }
    let quotes = script || matches!(name.as_str(), "py" | "pyi" | "css" | "scss");
    let loose = Loose { semicolons: script, quotes, commas: rule == Spacing::Free };
    let look = if all(&|hunk| sides(hunk, |lines| signs(lines, rule, None))) {
        Look::Spaces
    } else if match change.class {
        FileClass::Docs if matches!(rule, Spacing::Counted | Spacing::Kept) => {
            all(&|hunk| sides(hunk, prose))
        }
        _ => all(&|hunk| sides(hunk, |lines| signs(lines, rule, Some(loose)))),
    } {
        Look::Signs
    } else {
        return None;
    };
    let breaks = |line: &str| script && may_be_a_pattern(line) || rule == Spacing::Free && ends_open(line);
    (!change.is_within_text() && !patch.lines().any(|line| breaks(&line.text))).then_some(look)
}

fn spacing(extension: &str) -> Spacing {
    match extension {
        // Between their tags, spaces are shown.
        "jsx" | "tsx" | "html" | "xml" | "svg" | "vue" | "svelte" => Spacing::Markup,
        "rs" | "go" | "c" | "h" | "cc" | "cpp" | "hpp" | "java" | "cs" | "json" | "jsonc" | "json5" => {
            Spacing::Free
        }
        _ if is_script(extension) => Spacing::Free,
        "py" | "pyi" => Spacing::Lines,
        "css" | "scss" => Spacing::Selectors,
        "yml" | "yaml" | "toml" | "sh" | "bash" | "zsh" | "rb" | "md" | "rst" | "ini" | "cfg" => {
            Spacing::Counted
        }
        _ => Spacing::Kept,
    }
}

/// Whether a line of a script may hold a pattern between slashes, in which each sign counts.
fn may_be_a_pattern(line: &str) -> bool {
    let starts = |at: usize| {
        let before = line[..at].trim_end().chars().next_back();
        !line[at + 1..].starts_with(['/', '*']) && before.is_none_or(|c| "(=,:!&|?{};[".contains(c))
    };
    line.match_indices('/').any(|(at, _)| starts(at))
}

/// Whether the next line begins something else where this one ends: `return` and directives for a preprocessor.
fn ends_open(line: &str) -> bool {
    let text = line.trim();
    let last = text.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    text.starts_with('#') || ["return", "throw", "break", "continue", "yield"].contains(&last)
}

/// Whether both sides of a hunk are the same to `read`.
fn sides<T: PartialEq>(hunk: &Hunk<'_>, read: impl Fn(&[&str]) -> T) -> bool {
    let [old, new] = [Side::Removed, Side::Added].map(|side| {
        let lines = hunk.lines.iter().filter(|line| line.side == side).map(|line| line.text.as_ref());
        read(&lines.filter(|line| !line.trim().is_empty()).collect::<Vec<_>>())
    });
    old == new
}

/// What else says nothing.
#[derive(Debug, Clone, Copy)]
struct Loose {
    /// At the end of a line.
    semicolons: bool,
    /// Of either kind.
    quotes: bool,
    /// Behind the last line.
    commas: bool,
}

/// What lines say, as one text.
fn signs(lines: &[&str], rule: Spacing, loose: Option<Loose>) -> String {
    let mut said = String::new();
    let (mut depth, mut remark) = (0usize, false);
    for line in lines {
        let text = line.trim();
        match rule {
            Spacing::Lines if depth > 0 => said.push(' '),
            Spacing::Lines | Spacing::Counted | Spacing::Kept => {
                said.push('\n');
                said.push_str(&kept(&line[..line.len() - line.trim_start().len()]));
            }
            Spacing::Markup => said.push('\n'),
            // A remark goes to the end of its line.
            Spacing::Free if remark => said.push('\n'),
            Spacing::Free | Spacing::Selectors => said.push(' '),
        }
        // Whoever breaks a list into lines puts a comma behind its last entry.
        if text.starts_with([')', ']', '}']) && !matches!(rule, Spacing::Counted | Spacing::Kept) {
            let kept = said.trim_end().trim_end_matches(',').len();
            // In Python `(1,)` is not `(1)`.
            let several = said.rfind('(').is_some_and(|open| open < kept && said[open..kept].contains(','));
            if kept < said.trim_end().len() && (rule != Spacing::Lines || several) {
                said.truncate(kept);
            }
        }
        let text = match loose {
            Some(Loose { semicolons: true, .. }) => text.strip_suffix(';').unwrap_or(text),
            _ => text,
        };
        remark = text.contains("//");
        let text = if rule == Spacing::Kept { Cow::Owned(kept(text)) } else { Cow::Borrowed(text) };
        line_signs(&text, loose.is_some_and(|loose| loose.quotes), &mut said, &mut depth);
    }
    if loose.is_some_and(|loose| loose.commas) {
        said.truncate(said.trim_end_matches(',').len());
    }
    // Where a line ended says nothing, and nor does the space that was put there.
    let mut out = String::with_capacity(said.len());
    squeeze(&said, rule, &mut out);
    out
}

/// Stands for a space that says something: within quotation marks, or in front of a line.
const KEPT: char = '\u{0}';

fn kept(text: &str) -> String {
    text.replace(' ', "\u{0}").replace('\t', "\u{1}")
}

fn line_signs(text: &str, quotes: bool, said: &mut String, depth: &mut usize) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let mut length = first.len_utf8();
        match first {
            '"' | '\'' | '`' => {
                length = quoted(rest).unwrap_or(rest.len());
                let inner = &rest[..length];
                let closed = length > 1 && inner.ends_with(first);
                let plain = closed && !inner[1..length - 1].contains(['"', '\'', '\\', '`']);
                let kept = kept(inner);
                if quotes && plain && first != '`' {
                    said.push('"');
                    said.push_str(&kept[1..kept.len() - 1]);
                    said.push('"');
                } else {
                    said.push_str(&kept);
                }
            }
            '(' | '[' | '{' => {
                *depth += 1;
                said.push(first);
            }
            ')' | ']' | '}' => {
                *depth = depth.saturating_sub(1);
                said.push(first);
            }
            c if c.is_whitespace() => said.push(' '),
            c => said.push(c),
        }
        rest = &rest[length..];
    }
}

/// Takes the spaces out that say nothing.
fn squeeze(said: &str, rule: Spacing, out: &mut String) {
    let mut pending = false;
    for c in said.chars() {
        if c == ' ' {
            pending = true;
            continue;
        }
        let before = out.chars().next_back();
        if std::mem::take(&mut pending) && before.is_some_and(|before| parts(before, c, rule)) {
            out.push(' ');
        }
        out.push(c);
    }
}

/// Whether a space between two signs says something.
fn parts(before: char, next: char, rule: Spacing) -> bool {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '"' | '\'' | '`' | KEPT);
    let sign = |c: char| "+-*/=<>&|!?%^~:.".contains(c);
    match rule {
        _ if before == '\n' || next == '\n' => false,
        Spacing::Free | Spacing::Lines => word(before) && word(next) || sign(before) && sign(next),
        Spacing::Selectors => !("{};,:".contains(before) || "{};,".contains(next)),
        Spacing::Markup | Spacing::Counted | Spacing::Kept => true,
    }
}

/// The words of prose, with what stands between two digits.
fn prose(lines: &[&str]) -> Vec<String> {
    let text: Vec<char> = lines.join(" ").chars().collect();
    let mut words = vec![String::new()];
    for (at, c) in text.iter().enumerate() {
        let digit = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(char::is_ascii_digit);
        let between = digit(at.checked_sub(1)) && digit(Some(at + 1));
        // A sign that counts: a value, a path, an operator.
        let next = text.get(at + 1);
        let sign = "+*=<>&|^%$@/\\~".contains(*c) || *c == '!' && next == Some(&'=');
        // Signs that are no punctuation: a currency, a mark that something is done.
        let picture = !c.is_ascii() && !"‘’‚“”„«»–—…·•¿¡".contains(*c);
        let counts = sign || picture || *c == '-' && digit(Some(at + 1)) || between;
        if c.is_alphanumeric() || counts && !c.is_whitespace() || *c == '_' {
            if let Some(word) = words.last_mut() {
                word.push(*c);
            }
        } else if words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each hunk: lines with their first column.
    fn look(path: &str, hunks: &[&str]) -> Option<Look> {
        of(&Change::read(&crate::sample::modified(&[(path, hunks)]))[0])
    }

    #[test]
    fn the_same_in_another_look() {
        use Look::{Signs, Spaces};
        for (path, hunk, expected) in [
            ("a.ts", "-f(a,b)\n+f(a, b)", Spaces),
            ("a.ts", "-f(a, b)\n+f(\n+  a,\n+  b,\n+)", Spaces),
            ("a.rs", "-    let x=1;\n+let x = 1;", Spaces),
            ("a.py", "-f(a,b)\n+f(a, b)", Spaces),
            ("a.py", "-f(a, b)\n+f(\n+    a,\n+    b,\n+)", Spaces),
            ("a.css", "-a{color:red}\n+a {\n+  color: red\n+}", Spaces),
            ("a.json", "-{\"a\":1}\n+{\n+  \"a\": 1\n+}", Spaces),
            ("a.html", "-<b>x</b>\n+  <b>x</b>", Spaces),
            ("a.sh", "-echo  x\n+echo x ", Spaces),
            ("a.yml", "-a:  1\n+a: 1", Spaces),
            ("a.js", "-f('a')\n+f(\"a\");", Signs),
            ("a.py", "-f('a')\n+f(\"a\")", Signs),
            ("a.ts", "-  x: one\n+  x: one,", Signs),
            ("a.md", "-use `one` here\n+use one here", Signs),
            ("a.md", "-# Install\n+## Install", Signs),
        ] {
            assert_eq!(look(path, &[hunk]), Some(expected), "{path} {hunk}");
        }
    }

    #[test]
    fn what_may_say_something_is_no_look() {
        for (path, hunks) in [
            // What moved.
            ("a.rs", &["-    name: u8,", "+    name: u8,"][..]),
            ("a.js", &["-check();", "+check();"]),
            ("a.yml", &["-  debug: true", "+  debug: true"]),
            ("a.rs", &["-a();\n-b();\n+b();\n+a();"]),
            // What stands further in or out.
            ("a.py", &["-        return None\n+    return None"]),
            ("a.yml", &["-    key: 1\n+  key: 1"]),
            // Numbers, names, operators.
            ("a.yml", &["-timeout: 1.10\n+timeout: 11.0"]),
            ("a.css", &["-margin: 1.5em;\n+margin: 15em;"]),
            ("a.md", &["-costs 12.50 now\n+costs 125.0 now"]),
            ("a.py", &["-def top():\n+def _top():"]),
            ("a.rs", &["-fn loadfile() {\n+fn load_file() {"]),
            ("a.rs", &["-save(path);\n+save(path)?;"]),
            ("a.rs", &["-    save(path);\n+    save(path)"]),
            ("a.ts", &["-  name: string;\n+  name?: string;"]),
            ("a.js", &["-x = (a + b) * c\n+x = a + (b * c)"]),
            ("a.py", &["-x.split(\",\")\n+x.split(\";\")"]),
            ("a.js", &["-/a.b/\n+/a\\.b/"]),
            ("a.js", &["-x = a - -b\n+x = a --b"]),
            ("a.sh", &["-echo HOME\n+echo $HOME"]),
            ("a.css", &["-.menu {\n+#menu {"]),
            ("a.css", &["-.menu .item {\n+.menu.item {"]),
            ("a.css", &["-a :hover {\n+a:hover {"]),
            ("a.rb", &["-name\n+@name"]),
            ("a.py", &["-x = 1\n+x = 1,"]),
            ("a.yml", &["+"]),
            ("a.js", &["-x.split(/, /)\n+x.split(/,/)"]),
            ("a.js", &["-return\n-value;\n+return value;"]),
            ("a.js", &["-x(); // n\n-y();\n+x(); // n y();"]),
            ("a.tsx", &["-Hello {name}\n+Hello{name}"]),
            ("a.c", &["-#define F (x)\n+#define F(x)"]),
            ("a.py", &["-x = (1)\n+x = (\n+    1,\n+)"]),
            ("a.tsv", &["-a\t\tb\n+a\tb"]),
            ("website/auth.tsx", &["-if (!user)\n+if (user)"]),
            ("docs/conf.py", &["-    return x\n+return x"]),
            ("a.md", &["-a != b\n+a = b"]),
            ("a.md", &["-✅ done\n+❌ done"]),
            // Texts.
            ("a.rs", &["-log(\"foo bar\");\n+log(\"foobar\");"]),
            ("a.js", &["-SEP = \", \"\n+SEP = \",\""]),
            ("a.js", &["-say('it')\n+say(`it`)"]),
            // Nothing became something.
            ("a.rs", &["+a();"]),
        ] {
            assert_eq!(look(path, hunks), None, "{path} {hunks:?}");
        }
    }
}
