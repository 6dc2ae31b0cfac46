/**
 * What the office's screens read from the server: asked for when a screen first needs it, and again when it has become
 * old. What was read last stays in sight meanwhile, and when there is no network.
 */

import type { InstantText, Problem } from "../model.ts";
import type { KeptReading, OfficeActions } from "./model.ts";

/** One question to the server, with the last answer. */
export interface Reading<T> {
  /** Null: never answered. */
  readonly body: T | null;
  /** When the answer was asked for. */
  readonly at: InstantText | null;
  /** Which of this device's commands the answer contains: those acknowledged up to this answer. */
  readonly answers: number;
  /** Why the last try failed; null if it did not. */
  readonly problem: Problem | null;
  readonly busy: boolean;
}

interface Kept extends Reading<unknown> {
  /** Of which age the answer is, or the try. */
  readonly mark: string;
  /** How many pages of a list were asked for. */
  readonly pages: number;
}

/** How far everything is when a screen is drawn. */
export interface Moment {
  /** Another one: what was read has become old. */
  readonly mark: string;
  /** The device's count of answers. */
  readonly answers: number;
}

/** What readings need. */
export interface ReadingParts extends Pick<OfficeActions, "ask" | "keptReadings" | "keepReadings"> {
  now(): InstantText;
  changed(): void;
  later(wait_ms: number, work: () => void): void;
}

const NOTHING: Kept = { body: null, at: null, answers: 0, problem: null, busy: false, mark: "", pages: 1 };
/** How many answers are kept over a reload, and how large one may be, in characters. */
const MOST_KEPT = 24;
const LARGEST_KEPT = 200_000;

export class Readings {
  private readonly known = new Map<string, Kept>();
  private remembered: Promise<void> | null = null;

  constructor(private readonly parts: ReadingParts) {}

  /** The reading of a path. Whenever `now` is otherwise than at the last time, the server is asked anew. */
  get<T>(path: string, now: Moment, fits: (body: unknown) => body is T): Reading<T> {
    const mark = `${now.mark} ${now.answers}`;
    this.remembered ??= this.remember();
    const kept = this.known.get(path) ?? NOTHING;
    if (kept.mark !== mark && !kept.busy) void this.read(path, { mark, pages: kept.pages, answers: now.answers }, fits);
    const { body, at, answers, problem, busy } = this.known.get(path) ?? kept;
    return { body: fits(body) ? body : null, at, answers, problem, busy };
  }

  /** Asks again after a failure. */
  again(path: string): void {
    this.put(path, { ...(this.known.get(path) ?? NOTHING), mark: "", problem: null });
  }

  /** Asks for one page more of a list. */
  more(path: string): void {
    const kept = this.known.get(path) ?? NOTHING;
    this.put(path, { ...kept, mark: "", pages: kept.pages + 1 });
  }

  private async read(path: string, before: Pick<Kept, "mark" | "pages" | "answers">, fits: (body: unknown) => boolean): Promise<void> {
    await this.remembered;
    const known = this.known.get(path) ?? NOTHING;
    if (known.busy) return;
    const kept: Kept = { ...known, mark: before.mark, pages: before.pages, busy: true };
    this.put(path, kept);
    const at = this.parts.now();
    const answer = await this.pages(path, kept.pages);
    if ("body" in answer && fits(answer.body)) {
      this.put(path, { ...this.newest(path, kept), body: answer.body, at, answers: before.answers, problem: null, busy: false });
      await this.parts.keepReadings(this.worthKeeping()).catch(console.error);
      return;
    }
    const { problem, wait_ms } = "body" in answer ? UNREACHABLE : answer;
    this.put(path, { ...this.newest(path, kept), problem, busy: false });
    if (wait_ms !== null) this.parts.later(wait_ms, () => this.again(path));
  }

  /** What was asked for meanwhile is asked for next. */
  private newest(path: string, kept: Kept): Kept {
    const { mark, pages } = this.known.get(path) ?? kept;
    return { ...kept, mark, pages };
  }

  private async pages(path: string, count: number): Promise<{ readonly body: unknown } | Failed> {
    let whole: List | null = null;
    for (let page = 0; page < count; page++) {
      const cursor = whole?.next_cursor ?? null;
      if (whole !== null && cursor === null) break;
      const more: string = cursor !== null ? `${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}` : "";
      const reply = await this.parts.ask({ path: `${path}${more}` });
      if (reply.kind === "problem") return { problem: reply.problem, wait_ms: reply.wait_ms };
      if (reply.kind === "refused") return { problem: { slug: "token-expired", title: "", detail: null }, wait_ms: null };
      if (reply.kind !== "ok") return UNREACHABLE;
      if (!isList(reply.body)) return { body: reply.body };
      const before: readonly unknown[] = whole?.items ?? [];
      whole = { ...reply.body, items: [...before, ...reply.body.items] };
    }
    return { body: whole };
  }

  private put(path: string, kept: Kept): void {
    this.known.set(path, kept);
    this.parts.changed();
  }

  /** What was read before the page was loaded. */
  private async remember(): Promise<void> {
    try {
      for (const { path, body, at, answers } of await this.parts.keptReadings()) {
        if (!this.known.has(path)) this.known.set(path, { ...NOTHING, body, at, answers });
      }
    } catch (error) {
      console.error(error);
    }
  }

  private worthKeeping(): KeptReading[] {
    const read = [...this.known].flatMap(([path, { body, at, answers }]) => (at === null ? [] : [{ path, body, at, answers }]));
    const newest = read.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, MOST_KEPT);
    return newest.filter(({ body }) => JSON.stringify(body).length <= LARGEST_KEPT);
  }
}

interface Failed {
  readonly problem: Problem;
  readonly wait_ms: number | null;
}

const UNREACHABLE: Failed = { problem: { slug: "unreachable", title: "", detail: null }, wait_ms: null };

interface List {
  readonly items: readonly unknown[];
  readonly next_cursor?: string | null;
}

function isList(body: unknown): body is List {
  return typeof body === "object" && body !== null && "items" in body && Array.isArray(body.items);
}
