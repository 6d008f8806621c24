// Programs that a test starts: each has its end bound to that of the test, whatever way that ends.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";

/** Longest wait between SIGTERM and SIGKILL, in milliseconds. */
const PATIENCE = 10_000;

export interface Started {
  child: ChildProcess;
  /** What it printed so far, on both streams. */
  printed(): string;
  stop(): Promise<void>;
}

export function start(program: string, args: string[], environment: NodeJS.ProcessEnv): Started {
  // Where this process is killed, nobody is left to stop the other: the system does it then.
  const bound = existsSync("/usr/bin/setpriv");
  const words = bound ? ["/usr/bin/setpriv", "--pdeathsig", "TERM", "--", program, ...args] : [program, ...args];
  const child = spawn(words[0] ?? program, words.slice(1), { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout?.on("data", (bytes: Buffer) => (text += bytes.toString()));
  child.stderr?.on("data", (bytes: Buffer) => (text += bytes.toString()));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.once("error", (problem) => (text += String(problem)));
  return {
    child,
    printed: () => text,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Looks again and again until there is an answer; fails with what was seen last. */
export async function eventually<T>(what: string, found: () => Promise<T | undefined> | T | undefined, seen: () => string): Promise<T> {
  const until = Date.now() + 20_000;
  for (;;) {
    const value = await found();
    if (value !== undefined) return value;
    if (Date.now() > until) throw new Error(`Not within 20 s: ${what}.\n${seen()}`);
    await new Promise((wake) => setTimeout(wake, 40));
  }
}
