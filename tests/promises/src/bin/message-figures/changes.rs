//! Work as people leave it behind: small files of several languages, and what happened to them round by round.

/// Names that tell one repository's file from another's.
const WORDS: [&str; 17] = [
    "retry", "cache", "invoice", "session", "upload", "search", "widget", "report", "parser", "router",
    "worker", "backup", "signal", "ticket", "filter", "buffer", "metric",
];

/// The file of a repository with what it holds after so many rounds of work.
pub(crate) fn file(number: usize, round: usize) -> (String, String) {
    let word = WORDS[number % WORDS.len()];
    let kind = number / WORDS.len() % 4;
    match kind {
        0 => (format!("app/{word}.py"), python(word, number, round)),
        1 => (format!("src/{word}.ts"), script(word, number, round)),
        2 => (format!("src/{word}.rs"), rust(word, number, round)),
        _ => (format!("pkg/{word}/{word}.go"), go(word, number, round)),
    }
}

/// One more function for each round.
fn grown(round: usize, one: impl Fn(&str, usize) -> String) -> String {
    const VERBS: [&str; 10] =
        ["load", "save", "count", "reset", "merge", "split", "check", "format", "close", "remove"];
    (0..=round).map(|n| one(VERBS[n % VERBS.len()], n)).collect()
}

fn python(word: &str, number: usize, round: usize) -> String {
    let body = grown(round, |verb, n| {
        format!(
            "\n\ndef {verb}_{word}(items, limit={}):\n    \"\"\"Returns at most limit items.\"\"\"\n    return [item for item in items if item is not None][:limit]\n",
            10 + n
        )
    });
    format!("\"\"\"The {word} of app {number}.\"\"\"\n\nTIMEOUT = {}\n{body}", 5 + number)
}

fn script(word: &str, number: usize, round: usize) -> String {
    let body = grown(round, |verb, n| {
        format!(
            "\nexport async function {verb}_{word}(id: string, tries = {}): Promise<string> {{\n  if (!id) throw new Error(\"{word} without an id\");\n  return `/{word}/${{id}}?tries=${{tries}}`;\n}}\n",
            n + 1
        )
    });
    format!("// The {word} of app {number}.\nexport const LIMIT = {};\n{body}", 20 + number)
}

fn rust(word: &str, number: usize, round: usize) -> String {
    let body = grown(round, |verb, n| {
        format!(
            "\n/// Tells whether the {word} may {verb}.\npub fn {verb}_{word}(size: usize) -> Option<usize> {{\n    size.checked_sub({})\n}}\n",
            n + 1
        )
    });
    format!("//! The {word} of app {number}.\n\npub const SIZE: usize = {};\n{body}", 64 + number)
}

fn go(word: &str, number: usize, round: usize) -> String {
    let body = grown(round, |verb, n| {
        let (first, rest) = verb.split_at(1);
        format!(
            "\n// {upper}{rest} waits at most {n} seconds.\nfunc {upper}{rest}(name string) error {{\n\tif name == \"\" {{\n\t\treturn fmt.Errorf(\"{word}: no name\")\n\t}}\n\treturn nil\n}}\n",
            upper = first.to_uppercase()
        )
    });
    format!("// Package {word} is part of app {number}.\npackage {word}\n\nimport \"fmt\"\n{body}")
}
