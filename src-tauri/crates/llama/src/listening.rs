//! Whether it is our own program that listens on a port: what is asked of a model is nobody else's business.

/// Whether the process `pid` listens on `port`. `None` where the system does not tell.
#[cfg(target_os = "linux")]
pub(crate) fn listens(pid: u32, port: u16) -> Option<bool> {
    let mut inodes = Vec::new();
    for table in ["tcp", "tcp6"] {
        // A machine without IPv6 has no second table.
        let table = std::fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
        inodes.extend(table.lines().skip(1).filter_map(|line| listener(line, port)));
    }
    let files = std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
    let held = files.flatten().filter_map(|file| std::fs::read_link(file.path()).ok());
    Some(held.into_iter().any(|file| inodes.iter().any(|inode| file.as_os_str() == inode.as_str())))
}

/// The socket of a line of `/proc/net/tcp`, as a link of an open file names it, where it listens on `port`.
#[cfg(target_os = "linux")]
fn listener(line: &str, port: u16) -> Option<String> {
    const LISTEN: &str = "0A";
    let columns: Vec<_> = line.split_whitespace().collect();
    let (_, its_port) = columns.get(1)?.rsplit_once(':')?;
    let same = u16::from_str_radix(its_port, 16).ok()? == port && *columns.get(3)? == LISTEN;
    same.then(|| columns.get(9).map(|inode| format!("socket:[{inode}]")))?
}

/// Whether the process `pid` listens on `port`. `None` where the system does not tell.
#[cfg(not(target_os = "linux"))]
pub(crate) fn listens(_pid: u32, _port: u16) -> Option<bool> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn ours_and_not_ours() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_eq!(listens(std::process::id(), port), Some(true));
        drop(listener);
        assert_eq!(listens(std::process::id(), port), Some(false));
        assert_eq!(listens(u32::MAX, port), None);
    }
}
