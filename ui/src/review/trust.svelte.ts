// What repositories bring of their own, as it was last read. The shell allows exactly what it read last, so every place that
// shows it shows the same reading.
import { api, desktop, type Repository, type TrustEntry } from "../api";
import { attempt } from "../live/act";
import { toasts } from "../live/toasts.svelte";
import { count } from "../text/count";

class Trust {
  /** By path; nothing until it was read. */
  entries = $state.raw<ReadonlyMap<string, TrustEntry> | null>(null);
  problem = $state.raw<unknown>(null);
  busy = $state(false);

  async load(): Promise<void> {
    if (desktop === null) return;
    try {
      const list = await desktop.trustList();
      this.entries = new Map(list.map((entry) => [entry.path, entry]));
      this.problem = null;
    } catch (thrown) {
      this.problem = thrown;
    }
  }

  /** Allows what is shown of these repositories. */
  async allow(repos: readonly Repository[]): Promise<void> {
    const shell = desktop;
    if (shell === null) return;
    const paths = repos.map(({ path }) => path);
    this.busy = true;
    await attempt(async () => {
      await shell.trustAllow(paths);
      const what = repos.length === 1 ? (repos[0]?.name ?? "It") : count(repos.length, "repository");
      toasts.done(`${what} may run ${repos.length === 1 ? "its" : "their"} own programs.`, () => {
        void attempt(async () => {
          await shell.trustRevoke(paths);
          await api.trigger({ repos: repos.map(({ id }) => id) });
        });
      });
    });
    this.busy = false;
  }
}

export const trust = new Trust();
