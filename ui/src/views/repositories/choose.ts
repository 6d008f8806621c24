/** Which repositories are listed, and in which order. Pure, and quick enough for every keystroke over a thousand. */
import type { Repository, RepoState } from "../../api";

/** What the chips above the list stand for. */
export const GROUPS = ["all", "needs", "changed", "unpushed", "clean", "off"] as const;
export type Group = (typeof GROUPS)[number];

const GROUP_OF: Record<RepoState, Exclude<Group, "all">> = {
  held: "needs",
  failing: "needs",
  needs_trust: "needs",
  unavailable: "needs",
  dirty: "changed",
  settling: "changed",
  running: "changed",
  unpushed: "unpushed",
  clean: "clean",
  opted_out: "off",
};

export function groupOf(repo: Pick<Repository, "state">): Exclude<Group, "all"> {
  return GROUP_OF[repo.state];
}

/** How the list is ordered. */
export const SORTS = ["attention", "name", "recent", "changes"] as const;
export type Sort = (typeof SORTS)[number];

export interface Choice {
  /** What was typed; every word must be found. */
  text: string;
  group: Group;
  /** Only what lies in this folder; empty: everywhere. */
  folder: string;
  sort: Sort;
}

/** Repositories are replaced when they change, so what was made of one stays true for it. */
const searchable = new WeakMap<Repository, string>();

function textOf(repo: Repository): string {
  let text = searchable.get(repo);
  if (text === undefined) {
    const packages = repo.packages.map((each) => each.name).join("\n");
    text = `${repo.path}\n${repo.branch ?? ""}\n${repo.remote_url ?? ""}\n${packages}`.toLowerCase();
    searchable.set(repo, text);
  }
  return text;
}

function within(repo: Repository, folder: string): boolean {
  return folder === "" || repo.path === folder || repo.path.startsWith(`${folder}/`);
}

/** Whether text and folder let a repository through; the chips count these. */
function found(words: readonly string[], folder: string): (repo: Repository) => boolean {
  return (repo) => {
    if (!within(repo, folder)) return false;
    if (words.length === 0) return true;
    const text = textOf(repo);
    return words.every((word) => text.includes(word));
  };
}

const wordsOf = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean);

/** Whether a choice lets a repository through. */
export function chosen(choice: Choice): (repo: Repository) => boolean {
  const by = found(wordsOf(choice.text), choice.folder);
  return (repo) => (choice.group === "all" || GROUP_OF[repo.state] === choice.group) && by(repo);
}

/** How many repositories each chip would show, given text and folder. */
export function countsOf(repos: readonly Repository[], choice: Pick<Choice, "text" | "folder">): Record<Group, number> {
  const counts: Record<Group, number> = { all: 0, needs: 0, changed: 0, unpushed: 0, clean: 0, off: 0 };
  const by = found(wordsOf(choice.text), choice.folder);
  for (const repo of repos) {
    if (!by(repo)) continue;
    counts.all += 1;
    counts[GROUP_OF[repo.state]] += 1;
  }
  return counts;
}

const names = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const byName = (a: Repository, b: Repository) => names.compare(a.name, b.name) || (a.path < b.path ? -1 : 1);
const urgency = (repo: Repository) => (GROUP_OF[repo.state] === "needs" ? 0 : 1);
const latest = (a: string | null, b: string | null) => (a === b ? 0 : (b ?? "") < (a ?? "") ? -1 : 1);

type Order = (a: Repository, b: Repository) => number;

export const ORDERS: Record<Sort, Order> = {
  attention: (a, b) => urgency(a) - urgency(b) || byName(a, b),
  name: byName,
  recent: (a, b) => latest(a.last_commit_at, b.last_commit_at) || byName(a, b),
  changes: (a, b) => b.dirty_files + b.ahead - (a.dirty_files + a.ahead) || byName(a, b),
};

/** What was ordered last: while somebody types, only the words change. */
let ordered: { repos: readonly Repository[]; sort: Sort; list: Repository[] } | null = null;

function inOrder(repos: readonly Repository[], sort: Sort): Repository[] {
  if (ordered?.repos !== repos || ordered.sort !== sort) {
    ordered = { repos, sort, list: [...repos].sort(ORDERS[sort]) };
  }
  return ordered.list;
}

/** The list for a choice that was just made. */
export function listFor(repos: readonly Repository[], choice: Choice): Repository[] {
  return inOrder(repos, choice.sort).filter(chosen(choice));
}

/**
 * The same list after the engine did something: whoever is listed stays where they are, even if the choice would not let
 * them through any more; who is new takes their place in the order; who is gone leaves.
 */
export function keepStill(shown: readonly Repository[], repos: readonly Repository[], choice: Choice): Repository[] {
  const byId = new Map(repos.map((repo) => [repo.id, repo]));
  const list: Repository[] = [];
  for (const { id } of shown) {
    const repo = byId.get(id);
    if (repo === undefined) continue;
    list.push(repo);
    byId.delete(id);
  }
  const order = ORDERS[choice.sort];
  const through = chosen(choice);
  for (const repo of byId.values()) {
    if (!through(repo)) continue;
    const at = list.findIndex((other) => order(repo, other) < 0);
    list.splice(at < 0 ? list.length : at, 0, repo);
  }
  return list;
}

export interface Folder {
  path: string;
  repos: number;
}

/** Fewest folders that are worth a choice. */
const FEWEST = 2;

/** The folders among which the repositories divide: the first level below what all of them share. */
export function foldersOf(repos: readonly Repository[]): Folder[] {
  let shared = "";
  for (;;) {
    const below = new Map<string, number>();
    let here = false;
    for (const { path } of repos) {
      const next = path.indexOf("/", shared.length + 1);
      if (next < 0) here = true;
      else below.set(path.slice(0, next), (below.get(path.slice(0, next)) ?? 0) + 1);
    }
    if (below.size === 1 && !here) {
      shared = [...below.keys()][0]!;
      continue;
    }
    const folders = [...below].map(([path, count]) => ({ path, repos: count }));
    return folders.length < FEWEST && !here ? [] : folders.sort((a, b) => names.compare(a.path, b.path));
  }
}
