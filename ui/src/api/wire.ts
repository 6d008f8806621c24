// The types of the wire: generated from Rust, never written here.
import type * as made from "./types";
export type * from "./types";

// Interim, until these are generated too.
export type Repository = made.Repository & { code: string | null; web_url: string | null };
export type ReposReply = { repos: Repository[] };
export type RepositoryDetail = Repository & { recent: Entry[] };
export type StatusReply = made.StatusReply & { paused_until: string | null; commits_by_hour: number[]; offline: boolean };
export type Entry = made.Entry & { web_url: string | null };
export type HistoryReply = { entries: Entry[]; next: number | null };
export type Event = made.Event | { type: "survey_progress"; done: number; total: number; path: string };
export type EventRecord = { seq: number; at: string } & Event;
type Package = made.Package;
type MessageSource = made.MessageSource;

export type DiffFile = {
  path: string;
  old_path: string | null;
  status: "added" | "modified" | "deleted" | "renamed" | "copied" | "type_changed";
  insertions: number;
  deletions: number;
  binary: boolean;
  patch: string;
  truncated: boolean;
};
export type DiffReply = {
  entry_id: number;
  commit: string | null;
  files: DiffFile[];
  truncated: boolean;
  problem: string | null;
};

export type ActivityDay = {
  date: string;
  commits: number;
  insertions: number;
  deletions: number;
  pushed: number;
  p50_ms: number | null;
  p95_ms: number | null;
};
export type ActivityRepo = { repo_id: string; repo: string; name: string; commits: number; insertions: number; deletions: number };
export type ActivityReply = {
  days: ActivityDay[];
  repos: ActivityRepo[];
  hours: number[][];
  total_commits: number;
  first_day: string | null;
};

export type SettingKind = "bool" | "integer" | "text" | "list" | "choice" | "number";
export type SettingLayer = "default" | "file" | "environment" | "command_line";
export type SettingValue = boolean | number | string | string[] | null;
export type Setting = {
  key: string;
  name: string;
  explanation: string;
  kind: SettingKind;
  choices: string[];
  unit: string | null;
  default: SettingValue;
  value: SettingValue;
  layer: SettingLayer;
  place: string | null;
  restart: boolean;
};
export type SettingsGroup = { id: string; title: string; settings: Setting[] };
export type SettingProblem = { key: string; message: string };
export type SettingsReply = { file: string; exists: boolean; groups: SettingsGroup[]; problems: SettingProblem[] };

export type Suggestion = { path: string; repos: number };
export type FoldersReply = { suggestions: Suggestion[] };
export type SurveyHeld = { path: string; rule: string; reason: string };
export type SurveyRepo = {
  id: string;
  path: string;
  name: string;
  branch: string | null;
  remote: string | null;
  remote_url: string | null;
  packages: Package[];
  dirty_files: number;
  subject: string | null;
  message_source: MessageSource | null;
  held: SurveyHeld[];
  needs_trust: string | null;
  reason: string | null;
};
export type SurveyFolder = { path: string; repos: number; problem: string | null };
export type SurveyReply = { repos: SurveyRepo[]; folders: SurveyFolder[] };

export type LlmTestReply = { ok: boolean; models: string[]; elapsed_ms: number; message: string };
