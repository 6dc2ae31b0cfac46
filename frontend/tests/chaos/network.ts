/** What lies between one device and the server: a proxy that does to requests what networks and servers do. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What can happen to a request. */
export const FAULTS = [
  "none", "lost_request", "lost_answer", "half_an_answer", "twice", "once_more_later", "slow", "stalled", "stalled_answer",
  "portal", "portal_json", "portal_redirect", "busy", "busy_page", "too_many", "too_large", "expired", "broken", "broken_page",
  "other_store",
] as const;
export type Fault = (typeof FAULTS)[number];

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const HTML = { "content-type": "text/html" };
/** Real milliseconds that a slow network keeps a request, and an answer. */
const SLOW_MS = 120;

/** Real milliseconds after which a request is given up between here and the server. */
const LONGEST_MS = 10_000;

const page = (status: number, headers: IncomingHttpHeaders = HTML, text = "<html><h1>Sign in to the Wi-Fi</h1></html>"): Answer =>
  ({ status, headers, body: Buffer.from(text) });

export class Network {
  /** What happens to the next requests, over and over. */
  private faults: readonly Fault[] = [];
  private turn = 0;
  private is_up = true;
  /** The last identity that the real server gave. */
  private store = "";
  private readonly agent = new Agent({ keepAlive: true });
  private readonly late = new Set<Promise<unknown>>();
  /** How often each fault happened. */
  readonly met = new Map<Fault, number>();

  private constructor(private readonly server: Server, private readonly target: string) {
    server.keepAliveTimeout = 600_000;
    server.on("request", (asked: IncomingMessage, answer: ServerResponse) => {
      this.pass(asked, answer).catch(() => answer.destroy());
    });
  }

  static async open(target: string): Promise<Network> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Network(server, target);
  }

  get origin(): string {
    const address = this.server.address();
    assert.ok(address !== null && typeof address === "object");
    return `http://127.0.0.1:${address.port}`;
  }

  /** From now on this happens to requests. */
  bring(faults: readonly Fault[]): void {
    this.faults = faults;
    this.turn = 0;
  }

  /** Nothing gets through, or requests do again. */
  setUp(is_up: boolean): void {
    this.is_up = is_up;
  }

  /** Well again, with nothing on the way any more. */
  async heal(): Promise<void> {
    this.bring([]);
    this.is_up = true;
    await Promise.all(this.late);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
    this.agent.destroy();
  }

  private async pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await bytesOf(asked);
    const fault = this.next(asked);
    if (!this.is_up || fault === "lost_request") return void answer.destroy();
    if (fault === "stalled") return;
    if (fault === "slow") await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    const made_up = this.madeUp(fault);
    if (made_up !== null) return give(answer, made_up);
    if (fault === "none" && asked.url?.endsWith("/changes")) return this.passOn(asked, answer);
    const real = await this.deliver(asked, body);
    if (fault === "slow") await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    if (fault === "twice") await this.deliver(asked, body);
    if (fault === "once_more_later") this.deliverLater(asked, body);
    if (fault === "lost_answer") return void answer.destroy();
    if (fault === "stalled_answer") return;
    if (fault === "half_an_answer") return giveHalf(answer, real);
    give(answer, real);
  }

  private next(asked: IncomingMessage): Fault {
    let fault = this.faults[this.turn++ % Math.max(1, this.faults.length)] ?? "none";
    const repeats = fault === "twice" || fault === "once_more_later";
    // No network repeats a sign-in on its own; what is repeated here is what the server must recognise.
    if (repeats && !asked.url?.endsWith("/commands")) fault = "none";
    if (this.is_up) this.met.set(fault, (this.met.get(fault) ?? 0) + 1);
    return fault;
  }

  /** What answers in the server's place; null if the server itself does. */
  private madeUp(fault: Fault): Answer | null {
    switch (fault) {
      case "portal": return page(200);
      case "portal_json": return page(200, { "content-type": "application/json" }, '{"results":[]}');
      case "portal_redirect": return page(302, { ...HTML, location: "http://wifi.example/sign-in" });
      case "busy": return this.problem(503, "busy", { "retry-after": "2" });
      case "busy_page": return page(503, { ...HTML, "retry-after": "1" });
      case "too_many": return this.problem(429, "rate-limited", { "retry-after": "3" });
      case "too_large": return this.problem(413, "too-large");
      case "expired": return this.problem(401, "token-expired");
      case "broken": return this.problem(500, "internal");
      case "broken_page": return page(502);
      case "other_store": return this.problem(503, "busy", { "muster-store": "another.1" });
      default: return null;
    }
  }

  private problem(status: number, slug: string, headers: IncomingHttpHeaders = {}): Answer {
    const own: IncomingHttpHeaders = { "content-type": "application/problem+json", "muster-store": this.store };
    return page(status, { ...own, ...headers }, JSON.stringify({ type: `/problems/${slug}`, title: slug, status }));
  }

  /** What comes as a stream, as it comes, for as long as the device listens. */
  private async passOn(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const onward = request(this.target + asked.url, { headers: asked.headers });
    answer.on("close", () => onward.destroy());
    onward.end();
    const [got] = (await once(onward, "response")) as [IncomingMessage];
    answer.writeHead(got.statusCode ?? 502, got.headers);
    answer.flushHeaders();
    got.on("error", () => answer.destroy());
    got.pipe(answer);
  }

  private deliverLater(asked: IncomingMessage, body: Buffer): void {
    const late = new Promise((resolve) => setTimeout(resolve, SLOW_MS)).then(() => this.deliver(asked, body)).catch(() => undefined);
    this.late.add(late);
    void late.then(() => this.late.delete(late));
  }

  private async deliver(asked: IncomingMessage, body: Buffer): Promise<Answer> {
    const headers = { ...asked.headers };
    // The length is known now.
    delete headers["transfer-encoding"];
    if (body.length > 0) headers["content-length"] = String(body.length);
    const onward = request(this.target + asked.url, { method: asked.method ?? "GET", headers, agent: this.agent });
    // Nobody waits for ever, not even for what never ends.
    onward.setTimeout(LONGEST_MS, () => onward.destroy());
    onward.end(body);
    const [got] = (await once(onward, "response")) as [IncomingMessage];
    const { statusCode = 502 } = got;
    const { "transfer-encoding": _chunked, connection: _connection, ...kept } = got.headers;
    if (typeof kept["muster-store"] === "string") this.store = kept["muster-store"];
    return { status: statusCode, headers: kept, body: await bytesOf(got) };
  }
}

function give(answer: ServerResponse, { status, headers, body }: Answer): void {
  answer.writeHead(status, headers);
  answer.end(body);
}

/** The head, half of the body, and then the connection breaks. */
function giveHalf(answer: ServerResponse, { status, headers, body }: Answer): void {
  const socket: Socket | null = answer.socket;
  answer.writeHead(status, { ...headers, "content-length": String(body.length) });
  answer.write(body.subarray(0, Math.floor(body.length / 2)), () => socket?.destroy());
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}
