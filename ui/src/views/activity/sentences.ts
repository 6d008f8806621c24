/** One sentence for each picture: what it shows. */
import type { ActivityDay, ActivityRepo } from "../../api";
import { count } from "../../text/count";
import { duration } from "../../text/duration";
import { dateOf, noonOf, WEEKDAYS, type Day } from "./calendar";

const longDay = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

/** "Saturday 21 November". */
export function dayInWords(date: string): string {
  return longDay.format(noonOf(date)).replace(",", "");
}

/** "15:00 to 16:00". */
export function hourInWords(hour: number): string {
  const pad = (n: number) => String(n % 24).padStart(2, "0");
  return `${pad(hour)}:00 to ${pad(hour + 1)}:00`;
}

export function yearSentence(days: readonly Day[]): string {
  const total = days.reduce((sum, day) => sum + day.commits, 0);
  const active = days.filter((day) => day.commits > 0);
  if (active.length === 0) return "Nothing was committed in the last year.";
  const best = active.reduce((a, b) => (b.commits > a.commits ? b : a));
  if (active.length === 1) return `${count(total, "commit")} in the last year, on ${dayInWords(best.date)}.`;
  const most = `the most on ${dayInWords(best.date)}: ${best.commits.toLocaleString("en")}`;
  return `${count(total, "commit")} on ${count(active.length, "day")} of the last year, ${most}.`;
}

/** @param total commits in all repositories in the same time */
export function reposSentence(repos: readonly ActivityRepo[], total: number): string {
  const [first] = repos;
  if (first === undefined) return "No repository has commits in the last year.";
  const share = Math.round((first.commits / Math.max(1, total)) * 100);
  return `${first.name} has the most: ${first.commits.toLocaleString("en")} of ${count(total, "commit")}, ${share}%.`;
}

/** "312 commits, +4,100 −900 lines". */
export function repoInWords(repo: ActivityRepo): string {
  return `${count(repo.commits, "commit")}, +${repo.insertions.toLocaleString("en")} −${repo.deletions.toLocaleString("en")} lines`;
}

/** A share of fewer commits than this says nothing. */
const ENOUGH = 20;

export function hoursSentence(hours: readonly (readonly number[])[]): string {
  let best = { weekday: 0, hour: 0, commits: 0 };
  let total = 0;
  let office = 0;
  hours.forEach((row, weekday) =>
    row.forEach((commits, hour) => {
      total += commits;
      if (weekday < 5 && hour >= 9 && hour < 18) office += commits;
      if (commits > best.commits) best = { weekday, hour, commits };
    }),
  );
  if (total === 0) return "Nothing was committed in the last year.";
  const most = `Most is committed on ${WEEKDAYS[best.weekday]}s from ${hourInWords(best.hour)}`;
  if (total < ENOUGH) return `${most}.`;
  return `${most}; ${Math.round((office / total) * 100)}% falls on weekdays between 09:00 and 18:00.`;
}

export interface Latency {
  date: string;
  p50: number;
  p95: number;
  pushed: number;
}

/** So many days are drawn: longer ago it was another network, or another machine. */
const LATELY = 90;

/** Of the last days those on which something was pushed, oldest first. */
export function latencies(days: readonly ActivityDay[], today: Date): Latency[] {
  const first = dateOf(new Date(today.getFullYear(), today.getMonth(), today.getDate() - LATELY + 1, 12));
  return days
    .filter(({ date }) => date >= first)
    .flatMap(({ date, p50_ms, p95_ms, pushed }) =>
      p50_ms === null || p95_ms === null ? [] : [{ date, p50: p50_ms, p95: p95_ms, pushed }],
    )
    .sort((a, b) => (a.date < b.date ? -1 : 1));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function latencySentence(days: readonly Latency[]): string {
  if (days.length === 0) return "Nothing was pushed lately.";
  const half = duration(median(days.map((day) => day.p50)));
  const most = duration(median(days.map((day) => day.p95)));
  return `On a usual day half of the commits are on the remote ${half} after their run began, and 95 of 100 after ${most}.`;
}
