//! `cargo xtask eval`: how good the messages are, measured on commits of people in open repositories, on changes that nobody
//! described, and by people who read without knowing who wrote.

mod arms;
mod bare;
mod case;
mod corpus;
mod header;
mod model;
mod peer;
mod read;
mod report;
mod score;
mod sheet;
mod stats;
#[cfg(test)]
mod tests;
mod text;
mod valid;

use anyhow::{Context, Result, bail};
use arms::Arm;
use case::Case;
use model::Models;
use report::Marks;
use score::Score;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fs, io::Read, path::PathBuf};

/// What is evaluated.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum Part {
    /// Have the messages of a corpus written and mark them
    Messages(Messages),
    /// Have another program describe the same changes with the same model
    Peer(peer::Peer),
    /// Draw commits of people from local clones and print the list
    Sample(Sample),
    /// Read a sheet that people filled in
    Judged(Judged),
}

#[derive(Debug, Clone, clap::Args)]
struct Messages {
    /// A clone, as owner/name=PATH; may be given several times
    #[arg(long = "repo", value_name = "NAME=PATH", value_parser = named)]
    repositories: Vec<(String, PathBuf)>,
    /// A folder of clones: owner/name, owner+name/repo or name in it
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Another list of commits than the open one
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// Who writes. Default: everything that needs no model
    #[arg(long, value_enum, value_delimiter = ',')]
    arms: Vec<Arm>,
    /// A server of this machine that speaks the OpenAI API, for the arms with a model
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8000")]
    server: String,
    /// The model's name there
    #[arg(long, value_name = "NAME", default_value = "qwen2.5-coder-1.5b-instruct")]
    model: String,
    /// The model's file, whose digest is told in the report
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Answers of other programs to the same changes, one JSON object a line; may be given several times
    #[arg(long, value_name = "FILE")]
    answers: Vec<PathBuf>,
    /// Have the model write for the changes without a reference too
    #[arg(long)]
    bare: bool,
    /// Most changes of each repository
    #[arg(long, value_name = "N", default_value_t = usize::MAX)]
    each: usize,
    /// Changes on a sheet for people to judge
    #[arg(long, value_name = "N")]
    sheet: Option<usize>,
    /// Where the report goes
    #[arg(long, value_name = "DIR", default_value = "bench-results/messages")]
    out: PathBuf,
    /// Seed of everything that is drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Clone, clap::Args)]
struct Sample {
    /// A clone, as owner/name=PATH; may be given several times
    #[arg(long = "repo", value_name = "NAME=PATH", value_parser = named, required = true)]
    repositories: Vec<(String, PathBuf)>,
    /// Seed of the draw
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Newest commits that are drawn from
    #[arg(long, value_name = "N", default_value_t = 3000)]
    newest: usize,
}

#[derive(Debug, Clone, clap::Args)]
struct Judged {
    /// The sheet with the marks filled in
    sheet: PathBuf,
    /// Who wrote what
    key: PathBuf,
    /// Seed of the intervals
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// What a report is about.
struct Measured {
    corpus: String,
    seed: u64,
    model: Option<String>,
    habits: String,
}

fn named(text: &str) -> Result<(String, PathBuf), String> {
    let (name, path) = text.split_once('=').ok_or("NAME=PATH is needed")?;
    Ok((name.to_owned(), path.into()))
}

/// Does what is asked; false where that shows a failure.
pub(crate) fn run(options: &Options) -> Result<bool> {
    match &options.part {
        Part::Messages(messages) => measure(messages).map(|()| true),
        Part::Peer(peer) => peer.run().map(|()| true),
        Part::Sample(sample) => draw(sample).map(|()| true),
        Part::Judged(judged) => sheet::judged(&judged.sheet, &judged.key, judged.seed).map(|page| {
            println!("{page}");
            true
        }),
    }
}

fn draw(options: &Sample) -> Result<()> {
    println!(
        "# Commits of people: cargo xtask eval sample --seed {} --newest {}",
        options.seed, options.newest
    );
    for (name, path) in &options.repositories {
        println!("{name}");
        for commit in corpus::sample(path, options.seed, options.newest)? {
            println!("{commit}");
        }
    }
    Ok(())
}

fn measure(options: &Messages) -> Result<()> {
    let list = match &options.list {
        None => corpus::OPEN.to_owned(),
        Some(path) => fs::read_to_string(path).with_context(|| path.display().to_string())?,
    };
    let given: BTreeMap<String, PathBuf> = options.repositories.iter().cloned().collect();
    let cases = corpus::cases(&corpus::parse(&list)?, &given, options.corpus.as_deref(), options.each)?;
    let Some(first) = cases.first() else {
        bail!("no repository of the list is here: give clones with --repo or --corpus");
    };
    let mut bare = bare::slices(&cases, options.seed);
    bare.extend(bare::made_up(&first.background));
    println!("{} changes with a reference, {} without.", cases.len(), bare.len());
    let free = [Arm::Random, Arm::Template, Arm::Nearest, Arm::Rules];
    let arms = if options.arms.is_empty() { &free[..] } else { &options.arms[..] };
    let (mut marks, mut bare_marks) = (Marks::new(), Marks::new());
    let asks = arms.iter().any(|arm| arm.recipe().is_some());
    let mut models =
        if asks { Some(Models::new(&options.server, &options.model, &options.out)?) } else { None };
    for arm in arms {
        marks.insert(arm.name(), mark(*arm, &cases, options.seed, models.as_mut())?);
        if *arm == Arm::Rules || options.bare && *arm == Arm::Designed {
            bare_marks.insert(arm.name(), mark(*arm, &bare, options.seed, models.as_mut())?);
        }
    }
    for file in &options.answers {
        for (arm, answers) in model::elsewhere(file, &cases)? {
            marks.insert(arm, answers.iter().map(|(case, answer)| Score::of(case, answer)).collect());
        }
    }
    let measured = Measured {
        corpus: format!("{} changes", cases.len()),
        seed: options.seed,
        model: if asks { Some(options.told()?) } else { None },
        habits: habits(&cases),
    };
    println!("{}", report::write(&options.out, &marks, &bare_marks, &measured)?);
    if let Some(count) = options.sheet {
        sheet::write(&options.out, &cases, &marks, count, options.seed)?;
    }
    println!("Everything: {}", options.out.display());
    Ok(())
}

fn mark(arm: Arm, cases: &[Case], seed: u64, models: Option<&mut Models>) -> Result<Vec<Score>> {
    let Some((models, recipe)) = models.zip(arm.recipe()) else {
        return Ok(cases.iter().map(|case| Score::of(case, &arm.write(case, seed))).collect());
    };
    let mut scores = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let answer = models.write(arm, recipe, case)?;
        println!("{} {}/{}: {}", arm.name(), number + 1, cases.len(), answer.subject);
        scores.push(Score::of(case, &answer));
    }
    Ok(scores)
}

impl Messages {
    /// The model, for people.
    fn told(&self) -> Result<String> {
        let Some(weights) = &self.weights else { return Ok(format!("{} at {}", self.model, self.server)) };
        let mut file = fs::File::open(weights).with_context(|| weights.display().to_string())?;
        let mut digest = Sha256::new();
        let mut buffer = vec![0; 1 << 20];
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                read => digest.update(&buffer[..read]),
            }
        }
        let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("{}, sha256 {digest}", self.model))
    }
}

/// How long it takes to know a repository's habits.
fn habits(cases: &[Case]) -> String {
    let mut times: Vec<f64> = cases.iter().map(|case| case.habits_took.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    format!("{:.2}, {:.2}", stats::at(&times, 50.0), stats::at(&times, 95.0))
}
