//! Many who connect and never do their part, against work that has to go on: saved files to their commits, the memory, and what
//! somebody waits for who does everything right.

use super::{
    super::{
        comparison::{Bound, Comparison, Target},
        daemon::Daemon,
        sets::{Set, Shape},
    },
    Bench,
    latency::quantile,
};
use crate::process;
use anyhow::{Result, bail};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde_json::json;
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

/// Who listens and reads nothing.
const DEAF: usize = 100;
/// The longest that one connection of the crowd goes on.
const PATIENCE: Duration = Duration::from_secs(120);
/// Seconds after which the daemon has given back what was free.
const GIVEN_BACK: u64 = 65;
/// A commit that takes longer has been lost.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) fn measure(bench: &mut Bench) -> Result<Vec<Comparison>> {
    let (few, slow, body) = (bench.few(), bench.size(10_000, 500), bench.size(1 << 30, 64 << 20));
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, hard.min(65_536), hard)?;
    println!("Making {few} repositories of 300 files.");
    let set = Set::make(&bench.place, "abuse", few, 300, Shape::dirty())?;
    let mut daemon = Daemon::start(&bench.place, &bench.binary, "abuse", &set.folder, "quiet_seconds = 0\n")?;
    daemon.settled(few)?;
    let mut saves = Saves { set: &set, next: 0 };
    // Several in each repository: what the work itself leaves in memory is not the crowd's.
    let alone = (0..bench.size(340, 4)).map(|_| saves.one()).collect::<Result<Vec<_>>>()?;
    let rest = Duration::from_secs(if bench.quick { 1 } else { GIVEN_BACK });
    thread::sleep(rest);
    let before = daemon.memory()?.rss;

    let (port, token) = (daemon.port(), daemon.token()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let entry = format!("Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n");
    let listening = runtime.block_on(listen(port, &entry))?;
    let poured = runtime.block_on(pour(port, &entry, body))?;
    let crowd = runtime.spawn(crowd(port, slow));
    let over = Arc::new(AtomicBool::new(false));
    let asker = runtime.spawn(well_behaved(port, entry, Arc::clone(&over)));
    let started = Instant::now();
    let (mut meanwhile, mut told) = (Vec::new(), Vec::new());
    let mut peak = before;
    while !crowd.is_finished() {
        meanwhile.push(saves.one()?);
        let asked = Instant::now();
        let mut command = bench.place.command(&bench.binary);
        command.args(["status", "--json"]).env("AUTOCOMMIT_STATE_DIR", daemon.state());
        process::output(&mut command)?;
        told.push(asked.elapsed().as_secs_f64() * 1e3);
        peak = peak.max(daemon.memory()?.rss);
        thread::sleep(Duration::from_millis(100));
    }
    let (cut, turned_away) = runtime.block_on(crowd)?;
    let lasted = started.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    let at_port = runtime.block_on(asker)?;
    drop(listening);
    thread::sleep(rest);
    let after = daemon.memory()?.rss;
    daemon.end()?;
    set.remove()?;
    let p = |values: &[f64], part| quantile(values, part);
    println!("  {slow} connections: {cut} were cut, {turned_away} were never let in, in {lasted:.0} s");
    println!("  a body of {} MiB: {} KiB were taken", body >> 20, poured >> 10);
    println!(
        "  saved to committed: p50 {:.1} ms, p95 {:.1} ms alone; {:.1} ms and {:.1} ms meanwhile ({} times)",
        p(&alone, 0.5),
        p(&alone, 0.95),
        p(&meanwhile, 0.5),
        p(&meanwhile, 0.95),
        meanwhile.len()
    );
    println!(
        "  `autocommit status` meanwhile: p50 {:.1} ms, the longest {:.1} ms",
        p(&told, 0.5),
        p(&told, 1.0)
    );
    let (usual, longest) = (p(&at_port, 0.5), p(&at_port, 1.0));
    println!(
        "  /status at the port: p50 {usual:.1} ms, the longest {longest:.1} ms ({} times)",
        at_port.len()
    );
    println!("  memory: {before:.1} MiB before, {peak:.1} MiB at the most, {after:.1} MiB after");
    Ok(vec![Comparison {
        name: format!(
            "{slow} slow or broken connections, {DEAF} listeners that never read, a body of {} MiB",
            body >> 20
        ),
        baseline: "",
        pairs: Vec::new(),
        targets: vec![
            Target::new(
                "ms from a saved file to its commit meanwhile (p95)",
                p(&meanwhile, 0.95),
                Bound::AtMost(1000.0),
            ),
            Target::new("MiB more at the most", peak - before, Bound::AtMost(16.0)),
            Target::new("MiB more afterwards", after - before, Bound::AtMost(8.0)),
        ],
        more: json!({
            "seconds": lasted, "cut": cut, "never_let_in": turned_away, "body_bytes_taken": poured,
            "alone_ms": alone, "meanwhile_ms": meanwhile, "status_by_socket_ms": told, "status_by_port_ms": at_port,
            "rss_mib": {"before": before, "most": peak, "after": after},
        }),
    }])
}

/// One file after the other, each until its commit.
struct Saves<'a> {
    set: &'a Set,
    next: usize,
}

impl Saves<'_> {
    /// Milliseconds from a saved file to its commit.
    fn one(&mut self) -> Result<f64> {
        let (number, round) = (self.next % self.set.count(), self.next / self.set.count());
        self.next += 1;
        let branch = self.set.branch(number);
        let before = fs::read(&branch)?;
        let start = Instant::now();
        self.set.save(number, round)?;
        while fs::read(&branch).is_ok_and(|now| now == before) {
            if start.elapsed() > LIMIT {
                bail!("what was saved in {} was not committed", self.set.tree(number).display());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(start.elapsed().as_secs_f64() * 1e3)
    }
}

async fn listen(port: u16, entry: &str) -> Result<Vec<TcpStream>> {
    let mut listening = Vec::new();
    for _ in 0..DEAF {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(format!("GET /events?after=0 HTTP/1.1\r\n{entry}\r\n").as_bytes()).await?;
        listening.push(stream);
    }
    Ok(listening)
}

/// How much is taken of a body that nobody asked for.
async fn pour(port: u16, entry: &str, body: usize) -> Result<usize> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let head = format!(
        "POST /trigger HTTP/1.1\r\n{entry}Content-Type: application/json\r\nContent-Length: {body}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let (part, mut taken) = (vec![b' '; 1 << 16], 0);
    while taken < body && matches!(timeout(LIMIT, stream.write_all(&part)).await, Ok(Ok(()))) {
        taken += part.len();
    }
    Ok(taken)
}

/// So many at once, in some ways of being broken; how many were served and cut, and how many never got in.
async fn crowd(port: u16, slow: usize) -> (usize, usize) {
    const SAID: [&[u8]; 5] = [
        b"",
        b"GET /status HTTP/1.1\r\nHost: 127",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"POST /trigger HTTP/1.1\r\n",
        b"GET /events HTTP/1.1\r\nHost: evil.test\r\n\r\n",
    ];
    let mut all = JoinSet::new();
    for said in SAID.iter().cycle().take(slow) {
        all.spawn(async move {
            let going = async {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
                stream.write_all(said).await.ok()?;
                let mut some = [0; 512];
                while stream.read(&mut some).await.ok()? > 0 {}
                Some(())
            };
            // Reset or ended: it was cut either way.
            timeout(PATIENCE, going).await.is_ok()
        });
    }
    let (mut cut, mut turned_away) = (0, 0);
    while let Some(ended) = all.join_next().await {
        if ended.unwrap_or(false) { cut += 1 } else { turned_away += 1 }
    }
    (cut, turned_away)
}

/// Milliseconds that each of somebody's requests took who does everything right, with a connection for each.
async fn well_behaved(port: u16, entry: String, over: Arc<AtomicBool>) -> Vec<f64> {
    let request = format!("GET /status HTTP/1.1\r\n{entry}Connection: close\r\n\r\n");
    let mut took = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let asked = Instant::now();
        let answered = async {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
            stream.write_all(request.as_bytes()).await.ok()?;
            let mut reply = Vec::new();
            stream.read_to_end(&mut reply).await.ok().filter(|_| reply.starts_with(b"HTTP/1.1 200"))
        };
        // One that was never answered counts with all of its time.
        let _ = timeout(PATIENCE, answered).await;
        took.push(asked.elapsed().as_secs_f64() * 1e3);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    took
}
