//! A real `sshd` on loopback, with keys of its own, for one sandbox.

use crate::{Sandbox, process, programs};
use rustix::process::Signal;
use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Longest wait for the first connection.
const START_LIMIT: Duration = Duration::from_secs(15);

/// Whom an `sshd` lets in, and what happens then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login<'a> {
    /// The sandbox's key, to do what it asks for.
    Key,
    /// The sandbox's key, and whatever it asks for, this command runs instead.
    Forced(&'a str),
    /// No key: it asks for a password and other answers.
    Questions,
}

/// A running `sshd`.
#[derive(Debug)]
pub struct SshRemote {
    child: Child,
    port: u16,
    folder: PathBuf,
    user: String,
}

impl SshRemote {
    /// Starts it; `None`, with the reason on standard error, where this machine has no `sshd` that can be started.
    pub fn start(sandbox: &Sandbox) -> Option<Self> {
        Self::start_as(sandbox, "ssh", Login::Key)
    }

    /// The same with its files in this folder of the sandbox, and with another way to log in.
    pub fn start_as(sandbox: &Sandbox, name: &str, login: Login<'_>) -> Option<Self> {
        Self::start_with(sandbox, name, login, "")
    }

    /// The same with more lines in the server's settings.
    pub fn start_with(sandbox: &Sandbox, name: &str, login: Login<'_>, settings: &str) -> Option<Self> {
        let missing = |what: &str| {
            eprintln!("no SSH remote: {what}");
            None
        };
        let Some(sshd) = sshd() else { return missing("`sshd` is not installed (package openssh-server)") };
        let Some(keygen) = programs::on_path("ssh-keygen", &["/usr/bin"]) else {
            return missing("`ssh-keygen` is not installed");
        };
        let Some(user) = login_name() else { return missing("this user has no name to log in by") };
        let folder = sandbox.root().join(name);
        fs::create_dir(&folder).expect("a folder for keys");
        for key in ["host", "user"] {
            let mut command = Command::new(&keygen);
            command.args(["-q", "-t", "ed25519", "-N", "", "-C", key, "-f"]).arg(folder.join(key));
            let _ = process::run(command, &[], START_LIMIT).ok();
        }
        let port =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr()).expect("a port").port();
        write_files(&folder, port, &sandbox.home(), login, settings);
        let log = fs::File::create(folder.join("log")).expect("a log file");
        let mut command = Command::new(&sshd);
        command.args(["-D", "-e", "-f"]).arg(folder.join("config"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let child = match command.spawn() {
            Ok(child) => child,
            Err(error) => return missing(&format!("{} cannot be started: {error}", sshd.display())),
        };
        let mut remote = Self { child, port, folder, user };
        if remote.answers() {
            Some(remote)
        } else {
            missing(&format!("it does not answer\n{}", remote.printed()))
        }
    }

    /// The address of a repository by its absolute path.
    pub fn url(&self, repo: impl AsRef<Path>) -> String {
        format!("ssh://{}@127.0.0.1:{}{}", self.user, self.port, repo.as_ref().display())
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Lines for [`Sandbox::add_git_config`] with which git uses the sandbox's key and knows the host.
    pub fn git_config(&self) -> String {
        let (key, hosts) = (self.folder.join("user"), self.folder.join("known_hosts"));
        let options = "-o IdentitiesOnly=yes -o IdentityAgent=none -o StrictHostKeyChecking=yes";
        let ssh =
            format!("ssh -F none -i {} {options} -o UserKnownHostsFile={}", key.display(), hosts.display());
        format!("[core]\n\tsshCommand = {ssh}")
    }

    /// A second key that is let in: the file it is in.
    pub fn second_key(&self) -> PathBuf {
        let file = self.folder.join("second");
        let keygen = programs::on_path("ssh-keygen", &["/usr/bin"]).expect("it made the first one");
        let mut command = Command::new(keygen);
        command.args(["-q", "-t", "ed25519", "-N", "", "-C", "second", "-f"]).arg(&file);
        let _ = process::run(command, &[], START_LIMIT).ok();
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).expect("a public key");
        let both = read("authorized_keys") + &read("second.pub");
        fs::write(self.folder.join("authorized_keys"), both).expect("the keys that are let in");
        file
    }

    /// How many connections were let in so far.
    pub fn logins(&self) -> usize {
        self.printed().matches("Accepted publickey").count()
    }

    /// The process of the server.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A paragraph of ssh's own settings, with which the name `host` stands for this server: with the sandbox's key, and
    /// with or without knowing the host.
    pub fn host_entry(&self, host: &str, known: bool) -> String {
        let hosts = self.folder.join(if known { "known_hosts" } else { "no_hosts" });
        format!(
            "Host {host}\n  HostName 127.0.0.1\n  Port {}\n  User {}\n  IdentityFile {}\n  IdentitiesOnly yes\n  \
             IdentityAgent none\n  UserKnownHostsFile {}\n  GlobalKnownHostsFile /dev/null\n",
            self.port,
            self.user,
            self.folder.join("user").display(),
            hosts.display()
        )
    }

    /// What `sshd` printed.
    pub fn printed(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn answers(&mut self) -> bool {
        let started = Instant::now();
        while started.elapsed() < START_LIMIT && matches!(self.child.try_wait(), Ok(None)) {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for SshRemote {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        process::signal(self.child.id(), Signal::TERM);
        if process::wait(&mut self.child, Duration::from_secs(5)).is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// `TEST_SSHD`, else the one on PATH or where systems put it; it has to be called by its whole path.
fn sshd() -> Option<PathBuf> {
    let named = std::env::var_os("TEST_SSHD").map(PathBuf::from).filter(|p| p.is_file());
    named.or_else(|| programs::on_path("sshd", &["/usr/sbin", "/usr/local/sbin"]))
}

fn login_name() -> Option<String> {
    let mut command = Command::new(programs::on_path("id", &["/usr/bin", "/bin"])?);
    command.arg("-un");
    let output = process::run(command, &[], START_LIMIT);
    let name = output.stdout.trim().to_owned();
    (output.code() == Some(0) && !name.is_empty()).then_some(name)
}

fn write_files(folder: &Path, port: u16, home: &Path, login: Login<'_>, settings: &str) {
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("a public key");
    let (keys, questions) = match login {
        Login::Key => (read("user.pub"), "no"),
        Login::Forced(command) => (format!("command=\"{command}\" {}", read("user.pub")), "no"),
        Login::Questions => (String::new(), "yes"),
    };
    fs::write(folder.join("authorized_keys"), keys).expect("the key that is let in");
    let known = format!("[127.0.0.1]:{port} {}", read("host.pub"));
    fs::write(folder.join("known_hosts"), known).expect("the host's key");
    let shown = folder.display();
    let config = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {shown}/host\nAuthorizedKeysFile {shown}/authorized_keys\n\
         StrictModes no\nUsePAM no\nPidFile none\nPasswordAuthentication {questions}\nKbdInteractiveAuthentication {questions}\n\
         PermitRootLogin yes\nAllowTcpForwarding no\nX11Forwarding no\nPrintMotd no\nAcceptEnv GIT_PROTOCOL\n\
         SetEnv HOME={} GIT_CONFIG_NOSYSTEM=1\n{settings}",
        home.display()
    );
    fs::write(folder.join("config"), config).expect("the settings of sshd");
}
