/** A year of days as weeks by weekdays, Monday first. */
import type { ActivityDay } from "../../api";

export const WEEKS = 53;
export const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export interface Day {
  /** `YYYY-MM-DD`, by the calendar of whoever looks. */
  date: string;
  /** 0 to 52, oldest first. */
  week: number;
  /** 0 is Monday. */
  weekday: number;
  commits: number;
  insertions: number;
  deletions: number;
}

export interface MonthLabel {
  week: number;
  name: string;
}

/** `YYYY-MM-DD` of a local day. */
export function dateOf(day: Date): string {
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())}`;
}

/** Noon of a local day: far from the hours that clocks are changed in. */
export function noonOf(date: string): Date {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(year, month - 1, day, 12);
}

/** 53 weeks that end with the one of `today`; the days after today are left out. */
export function calendar(days: readonly ActivityDay[], today: Date): Day[] {
  const byDate = new Map(days.map((day) => [day.date, day]));
  const weekday = (today.getDay() + 6) % 7;
  const last = (WEEKS - 1) * 7 + weekday;
  return Array.from({ length: last + 1 }, (_, at) => {
    const date = dateOf(new Date(today.getFullYear(), today.getMonth(), today.getDate() - (last - at), 12));
    const { commits = 0, insertions = 0, deletions = 0 } = byDate.get(date) ?? {};
    return { date, week: Math.floor(at / 7), weekday: at % 7, commits, insertions, deletions };
  });
}

/** Fewest weeks between two labels, so that they do not touch. */
const APART = 3;

/** A label over the first week that begins in a month. */
export function monthsOf(days: readonly Day[]): MonthLabel[] {
  const labels: MonthLabel[] = [];
  let before = "";
  for (const day of days) {
    if (day.weekday !== 0) continue;
    const month = day.date.slice(0, 7);
    if (month === before) continue;
    before = month;
    labels.push({ week: day.week, name: MONTHS[Number(month.slice(5)) - 1]! });
  }
  // The first month may have but a week or two left; its label gives way to the next.
  if (labels[1] !== undefined && labels[1].week - labels[0]!.week < APART) labels.shift();
  return labels.filter((label) => label.week <= WEEKS - 2);
}

/** The least number of commits of each of the four coloured steps; the fifth is none. */
export function stepsOf(counts: readonly number[]): [number, number, number, number] {
  const some = counts.filter((n) => n > 0).sort((a, b) => a - b);
  const quantile = (share: number) => some[Math.min(some.length - 1, Math.floor(some.length * share))] ?? 1;
  const second = Math.max(2, quantile(0.25));
  const third = Math.max(second + 1, quantile(0.5));
  return [1, second, third, Math.max(third + 1, quantile(0.8))];
}

/** 0 (none) to 4. */
export function stepOf(count: number, steps: readonly number[]): number {
  return steps.filter((least) => count >= least).length;
}
