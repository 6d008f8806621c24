import { describe, expect, it } from "vitest";
import type { Repository, RepoState } from "../api";
import { commandIn, needsOf, quoted, stepOf, withPath } from "./needs";

function repo(name: string, state: RepoState, code: string | null = null): Repository {
  return { id: name, name, path: `/w/${name}`, state, code, enabled: true } as Repository;
}

describe("what needs a person", () => {
  it("comes in the order of how much it matters", () => {
    const needs = needsOf([repo("gone", "unavailable"), repo("b", "failing"), repo("fine", "clean"), repo("z", "held"), repo("a", "held")]);
    expect(needs.repos.map(({ name }) => name)).toEqual(["a", "z", "b", "gone"]);
  });

  it("asks one question where three repositories ask the same", () => {
    const two = [repo("a", "needs_trust"), repo("b", "needs_trust")];
    expect(needsOf(two)).toMatchObject({ repos: two, trust: [] });
    const three = [...two, repo("c", "needs_trust")];
    expect(needsOf(three)).toMatchObject({ repos: [], trust: three });
  });

  it("leaves alone what a person switched off", () => {
    expect(needsOf([{ ...repo("a", "held"), enabled: false }]).repos).toEqual([]);
  });

  it("offers another try only where that can help", () => {
    expect(stepOf(repo("a", "failing", "hook_failed"))).toEqual({ label: "Try again", does: "retry" });
    expect(stepOf(repo("a", "failing", "authentication"))).toEqual({ label: "How to sign in", does: "unfold" });
    expect(stepOf(repo("a", "held"))).toEqual({ label: "Review", does: "unfold" });
  });
});

describe("a path in a sentence", () => {
  it("is quoted where a shell would take it apart", () => {
    expect(quoted("/home/ada/code/x-1.2")).toBe("/home/ada/code/x-1.2");
    expect(quoted("/home/ada/my notes")).toBe("'/home/ada/my notes'");
    expect(quoted("/it's $HOME;rm")).toBe("'/it'\\''s $HOME;rm'");
  });

  it("stands where the hint says PATH, whatever is in it", () => {
    expect(withPath("Run autocommit push PATH.", "/w/a$&b")).toBe("Run autocommit push '/w/a$&b'.");
    expect(commandIn("Sign in, then autocommit push PATH.", "/w/a")).toBe("autocommit push /w/a");
    expect(commandIn("Nothing to do.", "/w/a")).toBeNull();
  });
});
