import { describe, expect, it } from "vitest";
import type { Repository } from "../../api/wire";
import { chosen, countsOf, foldersOf, keepStill, listFor, type Choice } from "./choose";

function repo(path: string, change: Partial<Repository> = {}): Repository {
  return {
    id: path,
    path,
    name: path.slice(path.lastIndexOf("/") + 1),
    branch: "main",
    remote: "origin",
    remote_url: null,
    enabled: true,
    push: true,
    state: "clean",
    reason: null,
    since: null,
    hint: null,
    ahead: 0,
    dirty_files: 0,
    packages: [],
    last_commit_at: null,
    last_push_at: null,
    last_error: null,
    code: null,
    web_url: null,
    ...change,
  };
}

const ALL: Choice = { text: "", group: "all", folder: "", sort: "attention" };
const names = (repos: Repository[]) => repos.map((each) => each.name);

describe("listFor", () => {
  const repos = [
    repo("/w/item10"),
    repo("/w/item2", { state: "opted_out" }),
    repo("/p/zeta", { state: "held", last_commit_at: "2026-01-02T00:00:00Z" }),
    repo("/p/alpha", { dirty_files: 3, state: "dirty", last_commit_at: "2026-01-03T00:00:00Z" }),
  ];

  it("puts what needs a person first, and numbers in their order", () => {
    expect(names(listFor(repos, ALL))).toEqual(["zeta", "alpha", "item2", "item10"]);
    expect(names(listFor(repos, { ...ALL, sort: "name" }))).toEqual(["alpha", "item2", "item10", "zeta"]);
    expect(names(listFor(repos, { ...ALL, sort: "recent" })).slice(0, 2)).toEqual(["alpha", "zeta"]);
    expect(names(listFor(repos, { ...ALL, sort: "changes" }))[0]).toBe("alpha");
  });

  it("finds every word, whatever its case, in path, branch and packages", () => {
    expect(names(listFor(repos, { ...ALL, text: "  W item1 " }))).toEqual(["item10"]);
    expect(chosen({ ...ALL, text: "MAIN" })(repos[0]!)).toBe(true);
    expect(chosen({ ...ALL, text: "serde" })(repo("/a", { packages: [{ kind: "cargo", name: "Serde", path: "." }] }))).toBe(true);
    expect(listFor(repos, { ...ALL, text: "item nothing" })).toEqual([]);
  });

  it("takes a folder for the folder itself and not for its namesakes", () => {
    const more = [repo("/w"), repo("/w/a"), repo("/work/b")];
    expect(names(listFor(more, { ...ALL, folder: "/w" }))).toEqual(["a", "w"]);
  });

  it("counts what each chip would show", () => {
    expect(countsOf(repos, ALL)).toEqual({ all: 4, needs: 1, changed: 1, unpushed: 0, clean: 1, off: 1 });
    expect(countsOf(repos, { text: "item", folder: "" })).toMatchObject({ all: 2, needs: 0, off: 1, clean: 1 });
  });
});

describe("keepStill", () => {
  it("keeps rows in their places when their state changes", () => {
    const before = [repo("/a", { state: "held" }), repo("/b", { state: "held" })];
    const choice = { ...ALL, group: "needs" as const };
    const after = [repo("/a", { state: "clean" }), repo("/b", { state: "held" }), repo("/0", { state: "failing" }), repo("/x")];
    const list = keepStill(listFor(before, choice), after, choice);
    expect(names(list)).toEqual(["0", "a", "b"]);
    expect(list.find((each) => each.name === "a")?.state).toBe("clean");
  });

  it("lets go of what is gone and never doubles", () => {
    const list = keepStill([repo("/a"), repo("/b")], [repo("/b"), repo("/c")], ALL);
    expect(names(list)).toEqual(["b", "c"]);
  });
});

describe("foldersOf", () => {
  it("starts where paths divide", () => {
    const repos = ["/home/u/work/a", "/home/u/work/x/b", "/home/u/private/c"].map((path) => repo(path));
    expect(foldersOf(repos)).toEqual([
      { path: "/home/u/private", repos: 1 },
      { path: "/home/u/work", repos: 2 },
    ]);
  });

  it("offers nothing where there is nothing to choose", () => {
    expect(foldersOf([])).toEqual([]);
    expect(foldersOf([repo("/w/a"), repo("/w/b")])).toEqual([]);
    expect(foldersOf([repo("/w/a")])).toEqual([]);
  });
});
