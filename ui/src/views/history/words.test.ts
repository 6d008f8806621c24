import { describe, expect, it } from "vitest";
import type { Entry } from "../../api/wire";
import { headline, hostOf, nameOf, outputOf, sentenceOf, timesOf } from "./words";

const entry = (change: Partial<Entry>) => ({ subject: null, error: null, ...change }) as Entry;

describe("an entry in words", () => {
  it("parts the sentence from what git said", () => {
    const failed = entry({ error: "There is no repository.\nfatal: gone\nfatal: really" });
    expect([sentenceOf(failed), outputOf(failed), headline(failed)]).toEqual([
      "There is no repository.", "fatal: gone\nfatal: really", "There is no repository.",
    ]);
    expect([sentenceOf(entry({})), outputOf(entry({ error: "One line." }))]).toEqual([null, null]);
    expect(headline(entry({ subject: "Add x", error: "E." }))).toBe("Add x");
  });

  it("tells how soon it was pushed", () => {
    const committed_at = new Date(2026, 10, 21, 14, 2, 11).toISOString();
    const later = (ms: number) => new Date(new Date(committed_at).getTime() + ms).toISOString();
    expect(timesOf({ committed_at: null, pushed_at: null })).toBeNull();
    expect(timesOf({ committed_at, pushed_at: null })).toBe("committed 14:02:11");
    expect(timesOf({ committed_at, pushed_at: committed_at })).toBe("committed 14:02:11, and pushed");
    expect(timesOf({ committed_at, pushed_at: later(2_140) })).toBe("committed 14:02:11, pushed 2.1 s later");
  });

  it("names places shortly", () => {
    expect([nameOf("/w/web-app"), nameOf("/")]).toEqual(["web-app", "/"]);
    expect([hostOf("https://www.example.org/a"), hostOf("nonsense")]).toEqual(["example.org", "the remote"]);
  });
});
