// Names and messages that come from a repository are text, whatever they look like.
import { join } from "node:path";
import { expect, go, shown, signIn, test } from "./world/test";

const MARKUP = `<img src=x onerror="document.title='broken'">`;
const BIDI = "safe\u202Egnp.exe\u2066";
const LONG = "a-very-long-name-that-goes-on".repeat(7);

test("markup, directions and length in names do nothing", async ({ page, world, complaints }) => {
  // A slash is the only byte that a name cannot have.
  const names = [MARKUP, "<script>document.title='broken'<＼script>", BIDI, LONG, "&lt;b&gt;", "javascript:alert(1)"];
  const repos = names.map((name) => world.repo(name));
  for (const { repo } of repos) world.write(join(repo, `${MARKUP}.md`), "bought milk\n");
  await world.run();
  await signIn(page, world);
  world.autocommit("trigger");
  for (const { repo } of repos) await expect.poll(() => world.commits(repo), { timeout: 20_000 }).toBe(2);
  for (const hash of ["#/", "#/repositories", "#/history", "#/activity", `#/history?q=${encodeURIComponent(MARKUP)}`]) {
    await go(page, world.url, hash);
    await expect(page.locator("img[src=x]"), hash).toHaveCount(0);
    expect(await page.title(), hash).not.toContain("broken");
    // Nothing sticks out of the window.
    const wider = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    expect(wider, `${hash} scrolls sideways`).toBe(false);
  }
  await go(page, world.url, "#/repositories");
  await expect(page.getByText(MARKUP, { exact: false }).first()).toBeVisible();
  // What turns the direction of writing is shown as what it is, or kept to its own place.
  const turned = page.getByText(/safe/).first();
  await expect(turned).toBeVisible();
  const kept = await turned.evaluate(
    (element) => !(element.textContent ?? "").includes("\u202E") || getComputedStyle(element).unicodeBidi.includes("isolate"),
  );
  expect(kept).toBe(true);
  await shown(page);
  expect(complaints).toEqual([]);
});
