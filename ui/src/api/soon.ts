// What the wire carries and the generated types do not say yet. Each goes as soon as the generated one is there.
import type * as wire from "./types";

export type MessageSource = wire.MessageSource | "person";

export type Entry = Omit<wire.Entry, "message_source"> & {
  message_source: MessageSource | null;
  /** Why this source wrote it. */
  message_reason: string | null;
  /** Milliseconds it took. */
  message_ms: number | null;
};

export type HistoryReply = Omit<wire.HistoryReply, "entries"> & { entries: Entry[] };
export type RepositoryDetail = Omit<wire.RepositoryDetail, "recent"> & { recent: Entry[] };

export type MessageReply = Omit<wire.MessageReply, "message_source"> & {
  message_source: MessageSource;
  /** What the model was sent; nothing where it was not asked. */
  prompt: string | null;
  /** What the rules would write. */
  rules: { subject: string; body: string };
};

/** What a setting may hold: also objects in an order. */
export type SettingValue = wire.Setting["value"] | Record<string, unknown>[];
export type SettingKind = wire.SettingKind | "blocks";
export type Setting = Omit<wire.Setting, "value" | "default" | "kind"> & { value: SettingValue; default: SettingValue; kind: SettingKind };
export type SettingGroup = Omit<wire.SettingGroup, "settings"> & { settings: Setting[] };
export type SettingsReply = Omit<wire.SettingsReply, "groups"> & { groups: SettingGroup[] };

/** Who wrote how many messages. */
export interface MessageCounts {
  llm: number;
  rules: number;
  person: number;
}

export type CycleSummary = wire.CycleSummary & { messages: MessageCounts };

export type Llm = wire.Llm & {
  /** How it is with the model, in one sentence. */
  message: string;
  seconds_per_message: number | null;
};

export type StatusReply = Omit<wire.StatusReply, "current_cycle" | "last_cycle" | "llm"> & {
  llm: Llm;
  current_cycle: CycleSummary | null;
  last_cycle: CycleSummary | null;
};

/** How the server of the managed model does. */
export interface ModelServer {
  state: "off" | "elsewhere" | "no_program" | "no_model" | "starting" | "ready" | "asleep" | "failed";
  /** One or two sentences. */
  message: string;
  program: string | null;
  pid: number | null;
}

/** A model of the catalogue, or an imported one. */
export interface ManagedModel {
  name: string;
  title: string;
  size_bytes: number;
  licence: string;
  source_url: string;
  state: "absent" | "partial" | "pulling" | "installed" | "broken";
  downloaded_bytes: number;
  in_use: boolean;
  error: string | null;
}

export interface ModelReply {
  managed: boolean;
  in_use: string | null;
  server: ModelServer;
  models: ManagedModel[];
}

export interface ModelLogsReply {
  lines: string[];
}

type Progress = { type: "model_progress"; name: string; bytes: number; total: number };
export type Event = wire.Event | Progress;
export type EventRecord = wire.EventRecord | ({ seq: number; at: string } & Progress);
