// The first view's one sentence: is all well? It never says more than is known.
import type { Repository, StatusReply } from "../api";
import { count } from "./count";
import { needsPerson } from "./states";
import { when } from "./times";

export interface Answer {
  sentence: string;
  /** What else is true, in short sentences. */
  more: string[];
}

const are = (n: number, one: string, many: string) => (n === 1 ? one : many);
const sum = (repos: readonly Repository[]) => repos.reduce((total, repo) => total + repo.ahead, 0);

export function answer(status: StatusReply, repos: readonly Repository[], now: number): Answer {
  const tended = repos.filter(({ enabled }) => enabled);
  const needs = tended.filter(needsPerson).length;
  const waiting = tended.filter(({ state }) => state === "unpushed");
  const open = tended.filter(({ state }) => state === "dirty" || state === "settling" || state === "running").length;
  const here = tended.filter((repo) => repo.state === "clean" && (repo.remote === null || !repo.push)).length;
  const pushed = tended.filter(({ state }) => state === "clean").length - here;

  const more: string[] = [];
  if (open > 0) more.push(`${count(open, "repository")} ${are(open, "has", "have")} changes that are not committed yet.`);
  if (here > 0) more.push(`${count(here, "repository")} ${are(here, "stays", "stay")} on this disk: no remote, or push is off.`);

  if (!status.enabled) {
    if (status.paused_until !== null) return { sentence: `Paused until ${when(status.paused_until, now)}.`, more };
    return { sentence: "Autocommit is off.", more: ["Nothing is committed or pushed until you switch it on.", ...more] };
  }
  if (status.state === "starting") return { sentence: "Looking for repositories.", more: [] };
  if (repos.length === 0) return { sentence: "No repositories yet.", more: [] };
  if (tended.length === 0) return { sentence: "All repositories are left alone.", more: ["You switched each of them off."] };
  if (needs > 0) {
    if (status.offline) more.unshift("There is no connection; what is committed waits.");
    return { sentence: `${count(needs, "repository")} ${are(needs, "needs", "need")} you.`, more };
  }
  if (status.offline) {
    const commits = sum(waiting);
    const wait = `${count(commits, "commit")} ${are(commits, "is", "are")} waiting.`;
    return { sentence: commits === 0 ? "Offline." : `Offline. ${wait}`, more: ["They are pushed as soon as there is a connection.", ...more] };
  }
  if (waiting.length > 0) {
    const commits = sum(waiting);
    return { sentence: `${count(commits, "commit")} ${are(commits, "waits", "wait")} to be pushed.`, more };
  }
  if (pushed === 0 && open === 0) return { sentence: `${count(here, "repository")} committed, on this disk only.`, more };
  if (open > 0) return { sentence: `${pushed.toLocaleString("en")} of ${count(tended.length, "repository")} ${are(tended.length, "is", "are")} pushed.`, more };
  if (pushed === 1) return { sentence: "Your repository is pushed.", more };
  return { sentence: here > 0 ? `${count(pushed, "repository")} are pushed.` : `All ${count(pushed, "repository")} are pushed.`, more };
}
