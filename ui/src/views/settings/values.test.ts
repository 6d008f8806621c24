import { describe, expect, it } from "vitest";
import { inWords, mistyped, typedValue } from "./values";

const integer = { kind: "integer", optional: false } as const;
const branch = { kind: "text", optional: true } as const;

describe("what was typed", () => {
  it("becomes the kind of value that the setting has", () => {
    expect(typedValue(integer, " 45 ")).toBe(45);
    expect(typedValue(integer, "abc")).toBe("abc");
    expect(typedValue(integer, "")).toBe("");
    expect(typedValue(branch, " main ")).toBe("main");
    expect(typedValue(branch, " ")).toBeNull();
  });

  it("is refused at once only where that is certain", () => {
    expect(mistyped(integer, "4.5")).toBe("It must be a whole number.");
    expect(mistyped(integer, "")).toBe("It must be a whole number.");
    expect(mistyped({ kind: "number", optional: false }, "4,5")).toBe("It must be a number.");
    expect(mistyped({ kind: "integer", optional: true }, "")).toBeNull();
    expect(mistyped(integer, "-3")).toBeNull();
    expect(mistyped(branch, "..")).toBeNull();
  });
});

describe("values in words", () => {
  it("carry their unit", () => {
    expect(inWords(60, "seconds")).toBe("60 seconds");
    expect(inWords(false, null)).toBe("off");
    expect(inWords(null, null)).toBe("not set");
    expect(inWords(["a", "b"], null)).toBe("2 entries");
    expect([inWords([], null), inWords(["a"], null), inWords([{ path: "~" }], null)]).toEqual(["empty", "a", "1 entry"]);
  });
});
