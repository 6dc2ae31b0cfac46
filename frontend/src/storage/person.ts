/** One person's database: their outbox, and what the server last told them. */

import { deleteDB, type IDBPDatabase } from "idb";
import type { DateText } from "../model.ts";
import type { Moment, Tapped } from "../core/clock.ts";
import { newRow, type Draft, type OutboxRow, type RowHead } from "../core/command.ts";
import type { Desk, Ledger } from "../core/desk.ts";
import { laterPosition } from "../core/position.ts";
import { answered, isExpired, lostWithStore, queuedAgain, stamped, type Answer } from "../core/outbox.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { Connection, type ConnectionEvents } from "./connection.ts";
import type { Attempts, KeptKey } from "./keyring.ts";
import { findRows, withFound, type KnownRows } from "./known_rows.ts";
import { readDesk, referenceOf, type ShownOf } from "./reading.ts";
import { PERSON_VERSION, personDatabase, type PersonSchema, type Reference } from "./schema.ts";
import { openedRows, openedSnapshots, type Seal, type Sealed, type StoredRow, type StoredSnapshot } from "./seal.ts";
import { change, createStores, type Change, type Writing } from "./transactions.ts";

export class PersonStore {
  private readonly connection: Connection<PersonSchema>;
  private seal: Seal | null = null;
  private known: KnownRows | null = null;
  /** As last read or written, should the browser remove the database under the app. */
  known_keys: readonly KeptKey[] = [];

  /** `fresh` makes the ledger of a database that is new; `refill` fills the one in the place of one that was removed. */
  constructor(
    readonly person_id: string,
    private readonly fresh: () => Ledger,
    events: ConnectionEvents,
    refill: (database: IDBPDatabase<PersonSchema>) => Promise<void> = () => Promise.resolve(),
  ) {
    this.connection = new Connection({ name: personDatabase(person_id), version: PERSON_VERSION, upgrade: createStores, refill, events });
  }

  /** Seals everything that is written from now on, and opens what is read. */
  sealWith(seal: Seal): void {
    this.seal = seal;
  }

  /** What seals; null: nothing does. */
  get sealing(): Seal | null {
    return this.seal;
  }

  get is_sealed(): boolean {
    return this.seal !== null;
  }

  /** Makes the ledger of a new database; one that is there is only looked at. Answers whether it was new. */
  async begin(): Promise<boolean> {
    const kept = await this.connection.use((database) => database.get("ledger", "ledger"));
    if (kept !== undefined) return kept.last_command_id === null && kept.last_heard_at === null;
    await this.change("outbox", (_transaction, ledger) => Promise.resolve({ result: undefined, ledger: { ...ledger } }));
    return true;
  }

  /** What the screens need, as of one moment; which registers that are may depend on the school. */
  async read(shown: ShownOf): Promise<Omit<Desk, "person">> {
    const { desk, known } = await this.connection.use((database) => readDesk(database, shown, this.fresh, this.seal, this.knownRows()));
    this.known = known;
    return desk;
  }

  /**
   * Writes commands, all or none. When it resolves they are saved. `name` gives the id after the greatest so far.
   */
  async record(drafts: readonly Draft[], tapped: Tapped, name: (last: string | null) => string): Promise<readonly OutboxRow[]> {
    // A transaction does not wait for anything else: what is to be sealed is sealed before.
    const { seal } = this;
    const sealed = seal === null ? null : await Promise.all(drafts.map(({ command }) => seal.seal(command)));
    return this.change("outbox", async (transaction, ledger) => {
      let { last_seq, last_command_id } = ledger;
      const rows = drafts.map((draft) => {
        last_seq += 1;
        last_command_id = name(last_command_id);
        return newRow(last_seq, last_command_id, draft, tapped);
      });
      const outbox = transaction.objectStore("outbox");
      // Not waited for: if one fails the transaction does, and that is waited for.
      for (const [index, row] of rows.entries()) outbox.add(storedRow(row, sealed?.[index])).catch(() => undefined);
      return { result: rows, ledger: { ...ledger, last_seq, last_command_id } };
    });
  }

  /** Gives queued commands their one stamp, before they are sent for the first time. */
  stamp(now: Moment, offset_ms: number): Promise<void> {
    return this.change("outbox", async (transaction, ledger) => {
      const outbox = transaction.objectStore("outbox");
      const more = await outbox.getAll(IDBKeyRange.lowerBound(ledger.stamped_to ?? 0, true));
      const bare = more.filter((row) => row.state === "queued" && row.occurred_at === null);
      const closes = await Promise.all(bare.map((row) => (row.since_seq === null ? undefined : outbox.get(row.since_seq))));
      const stamps = new Map(closes.map((close) => [close?.seq, close?.occurred_at ?? null]));
      const done = stamped(bare, now, offset_ms, ledger.last_stamp, (seq) => stamps.get(seq) ?? null);
      await putAll(transaction, done.rows);
      return { result: undefined, ledger: { ...ledger, last_stamp: done.last_stamp, stamped_to: ledger.last_seq } };
    });
  }

  /** All queued commands, oldest first. */
  async queued(): Promise<readonly OutboxRow[]> {
    return (await this.inState("queued")).sort((a, b) => a.seq - b.seq);
  }

  /** All commands that the server does not have: queued and refused, oldest first. */
  async unsent(): Promise<readonly OutboxRow[]> {
    return [...(await this.queued()), ...(await this.inState("attention"))].sort((a, b) => a.seq - b.seq);
  }

  /** As {@link unsent}, with those that are sealed so that nobody here can read what they say. */
  async heldHere(): Promise<readonly RowHead[]> {
    return [...(await this.unsent()), ...(this.known?.closed ?? [])];
  }

  /** Applies the results of a batch. */
  acknowledge(
    sent: readonly string[],
    answer: Omit<Answer, "number">,
    position: string | null,
  ): Promise<void> {
    return this.change("outbox", async (transaction, ledger) => {
      const by_id = transaction.objectStore("outbox").index("command_id");
      const found = await Promise.all(sent.map((id) => by_id.get(id)));
      const rows = found.filter((row) => row !== undefined);
      const number = ledger.answers + 1;
      await putAll(transaction, answered(sent, rows, { ...answer, number }));
      return {
        result: undefined,
        ledger: { ...ledger, answers: number, position: laterPosition(ledger.position, position) },
      };
    });
  }

  /**
   * Remembers which store answers. If it is another than before, everything that the other acknowledged is queued again.
   * Answers whether that was so.
   */
  meet(store: string): Promise<boolean> {
    return this.change("outbox", async (transaction, ledger) => {
      if (ledger.store === store) return { result: false, ledger };
      const kept = await transaction.objectStore("outbox").index("state").getAll("acknowledged");
      await putAll(transaction, lostWithStore(kept, store));
      const is_other = ledger.store !== null;
      return { result: is_other, ledger: { ...ledger, store, position: null, read_to: null } };
    });
  }

  /** Lets the server judge refused commands afresh. */
  resend(seqs: readonly number[]): Promise<void> {
    return this.change("outbox", async (transaction, ledger) => {
      const outbox = transaction.objectStore("outbox");
      for (const seq of seqs) {
        const row = await outbox.get(seq);
        if (row?.state === "attention") await putAll(transaction, [queuedAgain(row)]);
      }
      return { result: undefined, ledger };
    });
  }

  /** Gives up refused commands, as somebody has decided. Whatever is something else by now stays. */
  discard(seqs: readonly number[]): Promise<void> {
    return this.change("outbox", async (transaction, ledger) => {
      const outbox = transaction.objectStore("outbox");
      for (const seq of seqs) {
        const row = await outbox.get(seq);
        if (row?.state === "attention") await outbox.delete(seq);
      }
      return { result: undefined, ledger };
    });
  }

  /**
   * Keeps registers as the server tells them now; with `known` what the device then knows, and with `uncounted` what there
   * is to tell of this person's marks, if that is otherwise than before.
   */
  async keepRegisters(
    snapshots: readonly Snapshot[],
    known: Partial<Pick<Ledger, "read_to" | "read_from" | "read_at" | "reflected">>,
    uncounted: Reference["uncounted"] | null = null,
  ): Promise<void> {
    const stored = await Promise.all(snapshots.map((snapshot) => this.storedSnapshot(snapshot)));
    const to_tell = uncounted === null ? null : await this.stored(uncounted);
    await this.change("all", async (transaction, ledger) => {
      const registers = transaction.objectStore("registers");
      for (const snapshot of stored) await registers.put(snapshot);
      if (to_tell !== null) await transaction.objectStore("reference").put(to_tell, "uncounted");
      return { result: undefined, ledger: { ...ledger, ...known } };
    });
  }

  /** The registers with something acknowledged that their snapshots do not contain yet. */
  async unreflectedRegisters(): Promise<readonly string[]> {
    const { reflected } = await this.ledger();
    const rows = await this.connection.use((database) =>
      database.getAllFromIndex("outbox", "answer", IDBKeyRange.lowerBound(reflected, true)));
    return [...new Set(rows.filter((row) => row.about === undefined).map((row) => row.session_id))];
  }

  /** Those of the registers that are kept here. */
  async snapshots(session_ids: readonly string[]): Promise<ReadonlyMap<string, Snapshot>> {
    const found = await this.connection.use((database) => {
      const registers = database.transaction("registers").store;
      return Promise.all([...new Set(session_ids)].map((session_id) => registers.get(session_id)));
    });
    const opened = await openedSnapshots(this.seal, found.filter((snapshot) => snapshot !== undefined));
    return new Map(opened.map((snapshot) => [snapshot.session_id, snapshot]));
  }

  /** What is kept once; null: nothing is. */
  async reference<Name extends keyof Reference>(name: Name): Promise<Reference[Name] | null> {
    return referenceOf(this.seal, name, await this.connection.use((database) => database.get("reference", name)));
  }

  async keepReference<Name extends keyof Reference>(name: Name, value: Reference[Name]): Promise<void> {
    const stored = await this.stored(value);
    await this.connection.use((database) => database.put("reference", stored, name));
  }

  /** The keys of a sealed database, the one made last at the end; none of one that is not sealed. */
  async keys(): Promise<readonly KeptKey[]> {
    const keys = await this.connection.use((database) => database.getAll("keys"));
    this.known_keys = keys.sort((a, b) => (a.made_at < b.made_at ? -1 : 1));
    return this.known_keys;
  }

  keepKey(key: KeptKey): Promise<void> {
    this.known_keys = [...this.known_keys.filter((one) => one.id !== key.id), key];
    return this.connection.use(async (database) => void (await database.put("keys", key)));
  }

  /** How often the PIN was wrong; null: not since it was last right. */
  attempts(): Promise<Attempts | null> {
    return this.connection.use(async (database) => (await database.get("attempts", "attempts")) ?? null);
  }

  /** Null: the PIN was right. */
  keepAttempts(attempts: Attempts | null): Promise<void> {
    return this.connection.use(async (database) => {
      if (attempts === null) await database.delete("attempts", "attempts");
      else await database.put("attempts", attempts, "attempts");
    });
  }

  /**
   * Seals all commands with the key that seals now, those that were kept openly and those under the key that is given up,
   * which goes in the same transaction. Registers and what is kept once are read from the server anew.
   */
  async sealAll(given_up: string | null): Promise<void> {
    const { seal } = this;
    if (seal === null) throw new Error("there is no key to seal with");
    const all = await this.connection.use((database) => database.getAll("outbox"));
    const rows = all.filter((row) => !("sealed" in row) || row.sealed.key_id === given_up);
    const opened = await openedRows(seal, rows);
    if (opened.closed.length > 0) throw new Error("the key to give up is not at hand");
    const sealed = new Map(await Promise.all(opened.rows.map(async (row) => [row.seq, await seal.seal(row.command)] as const)));
    await this.forgetReadings();
    await this.change("all", async (transaction, ledger) => {
      const outbox = transaction.objectStore("outbox");
      for (const [seq, one] of sealed) {
        // What is known of it may have changed meanwhile; what it says cannot.
        const row = await outbox.get(seq);
        if (row !== undefined) await outbox.put(storedRow(row, one));
      }
      if (given_up !== null) await transaction.objectStore("keys").delete(given_up);
      return { result: undefined, ledger };
    });
  }

  ledger(): Promise<Ledger> {
    return this.connection.use(async (database) => (await database.get("ledger", "ledger")) ?? this.fresh());
  }

  /** Notes what was learnt from an answer. */
  note(learnt: Partial<Pick<Ledger, "last_heard_at" | "read_at" | "sample">>): Promise<void> {
    return this.change("outbox", (_transaction, ledger) =>
      Promise.resolve({ result: undefined, ledger: { ...ledger, ...learnt } }));
  }

  /** Removes what was kept for long enough: acknowledged commands, and registers before `registers_from`. */
  sweep(now_ms: number, registers_from: DateText): Promise<void> {
    return this.change("all", async (transaction, ledger) => {
      const outbox = transaction.objectStore("outbox");
      const acknowledged = await outbox.index("state").getAll("acknowledged");
      const expired = acknowledged.filter((row) => isExpired(row, now_ms) && row.answer <= ledger.reflected);
      const old = await transaction.objectStore("registers").index("date").getAllKeys(IDBKeyRange.upperBound(registers_from, true));
      await Promise.all([
        ...expired.map((row) => outbox.delete(row.seq)),
        ...old.map((session_id) => transaction.objectStore("registers").delete(session_id)),
      ]);
      // Of the days before, the device knows no longer what was taken.
      const is_shorter = ledger.read_from !== null && ledger.read_from < registers_from;
      return { result: undefined, ledger: is_shorter ? { ...ledger, read_from: registers_from } : ledger };
    });
  }

  /** Forgets names and registers. The outbox stays. */
  forgetReadings(): Promise<void> {
    return this.change("all", async (transaction, ledger) => {
      await Promise.all([transaction.objectStore("registers").clear(), transaction.objectStore("reference").clear()]);
      return { result: undefined, ledger: { ...ledger, read_to: null, read_from: null, read_at: null } };
    });
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** Deletes everything, the outbox too. Only a person may ask for this. */
  async destroy(): Promise<void> {
    await this.close();
    await deleteDB(personDatabase(this.person_id));
  }

  private async inState(state: "queued" | "attention"): Promise<OutboxRow[]> {
    this.known = await this.connection.use(async (database) => {
      const transaction = database.transaction(["outbox", "registers", "reference", "ledger"]);
      const ledger = (await transaction.objectStore("ledger").get("ledger")) ?? this.fresh();
      return withFound(await findRows(transaction, ledger, this.knownRows()), ledger, this.seal);
    });
    return [...this.known.rows.values()].filter((row) => row.state === state);
  }

  /** What was read under another key may lack what that one could not open. */
  private knownRows(): KnownRows | null {
    return this.known?.seal === this.seal ? this.known : null;
  }

  /** As it is to be kept. */
  async stored<T extends Reference[keyof Reference]>(value: T): Promise<PersonSchema["reference"]["value"]> {
    return this.seal === null ? value : { sealed: await this.seal.seal(value) };
  }

  /** As it is to be kept. */
  async storedSnapshot(snapshot: Snapshot): Promise<StoredSnapshot> {
    if (this.seal === null) return snapshot;
    const { session_id, date } = snapshot;
    return { session_id, date, sealed: await this.seal.seal(snapshot) };
  }

  private change<T>(
    scope: "outbox" | "all",
    work: (transaction: Writing, ledger: Ledger) => Promise<Change<T>>,
  ): Promise<T> {
    return this.connection.use((database) => change(database, scope, this.fresh, work));
  }
}

/** A row as it is kept: with what it says, or with that sealed. */
export function storedRow(row: StoredRow, sealed: Sealed | undefined): StoredRow {
  if (sealed === undefined) return row;
  const { command: _command, ...head } = row as RowHead & { command?: unknown };
  return { ...head, sealed };
}

async function putAll(transaction: Writing, rows: readonly StoredRow[]): Promise<void> {
  const outbox = transaction.objectStore("outbox");
  await Promise.all(rows.map((row) => outbox.put(row)));
}

