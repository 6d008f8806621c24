// How it is with watching, in sentences.
import type { Watch } from "../api";
import { count } from "./count";

export interface Watched {
  sentence: string;
  /** Repositories that are looked at in each cycle instead: how many, and why. */
  instead: string | null;
  /** What lets the system watch more, where that is short. */
  command: string | null;
}

export function watched(watch: Watch): Watched | null {
  if (watch.error !== null) {
    return { sentence: "No folder.", instead: `Every repository is looked at in each cycle instead. ${watch.error}`, command: watch.raise };
  }
  if (!watch.on) return null;
  const limit = watch.limit === null ? "" : ` of the ${watch.limit.toLocaleString("en")} that the system allows`;
  const n = watch.unwatched.length;
  const whys = [...new Set(watch.unwatched.map(({ because }) => because))];
  return {
    sentence: `${count(watch.folders, "folder")} ${watch.folders === 1 ? "is" : "are"} watched${limit}.`,
    instead: n === 0 ? null : `${count(n, "repository")} ${n === 1 ? "is" : "are"} looked at in each cycle instead: ${whys.join(", or ")}.`,
    command: watch.raise,
  };
}
