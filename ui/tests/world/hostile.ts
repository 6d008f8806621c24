// The list of hostile strings that every test uses (tests/support/hostile.json), and what must never be seen raw.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

type Written = string | { repeat: string; times: number };

const FILE = fileURLToPath(new URL("../../../tests/support/hostile.json", import.meta.url));
const lists = JSON.parse(readFileSync(FILE, "utf8")) as Record<"texts" | "names" | "branches", Written[]>;
const whole = (written: Written) => (typeof written === "string" ? written : written.repeat.repeat(written.times));

export const TEXTS = lists.texts.map(whole);
export const NAMES = lists.names.map(whole);
export const BRANCHES = lists.branches.map(whole);
