// What a person can do from more than one place: each says what it did, and how to take it back.
import { api, failureOf, type Repository, type Run, type TriggerRequest } from "../api";
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

/** One cycle now; resolves to what its runs came to, when it ended or is not waited for any longer. */
async function cycle(of: TriggerRequest): Promise<Run[]> {
  const runs: { cycle: string; run: Run }[] = [];
  const ended = new Set<string>();
  let check = () => {};
  const stop = live.on((event) => {
    if (event.type === "run_finished") runs.push({ cycle: event.cycle_id, run: event.run });
    if (event.type !== "cycle_finished") return;
    ended.add(event.cycle.id);
    check();
  });
  try {
    const { cycle_id: id } = await api.trigger(of);
    if (!ended.has(id)) {
      await new Promise<void>((done) => {
        const timer = setTimeout(done, PATIENCE);
        check = () => {
          if (!ended.has(id)) return;
          clearTimeout(timer);
          done();
        };
      });
    }
    return runs.filter((each) => each.cycle === id).map(({ run }) => run);
  } finally {
    stop();
  }
}

/** One cycle now, over all repositories or these; resolves when it ended. */
export async function pushNow(repos?: string[]): Promise<boolean> {
  return attempt(async () => void (await cycle(repos === undefined ? {} : { repos })));
}

/** Commits a repository's changes now with a message, or with a hint for who writes it; resolves to why not, where it did not. */
export async function commitWith(repo: Repository, words: { message: string } | { hint: string }): Promise<string | null> {
  try {
    const runs = await cycle({ repos: [repo.id], ...words });
    const run = runs.find(({ repo_id }) => repo_id === repo.id);
    if (run === undefined) {
      toasts.done(`${repo.name} is being committed.`);
      return null;
    }
    if (run.commit !== null) {
      toasts.done(`Committed in ${repo.name}: ${run.subject ?? ""}`);
      return null;
    }
    const why = run.reason ?? "There was nothing to commit.";
    return run.hint === null ? why : `${why} ${run.hint}`;
  } catch (thrown) {
    return failureOf(thrown).sentence;
  }
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
