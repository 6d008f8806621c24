// What the wire carries and the generated types do not say yet. Each goes as soon as the generated one is there.
import type * as wire from "./types";

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
