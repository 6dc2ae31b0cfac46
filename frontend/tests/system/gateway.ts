/** A proxy before the server, for what cannot be done to a request from within a browser. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { atTheEnd } from "./school.ts";

export class Gateway {
  private readonly appended = new Map<string, string>();
  private stalling: string | null = null;
  private is_down = false;
  private portal_but_for: string | null = null;
  /** How many requests were stopped half way. */
  stalled = 0;
  /** How many of those the browser has given up. */
  given_up = 0;

  private constructor(private readonly server: Server, private readonly target: string) {
    server.on("request", (asked: IncomingMessage, answer: ServerResponse) => this.pass(asked, answer));
    atTheEnd(async () => {
      server.closeAllConnections();
      server.close();
    });
  }

  /** A proxy before `target`, open until the end of the tests. */
  static async open(target: string): Promise<Gateway> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Gateway(server, target);
  }

  get origin(): string {
    const address = this.server.address();
    assert.ok(address !== null && typeof address === "object");
    return `http://127.0.0.1:${address.port}`;
  }

  /** From now on a file has this at its end. */
  append(path: string, text: string): void {
    this.appended.set(path, text);
  }

  /**
   * From now on nothing comes through, or everything again. What a browser is told of being offline ends with its pages; its
   * service worker would find the network that the machine has.
   */
  goDown(is_down: boolean): void {
    this.is_down = is_down;
  }

  /** From now on everything but one path is answered with a page that wants somebody to sign in to the network; null: nothing is. */
  portalBut(path: string | null): void {
    this.portal_but_for = path;
  }

  /** Half of what is sent to this path next goes on to the server, and nothing more in either direction. */
  stallNext(path: string): void {
    this.stalling = path;
  }

  private async stop(asked: IncomingMessage): Promise<void> {
    this.stalling = null;
    this.stalled += 1;
    asked.socket.once("close", () => (this.given_up += 1));
    const parts: Buffer[] = [];
    for await (const part of asked as AsyncIterable<Buffer>) parts.push(part);
    const body = Buffer.concat(parts);
    const onward = request(this.target + asked.url, { method: asked.method ?? "GET", headers: asked.headers });
    onward.on("error", () => undefined);
    onward.write(body.subarray(0, Math.floor(body.length / 2)));
  }

  private pass(asked: IncomingMessage, answer: ServerResponse): void {
    if (this.is_down) return void asked.socket.destroy();
    if (this.portal_but_for !== null && asked.url !== this.portal_but_for) {
      asked.resume();
      answer.writeHead(200, { "content-type": "text/html" });
      return void answer.end("<!doctype html><title>Wi-Fi</title><h1>Sign in to the Wi-Fi</h1>");
    }
    if (asked.url === this.stalling) return void this.stop(asked).catch(() => answer.destroy());
    const more = this.appended.get(asked.url ?? "") ?? "";
    const headers = { ...asked.headers };
    // What is changed on the way is neither compressed nor recognised by its tag.
    if (more !== "") for (const name of ["accept-encoding", "if-none-match"]) delete headers[name];
    const onward = request(this.target + asked.url, { method: asked.method ?? "GET", headers }, (got) => {
      if (more !== "") delete got.headers["content-length"];
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.on("data", (part: Buffer) => answer.write(part));
      got.on("end", () => answer.end(more));
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  }
}
