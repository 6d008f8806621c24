// What every test of the page gets: a world or a double that ends with it, and a page that may not complain.
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { World } from "./daemon";
import { Double } from "./double";

interface Given {
  world: World;
  double: (world: string) => Promise<Double>;
  /** What the page complained of in its console: broken policies, errors, warnings. */
  complaints: string[];
}

export const test = base.extend<Given>({
  // eslint-disable-next-line no-empty-pattern
  world: async ({}, use) => {
    const world = new World();
    try {
      await use(world);
    } finally {
      await world.end();
    }
  },
  double: async ({}, use) => {
    const started: Double[] = [];
    try {
      await use(async (world) => {
        const double = await Double.start(world);
        started.push(double);
        return double;
      });
    } finally {
      for (const double of started) await double.stop();
    }
  },
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      page.on("pageerror", (problem) => complaints.push(String(problem)));
      await use(complaints);
    },
    { auto: true },
  ],
});

export { expect };

export const VIEWS = [
  { name: "now", hash: "#/" },
  { name: "repositories", hash: "#/repositories" },
  { name: "history", hash: "#/history" },
  { name: "activity", hash: "#/activity" },
  { name: "settings", hash: "#/settings" },
  { name: "setup", hash: "#/setup" },
] as const;

/** Signs in by a one-time link and waits for the first view. */
export async function signIn(page: Page, world: World): Promise<void> {
  await page.goto(world.link());
  await shown(page);
}

/** Goes to a place in the page and waits until what it shows has settled. */
export async function go(page: Page, url: string, hash: string): Promise<void> {
  await page.goto(`${url}/${hash}`);
  await shown(page);
}

/** A view is shown when its heading is, and nothing in it says that it is still being fetched. */
export async function shown(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
}

/** Axe on the page as it stands, light and dark. */
export async function accessible(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect.soft(await violations(page), `${what}, ${colorScheme}`).toEqual([]);
  }
}

/** What axe finds wrong with the page, one line for each place. */
export async function violations(page: Page): Promise<string[]> {
  // A transition in its middle has colours that nobody reads.
  // Where a colour is inherited, the end of one begins the next.
  await page.evaluate(async () => {
    const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
    // One that has ended and holds its last picture is still listed.
    const running = () => document.getAnimations().filter(({ playState }) => playState === "running");
    do {
      await frame();
      await Promise.all(running().map((each) => each.finished.catch(() => null)));
      await frame();
    } while (running().length > 0);
  });
  const found = await new AxeBuilder({ page }).analyze();
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(" ")}\n  ${failureSummary ?? ""}`),
  );
}
