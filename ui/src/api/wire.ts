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

export type SettingValue = made.Setting["value"];
