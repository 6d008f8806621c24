// The model that Autocommit runs itself, in each of its states, with the double.
import { accessible, expect, go, test } from "./world/test";
import type { Page } from "@playwright/test";

const NAME = "qwen2.5-coder-1.5b-instruct";
const TITLE = "Qwen2.5 Coder 1.5B";
const PLACE = "#/settings/messages";

const row = (page: Page, title = TITLE) => page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: title }) });
const dialog = (page: Page) => page.getByRole("alertdialog");

test("from nothing to a model in use by two clicks", async ({ page, double, complaints }) => {
  const daemon = await double("well");
  await go(page, daemon.url, PLACE);
  await expect(row(page)).toContainText("1.1 GB");
  await expect(row(page)).toContainText("Apache-2.0");
  await expect(row(page)).toContainText("huggingface.co");
  await accessible(page, "no model yet");

  await page.getByRole("button", { name: `Download ${TITLE}` }).click();
  await expect(dialog(page)).toContainText("1.1 GB from huggingface.co, under the licence Apache-2.0.");
  await expect(dialog(page)).toContainText("Autocommit runs it to write your commit messages when it is here.");
  await accessible(page, "asked for consent");
  expect((await daemon.asked()).filter(({ verb }) => verb !== "GET")).toEqual([]);
  await dialog(page).getByRole("button", { name: "Download 1.1 GB" }).click();

  const bar = row(page).getByRole("progressbar");
  await expect(bar).toBeVisible();
  await expect(page.getByRole("main").getByRole("switch", { name: "Run a model on this machine" })).toBeChecked();
  await daemon.tell({ model: { name: NAME, progress: 0.4 } });
  await expect(bar).toHaveAttribute("aria-valuenow", "40");
  await expect(row(page)).toContainText("447 MB of 1.1 GB");
  await accessible(page, "while it is fetched");
  await daemon.tell({ model: { name: NAME, progress: 1 } });
  await expect(row(page)).toContainText("In use");
  await expect(page.getByText("runs with the model (process 41210)")).toBeVisible();
  const told = (await daemon.asked()).filter(({ verb }) => verb !== "GET");
  expect(told).toEqual([
    { verb: "PATCH", path: "/settings", body: { changes: { "llm.enabled": true, "llm.managed": true, "llm.managed_model": NAME }, check_only: false } },
    { verb: "POST", path: "/model/pull", body: { name: NAME } },
  ]);
  await accessible(page, "a model in use");
  expect(complaints).toEqual([]);
});

test("who has no llama-server knows before anything is downloaded", async ({ page, double }) => {
  const daemon = await double("well");
  await daemon.tell({ model: { program: null } });
  await go(page, daemon.url, PLACE);
  await expect(page.getByText("A model needs llama-server to run, and none that can was found on this machine yet.")).toBeVisible();
  await page.getByRole("button", { name: `Download ${TITLE}` }).click();
  await expect(dialog(page)).toContainText("none that can was found on this machine yet");
});

test("whoever says not now has downloaded nothing", async ({ page, double }) => {
  const daemon = await double("well");
  await go(page, daemon.url, PLACE);
  await page.getByRole("button", { name: `Download ${TITLE}` }).press("Enter");
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  await page.getByRole("button", { name: `Download ${TITLE}` }).click();
  await dialog(page).getByRole("button", { name: "Not now" }).click();
  await expect(dialog(page)).toHaveCount(0);
  expect((await daemon.asked()).filter(({ verb }) => verb !== "GET")).toEqual([]);
});

test("a download that was cut goes on where it was, and one that is broken says so", async ({ page, double, complaints }) => {
  const daemon = await double("well");
  const cut = "The connection broke after 447 MB. What is here is kept.";
  await daemon.tell({ model: { name: NAME, state: "partial", downloaded_bytes: 446_928_307, error: cut } });
  await daemon.tell({ model: { name: "qwen2.5-coder-0.5b-instruct", state: "broken", downloaded_bytes: 491_400_064, error: "The file is not the one that was published; it was not kept for use." } });
  await go(page, daemon.url, PLACE);
  await expect(row(page).getByRole("alert")).toHaveText(cut);
  await expect(row(page)).toContainText("447 MB of 1.1 GB, stopped");
  await expect(row(page, "Qwen2.5 Coder 0.5B").getByRole("alert")).toContainText("not the one that was published");
  await accessible(page, "cut and broken");
  await page.getByRole("button", { name: `Resume the download of ${TITLE}` }).click();
  await dialog(page).getByRole("button", { name: "Download 670 MB" }).click();
  await expect(page.getByRole("button", { name: `Cancel the download of ${TITLE}` })).toBeVisible();
  await page.getByRole("button", { name: `Cancel the download of ${TITLE}` }).click();
  await expect(page.getByRole("button", { name: `Resume the download of ${TITLE}` })).toBeVisible();
  await page.getByRole("button", { name: "Download again: Qwen2.5 Coder 0.5B" }).click();
  await dialog(page).getByRole("button", { name: "Not now" }).click();
  expect(complaints).toEqual([]);
});

const SENTENCES = {
  elsewhere: "runs none of its own",
  no_program: "There is no llama-server on this machine.",
  no_model: "a model is missing",
  starting: "being loaded",
  ready: "process 41210",
  asleep: "until it is needed",
  failed: "left alone for now",
};

for (const [server, sentence] of Object.entries(SENTENCES)) {
  test(`the server's state "${server}" has its sentence, and what it said can be read`, async ({ page, double }) => {
    const daemon = await double("well");
    await daemon.tell({ model: { server } });
    await go(page, daemon.url, PLACE);
    await expect(page.getByText(sentence)).toBeVisible();
    await page.getByText("What the server said").click();
    await expect(page.getByText("server is listening on")).toBeVisible();
    await accessible(page, server);
  });
}

test("another model is used, and one is removed only by whoever is sure", async ({ page, double }) => {
  const daemon = await double("well");
  await daemon.tell({ model: { name: NAME, state: "installed", downloaded_bytes: 1_117_320_768 }, settings: { "llm.managed": true } });
  await daemon.tell({ model: { name: "qwen2.5-coder-0.5b-instruct", state: "installed", downloaded_bytes: 491_400_064 } });
  await go(page, daemon.url, PLACE);
  await expect(row(page)).toContainText("In use");
  await page.getByRole("button", { name: "Use Qwen2.5 Coder 0.5B" }).click();
  await expect(row(page, "Qwen2.5 Coder 0.5B")).toContainText("In use");
  await page.getByRole("button", { name: `Remove ${TITLE}` }).click();
  await dialog(page).getByRole("button", { name: "Keep it" }).click();
  await expect(row(page).getByRole("button", { name: `Use ${TITLE}` })).toBeVisible();
  await page.getByRole("button", { name: `Remove ${TITLE}` }).click();
  await dialog(page).getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("button", { name: `Download ${TITLE}` })).toBeVisible();
});

test("wishes for a folder are written, changed, refused and taken away", async ({ page, double, complaints }) => {
  const daemon = await double("well");
  await go(page, daemon.url, "#/settings/messages?key=messages");
  const list = page.getByRole("list", { name: "Folders with wishes" });
  const form = page.getByRole("form", { name: "Wishes for a folder" });
  await expect(list).toContainText("Name the customer where the change is for one. 1 example.");
  await expect(list).toContainText("Rules only; no model sees anything of it.");
  await page.getByRole("button", { name: "Add a folder" }).press("Enter");
  await expect(form.getByRole("textbox", { name: "Folder" })).toBeFocused();
  await form.getByRole("textbox", { name: "Folder" }).fill("notes");
  await form.getByRole("textbox", { name: "Instructions" }).fill("In German.");
  await form.getByRole("textbox", { name: "Examples" }).fill("Kürze den Kopf\n\nFüge eine Kasse hinzu");
  await accessible(page, "wishes that are written");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toContainText("begins with / or ~");
  await form.getByRole("textbox", { name: "Folder" }).fill("~/notes");
  await form.getByRole("textbox", { name: "Folder" }).press("Enter");
  await expect(form).toHaveCount(0);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(list).toContainText("In German. 2 examples.");
  const sent = (await daemon.asked()).filter(({ verb }) => verb === "PATCH").at(-1)?.body as { changes: { messages: unknown[] } };
  expect(sent.changes.messages).toEqual([
    { path: "~/work", instructions: "Name the customer where the change is for one.", examples: ["Let Contoso pay by invoice"] },
    { path: "~/work/secret-plans", rules_only: true },
    { path: "~/notes", instructions: "In German.", examples: ["Kürze den Kopf", "Füge eine Kasse hinzu"] },
  ]);
  await page.getByRole("button", { name: "Edit ~/notes" }).click();
  await form.getByRole("switch", { name: "Rules only" }).click();
  await expect(form.getByRole("textbox", { name: "Instructions" })).toHaveCount(0);
  await form.getByRole("textbox", { name: "Folder" }).press("Escape");
  await expect(form).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Edit ~/notes" })).toBeFocused();
  await page.getByRole("button", { name: "Remove ~/notes" }).click();
  await expect(list).not.toContainText("~/notes");
  await page.getByRole("button", { name: "Undo" }).last().click();
  await expect(list).toContainText("~/notes");
  expect(complaints.filter((each) => !each.includes("422"))).toEqual([]);
});
