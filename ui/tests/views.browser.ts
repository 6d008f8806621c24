// The views against a real daemon: signed in by a link, accessible in light and dark, under the policy that it sends.
import { join } from "node:path";
import { VIEWS, expect, go, shown, signIn, test, violations } from "./world/test";

test("a link signs in once, and without one nothing is shown", async ({ page, world, browser }) => {
  const { repo } = world.repo("notes");
  await world.run();
  const link = world.link();
  await page.goto(link);
  await shown(page);
  await expect(page.getByText("All is pushed", { exact: false }).or(page.getByText(/repositor(y is|ies are) pushed/))).toBeVisible();
  const cookie = (await page.context().cookies()).find(({ name }) => name === "autocommit_session");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
  expect(page.url()).not.toContain("code=");

  const stranger = await browser.newContext();
  const other = await stranger.newPage();
  const again = await other.goto(link);
  expect(again?.status()).toBeGreaterThanOrEqual(400);
  await other.goto(world.url);
  await expect(other.getByText("autocommit open")).toBeVisible();
  expect(await other.content()).not.toContain(repo);
  await stranger.close();
});

for (const { name, hash } of VIEWS) {
  test(`${name} is accessible in light and dark, and keeps to the policy`, async ({ page, world, complaints }) => {
    const { repo } = world.repo("notes");
    world.repo("website");
    world.write(join(repo, "today.md"), "bought milk\n");
    await world.run({ folders: name === "setup" ? [] : [world.code] });
    await signIn(page, world);
    if (name !== "setup") {
      await page.getByRole("button", { name: "Push now" }).first().click();
      await expect.poll(() => world.commits(repo), { timeout: 15_000 }).toBe(2);
    }
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto("about:blank");
      await go(page, world.url, hash);
      expect.soft(await violations(page), colorScheme).toEqual([]);
    }
    expect(complaints).toEqual([]);
  });
}

test("what is switched off in the list stays as it is", async ({ page, world, complaints }) => {
  const notes = world.repo("notes");
  const website = world.repo("website");
  await world.run();
  await signIn(page, world);
  await go(page, world.url, "#/repositories");
  const row = page.getByRole("switch", { name: /website/ });
  await expect(row).toBeChecked();
  await row.click();
  await expect(row).not.toBeChecked();
  // The switch turns at once; this is said when the daemon has taken it.
  await expect(page.getByText("website is left alone from now on.")).toBeVisible();
  for (const { repo } of [notes, website]) world.write(join(repo, "today.md"), "bought milk\n");
  await go(page, world.url, "#/");
  await page.getByRole("button", { name: "Push now" }).first().click();
  await expect.poll(() => world.commits(notes.bare), { timeout: 15_000 }).toBe(2);
  expect(world.commits(website.repo)).toBe(1);
  expect(world.git(website.repo, "status", "--porcelain")).toBe("?? today.md");
  await expect(page.getByText("notes").first()).toBeVisible();
  expect(complaints).toEqual([]);
});

test("the history finds by what is typed", async ({ page, world }) => {
  const { repo } = world.repo("notes");
  const other = world.repo("website");
  await world.run({ cycle_interval_seconds: 1 });
  world.write(join(repo, "shopping.md"), "bought milk\n");
  await expect.poll(() => world.commits(repo), { timeout: 20_000 }).toBe(2);
  world.write(join(other.repo, "landing.html"), "<h1>Hello</h1>\n");
  await expect.poll(() => world.commits(other.repo), { timeout: 20_000 }).toBe(2);
  await signIn(page, world);
  await go(page, world.url, "#/history");
  await expect(page.getByText(/shopping/).first()).toBeVisible();
  await expect(page.getByText(/landing/).first()).toBeVisible();
  await page.locator("[data-search]").fill("landing");
  await expect(page.getByText(/shopping/)).toHaveCount(0);
  await expect(page.getByText(/landing/).first()).toBeVisible();
});

test("a wrong setting is explained beside its field, and nothing is written", async ({ page, world }) => {
  await world.run();
  await signIn(page, world);
  await go(page, world.url, "#/settings/timing");
  const before = world.autocommit("config", "show", "--json");
  const field = page.getByRole("textbox", { name: "Time between cycles" });
  await field.fill("0");
  await field.press("Tab");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  const described = await field.getAttribute("aria-describedby");
  const words = await Promise.all((described ?? "").split(" ").map((id) => page.locator(`[id="${id}"]`).innerText()));
  expect(words.join(" ")).toContain("must be between 1 and");
  expect(world.autocommit("config", "show", "--json")).toBe(before);
});

test("what the daemon does is seen without loading again", async ({ page, world }) => {
  const { repo, bare } = world.repo("notes");
  await world.run();
  await signIn(page, world);
  world.write(join(repo, "shopping.md"), "bought milk\n");
  world.autocommit("trigger");
  await expect.poll(() => world.commits(bare), { timeout: 15_000 }).toBe(2);
  await expect(page.getByText(/shopping/).first()).toBeVisible();
  await world.stop();
  await expect(page.getByRole("alert")).toBeVisible();
});
