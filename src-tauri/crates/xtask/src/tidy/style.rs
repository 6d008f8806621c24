//! Sizes and names of things.

use super::{Finding, source::File};

/// Lines a file may have without a reason.
const LINES: usize = 400;
/// The comment that gives the reason, among the first lines of the file.
const REASON: &str = "// Long because:";
const NO_NAMES: [&str; 4] = ["Manager", "Service", "Helper", "Utils"];
const NO_MODULES: [&str; 6] = ["util", "utils", "helper", "helpers", "common", "misc"];

/// What is too long or named after nothing in one file.
pub(super) fn check(file: &File) -> Vec<Finding> {
    length(file).into_iter().chain(names(file).into_iter().map(Finding::Broken)).collect()
}

fn length(file: &File) -> Option<Finding> {
    let lines = file.text.lines().count();
    if lines <= LINES {
        return None;
    }
    let path = &file.shown;
    let reason = file.text.lines().take(30).find_map(|line| line.trim().strip_prefix(REASON));
    Some(match reason.map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => Finding::Noted(format!("{path} has {lines} lines: {reason}")),
        None => Finding::Broken(format!("{path} has {lines} lines: split it, or say why with `{REASON} …`")),
    })
}

fn names(file: &File) -> Vec<String> {
    let mut broken = Vec::new();
    let stem = file.shown.rsplit('/').find(|part| *part != "mod.rs").unwrap_or_default();
    if NO_MODULES.contains(&stem.trim_end_matches(".rs")) {
        broken.push(format!("{}: a module named `{stem}` says nothing of what it is for", file.shown));
    }
    for (number, line) in file.code.lines().enumerate() {
        let words: Vec<_> =
            line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
        for pair in words.windows(2) {
            let name = pair[1];
            let bad = match pair[0] {
                "struct" | "enum" | "trait" | "type" | "union" => {
                    NO_NAMES.iter().any(|end| name.ends_with(end))
                }
                "mod" => NO_MODULES.contains(&name) || NO_NAMES.iter().any(|end| is_snake(name, end)),
                _ => false,
            };
            if bad {
                broken.push(format!(
                    "{}:{}: `{name}` says nothing of what it is for",
                    file.shown,
                    number + 1
                ));
            }
        }
    }
    broken
}

fn is_snake(name: &str, end: &str) -> bool {
    let end = end.to_ascii_lowercase();
    name.strip_suffix(end.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<Finding> {
        check(&File::new(path, path, text))
    }

    #[test]
    fn long_files_need_a_reason() {
        let long = "fn x() {}\n".repeat(401);
        assert!(
            matches!(&found("src/a.rs", &long)[..], [Finding::Broken(text)] if text.contains("401 lines"))
        );
        let excused = format!("//! Doc.\n// Long because: one table.\n{long}");
        assert!(
            matches!(&found("src/a.rs", &excused)[..], [Finding::Noted(text)] if text.contains("one table"))
        );
        let empty = format!("// Long because:\n{long}");
        assert!(matches!(&found("src/a.rs", &empty)[..], [Finding::Broken(_)]), "an empty reason is none");
        assert_eq!(found("src/a.rs", &"fn x() {}\n".repeat(400)), vec![]);
    }

    #[test]
    fn names_that_say_nothing() {
        for bad in [
            "pub struct RepoManager;",
            "enum GitService { A }",
            "trait PushHelper {}",
            "mod utils;",
            "pub(crate) mod common { }",
            "mod repo_manager;",
            "type StringUtils = ();",
        ] {
            assert_eq!(found("src/a.rs", bad).len(), 1, "{bad}");
        }
        assert_eq!(found("src/utils.rs", "").len(), 1);
        assert_eq!(found("src/helpers/mod.rs", "").len(), 1);
        let good = "struct Managers; // struct RepoManager\nconst A: &str = \"mod utils\"; mod service_worker; mod commons;";
        assert_eq!(found("src/a.rs", good), vec![]);
    }
}
