import { beforeEach, expect, it, vi } from "vitest";
import type { MessageReply } from "../../api/wire";

/** Answers that wait to be given, in the order of the questions. */
let questions: { by: string; signal: AbortSignal; answer: (reply: Partial<MessageReply>) => void; refuse: (why: unknown) => void }[] = [];
const message = (_: string, by: string, signal: AbortSignal) =>
  new Promise((answer, refuse) => {
    questions.push({ by, signal, answer, refuse });
    signal.addEventListener("abort", () => refuse(new DOMException("aborted", "AbortError")));
  });
vi.mock("../../api", () => ({ api: { message } }));
const { Preview } = await import("./preview.svelte");

beforeEach(() => {
  questions = [];
});

it("shows the answer to the last question only", async () => {
  const preview = new Preview();
  const first = preview.ask("r1", "llm");
  const second = preview.ask("r1", "rules");
  expect(questions[0]!.signal.aborted).toBe(true);
  questions[1]!.answer({ subject: "Update x" });
  await Promise.all([first, second]);
  expect([preview.reply?.subject, preview.by, preview.asking, preview.problem]).toEqual(["Update x", "rules", false, null]);
});

it("keeps nothing of an answer that nobody waits for", async () => {
  const preview = new Preview();
  const asked = preview.ask("r1", "llm");
  preview.cancel();
  expect(preview.asking).toBe(false);
  await asked;
  expect([preview.reply, preview.problem]).toEqual([null, null]);
});

it("says why there is none, and forgets the one before", async () => {
  const preview = new Preview();
  const first = preview.ask("r1", "auto");
  questions[0]!.answer({ subject: "Update x" });
  await first;
  const second = preview.ask("r1", "llm");
  questions[1]!.refuse("no");
  await second;
  expect([preview.reply, preview.problem, preview.asking]).toEqual([null, "no", false]);
});
