//! Messages by a model on a server of this machine. Every answer is kept at once, so that a run that was ended goes on
//! where it was; answers of other programs on the same changes are read from the same kind of file.

use super::{
    arms::{Answer, Arm, brief},
    case::Case,
};
use anyhow::{Context, Result, bail};
use autocommit_core::draft::Wishes;
use autocommit_message::{
    MessageProvider, ProviderError,
    providers::{
        llm::{Endpoint, Model, Prompt, Recipe, prompt_of},
        rules,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The longest wait for one message: what is measured is what is written, not what a busy machine has time for.
const WITHIN: Duration = Duration::from_secs(600);

/// One line of a file of answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    arm: String,
    /// The repository's name.
    pub(super) repository: String,
    /// The commit.
    pub(super) commit: String,
    /// Digest of model and prompt; nothing where another program asked.
    #[serde(default)]
    prompt: Option<String>,
    #[serde(flatten)]
    answer: Answer,
}

impl Kept {
    /// What another program wrote.
    pub(super) fn of_another(arm: &str, repository: &str, commit: &str, answer: Answer) -> Self {
        let (arm, repository, commit) = (arm.to_owned(), repository.to_owned(), commit.to_owned());
        Self { arm, repository, commit, prompt: None, answer }
    }
}

/// A server with answers that are known already.
pub(super) struct Models {
    server: String,
    model: String,
    file: PathBuf,
    known: BTreeMap<(String, String, String), Kept>,
    runtime: tokio::runtime::Runtime,
}

impl Models {
    /// The server at an address, and what is in `answers.jsonl` in the folder.
    pub(super) fn new(server: &str, model: &str, out: &Path) -> Result<Self> {
        fs::create_dir_all(out)?;
        let file = out.join("answers.jsonl");
        let known = if file.exists() { read(&file)? } else { Vec::new() };
        let known = known.into_iter().map(|kept| (key(&kept.arm, &kept.repository, &kept.commit), kept));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { server: server.to_owned(), model: model.to_owned(), file, known: known.collect(), runtime })
    }

    /// The message of an arm that needs a model.
    pub(super) fn write(&mut self, arm: Arm, recipe: Recipe, case: &Case) -> Result<Answer> {
        let wishes = Wishes::default();
        let brief = brief(case, &wishes);
        let prompt = prompt_of(&brief, &recipe);
        let text = prompt.as_ref().map(Prompt::text).unwrap_or_default();
        let digest = Sha256::digest(format!("{}\n{recipe:?}\n{text}", self.model));
        let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let key = key(&arm.name(), &case.repository, &case.name);
        if let Some(kept) =
            self.known.get(&key).filter(|kept| kept.prompt.as_deref() == Some(digest.as_str()))
        {
            return Ok(kept.answer.clone());
        }
        let started = Instant::now();
        let mut answer = match (&prompt, recipe.raw) {
            (Some(prompt), true) => self.plain(prompt)?,
            _ => self.designed(recipe, case)?,
        };
        answer.millis = started.elapsed().as_secs_f64() * 1e3;
        answer.sent = answer.sent.or_else(|| u32::try_from(prompt?.tokens()).ok());
        let kept = Kept {
            arm: arm.name(),
            repository: case.repository.clone(),
            commit: case.name.clone(),
            prompt: Some(digest),
            answer: answer.clone(),
        };
        keep(&self.file, &kept)?;
        self.known.insert(key, kept);
        Ok(answer)
    }

    /// As the product does it: the model where it helps, its answer only if it holds, else the rules.
    fn designed(&self, recipe: Recipe, case: &Case) -> Result<Answer> {
        let wishes = Wishes::default();
        let brief = brief(case, &wishes);
        let model = Model::with_recipe(recipe);
        model.point(Some(Endpoint {
            base_url: self.server.clone(),
            model: self.model.clone(),
            key: None,
            allow_host: None,
        }));
        let written = self.runtime.block_on(async {
            // No time at all: only what needs no question is told.
            match model.draft(&brief, Duration::ZERO).await {
                Err(ProviderError::Trivial) => Err(ProviderError::Trivial),
                _ => model.ask(&brief, WITHIN).await,
            }
        });
        let (draft, fell_back) = match written {
            Ok(draft) => (draft, None),
            Err(why @ (ProviderError::Trivial | ProviderError::Unusable(_) | ProviderError::Secret)) => {
                (rules::draft(&brief), Some(why.to_string()))
            }
            Err(why) => bail!("{} {}: {why}", case.repository, case.name),
        };
        let (subject, body) = (draft.subject, draft.body);
        Ok(Answer { subject, body, millis: 0.0, sent: None, written: None, fell_back })
    }

    /// The first line of what comes, as it comes.
    fn plain(&self, prompt: &Prompt) -> Result<Answer> {
        let body = json!({
            "model": self.model, "temperature": 0, "max_tokens": 64,
            "messages": [
                {"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.question},
            ],
        });
        let address =
            format!("{}/v1/chat/completions", self.server.trim_end_matches('/').trim_end_matches("/v1"));
        let reply: Value = self.runtime.block_on(async {
            let client = autocommit_web::client().timeout(WITHIN).build()?;
            anyhow::Ok(client.post(address).json(&body).send().await?.error_for_status()?.json().await?)
        })?;
        let text = reply["choices"][0]["message"]["content"].as_str().context("no text in the answer")?;
        let (subject, body) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
        let count = |name: &str| reply["usage"][name].as_u64().and_then(|n| u32::try_from(n).ok());
        let (sent, written) = (count("prompt_tokens"), count("completion_tokens"));
        let (subject, body) = (subject.trim().to_owned(), body.trim().to_owned());
        Ok(Answer { subject, body, millis: 0.0, sent, written, fell_back: None })
    }
}

/// The answers of others to these changes, by arm: one for each change that has one.
pub(super) fn elsewhere<'a>(
    file: &Path,
    cases: &'a [Case],
) -> Result<BTreeMap<String, Vec<(&'a Case, Answer)>>> {
    let mut found: BTreeMap<String, Vec<(&Case, Answer)>> = BTreeMap::new();
    for kept in read(file)? {
        let case = cases.iter().find(|case| case.repository == kept.repository && case.name == kept.commit);
        if let Some(case) = case {
            found.entry(kept.arm).or_default().push((case, kept.answer));
        }
    }
    Ok(found)
}

/// Adds a line to a file of answers.
pub(super) fn keep(file: &Path, kept: &Kept) -> Result<()> {
    let mut file = fs::OpenOptions::new().create(true).append(true).open(file)?;
    writeln!(file, "{}", serde_json::to_string(kept)?)?;
    Ok(())
}

/// The lines of a file of answers.
pub(super) fn read(file: &Path) -> Result<Vec<Kept>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    // The last line of a run that was ended may be cut.
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

fn key(arm: &str, repository: &str, commit: &str) -> (String, String, String) {
    (arm.to_owned(), repository.to_owned(), commit.to_owned())
}
