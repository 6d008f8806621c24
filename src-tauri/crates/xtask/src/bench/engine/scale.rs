//! Repositories of every size at once: most with 100 files, ten with 10,000, one with 100,000, and in one of them a folder of
//! 200,000 files that git ignores. What it takes to start over them and to watch them at rest; and how long a crowd of them
//! takes that is saved in at once, while the daemon runs and while it is stopped, as on a machine that sleeps.

use super::{
    super::{
        comparison::{Bound, Comparison, Pair, Target, cpu_ratio, wall_ratio},
        daemon::Daemon,
        measure::{Measured, measure as run, median},
        sets::{PUSH_LOOP, STATUS_LOOP, Set, Shape, shell_loop},
    },
    Bench, cold,
    discovery::strew,
    idle::sleep_until,
};
use anyhow::{Context, Result, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;
use std::{
    fs,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

/// Minutes at rest that are measured.
const MINUTES: u32 = 3;
/// A crowd that takes longer has been lost.
const LIMIT: Duration = Duration::from_secs(300);
/// Between two looks at the remotes.
const LOOK: Duration = Duration::from_millis(2);
/// How long the daemon is stopped before files are saved, and after.
const ASLEEP: Duration = Duration::from_millis(500);

/// The many, and the crowd among a tenth of them.
pub(super) fn measure(bench: &mut Bench) -> Result<Vec<Comparison>> {
    let few = Repositories::make(bench, 10)?;
    let alone = few.crowds(bench)?;
    few.remove()?;
    let many = Repositories::make(bench, 1)?;
    let mut comparisons = Vec::from(many.start(bench)?);
    comparisons.push(many.rest(bench)?);
    for (crowd, tenth) in many.crowds(bench)?.into_iter().zip(alone) {
        let walls = [&tenth, &crowd].map(|(_, pairs)| median(pairs.iter().map(|pair| pair.ours.wall)));
        let (what, pairs) = crowd;
        comparisons.push(Comparison {
            name: format!(
                "{} of {} repositories saved in at once {what} to pushed",
                many.crowd.count(),
                many.count
            ),
            baseline: "shell loop",
            targets: vec![
                Target::new("wall of the loop / ours", wall_ratio(&pairs), Bound::AtLeast(2.5)),
                Target::linear("wall", walls[0], walls[1]),
            ],
            pairs,
            more: json!({"wall_seconds_of_a_tenth": walls[0]}),
        });
    }
    many.remove()?;
    Ok(comparisons)
}

/// Below one folder, by what is done with them.
struct Repositories {
    folder: PathBuf,
    count: usize,
    crowd: Set,
    calm: Vec<Set>,
    /// As many as the crowd, for the loop.
    theirs: Set,
}

impl Repositories {
    /// All sizes; how many repositories there are of each, and files in the largest and in the folder, divided by `part`.
    fn make(bench: &Bench, part: usize) -> Result<Self> {
        let size = |full, quick| bench.size(full, quick) / part;
        let (count, crowd, large) = (size(1000, 60), size(200, 20), size(10, 10));
        let name = format!("scale-{count}");
        println!("Making {count} repositories of every size, and {crowd} for the loop.");
        let place = &bench.place;
        let make = |set: &str, count: usize, files: usize, shape: Shape| {
            Set::make(place, &format!("{name}/{set}"), count, files, shape)
        };
        let calm = vec![
            make("calm", count - crowd - large - 1, 100, Shape::clean())?,
            make("large", large, bench.size(10_000, 400), Shape::clean())?,
            make("largest", 1, size(100_000, 4000), Shape::clean())?,
        ];
        let crowded = make("crowd", crowd, 100, Shape::dirty())?;
        let theirs = Set::make(place, &format!("{name}-loop"), crowd, 100, Shape::dirty())?;
        let tree = calm[0].tree(0);
        fs::create_dir_all(tree.join(".git/info"))?;
        fs::write(tree.join(".git/info/exclude"), "node_modules/\n")?;
        strew(&tree.join("node_modules"), size(200_000, 4000), 50)?;
        Ok(Self { folder: place.root.join(&name), count, crowd: crowded, calm, theirs })
    }

    fn remove(self) -> Result<()> {
        for set in self.calm.into_iter().chain([self.crowd, self.theirs]) {
            set.remove()?;
        }
        Ok(fs::remove_dir_all(self.folder)?)
    }

    /// The `git status` loop over all of them.
    fn status_loop(&self, bench: &Bench) -> Result<Measured> {
        let mut all = Measured { wall: 0.0, cpu: 0.0, peak_mib: None };
        for set in self.calm.iter().chain([&self.crowd]) {
            let one = run(&mut shell_loop(&bench.place, STATUS_LOOP, &set.folder))?;
            (all.wall, all.cpu) = (all.wall + one.wall, all.cpu + one.cpu);
        }
        Ok(all)
    }

    fn daemon(&self, bench: &Bench, more: &str) -> Result<Daemon> {
        let name = format!("scale-{}", self.count);
        let mut daemon = Daemon::start(&bench.place, &bench.binary, &name, &self.folder, more)?;
        daemon.settled(self.count)?;
        daemon.watching()?;
        Ok(daemon)
    }

    /// Until all are listed, and until each was looked at.
    fn start(&self, bench: &Bench) -> Result<[Comparison; 2]> {
        let mut both =
            cold::both(bench, &self.folder, self.count, " of every size", || self.status_loop(bench))?;
        for comparison in &mut both {
            comparison.targets.push(cold::at_once(comparison));
        }
        Ok(both)
    }

    /// Minutes without a sweep.
    fn rest(&self, bench: &Bench) -> Result<Comparison> {
        let minute = Duration::from_secs(if bench.quick { 2 } else { 60 });
        let daemon = self.daemon(bench, "")?;
        // The second cycle is over then, in which each that changed just before the first is asked about again.
        sleep_until(daemon.started + minute + minute / 6);
        let mut pairs = Vec::new();
        for number in 1..=MINUTES {
            // The loop works in the same repositories: what the daemon is told of that is none of its rest.
            let theirs = self.status_loop(bench)?;
            let before = daemon.quiet(Duration::from_secs(1))?;
            thread::sleep(minute);
            let ours = Measured { wall: minute.as_secs_f64(), cpu: daemon.cpu()? - before, peak_mib: None };
            println!(
                "  minute {number}: loop {:.3} s of processor, autocommit {:.5} s",
                theirs.cpu, ours.cpu
            );
            pairs.push(Pair { theirs, ours });
        }
        let memory = daemon.memory()?;
        let watches = daemon.watches()?;
        println!("  {:.1} MiB resident, {watches} watches", memory.rss);
        daemon.end()?;
        Ok(Comparison {
            name: format!("{} repositories of every size, idle, minutes without a sweep", self.count),
            baseline: "git status",
            targets: vec![Target::new(
                "processor time of the loop / ours",
                cpu_ratio(&pairs),
                Bound::AtLeast(1000.0),
            )],
            pairs,
            more: json!({"rss_mib": memory.rss, "watches": watches}),
        })
    }

    /// What a crowd takes, while the daemon runs and while it does not.
    fn crowds(&self, bench: &Bench) -> Result<Vec<(&'static str, Vec<Pair>)>> {
        let daemon = self.daemon(bench, "quiet_seconds = 0\n")?;
        let mut rounds = 0;
        let mut all = Vec::new();
        for (what, asleep) in [("while it runs", false), ("while it is stopped", true)] {
            let pairs = super::pairs(bench.pairs, |_| {
                save(&self.theirs, rounds)?;
                let theirs = run(&mut shell_loop(&bench.place, PUSH_LOOP, &self.theirs.folder))?;
                let ours = crowd(&daemon, &self.crowd, rounds, asleep)?;
                rounds += 1;
                Ok(Pair { theirs, ours })
            })?;
            all.push((what, pairs));
        }
        daemon.end()?;
        self.theirs.check(&bench.place, rounds + 1).context("the loop did not do its work")?;
        self.crowd.check(&bench.place, rounds + 1).context("autocommit did not do its work")?;
        for set in &self.calm {
            set.check(&bench.place, 1).context("a clean repository was changed")?;
        }
        Ok(all)
    }
}

/// From the first save, or from the end of its sleep, until every remote has what was saved.
fn crowd(daemon: &Daemon, set: &Set, round: usize, asleep: bool) -> Result<Measured> {
    let before =
        (0..set.count()).map(|number| fs::read(set.pushed(number))).collect::<Result<Vec<_>, _>>()?;
    let cpu = daemon.quiet(Duration::from_secs(1))?;
    let pid = Pid::from_raw(daemon.pid().cast_signed());
    if asleep {
        kill(pid, Signal::SIGSTOP)?;
        thread::sleep(ASLEEP);
    }
    let mut start = Instant::now();
    save(set, round)?;
    if asleep {
        thread::sleep(ASLEEP);
        start = Instant::now();
        kill(pid, Signal::SIGCONT)?;
    }
    let mut waiting: Vec<usize> = (0..set.count()).collect();
    while !waiting.is_empty() {
        if start.elapsed() > LIMIT {
            bail!("what was saved in {} was not pushed", set.tree(waiting[0]).display());
        }
        thread::sleep(LOOK);
        waiting.retain(|number| fs::read(set.pushed(*number)).is_ok_and(|now| now == before[*number]));
    }
    let wall = start.elapsed().as_secs_f64();
    Ok(Measured { wall, cpu: daemon.quiet(Duration::from_secs(1))? - cpu, peak_mib: None })
}

/// One file in each, one right after the other.
fn save(set: &Set, round: usize) -> Result<()> {
    (0..set.count()).try_for_each(|number| set.save(number, round))
}
