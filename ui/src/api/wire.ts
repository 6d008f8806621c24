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

export type SettingValue = made.Setting["value"];
