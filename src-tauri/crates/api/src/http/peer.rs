//! Whose program is at the other end of a connection: every user of this machine can connect, and read in the list of
//! programs what another one's browser was started with.

use std::net::SocketAddr;

/// The two ends of a connection that was accepted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer {
    /// The other end.
    pub(super) theirs: SocketAddr,
    /// This end.
    pub(super) ours: SocketAddr,
}

impl Peer {
    /// Whether the other end belongs to the user that this program runs as. Only Linux tells; elsewhere nobody is refused.
    #[cfg(target_os = "linux")]
    pub(super) fn is_same_user(self) -> bool {
        let own = std::fs::metadata("/proc/self").map(|own| std::os::unix::fs::MetadataExt::uid(&own)).ok();
        // A socket for both families is in the second, whichever it is used for.
        let tables = [("/proc/net/tcp", self), ("/proc/net/tcp6", self.mapped())];
        let read = |table| std::fs::read_to_string(table).unwrap_or_default();
        own.is_some() && tables.into_iter().find_map(|(table, peer)| owner(&read(table), peer)) == own
    }

    /// The same ends in the longer addresses.
    #[cfg(target_os = "linux")]
    fn mapped(self) -> Self {
        let mapped = |address: SocketAddr| match address {
            SocketAddr::V4(v4) => (v4.ip().to_ipv6_mapped(), v4.port()).into(),
            v6 @ SocketAddr::V6(_) => v6,
        };
        Self { theirs: mapped(self.theirs), ours: mapped(self.ours) }
    }

    /// Whether the other end belongs to the user that this program runs as. Only Linux tells; elsewhere nobody is refused.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn is_same_user(self) -> bool {
        let Self { theirs: _, ours: _ } = self;
        true
    }
}

/// The next connection of this user's own socket; nothing where it is another user's, who must have been given the socket by
/// somebody, for its folder is closed.
#[cfg(unix)]
pub(super) async fn accept_own(
    listener: &tokio::net::UnixListener,
) -> std::io::Result<Option<tokio::net::UnixStream>> {
    use std::os::unix::fs::MetadataExt as _;
    let (stream, _) = listener.accept().await?;
    let address = listener.local_addr()?;
    // The file was made by this program, so its owner is the user that this program runs as.
    let own = address.as_pathname().and_then(|path| std::fs::metadata(path).ok()).map(|file| file.uid());
    let theirs = stream.peer_cred().map(|peer| peer.uid()).ok();
    if theirs.is_some() && theirs == own {
        return Ok(Some(stream));
    }
    tracing::warn!(?theirs, "a program of another user came to the socket and was not spoken to");
    Ok(None)
}

/// The user whose socket is the other end, by a table of `/proc/net`.
#[cfg(target_os = "linux")]
fn owner(table: &str, peer: Peer) -> Option<u32> {
    let (theirs, ours) = (written(peer.theirs), written(peer.ours));
    table.lines().skip(1).find_map(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let same = *columns.get(1)? == theirs && *columns.get(2)? == ours;
        if same { columns.get(7)?.parse().ok() } else { None }
    })
}

/// An address as those tables write it: words of four bytes in the machine's own order.
#[cfg(target_os = "linux")]
fn written(address: SocketAddr) -> String {
    let bytes = match address {
        SocketAddr::V4(v4) => v4.ip().octets().to_vec(),
        SocketAddr::V6(v6) => v6.ip().octets().to_vec(),
    };
    let words = bytes.chunks_exact(4).map(|word| match word {
        [a, b, c, d] => format!("{:08X}", u32::from_ne_bytes([*a, *b, *c, *d])),
        _ => String::new(),
    });
    format!("{}:{:04X}", words.collect::<String>(), address.port())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    #[cfg(target_endian = "little")]
    fn the_table_of_sockets() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
                     0: 0100007F:2008 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 42 1\n   \
                     1: 0100007F:2008 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 77 1\n   \
                     2: 0100007F:D431 0100007F:2008 01 00000000:00000000 00:00000000 00000000  1001        0 78 1\n";
        let peer = |theirs: u16| Peer {
            theirs: ([127, 0, 0, 1], theirs).into(),
            ours: ([127, 0, 0, 1], 0x2008).into(),
        };
        assert_eq!(owner(table, peer(0xD431)), Some(1001), "theirs, not ours");
        assert_eq!(owner(table, peer(0xD432)), None);
        let both = "sl local\n 0: 0000000000000000FFFF00000100007F:D431 0000000000000000FFFF00000100007F:2008 01 0 0 0 1002 0 9\n";
        assert_eq!(owner(both, peer(0xD431).mapped()), Some(1002));
    }

    #[test]
    fn a_connection_of_our_own_is_ours() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address) else { continue };
            let ours = listener.local_addr().unwrap();
            let stream = TcpStream::connect(ours).unwrap();
            let peer = Peer { theirs: stream.local_addr().unwrap(), ours };
            assert!(peer.is_same_user(), "{address}");
            assert!(!Peer { theirs: ours, ours }.is_same_user(), "not a connection");
        }
    }
}
