// Worlds that a real daemon cannot be brought into on command. Everything is made from a number, so that two runs are alike.

const STATES = ["clean", "dirty", "settling", "running", "unpushed", "held", "failing", "opted_out", "unavailable", "needs_trust"];
const NAMES = [
  "api-gateway", "website", "notes", "lib-auth", "web-app", "billing", "dotfiles", "infra", "mobile", "docs", "design-tokens",
  "search-indexer", "mailer", "cli-tools", "data-pipeline", "thesis", "recipes", "home-automation", "game-of-life", "advent",
];
const SUBJECTS = [
  "fix(session): drop expired tokens", "Update meeting notes", "feat(cart): add coupon field", "docs: explain the retry budget",
  "refactor(db): one pool for readers", "test: cover the empty basket", "chore: bump the toolchain", "Add chapter on consensus",
  "fix: trim trailing whitespace in addresses", "feat(search): rank by recency", "style: calmer headings", "Rename Order to Purchase",
];
const OWN = { held: "held", failing: "authentication", needs_trust: "needs_trust", unavailable: "gone", opted_out: "opted_out", unpushed: "waits_for_host" };

/** The same numbers for the same seed. */
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const minutesAgo = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

export function repository(index, state = "clean", more = {}) {
  const round = Math.floor(index / NAMES.length);
  const name = `${NAMES[index % NAMES.length]}${round === 0 ? "" : `-${round + 1}`}`;
  const path = `/home/ada/${index % 3 === 0 ? "work" : "code"}/${name}`;
  const needs = {
    held: ["1 file is held back.", "Look at it with autocommit held."],
    failing: [`GitHub did not accept the credentials for ${name}.`, "Sign in again with your credential helper, or use an SSH key."],
    needs_trust: ["It brings programs of its own: hooks (pre-commit).", `Look with autocommit trust show ${path}.`],
    unavailable: ["The folder is not there any more.", "Connect the disk, or take the folder out of the settings."],
    opted_out: ["You switched it off.", null],
    unpushed: ["The remote cannot be reached.", null],
  }[state] ?? [null, null];
  return {
    id: `r${index}`,
    path,
    name,
    branch: index % 11 === 10 ? "feature/coupon-codes" : "main",
    remote: "origin",
    remote_url: `https://github.com/ada/${name}.git`,
    enabled: state !== "opted_out",
    push: true,
    state,
    reason: needs[0],
    since: state === "clean" ? null : minutesAgo(60 * 26),
    hint: needs[1],
    ahead: state === "unpushed" ? 3 : state === "failing" ? 2 : 0,
    dirty_files: ["dirty", "settling", "running", "held"].includes(state) ? (index % 4) + 1 : 0,
    packages: index % 2 === 0 ? [{ kind: "npm", name, path: "." }] : [{ kind: "cargo", name, path: "." }, { kind: "python", name: `${name}-tools`, path: "tools" }],
    last_commit_at: minutesAgo((index * 37) % 20_000),
    last_push_at: minutesAgo((index * 37) % 20_000),
    last_error: state === "failing" ? "remote: Invalid username or token.\nfatal: Authentication failed for 'https://github.com/ada/x.git/'" : null,
    code: OWN[state] ?? null,
    web_url: `https://github.com/ada/${name}`,
    ...more,
  };
}

export function entry(id, repo, minutes, more = {}) {
  const commit = id.toString(16).padStart(8, "a").repeat(5);
  const at = minutesAgo(minutes);
  return {
    id,
    repo_id: repo.id,
    repo: repo.path,
    branch: repo.branch,
    commit,
    subject: SUBJECTS[id % SUBJECTS.length],
    body: id % 3 === 0 ? "The old ones stayed in the table for ever, and the nightly\njob had to skip them one by one." : null,
    message_source: id % 9 === 5 ? "person" : id % 4 === 0 ? "rules" : "llm",
    message_reason: id % 9 === 5 ? null : id % 8 === 0 ? "The model's answer named a file that is not in the change." : id % 4 === 0 ? "Written by rules from the change itself." : "Written by qwen2.5-coder-1.5b-instruct in 2.4 s.",
    message_ms: id % 9 === 5 ? null : id % 4 === 0 ? 3 : 2_412,
    files_changed: (id % 7) + 1,
    insertions: (id * 13) % 140,
    deletions: (id * 7) % 60,
    started_at: at,
    committed_at: at,
    pushed_at: at,
    status: "pushed",
    stage: "push",
    error: null,
    hint: null,
    cycle_id: `c${id}`,
    web_url: `${repo.web_url}/commit/${commit}`,
    ...more,
  };
}

export function historyOf(repos, many) {
  if (repos.length === 0) return [];
  const roll = dice(7);
  let minutes = 1;
  return Array.from({ length: many }, (_, at) => {
    minutes += Math.floor(roll() ** 3 * 120);
    const more = at % 17 === 9 ? { status: "committed", pushed_at: null } : {};
    return entry(many - at, repos[Math.floor(roll() * repos.length)], minutes, more);
  });
}

function mixed(many) {
  return Array.from({ length: many }, (_, at) => repository(at, at % 13 < 8 ? "clean" : STATES[(at * 7) % STATES.length]));
}

const well = (many) => Array.from({ length: many }, (_, at) => repository(at));

function needs() {
  const repos = well(68);
  repos[0] = repository(0, "held", { dirty_files: 1, reason: "1 file is held: it looks like a private key." });
  repos[1] = repository(1, "failing", {
    code: "rejected",
    reason: "main only takes changes by pull request.",
    hint: "Push to another branch, or open a pull request with these commits.",
    last_error: "remote: error: GH006: Protected branch update failed for refs/heads/main.\n ! [remote rejected] main -> main (protected branch hook declined)",
  });
  repos[4] = repository(4, "needs_trust");
  repos[7] = repository(7, "failing");
  repos[9] = repository(9, "unavailable");
  repos[12] = repository(12, "settling");
  repos[15] = repository(15, "opted_out");
  return repos;
}

/** name -> what the engine would say. */
export const WORLDS = {
  well: () => ({ repos: well(68) }),
  needs: () => ({ repos: needs() }),
  few: () => ({ repos: well(3) }),
  empty: () => ({ repos: [], folders: ["/home/ada/code"] }),
  fresh: () => ({ repos: [], folders: [], enabled: false }),
  offline: () => ({
    repos: well(68).map((repo, at) => (at % 14 === 3 ? repository(at, "unpushed") : repo)),
    offline: true,
  }),
  paused: () => ({ repos: well(68), enabled: false, pausedUntil: new Date(Date.now() + 3_600_000).toISOString() }),
  battery: () => ({
    repos: well(68),
    power: {
      on_battery: true,
      metered: null,
      cycle_seconds: 600,
      push_seconds: 300,
      message: "On battery: looks every 10 minutes, pushes every 5 minutes.",
    },
  }),
  limit: () => ({
    repos: well(68),
    watch: {
      on: true,
      folders: 6_102,
      limit: 8_192,
      unwatched: [12, 17, 41].map((at) => ({ repo_id: repository(at).id, code: "limit", because: "the system allows no more watches" })),
      error: null,
      raise: "sudo sysctl fs.inotify.max_user_watches=524288",
      spared: 8_112,
      disagreed: 0,
    },
  }),
  off: () => ({ repos: well(68), enabled: false }),
  running: () => ({ repos: well(68).map((repo, at) => (at < 4 ? repository(at, "running") : repo)), running: 34 }),
  thousand: () => ({ repos: mixed(1_000) }),
  starting: () => ({ repos: [], folders: ["/home/ada/code"], starting: true }),
};

const summary = (world, finished) => ({
  id: finished ? "c-last" : "c-now",
  trigger: "interval",
  dry_run: false,
  started_at: minutesAgo(finished ? 2 : 0),
  finished_at: finished ? minutesAgo(1) : null,
  total: world.repos.length,
  committed: finished ? 4 : 2,
  pushed: finished ? 4 : 2,
  failed: 0,
  unchanged: finished ? Math.max(world.repos.length - 4, 0) : (world.running ?? 0),
  held: 0,
  skipped: 0,
  messages: finished ? { llm: 3, rules: 1, person: 0 } : { llm: 1, rules: 1, person: 0 },
});

export function statusOf(world) {
  const { repos } = world;
  const how = (...states) => repos.filter(({ state }) => states.includes(state)).length;
  const enabled = world.enabled ?? true;
  const busy = world.running !== undefined;
  return {
    enabled,
    state: !enabled ? "disabled" : world.starting ? "starting" : busy ? "running" : "idle",
    version: "0.1.0",
    uptime_seconds: 86_400,
    cycle_interval_seconds: 60,
    next_cycle_at: enabled ? new Date(Date.now() + 40_000).toISOString() : null,
    repos: {
      total: repos.length,
      enabled: repos.filter((repo) => repo.enabled).length,
      dirty: how("dirty", "settling", "running"),
      held: how("held"),
      needs_trust: how("needs_trust"),
      failing: how("failing", "unavailable"),
      unpushed: how("unpushed"),
      packages: repos.reduce((sum, repo) => sum + repo.packages.length, 0),
    },
    llm: {
      state: "ready",
      model: "qwen2.5-coder-1.5b-instruct",
      base_url: "http://127.0.0.1:8000",
      message: "The model is ready; a message takes about 2.4 s.",
      seconds_per_message: 2.4,
    },
    watch: world.watch ?? { on: true, folders: 1_204, limit: 192_536, unwatched: [], error: null, raise: null, spared: 8_112, disagreed: 0 },
    power: world.power ?? { on_battery: false, metered: null, cycle_seconds: 60, push_seconds: 0, message: null },
    current_cycle: busy ? summary(world, false) : null,
    last_cycle: repos.length === 0 ? null : summary(world, true),
    warnings: world.warnings ?? [],
    paused_until: world.pausedUntil ?? null,
    commits_by_hour: repos.length === 0 ? Array(24).fill(0) : [0, 0, 0, 0, 0, 0, 0, 1, 4, 7, 5, 2, 0, 3, 8, 6, 9, 4, 2, 0, 1, 5, 3, 4],
    offline: world.offline ?? false,
  };
}

export function heldOf(world) {
  const files = [
    {
      path: "deploy/id_ed25519",
      rule: "secret",
      sentence: "It looks like it holds a private key.",
      hint: "Take it out, ignore it, or approve it if it is no secret.",
      approvable: true,
    },
    {
      path: "backup/dump.sql",
      rule: "file_too_large",
      sentence: "It is 312 MiB; the remote would refuse it.",
      hint: "Ignore it, or keep it with Git LFS.",
      approvable: true,
    },
  ];
  return {
    repos: world.repos
      .filter(({ state }) => state === "held")
      .map(({ id, path, name }) => ({ id, path, name, reason: null, hint: null, files: files.slice(0, id === "r0" ? 2 : 1), count: id === "r0" ? 2 : 1 })),
  };
}
