// The double of the daemon's API, as a program of its own: for states that a real one cannot be brought into on command.
import { fileURLToPath } from "node:url";
import { eventually, start, type Started } from "./process";

const SERVER = fileURLToPath(new URL("../double/server.mjs", import.meta.url));

export class Double {
  private constructor(
    readonly url: string,
    private readonly server: Started,
  ) {}

  static async start(world: string): Promise<Double> {
    const server = start(process.execPath, [SERVER, "0", world], process.env);
    const url = await eventually("the double answers", () => /http:\/\/\S+/.exec(server.printed())?.[0], server.printed);
    return new Double(url, server);
  }

  /** Says something to the double itself, such as `{ world: "offline" }`. */
  async tell(what: Record<string, unknown>): Promise<void> {
    const reply = await fetch(`${this.url}/double`, { method: "POST", body: JSON.stringify(what) });
    if (!reply.ok) throw new Error(`The double answered ${reply.status}.`);
  }

  /** What the page asked for so far, in order. */
  async asked(): Promise<{ verb: string; path: string; body: unknown }[]> {
    const reply = await fetch(`${this.url}/double`, { method: "POST", body: "{}" });
    return ((await reply.json()) as { asked: { verb: string; path: string; body: unknown }[] }).asked;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
