// How the browser of the tests is started.
import { existsSync } from "node:fs";

// Debian's Chromium, or the one that is named; nothing is downloaded.
const chromium = process.env["TEST_CHROMIUM"] ?? "/usr/bin/chromium";
if (!existsSync(chromium)) {
  throw new Error(`There is no ${chromium}: install it (sudo apt-get install chromium), or name yours in TEST_CHROMIUM.`);
}

export const LAUNCH = {
  executablePath: chromium,
  // A container has no user namespaces for the sandbox; the pages are our own, from loopback.
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
};
