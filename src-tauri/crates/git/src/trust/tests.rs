use super::*;
use autocommit_core::{
    gitconfig,
    repo::RepoKind,
    settings::Deadlines,
    trust::{Standing, TrustKind},
};
use std::{fs, os::unix::fs::PermissionsExt};

async fn git() -> Git {
    Git::find(Deadlines::default()).await.expect("git is installed")
}

/// A repository made of files alone, in a folder of its own.
struct Made {
    dir: tempfile::TempDir,
    repo: Repo,
}

impl Made {
    fn new(config: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let work_tree = dir.path().canonicalize().unwrap().join("w");
        let git_dir = work_tree.join(".git");
        let repo = Repo {
            id: RepoId::of_path(&work_tree),
            common_dir: git_dir.clone(),
            git_dir,
            work_tree,
            kind: RepoKind::Main,
        };
        let made = Self { dir, repo };
        made.write("w/.git/HEAD", "ref: refs/heads/main\n");
        made.write("w/.git/config", config);
        made
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn program(&self, name: &str, text: &str) {
        self.write(name, text);
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// As long ago as looks are kept from.
    fn age(&self) {
        // The inode's own time cannot be set, so this only helps where the clock does.
        std::thread::sleep(std::time::Duration::from_millis(2100));
    }

    async fn assessed(&self, inspector: &Inspector) -> Arc<Assessed> {
        inspector.assess(&git().await, &self.repo, &Settings::default()).await.unwrap()
    }

    async fn brought(&self) -> Vec<(TrustKind, String, String)> {
        let assessed = self.assessed(&Inspector::default()).await;
        assessed.brought.iter().map(|b| (b.kind, b.what.clone(), b.place.clone())).collect()
    }
}

fn said(kind: TrustKind, what: &str, place: &str) -> (TrustKind, String, String) {
    (kind, what.to_owned(), place.to_owned())
}

#[tokio::test]
async fn hooks_and_what_lies_beside_them() {
    let made = Made::new("");
    made.write("w/.git/hooks/pre-commit.sample", "x");
    made.program("w/.git/hooks/pre-push.sample", "x");
    made.program("w/.git/hooks/post-checkout", "x");
    made.write("w/.git/hooks/commit-msg", "not executable");
    assert_eq!(made.brought().await, [], "nothing of it is run by us");
    made.program("w/.git/hooks/pre-commit", "x");
    made.write("w/.git/hooks/pre-commit.d/one", "x");
    made.write("w/.git/hooks/other/one", "x");
    assert_eq!(
        made.brought().await,
        [
            said(TrustKind::Hook, "file commit-msg", ".git/hooks/commit-msg"),
            said(TrustKind::Hook, "program post-checkout", ".git/hooks/post-checkout"),
            said(TrustKind::Hook, "hook pre-commit", ".git/hooks/pre-commit"),
            said(TrustKind::Hook, "file one", ".git/hooks/pre-commit.d/one"),
        ]
    );
}

#[tokio::test]
async fn husky_is_read_with_the_folder_above() {
    let made = Made::new("[core]\nhooksPath = .husky/_\n");
    made.program("w/.husky/_/pre-commit", ". h");
    made.write("w/.husky/_/h", "sh");
    made.write("w/.husky/pre-commit", "npm test");
    made.program("w/.git/hooks/pre-commit", "not in force");
    let places: Vec<_> = made.brought().await.into_iter().map(|b| (b.0, b.2)).collect();
    let expected = [".git/config", ".husky/_/h", ".husky/_/pre-commit", ".husky/pre-commit"];
    assert_eq!(places, expected.map(|place| (TrustKind::Husky, place.to_owned())));
}

#[tokio::test]
async fn included_files_count_with_their_bytes_and_their_settings() {
    let made = Made::new("[include]\npath = more\n[includeIf \"onbranch:x\"]\npath = ../../cond\n");
    made.write("w/.git/more", "[core]\nsshCommand = x\n[include]\npath = deeper\n");
    made.write("w/.git/deeper", "[user]\nname = a\n");
    made.write("cond", "[filter \"x\"]\nclean = x\n");
    let kinds: Vec<_> = made.brought().await.into_iter().map(|b| b.0).collect();
    use TrustKind::{Filter, Include, Ssh};
    assert_eq!(kinds, [Include, Ssh, Include, Include, Filter, Include, Include, Include]);
    let before = made.assessed(&Inspector::default()).await;
    made.write("w/.git/deeper", "[user]\nname = b\n");
    let after = made.assessed(&Inspector::default()).await;
    assert_ne!(before.fingerprint, after.fingerprint, "one byte of an included file");
}

#[tokio::test]
async fn a_worktrees_own_file_counts_where_git_reads_it() {
    let made = Made::new("[core]\nbare = false\n");
    made.write("w/.git/config.worktree", "[core]\nsshCommand = x\n");
    assert_eq!(made.brought().await, []);
    made.write("w/.git/config", "[extensions]\nworktreeConfig = true\n");
    assert_eq!(made.brought().await, [said(TrustKind::Ssh, "core.sshcommand = x", ".git/config.worktree")]);
}

#[tokio::test]
async fn the_work_tree_may_be_named_and_no_other() {
    let made = Made::new("[core]\nworktree = ..\n");
    assert_eq!(made.brought().await, []);
    made.write("w/.git/config", "[core]\nworktree = ../..\n");
    assert_eq!(made.brought().await[0].0, TrustKind::WorkTree);
}

#[tokio::test]
async fn a_program_of_the_tree_counts_where_a_setting_names_it() {
    let made =
        Made::new("[filter \"x\"]\nclean = sh 'tools/clean.sh' -x %f | ./more\n[alias]\nx = !./alias\n");
    for name in ["tools/clean.sh", "more", "alias", "x"] {
        made.program(&format!("w/{name}"), "one");
    }
    let places: Vec<_> = made.brought().await.into_iter().map(|b| (b.0, b.2)).collect();
    let expected = [".git/config", "tools/clean.sh", "./more"];
    assert_eq!(places, expected.map(|place| (TrustKind::Filter, place.to_owned())));
    let before = made.assessed(&Inspector::default()).await.fingerprint.clone();
    made.program("w/tools/clean.sh", "two");
    assert_ne!(made.assessed(&Inspector::default()).await.fingerprint, before);
}

#[tokio::test]
async fn a_git_folder_that_leads_elsewhere_asks() {
    use std::os::unix::fs::symlink;
    let made = Made::new("[remote \"origin\"]\nurl = https://h/x\n");
    let leads = |place: &str, to: &str| said(TrustKind::WorkTree, &format!("leads to {to}"), place);
    for folder in ["logs/refs/heads", "refs/remotes/origin", "inside"] {
        fs::create_dir_all(made.path("w/.git").join(folder)).unwrap();
    }
    fs::create_dir_all(made.path("outside")).unwrap();
    let inspector = Inspector::default();
    made.age();
    let before = made.assessed(&inspector).await;
    assert_eq!(before.brought, []);
    for (place, to, asks) in [
        (".git/logs/HEAD", "../../../mine", true),
        (".git/logs/refs/heads/main", "/nowhere/at/all", true),
        (".git/refs/remotes/origin/main", "../../../../../mine", true),
        (".git/index", "../../outside", true),
        (".git/ORIG_HEAD", "refs/heads/main", false),
        (".git/objects", "inside", false),
        (".git/objects", "../../outside", true),
    ] {
        symlink(to, made.path("w").join(place)).unwrap();
        let brought = made.assessed(&inspector).await.brought.clone();
        let brought: Vec<_> = brought.into_iter().map(|b| (b.kind, b.what, b.place)).collect();
        assert_eq!(brought, if asks { vec![leads(place, to)] } else { Vec::new() }, "{place}");
        fs::remove_file(made.path("w").join(place)).unwrap();
    }
    assert_eq!(made.assessed(&inspector).await.brought, before.brought);
}

#[tokio::test]
async fn the_git_folder_of_another_work_tree_asks() {
    let made = Made::new("");
    let git_dir = made.path("w/.git");
    let at = |git_dir: &Path, common_dir: &Path| Repo {
        git_dir: git_dir.to_owned(),
        common_dir: common_dir.to_owned(),
        work_tree: made.path("other"),
        ..made.repo.clone()
    };
    fs::create_dir_all(made.path("other")).unwrap();
    let asks = async |repo: Repo| {
        let assessed = Inspector::default().assess(&git().await, &repo, &Settings::default()).await.unwrap();
        !assessed.brought.is_empty()
    };
    assert!(asks(at(&git_dir, &git_dir)).await, "that of another work tree");
    fs::rename(&git_dir, made.path("w/apart.git")).unwrap();
    let apart = made.path("w/apart.git");
    assert!(!asks(at(&apart, &apart)).await, "one that is apart");
    made.write("other/.git/HEAD", "ref: refs/heads/main\n");
    assert!(asks(at(&made.path("other/.git"), &apart)).await, "one with another's refs");
}

#[tokio::test]
async fn what_git_would_refuse_is_unreadable_and_a_pipe_is_not_waited_for() {
    let made = Made::new("[core\n");
    let git = git().await;
    let unreadable = |result: Result<Arc<Assessed>, GitError>| {
        matches!(result, Err(GitError::Failed { class: crate::Failure::Unreadable, .. }))
    };
    let assess = async || Inspector::default().assess(&git, &made.repo, &Settings::default()).await;
    assert!(unreadable(assess().await));
    fs::remove_file(made.path("w/.git/config")).unwrap();
    let made_pipe = git.call("test").global("-c").global("alias.pipe=!mkfifo config hooks/pre-commit");
    fs::create_dir_all(made.path("w/.git/hooks")).unwrap();
    made_pipe.env("GIT_DIR", "/dev/null").directory(&made.path("w/.git")).arg("pipe").check().await.unwrap();
    assert!(unreadable(assess().await));
    made.write("w/.git/other", "");
    fs::rename(made.path("w/.git/other"), made.path("w/.git/config")).unwrap();
    fs::set_permissions(made.path("w/.git/hooks/pre-commit"), fs::Permissions::from_mode(0o755)).unwrap();
    let brought = made.brought().await;
    assert_eq!(brought[0].1, "hook pre-commit (cannot be read)");
    made.write("w/.git/config", "[include]\npath = config\n");
    assert!(unreadable(assess().await), "a file that includes itself");
}

#[tokio::test]
async fn a_folder_that_is_pushed_to() {
    let made = Made::new("[remote \"origin\"]\nurl = ../r\n[remote \"web\"]\nurl = https://u:p@h/x\n");
    for bare in ["r.git", "s"] {
        made.write(&format!("{bare}/HEAD"), "ref: refs/heads/main\n");
        fs::create_dir_all(made.path(&format!("{bare}/objects"))).unwrap();
    }
    assert_eq!(made.brought().await, []);
    made.program("r.git/hooks/pre-commit", "never run by a push");
    assert_eq!(made.brought().await, []);
    made.program("r.git/hooks/update", "x");
    let what: Vec<_> = made.brought().await.into_iter().map(|b| (b.0, b.1)).collect();
    let expected = ["program pre-commit", "hook update"];
    assert_eq!(what, expected.map(|what| (TrustKind::RemoteFolder, what.to_owned())));
    let config = format!("[remote \"o\"]\nurl = /x\npushurl = file://{}\n", made.path("s").display());
    made.write("w/.git/config", &config);
    assert_eq!(made.brought().await, []);
    made.write("s/config", "[core]\nhooksPath = elsewhere\n");
    assert_eq!(made.brought().await[0].1, "core.hookspath = elsewhere");
    let assessed = made.assessed(&Inspector::default()).await;
    assert_eq!(assessed.addresses.len(), 1, "only where pushes go");
}

#[tokio::test]
async fn the_next_push_is_told_from_files() {
    let made = Made::new(
        "[remote \"a\"]\nurl = https://h/a\n[remote \"b\"]\nurl = https://h/b\n[branch \"main\"]\nremote = a\n",
    );
    let known = autocommit_core::trust::Enrolled::Known(vec![Address::new("a", "https://h/a")]);
    let standing = Standing { enrolled: known, ..Standing::default() };
    let passes = async || made.assessed(&Inspector::default()).await.judge(&made.repo.id, &standing).is_ok();
    assert!(passes().await);
    made.write("w/.git/HEAD", "ref: refs/heads/other\n");
    assert!(passes().await, "origin does not exist");
    let both = fs::read_to_string(made.path("w/.git/config")).unwrap();
    made.write("w/.git/config", &format!("{both}[remote]\npushDefault = b\n"));
    assert!(!passes().await, "the next push would go to b");
    made.write("w/.git/HEAD", &format!("{}\n", "1".repeat(40)));
    assert!(passes().await, "no push without a branch");
    made.write("w/.git/HEAD", "ref: refs/heads/.invalid\n");
    assert!(!passes().await, "it may be any");
}

#[tokio::test]
async fn nothing_is_read_again_until_something_changed() {
    let made = Made::new("");
    made.program("w/.git/hooks/pre-commit", "one");
    made.age();
    let inspector = Inspector::default();
    let first = made.assessed(&inspector).await;
    let again = made.assessed(&inspector).await;
    assert!(Arc::ptr_eq(&first, &again), "a look at a few files is enough");
    made.program("w/.git/hooks/pre-commit", "two");
    let changed = made.assessed(&inspector).await;
    assert_ne!(first.fingerprint, changed.fingerprint);
    made.program("w/.git/hooks/pre-commit", "abc");
    assert_ne!(made.assessed(&inspector).await.fingerprint, changed.fingerprint, "in the same clock tick");
}

/// Git is the judge of our reading of its configuration.
#[tokio::test]
async fn configuration_is_read_as_git_reads_it() {
    const PIECES: &[&str] = &[
        "[core]",
        "[Core]",
        "[a \"B.c\"]",
        "[a.B]",
        "[a \"x\\\"y\"]",
        "[a \"\\\\\"]",
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "\t",
        " ",
        "key",
        "K-1",
        "k",
        "=",
        " = ",
        "value",
        "\"",
        "\"quoted # ; text\"",
        "\\\"",
        "\\n",
        "\\t",
        "\\b",
        "\\\\",
        "\\\n",
        "\\x",
        "#",
        ";",
        "# note",
        "]",
        "[",
        "ü",
        "\u{feff}",
        "1",
        "true",
        "[include]",
        "[a  \t\"b\"]",
        "[a\"b\"]",
        "\x0b",
        "\x7f",
    ];
    let git = git().await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config");
    let (mut seed, mut agreed) = (1_u64, [0, 0]);
    let mut next = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for _ in 0..400 {
        let begin = ["[core]\nkey = v\n", "[a \"b\"]\nk", ""][next(3)];
        let text: String =
            std::iter::once(begin).chain((0..next(14)).map(|_| PIECES[next(PIECES.len())])).collect();
        fs::write(&file, &text).unwrap();
        let call = git.call("test").env("GIT_DIR", "/dev/null").directory(Path::new("/"));
        let said =
            call.args(["config", "--list", "-z", "--no-includes", "-f"]).arg(&file).run().await.unwrap();
        let ours = gitconfig::parse(text.as_bytes());
        agreed[usize::from(ours.is_ok())] += 1;
        let Ok(ours) = ours else {
            // A name before the first section means nothing to git; a NUL ends a value for some of it only.
            let first =
                String::from_utf8_lossy(said.stdout.split(|b| matches!(b, 0 | b'\n')).next().unwrap());
            let odd = !first.contains('.') || text.contains('\0');
            assert!(!said.success() || odd, "we refuse what git takes: {text:?}");
            continue;
        };
        assert!(said.success(), "we take what git refuses: {text:?} {}", said.stderr);
        let mut expected = Vec::new();
        for setting in ours {
            expected.extend_from_slice(setting.key.as_bytes());
            if let Some(value) = &setting.value {
                expected.push(b'\n');
                expected.extend_from_slice(value);
            }
            expected.push(0);
        }
        assert_eq!(
            String::from_utf8_lossy(&said.stdout),
            String::from_utf8_lossy(&expected),
            "{text:?} is read differently"
        );
    }
    assert!(agreed.iter().all(|n| *n > 50), "both kinds were tried: {agreed:?}");
}
