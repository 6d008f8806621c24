//! Dirty repositories to committed and pushed, against a plain shell loop.

use super::{
    super::{
        comparison::{Bound, Comparison, Pair, Target, wall_ratio},
        measure::measure as run,
        scan::Scan,
        sets::{self, PUSH_LOOP, Set, Shape, shell_loop},
    },
    Bench,
};
use anyhow::{Context, Result};
use serde_json::json;
use std::process::Command;

/// `autocommit once` over a set.
pub(super) fn once(bench: &Bench, set: &Set) -> Result<Command> {
    bench.place.write_config(&[&set.folder], "[llm]\nenabled = false\n[http]\nenabled = false\n")?;
    let mut command = bench.place.command(&bench.binary);
    command.args(["once", "--json"]);
    Ok(command)
}

/// Against the loop, and how it grows.
pub(super) fn measure(bench: &mut Bench) -> Result<(Vec<Comparison>, Scan)> {
    let (count, files) = (bench.few(), 300);
    let against = Against { name: "push", what: "over file://", shape: Shape::dirty(), times: 2.5 };
    let ((comparison, pairs), ours) = against_the_loop(bench, &against, count, files)?;
    // Which is smaller depends on how busy the machine is.
    let whole = pairs.iter().map(|pair| pair.ours.wall.min(pair.ours.cpu));
    let scan = Scan::measure(&ours.changed(), whole)?;
    ours.remove()?;
    let grown = growth(bench, &against, bench.many() / 10, 100)?;
    Ok((vec![comparison, grown], scan))
}

/// What is pushed how, and how many times as fast as the loop it has to be.
pub(super) struct Against {
    /// The repositories' own folder: one that is at the same place with another address is nobody's to push, by right.
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) shape: Shape,
    pub(super) times: f64,
}

type Measured = (Comparison, Vec<Pair>);

/// Both sides in turn, each on its own repositories; also gives ours.
pub(super) fn against_the_loop(
    bench: &Bench,
    against: &Against,
    count: usize,
    files: usize,
) -> Result<(Measured, Set)> {
    let Against { name, what, shape, times } = against;
    println!("Making 2 x {count} repositories of {files} files.");
    let place = &bench.place;
    let theirs = Set::make(place, &format!("{name}-loop"), count, files, shape.clone())?;
    let ours = Set::make(place, &format!("{name}-ours"), count, files, shape.clone())?;
    // The first round warms caches and makes the state folder; it does not count.
    let pairs = super::pairs(bench.pairs, |round| {
        theirs.work(round)?;
        ours.work(round)?;
        let theirs = run(&mut shell_loop(place, PUSH_LOOP, &theirs.folder))?;
        Ok(Pair { theirs, ours: run(&mut once(bench, &ours)?)? })
    })?;
    theirs.check(place, bench.pairs + 2).context("the loop did not do its work")?;
    ours.check(place, bench.pairs + 2).context("autocommit did not do its work")?;
    theirs.remove()?;
    let comparison = Comparison {
        name: format!(
            "{count} dirty repositories ({files} files, {} changed) to pushed {what}",
            sets::CHANGED
        ),
        baseline: "shell loop",
        targets: vec![Target::new("wall of the loop / ours", wall_ratio(&pairs), Bound::AtLeast(*times))],
        pairs: pairs.clone(),
        more: json!({}),
    };
    Ok(((comparison, pairs), ours))
}

/// The time that it takes with so many repositories, and with ten times as many; beside it the shell loop's, whose growth is
/// that of the machine.
pub(super) fn growth(bench: &Bench, against: &Against, few: usize, files: usize) -> Result<Comparison> {
    let Against { name, what, shape, .. } = against;
    let (mut walls, mut loops) = (Vec::new(), Vec::new());
    for count in [few, few * 10] {
        println!("Making {count} repositories of {files} files.");
        let set = Set::make(&bench.place, &format!("{name}-{count}"), count, files, shape.clone())?;
        let mut best = f64::INFINITY;
        for round in 0..2 {
            set.work(round)?;
            let took = run(&mut once(bench, &set)?)?;
            println!("  {count} repositories: {:.2} s", took.wall);
            best = best.min(took.wall);
        }
        set.check(&bench.place, 3).context("autocommit did not do its work")?;
        walls.push(best);
        set.work(2)?;
        let took = run(&mut shell_loop(&bench.place, PUSH_LOOP, &set.folder))?;
        println!("  {count} repositories: {:.2} s by the loop", took.wall);
        set.check(&bench.place, 4).context("the loop did not do its work")?;
        loops.push(took.wall);
        set.remove()?;
    }
    Ok(Comparison {
        name: format!("{few} and {} dirty repositories to pushed {what}", few * 10),
        baseline: "",
        pairs: Vec::new(),
        targets: vec![Target::linear("wall", walls[0], walls[1])],
        more: json!({"wall_seconds": walls, "loop_wall_seconds": loops}),
    })
}
