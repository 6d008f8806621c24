//! Who listens on a port: told to a person whose port is taken.

/// The process that listens on a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortHolder {
    /// Its process id.
    pub pid: u32,
    /// Its name.
    pub name: String,
}

/// The process that listens on `port`, where the system tells (Linux, processes of the same user).
pub fn port_holder(port: u16) -> Option<PortHolder> {
    let inodes: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .flat_map(|table| listening_inodes(&table, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    if inodes.is_empty() {
        return None;
    }
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).find_map(|pid: u32| {
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
        let holds = files
            .flatten()
            .filter_map(|file| std::fs::read_link(file.path()).ok())
            .any(|target| inodes.iter().any(|inode| target.as_os_str() == inode.as_str()));
        let name = || std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        holds.then(|| PortHolder { pid, name: autocommit_core::text::escape_controls(name().trim()) })
    })
}

/// Inodes of the sockets in a table of `/proc/net` that listen on `port`.
fn listening_inodes(table: &str, port: u16) -> Vec<u64> {
    const LISTEN: &str = "0A";
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let columns: Vec<_> = line.split_whitespace().collect();
            let (_, local_port) = columns.get(1)?.rsplit_once(':')?;
            let same = u16::from_str_radix(local_port, 16).ok()? == port && *columns.get(3)? == LISTEN;
            if same { columns.get(9)?.parse().ok() } else { None }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_sockets() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
                     0: 0100007F:2008 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 424242 1 0 100 0 0 10 0\n   \
                     1: 0100007F:2008 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 777 1 0 100 0 0 10 0\n";
        assert_eq!(listening_inodes(table, 8200), [424_242], "a connection is not a listener");
        assert_eq!(listening_inodes(table, 8201), [0_u64; 0]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn we_find_ourselves() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let holder = port_holder(listener.local_addr().unwrap().port()).unwrap();
        assert_eq!(holder.pid, std::process::id());
        assert!(!holder.name.is_empty());
    }
}
