//! Points: one shape of repository, one place in its run, one thing that happens there.

use crate::{
    steps::{Seen, Step},
    workers,
};
use autocommit_test_support::trace::{Act, Place, Strike, Victims, When};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// Error numbers of Linux.
pub(crate) const EIO: i32 = 5;
/// Permission denied.
pub(crate) const EACCES: i32 = 13;
/// No space left on device.
pub(crate) const ENOSPC: i32 = 28;
/// Read-only file system.
pub(crate) const EROFS: i32 = 30;

/// One disturbance of one shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Point {
    /// The shape's name.
    pub(crate) shape: String,
    /// What happens where.
    pub(crate) strike: Strike,
    /// The step of the procedure it falls into.
    pub(crate) step: Step,
    /// Whether that step begins with the call.
    pub(crate) first: bool,
}

/// Every name that a point's act has in `TEST_POINT`.
const ACTS: [(&str, Act); 17] = {
    use Act::{Fail, Kill};
    use Victims::{Caller, Everything, Program};
    use When::{After, Before, Torn};
    const fn fail(error: i32, lasting: bool) -> Act {
        Fail { error, lasting }
    }
    [
        ("program killed before", Kill(Before, Program)),
        ("program killed after", Kill(After, Program)),
        ("program killed half way", Kill(Torn, Program)),
        ("caller killed before", Kill(Before, Caller)),
        ("caller killed after", Kill(After, Caller)),
        ("caller killed half way", Kill(Torn, Caller)),
        ("everything killed before", Kill(Before, Everything)),
        ("everything killed after", Kill(After, Everything)),
        ("everything killed half way", Kill(Torn, Everything)),
        ("EIO once", fail(EIO, false)),
        ("EIO from then on", fail(EIO, true)),
        ("ENOSPC once", fail(ENOSPC, false)),
        ("ENOSPC from then on", fail(ENOSPC, true)),
        ("EACCES once", fail(EACCES, false)),
        ("EACCES from then on", fail(EACCES, true)),
        ("EROFS once", fail(EROFS, false)),
        ("EROFS from then on", fail(EROFS, true)),
    ]
};

impl Point {
    /// Whether somebody is killed.
    pub(crate) fn kills(&self) -> bool {
        matches!(self.strike.act, Act::Kill(..))
    }

    /// Whether the state folder fails, so that nothing can be kept; work goes on all the same.
    pub(crate) fn blinds_history(&self) -> bool {
        let path = &self.strike.place.path;
        !self.kills() && (path == "state" || path.starts_with("state/"))
    }

    fn act(&self) -> &'static str {
        ACTS.iter().find(|(_, act)| *act == self.strike.act).map_or("?", |(name, _)| name)
    }

    /// What the tally counts it as.
    pub(crate) fn counted(&self) -> &'static str {
        match self.strike.act {
            Act::Kill(_, Victims::Program) => "kills of the program",
            Act::Kill(_, Victims::Caller) if self.strike.place.is_server() => "kills of the remote's side",
            Act::Kill(_, Victims::Caller) => "kills of git",
            Act::Kill(_, Victims::Everything) => "kills of both",
            Act::Fail { .. } => "faults",
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};{};{}", self.shape, self.act(), self.strike.place)
    }
}

impl FromStr for Point {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut fields = text.splitn(3, ';');
        let mut field = || fields.next().ok_or(format!("`{text}` is not shape;what happens;place"));
        let (shape, act, place) = (field()?.to_owned(), field()?, field()?);
        let act = ACTS.iter().find(|(name, _)| *name == act).ok_or(format!("nothing is called `{act}`"))?.1;
        Ok(Self { shape, strike: Strike { place: place.parse()?, act }, step: Step::Begin, first: false })
    }
}

/// Every point of an undisturbed run.
pub(crate) fn all(shape: &str, events: &[Seen]) -> Vec<Point> {
    let mut points = Vec::new();
    for Seen { step, first, event } in events {
        let place = &event.place;
        let acts = kills(place).into_iter().chain(faults(place, event.answer));
        points.extend(acts.map(|act| Point {
            shape: shape.to_owned(),
            strike: Strike { place: place.clone(), act },
            step: *step,
            first: *first,
        }));
    }
    points
}

fn kills(place: &Place) -> Vec<Act> {
    let milestone = matches!(place.call, "start" | "end");
    let times: &[When] = match place.call {
        // Nothing lies between the two.
        "start" | "end" => &[When::Before],
        "write" => &[When::Before, When::Torn, When::After],
        _ => &[When::Before, When::After],
    };
    let victims: &[Victims] = match () {
        () if place.is_program() => &[Victims::Program],
        // A process that has ended cannot be killed.
        () if milestone && place.call == "end" => &[Victims::Program],
        () if place.is_server() => &[Victims::Everything, Victims::Caller],
        () => &[Victims::Program, Victims::Caller, Victims::Everything],
    };
    times.iter().flat_map(|when| victims.iter().map(|victim| Act::Kill(*when, *victim))).collect()
}

/// What can go wrong with a call that went well; what failed undisturbed, fails anyway.
fn faults(place: &Place, answer: i64) -> Vec<Act> {
    let errors: &[i32] = match place.call {
        _ if answer < 0 => &[],
        "write" | "allocate" => &[ENOSPC, EIO],
        "create" | "mkdir" => &[EACCES, ENOSPC, EROFS],
        "fsync" | "close" | "truncate" => &[EIO],
        "rename" | "link" | "unlink" | "rmdir" | "chmod" | "utime" => &[EACCES, EROFS],
        _ => &[],
    };
    errors
        .iter()
        .flat_map(|error| [false, true].map(|lasting| Act::Fail { error: *error, lasting }))
        .collect()
}

/// The points that every run tries: between any two steps, and right before and right after each thing of the
/// procedure that is safe on disk or seen by others.
pub(crate) fn crucial(point: &Point) -> bool {
    let Place { call, path, .. } = &point.strike.place;
    let act = point.strike.act;
    let everything = matches!(act, Act::Kill(When::Before | When::After, Victims::Everything))
        || point.strike.place.is_program() && matches!(act, Act::Kill(When::Before | When::After, _));
    let milestone = match *call {
        "fsync" => path.ends_with(".jsonl"),
        "link" => path.ends_with("/index.lock"),
        "rename" => path.ends_with("/index") || path.contains(".lock -> ") && path.contains("/refs/"),
        _ => false,
    };
    (point.shape == "edit" || point.step == Step::Recovery) && (between(point) || everything && milestone)
}

/// Whether somebody is killed after the last thing of one step and before the first of the next.
pub(crate) fn between(point: &Point) -> bool {
    point.first && matches!(point.strike.act, Act::Kill(When::Before, _))
}

/// Points of one turn of the unbounded programme, about as many as ten minutes are enough for.
const TURN: usize = 1000;

/// All points, from another place on for each seed: turns with seeds that follow each other leave none out.
pub(crate) fn turn(mut points: Vec<Point>, seed: u64) -> Vec<Point> {
    workers::shuffle(&mut points, 0);
    let turns = points.len().div_ceil(TURN).max(1) as u64;
    let start = usize::try_from(seed % turns).unwrap() * TURN;
    points.rotate_left(start);
    points
}

/// `count` points without the crucial ones, spread evenly over steps, actors, kinds of file and victims; the same for the
/// same seed.
pub(crate) fn sample(points: Vec<Point>, count: usize, seed: u64) -> Vec<Point> {
    let mut buckets: BTreeMap<String, Vec<Point>> = BTreeMap::new();
    for point in points.into_iter().filter(|point| !crucial(point)) {
        buckets.entry(bucket(&point)).or_default().push(point);
    }
    let mut buckets: Vec<Vec<Point>> = buckets.into_values().collect();
    buckets.iter_mut().for_each(|bucket| workers::shuffle(bucket, seed));
    let mut chosen = workers::by_turns(buckets, count);
    workers::shuffle(&mut chosen, seed);
    chosen
}

fn bucket(point: &Point) -> String {
    let Strike { place, .. } = &point.strike;
    let role = place.role.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == ' ');
    let before = matches!(point.strike.act, Act::Kill(When::Before, _));
    format!("{:?} {role} {} {before} {}", point.step, kind(&place.path), point.counted())
}

/// What kind of file a path is.
fn kind(path: &str) -> &'static str {
    let has = |part: &str| path.contains(part);
    match () {
        () if path == "-" => "process",
        () if has("state/autocommit.db") => "database",
        () if has("state/journal/") => "journal",
        () if path.starts_with("state") => "state folder",
        () if has("/objects") => "objects",
        () if has("/logs/") => "reflog",
        () if has("autocommit-") => "private file",
        () if has("/refs/") || has("HEAD") || has("packed-refs") => "refs",
        () if has("/config") => "configuration",
        () => "other",
    }
}
