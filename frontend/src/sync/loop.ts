/**
 * When to synchronise: at once when something happened here or the server tells of a change, now and then while somebody
 * is looking, more often if nobody listens to the server, and after a failure later and later, but for ever.
 */

import type { SyncStatus } from "../model.ts";
import { waitAfter } from "../core/backoff.ts";
import { instant } from "../core/clock.ts";
import type { Outcome } from "./outcome.ts";
import type { RunEnd } from "./run.ts";
import type { World } from "./world.ts";

/** How often the registers are read again while the app is on the screen. */
const POLL_MS = 15_000;
/** And while the server tells of changes by itself. */
const POLL_WHEN_TOLD_MS = 60_000;
/** How long a tap or a change waits for the next one, so that a row of them is one request. */
const GATHER_MS = 700;

/** Why to synchronise before the time. */
export type Reason = "tap" | "heard" | "back" | "asked";

export interface LoopParts {
  readonly lock: string;
  readonly world: World;
  /** The best estimate of the server's clock, which people are told times by. */
  now_ms(): number;
  run(): Promise<RunEnd>;
  status(status: SyncStatus): void;
  /** Whether the server tells of changes by itself at present. */
  isTold(): boolean;
  /** A run of this tab has ended, `done` or for want of an answer: other tabs may have work that it did not see. */
  ended(done: boolean): void;
}

export class Loop {
  private call_off: (() => void) | null = null;
  /** When the next run is due, by the steady clock. */
  private due_ms = Number.POSITIVE_INFINITY;
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;
  private failures = 0;
  private unreachable_since: string | null = null;
  /** Until when the server asked to be left alone, by the steady clock. */
  private leave_alone_until = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: LoopParts) {}

  /** Something happened that is worth a run soon. */
  poke(reason: Reason): void {
    if (this.stopped) return;
    this.failures = 0;
    if (this.running !== null) {
      this.again = true;
      return;
    }
    const now_ms = this.parts.world.now().steady_ms;
    const patience = reason === "asked" ? 0 : this.leave_alone_until - now_ms;
    const wait_ms = Math.max(patience, reason === "tap" || reason === "heard" ? GATHER_MS : 0);
    // Colleagues who mark without a pause must not put it off for ever.
    if (reason !== "heard" || now_ms + wait_ms < this.due_ms) this.schedule(wait_ms);
  }

  /** Runs now, after what is under way, and waits for the end of it. */
  async runNow(): Promise<void> {
    await this.running;
    this.failures = 0;
    if (!this.stopped) await this.start();
  }

  /** Starts nothing any more, and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancel();
    await this.running;
  }

  private schedule(wait_ms: number): void {
    this.cancel();
    if (this.stopped) return;
    this.due_ms = this.parts.world.now().steady_ms + wait_ms;
    this.call_off = this.parts.world.later(wait_ms, () => void this.start());
  }

  private cancel(): void {
    this.call_off?.();
    this.call_off = null;
    this.due_ms = Number.POSITIVE_INFINITY;
  }

  private start(): Promise<void> {
    this.cancel();
    this.running ??= this.once().finally(() => {
      this.running = null;
      if (this.again) this.poke("tap");
    });
    return this.running;
  }

  private async once(): Promise<void> {
    if (this.stopped) return;
    this.again = false;
    const end = await this.runIfFree();
    // Stopped meanwhile: nobody is there to be told.
    if (this.stopped) return;
    // Another tab is at it. It will say when it has ended; should it never, this one looks again.
    if (end === null) return this.schedule(POLL_MS);
    this.after(end);
    this.parts.ended(end.outcome.kind === "done");
  }

  private async runIfFree(): Promise<RunEnd | null> {
    try {
      return await this.parts.world.ifFree(this.parts.lock, () => this.parts.run());
    } catch (error) {
      // The device's own storage failed under the run, or its locks did. What was not written is not lost: it is still queued.
      // Of a loop that was stopped the database may be closed already.
      if (!this.stopped) console.error(error);
      return { outcome: { kind: "unreachable" }, undecided: true, again: false };
    }
  }

  private after(end: RunEnd): void {
    if (end.outcome.kind === "done") {
      this.unreachable_since = null;
      this.parts.status({ kind: "idle" });
      if (end.again) return this.schedule(GATHER_MS);
      if (end.undecided) return this.schedule(waitAfter(++this.failures, this.parts.world.chance()));
      this.failures = 0;
      if (this.parts.world.isVisible()) this.schedule(this.parts.isTold() ? POLL_WHEN_TOLD_MS : POLL_MS);
      return;
    }
    this.afterFailure(end.outcome);
  }

  private afterFailure(outcome: Exclude<Outcome, { kind: "done" }>): void {
    if (outcome.kind === "sign_in_needed") return this.parts.status(outcome);
    const { world } = this.parts;
    const wait_ms = (outcome.kind === "waiting" ? outcome.wait_ms : null) ?? waitAfter(++this.failures, world.chance());
    const now_ms = this.parts.now_ms();
    const retry_at = instant(now_ms + wait_ms);
    if (outcome.kind === "waiting") {
      this.leave_alone_until = world.now().steady_ms + wait_ms;
      this.unreachable_since = null;
      this.parts.status({ kind: "waiting", retry_at, problem: outcome.problem });
    } else {
      this.unreachable_since ??= instant(now_ms);
      this.parts.status({ kind: "unreachable", since: this.unreachable_since, retry_at });
    }
    this.schedule(wait_ms);
  }
}
