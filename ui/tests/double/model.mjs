// The managed model as the daemon would tell of it: a catalogue, a download that a test moves on, a server that is there or not.

const PUBLISHER = "https://huggingface.co/Qwen/";
const model = (name, title, size, more = {}) => ({
  name,
  title,
  size_bytes: size,
  licence: "Apache-2.0",
  source_url: `${PUBLISHER}${name}-GGUF`,
  state: "absent",
  downloaded_bytes: 0,
  in_use: false,
  error: null,
  ...more,
});

const SAID = {
  off: "Autocommit runs no model. Download one below, and it does.",
  elsewhere: "A server answers at http://127.0.0.1:8000 already, so Autocommit runs none of its own.",
  no_program: "There is no `llama-server` on this machine. Install llama.cpp, or name the program as `server_program` in the file.",
  no_model: "`llama-server` is there; a model is missing. Download one below.",
  starting: "The model is being loaded.",
  ready: "`llama-server` runs with the model (process 41210).",
  asleep: "The model rests until it is needed; it is back within seconds.",
  failed: "`llama-server` ended three times within a minute and is left alone for now. What it said is below.",
};

/** @param tell tells an event @param known the value of a setting */
export function modelOf(tell, known) {
  let state = "off";
  let without = false;
  const models = [
    model("qwen2.5-coder-1.5b-instruct", "Qwen2.5 Coder 1.5B: the best messages that two cores can write in seconds", 1_117_320_768),
    model("qwen2.5-coder-0.5b-instruct", "Qwen2.5 Coder 0.5B: for little memory; its messages are often refused", 491_400_064),
    model("qwen2.5-coder-7b-instruct", "Qwen2.5 Coder 7B: for a machine with a graphics card; too slow without", 4_683_073_536),
  ];
  const find = (name) => models.find((each) => each.name === name);
  const use = (one) => {
    for (const each of models) each.in_use = each === one;
  };
  const DO = {
    pull: (one) => Object.assign(one, { state: "pulling", error: null }),
    cancel: (one) => Object.assign(one, { state: one.downloaded_bytes > 0 ? "partial" : "absent" }),
    remove: (one) => Object.assign(one, { state: "absent", downloaded_bytes: 0, in_use: false, error: null }),
  };
  return {
    /** The settings changed. */
    settle() {
      use(find(known("llm.managed_model")));
      if (known("llm.managed") === true) state = models.some((each) => each.in_use && each.state === "installed") ? "ready" : "no_model";
    },
    reply: () => ({
      managed: known("llm.managed") === true,
      in_use: models.find((each) => each.in_use)?.name ?? null,
      server: { state, message: SAID[state], program: without || state === "no_program" ? null : "/usr/bin/llama-server", pid: state === "ready" ? 41_210 : null },
      models,
    }),
    lines: () => (state === "off" ? [] : ["main: loading model", "llama_model_load: vocab type BPE", "main: server is listening on http://127.0.0.1:41873"]),
    do(what, name) {
      const one = find(name);
      if (one === undefined || DO[what] === undefined) return undefined;
      DO[what](one);
      return { status: what === "pull" ? 202 : 200, body: {} };
    },
    /** What a test wants: `server`, no `program`, and of one model `name` with what is otherwise; `progress` moves its download on. */
    set({ server, name, progress, program, ...more }) {
      if (program !== undefined) without = program === null;
      if (server !== undefined) state = server;
      const one = find(name);
      if (one === undefined) return;
      Object.assign(one, more);
      if (more.in_use === true) use(one);
      if (progress === undefined) return;
      one.downloaded_bytes = Math.round(one.size_bytes * progress);
      if (progress >= 1) Object.assign(one, { state: "installed" });
      if (progress >= 1 && one.in_use) state = "ready";
      tell({ type: "model_progress", name, bytes: one.downloaded_bytes, total: one.size_bytes });
    },
  };
}
