//! What the source text of a package may not contain: comments, strings and tests are taken out before looking.

use super::blank::{blanked, without_tests};

/// One Rust file.
#[derive(Debug)]
pub(crate) struct File {
    /// Its path from the top of the workspace.
    pub(crate) shown: String,
    /// The text as it is.
    pub(crate) text: String,
    /// The text without the contents of comments and strings; lines stay where they are.
    pub(crate) code: String,
    /// `code` without modules for tests; empty in a file that is only for tests or a build script.
    product: String,
}

impl File {
    /// Takes the text of the file at `relative` in its package.
    pub(crate) fn new(shown: &str, relative: &str, text: &str) -> Self {
        let code = blanked(text);
        let for_tests = ["tests/", "benches/", "examples/"].iter().any(|folder| relative.starts_with(folder))
            || relative.contains("/tests/")
            || relative.ends_with("/tests.rs")
            || relative == "build.rs";
        let product = if for_tests { String::new() } else { without_tests(&code) };
        Self { shown: shown.to_owned(), text: text.to_owned(), code, product }
    }
}

/// A1: reading the world, or waiting for it.
const NOT_IN_CORE: [&str; 11] = [
    "std::fs",
    "std::process",
    "std::net",
    "std::env",
    "std::thread",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "async fn",
    "async move",
];

/// A3: functions of git2 that write. Their names are precise enough not to hit `Vec::push` or functions of our own.
const GIT2_WRITES: [&str; 66] = [
    "Repository::init",
    "Repository::clone",
    "RepoBuilder",
    "CheckoutBuilder",
    "PushOptions",
    "FetchOptions",
    "RemoteCallbacks",
    "Indexer",
    "IndexAddOption",
    "StashSaveOptions",
    "RevertOptions",
    "CherrypickOptions",
    ".write()",
    ".write_tree(",
    ".write_tree_to(",
    ".add_path(",
    ".add_all(",
    ".add_frombuffer(",
    ".update_all(",
    ".remove_path(",
    ".remove_all(",
    ".remove_dir(",
    ".conflict_remove(",
    ".commit(",
    ".commit_signed(",
    ".commit_create_buffer(",
    ".amend(",
    ".blob(",
    ".blob_path(",
    ".blob_writer(",
    ".treebuilder(",
    ".tag(",
    ".tag_lightweight(",
    ".tag_delete(",
    ".note(",
    ".note_delete(",
    ".branch(",
    ".reference(",
    ".reference_symbolic(",
    ".reference_matching(",
    ".set_target(",
    ".symbolic_set_target(",
    ".set_head",
    ".detach_head",
    ".checkout_",
    ".reset(",
    ".reset_default(",
    ".stash_",
    ".cherrypick(",
    ".revert(",
    ".merge(",
    ".rebase(",
    ".cleanup_state(",
    ".remote(",
    ".remote_add_",
    ".remote_set_",
    ".remote_delete(",
    ".remote_rename(",
    ".worktree(",
    ".packbuilder(",
    ".set_str(",
    ".set_bool(",
    ".set_i32(",
    ".set_i64(",
    ".set_multivar(",
    ".update_index(true",
];

/// A2: files outside the git crate that start a program which is no git, each with a reason beside the call.
const STARTS_NO_GIT: [(&str, &str); 5] = [
    ("autocommit-host", "host/src/unit/ask.rs"),
    ("autocommit-llama", "llama/src/child.rs"),
    ("autocommit-report", "report/src/command.rs"),
    ("autocommit-desktop", "src-tauri/src/open.rs"),
    ("autocommit-desktop", "src-tauri/src/display.rs"),
];

/// Each forbidden word in one file of the package `package`, as a sentence.
pub(crate) fn check(package: &str, file: &File) -> Vec<String> {
    let mut broken = Vec::new();
    let starts_programs =
        matches!(package, "autocommit-git" | "xtask" | "autocommit-test-support" | "autocommit-e2e")
            || STARTS_NO_GIT.iter().any(|(ours, path)| *ours == package && file.shown.ends_with(path));
    let uses_git2 = package == "autocommit-git" && file.product.contains("git2");
    for (number, line) in file.product.lines().enumerate() {
        let mut say = |what: String| broken.push(format!("{}:{}: {what}", file.shown, number + 1));
        if package == "autocommit-core" {
            for word in NOT_IN_CORE.iter().filter(|word| line.contains(**word)) {
                say(format!("A1: `{word}` has no place in the core"));
            }
        }
        let command = line.contains("Command::new") && !line.contains("clap::Command::new");
        if !starts_programs && command {
            say("A2: only the git crate starts programs".to_owned());
        }
        // The same lint keeps the making of HTTP clients in one crate.
        let lifted = line.contains("clippy::disallowed_methods") && package != "autocommit-web";
        if !starts_programs && lifted {
            say("A2: the lint against starting programs is switched off only in the git crate".to_owned());
        }
        if uses_git2 {
            for word in GIT2_WRITES.iter().filter(|word| line.contains(**word)) {
                say(format!("A3: `{word}` writes through libgit2"));
            }
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(package: &str, text: &str) -> Vec<String> {
        check(package, &File::new("x/src/a.rs", "src/a.rs", text))
    }

    #[test]
    fn the_core_reads_nothing() {
        for word in NOT_IN_CORE {
            let found = broken("autocommit-core", &format!("//! Doc.\nfn x() {{ {word} y }}\n"));
            assert!(found[0].starts_with("x/src/a.rs:2: A1"), "{word}: {found:?}");
            assert_eq!(broken("autocommit-engine", word).len(), 0, "{word}");
        }
        let harmless =
            "// std::fs\n/* std::env /* std::net */ async fn */ let a = \"std::fs\"; let r = r#\"std::env\"#;
            #[cfg(test)]\nmod tests { fn x() { std::fs::read(\"{\"); } }\n";
        assert_eq!(broken("autocommit-core", harmless), Vec::<String>::new());
        let after =
            "#[cfg(test)]\nuse a::b;\n#[cfg(test)]\nmod tests { const C: char = '}'; }\nuse std::fs;\n";
        assert_eq!(
            broken("autocommit-core", after),
            ["x/src/a.rs:5: A1: `std::fs` has no place in the core"]
        );
    }

    #[test]
    fn only_git_starts_programs() {
        let start = "fn x() { tokio::process::Command::new(\"git\"); }";
        let allow = "#[allow(clippy::disallowed_methods, reason = \"just once\")]\nfn x() {}";
        for package in
            ["autocommit-core", "autocommit-engine", "autocommit-host", "autocommit", "autocommit-watch"]
        {
            assert_eq!(broken(package, start).len(), 1, "{package}");
            assert_eq!(broken(package, allow).len(), 1, "{package}");
        }
        assert_eq!(broken("autocommit-git", start).len() + broken("xtask", allow).len(), 0);
        assert_eq!(broken("autocommit", "clap::Command::new(\"x\")").len(), 0);
        let systems = File::new("crates/host/src/unit/ask.rs", "src/unit/ask.rs", start);
        assert_eq!(check("autocommit-host", &systems).len(), 0);
        assert_eq!(check("autocommit-engine", &systems).len(), 1);
        let desktop = |shown| check("autocommit-desktop", &File::new(shown, "src/open.rs", start)).len();
        assert_eq!((desktop("src-tauri/src/open.rs"), desktop("src-tauri/src/keep.rs")), (0, 1));
        let in_tests = File::new("x/tests/a.rs", "tests/a.rs", start);
        assert_eq!(check("autocommit-watch", &in_tests).len(), 0);
        let contests = File::new("x/src/contests.rs", "src/contests.rs", start);
        assert_eq!(check("autocommit-watch", &contests).len(), 1);
    }

    #[test]
    fn libgit2_never_writes() {
        for word in GIT2_WRITES {
            let text = format!("use git2::Repository;\nfn x() {{ repo{word}) }}\n");
            assert!(!broken("autocommit-git", &text).is_empty(), "{word}");
            let ours = format!("fn x() {{ self{word}) }}\n");
            assert_eq!(
                broken("autocommit-git", &ours).len(),
                0,
                "{word}: a file without git2 is our own business"
            );
        }
        let reads =
            "use git2::Repository;\nlet r = Repository::open(p)?; v.push(1); r.head()?; r.find_commit(id)?;
            r.graph_ahead_behind(a, b)?; io.write(buffer)?; r.find_reference(n)?; r.config()?; r.revwalk()?;";
        assert_eq!(broken("autocommit-git", reads), Vec::<String>::new());
    }
}
