import { describe, expect, it } from "vitest";
import type { Repository, RepoState, StatusReply } from "../api";
import { answer } from "./answer";

const NOW = new Date(2026, 10, 21, 14, 0).getTime();

function repo(state: RepoState, more: Partial<Repository> = {}): Repository {
  return { name: "a", path: "/a", state, enabled: state !== "opted_out", remote: "origin", push: true, ahead: 0, dirty_files: 0, ...more } as Repository;
}

function status(more: Partial<StatusReply> = {}): StatusReply {
  return { enabled: true, state: "idle", paused_until: null, offline: false, ...more } as StatusReply;
}

const said = (repos: Repository[], more: Partial<StatusReply> = {}) => answer(status(more), repos, NOW).sentence;
const also = (repos: Repository[], more: Partial<StatusReply> = {}) => answer(status(more), repos, NOW).more;

describe("the answer", () => {
  it("says that all is pushed only when all is pushed", () => {
    expect(said([repo("clean"), repo("clean")])).toBe("All 2 repositories are pushed.");
    expect(said([repo("clean"), repo("clean"), repo("settling")])).toBe("2 of 3 repositories are pushed.");
    expect(said([repo("dirty")])).toBe("0 of 1 repository is pushed.");
    expect(said([repo("clean")])).toBe("Your repository is pushed.");
  });

  it("does not count what stays on this disk as pushed", () => {
    const repos = [repo("clean"), repo("clean"), repo("clean", { remote: null }), repo("clean", { push: false })];
    expect(said(repos)).toBe("2 repositories are pushed.");
    expect(also(repos)).toEqual(["2 repositories stay on this disk: no remote, or push is off."]);
    expect(said([repo("clean", { remote: null })])).toBe("1 repository committed, on this disk only.");
  });

  it("leaves out what a person switched off", () => {
    expect(said([repo("clean"), repo("clean"), repo("opted_out")])).toBe("All 2 repositories are pushed.");
    expect(said([repo("opted_out")])).toBe("All repositories are left alone.");
  });

  it("puts what needs a person first", () => {
    expect(said([repo("held"), repo("failing"), repo("clean")])).toBe("2 repositories need you.");
    expect(said([repo("needs_trust"), repo("unpushed", { ahead: 4 })], { offline: true })).toBe("1 repository needs you.");
  });

  it("counts the commits that wait", () => {
    expect(said([repo("unpushed", { ahead: 4 }), repo("unpushed", { ahead: 1 })], { offline: true })).toBe("Offline. 5 commits are waiting.");
    expect(said([repo("unpushed", { ahead: 1 })])).toBe("1 commit waits to be pushed.");
    expect(said([repo("clean")], { offline: true })).toBe("Offline.");
  });

  it("says that it rests, and until when", () => {
    const until = new Date(2026, 10, 21, 14, 30).toISOString();
    expect(said([repo("held")], { enabled: false, paused_until: until })).toBe("Paused until 14:30.");
    expect(said([repo("clean")], { enabled: false })).toBe("Autocommit is off.");
  });

  it("says when there is nothing to say yet", () => {
    expect(said([], { state: "starting" })).toBe("Looking for repositories.");
    expect(said([])).toBe("No repositories yet.");
  });
});
