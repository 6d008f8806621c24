//! `config` and `completions`.

use autocommit_e2e::{arg, assert_arrived};
use autocommit_test_support::Sandbox;
use serde_json::Value;

#[test]
fn init_check_show_path() {
    let sandbox = Sandbox::new();
    let path = sandbox.autocommit(&["config", "path"]).ok();
    assert_eq!(path.stdout.trim_end(), arg(&sandbox.config_file()));
    std::fs::remove_file(sandbox.config_file()).unwrap();
    let mut init = sandbox.autocommit_command();
    assert!(init.args(["config", "init"]).output().unwrap().status.success());
    let written = std::fs::read_to_string(sandbox.config_file()).unwrap();
    for key in
        ["repos_base_paths", "quiet_seconds", "[llm]", "llama_model_id", "[http]", "[guards]", "[deadlines]"]
    {
        assert!(written.contains(key), "explains {key}:\n{written}");
    }
    let _ = sandbox.autocommit(&["config", "check"]).ok();
    let again = sandbox.autocommit(&["config", "init"]).exits(2);
    assert!(again.stderr.contains(arg(&sandbox.config_file())), "{}", again.shown());
    assert_eq!(
        std::fs::read_to_string(sandbox.config_file()).unwrap(),
        written,
        "nothing is replaced unasked"
    );

    let shown = sandbox.autocommit(&["config", "show", "--json"]).ok().json();
    for (key, default) in [
        ("/repos_base_paths", Value::from(Vec::<String>::new())),
        ("/recursive_depth", 4.into()),
        ("/cycle_interval_seconds", 60.into()),
        ("/watch", true.into()),
        ("/quiet_seconds", 3.0.into()),
        ("/max_wait_seconds", 60.0.into()),
        ("/git_remote", "origin".into()),
        ("/push", true.into()),
        ("/dry_run", false.into()),
        ("/push_workers", 8.into()),
        ("/push_per_host", 4.into()),
        ("/share_ssh_connections", true.into()),
        ("/maintenance/enabled", true.into()),
        ("/maintenance/loose_objects", 2000.into()),
        ("/maintenance/rest_seconds", 600.into()),
        ("/maintenance/only_when_idle", true.into()),
        ("/llm/base_url", "http://127.0.0.1:8000".into()),
        ("/llm/llama_model_id", "qwen2.5-1.5b-instruct".into()),
        ("/llm/timeout_seconds", 20.0.into()),
        ("/llm/enabled", true.into()),
        ("/http/enabled", true.into()),
        ("/http/port", 8200.into()),
        ("/http/bind", "127.0.0.1".into()),
        ("/guards/max_file_mib", 50.into()),
        ("/guards/max_new_files", 2000.into()),
        ("/guards/max_new_mib", 200.into()),
        ("/guards/mass_delete_percent", 50.into()),
        ("/guards/secrets", "hold".into()),
        ("/notifications/push_failure", true.into()),
        ("/notifications/held", true.into()),
        ("/notifications/recovered", false.into()),
        ("/deadlines/local_seconds", 60.0.into()),
        ("/deadlines/hook_seconds", 300.0.into()),
        ("/deadlines/push_seconds", 300.0.into()),
        ("/deadlines/push_stall_seconds", 60.0.into()),
    ] {
        assert_eq!(shown.pointer(key), Some(&default), "{key}: {shown:#}");
    }
    for unset in ["git_branch", "commit_workers"] {
        assert!(shown.get(unset).is_none_or(Value::is_null), "{unset}: {shown:#}");
    }
}

#[test]
fn the_file_then_the_environment_then_the_command_line() {
    let sandbox = Sandbox::new();
    sandbox
        .write_config(&sandbox.config().set("quiet_seconds", 1.0).set("llm.base_url", "http://127.0.0.1:1"));
    let value = |args: &[&str], key: &str| {
        let args: Vec<&str> = args.iter().chain(&["config", "show", "--json"]).copied().collect();
        sandbox.autocommit(&args).ok().json().pointer(key).cloned().unwrap()
    };
    assert_eq!(value(&[], "/quiet_seconds"), 1.0);
    sandbox.set_env("AUTOCOMMIT_QUIET_SECONDS", "2");
    sandbox.set_env("AUTOCOMMIT_LLM__BASE_URL", "http://127.0.0.1:2");
    assert_eq!(value(&[], "/quiet_seconds"), 2.0);
    assert_eq!(value(&[], "/llm/base_url"), "http://127.0.0.1:2");
    assert_eq!(value(&["--set", "quiet_seconds=3"], "/quiet_seconds"), 3.0);
    let shown = sandbox.autocommit(&["config", "show"]).ok();
    assert!(shown.stdout.contains("AUTOCOMMIT_QUIET_SECONDS"), "says where from: {}", shown.shown());
}

#[test]
fn home_and_variables_expand_in_base_paths() {
    let sandbox = Sandbox::new();
    for (i, base) in ["~/code", "$CODE/deep", "${CODE}/other"].into_iter().enumerate() {
        let name = format!("app{i}");
        let (made, bare) = sandbox.repo_with_remote(&name);
        let folder = sandbox.home().join(["code", "work/deep", "work/other"][i]);
        std::fs::create_dir_all(&folder).unwrap();
        let repo = folder.join(&name);
        std::fs::rename(made, &repo).unwrap();
        sandbox.write(&repo, "work.txt", "1\n");
        sandbox.set_env("CODE", arg(&sandbox.home().join("work")));
        sandbox
            .write_config(&sandbox.config().set("http.enabled", false).set("repos_base_paths", vec![base]));
        let _ = sandbox.autocommit(&["once"]).ok();
        assert_arrived(&sandbox, &repo, &bare);
    }
}

#[test]
fn completions() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = sandbox.autocommit(&["completions", shell]).ok();
        for word in ["autocommit", "once", "disable", "dry-run"] {
            assert!(script.stdout.contains(word), "{shell} knows {word}");
        }
        assert_eq!(script.stderr, "");
    }
    let script = sandbox.autocommit(&["completions", "bash"]).ok().stdout;
    let file = sandbox.write(sandbox.root(), "completions.bash", script);
    let _ = sandbox.run(sandbox.root(), "bash", &["-n", arg(&file)]).ok();
    let version = sandbox.autocommit(&["--version"]).ok();
    assert!(version.stdout.starts_with("autocommit "), "{}", version.shown());
    let help = sandbox.autocommit(&["--help"]).ok();
    assert!(help.stdout.contains("once") && help.stdout.contains("Exit codes"), "{}", help.shown());
}
