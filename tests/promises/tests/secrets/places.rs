//! Where the secrets are planted: one repository for each place, with a change beside it that is no secret.

use crate::{canary::Canary, scanner::in_base64};
use autocommit_test_support::Sandbox;
use std::path::{Path, PathBuf};

/// One planted secret and its repository.
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) canary: Canary,
    pub(crate) work: PathBuf,
    pub(crate) bare: PathBuf,
    /// The person's own name for something here, which is shown as it is.
    pub(crate) a_name: bool,
    /// Plain git would publish it.
    pub(crate) in_commits: bool,
    /// `rest.txt` arrives all the same.
    pub(crate) rest_goes: bool,
}

/// How a file with the secret is made.
type Content = fn(&Canary) -> Vec<u8>;

fn line(canary: &Canary) -> Vec<u8> {
    canary.line().into_bytes()
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
}

/// New files: name and content.
const FILES: &[(&str, &str, Content)] = &[
    ("new-file", "config.py", line),
    ("deep-down", "a/b/c/d/settings.toml", line),
    ("odd-name", "tab\tand \"quotes\".py", line),
    ("with-crlf", "config.py", |c| c.line().replace('\n', "\r\n").into_bytes()),
    ("no-newline", "config.py", |c| c.line().trim_end().as_bytes().to_vec()),
    ("far-down", "notes.md", |c| [&b"a line of text\n".repeat(100_000)[..], &line(c)].concat()),
    ("in-a-long-line", "bundle.js", |c| [&b"var a=1;".repeat(40_000)[..], b"t=", &line(c)].concat()),
    ("in-a-binary", "tool.bin", |c| [b"\x7fELF\0\0\0\x01", &line(c)[..], b"\0\xff\xfe\0"].concat()),
    ("in-utf16-le", "config.reg", |c| utf16(&c.line(), u16::to_le_bytes)),
    ("in-utf16-be", "config.reg", |c| utf16(&c.line(), u16::to_be_bytes)),
    ("in-base64", "deployment.yaml", |c| {
        format!("data:\n  token: {}\n", in_base64(&format!("{}\n", c.text))).into_bytes()
    }),
    ("in-a-notebook", "run.ipynb", |c| {
        format!("{{\"cells\": [{{\"source\": [\"t = \\\"{}\\\"\\n\"]}}]}}\n", c.text).into_bytes()
    }),
    ("in-json", "settings.json", |c| format!("{{\"auth\": {{\"token\": \"{}\"}}}}\n", c.text).into_bytes()),
    ("in-a-script", "deploy.sh", |c| format!("#!/bin/sh\nexport API_TOKEN={}\n", c.text).into_bytes()),
    ("in-a-header", "get.http", |c| {
        format!("GET / HTTP/1.1\nAuthorization: Bearer {}\n", c.text).into_bytes()
    }),
    ("in-a-patch", "fix.patch", |c| {
        format!("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+t = \"{}\"\n", c.text).into_bytes()
    }),
    ("in-env", ".env", |c| format!("API_TOKEN={}\n", c.text).into_bytes()),
    ("in-env-of-a-stage", "deploy/.env.production", |c| format!("TOKEN={}\n", c.text).into_bytes()),
    ("in-netrc", ".netrc", |c| format!("machine h.example login me password {}\n", c.text).into_bytes()),
    ("in-git-credentials", ".git-credentials", |c| format!("https://me:{}@h.example\n", c.text).into_bytes()),
    ("in-npmrc", ".npmrc", |c| format!("//r.example/:_authToken={}\n", c.text).into_bytes()),
    ("in-pypirc", ".pypirc", |c| format!("[pypi]\nusername = u\npassword = {}\n", c.text).into_bytes()),
    ("in-terraform-state", "terraform.tfstate", |c| {
        format!("{{\"outputs\": {{\"p\": \"{}\"}}}}\n", c.text).into_bytes()
    }),
    ("in-a-key-store", "app.p12", |c| [b"\x30\x82\x01", c.text.as_bytes()].concat()),
    ("in-a-history", ".bash_history", |c| format!("login {}\n", c.text).into_bytes()),
];

/// What a person does with git; `$LINE` is the line with the secret, `$TOKEN` the secret.
const SCRIPTS: &[(&str, &str, bool)] = &[
    // Name, what is done, whether what is no secret still arrives.
    ("modified-file", "echo \"$LINE\" >> tracked.py", true),
    ("staged-whole", "echo \"$LINE\" > s.py; git add s.py", true),
    ("half-staged", "echo \"$LINE\" > s.py; git add s.py; echo more >> s.py", true),
    ("intent-to-add", "echo \"$LINE\" > s.py; git add -N s.py", true),
    ("renamed", "git mv tracked.py moved.py; echo \"$LINE\" >> moved.py", true),
    ("copied", "cp tracked.py copy.py; echo \"$LINE\" >> copy.py", true),
    ("link-target", "ln -s \"$TOKEN\" link", true),
    ("executable", "printf '#!/bin/sh\\n%s\\n' \"$LINE\" > run; chmod +x run", true),
    (
        "taken-out-of-ignored",
        "echo s.py > .gitignore; git add .; git commit -qm i; git push -q; echo \"$LINE\" > s.py; git add -f s.py",
        true,
    ),
    ("own-commit", "echo \"$LINE\" > s.py; git add s.py; git commit -qm own", false),
    (
        "own-commit-and-out-again",
        "echo \"$LINE\" > s.py; git add s.py; git commit -qm own; git rm -q s.py; git commit -qm out",
        false,
    ),
    (
        "own-commit-amidst",
        "git commit -q --allow-empty -m 1; echo \"$LINE\" > s.py; git add s.py; git commit -qm 2; git commit -q --allow-empty -m 3",
        false,
    ),
    (
        "own-merge",
        "git switch -qc side; echo \"$LINE\" > s.py; git add s.py; git commit -qm side; git switch -q main; git commit -q --allow-empty -m m; git merge -q --no-edit side",
        false,
    ),
    ("own-binary-commit", "printf 'x\\0%s\\0' \"$LINE\" > s.bin; git add s.bin; git commit -qm own", false),
    ("own-message", "git commit -q --allow-empty -m \"Use $TOKEN\"", false),
    ("own-message-body", "git commit -q --allow-empty -m Subject -m \"and $LINE\"", false),
    ("branch-name", "git switch -qc \"try-$TOKEN\"; git commit -q --allow-empty -m own", false),
];

/// What never is in a commit: `$BARE` is the remote's folder.
const AROUND: &[(&str, &str, bool)] = &[
    ("ignored-file", "echo s.py > .gitignore; git add .; git commit -qm i; echo \"$LINE\" > s.py", true),
    ("staged-and-out-again", "echo \"$LINE\" > s.py; git add s.py; echo harmless > s.py", true),
    ("stash", "echo \"$LINE\" >> tracked.py; git stash -q", true),
    (
        "other-branch",
        "git switch -qc other; echo \"$LINE\" > s.py; git add s.py; git commit -qm o; git switch -q main",
        true,
    ),
    (
        "server-refuses",
        "printf '#!/bin/sh\\necho \"denied: %s\" >&2\\nexit 1\\n' \"$TOKEN\" > $BARE/hooks/pre-receive; chmod +x $BARE/hooks/pre-receive; git -C $BARE config core.hooksPath $BARE/hooks",
        false,
    ),
    (
        "server-says",
        "printf '#!/bin/sh\\necho \"welcome: %s\" >&2\\n' \"$TOKEN\" > $BARE/hooks/post-receive; chmod +x $BARE/hooks/post-receive; git -C $BARE config core.hooksPath $BARE/hooks",
        true,
    ),
    ("password-in-the-address", "git remote set-url origin \"https://me:$TOKEN@127.0.0.1:9/x.git\"", false),
    ("user-in-the-address", "git remote set-url origin \"https://$TOKEN@127.0.0.1:9/x.git\"", false),
    (
        "password-of-the-push-address",
        "git remote set-url --push origin \"https://me:$TOKEN@127.0.0.1:9/x.git\"",
        false,
    ),
    ("password-for-ssh", "git remote set-url origin \"ssh://me:$TOKEN@127.0.0.1:9/x.git\"", false),
];

/// Plants everything.
pub(crate) fn plant(sandbox: &Sandbox) -> Vec<Place> {
    let mut all = Vec::new();
    let hooks = sandbox.home().join("hooks");
    sandbox.write(&hooks, "pre-commit", "#!/bin/sh\ntest ! -x ../../hook-of-$(basename \"$PWD\") || exec ../../hook-of-$(basename \"$PWD\")\n");
    let _ = sandbox.run(&hooks, "chmod", &["755", "pre-commit"]).ok();
    sandbox.add_git_config(&format!("[core]\n\thooksPath = {}", hooks.display()));
    for (name, path, content) in FILES {
        let canary = Canary::of(name, all.len());
        let (work, bare) = prepared(sandbox, name);
        sandbox.write(&work, path, content(&canary));
        all.push(Place {
            name: (*name).to_owned(),
            canary,
            work,
            bare,
            in_commits: true,
            rest_goes: true,
            a_name: false,
        });
    }
    for (scripts, in_commits) in [(SCRIPTS, true), (AROUND, false)] {
        for (name, script, rest_goes) in scripts {
            let address = name.contains("address") || name.ends_with("for-ssh");
            let canary = if address { Canary::password(name) } else { Canary::of(name, all.len()) };
            let (work, bare) = prepared(sandbox, name);
            run(sandbox, &work, &bare, &canary, script);
            all.push(Place {
                name: (*name).to_owned(),
                canary,
                work,
                bare,
                in_commits,
                rest_goes: *rest_goes,
                a_name: *name == "branch-name",
            });
        }
    }
    all.push(key(sandbox));
    all.extend(hooked(sandbox));
    for place in &all {
        sandbox.write(&place.work, "rest.txt", "no secret\n");
    }
    all
}

fn prepared(sandbox: &Sandbox, name: &str) -> (PathBuf, PathBuf) {
    let (work, bare) = sandbox.repo_with_remote(name);
    sandbox.write(&work, "tracked.py", "TOKEN = None\n");
    sandbox.commit(&work, "Tracked");
    let _ = sandbox.git(&work, &["push", "--quiet"]);
    (work, bare)
}

fn run(sandbox: &Sandbox, work: &Path, bare: &Path, canary: &Canary, script: &str) {
    let set =
        format!("TOKEN='{}'; LINE='{}'; BARE='{}'\n", canary.text, canary.line().trim_end(), bare.display());
    let _ = sandbox.run(work, "sh", &["-ec", &format!("{set}{script}")]).ok();
}

/// A private key under a harmless name.
fn key(sandbox: &Sandbox) -> Place {
    let (work, bare) = prepared(sandbox, "private-key");
    let (canary, file) = Canary::key("private-key");
    sandbox.write(&work, "notes.txt", file);
    Place {
        name: "private-key".to_owned(),
        canary,
        work,
        bare,
        in_commits: true,
        rest_goes: true,
        a_name: false,
    }
}

/// The person's own hook prints one and refuses, prints one and agrees, and stages one.
fn hooked(sandbox: &Sandbox) -> Vec<Place> {
    let mut all = Vec::new();
    // What a hook adds and what is held cannot be told apart: then nothing is committed, and the program says so.
    for (name, hook, rest_goes) in [
        ("hook-refuses", "echo \"found $TOKEN in config.py\"; exit 1", false),
        ("hook-says", "echo \"checked $TOKEN\" >&2; exit 0", true),
        ("hook-stages", "echo \"$LINE\" > generated.py; git add generated.py", false),
    ] {
        let (work, bare) = prepared(sandbox, name);
        let canary = Canary::of(name, all.len());
        let set = format!("TOKEN='{}'; LINE='{}'", canary.text, canary.line().trim_end());
        let file = sandbox.root().join(format!("hook-of-{name}"));
        sandbox.write(sandbox.root(), format!("hook-of-{name}"), format!("#!/bin/sh\n{set}\n{hook}\n"));
        let _ = sandbox.run(sandbox.root(), "chmod", &["755", file.to_str().unwrap()]).ok();
        all.push(Place {
            name: name.to_owned(),
            canary,
            work,
            bare,
            in_commits: false,
            rest_goes,
            a_name: false,
        });
    }
    all
}
