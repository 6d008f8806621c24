// Replies that are made anew each time: what a survey finds, what a year looked like, what a commit changed.
import { dice, repository } from "./world.mjs";

export function surveyOf(folders) {
  const subjects = ["feat(cart): add coupon field", "docs: explain the retry budget", "fix(session): drop expired tokens"];
  const found = folders.flatMap((folder, nth) =>
    Array.from({ length: nth === 0 ? 12 : 4 }, (_, at) => {
      const { id, name, branch, remote, remote_url, packages } = repository(at + nth * 12);
      return {
        id,
        path: `${folder}/${name}`,
        name,
        branch,
        remote,
        remote_url,
        packages,
        dirty_files: at % 4 === 1 ? (at % 5) + 1 : 0,
        subject: at % 4 === 1 ? subjects[at % 3] : null,
        message_source: at % 4 === 1 ? "rules" : null,
        held: at === 5 ? [{ path: "deploy/id_ed25519", rule: "secret", sentence: "It holds what looks like a password, a token or a key.", hint: "Take it out, or ignore it.", approvable: true }] : [],
        needs_trust: at === 7 ? "It brings programs of its own: hooks (pre-commit)." : null,
        reason: at === 9 ? "A rebase is under way. Autocommit waits until you finish it." : null,
        hint: null,
      };
    }),
  );
  return {
    repos: found,
    folders: folders.map((path, nth) => ({ path, repos: nth === 0 ? 12 : 4, problem: null })),
  };
}

export function activityOf(repos, many) {
  const roll = dice(3);
  const today = Date.now();
  const days = Array.from({ length: many }, (_, at) => {
    const day = new Date(today - (many - 1 - at) * 86_400_000);
    const weekend = [0, 6].includes(day.getDay());
    const commits = repos.length === 0 ? 0 : Math.floor(roll() ** 2 * (weekend ? 5 : 24));
    return {
      date: day.toISOString().slice(0, 10),
      commits,
      insertions: commits * 21,
      deletions: commits * 8,
      pushed: commits,
      p50_ms: commits === 0 ? null : 900 + Math.floor(roll() * 900),
      p95_ms: commits === 0 ? null : 2_400 + Math.floor(roll() * 4_000),
    };
  });
  const total = days.reduce((sum, day) => sum + day.commits, 0);
  return {
    days,
    repos: repos.slice(0, 12).map(({ id, path, name }, at) => ({
      repo_id: id,
      repo: path,
      name,
      commits: Math.floor(total / (at + 3)),
      insertions: Math.floor(total / (at + 3)) * 21,
      deletions: Math.floor(total / (at + 3)) * 8,
    })),
    hours: Array.from({ length: 7 }, (_, day) =>
      Array.from({ length: 24 }, (_, hour) => (repos.length === 0 || hour < 7 || day > 4 ? 0 : Math.floor(roll() * 30))),
    ),
    total_commits: total,
    first_day: total === 0 ? null : (days.find((day) => day.commits > 0)?.date ?? null),
  };
}

/** A file of so many lines in which every fifth changed. */
function longFile(lines) {
  const rows = Array.from({ length: lines }, (_, at) => {
    const text = `    let value_${at} = compute(&table[${at}], "row ${at}")?; // step ${at}`;
    return at % 5 === 2 ? [`-${text}`, `+${text.replace("compute", "compute_checked")}`] : [` ${text}`];
  });
  const patch = [`@@ -1,${lines} +1,${lines} @@ impl Table {`, ...rows.flat(), ""].join("\n");
  const changed = Math.ceil((lines - 2) / 5);
  return { path: "crates/table/src/rows.rs", old_path: null, status: "modified", insertions: changed, deletions: changed, binary: false, patch, truncated: false };
}

const PROMPT = `Write the subject of a commit message for this change.

Files:
M src/session.ts +4 -1 (source, TypeScript)
  changed: session()
R docs/session.md -> docs/sessions.md

Earlier subjects here:
fix(mailer): retry once after a timeout`;

/** The message that would be used. @param more what a test wants otherwise */
export function messageOf(by, { after: _, ...more } = {}) {
  const rules = { subject: "fix(session): update session()", body: "" };
  const words = { subject: "fix(session): drop expired tokens", body: "A token that is past its time is taken out of the store\ninstead of being handed out once more." };
  const model = { ...words, message_source: "llm", reason: "Written by qwen2.5-coder-1.5b-instruct in 2.4 s.", elapsed_ms: 2_412, prompt: PROMPT, rules };
  const plain = { ...rules, message_source: "rules", reason: "Written by rules from the change itself.", elapsed_ms: 6, prompt: null, rules };
  return { ...(by === "rules" ? plain : model), ...more };
}

export function diffOf(entry) {
  const lines = ["@@ -12,7 +12,9 @@ export function session(store: Store) {", "   const token = read(store);", "-  if (token.expires < now()) return token;", "+  if (token.expires < now()) {", "+    store.drop(token.id);", "+    return null;", "+  }", "   return token;", " }", ""];
  return {
    entry_id: entry.id,
    commit: entry.commit,
    truncated: false,
    problem: null,
    files: [
      { path: "src/session.ts", old_path: null, status: "modified", insertions: 4, deletions: 1, binary: false, patch: lines.join("\n"), truncated: false },
      { path: "docs/sessions.md", old_path: "docs/session.md", status: "renamed", insertions: 0, deletions: 0, binary: false, patch: "", truncated: false },
      ...(entry.id % 5 === 0 ? [longFile(1_500)] : []),
      { path: "icons/session.png", old_path: null, status: "added", insertions: 0, deletions: 0, binary: true, patch: "", truncated: false },
    ],
  };
}
