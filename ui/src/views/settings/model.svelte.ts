// The model that Autocommit runs itself: what there is, and what a person does with it.
import { api, failureOf, type EventRecord, type ManagedModel, type ModelReply } from "../../api";
import { live } from "../../live/live.svelte";
import { toasts } from "../../live/toasts.svelte";

/** While something goes on, it is asked again after so many milliseconds; events tell the rest. */
const AGAIN = 1_500;

/** Something goes on that ends by itself. */
export function underWay({ server, models }: ModelReply): boolean {
  return server.state === "starting" || models.some(({ state }) => state === "pulling");
}

/** There is no model yet, so the first that is fetched is also used. */
export function isFirst({ models }: ModelReply): boolean {
  return !models.some(({ state }) => state === "installed" || state === "pulling");
}

/** It writes messages, or does as soon as one is due. */
export function isUsed({ managed }: ModelReply, { state, in_use }: ManagedModel): boolean {
  return managed && in_use && state === "installed";
}

/** How much of it is here, from 0 to 1. */
export function shareOf({ downloaded_bytes, size_bytes }: ManagedModel): number {
  return size_bytes <= 0 ? 0 : Math.min(1, downloaded_bytes / size_bytes);
}

export class Model {
  reply = $state.raw<ModelReply | null>(null);
  problem = $state.raw<unknown>(null);
  /** The name of the model that is being asked for something. */
  busy = $state<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  /** Reads it, and goes on reading while something goes on; until the returned function is called. */
  start(): () => void {
    this.#ended = false;
    const stop = live.on((event) => this.hear(event));
    void this.load();
    return () => {
      this.#ended = true;
      clearTimeout(this.#timer);
      stop();
    };
  }

  async load(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.reply = await api.model();
      this.problem = null;
    } catch (thrown) {
      if (this.reply === null) this.problem = thrown;
    }
    clearTimeout(this.#timer);
    const again = this.reply !== null && underWay(this.reply);
    if (again && !this.#ended) this.#timer = setTimeout(() => void this.load(), AGAIN);
  }

  hear(event: EventRecord): void {
    if (event.type === "settings_reloaded") void this.load();
    if (event.type !== "model_progress" || this.reply === null) return;
    const known = this.reply.models.find(({ name }) => name === event.name);
    if (known?.state === "pulling" && event.bytes < event.total) this.#put({ ...known, downloaded_bytes: event.bytes });
    else void this.load();
  }

  /** Fetches a model with a person's consent; the first one is used at once, so nothing is left to do when it is here. */
  async pull(model: ManagedModel): Promise<void> {
    const first = this.reply !== null && isFirst(this.reply);
    await this.#do(model, async () => {
      if (first) await this.#choose(model);
      await api.pullModel(model.name);
    });
  }

  async cancel(model: ManagedModel): Promise<void> {
    await this.#do(model, async () => void (await api.cancelModel(model.name)));
  }

  async remove(model: ManagedModel): Promise<void> {
    await this.#do(model, async () => {
      await api.removeModel(model.name);
      toasts.done(`${titleOf(model).name} is removed from this disk.`);
    });
  }

  async use(model: ManagedModel): Promise<void> {
    await this.#do(model, () => this.#choose(model));
  }

  /** Everything that it takes for this model to write messages. */
  async #choose({ name }: ManagedModel): Promise<void> {
    await api.changeSettings({ "llm.enabled": true, "llm.managed": true, "llm.managed_model": name });
  }

  #put(model: ManagedModel): void {
    if (this.reply === null) return;
    this.reply = { ...this.reply, models: this.reply.models.map((each) => (each.name === model.name ? model : each)) };
  }

  async #do(model: ManagedModel, doing: () => Promise<void>): Promise<void> {
    this.busy = model.name;
    try {
      await doing();
    } catch (thrown) {
      toasts.problem(failureOf(thrown).sentence);
    }
    await this.load();
    this.busy = null;
  }
}

/** The name of a model, and what is said of it. */
export function titleOf({ title }: Pick<ManagedModel, "title">): { name: string; note: string } {
  const [name = title, ...rest] = title.split(": ");
  const note = rest.join(": ");
  return { name, note: note === "" ? "" : `${note.charAt(0).toUpperCase()}${note.slice(1)}.` };
}

/** What one line says of it: size, licence, where it comes from. */
export function hostOf({ source_url }: Pick<ManagedModel, "source_url">): string {
  try {
    return new URL(source_url).hostname;
  } catch {
    return source_url;
  }
}
