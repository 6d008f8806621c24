// A few settings of every kind, as `GET /settings` would tell them.

const setting = (key, name, explanation, kind, value, more = {}) => ({
  key,
  name,
  explanation,
  kind,
  choices: [],
  unit: null,
  default: value,
  value,
  layer: "default",
  place: null,
  optional: value === null,
  settable: true,
  restart: false,
  ...more,
});

export function settings(folders) {
  return {
    file: "/home/ada/.config/autocommit/config.toml",
    exists: true,
    problems: [],
    groups: [
      {
        id: "folders",
        title: "Folders",
        settings: [
          setting("repos_base_paths", "Folders", "Folders searched for repositories. While it is empty, nothing is touched.", "list", folders, {
            default: [],
            layer: "file",
            place: "config.toml:3",
          }),
          setting("recursive_depth", "Depth", "How many folders deep below a base path a repository may be.", "integer", 4),
          setting("exclude_patterns", "Left out", "Folder names or globs that are never entered while searching.", "list", ["node_modules", ".venv", "dist", "build", "target", ".cache"]),
        ],
      },
      {
        id: "timing",
        title: "Timing",
        settings: [
          setting("cycle_interval_seconds", "Time between cycles", "From the end of one cycle to the start of the next.", "integer", 60, { unit: "seconds" }),
          setting("watch", "Watch files", "React to file events instead of waiting for the next cycle.", "bool", true),
          setting("power.on_battery", "On battery", "What changes on battery: `stretch` looks at most every 10 minutes and pushes every 5, `pause` does neither by itself until the machine is plugged in, `same` changes nothing. What is told to change is committed all the same.", "choice", "stretch", { choices: ["stretch", "same", "pause"] }),
          setting("quiet_seconds", "Stillness", "How long a change must rest before it is committed.", "number", 3, { unit: "seconds", value: 5, layer: "environment", place: "AUTOCOMMIT_QUIET_SECONDS" }),
          setting("max_wait_seconds", "Longest wait", "The longest time that constant writing can delay a commit; never less than `quiet_seconds`.", "number", 60, { unit: "seconds" }),
        ],
      },
      {
        id: "messages",
        title: "Messages and model",
        settings: [
          setting("messages", "Wishes by folder", "How messages are written below a path: instructions and examples for the language model, or rules only. Of several, the longest path counts.", "blocks", [
            { path: "~/work", instructions: "Name the customer where the change is for one.", examples: ["Let Contoso pay by invoice"] },
            { path: "~/work/secret-plans", rules_only: true },
          ], { default: [], layer: "file", place: "config.toml:12" }),
          setting("llm.enabled", "Ask a model", "Ask a language model for messages. Otherwise rules write them.", "bool", true),
          setting("llm.managed", "Run a model on this machine", "Run `llama-server` with a downloaded model whenever no other server answers at `base_url`.", "bool", false),
          setting("llm.managed_model", "Model to run", "The model to run.", "text", "qwen2.5-coder-1.5b-instruct"),
          setting("llm.base_url", "Server", "Address of a server that speaks the OpenAI API.", "text", "http://127.0.0.1:8000"),
          setting("llm.llama_model_id", "Model", "The model to ask for.", "text", "qwen2.5-1.5b-instruct"),
          setting("llm.allow_host", "Another host", "The one host other than this machine that may receive changes for a message.", "text", null, { settable: false }),
          setting("llm.timeout_seconds", "Patience", "The longest wait for a message; afterwards the rules write it.", "number", 20, { unit: "seconds" }),
        ],
      },
      {
        id: "guards",
        title: "Guards",
        settings: [
          setting("guards.secrets", "Secrets", "What happens to files that look like secrets.", "choice", "hold", { choices: ["hold", "warn"] }),
          setting("guards.max_file_mib", "Large files", "Larger files are held.", "integer", 50, { unit: "MiB" }),
        ],
      },
      {
        id: "push",
        title: "Push",
        settings: [
          setting("push", "Push", "Push after committing. Off: commit only.", "bool", true),
          setting("git_remote", "Remote", "The remote to push to when the branch has no upstream.", "text", "origin"),
          setting("git_branch", "Only this branch", "Repositories on another branch are skipped and say so.", "text", null),
        ],
      },
      {
        id: "notifications",
        title: "Notifications",
        settings: [
          setting("notifications.push_failure", "Failed pushes", "Tell when a push failed for good.", "bool", true),
          setting("notifications.held", "Held changes", "Tell when a change is held.", "bool", true),
        ],
      },
      { id: "startup", title: "Start-up", settings: [setting("dry_run", "Dry run", "Do everything but write.", "bool", false)] },
      {
        id: "api",
        title: "API",
        settings: [
          setting("http.enabled", "Serve the API", "Programs on this machine can ask and tell Autocommit.", "bool", true, { restart: true }),
          setting("http.port", "Port", "TCP port of the API.", "integer", 8200, { restart: true }),
        ],
      },
    ],
  };
}

/** The reply to a change: the settings with it, or what is wrong with it. */
export function change(now, changes) {
  const reply = structuredClone(now);
  for (const [key, value] of Object.entries(changes)) {
    const found = reply.groups.flatMap((group) => group.settings).find((each) => each.key === key);
    if (found === undefined) reply.problems.push({ key, message: "There is no such setting." });
    else if (found.kind === "integer" && value !== null && !(Number.isInteger(value) && value >= 1)) {
      reply.problems.push({ key, message: "It must be at least 1." });
    } else if (found.kind === "blocks" && value?.some(({ path }) => !/^[/~]/.test(path))) {
      reply.problems.push({ key, message: "`messages` needs a `path` that begins with / or ~ in each block." });
    } else {
      found.value = value ?? found.default;
      found.layer = value === null ? "default" : "file";
      found.place = value === null ? null : "config.toml:7";
    }
  }
  return reply;
}
