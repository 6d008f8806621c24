import { expect, test } from "vitest";
import type { Unwatched, Watch } from "../api";
import { watched } from "./watched";

const watch = (unwatched: Unwatched[], more: Partial<Watch> = {}): Watch => ({
  on: true,
  folders: 1_204,
  limit: 192_536,
  unwatched,
  error: null,
  raise: null,
  spared: 0,
  disagreed: 0,
  ...more,
});
const limit = { repo_id: "a", code: "limit", because: "the system allows no more watches" };
const disk = { repo_id: "b", code: "disk", because: "its disk does not tell every change" };

test("need and limit in one sentence", () => {
  expect(watched(watch([]))).toEqual({ sentence: "1,204 folders are watched of the 192,536 that the system allows.", instead: null, command: null });
  expect(watched(watch([], { folders: 1, limit: null }))?.sentence).toBe("1 folder is watched.");
  expect(watched(watch([limit], { on: false }))).toBeNull();
});

test("the command where there is one", () => {
  expect(watched(watch([disk]))).toMatchObject({
    instead: "1 repository is looked at in each cycle instead: its disk does not tell every change.",
    command: null,
  });
  expect(watched(watch([limit, { ...limit, repo_id: "c" }, disk], { raise: "sudo sysctl x=1" }))).toMatchObject({
    instead: "3 repositories are looked at in each cycle instead: the system allows no more watches, or its disk does not tell every change.",
    command: "sudo sysctl x=1",
  });
});

test("nothing watched is told, and why", () => {
  expect(watched(watch([], { on: false, error: "The system allows no more.", raise: "sudo sysctl x=1" }))).toEqual({
    sentence: "No folder.",
    instead: "Every repository is looked at in each cycle instead. The system allows no more.",
    command: "sudo sysctl x=1",
  });
});
