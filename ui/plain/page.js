"use strict";
// Everything that comes from repositories is attacker text: it only ever becomes text nodes.

const byId = (id) => document.getElementById(id);
let token = "";
let enabled = true;
let stop = null;

const MARKS = { clean: "✓", running: "●", dirty: "●", settling: "●", unpushed: "◌", opted_out: "◌" };
const count = (n, noun) => `${n} ${n === 1 ? noun : noun.endsWith("ry") ? `${noun.slice(0, -2)}ries` : `${noun}s`}`;

async function ask(path, method = "GET") {
  const reply = await fetch(path, { method, headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
  const body = await reply.json();
  if (!reply.ok) throw Object.assign(new Error(`${body.error.message} ${body.error.hint}`), { status: reply.status });
  return body;
}

function headline(status) {
  const { repos } = status;
  if (!status.enabled) return "Autocommit is switched off.";
  if (status.state === "starting") return "Looking for repositories.";
  if (repos.total === 0) return "No repositories yet.";
  const attention = repos.held + repos.needs_trust + repos.failing;
  if (attention > 0) return `${count(attention, "repository")} ${attention === 1 ? "needs" : "need"} you.`;
  if (repos.unpushed > 0) return `${count(repos.unpushed, "repository")} ${repos.unpushed === 1 ? "waits" : "wait"} for the remote.`;
  return `${count(repos.total, "repository")}, nothing to do.`;
}

function open(repo) {
  const parts = [];
  if (repo.dirty_files > 0) parts.push(`${count(repo.dirty_files, "file")} changed`);
  if (repo.ahead > 0) parts.push(`${count(repo.ahead, "commit")} to push`);
  return parts.join(", ") || "nothing";
}

function cell(text, note, className) {
  const td = document.createElement("td");
  td.textContent = text;
  if (className) td.className = className;
  if (note) td.appendChild(document.createElement("small")).textContent = note;
  return td;
}

function row(repo) {
  const tr = document.createElement("tr");
  const needs = ["held", "failing", "unavailable", "needs_trust"].includes(repo.state);
  tr.append(
    cell(`${MARKS[repo.state] ?? "▲"} ${repo.state.replace("_", " ")}`, "", needs ? "needs" : ""),
    cell(repo.name, repo.path),
    cell(repo.branch ?? "–", repo.remote_url ?? "no remote"),
    cell(open(repo), [repo.reason, repo.hint, needs && repo.since && `Since ${new Date(repo.since).toLocaleString()}.`].filter(Boolean).join(" ")),
  );
  return tr;
}

async function refresh() {
  const [status, { repos }] = await Promise.all([ask("/status"), ask("/repos")]);
  enabled = status.enabled;
  byId("headline").textContent = headline(status);
  byId("detail").textContent = `Version ${status.version}, ${count(status.repos.total, "repository")}, ${count(status.repos.packages, "package")}.`;
  byId("switch").textContent = enabled ? "Switch off" : "Switch on";
  byId("warnings").replaceChildren(...status.warnings.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
  byId("repos").replaceChildren(...repos.map(row));
}

/** Reads the event stream only to know when to look again; reconnects until the token is refused. */
async function watch(signal) {
  while (!signal.aborted) {
    try {
      const reply = await fetch("/events", { headers: { Authorization: `Bearer ${token}` }, signal });
      if (reply.status === 401) return;
      const reader = reply.body.getReader();
      for (;;) {
        const { done } = await reader.read();
        if (done) break;
        await refresh();
        await new Promise((wake) => setTimeout(wake, 500));
      }
    } catch (error) {
      if (!signal.aborted) byId("problem").textContent = "Autocommit does not answer. Trying again.";
    }
    await new Promise((wake) => setTimeout(wake, 3000));
    if (!signal.aborted) attempt(refresh);
  }
}

async function attempt(action) {
  try {
    await action();
    byId("problem").textContent = "";
    return true;
  } catch (error) {
    byId("problem").textContent = error.status ? error.message : "Autocommit does not answer.";
    return false;
  }
}

byId("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  token = byId("token").value.trim();
  if (!(await attempt(refresh))) return;
  byId("token").value = "";
  byId("sign-in").hidden = true;
  byId("overview").hidden = false;
  stop?.abort();
  stop = new AbortController();
  watch(stop.signal);
});
byId("trigger").addEventListener("click", () => attempt(() => ask("/trigger", "POST")));
byId("switch").addEventListener("click", () => attempt(async () => {
  await ask(enabled ? "/disable" : "/enable", "POST");
  await refresh();
}));
