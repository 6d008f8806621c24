// What needs a person, and the one thing to do about each.
import type { Repository } from "../api";
import { needsPerson } from "./states";

/** Reasons whose way out is another try, after the person has done something elsewhere. */
const SIGN_IN = "authentication";
/** Trying again cannot help before something else was done, and that something is said in the details. */
const UNFOLD = new Set([SIGN_IN, "non_fast_forward", "rejected", "remote_missing", "too_large", "secret_unpushed"]);

export interface Step {
  label: string;
  /** `unfold` shows the details, `retry` tries again. */
  does: "unfold" | "retry";
}

export function stepOf(repo: Repository): Step {
  if (repo.state === "held" || repo.state === "needs_trust") return { label: "Review", does: "unfold" };
  if (repo.code === SIGN_IN) return { label: "How to sign in", does: "unfold" };
  if (repo.code !== null && UNFOLD.has(repo.code)) return { label: "What to do", does: "unfold" };
  if (repo.state === "unavailable") return { label: "What to do", does: "unfold" };
  return { label: "Try again", does: "retry" };
}

/** Several repositories that ask the same question are one question. */
const TOGETHER = 3;

export interface Needs {
  /** One row each. */
  repos: Repository[];
  /** Asked together: all that bring programs of their own. */
  trust: Repository[];
}

/** Held first, then what failed, then what is gone, then questions; within that by name. */
const ORDER: Partial<Record<Repository["state"], number>> = { held: 0, failing: 1, needs_trust: 2, unavailable: 3 };

export function needsOf(all: readonly Repository[]): Needs {
  const needing = all.filter((repo) => repo.enabled && needsPerson(repo));
  const asking = needing.filter(({ state }) => state === "needs_trust");
  const trust = asking.length >= TOGETHER ? asking : [];
  const repos = needing.filter((repo) => !trust.includes(repo));
  const place = (repo: Repository) => ORDER[repo.state] ?? 9;
  repos.sort((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
  return { repos, trust };
}

/** A path as a shell takes it. */
export function quoted(path: string): string {
  return /^[\w@%+=:,./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** The next step, with the repository's own path and name where the sentence has a place for it. */
export function withPath(hint: string, path: string): string {
  return hint.replace(/\bPATH\b/g, () => quoted(path));
}

/** Where a hint names a command of Autocommit's with this path: the command, to copy. */
export function commandIn(hint: string, path: string): string | null {
  const found = /autocommit (?:push|unlock|held|approve|trust allow|repo enable) PATH/.exec(hint);
  return found === null ? null : withPath(found[0], path);
}
