// Pages of others in a real browser that is signed in: whatever they send, they get no data and change nothing.
import type { Page } from "@playwright/test";
import { join } from "node:path";
import type { World } from "./world/daemon";
import { Careless, Elsewhere, PAGE, SECRET, attack } from "./world/foreign";
import { LAUNCH } from "./world/launch";
import { expect, signIn, test } from "./world/test";

test.use({
  launchOptions: {
    ...LAUNCH,
    args: [
      ...LAUNCH.args,
      // A name of somebody else's that leads to this machine, as it does once it has been bound anew.
      "--host-resolver-rules=MAP evil.test 127.0.0.1",
      // Newer browsers refuse some of this by themselves. Not all do, and here it is to be refused by the daemon.
      "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights",
    ],
  },
});

/** The pages that somebody else may have open: by another name, at another port of this machine, and by a name bound anew. */
function origins(elsewhere: Elsewhere, port: number): { name: string; page: string; targets: string[] }[] {
  const ours = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
  return [
    { name: "another name", page: `http://evil.test:${elsewhere.port}/page`, targets: ours },
    { name: "another port", page: `http://127.0.0.1:${elsewhere.port}/page`, targets: ours },
    { name: "bound anew", page: `http://evil.test:${port}/page`, targets: [`http://evil.test:${port}`] },
  ];
}

/** Opens somebody's page. One of a name that was bound anew was fetched before that, from a server of theirs. */
async function open(page: Page, address: string): Promise<void> {
  await page.route(address, (route) => route.fulfill({ contentType: "text/html", body: PAGE }));
  await page.goto(address);
  await page.unroute(address);
}

/** What a request could change, by git and by what the program itself says. */
function state(world: World, repo: string, bare: string): unknown {
  const status = JSON.parse(world.autocommit("status", "--json")) as Record<string, unknown> & { last_cycle: { id: string } };
  return {
    enabled: status["enabled"],
    paused: status["paused_until"],
    cycle: status.last_cycle.id,
    running: status["current_cycle"],
    history: world.autocommit("history", "--json"),
    settings: world.autocommit("config", "show", "--json"),
    commits: [world.commits(repo), world.commits(bare)],
    left: world.git(repo, "status", "--porcelain"),
  };
}

test("a page of somebody else gets nothing and changes nothing, whoever is signed in", async ({ page, world, context }) => {
  const { repo, bare } = world.repo("notes");
  // So that nothing is committed but by being asked for.
  await world.run({ quiet_seconds: 3600 });
  await signIn(page, world);
  await expect.poll(() => (JSON.parse(world.autocommit("status", "--json")) as { last_cycle: unknown }).last_cycle).toBeTruthy();
  world.write(join(repo, "today.md"), "bought milk\n");
  const before = state(world, repo, bare);
  expect(before).toMatchObject({ enabled: true, commits: [1, 1], left: "?? today.md" });
  const elsewhere = await Elsewhere.start();
  try {
    for (const { name, page: address, targets } of origins(elsewhere, Number(new URL(world.url).port))) {
      const theirs = await context.newPage();
      await open(theirs, address);
      for (const target of targets) {
        const got = await theirs.evaluate(attack, target);
        // By a name that was bound anew the browser takes them for one another: the refusal is read, and nothing else.
        const refusals = name === "bound anew" ? /"code":"forbidden_host"/ : /^$/;
        expect(got.filter((line) => !refusals.test(line)), `${name}, asking ${target}`).toEqual([]);
      }
      await theirs.close();
      expect(state(world, repo, bare), name).toEqual(before);
    }
  } finally {
    elsewhere.stop();
  }
  // The same browser on our own page: it is let in, and what it asks for is done.
  const ask = (method: string, path: string) =>
    page.evaluate(async ([verb, at]) => {
      const reply = await fetch(at ?? "", { method: verb ?? "" });
      return `${reply.status} ${await reply.text()}`;
    }, [method, path]);
  expect(await ask("GET", "/repos")).toContain(repo);
  expect(await ask("POST", "/trigger")).toContain("202");
  await expect.poll(() => world.commits(bare), { timeout: 15_000 }).toBe(2);
  expect(await ask("POST", "/disable")).toContain('"enabled":false');
  expect(state(world, repo, bare)).toMatchObject({ enabled: false });
});

test("the same pages have their way with a server that looks at nothing", async ({ page }) => {
  const elsewhere = await Elsewhere.start();
  const careless = await Careless.start();
  try {
    const read = new Map<string, string[]>();
    for (const { name, page: address, targets } of origins(elsewhere, careless.port)) {
      careless.seen.length = 0;
      await open(page, address);
      read.set(name, await page.evaluate(attack, targets[0] ?? ""));
      for (const arrived of [
        "POST /disable iframe text/plain",
        "POST /disable iframe application/x-www-form-urlencoded",
        "POST /trigger iframe multipart/form-data",
        "POST /trigger empty text/plain",
        "GET /status image",
        "GET /status script",
        "GET /repos iframe",
        "GET /events empty",
        "GET /events socket",
        "GET /disable image",
      ]) {
        // What something is for is said to addresses alone that nobody can listen in on.
        const [verb, path, purpose, kind] = arrived.split(" ");
        const said = name === "bound anew" && purpose !== "socket" ? "undefined" : purpose;
        expect(careless.seen, `${name}: ${arrived}`).toContain([verb, path, said, kind].join(" ").trim());
      }
      expect(read.get(name)?.join("\n"), name).toContain(`of nobody: socket: ${SECRET}`);
    }
    expect(read.get("another name")?.join("\n")).toContain(`socket: ${SECRET}`);
    const all = read.get("bound anew")?.join("\n");
    for (const what of ["fetch cors /status", "frame /repos", "events", "socket", "post cors /disable"]) {
      expect(all, what).toMatch(new RegExp(`${what}: .*${SECRET}`));
    }
  } finally {
    elsewhere.stop();
    careless.stop();
  }
});
