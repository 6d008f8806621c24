import { defineConfig } from "@playwright/test";
import { LAUNCH } from "./world/launch";

// Where whoever counts the tests reads what they came to.
const report = process.env["TEST_REPORT"];

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
  reporter: [["list"], ...(report ? [["json", { outputFile: report }] as const] : [])],
  use: {
    launchOptions: LAUNCH,
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
