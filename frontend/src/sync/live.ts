/**
 * Listening to the server: which registers change is told as it happens, to one tab of each person, the one on the
 * screen. A tab that is hidden lets go, because browsers put hidden tabs to sleep with whatever they hold. Nothing depends
 * on it: whoever hears nothing asks more often.
 */

import type { DateText } from "../model.ts";
import { waitAfter } from "../core/backoff.ts";
import { EventReader, type StreamEvent } from "../core/event_stream.ts";
import { EVENTS } from "./http.ts";
import { isChange } from "./shapes.ts";
import type { SignedSend } from "./sign_in.ts";
import type { World } from "./world.ts";

/** The server says something every 20 seconds. One that has been silent for so long is not there any more. */
const SILENCE_MS = 45_000;
/** Before a tab that found another one listening looks again. */
const LOOK_AGAIN_MS = 15_000;

/** What the server told. */
export type News =
  /** A register of a day changed at a position. */
  | { readonly kind: "changed"; readonly session_id: string; readonly date: DateText; readonly position: string }
  /** Listening has begun, or something was missed: what was before has to be asked for. */
  | { readonly kind: "anything" };

export interface LiveParts {
  readonly lock: string;
  readonly world: World;
  readonly request: SignedSend;
  news(news: News): void;
  /** A sign of life came. */
  alive(): void;
}

type End =
  | { readonly kind: "again"; readonly wait_ms: number }
  /** Until this tab is woken. */
  | { readonly kind: "rest" }
  | { readonly kind: "never" };

export class Live {
  private call_off: (() => void) | null = null;
  private listening: AbortController | null = null;
  private last_id: string | null = null;
  private failures = 0;
  private stopped = false;

  constructor(private readonly parts: LiveParts) {}

  /** Listens from now on if this tab is on the screen and no other listens, and lets go if it is not. */
  wake(): void {
    if (this.stopped) return;
    if (!this.parts.world.isVisible()) return this.listening?.abort();
    if (this.listening === null) this.tryIn(0);
  }

  /** Listens no more. */
  stop(): void {
    this.stopped = true;
    this.call_off?.();
    this.listening?.abort();
  }

  private tryIn(wait_ms: number): void {
    this.call_off?.();
    this.call_off = this.parts.world.later(wait_ms, () => void this.listen());
  }

  private async listen(): Promise<void> {
    this.call_off = null;
    if (this.stopped || this.listening !== null || !this.parts.world.isVisible()) return;
    const listening = new AbortController();
    this.listening = listening;
    const end = await this.parts.world.ifFree(this.parts.lock, () => this.follow(listening)).catch(() => this.failed(null));
    this.listening = null;
    if (end?.kind === "never") this.stop();
    if (this.stopped || !this.parts.world.isVisible()) return;
    if (end === null) this.tryIn(LOOK_AGAIN_MS);
    else if (end.kind === "again") this.tryIn(end.wait_ms);
  }

  private async follow(listening: AbortController): Promise<End> {
    const silence = new Silence(this.parts.world, listening);
    try {
      const headers = { Accept: EVENTS, ...(this.last_id === null ? {} : { "Last-Event-ID": this.last_id }) };
      const reply = await this.parts.request({ path: "/changes", headers, signal: listening.signal });
      if (reply.kind === "problem" && (reply.status === 403 || reply.status === 404)) return { kind: "never" };
      if (reply.kind === "refused") return { kind: "rest" };
      if (reply.kind === "problem") return this.failed(reply.wait_ms);
      if (reply.kind === "ok" && reply.body instanceof ReadableStream) await this.readAll(reply.body, silence);
      // It ends with the token, for one.
      return this.failed(null);
    } finally {
      silence.end();
      listening.abort();
    }
  }

  private async readAll(body: ReadableStream<Uint8Array<ArrayBuffer>>, silence: Silence): Promise<void> {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    const events = new EventReader();
    for (let pieces = 1; ; pieces++) {
      const { done, value } = await reader.read();
      if (done) return;
      // One that ends right after it began is no success.
      if (pieces > 1) this.failures = 0;
      silence.begin();
      this.parts.alive();
      for (const event of events.read(value)) this.hear(event);
    }
  }

  private hear({ name, data, id }: StreamEvent): void {
    const is_resumed = name === "hello" && this.last_id !== null;
    this.last_id = id ?? this.last_id;
    if (name !== "message") {
      if (!is_resumed) this.parts.news({ kind: "anything" });
      return;
    }
    const told = toldOf(data);
    if (told !== null) this.parts.news({ kind: "changed", ...told });
  }

  private failed(asked_ms: number | null): Extract<End, { kind: "again" }> {
    this.failures += 1;
    return { kind: "again", wait_ms: asked_ms ?? waitAfter(this.failures, this.parts.world.chance()) };
  }
}

/** Ends the listening when nothing has been heard for too long. */
class Silence {
  private call_off: () => void = () => undefined;

  constructor(private readonly world: World, private readonly listening: AbortController) {
    this.begin();
  }

  begin(): void {
    this.end();
    this.call_off = this.world.later(SILENCE_MS, () => this.listening.abort());
  }

  end(): void {
    this.call_off();
  }
}

/** The position is that of the change and not the id: of several changes at one position only the last one carries it as its id. */
function toldOf(data: string): { session_id: string; date: DateText; position: string } | null {
  try {
    const told: unknown = JSON.parse(data);
    return isChange(told) ? { session_id: told.session_id, date: told.date, position: told.changed_position } : null;
  } catch {
    return null;
  }
}
