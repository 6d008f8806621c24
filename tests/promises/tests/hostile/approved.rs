//! Exactly what was seen is approved, and then works as git does; one changed byte, and it is left alone again.

use crate::{
    cases::{Then, all},
    zoo::{Zoo, asking, in_parallel},
};
use autocommit_promises::{Pending, Scale, Tally};

const PENDING: Pending = Pending(&[]);

#[test]
fn approved_is_exactly_what_was_seen() {
    let mut tally = Tally::new("hostile-approved", Scale::from_environment().seed());
    let zoo = Zoo::new(all(), false);
    let before = zoo.tips();
    in_parallel(&zoo.cases, |case| {
        zoo.allow(case);
    });
    if !zoo.songs().is_empty() {
        tally.fail(format!("approving ran programs of {:?}", zoo.songs()));
    }
    let said = zoo.sandbox.autocommit(&["once"]);
    let first = zoo.tips();
    for ((case, was), is) in zoo.cases.iter().zip(&before).zip(&first) {
        let songs = zoo.pen(case.name).songs();
        let (committed, pushed) = (was.1 != is.1, is.1 == is.2);
        let wanted = match case.then {
            Then::Runs => (true, true, songs > 0),
            Then::Silent | Then::Inert => (true, true, songs == 0),
            Then::Stays | Then::Elsewhere => (true, false, songs == 0),
            Then::LeftAlone => (false, true, songs == 0),
        };
        let seen = (committed, pushed, wanted.2);
        let verdict = if seen == wanted {
            Ok(())
        } else {
            Err(format!("{:?}, but committed: {committed}, pushed: {pushed}, run {songs} times", case.then))
        };
        PENDING.judge(&mut tally, "approved repositories", case.name, verdict);
    }
    let asked = |then: Then| !matches!(then, Then::Inert | Then::LeftAlone);
    for case in zoo.cases.iter().filter(|case| asked(case.then)) {
        zoo.change_one_byte(case);
        zoo.sandbox.write(zoo.pen(case.name).repo, "a.txt", "changed again\n");
    }
    let sung: Vec<_> = zoo.cases.iter().map(|case| zoo.pen(case.name).songs()).collect();
    let _ = zoo.sandbox.autocommit(&["once"]);
    let asks = asking(&zoo.sandbox.autocommit(&["repos", "--json"]).stdout);
    let last = zoo.tips();
    for (((case, was), is), sung) in zoo.cases.iter().zip(&first).zip(&last).zip(sung) {
        if !asked(case.then) {
            continue;
        }
        let songs = zoo.pen(case.name).songs() - sung;
        let verdict = match (songs, was == is, asks.contains(case.name)) {
            (0, true, true) => Ok(()),
            (songs, same, asks) => Err(format!("run {songs} times, untouched: {same}, asks: {asks}")),
        };
        let name = format!("{}, one byte changed", case.name);
        PENDING.judge(&mut tally, "approved repositories with one changed byte", &name, verdict);
    }
    if !tally.failures.is_empty() {
        println!("{}", said.shown());
    }
    tally.end();
}
