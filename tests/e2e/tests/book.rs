//! The commands that the book prints do what it says: every block of a page that is marked as shell is run, in order, by one
//! shell, in a world of its own.

use autocommit_test_support::{Output, Sandbox};
use std::{fs, path::Path};

/// The blocks of a page that are to be run, one behind the other. What is only shown is marked `console`.
fn script(page: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let blocks = text.split("\n```").filter_map(|block| block.strip_prefix("sh\n"));
    let blocks: Vec<_> = blocks.collect();
    assert!(blocks.len() > 3, "{page} has blocks to run");
    format!("set -euo pipefail\n{}\n", blocks.join("\n"))
}

/// Runs the script with `autocommit` found on PATH; without a shell or curl nothing is run, and that is said.
fn run(sandbox: &Sandbox, script: &str, needs: &[&str]) -> Option<Output> {
    for program in needs {
        if !sandbox.run(sandbox.root(), "sh", &["-c", &format!("command -v {program}")]).status.success() {
            eprintln!("{program} is not there: the commands of the page were not run");
            return None;
        }
    }
    Some(sandbox.run(sandbox.home(), "bash", &["-c", script]))
}

/// A world with a repository that has changes and something that is held, and `autocommit` on its PATH.
fn world() -> (Sandbox, std::path::PathBuf, std::path::PathBuf) {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("notes");
    let program = sandbox.autocommit_command().get_program().to_owned();
    std::os::unix::fs::symlink(program, sandbox.bin_dir().join("autocommit")).expect("a link");
    sandbox.write(&repo, "todo.md", "one\n");
    sandbox.write(&repo, ".env", "KEY=x\n");
    (sandbox, repo, bare)
}

#[test]
fn the_first_five_minutes_are_as_they_are_told() {
    let (sandbox, repo, bare) = world();
    // What the person is told to write into the file; nobody else is there to do it.
    let folders = format!("repos_base_paths = [{:?}]", sandbox.repos_dir());
    let edit = format!(
        "autocommit config init\nsed -i 's|^# repos_base_paths = .*|{folders}|' \"$AUTOCOMMIT_CONFIG\""
    );
    let script = script("first-steps.md");
    assert_eq!(script.matches("autocommit config init\n").count(), 1);
    let script = script.replace("autocommit config init", &edit);
    let Some(output) = run(&sandbox, &script, &["bash"]) else { return };
    let output = output.ok();
    assert!(output.stdout.contains(".env"), "what is held is shown: {output:?}");
    let pushed = sandbox.git(&bare, &["ls-tree", "--name-only", "main"]);
    assert_eq!(pushed, "README.md\ntodo.md");
    assert_eq!(
        sandbox.git(&repo, &["rev-list", "--count", "main"]),
        "2",
        "once, and what comes behind it adds none"
    );
}

#[test]
fn the_commands_of_the_api_page_do_what_it_says() {
    let (sandbox, repo, bare) = world();
    // Whoever asks waits for no quiet; by itself the daemon commits nothing meanwhile that the page means to commit.
    let config = sandbox.config().set("watch", false).set("quiet_seconds", 600).set("max_wait_seconds", 3600);
    let daemon = sandbox.daemon_with(config);
    let page = script("api.md");
    assert!(page.contains("URL=http://127.0.0.1:8200\n"), "the address of the page");
    let page = page.replace("http://127.0.0.1:8200", &daemon.base_url());
    // The commit with a message of one's own finds something to commit, which nothing else takes before it.
    let idle =
        r#"until curl -sf -H "$READ" "$URL/status" | grep '"state":"idle"' > idle; do sleep 0.1; done"#;
    let change = format!("{idle}\necho two >> {}/todo.md", repo.display());
    // Nor does the trigger of all that the page goes on with.
    let script = page.replace("\nREPO=", &format!("\n{change}\nREPO="));
    let script = script.replace("\nCYCLE=", &format!("\n{idle}\nCYCLE="));
    let Some(output) = run(&sandbox, &script, &["bash", "curl"]) else { return };
    let output = output.ok();
    for part in [
        r#"{"status":"ok"}"#,
        r#""uptime_seconds":"#,
        r#"{"cycle_id":""#,
        r#""paused_until":"2"#,
        r#""push":false"#,
        r#"{"entries":["#,
        "event: cycle_started",
        r#""key":"quiet_seconds""#,
        r#""code":"unauthorized""#,
    ] {
        assert!(output.stdout.contains(part), "{part}: {output:?}");
    }
    let said = sandbox.git(&repo, &["log", "--format=%s", "main"]);
    assert!(said.lines().any(|subject| subject == "Cap the retry delay"), "{said}");
    daemon.stop();
    assert_eq!(sandbox.git(&bare, &["rev-parse", "main"]), sandbox.git(&repo, &["rev-parse", "main"]));
}
