/** One signed-in person's work in this tab: their database, its copy in memory, and its synchronisation. */

import type { DateText, Person, SyncStatus } from "../model.ts";
import { nextCommandId, RANDOM_BYTES } from "../core/command_id.ts";
import { likelyOffset, tappedAt, type Tapped } from "../core/clock.ts";
import type { Draft, OutboxRow } from "../core/command.ts";
import type { Desk } from "../core/desk.ts";
import { laterPosition } from "../core/position.ts";
import { grown } from "../core/rows.ts";
import { isOutOfSpace } from "../storage/connection.ts";
import type { PersonStore } from "../storage/person.ts";
import type { KeptRoster } from "../core/roster.ts";
import type { Shown } from "../storage/reading.ts";
import type { Send } from "../sync/http.ts";
import { Loop, type Reason } from "../sync/loop.ts";
import type { Live, News, Runner } from "../sync/parts.ts";
import { SignIn } from "../sync/sign_in.ts";
import type { Channel, World } from "../sync/world.ts";
import { workTopic, type WorkMessage } from "./messages.ts";

export interface WorkParts {
  readonly person: Person;
  readonly token: string | null;
  readonly world: World;
  readonly send: Send;
  /** Their database; closed with the work. */
  readonly store: PersonStore;
  /** What the screens show, which decides what is read; `read` is the school if it has just been read. */
  shown(read?: KeptRoster | null): Shown;
  /** The desk, the status or what is being sent has changed. */
  changed(): void;
  status(status: SyncStatus): void;
  sending(seqs: ReadonlySet<number>): void;
}

/** For how long after its last sign of life the server is taken to tell of changes by itself. */
const TOLD_FOR_MS = 60_000;
/** How much older than usual kept work may be thrown away when the device is full: all but the last week. */
const WHEN_FULL_MS = 23 * 86_400_000;

export class Work {
  readonly store: PersonStore;
  readonly sign_in: SignIn;
  readonly loop: Loop;
  private runner: Runner | null = null;
  private live: Live | null = null;
  /** When the server last told anything to any tab, by the steady clock. */
  private told_ms = Number.NEGATIVE_INFINITY;
  private readonly channel: Channel;
  private current: Desk | null = null;
  private reading: Promise<void> | null = null;
  private read_again = false;
  /** What was saved since the reading under way began: it may have looked before. */
  private saved_meanwhile: OutboxRow[] = [];
  private closed = false;

  constructor(private readonly parts: WorkParts) {
    const { person, world, send, token } = parts;
    this.store = parts.store;
    this.sign_in = new SignIn(person.id, send, world, token, (got) => this.post({ kind: "token", token: got }));
    this.channel = world.channel(workTopic(person.id), (message) => this.hear(message as WorkMessage));
    this.loop = new Loop({
      now_ms: () => this.now_ms(),
      lock: `muster-sync-${person.id}`,
      world,
      run: async () => await (await this.theRunner()).run(),
      status: (status) => {
        parts.status(status);
        // With a network the browser would waken us at once, and for as long as the server is away again and again.
        if (status.kind === "unreachable" && !world.isOnline()) world.askToWaken();
        this.post({ kind: "status", status });
      },
      isTold: () => world.now().steady_ms - this.told_ms < TOLD_FOR_MS,
      ended: (done) => {
        void this.tellChanged();
        this.post({ kind: "ended", done });
      },
    });
  }

  get person(): Person {
    return this.parts.person;
  }

  /** What is in memory; null before the first reading. */
  desk(): Desk | null {
    return this.current;
  }

  /** The best estimate of the server's clock. */
  now_ms(): number {
    const now = this.parts.world.now();
    return now.wall_ms + likelyOffset(this.current?.ledger.sample ?? null, now);
  }

  /** Opens the database and reads it. Answers whether it is new. */
  async open(): Promise<boolean> {
    const [is_new] = await Promise.all([this.store.begin(), this.read()]);
    return is_new;
  }

  /** Reads what the screens need. Several wishes while one is being read are one more reading. */
  read(): Promise<void> {
    // From a database that was let go nothing can be read, and nobody looks any more.
    if (this.closed) return Promise.resolve();
    if (this.reading !== null) {
      this.read_again = true;
      return this.reading;
    }
    this.reading = this.readAll();
    return this.reading;
  }

  /** The moment of a tap: now. */
  tapped(): Tapped {
    return tappedAt(this.parts.world.now(), this.current?.ledger.sample ?? null);
  }

  /** Saves commands. When it resolves they are on the device. */
  async record(drafts: readonly Draft[], tapped: Tapped): Promise<readonly OutboxRow[]> {
    const save = (): Promise<readonly OutboxRow[]> => this.store.record(drafts, tapped, (last) => this.nameAfter(last, tapped));
    const rows = await save().catch(async (error: unknown) => {
      if (!isOutOfSpace(error)) throw error;
      await this.makeSpace();
      return save();
    });
    this.add(rows);
    this.post({ kind: "changed" });
    // Now: the tab may be closed before a run has failed.
    if (!this.parts.world.isOnline()) this.parts.world.askToWaken();
    this.loop.poke("tap");
    return rows;
  }

  /** Somebody has come back or asks: look at everything anew. */
  wake(reason: Reason): void {
    this.runner?.refreshAll();
    this.loop.poke(reason);
    this.listen();
  }

  /** Listens to the server if this is the tab to do it, and lets go if it is not any more. */
  listen(): void {
    if (this.live !== null) return this.live.wake();
    // Without the part nothing is heard, and more is asked for.
    this.theLive().then((live) => live?.wake(), console.error);
  }

  /** Sends and reads everything now, and waits for the end of it. */
  async runNow(): Promise<void> {
    this.runner?.refreshAll();
    await this.loop.runNow();
  }

  /** After the database was changed by other than a tap. */
  async tellChanged(): Promise<void> {
    this.post({ kind: "changed" });
    await this.read();
  }

  /** After a change to the outbox that was not a new command. */
  async outboxChanged(): Promise<void> {
    await this.tellChanged();
    this.loop.poke("tap");
  }

  /** Ends the work in this tab. What is saved stays saved. */
  async close(): Promise<void> {
    this.closed = true;
    this.live?.stop();
    await this.loop.stop();
    this.channel.close();
    await this.store.close();
  }

  /** What synchronises is fetched once somebody works here. A fetch that fails is a run that failed, and is tried again. */
  private async theRunner(): Promise<Runner> {
    const { person, world } = this.parts;
    const { Runner } = await import("../sync/parts.ts");
    this.runner ??= new Runner({
      person,
      store: this.store,
      sign_in: this.sign_in,
      world,
      app_version: world.app_version,
      now_ms: () => this.now_ms(),
      sending: (seqs) => this.tellSending(seqs),
      changed: () => this.tellChanged(),
      shownDate: (): DateText | null => this.parts.shown().date,
    });
    return this.runner;
  }

  private async theLive(): Promise<Live | null> {
    const { person, world } = this.parts;
    // Auditors are told nothing.
    if (person.role === "auditor") return null;
    const { Live } = await import("../sync/parts.ts");
    if (this.closed) return null;
    this.live ??= new Live({
      lock: `muster-live-${person.id}`,
      world,
      request: this.sign_in.request,
      news: (news) => this.isOfInterest(news) && this.loop.poke("heard"),
      alive: () => {
        this.told_ms = world.now().steady_ms;
        this.post({ kind: "told" });
      },
    });
    return this.live;
  }

  /** A register that is kept here or looked at, and not what this device has read already. */
  private isOfInterest(news: News): boolean {
    if (news.kind === "anything" || this.current === null) return true;
    const { ledger: { read_to, read_from }, snapshots } = this.current;
    if (read_to !== null && laterPosition(read_to, news.position) === read_to) return false;
    const is_kept = read_from !== null && news.date >= read_from;
    return is_kept || snapshots.has(news.session_id) || this.parts.shown().session_id === news.session_id;
  }

  private async readAll(): Promise<void> {
    try {
      do {
        this.read_again = false;
        this.saved_meanwhile = [];
        const read = await this.store.read(this.parts.shown);
        this.current = { person: this.parts.person, ...read, rows: grown(read.rows, this.saved_meanwhile) };
        // Whoever hears of it may want another reading.
        this.parts.changed();
      } while (this.read_again);
    } catch (error) {
      if (!this.closed) throw error;
    } finally {
      this.reading = null;
      this.saved_meanwhile = [];
    }
  }

  private add(rows: readonly OutboxRow[]): void {
    this.saved_meanwhile.push(...rows);
    if (this.current === null) return;
    this.current = { ...this.current, rows: grown(this.current.rows, rows) };
    this.parts.changed();
  }

  private nameAfter(last: string | null, { wall_ms }: Tapped): string {
    return nextCommandId(last, wall_ms, this.parts.world.random(RANDOM_BYTES));
  }

  private async makeSpace(): Promise<void> {
    await (await this.theRunner()).sweepBefore(this.now_ms() + WHEN_FULL_MS, 0);
  }

  private tellSending(seqs: readonly number[]): void {
    this.parts.sending(new Set(seqs));
    this.post({ kind: "sending", seqs });
  }

  private hear(message: WorkMessage): void {
    if (this.closed) return;
    if (message.kind === "changed") void this.read();
    if (message.kind === "told") this.told_ms = this.parts.world.now().steady_ms;
    if (message.kind === "token") this.sign_in.renew(message.token);
    if (message.kind === "status") this.parts.status(message.status);
    if (message.kind === "sending") this.parts.sending(new Set(message.seqs));
    if (message.kind === "ended" && message.done && this.hasUnseenWork()) this.loop.poke("tap");
  }

  /** Whether there are commands that no run has stamped yet. */
  private hasUnseenWork(): boolean {
    return [...(this.current?.rows.values() ?? [])].some((row) => row.state === "queued" && row.occurred_at === null);
  }

  private post(message: WorkMessage): void {
    this.channel.postMessage(message);
  }
}

