// Whatever others can write (names, branches, messages, words of remotes) is text in the page, whatever it looks like.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { BRANCHES, NAMES, TEXTS } from "./world/hostile";
import { expect, go, shown, signIn, test } from "./world/test";

/** Listens, before anything of the page runs, for what its policy forbids. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const broken: string[] = [];
    Object.assign(window, { broken });
    document.addEventListener("securitypolicyviolation", (event) => broken.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
}

/** What the page has become: nothing of others is an element, a script, a title or a request, and nothing turns its lines. */
async function assertHarmless(page: Page, hash: string): Promise<void> {
  const found = await page.evaluate(() => {
    const strange = [...document.querySelectorAll("img:not([src='/icon.svg']), script:not([src]), iframe, object, embed, base, form[action], [onerror], [onload]")];
    const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth;
    const root = getComputedStyle(document.documentElement).direction + getComputedStyle(document.body).direction;
    const links = [...document.querySelectorAll("a[href]")].map((a) => (a as HTMLAnchorElement).href).filter((href) => !/^https?:/.test(href));
    // A direction that others set may reach no further than the element that holds their words.
    const turned: string[] = [];
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = words.nextNode(); node !== null; node = words.nextNode()) {
      if (!/[\u202A-\u202E\u2066-\u2069]/.test(node.textContent ?? "")) continue;
      let holder = node.parentElement;
      while (holder !== null && !/isolate|plaintext/.test(getComputedStyle(holder).unicodeBidi)) holder = holder.parentElement;
      if (holder === null) turned.push(node.textContent ?? "");
    }
    const broken = (window as unknown as { broken: string[] }).broken;
    return { strange: strange.map((element) => element.outerHTML.slice(0, 200)), wide, root, links, turned, broken };
  });
  expect(found, hash).toEqual({ strange: [], wide: false, root: "ltrltr", links: [], turned: [], broken: [] });
  expect(await page.title(), hash).toContain("Autocommit");
  expect(await page.title(), hash).not.toContain("broken");
}

test("whatever others write is text in every view", async ({ page, world, complaints }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  // A repository for each text: named, branched and pushed to by others, with work, and a remote that says it and refuses.
  const repos = TEXTS.map((text, n) => {
    const made = world.repo(`r${n}`);
    const name = NAMES[n];
    const repo = name === undefined ? made.repo : join(world.code, name);
    if (repo !== made.repo) renameSync(made.repo, repo);
    const branch = BRANCHES[n % BRANCHES.length] ?? "main";
    world.git(repo, "checkout", "--quiet", "-b", branch);
    const said = join(world.root, `said${n}`);
    writeFileSync(said, text);
    world.git(repo, "commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--file", said);
    world.git(repo, "push", "--quiet", "--set-upstream", "origin", branch);
    mkdirSync(join(made.bare, "hooks"), { recursive: true });
    writeFileSync(join(made.bare, "hooks", "pre-receive"), `#!/bin/sh\ncat '${said}' >&2\nexit 1\n`, { mode: 0o755 });
    world.write(join(repo, NAMES[(n + 1) % NAMES.length] ?? "x"), `${text}\n`);
    return { repo, branch };
  });
  await world.run();
  world.autocommit("trust", "allow", "--", ...repos.map(({ repo }) => repo));
  await watch(page);
  await signIn(page, world);
  world.autocommit("trigger");
  const commits = (repo: string) => Number(world.git(repo, "rev-list", "--count", "HEAD"));
  for (const { repo } of repos) await expect.poll(() => commits(repo), { timeout: 60_000 }).toBe(3);
  interface Entry { id: number; repo_id: string; }
  const failed = () => (JSON.parse(world.autocommit("--json", "history", "-n", "500", "--status", "failed")) as { entries: Entry[] }).entries;
  await expect.poll(() => failed().length, { timeout: 60_000 }).toBeGreaterThanOrEqual(repos.length);

  const found = JSON.parse(world.autocommit("--json", "repos")) as { repos: { id: string; path: string }[] };
  const one = (n: number) => found.repos.find((repo) => repo.path === repos[n]?.repo)?.id ?? "";
  const places = ["#/", "#/repositories", "#/history", "#/activity", "#/settings", `#/history?q=${encodeURIComponent(NAMES[0] ?? "")}`];
  // Of single repositories, and of what went wrong in them with all its words, a few: markup, escapes, directions, what has no width, a line of ten kilobytes.
  const entry = (id: string) => failed().find((entry) => entry.repo_id === id)?.id ?? 0;
  for (const id of [0, 3, 7, 8, 21].map(one)) places.push(`#/repositories/${id}`, `#/history?repo=${id}&entry=${entry(id)}`);
  for (const hash of places) {
    await go(page, world.url, hash);
    await assertHarmless(page, hash);
  }
  // And it is there to be read.
  await go(page, world.url, "#/repositories");
  await expect(page.getByText(NAMES[0] ?? "", { exact: false }).first()).toBeVisible();
  await shown(page);
  expect(asked.filter((url) => !url.startsWith(`${world.url}/`) && !url.startsWith("data:"))).toEqual([]);
  expect(complaints).toEqual([]);
});
