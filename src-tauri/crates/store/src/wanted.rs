//! What the person wants: on or off, and the opt-outs, in `wanted.json`.
//!
//! Not in the database, because damage may cost history but never a "no": the file is small, replaced as a whole, has
//! a sum and a twin (`wanted.json.copy`). What cannot be read means off.

use crate::{
    StoreError,
    document::{self, Found},
    error::blocking,
    file,
};
use autocommit_core::{Timestamp, repo::PersonalRules};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What the person wants. Clones share it.
#[derive(Clone)]
pub struct Wanted(Arc<Shared>);

struct Shared {
    path: PathBuf,
    state: Mutex<State>,
    /// Held while the file is written, so that readers of `state` never wait for a disk.
    writing: Mutex<()>,
}

#[derive(Clone)]
struct State {
    enabled: bool,
    paused_until: Option<Timestamp>,
    rules: BTreeMap<PathBuf, PersonalRules>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    enabled: bool,
    /// Left out where there is none, as earlier versions wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paused_until: Option<Timestamp>,
    rules: Vec<KeptRules>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptRules {
    #[serde(with = "crate::path")]
    path: PathBuf,
    enabled: Option<bool>,
    push: Option<bool>,
}

impl Wanted {
    /// Reads the state folder's `wanted.json`. Missing means on and no opt-outs; damaged means off, with a warning for
    /// people, and the damaged file is kept aside. Never fails: what cannot be read means off.
    pub async fn open(state_dir: &Path) -> (Self, Vec<String>) {
        let path = state_dir.join("wanted.json");
        let opened = path.clone();
        blocking(move || Ok(Self::read(opened))).await.unwrap_or_else(|error| {
            let warning = off(&path, &error.to_string(), "Who was opted out is not known either.");
            (Self::with(path, State::off()), vec![warning])
        })
    }

    /// Off, and nothing read: for those who only look.
    pub(crate) fn off(state_dir: &Path) -> Self {
        Self::with(state_dir.join("wanted.json"), State::off())
    }

    /// Whether Autocommit may write at all.
    pub fn enabled(&self) -> bool {
        self.state().enabled
    }

    /// Until when Autocommit may not write although it is on; the time may be over.
    pub fn paused_until(&self) -> Option<Timestamp> {
        self.state().paused_until
    }

    /// The person's rules, by canonical work tree path; repositories without any are not in it.
    pub fn rules(&self) -> HashMap<PathBuf, PersonalRules> {
        self.state().rules.clone().into_iter().collect()
    }

    /// The person's rules for one canonical work tree path.
    pub fn rules_of(&self, path: &Path) -> PersonalRules {
        self.state().rules.get(path).cloned().unwrap_or_default()
    }

    /// Switches on or off, durably; either ends a pause. If that cannot be kept, off is nevertheless in force until the
    /// end of the process; on is not.
    pub async fn set_enabled(&self, enabled: bool) -> Result<(), StoreError> {
        self.change(move |state| (state.enabled, state.paused_until) = (enabled, None)).await
    }

    /// Sets or ends a pause, durably. If that cannot be kept, a pause is nevertheless in force until the end of the
    /// process; its end is not.
    pub async fn set_paused_until(&self, until: Option<Timestamp>) -> Result<(), StoreError> {
        self.change(move |state| state.paused_until = until).await
    }

    /// Sets the person's rules for one canonical work tree path, durably; rules that say nothing are forgotten. If that
    /// cannot be kept, what they forbid is nevertheless in force until the end of the process, what they allow is not.
    pub async fn set_rules(&self, path: &Path, rules: &PersonalRules) -> Result<(), StoreError> {
        let (path, rules) = (path.to_owned(), rules.clone());
        self.change(move |state| {
            if rules == PersonalRules::default() {
                state.rules.remove(&path);
            } else {
                state.rules.insert(path, rules);
            }
        })
        .await
    }

    async fn change(&self, change: impl FnOnce(&mut State) + Send + 'static) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.0);
        blocking(move || {
            let _writing = shared.writing.lock().unwrap_or_else(PoisonError::into_inner);
            let before = shared.state().clone();
            let mut after = before.clone();
            change(&mut after);
            let kept = save(&shared.path, &after);
            *shared.state() = if kept.is_ok() { after } else { before.tightened_by(&after) };
            kept
        })
        .await
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state()
    }

    fn with(path: PathBuf, state: State) -> Self {
        Self(Arc::new(Shared { path, state: Mutex::new(state), writing: Mutex::new(()) }))
    }

    fn read(path: PathBuf) -> (Self, Vec<String>) {
        let copy = file::with_suffix(&path, ".copy");
        let (state, mut warnings) = match (find(&path), find(&copy)) {
            (Found::Whole(state), _) => return (Self::with(path, state), Vec::new()),
            (Found::Nothing, Found::Nothing) => return (Self::with(path, State::fresh()), Vec::new()),
            (Found::Nothing, Found::Whole(state)) => {
                let warning = format!("{} was missing and was restored from its copy.", path.display());
                (state, vec![warning])
            }
            (Found::Damaged(why), Found::Whole(state)) => {
                let warning = off(&path, &why, "The opt-outs were taken from its copy.");
                (State { enabled: false, ..state }, vec![warning])
            }
            (Found::Damaged(why), _) | (Found::Nothing, Found::Damaged(why)) => {
                (State::off(), vec![off(&path, &why, "The opt-outs are lost: set them again first.")])
            }
        };
        if let Err(error) =
            document::keep_aside(&path).map_err(StoreError::file(&path)).and_then(|()| save(&path, &state))
        {
            warnings.push(format!("This could not be put in order: {error}."));
        }
        (Self::with(path, state), warnings)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn fresh() -> Self {
        Self { enabled: true, paused_until: None, rules: BTreeMap::new() }
    }

    fn off() -> Self {
        Self { enabled: false, ..Self::fresh() }
    }

    /// This, and everything that `other` forbids.
    fn tightened_by(mut self, other: &Self) -> Self {
        self.enabled &= other.enabled;
        self.paused_until = self.paused_until.max(other.paused_until);
        for (path, rules) in &other.rules {
            for (mine, theirs) in [(false, rules.enabled), (true, rules.push)] {
                if theirs == Some(false) {
                    let kept = self.rules.entry(path.clone()).or_default();
                    *(if mine { &mut kept.push } else { &mut kept.enabled }) = Some(false);
                }
            }
        }
        self
    }
}

fn off(path: &Path, why: &str, rules: &str) -> String {
    format!(
        "Autocommit is switched off, because {} could not be read ({why}). {rules} Then switch on again in the window or \
         with: autocommit enable",
        path.display()
    )
}

fn find(path: &Path) -> Found<State> {
    match document::find::<Kept>(path) {
        Found::Nothing => Found::Nothing,
        Found::Damaged(why) => Found::Damaged(why),
        Found::Whole(kept) => {
            let rules = kept
                .rules
                .into_iter()
                .map(|kept| (kept.path, PersonalRules { enabled: kept.enabled, push: kept.push }))
                .collect();
            Found::Whole(State { enabled: kept.enabled, paused_until: kept.paused_until, rules })
        }
    }
}

fn save(path: &Path, state: &State) -> Result<(), StoreError> {
    let rules = state.rules.iter().map(|(path, rules)| KeptRules {
        path: path.clone(),
        enabled: rules.enabled,
        push: rules.push,
    });
    let (enabled, paused_until) = (state.enabled, state.paused_until);
    let bytes = document::encode(&Kept { enabled, paused_until, rules: rules.collect() })?;
    file::replace(path, &bytes).map_err(StoreError::file(path))?;
    let copy = file::with_suffix(path, ".copy");
    if let Err(error) = file::replace(&copy, &bytes) {
        tracing::warn!(path = %copy.display(), %error, "the copy could not be written");
    }
    Ok(())
}
