import type { Client, Listener, Verb } from "./client";
import { Failure, judge } from "./failure";
import type { Event, EventRecord } from "./wire";

/** Longest wait for a reply that is not a stream, in milliseconds. Where messages are made, it is minutes. */
const DEADLINE = 20_000;
const LONG_DEADLINE = 180_000;
const LONG = /^\/(survey|repos\/[^/]+\/message)/;
/** Waits between tries of a broken stream, in milliseconds. */
const WAITS = [250, 500, 1_000, 2_000, 4_000];

const NAMES: Record<Event["type"], true> = {
  scan_finished: true,
  cycle_started: true,
  stage_entered: true,
  run_finished: true,
  cycle_finished: true,
  rules_changed: true,
  enabled: true,
  disabled: true,
  paused: true,
  settings_reloaded: true,
  power_changed: true,
  survey_progress: true,
  warning: true,
  model_progress: true,
};

/** The road by HTTP: the session cookie goes along by itself. */
export function http(): Client {
  let again = () => {};

  async function request(verb: Verb, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
    const deadline = AbortSignal.timeout(LONG.test(path) ? LONG_DEADLINE : DEADLINE);
    let reply: Response;
    let text: string;
    try {
      reply = await fetch(path, {
        method: verb,
        cache: "no-store",
        credentials: "same-origin",
        signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      });
      text = await reply.text();
    } catch (thrown) {
      if (signal?.aborted === true) throw thrown;
      throw new Failure("unreachable", "Autocommit does not answer.");
    }
    let parsed: unknown = null;
    try {
      parsed = text === "" ? null : JSON.parse(text);
    } catch {
      throw new Failure("unreadable", "The answer could not be read.", `It came with status ${reply.status}.`);
    }
    return judge(reply.status, parsed);
  }

  function listen(listener: Listener): () => void {
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let tries = 0;
    let last: number | null = null;
    let ended = false;

    function open(): void {
      if (ended) return;
      clearTimeout(timer);
      source?.close();
      source = new EventSource(last === null ? "/events" : `/events?after=${last}`);
      source.onopen = () => {
        tries = 0;
        listener.opened();
      };
      source.onerror = () => {
        // The browser's own retry gives up after some answers; ours does not, and it is quicker at first.
        source?.close();
        listener.lost();
        clearTimeout(timer);
        timer = setTimeout(open, WAITS[Math.min(tries++, WAITS.length - 1)]);
      };
      source.addEventListener("gap", () => listener.gap());
      for (const name of Object.keys(NAMES)) {
        source.addEventListener(name, (message: MessageEvent<string>) => {
          const record = JSON.parse(message.data) as EventRecord;
          last = record.seq;
          listener.event(record);
        });
      }
    }

    again = open;
    open();
    return () => {
      ended = true;
      clearTimeout(timer);
      source?.close();
    };
  }

  return { road: "http", request, listen, retry: () => again() };
}
