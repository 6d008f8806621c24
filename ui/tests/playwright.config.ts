import { defineConfig } from "@playwright/test";
import { existsSync } from "node:fs";

// Debian's Chromium, or the one that is named; nothing is downloaded.
const chromium = process.env["TEST_CHROMIUM"] ?? "/usr/bin/chromium";
if (!existsSync(chromium)) {
  throw new Error(`There is no ${chromium}: install it (sudo apt-get install chromium), or name yours in TEST_CHROMIUM.`);
}

export default defineConfig({
  testDir: ".",
  outputDir: "../../target/browser-tests",
  // Each test has its own daemon or double, so they do not disturb each other.
  fullyParallel: true,
  workers: 2,
  // For machines that do other things as well.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  retries: 0,
  reporter: [["list"]],
  use: {
    launchOptions: {
      executablePath: chromium,
      // A container has no user namespaces for the sandbox; the pages are our own, from loopback.
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
    viewport: { width: 960, height: 680 },
    locale: "en-GB",
    timezoneId: "UTC",
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "tests", testMatch: "*.browser.ts" },
    { name: "screenshots", testMatch: "screenshots/*.shot.ts", timeout: 240_000 },
  ],
});
