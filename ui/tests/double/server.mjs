// A double of the daemon's API for states that a real one cannot be brought into on command. It serves ui/dist under the same
// Content Security Policy. `node server.mjs PORT [WORLD]`; `POST /double {"world": …}` changes the world, `{"event": …}` tells
// an event, `{"gone": ms}` answers nobody for so long, `{"signed_out": true}` refuses everybody; `{"settings": …}` changes them;
// `{"model": …}` and `{"message": …}` change how the managed model does and what a message asked for is; `{"reword": "…"}`
// refuses to change one.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { change, settings } from "./settings.mjs";
import { modelOf } from "./model.mjs";
import { activityOf, diffOf, messageOf, surveyOf } from "./replies.mjs";
import { WORLDS, heldOf, historyOf, statusOf } from "./world.mjs";

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };

/** Starts one; resolves to its address, what it was asked, and how to end it. */
export function start(port = 0, name = "well") {
  let world = WORLDS[name]();
  let entries = historyOf(world.repos, 240);
  let known = settings(world.folders ?? ["/home/ada/code", "/home/ada/work"]);
  let seq = 100;
  let goneUntil = 0;
  let signedOut = false;
  let model = modelOf(tell, valueOf);
  let message = {};
  let refused = null;
  const streams = new Set();
  const asked = [];

  function enter(next) {
    world = WORLDS[next]();
    entries = historyOf(world.repos, next === "fresh" || next === "empty" ? 0 : 240);
    known = settings(world.folders ?? ["/home/ada/code", "/home/ada/work"]);
    signedOut = false;
    goneUntil = 0;
    model = modelOf(tell, valueOf);
    message = {};
    refused = null;
    tell({ type: "settings_reloaded" });
  }

  function tell(event) {
    seq += 1;
    const record = { seq, at: new Date().toISOString(), ...event };
    for (const stream of streams) stream.write(`id: ${seq}\nevent: ${event.type}\ndata: ${JSON.stringify(record)}\n\n`);
  }

  function control(body) {
    if (body.world) enter(body.world);
    if (body.repo) Object.assign(world.repos.find(({ id }) => id === body.repo.id), body.repo);
    if (body.power) world.power = body.power;
    if (body.event) tell(body.event);
    if (body.entry) Object.assign(entries.find(({ id }) => id === body.entry.id), body.entry);
    if (body.model) model.set(body.model);
    if (body.settings) patchSettings({ changes: body.settings });
    if (body.message) message = body.message;
    if (body.reword !== undefined) refused = body.reword;
    if (body.signed_out !== undefined) signedOut = body.signed_out;
    if (body.gone) {
      goneUntil = Date.now() + body.gone;
      for (const stream of streams) stream.destroy();
      streams.clear();
    }
    return { streams: streams.size, asked };
  }

  const no = (status, code, message, hint) => ({ status, body: { error: { code, message, hint } } });

  function update(id, changes) {
    const repo = world.repos.find((each) => each.id === id);
    if (repo === undefined) return no(404, "unknown_repo", "There is no such repository.", "Take the id from /repos.");
    Object.assign(repo, changes);
    if (changes.enabled === false) Object.assign(repo, { state: "opted_out", reason: "You switched it off." });
    if (changes.enabled === true) Object.assign(repo, { state: "clean", reason: null });
    tell({ type: "rules_changed", repo_id: id, enabled: repo.enabled });
    return { body: repo };
  }

  function turn(enabled, pausedUntil = null) {
    world.enabled = enabled;
    world.pausedUntil = pausedUntil;
    tell({ type: enabled ? "enabled" : "disabled" });
    return { body: statusOf(world) };
  }

  function reword(id, { subject, body }) {
    const entry = entries.find((each) => each.id === id);
    if (entry === undefined) return no(404, "unknown_entry", "There is no such entry.", "Take the id from /history.");
    if (refused !== null) return no(409, "not_now", refused, "");
    Object.assign(entry, { subject, body: body === "" ? null : body, message_source: "person", message_reason: null, message_ms: null });
    return { body: entry };
  }

  /** A message that is looked at, as late as the test wants it. */
  async function draft(id, by) {
    if (message.after) await new Promise((wake) => setTimeout(wake, message.after));
    if (message.problem) return no(409, "nothing_to_commit", message.problem, "");
    return { body: messageOf(by, message) };
  }

  function trigger({ repos: named, message: text, hint }) {
    if (text !== undefined && /AKIA[0-9A-Z]{16}/.test(text)) {
      return no(422, "message_refused", "The message looks like it holds an AWS access key.", "Change the message and try again.");
    }
    const repo = world.repos.find(({ id }) => id === named?.[0]);
    const quiet = { id: "c-told", trigger: "manual", dry_run: false, started_at: new Date().toISOString(), finished_at: null };
    const counts = { total: world.repos.length, committed: 0, pushed: 0, failed: 0, unchanged: 0, held: 0, skipped: 0 };
    tell({ type: "cycle_started", cycle: { ...quiet, ...counts } });
    if (repo !== undefined && (text !== undefined || hint !== undefined)) {
      const subject = text?.split("\n")[0] ?? "fix(session): drop expired tokens";
      Object.assign(repo, { state: "clean", dirty_files: 0 });
      const run = { repo_id: repo.id, path: repo.path, name: repo.name, branch: repo.branch, status: "pushed", reason: null, hint: null };
      setTimeout(() => tell({ type: "run_finished", cycle_id: quiet.id, state: "clean", run: { ...run, commit: "a".repeat(40), subject, message_source: "person", held: [], push: null, error: null } }), 200);
    }
    setTimeout(() => tell({ type: "cycle_finished", cycle: { ...quiet, ...counts, finished_at: new Date().toISOString() } }), 400);
    return { status: 202, body: { cycle_id: quiet.id } };
  }

  function history(query) {
    const limit = Math.min(Number(query.get("limit") ?? 50), 500);
    const before = Number(query.get("before") ?? Infinity);
    const words = (query.get("q") ?? "").toLowerCase();
    const fits = entries.filter(
      (each) =>
        each.id < before &&
        (!query.get("repo") || [each.repo_id, each.repo].includes(query.get("repo"))) &&
        (!query.get("status") || each.status === query.get("status")) &&
        (!query.get("source") || each.message_source === query.get("source")) &&
        `${each.subject} ${each.repo} ${each.commit}`.toLowerCase().includes(words),
    );
    const page = fits.slice(0, limit);
    return { body: { entries: page, next: fits.length > limit ? page.at(-1).id : null } };
  }

  function valueOf(key) {
    return known.groups.flatMap((group) => group.settings).find((each) => each.key === key)?.value;
  }

  function patchSettings({ changes, check_only: checkOnly }) {
    const reply = change(known, changes);
    if (reply.problems.length > 0) {
      const { message } = reply.problems[0];
      return { status: 422, body: { error: { code: "wrong_settings", message, hint: "Correct the value.", problems: reply.problems } } };
    }
    if (checkOnly) return { body: reply };
    known = reply;
    model.settle();
    tell({ type: "settings_reloaded" });
    return { body: known };
  }

  async function survey({ folders }) {
    const reply = surveyOf(folders);
    for (const [at, { path }] of reply.repos.entries()) {
      if (at % 4 === 0) tell({ type: "survey_progress", done: at + 1, total: reply.repos.length, path });
      await new Promise((wake) => setTimeout(wake, 25));
    }
    return { body: reply };
  }

  async function answer(verb, path, query, body) {
    const [, top, id, more] = path.split("/");
    switch (`${verb} ${path}`) {
      case "GET /status": return { body: statusOf(world) };
      case "GET /repos": return { body: { repos: world.repos } };
      case "GET /held": return { body: heldOf(world) };
      case "GET /history": return history(query);
      case "GET /settings": return { body: known };
      case "PATCH /settings": return patchSettings(body);
      case "GET /folders": return { body: { suggestions: [{ path: "/home/ada/code", repos: 42 }, { path: "/home/ada/work", repos: 26 }, { path: "/home/ada/Documents/thesis", repos: 1 }] } };
      case "GET /activity": return { body: activityOf(world.repos, Number(query.get("days") ?? 371)) };
      case "POST /survey": return survey(body);
      case "POST /trigger": return trigger(body);
      case "GET /model": return { body: model.reply() };
      case "GET /model/logs": return { body: { lines: model.lines() } };
      case "POST /enable": return turn(true);
      case "POST /disable": return turn(false);
      case "POST /pause": return turn(false, new Date(Date.now() + body.seconds * 1000).toISOString());
      case "GET /model/key": return { body: { source: "keyring", server: "127.0.0.1:8000", message: "The API key for 127.0.0.1:8000 is in the system keyring." } };
      case "POST /llm/test": return { body: { ok: true, models: ["qwen2.5-1.5b-instruct", "llama-3.2-3b"], elapsed_ms: 412, message: "It answered, and it has the model." } };
    }
    if (top === "model" && verb === "POST") return model.do(id, body.name) ?? no(404, "not_found", "There is no such model.", "");
    if (top === "repos" && more === "message") return draft(id, query.get("by") ?? "auto");
    if (top === "history" && more === "reword") return reword(Number(id), body);
    if (top === "repos" && id && verb === "PATCH") return update(id, body);
    if (top === "repos" && id && verb === "GET") {
      const repo = world.repos.find((each) => each.id === id);
      if (repo) return { body: { ...repo, recent: entries.filter((each) => each.repo_id === id).slice(0, 5) } };
      return no(404, "unknown_repo", "There is no such repository.", "Take the id from /repos.");
    }
    if (top === "history" && more === "diff") return { body: diffOf(entries.find((each) => each.id === Number(id))) };
    return no(404, "not_found", "There is nothing here.", "Look at /openapi.json for what there is.");
  }

  async function file(path, reply) {
    const name = path === "/" ? "index.html" : normalize(path).slice(1);
    try {
      const bytes = await readFile(join(DIST, name));
      reply.writeHead(200, { "Content-Type": TYPES[extname(name)] ?? "application/octet-stream", "Content-Security-Policy": POLICY });
      reply.end(bytes);
      return true;
    } catch {
      return false;
    }
  }

  const server = createServer(async (request, reply) => {
    const { pathname, searchParams } = new URL(request.url, "http://double");
    let text = "";
    for await (const piece of request) text += piece;
    const body = text === "" ? {} : JSON.parse(text);
    const send = ({ status = 200, body: out }) => {
      reply.writeHead(status, { "Content-Type": "application/json" });
      reply.end(JSON.stringify(out));
    };
    if (pathname === "/double") return send({ body: control(body) });
    if (request.method === "GET" && (pathname === "/" || extname(pathname) !== "") && (await file(pathname, reply))) return;
    if (Date.now() < goneUntil) return request.socket.destroy();
    if (signedOut) return send(no(401, "unauthorized", "The token is missing or wrong.", "Sign in."));
    asked.push({ verb: request.method, path: pathname, body });
    if (pathname === "/events") {
      reply.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
      reply.write(": autocommit\n\n");
      streams.add(reply);
      request.socket.on("close", () => streams.delete(reply));
      return;
    }
    send(await answer(request.method, pathname, searchParams, body));
  });

  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => {
      const url = `http://127.0.0.1:${server.address().port}`;
      const stop = () => {
        for (const stream of streams) stream.destroy();
        server.closeAllConnections();
        return new Promise((closed) => server.close(closed));
      };
      resolve({ url, asked, enter, tell, control, stop });
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await start(Number(process.argv[2] ?? 0), process.argv[3] ?? "well");
  console.log(url);
}
