/** One run of the synchronisation: send what is here, then read what is there. */

import { instant } from "../core/clock.ts";
import { DAYS_KEPT } from "../core/desk.ts";
import type { Roster } from "../core/roster.ts";
import { dayAfter, schoolDay } from "../core/school_day.ts";
import type { DateText, Person } from "../model.ts";
import type { PersonStore } from "../storage/person.ts";
import { DONE, type Form, type Outcome, type Run } from "./outcome.ts";
import { pullConflicts, pullDay, pullRegisters, pullRoster } from "./pull.ts";
import { push } from "./push.ts";
import type { SignIn, SignedSend } from "./sign_in.ts";
import type { World } from "./world.ts";

/** How often what changes rarely is asked for, and how often a device without work says that it lives. */
const RARELY_MS = 5 * 60_000;
const SWEEP_EVERY_MS = 12 * 3_600_000;
/** For people with all classes of the school: today and yesterday. */
const DAYS_OF_MANY_CLASSES = 2;

/** How a run ended, and what is left to do. */
export interface RunEnd {
  readonly outcome: Outcome;
  /** Whether commands are left that the server has not decided about: to be sent again, but not at once. */
  readonly undecided: boolean;
  /** Whether there is more to do at once: the store is another one, so old work is queued again. */
  readonly again: boolean;
}

export interface RunnerParts {
  readonly person: Person;
  readonly store: PersonStore;
  readonly sign_in: SignIn;
  readonly world: World;
  readonly app_version: string;
  now_ms(): number;
  sending(seqs: readonly number[]): void;
  changed(): Promise<void>;
  /** The day on the screen; null: no particular one. */
  shownDate(): DateText | null;
}

export class Runner {
  private alive_at = Number.NEGATIVE_INFINITY;
  private roster_at = Number.NEGATIVE_INFINITY;
  private conflicts_at = Number.NEGATIVE_INFINITY;
  private swept_at = Number.NEGATIVE_INFINITY;
  private store_known: string | null = null;
  private met_other_store = false;
  private day_read: DateText | null = null;
  private readonly form: Form = { dense: true };

  constructor(private readonly parts: RunnerParts) {}

  /** Asks for everything at the next run, also for what changes rarely. */
  refreshAll(): void {
    this.roster_at = this.conflicts_at = Number.NEGATIVE_INFINITY;
  }

  /** Does one run. Only one tab may at a time. */
  async run(): Promise<RunEnd> {
    this.met_other_store = false;
    const run: Run = { ...this.parts, form: this.form, request: this.listening };
    const pushed = await push(run, this.parts.person.role !== "auditor" && this.isDue(this.alive_at));
    if (pushed.heard) this.alive_at = this.steady();
    const outcome = pushed.outcome.kind === "done" ? await this.read(run) : pushed.outcome;
    if (outcome.kind === "done") await this.sweep();
    return { outcome, undecided: pushed.undecided > 0, again: this.met_other_store };
  }

  private async read(run: Run): Promise<Outcome> {
    const { store, person } = this.parts;
    if (this.isDue(this.roster_at)) {
      const outcome = await pullRoster(run);
      if (outcome.kind !== "done") return outcome;
      this.roster_at = this.steady();
    }
    const roster = (await store.reference("roster"))?.roster;
    if (roster === undefined) return DONE;
    const read = await pullRegisters(run, roster, person.role === "teacher" ? DAYS_KEPT : DAYS_OF_MANY_CLASSES);
    if (read.kind !== "read") return read;
    return await this.readMore(run, roster, read.changed);
  }

  /** What is asked for less often: the day on the screen if it is long ago, and the conflicts, which follow from registers. */
  private async readMore(run: Run, roster: Roster, registers_changed: boolean): Promise<Outcome> {
    const date = this.parts.shownDate();
    if (date !== null && date !== this.day_read) {
      const read = await pullDay(run, roster, date);
      if (read.kind !== "done") return read;
      this.day_read = date;
    }
    if (!registers_changed && !this.isDue(this.conflicts_at)) return DONE;
    const conflicts = await pullConflicts(run, roster, this.parts.person.id);
    if (conflicts.kind === "done") this.conflicts_at = this.steady();
    return conflicts;
  }

  /** Notes of every answer when it came and which store gave it. */
  private readonly listening: SignedSend = async (request) => {
    const reply = await this.parts.sign_in.request(request);
    if (reply.kind !== "ok" && reply.kind !== "problem") return reply;
    const { store } = this.parts;
    await store.note({ last_heard_at: instant(this.parts.now_ms()) });
    if (reply.store !== this.store_known) {
      if (await store.meet(reply.store)) this.met_other_store = true;
      this.store_known = reply.store;
    }
    return reply;
  };

  private async sweep(): Promise<void> {
    if (!this.isDue(this.swept_at, SWEEP_EVERY_MS)) return;
    this.swept_at = this.steady();
    await this.sweepBefore(this.parts.now_ms(), -DAYS_KEPT - 1);
  }

  /** Throws away what was acknowledged 30 days before `acknowledged_ms`, and the registers of before `days` after today. */
  async sweepBefore(acknowledged_ms: number, days: number): Promise<void> {
    const { store, now_ms } = this.parts;
    const roster = (await store.reference("roster"))?.roster;
    const today = schoolDay(now_ms(), roster?.school.time_zone ?? "UTC");
    await store.sweep(acknowledged_ms, dayAfter(today, days));
    // The day on the screen may be one of those.
    this.day_read = null;
  }

  private isDue(last_ms: number, every_ms: number = RARELY_MS): boolean {
    return this.steady() - last_ms >= every_ms;
  }

  private steady(): number {
    return this.parts.world.now().steady_ms;
  }
}

