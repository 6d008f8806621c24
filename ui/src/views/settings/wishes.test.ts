import { expect, it } from "vitest";
import { linesOf, NONE, readWishes, writeWishes } from "./wishes";

it("goes from the file and back without a change", () => {
  const blocks = [{ path: "~", instructions: "Short.\nIn German.", examples: ["Kürze den Kopf"] }, { path: "~/work", rules_only: true }, { path: "/srv" }];
  expect(writeWishes(readWishes(blocks))).toEqual(blocks);
});

it("takes nothing for granted that a file may say", () => {
  expect(readWishes(null)).toEqual([]);
  expect(readWishes(["~"])).toEqual([]);
  expect(readWishes([{ path: 3, examples: ["a", 4], rules_only: "yes" }])).toEqual([{ ...NONE, examples: ["a"] }]);
});

it("reads an example from each line", () => {
  expect(linesOf(" Let them pay \n\n\tAdd a till\n")).toEqual(["Let them pay", "Add a till"]);
});
