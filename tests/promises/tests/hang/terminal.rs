//! Nobody is asked: a daemon with a terminal, a display and every program that could open a window, in front of remotes
//! and tools that want an answer. What is typed ahead stays unread, the terminal stays silent, no window program starts.

use crate::{
    crowd::LONG,
    farm::{program, survivors_of},
    turn,
};
use autocommit_promises::{Pending, Scale, Tally, processes};
use autocommit_test_support::{
    Sandbox,
    servers::{Fault, Login, Misbehaving, SshRemote},
};
use rustix::{
    fs::{Mode, OFlags},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{Read as _, Write as _},
    os::{fd::OwnedFd, unix::fs::PermissionsExt as _},
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

const PENDING: Pending = Pending(&[]);

/// What a person might type without looking.
const TYPED: &[u8] = b"a-word-that-nobody-may-read\n";

/// Programs that open a window or ask in a terminal, as desktops have them.
const WINDOWS: [&str; 16] = [
    "ssh-askpass",
    "ksshaskpass",
    "gnome-ssh-askpass",
    "pinentry",
    "pinentry-gnome3",
    "pinentry-gtk-2",
    "pinentry-qt",
    "pinentry-curses",
    "zenity",
    "kdialog",
    "xdg-open",
    "x-www-browser",
    "gnome-terminal",
    "xterm",
    "notify-send",
    "git-credential-manager-ui",
];

/// A terminal of the test's own.
struct Terminal {
    master: File,
    name: PathBuf,
    said: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    fn new() -> Self {
        let master: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("a terminal");
        unlockpt(&master).expect("a terminal");
        let name = ptsname(&master, Vec::new()).expect("its name").into_string().expect("text");
        let name = PathBuf::from(name);
        let master = File::from(master);
        let said: Arc<Mutex<Vec<u8>>> = Arc::default();
        let (mut reader, heard) = (master.try_clone().expect("a copy"), Arc::clone(&said));
        // Ends when the last of the other side is closed.
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut bytes) {
                heard.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&bytes[..n]);
            }
        });
        Self { master, name, said }
    }

    /// The side that programs see; becomes nobody's controlling terminal by being opened.
    fn side(&self) -> File {
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        File::from(rustix::fs::open(&self.name, flags, Mode::empty()).expect("the terminal"))
    }

    /// A command in a session of its own whose controlling terminal and input are this one.
    fn session(&self, command: &Command) -> Command {
        let mut session = Command::new("setsid");
        session.args(["--ctty", "--wait"]).arg(command.get_program()).args(command.get_args()).env_clear();
        session.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        if let Some(folder) = command.get_current_dir() {
            session.current_dir(folder);
        }
        session.stdin(Stdio::from(self.side()));
        session
    }

    fn type_ahead(&mut self) {
        self.master.write_all(TYPED).expect("typed");
    }

    /// What it showed beside the echo of what was typed.
    fn shown(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let text = String::from_utf8_lossy(&said).replace('\r', "");
        text.replace(&*String::from_utf8_lossy(TYPED), "")
    }

    /// What nobody has read of what was typed.
    fn unread(&self) -> Vec<u8> {
        let flags = OFlags::RDONLY | OFlags::NOCTTY | OFlags::NONBLOCK;
        let mut side = File::from(rustix::fs::open(&self.name, flags, Mode::empty()).expect("the terminal"));
        let mut bytes = [0; 4096];
        let n = side.read(&mut bytes).unwrap_or(0);
        bytes[..n].to_vec()
    }
}

struct World {
    sandbox: Sandbox,
    canaries: PathBuf,
    known: BTreeSet<u32>,
    repos: Vec<&'static str>,
    _servers: Vec<Box<dyn std::any::Any>>,
}

/// Repositories that want an answer of somebody.
fn world() -> World {
    let sandbox = Sandbox::new();
    let canaries = sandbox.root().join("canaries");
    fs::create_dir(&canaries).expect("a folder");
    let mut known = BTreeSet::new();
    let mut servers: Vec<Box<dyn std::any::Any>> = Vec::new();
    for name in WINDOWS {
        let file =
            program(&sandbox, name, &format!("echo \"$0 $*\" >> {}/{name}\nexit 1", canaries.display()));
        std::os::unix::fs::symlink(file, sandbox.bin_dir().join(name)).expect("on PATH");
    }
    let challenge = "WWW-Authenticate: Basic realm=\"sign in\"\r\n";
    let web = Misbehaving::new(Fault::Status(401, challenge.to_owned()));
    let mut addresses = vec![("web-asks", web.url("http", "x.git"))];
    servers.push(Box::new(web));
    let mut settings = String::new();
    for (name, login, hosts) in [("ssh-asks", Login::Questions, true), ("ssh-unknown", Login::Key, false)] {
        match SshRemote::start_as(&sandbox, &format!("sshd-{name}"), login) {
            Some(server) => {
                settings += &server.host_entry(name, hosts);
                known.insert(server.pid());
                addresses.push((name, format!("ssh://{name}/x.git")));
                servers.push(Box::new(server));
            }
            None => println!("hang-terminal: SKIPPED {name}: there is no sshd here"),
        }
    }
    let settings = sandbox.write(sandbox.home(), "ssh-settings", settings);
    let mut repos = vec!["signs", "hook-asks", "helper-asks"];
    for name in repos.iter().chain(addresses.iter().map(|(name, _)| name)) {
        let (repo, _) = sandbox.repo_with_remote(name);
        sandbox.write(&repo, "work.txt", "x\n");
    }
    for (name, url) in &addresses {
        sandbox.git(sandbox.repos_dir().join(name), &["remote", "set-url", "origin", url]);
    }
    repos.extend(addresses.iter().map(|(name, _)| *name));
    // Signing with a key whose passphrase only a window could ask for, and a hook and a credential helper that ask.
    let key = signing_key(&sandbox);
    match &key {
        Some(_) => {
            sandbox.git(sandbox.repos_dir().join("signs"), &["config", "commit.gpgSign", "true"]);
        }
        None => {
            println!("hang-terminal: SKIPPED signs: there is no gpg here");
            repos.retain(|name| *name != "signs");
        }
    }
    let hook =
        "case \"${PWD##*/}\" in hook-asks) printf 'Sure? ' > /dev/tty && read x < /dev/tty || exit 1;; esac";
    let hook = program(&sandbox, "hooks/pre-commit", hook);
    let helper = program(&sandbox, "asking-helper", "printf 'Token: ' > /dev/tty && read token < /dev/tty");
    let askpass = sandbox.bin_dir().join("ssh-askpass");
    sandbox.add_git_config(&format!(
        "[user]\n\tsigningKey = {}\n[core]\n\thooksPath = {}\n\tsshCommand = ssh -F {}\n\
         \taskPass = {}\n[credential]\n\thelper = {}",
        key.as_deref().unwrap_or("none"),
        hook.with_file_name("").display(),
        settings.display(),
        askpass.display(),
        helper.display()
    ));
    let askpass = askpass.display().to_string();
    for (name, value) in [
        ("DISPLAY", ":77"),
        ("WAYLAND_DISPLAY", "wayland-77"),
        ("SSH_ASKPASS", &askpass),
        ("GIT_ASKPASS", &askpass),
        ("SSH_ASKPASS_REQUIRE", "prefer"),
        ("TERM", "xterm"),
        ("EDITOR", "xterm"),
        ("VISUAL", "xterm"),
        ("GIT_EDITOR", "xterm"),
        ("BROWSER", "xdg-open"),
    ] {
        sandbox.set_env(name, value);
    }
    World { sandbox, canaries, known, repos, _servers: servers }
}

/// Makes a key with a passphrase that the agent does not know, and an agent that would ask for it in a window.
fn signing_key(sandbox: &Sandbox) -> Option<String> {
    let home = sandbox.home().join(".gnupg");
    fs::create_dir(&home).expect("a folder");
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).expect("mode 0700");
    let pinentry = sandbox.bin_dir().join("pinentry-gnome3");
    sandbox.write(&home, "gpg-agent.conf", format!("pinentry-program {}\n", pinentry.display()));
    let lines = concat!(
        "Key-Type: eddsa\nKey-Curve: ed25519\nName-Real: Ada Test\nName-Email: ada@example.org\n",
        "Expire-Date: 0\nPassphrase: a long sentence\n%commit\n"
    );
    let file = sandbox.write(sandbox.root(), "key-to-make", lines);
    let made = "gpg --batch --quiet --pinentry-mode loopback --gen-key \"$1\" && gpg --batch --with-colons -K && \
                gpgconf --kill gpg-agent";
    let output = sandbox.run(sandbox.root(), "sh", &["-c", made, "--", file.to_str().expect("text")]);
    let print = output.stdout.lines().find_map(|line| line.strip_prefix("fpr:").map(str::to_owned));
    print.and_then(|line| line.split(':').find(|word| word.len() == 40).map(str::to_owned))
}

impl World {
    /// The agent outlives those who use it, as it should; the test ends it.
    fn end_agent(&self) {
        let _ = self.sandbox.run(self.sandbox.root(), "gpgconf", &["--kill", "all"]);
    }

    fn forget(&self) {
        for entry in fs::read_dir(&self.canaries).expect("a folder").flatten() {
            let _ = fs::remove_file(entry.path());
        }
    }

    fn windows(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.canaries).expect("a folder").flatten();
        entries.map(|e| fs::read_to_string(e.path()).unwrap_or_default()).collect()
    }
}

#[test]
fn nobody_is_asked() {
    let _turn = turn();
    let mut tally = Tally::new("hang-terminal", Scale::from_environment().seed());
    let world = world();
    let sandbox = &world.sandbox;
    let config = sandbox.config().set("cycle_interval_seconds", 1).set("quiet_seconds", 0);
    let config = config.set("deadlines.hook_seconds", 5).set("deadlines.push_seconds", 8);
    for (name, args, http) in [
        ("run", &["run"][..], true),
        ("once", &["once"], false),
        ("push", &["push"], false),
        ("doctor", &["doctor"], false),
    ] {
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        sandbox.write_config(&config.clone().set("http.enabled", http).set("http.port", port));
        let mut terminal = Terminal::new();
        let side = terminal.side();
        terminal.type_ahead();
        let mut command = sandbox.autocommit_command();
        command.args(args);
        let log = File::create(sandbox.root().join("printed")).expect("a log");
        let mut session = terminal.session(&command);
        session.stdout(log.try_clone().expect("a log")).stderr(log);
        let mut child = session.spawn().expect("setsid of util-linux");
        let started = Instant::now();
        if http {
            // Until every repository has had its turn: those that fail say so in the list.
            let told = || sandbox.autocommit(&["repos", "--json"]).stdout;
            let all = |text: &str| {
                world.repos.iter().filter(|name| **name != "helper-asks").all(|name| settled(text, name))
            };
            while !all(&told()) && started.elapsed() < 4 * LONG {
                std::thread::sleep(Duration::from_millis(200));
            }
            if !all(&told()) {
                let said = fs::read_to_string(sandbox.root().join("printed")).unwrap_or_default();
                tally.fail(format!("not every repository came to its turn: {}\n{said}", told()));
            }
            if let Some(process) = processes::of(child.id()) {
                processes::term(&process);
            }
        }
        let ended = crate::crowd::ended(&mut child, LONG);
        let printed = fs::read_to_string(sandbox.root().join("printed")).unwrap_or_default();
        if ended.is_none() {
            tally.fail(format!("{name} did not end\n{printed}"));
            let _ = child.kill();
        }
        let _ = child.wait();
        tally.count("repositories that want an answer", world.repos.len() as u64);
        let shown = terminal.shown();
        let verdict =
            |fine: bool, what: String| if fine { Ok(()) } else { Err(format!("{what}\n{printed}")) };
        PENDING.judge(&mut tally, "terminals", &format!("{name}: shown"), {
            verdict(shown.is_empty(), format!("the terminal showed {shown:?}"))
        });
        let unread = terminal.unread();
        PENDING.judge(&mut tally, "terminals", &format!("{name}: read"), {
            verdict(unread == TYPED, format!("of what was typed, only {unread:?} is left"))
        });
        let windows = world.windows();
        PENDING.judge(&mut tally, "displays", &format!("{name}: windows"), {
            verdict(windows.is_empty(), format!("opened: {windows:?}"))
        });
        drop(side);
        world.forget();
        world.end_agent();
        let left = survivors_of(&world.known);
        PENDING.judge(&mut tally, "searches for survivors", &format!("{name}: survivors"), {
            verdict(left.is_empty(), format!("{left:?}"))
        });
    }
    controls(&world, &mut tally);
    tally.end();
}

/// Whether the list of repositories says of this one that something came of it.
fn settled(list: &str, name: &str) -> bool {
    let list: serde_json::Value = serde_json::from_str(list).unwrap_or_default();
    let repos = list["repos"].as_array().cloned().unwrap_or_default();
    let ended = ["held", "failing", "unpushed", "needs_trust"];
    repos.iter().any(|r| r["name"] == name && r["state"].as_str().is_some_and(|state| ended.contains(&state)))
}

/// Plain git in the same terminal does ask, or the silence above says nothing.
fn controls(world: &World, tally: &mut Tally) {
    let sandbox = &world.sandbox;
    let push: &[&str] = &["push", "origin", "HEAD:refs/heads/control"];
    let commit: &[&str] = &["commit", "--allow-empty", "-m", "x"];
    for (name, args, asked) in [
        ("web-asks", push, Asked::Somehow),
        ("ssh-asks", push, Asked::Somehow),
        ("ssh-unknown", push, Asked::Somehow),
        ("signs", commit, Asked::Window),
        ("hook-asks", commit, Asked::Terminal),
        ("helper-asks", &["credential", "fill"], Asked::Terminal),
    ] {
        if !world.repos.contains(&name) {
            continue;
        }
        let terminal = Terminal::new();
        let side = terminal.side();
        let mut command = sandbox.autocommit_command();
        let environment: Vec<_> =
            command.get_envs().filter_map(|(n, v)| Some((n.to_owned(), v?.to_owned()))).collect();
        command = Command::new("git");
        command.args(args).current_dir(sandbox.repos_dir().join(name)).envs(environment);
        if name == "helper-asks" {
            command = {
                let mut shell = Command::new("sh");
                let envs: Vec<_> =
                    command.get_envs().filter_map(|(n, v)| Some((n.to_owned(), v?.to_owned()))).collect();
                shell.args(["-c", "printf 'protocol=https\\nhost=h\\n\\n' | git credential fill"]);
                shell.current_dir(sandbox.repos_dir().join(name)).envs(envs);
                shell
            };
        }
        let mut session = terminal.session(&command);
        let mut child = session.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("setsid");
        let started = Instant::now();
        let met = || match asked {
            Asked::Window => !world.windows().is_empty(),
            Asked::Terminal => !terminal.shown().is_empty(),
            Asked::Somehow => !world.windows().is_empty() || !terminal.shown().is_empty(),
        };
        while !met() && started.elapsed() < LONG {
            std::thread::sleep(Duration::from_millis(20));
        }
        tally.count("positive controls", 1);
        if !met() {
            tally.fail(format!("{name}: void: plain git asks nobody either"));
        }
        world.end_agent();
        for process in processes::strangers(&world.known) {
            processes::kill(&process);
        }
        let _ = child.wait();
        drop(side);
        world.forget();
    }
}

/// How plain git is seen to ask.
#[derive(Clone, Copy)]
enum Asked {
    Window,
    Terminal,
    Somehow,
}
