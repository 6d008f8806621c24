// A thousand repositories in every state: the list filters while typing. What a keystroke costs is printed, not judged: the
// figure belongs to the machine.
import type { CDPSession } from "@playwright/test";
import { expect, go, test, violations } from "./world/test";

interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  args?: { data?: { type?: string } };
}

async function traced(cdp: CDPSession, work: () => Promise<void>): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  cdp.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const complete = new Promise<void>((resolve) => cdp.once("Tracing.tracingComplete", () => resolve()));
  await cdp.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["devtools.timeline"], excludedCategories: ["*"] },
  });
  await work();
  await cdp.send("Tracing.end");
  await complete;
  return events.sort((one, other) => one.ts - other.ts);
}

/** From each key going down to the end of the next picture, in milliseconds. */
function keystrokes(events: TraceEvent[]): number[] {
  const downs = events.filter(({ name, args }) => name === "EventDispatch" && args?.data?.type === "keydown");
  return downs.flatMap((down, at) => {
    const inputs = (event: TraceEvent) => event.name === "EventDispatch" && event.args?.data?.type === "input" && event.ts >= down.ts;
    const input = events.find(inputs);
    const next = downs[at + 1]?.ts ?? Infinity;
    const drawn = events.find(({ name, ts }) => (name === "Commit" || name === "Paint") && ts >= (input?.ts ?? Infinity) && ts < next);
    const end = events.filter(({ name, ts }) => name === "Commit" && ts >= (drawn?.ts ?? Infinity) && ts < next)[0] ?? drawn;
    return end === undefined ? [] : [(end.ts + (end.dur ?? 0) - down.ts) / 1000];
  });
}

test("a thousand repositories filter while one types", async ({ page, double, complaints }) => {
  const { url } = await double("thousand");
  await go(page, url, "#/repositories");
  const search = page.locator("[data-search]");
  // The switch for everything stands beside the list.
  const rows = page.getByRole("main").getByRole("switch");
  await expect(rows.first()).toBeVisible();
  expect(await rows.count(), "only what can be seen is in the page").toBeLessThan(120);
  await search.focus();
  const words = "thesis-12";
  const cdp = await page.context().newCDPSession(page);
  const events = await traced(cdp, async () => {
    for (const letter of words) {
      await page.keyboard.type(letter);
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 30))));
    }
    for (let left = words.length; left > 0; left -= 1) {
      await page.keyboard.press("Backspace");
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 30))));
    }
  });
  const costs = keystrokes(events).sort((one, other) => one - other);
  expect(costs.length, "each keystroke was drawn").toBe(words.length * 2);
  const figure = (at: number) => (costs[Math.min(costs.length - 1, Math.floor(costs.length * at))] ?? NaN).toFixed(1);
  console.log(`filter keystroke with 1,000 repositories: median ${figure(0.5)} ms, longest ${figure(1)} ms (${costs.length} keystrokes, key down to picture)`);
  await search.fill("thesis-12");
  await expect(page.getByRole("switch", { name: /thesis-12/ })).toBeVisible();
  await expect(page.getByRole("switch", { name: /website/ })).toHaveCount(0);
  await search.fill("nothing is called this");
  await expect(rows).toHaveCount(0);
  await search.fill("");
  await expect(rows.first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test("the last of a thousand is reached by scrolling", async ({ page, double }) => {
  const { url } = await double("thousand");
  await go(page, url, "#/repositories");
  const first = page.getByRole("main").getByRole("switch").first();
  await expect(first).toBeVisible();
  const name = await first.getAttribute("aria-label");
  await page.mouse.move(500, 400);
  for (let step = 0; step < 40; step += 1) await page.mouse.wheel(0, 2_000);
  await expect.poll(() => first.getAttribute("aria-label")).not.toBe(name);
  await expect.poll(() => page.getByRole("main").getByRole("switch").last().isVisible()).toBe(true);
});
