/** The history as rows: a heading for each day, then its entries. */
import type { Entry } from "../../api";
import { daysBetween, dayName } from "../../text/times";

export interface DayRow {
  kind: "day";
  key: string;
  name: string;
  /** Entries of that day as far as they were read. */
  entries: number;
}

export interface EntryRow {
  kind: "entry";
  key: string;
  entry: Entry;
}

export type Row = DayRow | EntryRow;

/** When an entry counts as having happened. */
export function timeOf(entry: Entry): string {
  return entry.committed_at ?? entry.started_at;
}

/** Entries, newest first, with a heading before each day. */
export function rowsOf(entries: readonly Entry[], now: number): Row[] {
  const rows: Row[] = [];
  let day: DayRow | null = null;
  let last = 0;
  for (const entry of entries) {
    const at = new Date(timeOf(entry)).getTime();
    if (day === null || daysBetween(at, last) !== 0) {
      day = { kind: "day", key: `day ${entry.id}`, name: dayName(at, now), entries: 0 };
      rows.push(day);
    }
    last = at;
    day.entries += 1;
    rows.push({ kind: "entry", key: String(entry.id), entry });
  }
  return rows;
}

/** What a fresh first page brings to the entries that are shown. */
export interface Merged {
  /** The shown ones, with what changed about them. */
  shown: Entry[];
  /** Newer ones that are not shown yet, newest first. */
  fresh: Entry[];
  /** Nothing of the page is among the shown: more happened than fits one page. */
  apart: boolean;
}

/** Both newest first. */
export function merge(shown: readonly Entry[], page: readonly Entry[]): Merged {
  const byId = new Map(page.map((entry) => [entry.id, entry]));
  const newest = shown[0]?.id ?? -1;
  const fresh = page.filter((entry) => entry.id > newest);
  return {
    shown: shown.map((entry) => byId.get(entry.id) ?? entry),
    fresh,
    apart: shown.length > 0 && page.length > 0 && fresh.length === page.length,
  };
}
