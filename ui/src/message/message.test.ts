import { describe, expect, it } from "vitest";
import { hostOfServer, lengthOf, originSentence, tidied, wholeOf } from "./message";

describe("a message", () => {
  it("is a subject, and a body after an empty line", () => {
    expect(wholeOf({ subject: "Add x", body: "" })).toBe("Add x");
    expect(wholeOf({ subject: "Add x", body: null })).toBe("Add x");
    expect(wholeOf({ subject: "Add x", body: "Because." })).toBe("Add x\n\nBecause.");
  });

  it("is kept without spaces that nobody meant", () => {
    expect(tidied({ subject: "  Add  x ", body: "\n\nBecause.  \n\n- a\n\n" })).toEqual({ subject: "Add  x", body: "Because.\n\n- a" });
  });

  it("is as long as people would count", () => {
    expect(lengthOf(" Add x ")).toBe(5);
    expect(lengthOf("Füge 👩‍💻 hinzu")).toBe(12);
  });
});

describe("who wrote it", () => {
  const told = (source: "llm" | "rules" | "person", reason: string | null = null, ms: number | null = null) => ({ source, reason, ms });

  it("is said with the reason that was kept", () => {
    expect(originSentence(told("llm", "Written by qwen2.5 in 2.4 s."))).toBe("Written by qwen2.5 in 2.4 s.");
    expect(originSentence(told("rules", "Written by rules from the change itself."))).toBe("Written by rules from the change itself.");
    expect(originSentence(told("rules", "The model did not answer within 20 s."))).toBe(
      "Rules wrote this message. The model did not answer within 20 s.",
    );
  });

  it("is said of entries that were kept without one", () => {
    expect(originSentence(told("llm", null, 2_400))).toBe("A language model wrote this message in 2.4 s.");
    expect(originSentence(told("llm"))).toBe("A language model wrote this message.");
    expect(originSentence(told("person"))).toBe("A person wrote this message.");
    expect(originSentence(told("rules"), "off")).toContain("No language model is switched on.");
    expect(originSentence(told("rules"), "on")).not.toContain("switched on");
  });
});

describe("where the model is asked", () => {
  it("is this machine only where the address says so", () => {
    for (const url of ["http://127.0.0.1:8000", "http://localhost:11434/v1", "http://[::1]:8080", "http://127.9.9.9"]) {
      expect(hostOfServer(url).here, url).toBe(true);
    }
    for (const url of ["http://127.0.0.1.example.org", "http://10.0.0.4:8000", "https://localhost.example.org", "nonsense", ""]) {
      expect(hostOfServer(url).here, url).toBe(false);
    }
  });
});
