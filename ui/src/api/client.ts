import type { EventRecord } from "./wire";

export type Verb = "GET" | "POST" | "PATCH" | "DELETE";

/** Who wants to hear what happens. */
export interface Listener {
  /** The stream is open (again): whatever is known may be old. */
  opened(): void;
  /** Something happened. */
  event(record: EventRecord): void;
  /** Events were missed. */
  gap(): void;
  /** The stream broke; it is being tried again. */
  lost(): void;
}

/** The way to the engine: the same requests and events, whichever the road. */
export interface Client {
  readonly road: "http" | "tauri";
  /**
   * Asks and resolves to the reply's body.
   * @throws Failure
   */
  request(verb: Verb, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown>;
  /** Listens until the returned function is called. */
  listen(listener: Listener): () => void;
  /** Tries a broken stream again at once. */
  retry(): void;
}
