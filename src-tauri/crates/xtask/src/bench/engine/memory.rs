//! Resident memory of the headless daemon at rest, with its own settings.

use super::{
    super::{
        comparison::{Bound, Comparison, Target},
        daemon::Daemon,
    },
    Bench, OURS,
};
use anyhow::Result;
use serde_json::json;
use std::{thread, time::Duration};

/// Few, many, and a tenth of the many, to see it grow.
pub(super) fn measure(bench: &mut Bench) -> Result<Vec<Comparison>> {
    let (few, many) = (bench.few(), bench.many());
    let mut daemons = Vec::new();
    for (count, files) in [(few, 300), (many / 10, 100), (many, 100)] {
        let set = bench.clean(OURS, count, files)?;
        let name = format!("memory-{count}");
        let mut daemon = Daemon::start(&bench.place, &bench.binary, &name, &set.folder, "")?;
        daemon.settled(count)?;
        daemons.push((count, daemon));
    }
    // Another cycle at least, in which nothing is new.
    thread::sleep(Duration::from_secs(if bench.quick { 1 } else { 75 }));
    let mut found = Vec::new();
    for (count, daemon) in daemons {
        daemon.quiet(Duration::from_secs(1))?;
        let memory = daemon.memory()?;
        println!("  {count} repositories: {:.1} MiB resident, {:.1} MiB its share", memory.rss, memory.pss);
        daemon.end()?;
        found.push((count, memory));
    }
    let (first, tenth, last) = (found[0].1, found[1].1, found[2].1);
    let rss = |count: usize| format!("MB resident with {count} repositories");
    // The promise is in megabytes of a million bytes.
    let mb = |mib: f64| mib * 1.048_576;
    Ok(vec![Comparison {
        name: "memory of the headless engine at rest".to_owned(),
        baseline: "",
        pairs: Vec::new(),
        targets: vec![
            Target::new(rss(few), mb(first.rss), Bound::AtMost(10.0)),
            Target::new(rss(many), mb(last.rss), Bound::AtMost(20.0)),
            Target::linear("resident memory", tenth.rss, last.rss),
        ],
        more: json!(
            found
                .iter()
                .map(|(count, memory)| json!({
                    "repositories": count, "rss_mib": memory.rss, "pss_mib": memory.pss,
                }))
                .collect::<Vec<_>>()
        ),
    }])
}
