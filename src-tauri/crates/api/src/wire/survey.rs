//! `/folders` and `/survey`: what is there, before anything is looked after.

use super::{HeldFile, MessageSource, Package, shown};
use autocommit_core::{cycle::RunStatus, text::without_credentials};
use autocommit_engine as engine;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Folders that a person may want to have looked after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct FoldersReply {
    /// Folders of the home folder that hold repositories, the fullest first.
    pub suggestions: Vec<FolderSuggestion>,
}

/// A folder that holds repositories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct FolderSuggestion {
    /// The folder.
    pub path: String,
    /// Repositories in it, as far as was looked.
    pub repos: usize,
}

/// What is in some folders, and what would be committed of it. Nothing was written for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct SurveyReply {
    /// The repositories, by path.
    pub repos: Vec<SurveyedRepo>,
    /// The folders, as they were asked for.
    pub folders: Vec<SurveyedFolder>,
}

/// One folder of a survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct SurveyedFolder {
    /// The folder as it was asked for.
    pub path: String,
    /// Repositories in it.
    pub repos: usize,
    /// Why it could not be searched, or not entirely, in one sentence.
    #[schema(required)]
    pub problem: Option<String>,
}

/// One repository of a survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct SurveyedRepo {
    /// Its id, made from its path.
    pub id: String,
    /// Its work tree.
    pub path: String,
    /// Its name, for people.
    pub name: String,
    /// The branch that is checked out.
    #[schema(required)]
    pub branch: Option<String>,
    /// The remote it would push to.
    #[schema(required)]
    pub remote: Option<String>,
    /// The remote's address, without credentials.
    #[schema(required)]
    pub remote_url: Option<String>,
    /// Packages in it.
    pub packages: Vec<Package>,
    /// Paths that differ from the last commit; nothing where it was not looked at, because nobody approved what it brings.
    #[schema(required)]
    pub dirty_files: Option<usize>,
    /// First line of the message that would be used; of many only the first twenty get one.
    #[schema(required)]
    pub subject: Option<String>,
    /// Who wrote it.
    #[schema(required)]
    pub message_source: Option<MessageSource>,
    /// The files that would be kept out; of very many only the first.
    pub held: Vec<HeldFile>,
    /// What it brings of its own that a person has to approve first, in one sentence.
    #[schema(required)]
    pub needs_trust: Option<String>,
    /// Why it would be left alone, or what else there is to say, in one sentence.
    #[schema(required)]
    pub reason: Option<String>,
    /// What a person can do about that.
    #[schema(required)]
    pub hint: Option<String>,
}

/// Files told of one repository.
const HELD: usize = 20;

impl FromIterator<engine::FolderSuggestion> for FoldersReply {
    fn from_iter<I: IntoIterator<Item = engine::FolderSuggestion>>(found: I) -> Self {
        let suggestion = |found: engine::FolderSuggestion| FolderSuggestion {
            path: shown(&found.path),
            repos: found.repos,
        };
        Self { suggestions: found.into_iter().map(suggestion).collect() }
    }
}

impl From<engine::Survey> for SurveyReply {
    fn from(survey: engine::Survey) -> Self {
        let folder = |found: engine::SurveyedFolder| SurveyedFolder {
            path: found.path,
            repos: found.repos,
            problem: found.problem,
        };
        Self {
            repos: survey.repos.into_iter().map(Into::into).collect(),
            folders: survey.folders.into_iter().map(folder).collect(),
        }
    }
}

impl From<engine::SurveyedRepo> for SurveyedRepo {
    fn from(found: engine::SurveyedRepo) -> Self {
        let view = found.view;
        let late = found.report.is_none();
        let report = found.report;
        let code = report.as_ref().and_then(|report| report.reason_code.clone());
        let asks = code.as_deref() == Some("needs_trust");
        let seen = report.as_ref().is_some_and(|report| report.status != RunStatus::Failed);
        let seen = seen && !matches!(code.as_deref(), Some("needs_trust" | "opted_out"));
        let (mut reason, mut hint, mut needs_trust) = (None, None, None);
        let (mut subject, mut message_source, mut held, mut dirty_files) = (None, None, Vec::new(), None);
        if let Some(report) = report {
            (reason, hint) = (report.reason, report.hint);
            if asks {
                needs_trust = reason.take();
            }
            (subject, message_source) = (report.subject, report.message_source.map(Into::into));
            held = report.held.into_iter().take(HELD).map(Into::into).collect();
            dirty_files = seen.then_some(report.dirty_files);
        }
        if late {
            reason = Some("Looking at it took too long.".to_owned());
        }
        Self {
            id: view.repo.id.to_string(),
            path: shown(&view.repo.work_tree),
            name: view.repo.name(),
            branch: view.branch,
            remote: view.remote,
            remote_url: view.remote_url.as_deref().map(without_credentials),
            packages: view.packages.into_iter().map(Into::into).collect(),
            dirty_files,
            subject,
            message_source,
            held,
            needs_trust,
            reason,
            hint,
        }
    }
}
