// What a person says about messages, against a real daemon: git has the last word.
import { join } from "node:path";
import { expect, go, signIn, test } from "./world/test";
import type { Page } from "@playwright/test";

const editor = (page: Page) => page.getByRole("form", { name: "Message" });

test("a commit that no remote has gets the message that was typed", async ({ page, world }) => {
  const { repo, bare } = world.repo("notes");
  await world.run();
  await signIn(page, world);
  await go(page, world.url, "#/repositories");
  await page.locator("button[data-row]").first().click();
  await page.getByRole("switch", { name: "Push the commits of notes" }).click();
  await expect(page.getByText("The commits of notes stay on this disk.")).toBeVisible();
  world.write(join(repo, "shopping.md"), "bought milk\n");
  world.autocommit("trigger");
  await expect.poll(() => world.commits(repo), { timeout: 20_000 }).toBe(2);
  const tree = world.git(repo, "rev-parse", "HEAD^{tree}");
  await go(page, world.url, "#/history");
  await page.getByRole("main").locator("button[data-row]").first().click();
  await expect(page.getByText(/^(Written by rules|Rules wrote)/).last()).toBeVisible();
  await page.getByRole("button", { name: "Edit message" }).click();
  await editor(page).getByRole("textbox", { name: "Subject" }).fill("Note what was bought");
  await editor(page).getByRole("textbox", { name: "Body" }).fill("Milk, and nothing else.");
  await editor(page).getByRole("button", { name: "Save message" }).click();
  await expect(page.getByText("The commit has its new message.")).toBeVisible();
  expect(world.git(repo, "log", "-1", "--format=%B")).toContain("Note what was bought\n\nMilk, and nothing else.");
  expect(world.git(repo, "rev-parse", "HEAD^{tree}")).toBe(tree);
  expect([world.commits(repo), world.commits(bare)]).toEqual([2, 1]);
  await expect(page.getByRole("main").locator("button[data-row]").first()).toContainText("Written by a person");
});

test("the next commit gets the message that was typed, and not one with a secret in it", async ({ page, world }) => {
  const { repo, bare } = world.repo("notes");
  await world.run({ quiet_seconds: 600, cycle_interval_seconds: 1 });
  await signIn(page, world);
  world.write(join(repo, "shopping.md"), "bought milk\n");
  await go(page, world.url, "#/repositories");
  await page.locator("button[data-row]").first().click();
  const next = page.getByRole("region", { name: "Message for the next commit of notes" });
  await next.getByRole("button", { name: "Try it on this change" }).click();
  await expect(next).toContainText("shopping");
  await expect(next).toContainText("No model was asked, so nothing was sent.");
  await next.getByRole("button", { name: "Change it" }).click();
  await editor(page).getByRole("textbox", { name: "Subject" }).fill(`Use ${"AKIA"}Q7XLP5NVC2RZ6JTD`);
  await editor(page).getByRole("button", { name: "Commit with this message" }).click();
  await expect(editor(page).getByRole("alert")).toContainText("secret");
  expect(world.commits(repo)).toBe(1);
  await editor(page).getByRole("textbox", { name: "Subject" }).fill("Note what was bought");
  await editor(page).getByRole("button", { name: "Commit with this message" }).click();
  await expect.poll(() => world.commits(bare), { timeout: 20_000 }).toBe(2);
  expect(world.git(bare, "log", "-1", "--format=%s", "main")).toBe("Note what was bought");
});
