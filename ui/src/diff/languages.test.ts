import { describe, expect, it } from "vitest";
import { colour } from "./colour";
import { languageOf, type Language } from "./languages";
import type { Span } from "./pieces";

async function tokens(lines: string[], language: Language): Promise<string[][]> {
  const all: Span[][] = [];
  await colour(lines, language, (from, spans) => all.splice(from, 0, ...spans), new AbortController().signal);
  return all.map((spans, row) => {
    let at = 0;
    return spans.flatMap(({ length, token }) => {
      const text = lines[row]!.slice(at, (at += length)).trim();
      return token === null || text === "" ? [] : [`${token}:${text}`];
    });
  });
}

describe("languageOf", () => {
  it("goes by the name, then by the ending", () => {
    expect(languageOf("src/main.rs")).toBe("rust");
    expect(languageOf("deploy/Dockerfile")).toBe("docker");
    expect(languageOf("Dockerfile.dev")).toBe("docker");
    expect(languageOf("a/b/Makefile")).toBe("make");
    expect(languageOf("tsconfig.json")).toBe("jsonc");
    expect(languageOf("App.TSX")).toBe("tsx");
  });

  it("knows nothing of what it does not know", () => {
    expect(languageOf("LICENSE")).toBeNull();
    expect(languageOf("data.bin")).toBeNull();
    expect(languageOf("a.rs/notes")).toBeNull();
  });
});

describe("colour", () => {
  it("says what each piece is, across batches", async () => {
    const lines = ["/* begins", ...Array<string>(90).fill("goes on"), "ends */", "let a = 'x'; // y"];
    const all = await tokens(lines, "typescript");
    expect(all).toHaveLength(lines.length);
    expect(all[60]).toEqual(["comment:goes on"]);
    expect(all.at(-1)).toEqual(["keyword:let", "string:'x'", "comment:// y"]);
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    let batches = 0;
    await colour(Array<string>(500).fill("let a = 1;"), "rust", () => (batches++, stop.abort()), stop.signal);
    expect(batches).toBe(1);
  });

  it("reads the grammars with the engine that the policy allows", async () => {
    expect((await tokens(['fn main() { let a = "b"; }'], "rust")).flat()).toContain('string:"b"');
    expect((await tokens(["def a():", '    """text"""'], "python")).flat()).toContain("keyword:def");
    expect((await tokens(["key: value # why"], "yaml")).flat()).toContain("comment:# why");
  });
});
