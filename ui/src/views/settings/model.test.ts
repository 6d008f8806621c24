import { beforeEach, describe, expect, it, vi } from "vitest";
import type { EventRecord, ManagedModel, ModelReply } from "../../api/wire";

let reply: ModelReply;
let asked: string[] = [];
let refuse: string | null = null;
const does = (what: string) => async (of: unknown) => {
  asked.push(`${what} ${JSON.stringify(of)}`);
  if (refuse === what) throw new Error(`No ${what}.`);
};
vi.mock("../../api", () => ({
  api: {
    model: async () => reply,
    changeSettings: does("settings"),
    pullModel: does("pull"),
    cancelModel: does("cancel"),
    removeModel: does("remove"),
  },
  failureOf: (thrown: Error) => ({ sentence: thrown.message }),
}));
vi.mock("../../live/live.svelte", () => ({ live: { on: () => () => {} } }));
const problem = vi.fn();
vi.mock("../../live/toasts.svelte", () => ({ toasts: { done: vi.fn(), problem } }));
const { Model, hostOf, isFirst, isUsed, shareOf, titleOf, underWay } = await import("./model.svelte");

const model = (name: string, change: Partial<ManagedModel> = {}): ManagedModel => ({
  name,
  title: `${name}: good`,
  size_bytes: 1_000,
  licence: "Apache-2.0",
  source_url: "https://huggingface.co/Qwen/x",
  state: "absent",
  downloaded_bytes: 0,
  in_use: false,
  error: null,
  ...change,
});
const told = (...models: ManagedModel[]): ModelReply => ({
  managed: false,
  in_use: null,
  server: { state: "off", message: "", program: null, pid: null },
  models,
});
const progress = (name: string, bytes: number) => ({ seq: 1, at: "", type: "model_progress", name, bytes, total: 1_000 }) as EventRecord;

beforeEach(() => {
  asked = [];
  refuse = null;
  problem.mockClear();
});

describe("the managed model", () => {
  it("is switched on and used with the first download, so that nothing is left to do", async () => {
    reply = told(model("a"), model("b", { state: "partial", downloaded_bytes: 10 }));
    const state = new Model();
    await state.load();
    await state.pull(reply.models[0]!);
    expect(asked).toEqual(['settings {"llm.enabled":true,"llm.managed":true,"llm.managed_model":"a"}', 'pull "a"']);
  });

  it("changes nothing of the settings with another download", async () => {
    reply = told(model("a", { state: "installed", in_use: true }), model("b"));
    const state = new Model();
    await state.load();
    await state.pull(reply.models[1]!);
    expect(asked).toEqual(['pull "b"']);
  });

  it("is switched on with the one that is used", async () => {
    reply = told(model("a", { state: "installed", in_use: true }));
    const state = new Model();
    await state.load();
    expect(isUsed(reply, reply.models[0]!)).toBe(false);
    await state.use(reply.models[0]!);
    expect(asked).toEqual(['settings {"llm.enabled":true,"llm.managed":true,"llm.managed_model":"a"}']);
    expect(isUsed({ ...reply, managed: true }, reply.models[0]!)).toBe(true);
  });

  it("says why something was refused, and is free again", async () => {
    reply = told(model("a"));
    refuse = "settings";
    const state = new Model();
    await state.load();
    await state.pull(reply.models[0]!);
    expect([asked.length, problem.mock.calls, state.busy]).toEqual([1, [["No settings."]], null]);
  });

  it("counts while it is fetched, and asks anew at the end", async () => {
    reply = told(model("a", { state: "pulling" }), model("b"));
    const state = new Model();
    await state.load();
    state.hear(progress("a", 400));
    expect(state.reply?.models[0]?.downloaded_bytes).toBe(400);
    reply = told(model("a", { state: "installed", downloaded_bytes: 1_000 }), model("b"));
    state.hear(progress("a", 1_000));
    await vi.waitFor(() => expect(state.reply?.models[0]?.state).toBe("installed"));
    state.start()();
  });
});

it("knows what goes on by itself, and which is the first", () => {
  expect(underWay(told(model("a", { state: "pulling" })))).toBe(true);
  expect(underWay({ ...told(), server: { state: "starting", message: "", program: null, pid: null } })).toBe(true);
  expect(underWay(told(model("a", { state: "partial" })))).toBe(false);
  expect(isFirst(told(model("a", { in_use: true }), model("b", { state: "broken" })))).toBe(true);
  expect(isFirst(told(model("a"), model("b", { state: "installed" })))).toBe(false);
});

it("says what is known of a model", () => {
  expect(titleOf({ title: "Qwen2.5 0.5B: for little memory; often refused" })).toEqual({ name: "Qwen2.5 0.5B", note: "For little memory; often refused." });
  expect(titleOf({ title: "mine.gguf" })).toEqual({ name: "mine.gguf", note: "" });
  expect([hostOf({ source_url: "https://huggingface.co/Qwen/x" }), hostOf({ source_url: "" })]).toEqual(["huggingface.co", ""]);
  expect([shareOf(model("a", { downloaded_bytes: 250 })), shareOf(model("a", { size_bytes: 0 }))]).toEqual([0.25, 0]);
});
