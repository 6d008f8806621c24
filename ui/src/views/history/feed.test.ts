import { beforeEach, describe, expect, it, vi } from "vitest";
import type { HistoryFilter } from "../../api";
import type { Entry, HistoryReply } from "../../api/wire";

/** What the engine has, newest first; and how often it was asked. */
let all: Entry[] = [];
let asked = 0;
/** Answers wait for these, in the order of the questions. */
let gates: Promise<void>[] = [];

async function history(filter: HistoryFilter, signal?: AbortSignal): Promise<HistoryReply> {
  asked += 1;
  await gates.shift();
  signal?.throwIfAborted();
  const { before = Infinity, limit = 50, q = "", source } = filter;
  const fits = all.filter((entry) => entry.id < before && (entry.subject ?? "").includes(q) && (source ?? entry.message_source) === entry.message_source);
  const entries = fits.slice(0, limit);
  return { entries, next: fits.length > limit ? entries.at(-1)!.id : null };
}

vi.mock("../../api", () => ({ api: { history }, failureOf: (thrown: unknown) => thrown }));
const { Feed } = await import("./feed.svelte");

const entry = (id: number, change: Partial<Entry> = {}) =>
  ({ id, subject: `Change ${id}`, message_source: id % 4 === 0 ? "llm" : "rules", status: "committed", ...change }) as Entry;
const upto = (newest: number) => Array.from({ length: newest }, (_, at) => entry(newest - at));
const ids = (entries: readonly Entry[]) => entries.map(({ id }) => id);

beforeEach(() => {
  all = upto(120);
  asked = 0;
  gates = [];
});

describe("Feed", () => {
  it("reads page after page to the end, each entry once", async () => {
    const feed = new Feed();
    await feed.load({});
    expect(feed.entries).toHaveLength(50);
    await Promise.all([feed.more(), feed.more()]);
    await feed.more();
    await feed.more();
    expect(ids(feed.entries)).toEqual(ids(all));
    expect([feed.next, asked]).toEqual([null, 3]);
  });

  it("does not let an old answer overtake a new one", async () => {
    const feed = new Feed();
    let open = () => {};
    gates = [new Promise((go) => (open = go)), Promise.resolve()];
    const old = feed.load({ q: "1" });
    await feed.load({ q: "Change 77" });
    open();
    await old;
    expect(ids(feed.entries)).toEqual([77]);
    expect([feed.loading, feed.problem]).toEqual([false, null]);
  });

  it("asks for one source and gets pages of it alone", async () => {
    all = upto(900);
    const feed = new Feed();
    await feed.load({ source: "llm" });
    expect([feed.entries.length, feed.entries.every((each) => each.message_source === "llm"), asked]).toEqual([50, true, 1]);
    while (feed.next !== null) await feed.more();
    expect(feed.entries).toHaveLength(225);
  });

  it("lets what is new wait, and brings what is shown up to date", async () => {
    const feed = new Feed();
    await feed.load({});
    all = [entry(121), ...all.map((each) => (each.id === 120 ? { ...each, status: "pushed" as const } : each))];
    await feed.refresh(false);
    expect([ids(feed.waiting), feed.entries[0]!.id, feed.entries[0]!.status]).toEqual([[121], 120, "pushed"]);
    feed.showWaiting();
    expect(ids(feed.entries.slice(0, 2))).toEqual([121, 120]);
    all = [entry(122), ...all];
    await feed.refresh(true);
    expect([feed.entries[0]!.id, feed.waiting.length]).toEqual([122, 0]);
  });

  it("leaves no hole where more happened than a page holds", async () => {
    const feed = new Feed();
    await feed.load({});
    all = upto(300);
    await feed.refresh(false);
    expect([feed.gap, feed.waiting.length]).toEqual([true, 50]);
    feed.showWaiting();
    while (feed.next !== null) await feed.more();
    expect(ids(feed.entries)).toEqual(ids(all));
  });

  it("finds an older entry, and says so where there is none", async () => {
    const feed = new Feed();
    await feed.load({});
    expect(await feed.reach(3)).toBe(true);
    expect(ids(feed.entries)).toContain(3);
    expect(await feed.reach(4_000)).toBe(false);
  });
});
