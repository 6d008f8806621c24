// The message that a repository's changes would get, asked for by a person and only looked at.
import { api, type MessageBy, type MessageReply } from "../../api";

export class Preview {
  reply = $state.raw<MessageReply | null>(null);
  /** Who was asked for `reply`. */
  by = $state<MessageBy>("auto");
  asking = $state(false);
  problem = $state.raw<unknown>(null);
  #stop: AbortController | null = null;

  /** Asks anew; an answer to an earlier question is no longer waited for. */
  async ask(id: string, by: MessageBy): Promise<void> {
    this.#stop?.abort();
    const stop = (this.#stop = new AbortController());
    this.asking = true;
    this.problem = null;
    try {
      const reply = await api.message(id, by, stop.signal);
      if (this.#stop !== stop) return;
      this.reply = reply;
      this.by = by;
    } catch (thrown) {
      if (this.#stop !== stop || stop.signal.aborted) return;
      this.reply = null;
      this.problem = thrown;
    }
    this.asking = false;
  }

  /** Waits no longer. */
  cancel(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.asking = false;
  }
}
