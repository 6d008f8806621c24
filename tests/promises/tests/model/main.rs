//! P3: one repository under random sequences of what people, their remotes and we ourselves do. What must be true is judged
//! from outside after every run; a sequence that breaks it is cut down and printed as a script.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "it plays the person")]

mod claims;
mod edit;
mod finish;
mod judge;
mod look;
mod ours;
mod person;
mod remote;
mod step;
mod words;
mod world;

use crate::{step::Step, world::World};
use autocommit_promises::{Scale, Tally};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use std::{
    collections::BTreeMap,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
    thread,
};

/// Sequences under `cargo test`.
const SAMPLE: usize = 20;
/// How many failing sequences are cut down; the others are printed as they are.
const CUT_DOWN: usize = 1;
/// How often a failing sequence is played again to cut it down.
const CUTS: usize = 60;

/// A sequence that broke something.
struct Broken {
    sentence: String,
    script: Vec<String>,
}

/// Plays a sequence from the beginning.
fn play(steps: &[Step], figures: &mut BTreeMap<&'static str, u64>) -> Result<(), Broken> {
    let mut world = World::new();
    let verdict = catch_unwind(AssertUnwindSafe(|| {
        for step in steps {
            world.count("steps", 1);
            world.step(step)?;
        }
        world.finish()
    }));
    for (what, n) in std::mem::take(&mut world.figures) {
        *figures.entry(what).or_default() += n;
    }
    let sentence = match verdict {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(sentence)) => sentence,
        Err(panic) => match panic.downcast_ref::<String>() {
            Some(text) => format!("panic: {text}"),
            None => format!("panic: {:?}", panic.downcast_ref::<&str>()),
        },
    };
    Err(Broken { sentence, script: std::mem::take(&mut world.script) })
}

impl World {
    fn step(&mut self, step: &Step) -> world::Verdict {
        let tree = |number: &u8| usize::from(*number) % self.trees.len();
        match step {
            Step::Edit(number, path, edit) => self.edit(tree(number), *path, *edit),
            Step::Git(number, path, what) => self.person(tree(number), *path, *what),
            Step::Remote(path, what) => self.remote(*path, *what),
            Step::Run(how) => self.run(*how),
        }
    }
}

/// Plays the sequence that this seed stands for; what broke, cut down, where something did.
fn sequence(seed: u64, cut: bool, figures: &mut BTreeMap<&'static str, u64>) -> Result<(), String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng);
    let mut tree = step::sequence().new_tree(&mut runner).expect("a sequence");
    let Err(mut broken) = play(&tree.current(), figures) else { return Ok(()) };
    eprintln!("model: seed {seed}: {}", broken.sentence);
    let mut nobody = BTreeMap::new();
    let class = |broken: &Broken| broken.sentence.split(':').next().map(str::to_owned);
    let mut more = tree.simplify();
    for _ in 0..CUTS {
        if !more || !cut {
            break;
        }
        more = match play(&tree.current(), &mut nobody) {
            Err(smaller) if class(&smaller) == class(&broken) => {
                broken = smaller;
                tree.simplify()
            }
            _ => tree.complicate(),
        };
    }
    let script = broken.script.join("\n");
    let kept = keep(seed, &broken.sentence, &script);
    Err(format!("{}\n# TEST_SEED={seed}, kept in {kept}\n{script}\n", broken.sentence))
}

/// Keeps the script of a sequence that broke something in `target/model`, and says where.
fn keep(seed: u64, sentence: &str, script: &str) -> String {
    let test = std::env::current_exe().expect("the path of this test");
    // target/debug/deps/test-1234: beside debug.
    let folder = test.ancestors().nth(3).expect("the target folder").join("model");
    let file = folder.join(format!("{seed}.sh"));
    let sentence = sentence.replace('\n', "\n# ");
    let text = format!("#!/bin/bash\n# {sentence}\n# TEST_SEED={seed}\n{script}\n");
    match fs::create_dir_all(&folder).and_then(|()| fs::write(&file, text)) {
        Ok(()) => file.display().to_string(),
        Err(error) => format!("no file: {error}"),
    }
}

/// The seed of a sequence. The first one has the seed of the programme, so that one that failed is repeated by its seed alone.
fn seed(first: u64, number: usize) -> u64 {
    let mut bits = first.wrapping_add((number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    if number > 0 {
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits ^= bits >> 31;
    }
    bits
}

#[test]
fn random_sequences_break_no_promise() {
    let scale = Scale::from_environment();
    let tally = Mutex::new(Tally::new("model", scale.seed()));
    let next = Mutex::new(0_usize);
    // What panics is told with its script.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let workers = thread::available_parallelism().map_or(2, usize::from).min(4);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let number = {
                        let mut next = next.lock().unwrap();
                        *next += 1;
                        *next - 1
                    };
                    if !scale.more(number, SAMPLE) {
                        return;
                    }
                    let mut figures = BTreeMap::new();
                    let cut = tally.lock().unwrap().failures.len() < CUT_DOWN;
                    let verdict = sequence(seed(scale.seed(), number), cut, &mut figures);
                    let mut tally = tally.lock().unwrap();
                    tally.count("sequences", 1);
                    figures.into_iter().for_each(|(what, n)| tally.count(what, n));
                    if let Err(sentence) = verdict {
                        tally.fail(sentence);
                    }
                }
            });
        }
    });
    std::panic::set_hook(hook);
    tally.into_inner().unwrap().end();
}
