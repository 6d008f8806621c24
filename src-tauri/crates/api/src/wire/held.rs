//! `/held`.

use super::{Rule, shown};
use autocommit_core::guards;
use autocommit_engine as engine;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What is kept back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct HeldReply {
    /// The repositories that keep something back, by path.
    pub repos: Vec<HeldRepo>,
}

/// What one repository keeps back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct HeldRepo {
    /// Its id, made from its path.
    pub id: String,
    /// Its work tree.
    pub path: String,
    /// Its name, for people.
    pub name: String,
    /// Why all of it waits, in one sentence, where it does.
    #[schema(required)]
    pub reason: Option<String>,
    /// What a person can do about that.
    #[schema(required)]
    pub hint: Option<String>,
    /// The files that are kept out, by path; of very many only the first.
    pub files: Vec<HeldFile>,
    /// How many files are kept out.
    pub count: usize,
}

/// A file that is kept out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct HeldFile {
    /// Its path, relative to the work tree, with control characters escaped.
    pub path: String,
    /// The rule that holds it.
    #[schema(value_type = String)]
    pub rule: Rule,
    /// Why, in one sentence.
    pub sentence: String,
    /// What a person can do.
    pub hint: String,
    /// Whether a person may say "commit it all the same", with `autocommit approve`.
    pub approvable: bool,
}

impl From<engine::HeldView> for HeldRepo {
    fn from(view: engine::HeldView) -> Self {
        let (reason, hint) = view.reason.unzip();
        Self {
            id: view.repo.id.to_string(),
            path: shown(&view.repo.work_tree),
            name: view.repo.name(),
            reason,
            hint,
            files: view.findings.into_iter().map(Into::into).collect(),
            count: view.count,
        }
    }
}

impl From<guards::Finding> for HeldFile {
    fn from(finding: guards::Finding) -> Self {
        Self {
            path: finding.path.shown(),
            rule: finding.rule.code().to_owned(),
            sentence: finding.rule.sentence().to_owned(),
            hint: finding.hint,
            approvable: finding.rule.approvable(),
        }
    }
}

impl FromIterator<engine::HeldView> for HeldReply {
    fn from_iter<I: IntoIterator<Item = engine::HeldView>>(views: I) -> Self {
        Self { repos: views.into_iter().map(Into::into).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::{
        guards::Rule,
        id::RepoId,
        repo::{Repo, RepoKind},
    };

    #[test]
    fn the_names_that_others_rely_on() {
        let repo = Repo {
            id: RepoId::new("r1"),
            work_tree: "/w/a".into(),
            git_dir: "/w/a/.git".into(),
            common_dir: "/w/a/.git".into(),
            kind: RepoKind::Main,
        };
        let finding =
            guards::Finding { path: "a\nb".into(), rule: Rule::Secret, hint: "Take it out.".into() };
        let view = engine::HeldView { repo, reason: None, findings: vec![finding], count: 1 };
        let json = serde_json::to_value(HeldReply::from_iter([view])).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"repos": [{
                "id": "r1", "path": "/w/a", "name": "a", "reason": null, "hint": null, "count": 1,
                "files": [{"path": "a\\nb", "rule": "secret", "sentence": Rule::Secret.sentence(),
                    "hint": "Take it out.", "approvable": true}],
            }]})
        );
    }
}
