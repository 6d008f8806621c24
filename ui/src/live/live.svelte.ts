// What the engine shows, kept fresh by its events. Views read it; nothing else talks to /status and /repos.
import { api, client, desktop, failureOf, type Event, type EventRecord, type Repository, type Stage, type StatusReply } from "../api";
import type { DesktopState } from "../api";
import { Reading } from "./reading";

/** Changes are gathered this long, in milliseconds, so that a burst of events is one change on the screen. */
const GATHER = 40;
/** Least time between two readings of the whole list, in milliseconds. */
const LIST_EVERY = 400;
/** Up to so many repositories are read one by one. */
const ONE_BY_ONE = 4;
/** Waits before the next try when nobody answers, in milliseconds. */
const WAITS = [500, 1_000, 2_000, 4_000];

export type Connection = "connecting" | "live" | "lost" | "signed_out";

type Hearer = (event: EventRecord) => void;

class Live {
  connection = $state<Connection>("connecting");
  /** Why there is no connection, in one sentence. */
  problem = $state<string | null>(null);
  status = $state.raw<StatusReply | null>(null);
  /** By path; nothing until they were read for the first time. */
  repos = $state.raw<Repository[] | null>(null);
  byId = $derived(new Map((this.repos ?? []).map((repo) => [repo.id, repo])));
  /** Which stage a repository's run is in, while there is one. */
  stages = $state.raw<ReadonlyMap<string, Stage>>(new Map());
  /** How far the cycle is, while there is one. */
  progress = $state.raw<{ done: number; total: number } | null>(null);
  /** Grows whenever the history has something new. */
  historyVersion = $state(0);
  /** Grows whenever what is held may have changed. */
  heldVersion = $state(0);
  /** Grows whenever the settings were read again. */
  settingsVersion = $state(0);
  /** What the shell says; nothing in a browser. */
  shell = $state.raw<DesktopState | null>(null);

  /** What is shown is not fresh. */
  stale = $derived(this.connection === "lost" && this.repos !== null);

  #hearers = new Set<Hearer>();
  #waiting: EventRecord[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last: number | null = null;
  #cycle: { id: string; done: number; total: number } | null = null;
  /** Events that may change what is read. */
  #heard = 0;
  /** Events may have been missed since all was read. */
  #missed = true;
  #tries = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #all = new Reading(() => this.#readAll(), LIST_EVERY);
  #statusAlone = new Reading(() => this.#readStatus(), GATHER);

  /** Starts once, for the life of the page. */
  start(): void {
    client.listen({
      opened: () => void this.reload(),
      gap: () => void this.reload(),
      event: (record) => this.#hear(record),
      lost: () => this.#lost("Autocommit does not answer."),
    });
    void this.reload();
    if (desktop === null) return;
    const keep = (state: DesktopState) => {
      this.shell = state;
    };
    desktop.onChange(keep);
    desktop.state().then(keep, () => {});
  }

  /** Hears every event, until the returned function is called. */
  on(hearer: Hearer): () => void {
    this.#hearers.add(hearer);
    return () => this.#hearers.delete(hearer);
  }

  /** Tries at once what is being tried again anyway. */
  retry(): void {
    client.retry();
    void this.reload();
  }

  /** Reads everything anew, as after events that were missed. */
  reload(): Promise<void> {
    this.#missed = true;
    return this.#all.now();
  }

  /** Takes over a status that a request replied. */
  take(status: StatusReply): void {
    this.#take(status);
  }

  /** Changes what is shown of one repository before the engine has said so. */
  patch(id: string, change: Partial<Repository>): void {
    this.#replace(new Map([[id, change]]));
  }

  /** Something of the history was changed by a request. */
  historyChanged(): void {
    this.historyVersion += 1;
  }

  #take(status: StatusReply): void {
    this.status = status;
    const cycle = status.current_cycle;
    if (cycle === null) {
      this.#cycle = null;
      this.progress = null;
    } else {
      const told = cycle.unchanged + cycle.skipped + cycle.failed + cycle.held + cycle.pushed;
      const done = this.#cycle?.id === cycle.id ? Math.max(this.#cycle.done, told) : told;
      this.#cycle = { id: cycle.id, done: Math.min(done, cycle.total), total: cycle.total };
      this.progress = { done: this.#cycle.done, total: cycle.total };
    }
  }

  #lost(problem: string): void {
    if (this.connection === "signed_out") return;
    this.connection = "lost";
    this.problem = problem;
    clearTimeout(this.#retryTimer);
    const wait = WAITS[Math.min(this.#tries++, WAITS.length - 1)];
    this.#retryTimer = setTimeout(() => void this.reload(), wait);
  }

  #hear(record: EventRecord): void {
    // A number that does not follow the last one: something was missed (or the program was started anew).
    if (this.#last !== null && record.seq !== this.#last + 1) void this.reload();
    this.#last = record.seq;
    if (record.type !== "survey_progress" && record.type !== "model_progress") this.#heard += 1;
    for (const hearer of this.#hearers) hearer(record);
    this.#waiting.push(record);
    this.#timer ??= setTimeout(() => this.#flush(), GATHER);
  }

  /** Brings everything that was gathered to the screen in one change. */
  #flush(): void {
    this.#timer = undefined;
    const records = this.#waiting;
    this.#waiting = [];
    const changes = new Map<string, Partial<Repository>>();
    const stages = new Map(this.stages);
    const read = new Set<string>();
    let history = false;
    let status = false;
    let list = false;
    for (const record of records) {
      switch (record.type) {
        case "stage_entered":
          stages.set(record.repo_id, record.stage);
          if (record.stage !== "settle") changes.set(record.repo_id, { ...changes.get(record.repo_id), state: "running" });
          break;
        case "run_finished": {
          const { run } = record;
          stages.delete(run.repo_id);
          this.#count(record.cycle_id);
          const before = this.byId.get(run.repo_id);
          changes.set(run.repo_id, { state: record.state, reason: run.reason, hint: run.hint, last_error: run.error });
          const still = before?.state === record.state && run.status === "unchanged";
          if (!still) read.add(run.repo_id);
          if (run.status !== "unchanged" && run.status !== "skipped") history = true;
          break;
        }
        case "rules_changed":
          changes.set(record.repo_id, { ...changes.get(record.repo_id), enabled: record.enabled });
          read.add(record.repo_id);
          status = true;
          break;
        case "cycle_started":
          this.#cycle = { id: record.cycle.id, done: 0, total: record.cycle.total };
          status = true;
          break;
        case "cycle_finished":
          this.#cycle = null;
          status = true;
          break;
        case "scan_finished":
          list = true;
          status = true;
          break;
        case "settings_reloaded":
          this.settingsVersion += 1;
          list = true;
          status = true;
          break;
        case "enabled":
        case "disabled":
        case "paused":
        case "power_changed":
        case "warning":
          status = true;
          break;
      }
    }
    this.stages = stages;
    this.progress = this.#cycle === null ? null : { done: this.#cycle.done, total: this.#cycle.total };
    this.#replace(changes);
    if (history) this.historyVersion += 1;
    if (history || read.size > 0) this.heldVersion += 1;
    if (status || read.size > 0) this.#statusAlone.soon();
    if (list || read.size > ONE_BY_ONE) this.#all.soon();
    else for (const id of read) void this.#readOne(id);
  }

  #count(cycleId: string): void {
    if (this.#cycle === null || this.#cycle.id !== cycleId) return;
    this.#cycle.done = Math.min(this.#cycle.done + 1, this.#cycle.total);
  }

  /** A new list in which only what changed is another object. */
  #replace(changes: ReadonlyMap<string, Partial<Repository>>): void {
    if (this.repos === null || changes.size === 0) return;
    let changed = false;
    const next = this.repos.map((repo) => {
      const change = changes.get(repo.id);
      if (change === undefined) return repo;
      const differs = Object.entries(change).some(([key, value]) => repo[key as keyof Repository] !== value);
      changed ||= differs;
      return differs ? { ...repo, ...change } : repo;
    });
    if (changed) this.repos = next;
  }

  async #readOne(id: string): Promise<void> {
    try {
      const { recent: _, ...repo } = await api.repo(id);
      if (!this.stages.has(id)) this.#replace(new Map([[id, repo]]));
    } catch (thrown) {
      // A repository that is gone leaves with the list; a road that is gone is noticed by the stream.
      if (!failureOf(thrown).unreachable) this.#all.soon();
    }
  }

  async #readAll(): Promise<void> {
    const heard = this.#heard;
    const missed = this.#missed;
    this.#missed = false;
    clearTimeout(this.#retryTimer);
    try {
      const [status, { repos }] = await Promise.all([api.status(), api.repos()]);
      this.#take(status);
      const known = this.byId;
      this.repos = repos.map((repo) => {
        const before = known.get(repo.id);
        return before !== undefined && JSON.stringify(before) === JSON.stringify(repo) ? before : repo;
      });
      if (missed) {
        this.stages = new Map();
        this.historyVersion += 1;
        this.heldVersion += 1;
      }
      this.connection = "live";
      this.problem = null;
      this.#tries = 0;
      // The reply may be older than an event that overtook it, and has undone what the event said.
      if (this.#heard !== heard) this.#all.soon();
    } catch (thrown) {
      this.#missed ||= missed;
      const failure = failureOf(thrown);
      if (failure.code === "unauthorized") this.connection = "signed_out";
      else this.#lost(failure.unreachable ? failure.message : failure.sentence);
    }
  }

  async #readStatus(): Promise<void> {
    try {
      this.#take(await api.status());
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    const failure = failureOf(thrown);
    if (failure.code === "unauthorized") this.connection = "signed_out";
    else if (failure.unreachable) this.#lost(failure.message);
  }
}

export const live = new Live();

/** Names of events, for those who listen with `live.on`. */
export type { Event };
