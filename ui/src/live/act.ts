// What a person can do from more than one place: each says what it did, and how to take it back.
import { api, failureOf, type Repository } from "../api";
import { live } from "./live.svelte";
import { toasts } from "./toasts.svelte";

/** Does it, and tells when it did not work. */
export async function attempt(doing: () => Promise<void>): Promise<boolean> {
  try {
    await doing();
    return true;
  } catch (thrown) {
    toasts.problem(failureOf(thrown).sentence);
    return false;
  }
}

/** A cycle that takes longer than this, in milliseconds, is not waited for. */
const PATIENCE = 60_000;

/** One cycle now, over all repositories or these; resolves when it ended. */
export async function pushNow(repos?: string[]): Promise<boolean> {
  return attempt(async () => {
    const ended = new Set<string>();
    let check = () => {};
    const stop = live.on((event) => {
      if (event.type !== "cycle_finished") return;
      ended.add(event.cycle.id);
      check();
    });
    try {
      const { cycle_id: cycle } = await api.trigger(repos);
      if (ended.has(cycle)) return;
      await new Promise<void>((done) => {
        const timer = setTimeout(done, PATIENCE);
        check = () => {
          if (!ended.has(cycle)) return;
          clearTimeout(timer);
          done();
        };
      });
    } finally {
      stop();
    }
  });
}

export async function switchOn(): Promise<void> {
  await attempt(async () => {
    live.take(await api.enable());
    toasts.done("Autocommit is on.", () => void switchOff());
  });
}

export async function switchOff(): Promise<void> {
  await attempt(async () => {
    live.take(await api.disable());
    toasts.done("Autocommit is off. Nothing is committed until you switch it on.", () => void switchOn());
  });
}

/** Rests for so many seconds and goes on by itself. */
export async function pause(seconds: number): Promise<void> {
  await attempt(async () => {
    live.take(await api.pause(seconds));
    toasts.done("Autocommit rests. It goes on by itself.", () => void switchOn());
  });
}

/** Looks after a repository, or leaves it alone; shown at once. */
export async function setEnabled(repo: Repository, enabled: boolean): Promise<void> {
  live.patch(repo.id, { enabled, state: enabled ? repo.state : "opted_out" });
  const worked = await attempt(async () => {
    const fresh = await api.updateRepo(repo.id, { enabled });
    live.patch(repo.id, fresh);
    const text = enabled ? `${repo.name} is looked after again.` : `${repo.name} is left alone from now on.`;
    toasts.done(text, () => void setEnabled(fresh, !enabled));
  });
  if (!worked) live.patch(repo.id, { enabled: repo.enabled, state: repo.state });
}

/** Ends this browser's session; the page says how to come back. */
export async function logOut(): Promise<void> {
  if (await attempt(async () => void (await api.logOut()))) location.reload();
}
