// Pictures of every view in every state, light and dark, in three sizes, and sheets to look at many at once:
// `npm run screenshots` writes them to target/screenshots/.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Page } from "@playwright/test";
import { go, test } from "../world/test";

const FOLDER = fileURLToPath(new URL("../../../target/screenshots/", import.meta.url));
const SIZES = [
  { width: 720, height: 520 },
  { width: 960, height: 680 },
  { width: 1440, height: 900 },
];
const SCHEMES = ["light", "dark"] as const;

interface State {
  name: string;
  world: string;
  hash: string;
  /** What the double is told before. */
  tell?: Record<string, unknown>[];
  /** What a person does before looking. */
  first?: (page: Page) => Promise<void>;
}

const everywhere = (hash: string, worlds: string[]): State[] => worlds.map((world) => ({ name: world, world, hash }));

const palette = async (page: Page) => {
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
};
const unfold = async (page: Page) => {
  const row = page.getByRole("button", { expanded: false }).filter({ hasText: /fix|feat|docs|Update/ }).first();
  if ((await row.count()) > 0) await row.click();
};

const edit = async (page: Page) => {
  await page.getByRole("button", { name: "Edit message" }).click();
  await page.getByRole("textbox", { name: "Body" }).fill("Only one per basket, and never together with a gift card.");
};
const refuse = async (page: Page) => {
  await edit(page);
  await page.getByRole("textbox", { name: "Subject" }).fill("Take coupons at the till, one per basket, and never together with gift cards");
  await page.getByRole("button", { name: "Save message" }).click();
  await page.getByRole("alert").waitFor();
};
const tried = async (page: Page) => {
  await page.getByRole("button", { name: "Try it on this change" }).click();
  await page.getByText("What the model was sent").click();
};
const trying = async (page: Page) => page.getByRole("button", { name: "Try it on this change" }).click();
const write = async (page: Page) => page.getByRole("button", { name: "Write it yourself" }).click();
const consent = async (page: Page) => {
  await page.getByRole("button", { name: /^Download Qwen2.5 Coder 1.5B/ }).click();
  await page.getByRole("alertdialog").waitFor();
};
const wish = async (page: Page) => page.getByRole("button", { name: "Edit ~/work", exact: true }).click();
const logs = async (page: Page) => page.getByText("What the server said").click();

const FIRST = "qwen2.5-coder-1.5b-instruct";
const SECOND = "qwen2.5-coder-0.5b-instruct";
const MODELS = "#/settings/messages?key=llm.managed_model";
const here = { name: FIRST, state: "installed", downloaded_bytes: 1_117_320_768 };
const half = { downloaded_bytes: 446_928_307 };
const models = (name: string, model: Record<string, unknown>[], first?: State["first"]): State => ({
  name: `model-${name}`,
  world: "well",
  hash: MODELS,
  tell: [...(name === "none" ? [] : [{ settings: { "llm.managed": true } }]), ...model.map((each) => ({ model: each }))],
  ...(first === undefined ? {} : { first }),
});

const choose = async (page: Page) => {
  await page.getByRole("checkbox").first().click();
  await page.getByText("with changes").waitFor();
};

const VIEWS: Record<string, State[]> = {
  now: [
    ...everywhere("#/", ["well", "needs", "few", "empty", "offline", "paused", "off", "running", "starting", "thousand", "battery"]),
    { name: "palette", world: "well", hash: "#/", first: palette },
  ],
  repositories: [
    ...everywhere("#/repositories", ["well", "needs", "few", "empty", "offline", "thousand"]),
    { name: "one-held", world: "needs", hash: "#/repositories/r0" },
    { name: "one-refused", world: "needs", hash: "#/repositories/r1" },
    { name: "message", world: "needs", hash: "#/repositories/r12" },
    { name: "message-tried", world: "needs", hash: "#/repositories/r12", first: tried },
    { name: "message-slow", world: "needs", hash: "#/repositories/r12", tell: [{ message: { after: 30_000 } }], first: trying },
    { name: "message-own", world: "needs", hash: "#/repositories/r12", first: write },
    { name: "one-well", world: "few", hash: "#/repositories/r1" },
    { name: "nothing-found", world: "well", hash: "#/repositories?q=nothing-is-called-this" },
  ],
  history: [
    ...everywhere("#/history", ["well", "few", "empty", "offline"]),
    { name: "unfolded", world: "well", hash: "#/history", first: unfold },
    { name: "edited", world: "well", hash: "#/history?entry=231", first: edit },
    { name: "refused", world: "well", hash: "#/history?entry=231", tell: [{ reword: "Another commit stands on this one, so its message stays as it is." }], first: refuse },
    { name: "nothing-found", world: "well", hash: "#/history?q=nothing-is-called-this" },
  ],
  activity: everywhere("#/activity", ["well", "few", "empty"]),
  model: [
    models("none", [{ server: "off" }]),
    models("consent", [{ server: "no_model" }], consent),
    models("pulling", [{ server: "no_model", name: FIRST, state: "pulling", ...half }]),
    models("cut", [
      { server: "no_program", name: FIRST, state: "partial", ...half, error: "The connection broke after 447 MB. What is here is kept." },
      { name: SECOND, state: "broken", downloaded_bytes: 491_400_064, error: "The file is not the one that was published; it was not kept for use." },
    ]),
    models("ready", [{ server: "ready", ...here }, { name: SECOND, state: "installed", downloaded_bytes: 491_400_064 }], logs),
    models("failed", [{ server: "failed", ...here }]),
    { name: "wishes", world: "well", hash: "#/settings/messages?key=messages" },
    { name: "wishes-edited", world: "well", hash: "#/settings/messages?key=messages", first: wish },
  ],
  settings: [
    ...["folders", "timing", "messages", "guards", "push", "notifications", "startup", "api"].map((group) => ({
      name: group,
      world: "well",
      hash: `#/settings/${group}`,
    })),
    { name: "timing-limit", world: "limit", hash: "#/settings/timing" },
  ],
  setup: [
    { name: "first", world: "fresh", hash: "#/setup" },
    { name: "chosen", world: "fresh", hash: "#/setup", first: choose },
    { name: "again", world: "well", hash: "#/setup" },
  ],
};

for (const [view, states] of Object.entries(VIEWS)) {
  test(`pictures of ${view}`, async ({ page, browser, double }) => {
    mkdirSync(join(FOLDER, view), { recursive: true });
    const taken: Taken[] = [];
    for (const { name, world, hash, tell = [], first } of states) {
      const daemon = await double(world);
      const { url } = daemon;
      for (const each of tell) await daemon.tell(each);
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        for (const size of SIZES) {
          await page.setViewportSize(size);
          await page.goto("about:blank");
          await go(page, url, hash);
          await first?.(page);
          // The last request of a view, and whatever grows with it.
          await page.waitForTimeout(150);
          const file = join(FOLDER, view, `${name}-${colorScheme}-${size.width}.png`);
          await page.screenshot({ path: file });
          taken.push({ name, colorScheme, width: size.width, file });
        }
      }
    }
    await sheets(browser, view, taken);
  });
}

interface Taken {
  name: string;
  colorScheme: string;
  width: number;
  file: string;
}

/** States on one sheet, so that it can be looked at without losing anything. */
const ROWS = 3;

/** All pictures of a view, half as large: a row for each state, light and dark apart. */
async function sheets(browser: Browser, view: string, taken: Taken[]): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1_612, height: 200 } });
  for (const scheme of SCHEMES) {
    const names = [...new Set(taken.map(({ name }) => name))];
    for (let at = 0; at < names.length; at += ROWS) {
      const rows = names.slice(at, at + ROWS).map((name) => {
        const row = taken.filter((each) => each.name === name && each.colorScheme === scheme);
        const cells = row.map(({ file, width }) => `<img src="${pathToFileURL(file)}" width="${width / 2}" alt="${width}">`);
        return `<h2>${view}: ${name}</h2><div>${cells.join("")}</div>`;
      });
      const html = `<!doctype html><style>body{margin:8px;font:13px sans-serif;background:#808080}h2{margin:4px 0;font-size:15px}
        div{display:flex;gap:16px;align-items:start;margin-bottom:12px}</style>${rows.join("")}`;
      const name = `sheet-${view}-${scheme}-${at / ROWS + 1}`;
      // A page from a file may show files.
      const file = join(FOLDER, view, `${name}.html`);
      writeFileSync(file, html);
      await page.goto(pathToFileURL(file).href);
      await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
      rmSync(file);
    }
  }
  await page.close();
}
