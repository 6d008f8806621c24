import { describe, expect, it } from "vitest";
import { hunksOf } from "./patch";

const PATCH = `@@ -1,4 +1,4 @@ fn main() {
 let a = 1;
-let b = older(a);
+let b = newer(a);
 done();
-}
\\ No newline at end of file
+}
@@ -20 +20,2 @@
 x
+-- y
`;

describe("hunksOf", () => {
  const hunks = hunksOf(PATCH);

  it("numbers the lines of both sides", () => {
    expect(hunks.map((hunk) => [hunk.heading, hunk.old, hunk.new])).toEqual([
      ["fn main() {", 1, 1],
      ["", 20, 20],
    ]);
    expect(hunks[0]!.lines.map(({ kind, old, new: now }) => [kind, old, now])).toEqual([
      ["context", 1, 1],
      ["deleted", 2, null],
      ["added", null, 2],
      ["context", 3, 3],
      ["deleted", 4, null],
      ["added", null, 4],
    ]);
  });

  it("keeps text that looks like a sign", () => {
    expect(hunks[1]!.lines[1]).toMatchObject({ kind: "added", text: "-- y", new: 21 });
  });

  it("notes a missing newline at the line that lacks it", () => {
    expect(hunks[0]!.lines.map((line) => line.bare)).toEqual([false, false, false, false, true, false]);
  });

  it("marks the words that changed within a line", () => {
    const [, deleted, added] = hunks[0]!.lines;
    expect(deleted!.text.slice(...deleted!.changed!)).toBe("older");
    expect(added!.text.slice(...added!.changed!)).toBe("newer");
  });

  it("does not mark equal lines, pure additions, or lines with little in common", () => {
    expect(hunks[0]!.lines.slice(4).map((line) => line.changed)).toEqual([null, null]);
    const [unlike] = hunksOf("@@ -1 +1 @@\n-import a from b\n+while (true) {}\n");
    expect(unlike!.lines.map((line) => line.changed)).toEqual([null, null]);
    const [uneven] = hunksOf("@@ -1 +1,2 @@\n-abcdef 1\n+abcdef 2\n+abcdef 3\n");
    expect(uneven!.lines.every((line) => line.changed === null)).toBe(true);
  });

  it("marks only the new side where words were put in", () => {
    const [hunk] = hunksOf("@@ -1 +1 @@\n-call(one, two)\n+call(one, more, two)\n");
    expect(hunk!.lines[0]!.changed).toBeNull();
    const added = hunk!.lines[1]!;
    expect(added.text.slice(...added.changed!)).toMatch(/more/);
  });

  it("reads nothing from nothing", () => {
    expect(hunksOf("")).toEqual([]);
    expect(hunksOf("Binary files differ\n")).toEqual([]);
  });
});
