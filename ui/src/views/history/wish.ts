/** What is looked for in the history: in the address, in the controls, and as the API wants it. */
import type { EntryStatus, HistoryFilter, MessageSource } from "../../api";

export const TIMES = ["", "today", "week", "month", "year"] as const;
export type Since = (typeof TIMES)[number];

export interface Wish {
  q: string;
  /** A repository's id or path; empty: all. */
  repo: string;
  status: EntryStatus | "";
  source: MessageSource | "";
  since: Since;
}

export const EVERYTHING: Wish = { q: "", repo: "", status: "", source: "", since: "" };

export const STATUS: { value: Wish["status"]; label: string }[] = [
  { value: "", label: "Any state" },
  { value: "pushed", label: "Pushed" },
  { value: "committed", label: "Not pushed" },
  { value: "failed", label: "Failed" },
  { value: "held", label: "Held" },
];

export const SOURCE: { value: Wish["source"]; label: string }[] = [
  { value: "", label: "Any message" },
  { value: "llm", label: "By the model" },
  { value: "rules", label: "By rules" },
  { value: "person", label: "By a person" },
];

export const SINCE: { value: Since; label: string }[] = [
  { value: "", label: "Any time" },
  { value: "today", label: "Today" },
  { value: "week", label: "Last 7 days" },
  { value: "month", label: "Last 30 days" },
  { value: "year", label: "Last year" },
];

function oneOf<T extends string>(choices: readonly { value: T }[], value: string | null): T {
  return (choices.find((choice) => choice.value === value) ?? choices[0]!).value;
}

/** What an address asks for; what it says wrongly is left out. */
export function readWish(query: URLSearchParams): Wish {
  return {
    q: query.get("q") ?? "",
    repo: query.get("repo") ?? "",
    status: oneOf(STATUS, query.get("status")),
    source: oneOf(SOURCE, query.get("source")),
    since: oneOf(SINCE, query.get("since")),
  };
}

export function wishQuery(wish: Wish): Record<string, string> {
  return { ...wish };
}

const DAYS: Record<Since, number | null> = { "": null, today: 0, week: 6, month: 29, year: 364 };

/** The beginning of the day so many days before now, as the API wants times. */
function sinceOf(since: Since, now: number): string | undefined {
  const days = DAYS[since];
  if (days === null) return undefined;
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - days).toISOString();
}

export function filterOf(wish: Wish, now: number): HistoryFilter {
  return {
    q: wish.q.trim() || undefined,
    repo: wish.repo || undefined,
    status: wish.status || undefined,
    source: wish.source || undefined,
    since: sinceOf(wish.since, now),
  };
}
