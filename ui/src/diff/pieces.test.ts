import { describe, expect, it } from "vitest";
import { piecesOf } from "./pieces";

describe("piecesOf", () => {
  it("cuts where colour or change begins or ends", () => {
    const spans = [
      { length: 5, token: "keyword" as const },
      { length: 1, token: null },
      { length: 3, token: "string" as const },
    ];
    expect(piecesOf("const abc;", spans, [3, 7])).toEqual([
      { text: "con", token: "keyword", changed: false },
      { text: "st", token: "keyword", changed: true },
      { text: " ", token: null, changed: true },
      { text: "a", token: "string", changed: true },
      { text: "bc", token: "string", changed: false },
      { text: ";", token: null, changed: false },
    ]);
  });

  it("leaves a line without spans whole", () => {
    expect(piecesOf("plain", [], null)).toEqual([{ text: "plain", token: null, changed: false }]);
    expect(piecesOf("", [], null)).toEqual([]);
  });

  it("never loses or doubles a letter", () => {
    const text = "abcdefghij";
    for (let a = 0; a <= 10; a++) {
      for (let b = a; b <= 10; b++) {
        const spans = [{ length: 4, token: "type" as const }, { length: 20, token: null }];
        const pieces = piecesOf(text, spans, [a, b]);
        expect(pieces.map((piece) => piece.text).join("")).toBe(text);
        expect(pieces.filter((piece) => piece.changed).map((piece) => piece.text).join("")).toBe(text.slice(a, b));
      }
    }
  });
});
