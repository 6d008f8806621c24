//! Damage to the state folder: journal, database and what the person wants, truncated and flipped at any offset, missing,
//! or another kind of file. Commits neither stop nor come twice, and a no stays a no.
//!
//! `TEST_DAMAGE='state;file;harm;offset'` repeats one as a failure names it.

use crate::{
    workers,
    world::{STATES, World},
};
use autocommit_promises::{Scale, Tally};
use autocommit_test_support::trace::Trace;
use std::{fmt, str::FromStr};

/// Damages of `cargo test`.
const SAMPLE: usize = 150;

/// What is done to one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harm {
    /// Only so many bytes are left.
    Cut(u64),
    /// The lowest or highest bit of a byte is another.
    Flip(u64, u8),
    /// There is no such file.
    Gone,
    /// A folder has its name.
    Folder,
    /// Zeros in place of every byte, as some file systems leave it after a power cut.
    Zeros,
}

/// One damage to one file in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Damage {
    state: String,
    /// `journal`, or the name of a file of the state folder.
    pub(crate) file: String,
    pub(crate) harm: Harm,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { state, file, harm } = self;
        match harm {
            Harm::Cut(at) => write!(f, "{state};{file};cut;{at}"),
            Harm::Flip(at, bit) => write!(f, "{state};{file};flip {bit};{at}"),
            Harm::Gone => write!(f, "{state};{file};gone;0"),
            Harm::Folder => write!(f, "{state};{file};folder;0"),
            Harm::Zeros => write!(f, "{state};{file};zeros;0"),
        }
    }
}

impl FromStr for Damage {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let fields: Vec<&str> = line.split(';').collect();
        let [state, file, harm, at] = fields[..] else { return Err(format!("`{line}` is no damage")) };
        let at = at.parse().map_err(|error| format!("{at}: {error}"))?;
        let harm = match harm {
            "cut" => Harm::Cut(at),
            "flip 0" => Harm::Flip(at, 0),
            "flip 7" => Harm::Flip(at, 7),
            "gone" => Harm::Gone,
            "folder" => Harm::Folder,
            "zeros" => Harm::Zeros,
            other => return Err(format!("nothing is called `{other}`")),
        };
        Ok(Self { state: state.to_owned(), file: file.to_owned(), harm })
    }
}

/// Every damage there is to a file of this length; `every`: at each offset, else at about fifty of them.
fn damages(state: &str, file: &str, length: u64, every: bool) -> Vec<Damage> {
    let step = if every { 1 } else { (length / 50).max(1) };
    let offsets = (0..length).step_by(usize::try_from(step).unwrap());
    let at = offsets.flat_map(|at| [Harm::Cut(at), Harm::Flip(at, 0), Harm::Flip(at, 7)]);
    let harms = [Harm::Gone, Harm::Folder, Harm::Zeros].into_iter().chain(at);
    harms.map(|harm| Damage { state: state.to_owned(), file: file.to_owned(), harm }).collect()
}

#[test]
fn commits_go_on_whatever_happened_to_the_state_folder() {
    if let Err(why) = Trace::available() {
        println!("SKIPPED: damage to the state folder: {why}");
        return;
    }
    let scale = Scale::from_environment();
    let mut lists: Vec<Vec<Damage>> = Vec::new();
    for state in STATES {
        for (file, length) in World::new(state).targets() {
            // SQLite's files are large and mostly empty: each offset of the small ones, some of these.
            let every = scale.torture() && length <= 8192;
            let mut list = damages(state, &file, length, every);
            workers::shuffle(&mut list, scale.seed());
            // What is done to a file as a whole comes first.
            list.sort_by_key(|damage| !matches!(damage.harm, Harm::Gone | Harm::Folder | Harm::Zeros));
            lists.push(list);
        }
    }
    let mut chosen = match std::env::var("TEST_DAMAGE") {
        Ok(damage) => vec![damage.parse().unwrap()],
        Err(_) => workers::by_turns(lists, if scale.torture() { usize::MAX } else { SAMPLE }),
    };
    // Worlds are made once for each thread and state.
    chosen.sort_by(|a, b| a.state.cmp(&b.state));
    let worlds = |damage: &Damage, world: &mut Option<(String, World)>| {
        if world.as_ref().is_none_or(|(state, _)| *state != damage.state) {
            *world = Some((damage.state.clone(), World::new(&damage.state)));
        }
        world.as_ref().unwrap().1.try_damage(damage)
    };
    let mut tally = Tally::new("crash-damage", scale.seed());
    for (damage, wrong) in workers::all(&chosen, &scale, || None, worlds) {
        let wrong = match wrong {
            Ok(None) => {
                // A database that was closed in time has no `-wal`.
                tally.count("not there", 1);
                continue;
            }
            Ok(Some(wrong)) => wrong,
            Err(panic) => vec![panic],
        };
        tally.count("bad inputs", 1);
        if !wrong.is_empty() {
            tally.fail(format!("TEST_DAMAGE='{damage}'\n  {}", wrong.join("\n  ")));
        }
    }
    tally.end();
}
