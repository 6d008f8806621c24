// The entries that are shown: pages of the history, newest first, kept fresh without moving what is read.
import { api, failureOf, type Entry, type HistoryFilter } from "../../api";
import { merge } from "./days";

const PAGE = 50;
/** So many pages are looked through for one entry. */
const MOST_PAGES = 40;

export class Feed {
  entries = $state.raw<Entry[]>([]);
  /** Newer entries that wait until they are asked for. */
  waiting = $state.raw<Entry[]>([]);
  /** The first page of this filter is being read. */
  loading = $state(true);
  loadingMore = $state(false);
  problem = $state.raw<unknown>(null);
  /** Where the next page begins; nothing at the end. */
  next = $state.raw<number | null>(null);

  /** More happened than one page holds: between what waits and what is shown something is missing. */
  gap = $state(false);

  #filter: HistoryFilter = {};
  #stop = new AbortController();

  /** Shows what a filter lets through; an answer to an older one is no longer waited for. */
  async load(filter: HistoryFilter): Promise<void> {
    this.#stop.abort();
    const stop = (this.#stop = new AbortController());
    this.#filter = filter;
    this.loading = true;
    this.loadingMore = false;
    try {
      const { entries, next } = await this.#page(undefined, stop.signal);
      this.entries = entries;
      this.next = next;
      this.waiting = [];
      this.gap = false;
      this.problem = null;
    } catch (thrown) {
      if (stop.signal.aborted) return;
      this.problem = failureOf(thrown);
    }
    if (this.#stop === stop) this.loading = false;
  }

  /** Reads the next older page. */
  async more(): Promise<void> {
    if (this.next === null || this.loading || this.loadingMore) return;
    const stop = this.#stop;
    this.loadingMore = true;
    try {
      const { entries, next } = await this.#page(this.next, stop.signal);
      if (this.#stop !== stop) return;
      this.entries = [...this.entries, ...entries];
      this.next = next;
      this.problem = null;
    } catch (thrown) {
      if (stop.signal.aborted) return;
      this.problem = failureOf(thrown);
    } finally {
      if (this.#stop === stop) this.loadingMore = false;
    }
  }

  /** Reads older pages until an entry is among the shown; false if it is not there. */
  async reach(id: number): Promise<boolean> {
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      if (this.entries.some((entry) => entry.id === id)) return true;
      const oldest = this.entries.at(-1)?.id ?? 0;
      if (this.next === null || oldest < id) return false;
      await this.more();
      if (this.problem) return false;
    }
    return false;
  }

  /** Something happened: what is shown is brought up to date, and what is new is shown at once or waits. */
  async refresh(show: boolean): Promise<void> {
    if (this.loading) return;
    const stop = this.#stop;
    try {
      const page = await this.#page(undefined, stop.signal);
      if (this.#stop !== stop) return;
      const { shown, fresh, apart } = merge(this.entries, page.entries);
      this.problem = null;
      this.entries = shown;
      this.waiting = fresh;
      this.gap = apart;
      if (show) this.showWaiting(page.next);
    } catch {
      // The view says already that nobody answers; what is shown stays.
    }
  }

  /** Puts what waits on top; what is shown makes way where something between the two is missing. */
  showWaiting(next: number | null = this.waiting.at(-1)?.id ?? null): void {
    if (this.waiting.length === 0) return;
    if (this.gap) this.next = next;
    this.entries = this.gap ? this.waiting : [...this.waiting, ...this.entries];
    this.waiting = [];
    this.gap = false;
  }

  end(): void {
    this.#stop.abort();
  }

  #page(before: number | undefined, signal: AbortSignal): Promise<{ entries: Entry[]; next: number | null }> {
    return api.history({ ...this.#filter, limit: PAGE, before }, signal);
  }
}
