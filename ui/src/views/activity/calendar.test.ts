import { describe, expect, it } from "vitest";
import { calendar, dateOf, monthsOf, noonOf, stepOf, stepsOf } from "./calendar";

const day = (date: string, commits: number) => ({ date, commits, insertions: 1, deletions: 2, pushed: 0, p50_ms: null, p95_ms: null });

describe("calendar", () => {
  it("ends today, in the last of 53 weeks, and starts on a Monday", () => {
    for (const today of [new Date(2026, 10, 21, 23, 59), new Date(2024, 1, 29, 0, 1), new Date(2027, 0, 3), new Date(2026, 2, 29, 2, 30)]) {
      const days = calendar([], today);
      expect(days.at(-1)).toMatchObject({ date: dateOf(today), week: 52, weekday: (today.getDay() + 6) % 7 });
      expect(days[0]).toMatchObject({ week: 0, weekday: 0 });
      expect(noonOf(days[0]!.date).getDay()).toBe(1);
      expect(new Set(days.map(({ date }) => date)).size).toBe(days.length);
    }
  });

  it("takes over what is known of a day", () => {
    const days = calendar([day("2026-11-20", 7), day("2020-01-01", 9)], new Date(2026, 10, 21));
    expect(days.filter((each) => each.commits > 0)).toEqual([
      { date: "2026-11-20", week: 52, weekday: 4, commits: 7, insertions: 1, deletions: 2 },
    ]);
  });
});

describe("monthsOf", () => {
  it("labels twelve or thirteen months, none touching another", () => {
    for (let month = 0; month < 24; month++) {
      for (const date of [1, 10, 25]) {
        const labels = monthsOf(calendar([], new Date(2026, month, date)));
        expect([11, 12, 13]).toContain(labels.length);
        labels.slice(1).forEach((label, at) => expect(label.week - labels[at]!.week).toBeGreaterThanOrEqual(3));
      }
    }
  });
});

describe("steps", () => {
  it("divide the days that have commits", () => {
    const counts = Array.from({ length: 100 }, (_, n) => n);
    const steps = stepsOf(counts);
    expect(steps).toEqual([1, 25, 50, 80]);
    expect([0, 1, 24, 25, 50, 99].map((n) => stepOf(n, steps))).toEqual([0, 1, 1, 2, 3, 4]);
  });

  it("stay apart where there is little", () => {
    expect(stepsOf([])).toEqual([1, 2, 3, 4]);
    expect(stepsOf([1, 1, 1])).toEqual([1, 2, 3, 4]);
  });
});
