//! What a repository asks of its messages in commitlint's or committed's configuration.
//!
//! Read literally and never run: JSON, YAML and a script's plain lists look alike once quotation marks and brackets
//! are taken away. What a script computes is not known, and then nothing is asked.

/// What is asked; by default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Commitlint {
    /// The only types.
    pub(crate) types: Option<Vec<String>>,
    /// The only scopes.
    pub(crate) scopes: Option<Vec<String>>,
    /// There has to be a type.
    pub(crate) needs_type: bool,
    /// There has to be a scope, or there must be none.
    pub(crate) scope: Option<bool>,
    /// The first letter has to be a capital one, or a small one.
    pub(crate) capital: Option<bool>,
    /// Every letter has to be small.
    pub(crate) lower: bool,
    /// There has to be a full stop, or there must be none.
    pub(crate) full_stop: Option<bool>,
    /// Most characters of the subject.
    pub(crate) limit: Option<usize>,
}

const CONVENTIONAL: &[&str] =
    &["build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"];

/// One rule as written: `[2, 'always', ['a', 'b']]`.
struct Rule {
    always: bool,
    values: Vec<String>,
}

impl Commitlint {
    /// Whether a file of the top folder configures messages.
    pub(super) fn is_file(path: &str) -> bool {
        path.starts_with(".commitlintrc")
            || path.starts_with("commitlint.config.")
            || path == "committed.toml"
    }

    /// Reads one file; nothing where it has no configuration of messages.
    pub(super) fn read(path: &str, content: &str) -> Option<Self> {
        if path == "committed.toml" {
            return Some(Self::committed(content));
        }
        let text = match path {
            "package.json" => content.find("\"commitlint\"").map(|at| &content[at..])?,
            _ if Self::is_file(path) => content,
            _ => return None,
        };
        let script =
            path.rsplit('.').next().is_some_and(|e| ["js", "cjs", "mjs", "ts", "cts", "mts"].contains(&e));
        let mut found = Self::default();
        if text.contains("config-conventional") || text.contains("config-angular") {
            let known = CONVENTIONAL.iter().filter(|t| **t != "chore" || !text.contains("config-angular"));
            found.types = Some(known.map(|t| (*t).to_owned()).collect());
            (found.needs_type, found.capital, found.full_stop) = (true, Some(false), Some(false));
        }
        let rule = |name: &str| rule(text, name, script);
        if let Some(rule) = rule("type-enum") {
            found.types = Some(rule.values).filter(|v| rule.always && !v.is_empty());
        } else if script && text.contains("type-enum") {
            found.types = None;
        }
        found.scopes = rule("scope-enum").filter(|r| r.always).map(|r| r.values).filter(|v| !v.is_empty());
        found.needs_type |= rule("type-empty").is_some_and(|r| !r.always);
        found.scope = rule("scope-empty").map(|r| !r.always);
        found.full_stop = rule("subject-full-stop").map(|r| r.always).or(found.full_stop);
        if let Some(rule) = rule("subject-case") {
            let has =
                |case: &str| rule.values.iter().any(|v| v.replace("case", "").trim_end_matches('-') == case);
            let (large, small) =
                (has("sentence") || has("start") || has("pascal"), has("lower") || has("camel"));
            found.capital = Some(rule.always == large);
            if large && small {
                found.capital = None;
            }
            found.lower = rule.always && has("lower") && rule.values.len() == 1;
        }
        let limits = ["header-max-length", "subject-max-length"];
        found.limit = limits.iter().filter_map(|name| rule(name)?.values.first()?.parse().ok()).min();
        Some(found)
    }

    /// The keys of `committed.toml`.
    fn committed(content: &str) -> Self {
        let value = |key: &str| {
            let line = content.lines().find(|l| l.trim_start().starts_with(key))?;
            line.split_once('=').map(|(_, v)| v.trim().to_owned())
        };
        let types = value("allowed_types").map(|v| words(&v)).filter(|v| !v.is_empty());
        Self {
            types,
            needs_type: value("style").is_some_and(|v| v.contains("conventional")),
            capital: value("subject_capitalized").filter(|v| v == "true").map(|_| true),
            full_stop: value("subject_not_punctuated").filter(|v| v == "true").map(|_| false),
            limit: value("subject_length").and_then(|v| v.parse().ok()).filter(|n| *n > 0),
            ..Self::default()
        }
    }
}

/// The rule called `name`; nothing where it is not there, is switched off, or is not written out.
fn rule(text: &str, name: &str, script: bool) -> Option<Rule> {
    let at = text.match_indices(name).map(|(at, _)| at).find(|at| {
        let after = text[at + name.len()..].trim_start_matches(['"', '\'']).trim_start();
        after.starts_with(':') && !text[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '-')
    })?;
    let after = text[at + name.len()..].split_once(':')?.1;
    let list = bracketed(after).or_else(|| dashed(after))?;
    let computed = |word: &&str| {
        let plain = word.starts_with(['"', '\'', '`']) || word.parse::<usize>().is_ok();
        !plain && !word.starts_with("RuleConfigSeverity.")
    };
    if script && pieces(&list).any(|word| computed(&word)) {
        return None;
    }
    let mut values = words(&list).into_iter();
    let level = values.next()?;
    let off = level == "0" || level.ends_with(".Disabled");
    let always = values.next()? == "always";
    (!off).then(|| Rule { always, values: values.collect() })
}

/// `[ … ]` with everything inside, where the text begins with it.
fn bracketed(text: &str) -> Option<String> {
    let text = text.trim_start().strip_prefix('[')?;
    let mut depth = 1;
    let end = text.char_indices().take(20_000).find(|(_, c)| {
        depth += match c {
            '[' => 1,
            ']' => -1,
            _ => 0,
        };
        depth == 0
    })?;
    // Remarks of a script.
    let lines = text[..end.0].lines().map(|l| l.split("//").next().unwrap_or_default());
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// The lines below that begin with a dash, as YAML has them.
fn dashed(text: &str) -> Option<String> {
    let lines = text.lines().skip(1).map(str::trim).take_while(|l| l.starts_with('-') || l.starts_with('#'));
    let found: Vec<&str> =
        lines.filter(|l| l.starts_with('-')).map(|l| l.trim_start_matches(['-', ' '])).collect();
    (!found.is_empty()).then(|| found.join(","))
}

fn pieces(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', '[', ']', '\n']).map(str::trim).filter(|p| !p.is_empty())
}

fn words(list: &str) -> Vec<String> {
    pieces(list).map(|p| p.trim_matches(['"', '\'', '`']).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_it_is_read() {
        for (path, content) in [
            (
                ".commitlintrc.json",
                r#"{"rules": {"type-enum": [2, "always", ["feat", "fix"]], "header-max-length": [2, "always", 60]}}"#,
            ),
            (
                ".commitlintrc.yml",
                "rules:\n  type-enum:\n    - 2\n    - always\n    - - feat\n      - fix\n  header-max-length: [2, always, 60]\n",
            ),
            (
                ".commitlintrc",
                "rules:\n  type-enum: [2, always, [feat, fix]]\n  header-max-length: [1, always, 60]",
            ),
            (
                "package.json",
                r#"{"name": "x", "commitlint": {"rules": {"type-enum": [2, "always", ["feat", "fix"]], "header-max-length": [2, "always", 60]}}}"#,
            ),
            (
                "commitlint.config.js",
                "module.exports = { rules: { 'type-enum': [2, 'always', [\n 'feat', // new\n 'fix',\n]], 'header-max-length': [2, 'always', 60] } }",
            ),
            (
                "commitlint.config.ts",
                "rules: { 'type-enum': [RuleConfigSeverity.Error, 'always', ['feat', 'fix']], 'header-max-length': [2, 'always', 60] }",
            ),
        ] {
            let found = Commitlint::read(path, content).expect("configuration");
            assert_eq!(found.types.as_deref(), Some(&["feat".to_owned(), "fix".to_owned()][..]), "{path}");
            assert_eq!(found.limit, Some(60), "{path}");
        }
    }

    #[test]
    fn what_is_computed_or_switched_off_asks_nothing() {
        let computed =
            "extends: ['@commitlint/config-conventional'], rules: { 'type-enum': [2, 'always', [...types]] }";
        assert_eq!(Commitlint::read("commitlint.config.js", computed).expect("read").types, None);
        let off = r#"{"rules": {"type-enum": [0, "always", ["a"]]}}"#;
        assert_eq!(Commitlint::read(".commitlintrc.json", off).expect("read").types, None);
        assert_eq!(Commitlint::read("package.json", "{}"), None);
    }

    #[test]
    fn cases_scopes_and_stops() {
        let read =
            |rules: &str| Commitlint::read(".commitlintrc.json", &format!("{{{rules}}}")).expect("read");
        assert_eq!(read(r#""subject-case": [2, "always", "sentence-case"]"#).capital, Some(true));
        assert_eq!(
            read(r#""subject-case": [2, "never", ["sentence-case", "upper-case"]]"#).capital,
            Some(false)
        );
        assert!(read(r#""subject-case": [2, "always", "lower-case"]"#).lower);
        assert_eq!(read(r#""scope-empty": [2, "never"]"#).scope, Some(true));
        assert_eq!(read(r#""scope-empty": [2, "always"]"#).scope, Some(false));
        assert_eq!(read(r#""subject-full-stop": [2, "never", "."]"#).full_stop, Some(false));
        assert!(read(r#""extends": ["@commitlint/config-conventional"]"#).needs_type);
        let toml = "style = \"conventional\"\nallowed_types = [\"feat\", \"fix\"]\nsubject_length = 50\n";
        let found = Commitlint::read("committed.toml", toml).expect("read");
        assert_eq!((found.needs_type, found.limit), (true, Some(50)));
    }
}
