import { describe, expect, it } from "vitest";
import { ago, dayName, daysBetween, when } from "./times";
import { count } from "./count";

const NOW = new Date(2026, 10, 21, 14, 2, 30).getTime();
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

describe("times", () => {
  it("are said as people say them", () => {
    expect(when(at(2026, 10, 21, 14, 2), NOW)).toBe("just now");
    expect(when(at(2026, 10, 21, 9, 5), NOW)).toBe("09:05");
    expect(when(at(2026, 10, 20, 9, 5), NOW)).toBe("yesterday 09:05");
    expect(when(at(2026, 10, 17, 14, 2), NOW)).toBe("Tuesday 14:02");
    expect(when(at(2026, 9, 12, 14, 2), NOW)).toBe("12 Oct");
    expect(when(at(2024, 9, 12, 14, 2), NOW)).toBe("12 Oct 2024");
    expect(when(at(2026, 10, 21, 15, 30), NOW)).toBe("15:30");
  });

  it("are said by how long ago", () => {
    expect(ago(at(2026, 10, 21, 13, 57), NOW)).toBe("5 min ago");
    expect(ago(at(2026, 10, 21, 2, 0), NOW)).toBe("12 h ago");
    expect(ago(at(2026, 10, 19, 2, 0), NOW)).toBe("2 days ago");
  });

  it("know days by the calendar, not by hours", () => {
    expect(daysBetween(new Date(2026, 10, 20, 23, 59).getTime(), new Date(2026, 10, 21, 0, 1).getTime())).toBe(1);
    expect(dayName(at(2026, 10, 21, 0, 1), NOW)).toBe("Today");
    expect(dayName(at(2026, 10, 20, 23, 59), NOW)).toBe("Yesterday");
  });
});

describe("counts", () => {
  it("are words' friends", () => {
    expect(count(1, "repository")).toBe("1 repository");
    expect(count(1_200, "repository")).toBe("1,200 repositories");
    expect(count(2, "day")).toBe("2 days");
    expect(count(0, "commit")).toBe("0 commits");
  });
});
