// States that a real daemon cannot be brought into on command, with the double: each has its sentence and is accessible.
import { VIEWS, expect, go, test, violations } from "./world/test";

const WORLDS = ["well", "needs", "few", "empty", "fresh", "offline", "paused", "starting"] as const;

for (const world of WORLDS) {
  test(`${world}: every view is accessible in light and dark`, async ({ page, double, complaints }) => {
    const { url } = await double(world);
    for (const { name, hash } of VIEWS) {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await go(page, url, hash);
        expect(await violations(page), `${name}, ${colorScheme}`).toEqual([]);
      }
    }
    expect(complaints).toEqual([]);
  });
}

test("when the daemon goes, the last data stays with the reason, and it comes back by itself", async ({ page, double }) => {
  const daemon = await double("well");
  await go(page, daemon.url, "#/repositories");
  await expect(page.getByText("api-gateway").first()).toBeVisible();
  await daemon.tell({ gone: 2_500 });
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByText("api-gateway").first()).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("who is signed out is told how to come in", async ({ page, double }) => {
  const daemon = await double("well");
  await daemon.tell({ signed_out: true });
  await go(page, daemon.url, "#/");
  await expect(page.getByText("autocommit open")).toBeVisible();
  expect(await violations(page)).toEqual([]);
});
