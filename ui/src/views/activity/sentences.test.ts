import { describe, expect, it } from "vitest";
import { calendar } from "./calendar";
import { duration } from "../../text/duration";
import { hoursSentence, latencies, latencySentence, reposSentence, yearSentence } from "./sentences";

describe("duration", () => {
  it("says as much as is worth saying", () => {
    expect([3, 850, 994, 999, 2_140, 9_960, 14_400, 60_000, 125_000, 3_600_000, 3_780_000].map(duration)).toEqual([
      "3 ms", "850 ms", "994 ms", "1 s", "2.1 s", "10 s", "14 s", "1 min", "2 min 5 s", "1 h", "1 h 3 min",
    ]);
  });
});

describe("sentences", () => {
  const day = (date: string, commits: number, p50: number | null = null) => ({
    date, commits, insertions: 0, deletions: 0, pushed: 1, p50_ms: p50, p95_ms: p50 === null ? null : p50 * 3,
  });

  it("name the day with the most commits", () => {
    const days = calendar([day("2026-11-20", 7), day("2026-11-19", 1)], new Date(2026, 10, 21));
    expect(yearSentence(days)).toBe("8 commits on 2 days of the last year, the most on Friday 20 November: 7.");
    expect(yearSentence(calendar([day("2026-11-20", 7)], new Date(2026, 10, 21)))).toBe(
      "7 commits in the last year, on Friday 20 November.",
    );
    expect(yearSentence(calendar([], new Date(2026, 10, 21)))).toBe("Nothing was committed in the last year.");
  });

  it("name the repository and the hour", () => {
    const web = { repo_id: "r", repo: "/w", name: "web", commits: 30, insertions: 0, deletions: 0 };
    expect(reposSentence([web], 120)).toBe("web has the most: 30 of 120 commits, 25%.");
    const hours = Array.from({ length: 7 }, () => Array<number>(24).fill(0));
    expect(hoursSentence(hours)).toBe("Nothing was committed in the last year.");
    hours[1]![15] = 3;
    expect(hoursSentence(hours)).toBe("Most is committed on Tuesdays from 15:00 to 16:00.");
    hours[1]![15] = 30;
    hours[6]![23] = 10;
    expect(hoursSentence(hours)).toBe(
      "Most is committed on Tuesdays from 15:00 to 16:00; 75% falls on weekdays between 09:00 and 18:00.",
    );
  });

  it("leave out the days without a push, and those long ago", () => {
    const days = latencies(
      [day("2026-01-03", 1, 1_000), day("2026-01-02", 1), day("2026-01-01", 1, 2_000), day("2025-06-01", 1, 9_000)],
      new Date(2026, 0, 4),
    );
    expect(days.map(({ date }) => date)).toEqual(["2026-01-01", "2026-01-03"]);
    expect(latencySentence(days)).toContain("2 s after their run began, and 95 of 100 after 6 s");
    expect(latencySentence([])).toBe("Nothing was pushed lately.");
  });
});
