// The types of the wire, generated from Rust.
import type { Setting } from "./types";
export type * from "./types";

/** What a setting may hold. */
export type SettingValue = Setting["value"];
