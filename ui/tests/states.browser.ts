// States that a real daemon cannot be brought into on command, with the double: each has its sentence and is accessible.
import { expect, go, test, violations } from "./world/test";

const STATES = {
  now: { hash: "#/", worlds: ["well", "needs", "empty", "offline", "paused", "starting", "battery"] },
  repositories: { hash: "#/repositories", worlds: ["needs", "empty"] },
  history: { hash: "#/history", worlds: ["well", "empty"] },
  activity: { hash: "#/activity", worlds: ["well", "empty"] },
  settings: { hash: "#/settings", worlds: ["well"] },
  timing: { hash: "#/settings/timing", worlds: ["well", "limit"] },
  setup: { hash: "#/setup", worlds: ["fresh"] },
};

for (const [name, { hash, worlds }] of Object.entries(STATES)) {
  test(`${name} is accessible in each of its states, light and dark`, async ({ page, double, complaints }) => {
    const daemon = await double(worlds[0] ?? "well");
    for (const world of worlds) {
      await daemon.tell({ world });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.goto("about:blank");
        await go(page, daemon.url, hash);
        expect.soft(await violations(page), `${world}, ${colorScheme}`).toEqual([]);
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

test("a reply that an event overtook does not stay on the screen", async ({ page, double }) => {
  const daemon = await double("well");
  await daemon.tell({ repo: { id: "r0", state: "dirty" } });
  let send = () => {};
  const overtaken = new Promise<void>((resolve) => {
    send = resolve;
  });
  let readings = 0;
  await page.route("**/repos", async (route) => {
    const reply = await route.fetch();
    readings += 1;
    // The first comes before the page hears events.
    if (readings > 1) await overtaken;
    await route.fulfill({ response: reply });
  });
  await page.goto(daemon.url);
  await expect.poll(() => readings).toBe(2);
  await daemon.tell({ repo: { id: "r0", state: "clean" } });
  const run = { repo_id: "r0", status: "pushed", reason: null, hint: null, error: null, held: [], push: null };
  const one = page.waitForResponse("**/repos/r0");
  await daemon.tell({ event: { type: "run_finished", cycle_id: "c", state: "clean", run } });
  await one;
  send();
  await expect(page.getByText(/^All \d+ repositories are pushed\.$/)).toBeVisible();
});

test("who is signed out is told how to come in", async ({ page, double }) => {
  const daemon = await double("well");
  await daemon.tell({ signed_out: true });
  await go(page, daemon.url, "#/");
  await expect(page.getByText("autocommit open")).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test("on battery the first view says how often it looks and pushes, and stops saying so", async ({ page, double }) => {
  const daemon = await double("battery");
  await go(page, daemon.url, "#/");
  const sentence = page.getByText("On battery: looks every 10 minutes, pushes every 5 minutes.");
  await expect(sentence).toBeVisible();
  const power = { on_battery: false, metered: null, cycle_seconds: 60, push_seconds: 0, message: null };
  await daemon.tell({ power, event: { type: "power_changed" } });
  await expect(sentence).toHaveCount(0);
});

test("how much is watched stands with the setting, and the way to more only where that is short", async ({ page, double }) => {
  const daemon = await double("well");
  await go(page, daemon.url, "#/settings/timing");
  await expect(page.getByText("1,204 folders are watched of the 192,536 that the system allows.")).toBeVisible();
  await expect(page.getByText("sysctl")).toHaveCount(0);
  await daemon.tell({ world: "limit" });
  await expect(page.getByText("3 repositories are looked at in each cycle instead: the system allows no more watches.")).toBeVisible();
  await expect(page.getByText("sudo sysctl fs.inotify.max_user_watches=524288")).toBeVisible();
});
