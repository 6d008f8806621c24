// Who wrote a message and why, changing one, and the message of the next commit, with the double.
import { accessible, expect, go, test } from "./world/test";
import type { Page } from "@playwright/test";

/** An entry that no remote has, and a repository with a change. */
const UNPUSHED = 231;
const CHANGED = "r12";

const details = (page: Page) => page.locator(`#entry-${UNPUSHED}`);
const editor = (page: Page) => page.getByRole("form", { name: "Message" });
const next = (page: Page) => page.getByRole("region", { name: /^Message for the next commit/ });

test("the history says who wrote a message and why, and finds by it", async ({ page, double, complaints }) => {
  const daemon = await double("well");
  // Not because of the change, but because of what the model answered.
  await go(page, daemon.url, "#/history?entry=240");
  await expect(page.locator("#entry-240")).toContainText("Rules wrote this message. The model's answer named a file that is not in the change.");
  await go(page, daemon.url, "#/history?entry=238");
  await expect(page.locator("#entry-238")).toContainText("Written by qwen2.5-coder-1.5b-instruct in 2.4 s.");
  await page.getByLabel("Message: Any message").click();
  await page.getByRole("option", { name: "By a person" }).click();
  const rows = page.getByRole("main").locator("button[data-row]");
  await expect(rows.filter({ hasText: "Written by a person" }).first()).toBeVisible();
  await expect(rows.filter({ hasText: /Written by (rules|a language model)/ })).toHaveCount(0);
  expect(page.url()).toContain("source=person");
  expect(complaints).toEqual([]);
});

test("the message of a commit that no remote has is changed, and changed back", async ({ page, double, complaints }) => {
  const daemon = await double("well");
  await go(page, daemon.url, `#/history?entry=${UNPUSHED}`);
  const before = await page.locator(`button[data-row="${UNPUSHED}"] .subject`).innerText();
  await details(page).getByRole("button", { name: "Edit message" }).press("Enter");
  const subject = editor(page).getByRole("textbox", { name: "Subject" });
  await expect(subject).toBeFocused();
  await expect(subject).toHaveValue(before);
  await subject.fill("x".repeat(73));
  await expect(editor(page)).toContainText("73 of 72");
  await expect(editor(page).getByRole("status")).toContainText("cut off");
  await accessible(page, "while the message is edited");
  // Escape leaves the editor, not the entry.
  await subject.press("Escape");
  await expect(editor(page)).toHaveCount(0);
  await expect(details(page).getByRole("button", { name: "Edit message" })).toBeFocused();

  await details(page).getByRole("button", { name: "Edit message" }).press("Enter");
  await subject.fill("  Take coupons at the till ");
  await editor(page).getByRole("textbox", { name: "Body" }).fill("\nOnly one per basket.\n");
  await editor(page).getByRole("textbox", { name: "Body" }).press("Control+Enter");
  await expect(editor(page)).toHaveCount(0);
  await expect(page.locator(`button[data-row="${UNPUSHED}"] .subject`)).toHaveText("Take coupons at the till");
  await expect(details(page)).toContainText("Only one per basket.");
  await expect(details(page)).toContainText("A person wrote this message.");
  const sent = (await daemon.asked()).filter(({ path }) => path.endsWith("/reword"));
  expect(sent).toEqual([{ verb: "POST", path: `/history/${UNPUSHED}/reword`, body: { subject: "Take coupons at the till", body: "Only one per basket." } }]);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.locator(`button[data-row="${UNPUSHED}"] .subject`)).toHaveText(before);
  expect(complaints).toEqual([]);
});

test("a message that may not be changed says why, and keeps what was typed", async ({ page, double }) => {
  const daemon = await double("well");
  const why = "Another commit stands on this one, so its message stays as it is.";
  await daemon.tell({ reword: why });
  await go(page, daemon.url, `#/history?entry=${UNPUSHED}`);
  await details(page).getByRole("button", { name: "Edit message" }).click();
  await editor(page).getByRole("textbox", { name: "Subject" }).fill("Take coupons");
  await editor(page).getByRole("button", { name: "Save message" }).click();
  await expect(editor(page).getByRole("alert")).toHaveText(why);
  await expect(editor(page).getByRole("textbox", { name: "Subject" })).toHaveValue("Take coupons");
  await accessible(page, "a refused message");
  // What a remote has is nobody's to change.
  await go(page, daemon.url, "#/history?entry=240");
  await expect(page.locator("#entry-240").getByRole("button", { name: "Copy message" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Edit message" })).toHaveCount(0);
});

test("the message of the next commit is tried, with what the model was sent", async ({ page, double, complaints }) => {
  const daemon = await double("needs");
  await go(page, daemon.url, `#/repositories/${CHANGED}`);
  await next(page).getByRole("button", { name: "Try it on this change" }).click();
  await expect(next(page)).toContainText("fix(session): drop expired tokens");
  await expect(next(page)).toContainText("Written by qwen2.5-coder-1.5b-instruct in 2.4 s.");
  await expect(next(page)).toContainText("Rules would write: fix(session): update session()");
  await next(page).getByText("What the model was sent").click();
  await expect(next(page)).toContainText("nothing left the machine");
  await expect(next(page).locator("pre")).toContainText("src/session.ts +4 -1");
  await accessible(page, "a message that was tried");

  await next(page).getByLabel(/^Who writes it/).click();
  await page.getByRole("option", { name: "By rules" }).click();
  await next(page).getByRole("button", { name: "Try it on this change" }).click();
  await expect(next(page)).toContainText("No model was asked, so nothing was sent.");
  const asked = (await daemon.asked()).filter(({ path }) => path.endsWith("/message")).length;
  expect(asked).toBe(2);

  await next(page).getByRole("button", { name: "Commit with this message" }).click();
  await expect(page.getByText(/^Committed in .*fix\(session\): update session\(\)/)).toBeVisible();
  await expect(next(page)).toHaveCount(0);
  const trigger = (await daemon.asked()).find(({ path }) => path === "/trigger");
  expect(trigger?.body).toEqual({ repos: [CHANGED], message: "fix(session): update session()" });
  expect(complaints).toEqual([]);
});

test("a try that is slow can be left, and one that fails says why", async ({ page, double }) => {
  const daemon = await double("needs");
  await daemon.tell({ message: { after: 60_000 } });
  await go(page, daemon.url, `#/repositories/${CHANGED}`);
  await next(page).getByRole("button", { name: "Try it on this change" }).click();
  await expect(next(page).getByRole("status")).toContainText("The model is asked.");
  await accessible(page, "a slow try");
  await next(page).getByRole("button", { name: "Cancel" }).click();
  await expect(next(page).getByRole("button", { name: "Try it on this change" })).toBeEnabled();

  const why = "The model did not answer within 20 s.";
  await daemon.tell({ message: { message_source: "rules", subject: "Update session.ts", body: "", reason: why, elapsed_ms: 20_000 } });
  await next(page).getByLabel(/^Who writes it/).click();
  await page.getByRole("option", { name: "By the model" }).click();
  await next(page).getByRole("button", { name: "Try it on this change" }).click();
  await expect(next(page)).toContainText(`Rules wrote this message. ${why}`);
  await daemon.tell({ message: { problem: "There is nothing to commit any more." } });
  await next(page).getByRole("button", { name: "Try it on this change" }).click();
  await expect(next(page).getByRole("alert")).toContainText("There is nothing to commit any more.");
  await accessible(page, "a try that failed");
});

test("a message of one's own is committed as it is, and refused where it holds a secret", async ({ page, double }) => {
  const daemon = await double("needs");
  await go(page, daemon.url, `#/repositories/${CHANGED}`);
  await next(page).getByRole("button", { name: "Write it yourself" }).press("Enter");
  const subject = editor(page).getByRole("textbox", { name: "Subject" });
  await subject.fill("Use AKIAIOSFODNN7EXAMPLE");
  await subject.press("Enter");
  await expect(editor(page).getByRole("alert")).toContainText("AWS access key");
  await subject.fill("Sign with the new key");
  await editor(page).getByRole("button", { name: "Commit with this message" }).click();
  await expect(page.getByText(/^Committed in .*Sign with the new key/)).toBeVisible();
  await expect(editor(page)).toHaveCount(0);
});

test("what is being written stays when the change is committed meanwhile", async ({ page, double }) => {
  const daemon = await double("needs");
  await go(page, daemon.url, `#/repositories/${CHANGED}`);
  await next(page).getByRole("textbox", { name: "Hint for the model" }).fill("part of the move to OAuth");
  await next(page).getByRole("button", { name: "Write it yourself" }).click();
  await editor(page).getByRole("textbox", { name: "Subject" }).fill("Half a sentence");
  await daemon.tell({ repo: { id: CHANGED, state: "clean", dirty_files: 0 }, event: { type: "settings_reloaded" } });
  await expect(next(page)).toContainText("committed meanwhile");
  await expect(editor(page).getByRole("textbox", { name: "Subject" })).toHaveValue("Half a sentence");
  await daemon.tell({ repo: { id: CHANGED, state: "dirty", dirty_files: 1 }, event: { type: "settings_reloaded" } });
  await expect(next(page)).not.toContainText("committed meanwhile");
  await editor(page).getByRole("button", { name: "Cancel" }).click();
  await next(page).getByRole("button", { name: "Commit with this hint" }).click();
  await expect(page.getByText(/^Committed in/)).toBeVisible();
  const trigger = (await daemon.asked()).find(({ path }) => path === "/trigger");
  expect(trigger?.body).toEqual({ repos: [CHANGED], hint: "part of the move to OAuth" });
});

test("the first view says quietly who wrote the messages of the last cycle", async ({ page, double }) => {
  const daemon = await double("well");
  await go(page, daemon.url, "#/");
  await expect(page.getByText("4 committed, 64 unchanged. 3 messages by the model, 1 by rules.")).toBeVisible();
});
