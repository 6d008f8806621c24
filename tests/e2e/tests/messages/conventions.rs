//! What a repository's own files say of messages.

use autocommit_e2e::arg;
use autocommit_test_support::Sandbox;

/// Where a release is made from the types of commits, a message names none that would make one.
#[test]
fn no_release_is_made_by_a_type_that_was_guessed() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    for number in 0..12 {
        sandbox.write(&repo, "src/core.rs", format!("pub fn step() -> usize {{\n    {number}\n}}\n"));
        sandbox.commit(&repo, &format!("fix: repair case {number}"));
    }
    let subject = || {
        let message = sandbox.autocommit(&["message", arg(&repo), "--json"]).ok().json();
        message["subject"].as_str().unwrap().to_owned()
    };
    sandbox.write(&repo, "src/core.rs", "pub fn step() -> usize {\n    let n = 7;\n    n * n\n}\n");
    assert!(subject().starts_with("fix: "), "{}", subject());
    for (path, content) in [
        (".github/workflows/ship/release.yml", "steps:\n  - uses: cocogitto/cocogitto-action@v3\n"),
        (".changeset/config.json", "{}\n"),
        ("cliff.toml", "[bump]\n"),
    ] {
        sandbox.git(&repo, &["stash", "--quiet"]);
        sandbox.write(&repo, path, content);
        sandbox.commit(&repo, "chore: say how it is released");
        sandbox.git(&repo, &["stash", "pop", "--quiet"]);
        assert!(!subject().starts_with("fix") && !subject().starts_with("feat"), "{path}: {}", subject());
        sandbox.git(&repo, &["stash", "--quiet"]);
        sandbox.git(&repo, &["rm", "--quiet", path]);
        sandbox.commit(&repo, "chore: say nothing of it");
        sandbox.git(&repo, &["stash", "pop", "--quiet"]);
        assert!(subject().starts_with("fix: "), "without {path}: {}", subject());
    }
}
