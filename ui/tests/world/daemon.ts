// A real `autocommit run` with real repositories and remotes, in a folder of its own.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually, start, type Started } from "./process";

const BUILT = fileURLToPath(new URL("../../../target/debug/autocommit", import.meta.url));

function program(): string {
  const path = process.env["TEST_BIN"] ?? BUILT;
  if (!existsSync(path)) {
    throw new Error(`There is no ${path}: run \`cargo build -p autocommit\`, or name the file in TEST_BIN.`);
  }
  return path;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

const IDENTITY = "[user]\n\tname = Ada Test\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n";

export interface Settings {
  /** Folders that are searched; none: the first run. */
  folders?: string[];
  cycle_interval_seconds?: number;
  quiet_seconds?: number;
}

/** A home with repositories; a daemon once it is asked for. Everything is gone after `end`. */
export class World {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "autocommit-browser-")));
  readonly home = join(this.root, "home");
  readonly code = join(this.home, "code");
  url = "";
  private daemon: Started | null = null;

  constructor() {
    for (const folder of ["home/code", "remotes", "run", "tmp"]) {
      mkdirSync(join(this.root, folder), { recursive: true, mode: 0o700 });
    }
    writeFileSync(join(this.home, ".gitconfig"), IDENTITY);
  }

  private get environment(): NodeJS.ProcessEnv {
    const place = (folder: string) => join(this.root, folder);
    return {
      PATH: process.env["PATH"],
      HOME: this.home,
      XDG_RUNTIME_DIR: place("run"),
      TMPDIR: place("tmp"),
      AUTOCOMMIT_CONFIG: place("config.toml"),
      AUTOCOMMIT_STATE_DIR: place("state"),
      GIT_CONFIG_NOSYSTEM: "1",
      LC_ALL: "C.UTF-8",
      TZ: "UTC",
    };
  }

  git(folder: string, ...args: string[]): string {
    return execFileSync("git", args, { cwd: folder, env: this.environment, encoding: "utf8", timeout: 30_000 }).trimEnd();
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** A repository with one commit that is on its remote. */
  repo(name: string): { repo: string; bare: string } {
    const repo = join(this.code, name);
    const bare = join(this.root, "remotes", `${name}.git`);
    mkdirSync(repo, { recursive: true });
    this.git(this.root, "init", "--quiet", "--bare", bare);
    this.git(repo, "init", "--quiet");
    this.write(join(repo, "README.md"), "# A project\n");
    this.git(repo, "add", "--all");
    this.git(repo, "commit", "--quiet", "--message", "Start");
    this.git(repo, "remote", "add", "origin", bare);
    this.git(repo, "push", "--quiet", "--set-upstream", "origin", "main");
    return { repo, bare };
  }

  /** How many commits a repository has, bare or not. */
  commits(repo: string): number {
    return Number(this.git(repo, "rev-list", "--count", "main"));
  }

  /** Runs `autocommit` to its end and returns what it printed on standard output. */
  autocommit(...args: string[]): string {
    return execFileSync(program(), args, { cwd: this.root, env: this.environment, encoding: "utf8", timeout: 60_000 }).trim();
  }

  /** Starts the daemon and waits until it answers. */
  async run({ folders = [this.code], cycle_interval_seconds: interval = 3600, quiet_seconds: quiet = 0.2 }: Settings = {}): Promise<void> {
    const port = await freePort();
    const settings = [
      `repos_base_paths = ${JSON.stringify(folders)}`,
      `cycle_interval_seconds = ${interval}`,
      `quiet_seconds = ${quiet}`,
      `max_wait_seconds = ${quiet + 2}`,
      "[http]",
      `port = ${port}`,
      "[llm]",
      "enabled = false",
      "",
    ];
    writeFileSync(join(this.root, "config.toml"), settings.join("\n"));
    const daemon = start(program(), ["run"], this.environment);
    this.daemon = daemon;
    this.url = `http://127.0.0.1:${port}`;
    await eventually(
      "the daemon answers",
      async () => {
        if (daemon.child.exitCode !== null) throw new Error(`The daemon ended: ${daemon.printed()}`);
        const reply = await fetch(`${this.url}/health`).catch(() => undefined);
        return reply?.ok === true ? true : undefined;
      },
      daemon.printed,
    );
  }

  /** A link that signs a browser in, once. */
  link(): string {
    const printed = this.autocommit("open", "--print");
    const link = /http:\/\/\S+/.exec(printed)?.[0];
    if (link === undefined) throw new Error(`There is no link in what \`autocommit open --print\` printed: ${printed}`);
    return link;
  }

  async stop(): Promise<void> {
    await this.daemon?.stop();
    this.daemon = null;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}
