import { invoke } from "@tauri-apps/api/core";
import { listen as hear } from "@tauri-apps/api/event";
import type { Client, Listener, Verb } from "./client";
import { Failure, judge } from "./failure";
import type { EventRecord } from "./wire";

/** The road inside the window: commands of the shell, which knows the engine or the daemon. */
export function tauri(): Client {
  async function request(verb: Verb, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
    let reply: { status: number; body: unknown };
    try {
      reply = await invoke("request", { verb, path, body: body ?? null });
    } catch (thrown) {
      throw new Failure("unreachable", typeof thrown === "string" ? thrown : "Autocommit does not answer.");
    }
    signal?.throwIfAborted();
    return judge(reply.status, reply.body);
  }

  function listen(listener: Listener): () => void {
    const heard = hear<EventRecord | { type: "gap" }>("autocommit://event", ({ payload }) => {
      if (payload.type === "gap") listener.gap();
      else listener.event(payload);
    });
    heard.then(
      () => listener.opened(),
      () => listener.lost(),
    );
    return () => void heard.then((stop) => stop());
  }

  return { road: "tauri", request, listen, retry: () => {} };
}
