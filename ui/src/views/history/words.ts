/** The words for what an entry tells. */
import type { Entry, EntryStatus } from "../../api";
import { duration } from "../../text/duration";
import type { Tone } from "../../text/states";
import { toTheSecond } from "../../text/times";

export const STATUSES: Record<EntryStatus, { word: string; tone: Tone }> = {
  pushed: { word: "pushed", tone: "pushed" },
  committed: { word: "not pushed", tone: "waiting" },
  failed: { word: "failed", tone: "needs" },
  held: { word: "held", tone: "needs" },
};

/** What is told of an entry in one line. */
export function headline(entry: Entry): string {
  return entry.subject ?? sentenceOf(entry) ?? "Nothing was committed.";
}

/** Why it is not pushed: the first line of the error. */
export function sentenceOf(entry: Entry): string | null {
  return entry.error?.split("\n", 1)[0] ?? null;
}

/** What git, a hook or the remote said: the rest of the error. */
export function outputOf(entry: Entry): string | null {
  const rest = entry.error?.split("\n").slice(1).join("\n").trim();
  return rest === undefined || rest === "" ? null : rest;
}

/** The name of a repository from its path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1) || path;
}

/** Where a commit's page is, for a button: "github.com". */
export function hostOf(url: string): string {
  try {
    return new URL(url).hostname.replace(/^www\./, "");
  } catch {
    return "the remote";
  }
}

/** "committed 14:02:11, pushed 2.1 s later"; nothing where nothing was committed. */
export function timesOf({ committed_at, pushed_at }: Pick<Entry, "committed_at" | "pushed_at">): string | null {
  if (committed_at === null) return null;
  const committed = `committed ${toTheSecond(committed_at)}`;
  if (pushed_at === null) return committed;
  const later = new Date(pushed_at).getTime() - new Date(committed_at).getTime();
  return later > 0 ? `${committed}, pushed ${duration(later)} later` : `${committed}, and pushed`;
}
