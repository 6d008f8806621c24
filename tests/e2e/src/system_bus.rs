//! A small program that plays NetworkManager on a system's bus of its own.

use autocommit_test_support::{Sandbox, session_bus};
use std::{
    fs,
    os::unix::net::UnixStream,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Runtime};
use zbus::{Connection, conn, interface, object_server::InterfaceRef};

const NAME: &str = "org.freedesktop.NetworkManager";
const PATH: &str = "/org/freedesktop/NetworkManager";
/// Longest wait for the bus.
const LIMIT: Duration = Duration::from_secs(30);

struct Face {
    metered: u32,
    connectivity: u32,
}

#[interface(name = "org.freedesktop.NetworkManager")]
impl Face {
    #[zbus(property)]
    fn metered(&self) -> u32 {
        self.metered
    }

    #[zbus(property)]
    fn connectivity(&self) -> u32 {
        self.connectivity
    }
}

/// A system's bus; ends with the value.
pub struct SystemBus {
    address: String,
    daemon: Child,
    runtime: Runtime,
}

impl SystemBus {
    /// Starts one that every program of the sandbox takes for the system's from now on.
    #[track_caller]
    #[allow(clippy::disallowed_methods, reason = "the bus is the test's own")]
    pub fn start(sandbox: &Sandbox) -> Self {
        let socket = sandbox.root().join("system.socket");
        let config = sandbox.root().join("system.conf");
        fs::write(&config, session_bus::configuration(&socket, "")).unwrap();
        let daemon = Command::new("dbus-daemon")
            .args(["--nofork", "--nopidfile"])
            .arg(format!("--config-file={}", config.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon");
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let address = format!("unix:path={}", socket.display());
        let bus = Self { address, daemon, runtime };
        let begin = Instant::now();
        while UnixStream::connect(&socket).is_err() {
            assert!(begin.elapsed() < LIMIT, "the bus does not answer");
            thread::sleep(Duration::from_millis(10));
        }
        sandbox.set_env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address);
        bus
    }

    /// NetworkManager comes to the bus, with this word of the connection's cost and of how whole the network is.
    #[track_caller]
    pub fn network(&self, metered: u32, connectivity: u32) -> Network<'_> {
        let connection = self.runtime.block_on(async {
            let face = Face { metered, connectivity };
            conn::Builder::address(self.address.as_str())?.serve_at(PATH, face)?.name(NAME)?.build().await
        });
        Network { bus: self, connection: connection.expect("its name on the bus") }
    }
}

impl Drop for SystemBus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// What plays NetworkManager: on the bus until it is dropped.
pub struct Network<'a> {
    bus: &'a SystemBus,
    connection: Connection,
}

impl Network<'_> {
    /// Says that data costs money (1) or not (2), or that it does not know (0).
    #[track_caller]
    pub fn say_metered(&self, metered: u32) {
        let said = self.bus.runtime.block_on(async {
            let face = self.face().await?;
            face.get_mut().await.metered = metered;
            face.get().await.metered_changed(face.signal_emitter()).await
        });
        said.expect("said");
    }

    /// Says how whole the network is: 1 not at all, 4 fully.
    #[track_caller]
    pub fn say_connectivity(&self, connectivity: u32) {
        let said = self.bus.runtime.block_on(async {
            let face = self.face().await?;
            face.get_mut().await.connectivity = connectivity;
            face.get().await.connectivity_changed(face.signal_emitter()).await
        });
        said.expect("said");
    }

    async fn face(&self) -> zbus::Result<InterfaceRef<Face>> {
        self.connection.object_server().interface(PATH).await
    }
}
