/** A proxy before the server, for what a browser fetches behind its own back: the worker's script. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { atTheEnd } from "./school.ts";

export class Gateway {
  private readonly appended = new Map<string, string>();

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

  private pass(asked: IncomingMessage, answer: ServerResponse): void {
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
