// A state is never told by colour alone: each has a word, a shape and a tone.
import type { Repository, RepoState, Stage } from "../api";
import { count } from "./count";

export type Tone = "pushed" | "working" | "waiting" | "needs" | "paused";

export interface StateWords {
  word: string;
  tone: Tone;
}

export const STATES: Record<RepoState, StateWords> = {
  clean: { word: "All pushed", tone: "pushed" },
  dirty: { word: "Changed", tone: "waiting" },
  settling: { word: "Settling", tone: "waiting" },
  running: { word: "Working", tone: "working" },
  unpushed: { word: "Unpushed", tone: "waiting" },
  held: { word: "Held", tone: "needs" },
  failing: { word: "Failing", tone: "needs" },
  needs_trust: { word: "Asks for trust", tone: "needs" },
  unavailable: { word: "Unavailable", tone: "needs" },
  opted_out: { word: "Left alone", tone: "paused" },
};

/** A person must act before it goes on. */
export function needsPerson(repo: Pick<Repository, "state">): boolean {
  return STATES[repo.state].tone === "needs";
}

const STAGES: Record<Stage, string> = {
  settle: "settling",
  inspect: "looking",
  plan: "deciding",
  draft: "writing the message",
  commit: "committing",
  push: "pushing",
};

export function stageWord(stage: Stage): string {
  return STAGES[stage];
}

/** What is open: "2 files, settling", "3 commits to push", "clean". */
export function openWork(repo: Repository, stage?: Stage): string {
  const parts: string[] = [];
  if (repo.dirty_files > 0) parts.push(count(repo.dirty_files, "file"));
  if (repo.ahead > 0) parts.push(`${repo.ahead.toLocaleString("en")} unpushed`);
  if (stage !== undefined) parts.push(stageWord(stage));
  else if (repo.state === "settling") parts.push("settling");
  if (parts.length > 0) return parts.join(", ");
  return repo.state === "clean" ? "clean" : STATES[repo.state].word.toLowerCase();
}
