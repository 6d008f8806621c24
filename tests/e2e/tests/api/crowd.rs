//! Many who connect and never do their part: the work goes on, and the memory stays what it was.

use crate::{LIMIT, rested, wait_until_arrived};
use autocommit_test_support::{Daemon, Sandbox};
use std::{
    fs,
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::Duration,
};

/// Connections that are kept open by those who never finish a request: more than there are places.
const SLOW: usize = 300;
/// Who listens to events and reads none.
const DEAF: usize = 20;
/// A body that nobody asked for.
const BODY: usize = 64 << 20;
/// What all of this may cost in memory, with the room that a build for tests needs: far less than one such body.
const ROOM_MIB: usize = 32;

/// The largest resident size so far, in MiB.
#[track_caller]
fn peak_mib(daemon: &Daemon) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", daemon.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() / 1024
}

/// A connection on which something was sent and nothing is read.
fn sent(port: u16, said: &[u8]) -> Option<TcpStream> {
    let mut stream =
        TcpStream::connect_timeout(&([127, 0, 0, 1], port).into(), Duration::from_secs(10)).ok()?;
    stream.set_write_timeout(Some(Duration::from_secs(10))).ok()?;
    // One that is refused is as good as any other here.
    let _ = stream.write_all(said);
    stream.set_nonblocking(true).ok()?;
    Some(stream)
}

/// Whether the other end still keeps it.
fn is_kept(mut stream: &TcpStream) -> bool {
    let mut some = [0; 512];
    loop {
        match stream.read(&mut some) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(error) => return error.kind() == ErrorKind::WouldBlock,
        }
    }
}

/// Keeps so many open until it is over; whoever is cut comes again.
fn crowd(port: u16, over: &AtomicBool, most: &AtomicUsize) {
    let said: [&[u8]; 4] = [
        b"",
        b"GET /status HTTP/1.1\r\nHost: 127",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"POST /trigger HTTP/1.1\r\n",
    ];
    let mut streams: Vec<TcpStream> = Vec::new();
    let mut next = said.iter().cycle();
    while !over.load(Ordering::Relaxed) {
        streams.retain(is_kept);
        most.fetch_max(streams.len(), Ordering::Relaxed);
        while streams.len() < SLOW {
            let Some(stream) = next.next().and_then(|said| sent(port, said)) else { break };
            streams.push(stream);
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Sends a large body for as long as it is taken, and tells how much that was.
fn pour(port: u16, head: &str) -> usize {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(format!("{head}Content-Length: {BODY}\r\n\r\n").as_bytes()).unwrap();
    let part = vec![b' '; 1 << 16];
    let mut taken = 0;
    while taken < BODY && stream.write_all(&part).is_ok() {
        taken += part.len();
    }
    taken
}

#[test]
fn a_crowd_that_never_finishes_delays_no_commit_and_costs_no_memory() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let config = sandbox.config().set("quiet_seconds", 0).set("cycle_interval_seconds", 1);
    let daemon = rested(&sandbox, config);
    let port = daemon.port();
    let before = peak_mib(&daemon);
    let entry = format!("Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {}\r\n", daemon.token());

    let listen = format!("GET /events?after=0 HTTP/1.1\r\n{entry}\r\n");
    let deaf: Vec<_> = (0..DEAF).map(|_| sent(port, listen.as_bytes()).expect("a listener")).collect();
    let json = "Content-Type: application/json\r\n";
    for head in [
        format!("POST /trigger HTTP/1.1\r\n{entry}{json}"),
        format!("PATCH /settings HTTP/1.1\r\n{entry}{json}"),
        format!("POST /trigger HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{json}"),
        format!("POST /nowhere HTTP/1.1\r\nHost: evil.test\r\n{json}"),
        format!("GET /status HTTP/1.1\r\n{entry}"),
    ] {
        assert!(pour(port, &head) < BODY, "not all of the body is taken: {head}");
    }

    let (over, most) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        scope.spawn(|| crowd(port, &over, &most));
        daemon.wait_for("the crowd", LIMIT, |_| (most.load(Ordering::Relaxed) >= SLOW).then_some(()));
        for round in 0..3 {
            sandbox.write(&repo, "work.txt", format!("{round}\n"));
            // By git alone, and by the socket: at the port there is no place to be had.
            wait_until_arrived(&sandbox, &daemon, &repo, &bare);
            let status = sandbox.autocommit(&["status", "--json"]).ok().json();
            assert_eq!(status["enabled"], true);
        }
        assert!(deaf.iter().all(is_kept), "who listens is still there");
        over.store(true, Ordering::Relaxed);
    });
    let after = peak_mib(&daemon);
    assert!(after < before + ROOM_MIB, "{before} MiB before, {after} MiB at the most");
    // The crowd is gone, and the port answers.
    let _ = daemon.get("/status").expect(200);
}
