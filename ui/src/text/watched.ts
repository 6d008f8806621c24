// How it is with watching, in sentences.
import type { Watch } from "../api";
import { count } from "./count";

export interface Watched {
  sentence: string;
  /** Repositories that are looked at in each cycle instead: how many, and why. */
  instead: string | null;
  /** What raises the system's limit, where repositories are not watched because of it. */
  command: string | null;
}

/** As much as Linux systems that raise it themselves allow. */
const RAISE = "sudo sysctl fs.inotify.max_user_watches=524288";

export function watched(watch: Watch): Watched | null {
  if (!watch.on) return null;
  const limit = watch.limit === null ? "" : ` of the ${watch.limit.toLocaleString("en")} that the system allows`;
  const n = watch.unwatched.length;
  const whys = [...new Set(watch.unwatched.map(({ because }) => because))];
  return {
    sentence: `${count(watch.folders, "folder")} ${watch.folders === 1 ? "is" : "are"} watched${limit}.`,
    instead: n === 0 ? null : `${count(n, "repository")} ${n === 1 ? "is" : "are"} looked at in each cycle instead: ${whys.join(", or ")}.`,
    command: watch.unwatched.some(({ code }) => code === "limit") ? RAISE : null,
  };
}
