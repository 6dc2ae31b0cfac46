/**
 * One exchange with the server. An answer counts only if it is certain to be Muster's: a network that asks for a login
 * answers 200 with a page of its own, and that must never pass for "received".
 */

import type { Problem } from "../model.ts";
import { askedWait } from "../core/backoff.ts";
import { problemOf } from "../core/problem.ts";

export type Reply =
  | { readonly kind: "ok"; readonly status: number; readonly body: unknown; readonly etag: string | null; readonly store: string }
  | {
    readonly kind: "problem";
    readonly status: number;
    readonly problem: Problem;
    /** How long the server asks to wait, in milliseconds. */
    readonly wait_ms: number | null;
    readonly store: string;
  }
  /** Nothing came, or nothing of Muster's: whether the server got the request is not known. */
  | {
    readonly kind: "unreachable";
    /** Something on the way found the request too large. */
    readonly is_too_large?: true;
  };

export interface Request {
  readonly path: string;
  readonly method?: "GET" | "POST" | "PUT" | "PATCH";
  /** Sent as JSON; a `Blob` as it is, with its own type. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asks for the answer as a file of this type: the body is then a `FileAnswer`. */
  readonly file?: string;
  /** Ends the request. Without one it ends by itself after half a minute. */
  readonly signal?: AbortSignal;
}

/** A file that the server gave, with the name it gave it. */
export interface FileAnswer {
  readonly content: Blob;
  readonly name: string | null;
}

/** Sends requests. */
export type Send = (request: Request) => Promise<Reply>;

const TIMEOUT_MS = 30_000;
/** Below this a compressed body is no smaller. */
const WORTH_COMPRESSING_BYTES = 400;
/** The type of an answer that goes on. */
export const EVENTS = "text/event-stream";
const UNREACHABLE = { kind: "unreachable" } as const satisfies Reply;

/** Sends through `fetch`. */
export function sender(fetch: typeof globalThis.fetch, now: () => number): Send {
  return async (request) => {
    try {
      const body = request.body === undefined ? null : await packed(request.body);
      const response = await fetch(`/api/v1${request.path}`, {
        method: request.method ?? "GET",
        body: body?.bytes ?? null,
        headers: { Accept: request.file ?? "application/json", ...body?.headers, ...request.headers },
        credentials: "same-origin",
        cache: "no-store",
        redirect: "error",
        signal: request.signal ?? AbortSignal.timeout(TIMEOUT_MS),
      });
      return await replyOf(response, now(), request.file);
    } catch {
      return UNREACHABLE;
    }
  };
}

/** A file goes as it is, everything else as JSON. */
async function packed(body: unknown): Promise<{ bytes: Uint8Array<ArrayBuffer> | Blob; headers: Record<string, string> }> {
  return body instanceof Blob ? { bytes: body, headers: { "Content-Type": body.type } } : encoded(JSON.stringify(body));
}

async function encoded(text: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; headers: Record<string, string> }> {
  const bytes = new TextEncoder().encode(text);
  const headers = { "Content-Type": "application/json" };
  if (bytes.length < WORTH_COMPRESSING_BYTES || typeof CompressionStream === "undefined") return { bytes, headers };
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  const compressed = new Uint8Array(await new Response(stream).arrayBuffer());
  return { bytes: compressed, headers: { ...headers, "Content-Encoding": "gzip" } };
}

async function replyOf(response: Response, now_ms: number, file: string | undefined): Promise<Reply> {
  const store = response.headers.get("Muster-Store");
  if (store === null || store === "") return response.status === 413 ? { ...UNREACHABLE, is_too_large: true } : UNREACHABLE;
  const etag = response.headers.get("ETag");
  if (response.status === 304) return { kind: "ok", status: 304, body: null, etag, store };
  const type = response.headers.get("Content-Type") ?? "";
  // Events are read as they come, by whoever asked for them.
  if (response.ok && type.startsWith(EVENTS)) return { kind: "ok", status: response.status, body: response.body, etag, store };
  if (response.ok && file !== undefined && type.startsWith(file)) {
    const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? null;
    return { kind: "ok", status: response.status, body: { content: await response.blob(), name } satisfies FileAnswer, etag, store };
  }
  const text = await response.text();
  if (response.ok && text === "") return { kind: "ok", status: response.status, body: null, etag, store };
  if (response.ok && type.startsWith("application/json")) {
    return { kind: "ok", status: response.status, body: JSON.parse(text), etag, store };
  }
  if (response.ok || !type.startsWith("application/problem+json")) return UNREACHABLE;
  const wait_ms = askedWait(response.headers.get("Retry-After"), now_ms);
  return { kind: "problem", status: response.status, problem: problemOf(JSON.parse(text)), wait_ms, store };
}
