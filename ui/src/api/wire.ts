// The types of the wire: generated from Rust; what is newer than they are stands in `soon.ts` and goes before them.
import type { Setting } from "./types";
export type * from "./types";
export type { Event, EventRecord, ManagedModel, ModelLogsReply, ModelReply, ModelServer } from "./soon";

/** What a setting may hold. */
export type SettingValue = Setting["value"];
