import { describe, expect, it } from "vitest";
import type { Entry } from "../../api/wire";
import { merge, rowsOf } from "./days";

function entry(id: number, at: Date, change: Partial<Entry> = {}): Entry {
  return {
    id,
    repo_id: "r",
    repo: "/w/r",
    branch: "main",
    commit: null,
    subject: "S",
    body: null,
    message_source: "rules",
    message_reason: null,
    message_ms: null,
    request_id: null,
    files_changed: 1,
    insertions: 1,
    deletions: 0,
    started_at: at.toISOString(),
    committed_at: at.toISOString(),
    pushed_at: null,
    status: "committed",
    stage: "commit",
    error: null,
    hint: null,
    cycle_id: "c",
    web_url: null,
    ...change,
  };
}

describe("rowsOf", () => {
  const now = new Date(2026, 10, 21, 12, 0).getTime();

  it("begins each day with a heading that counts it", () => {
    const rows = rowsOf(
      [
        entry(5, new Date(2026, 10, 21, 0, 1)),
        entry(4, new Date(2026, 10, 20, 23, 59)),
        entry(3, new Date(2026, 10, 20, 0, 0)),
        entry(1, new Date(2025, 10, 20, 8, 0)),
      ],
      now,
    );
    expect(rows.map((row) => (row.kind === "day" ? `${row.name} ${row.entries}` : row.entry.id))).toEqual([
      "Today 1", 5, "Yesterday 2", 4, 3, "20 Nov 2025 1", 1,
    ]);
    expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
  });

  it("goes by the commit, not by the start of the run", () => {
    const rows = rowsOf([entry(1, new Date(2026, 10, 21, 0, 1), { started_at: new Date(2026, 10, 20, 23, 59).toISOString() })], now);
    expect(rows[0]).toMatchObject({ name: "Today" });
  });

  it("is empty for nothing", () => {
    expect(rowsOf([], now)).toEqual([]);
  });
});

describe("merge", () => {
  const at = new Date(2026, 10, 21);

  it("brings what is new, and what changed about the known", () => {
    const { shown, fresh, apart } = merge([entry(2, at), entry(1, at)], [entry(3, at), entry(2, at, { status: "pushed" })]);
    expect(fresh.map(({ id }) => id)).toEqual([3]);
    expect(shown.map(({ id, status }) => [id, status])).toEqual([[2, "pushed"], [1, "committed"]]);
    expect(apart).toBe(false);
  });

  it("notices that a page does not reach back to what is shown", () => {
    expect(merge([entry(2, at)], [entry(9, at), entry(8, at)]).apart).toBe(true);
    expect(merge([], [entry(9, at)]).apart).toBe(false);
    expect(merge([entry(2, at)], []).apart).toBe(false);
  });
});
