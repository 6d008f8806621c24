import { expect, test } from "vitest";
import type { Unwatched, Watch } from "../api";
import { watched } from "./watched";

const watch = (unwatched: Unwatched[], more: Partial<Watch> = {}): Watch => ({
  on: true,
  folders: 1_204,
  limit: 192_536,
  unwatched,
  spared: 0,
  disagreed: 0,
  ...more,
});
const limit = { repo_id: "a", code: "limit", because: "the system has no watches left" };
const disk = { repo_id: "b", code: "disk", because: "its disk does not tell every change" };

test("need and limit in one sentence", () => {
  expect(watched(watch([]))).toEqual({ sentence: "1,204 folders are watched of the 192,536 that the system allows.", instead: null, command: null });
  expect(watched(watch([], { folders: 1, limit: null }))?.sentence).toBe("1 folder is watched.");
  expect(watched(watch([limit], { on: false }))).toBeNull();
});

test("the command only where the limit is to blame", () => {
  expect(watched(watch([disk]))).toMatchObject({
    instead: "1 repository is looked at in each cycle instead: its disk does not tell every change.",
    command: null,
  });
  expect(watched(watch([limit, { ...limit, repo_id: "c" }, disk]))).toMatchObject({
    instead: "3 repositories are looked at in each cycle instead: the system has no watches left, or its disk does not tell every change.",
    command: "sudo sysctl fs.inotify.max_user_watches=524288",
  });
});
