//! Dirty repositories to committed and pushed over ssh: to a real `sshd` on loopback that this benchmark starts, with keys of
//! its own, and ends by its id.

use super::{
    super::{
        daemon::{end, free_port},
        sets::Shape,
    },
    Bench, Comparison,
    pushing::{Against, against_the_loop, growth},
};
use crate::{place::Place, prerequisites, process};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    net::{Ipv4Addr, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Against the loop, and how it grows.
pub(super) fn measure(bench: &mut Bench) -> Result<Vec<Comparison>> {
    let count = bench.size(20, 4);
    let Some(server) = Server::start(&bench.place)? else {
        println!("Left out: there is no sshd (package openssh-server).");
        return Ok(Vec::new());
    };
    let shape = Shape { scheme: server.scheme(), ..Shape::dirty() };
    bench.place.find_first(Some(server.folder.join("bin")));
    let against = Against { name: "ssh", what: "over ssh on loopback", shape, times: 4.0 };
    let ((comparison, _), ours) = against_the_loop(bench, &against, count, 300)?;
    ours.remove()?;
    let grown = growth(bench, &against, count, 100)?;
    bench.place.find_first(None);
    Ok(vec![comparison, grown])
}

/// A running `sshd`.
struct Server {
    child: Child,
    folder: PathBuf,
    port: u16,
    user: String,
}

impl Server {
    /// Starts one that lets in one new key; nothing where there is none.
    fn start(place: &Place) -> Result<Option<Self>> {
        let Some(sshd) = prerequisites::sshd() else { return Ok(None) };
        let folder = place.root.join("sshd");
        fs::create_dir_all(folder.join("bin"))?;
        for key in ["host", "user"] {
            let mut keygen = place.command("ssh-keygen");
            process::output(keygen.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(folder.join(key)))?;
        }
        let (port, user) = (free_port()?, process::output(place.command("id").arg("-un"))?);
        let shown = folder.display();
        fs::write(
            folder.join("known_hosts"),
            format!("[127.0.0.1]:{port} {}", fs::read_to_string(folder.join("host.pub"))?),
        )?;
        fs::write(
            folder.join("config"),
            format!(
                "Port {port}\nListenAddress 127.0.0.1\nHostKey {shown}/host\nAuthorizedKeysFile {shown}/user.pub\n\
                 StrictModes no\nUsePAM no\nPidFile none\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
                 PermitRootLogin yes\nMaxStartups 100\nPrintMotd no\nAcceptEnv GIT_PROTOCOL\n\
                 SetEnv HOME={} GIT_CONFIG_NOSYSTEM=1\n",
                place.home().display()
            ),
        )?;
        fs::write(
            folder.join("client"),
            format!(
                "IdentityFile {shown}/user\nIdentitiesOnly yes\nIdentityAgent none\nStrictHostKeyChecking yes\n\
                 UserKnownHostsFile {shown}/known_hosts\nGlobalKnownHostsFile /dev/null\n"
            ),
        )?;
        // ssh finds a person's settings by the system's list of users, not by HOME: so these stand in for them.
        let (program, real) = (folder.join("bin/ssh"), process::on_path("ssh").context("there is no ssh")?);
        fs::write(&program, format!("#!/bin/sh\nexec '{}' -F '{shown}/client' \"$@\"\n", real.display()))?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
        let log = fs::File::create(folder.join("log"))?;
        let mut command = place.command(sshd);
        command.args(["-D", "-e", "-f"]).arg(folder.join("config"));
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
        let mut server = Self { child, folder, port, user };
        server.answers()?;
        Ok(Some(server))
    }

    fn answers(&mut self) -> Result<()> {
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if self.child.try_wait()?.is_some() || start.elapsed() > Duration::from_secs(15) {
                bail!("sshd does not answer: {}", fs::read_to_string(self.folder.join("log"))?);
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn scheme(&self) -> String {
        format!("ssh://{}@127.0.0.1:{}", self.user, self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = end(&mut self.child);
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::super::sets::{PUSH_LOOP, Set, shell_loop},
        *,
    };

    #[test]
    fn the_loop_pushes_over_ssh() {
        let dir = tempfile::tempdir().unwrap();
        let mut place = Place::new(dir.path()).unwrap();
        let Some(server) = Server::start(&place).unwrap() else {
            println!("skipped: there is no sshd");
            return;
        };
        place.find_first(Some(server.folder.join("bin")));
        let shape = Shape { scheme: server.scheme(), ..Shape::dirty() };
        let set = Set::make(&place, "set", 2, 10, shape).unwrap();
        set.work(0).unwrap();
        process::output(&mut shell_loop(&place, PUSH_LOOP, &set.folder)).unwrap();
        set.check(&place, 2).unwrap();
        let port = server.port;
        drop(server);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err(), "it has ended");
    }
}
