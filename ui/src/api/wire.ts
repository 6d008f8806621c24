// The types of the wire: generated from Rust, never written here.
import type * as made from "./types";
export type * from "./types";

// Interim, until these are generated too.
export type Event = made.Event | { type: "survey_progress"; done: number; total: number; path: string };
export type EventRecord = { seq: number; at: string } & Event;

export type SettingValue = made.Setting["value"];
