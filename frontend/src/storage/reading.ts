/** Reading a desk in one transaction, so that its parts belong together. */

import type { IDBPDatabase, IDBPTransaction } from "idb";
import type { DateText } from "../model.ts";
import type { OutboxRow } from "../core/command.ts";
import type { Desk, Ledger } from "../core/desk.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { HISTORY_LENGTH } from "../core/sync_view.ts";
import type { PersonSchema, Reference } from "./schema.ts";

/** Which snapshots the screens need: those of a day, and the register that is open. */
export interface Shown {
  readonly date: DateText | null;
  readonly session_id: string | null;
}

type StoreName = "outbox" | "registers" | "reference" | "ledger";
type Reading = IDBPTransaction<PersonSchema, StoreName[], "readonly">;

/** All that the screens need to know. */
export async function readDesk(
  database: IDBPDatabase<PersonSchema>,
  shown: Shown,
  fresh: () => Ledger,
): Promise<Omit<Desk, "person">> {
  const stores: StoreName[] = ["outbox", "registers", "reference", "ledger"];
  const transaction = database.transaction(stores);
  const ledger = (await transaction.objectStore("ledger").get("ledger")) ?? fresh();
  const reference = transaction.objectStore("reference");
  const [roster, conflicts, uncounted, rows, snapshots] = await Promise.all([
    referenceOf(reference, "roster"),
    referenceOf(reference, "conflicts"),
    referenceOf(reference, "uncounted"),
    readRows(transaction, ledger),
    readSnapshots(transaction, shown),
  ]);
  return {
    ledger,
    roster,
    conflicts: conflicts ?? [],
    uncounted: uncounted ?? [],
    rows: new Map(rows.map((row) => [row.seq, row])),
    snapshots: new Map(snapshots.map((snapshot) => [snapshot.session_id, snapshot])),
  };
}

async function readRows(transaction: Reading, ledger: Ledger): Promise<readonly OutboxRow[]> {
  const outbox = transaction.objectStore("outbox");
  const found = await Promise.all([
    outbox.index("state").getAll("queued"),
    outbox.index("state").getAll("attention"),
    outbox.index("answer").getAll(IDBKeyRange.lowerBound(ledger.reflected, true)),
    outbox.getAll(IDBKeyRange.lowerBound(ledger.last_seq - HISTORY_LENGTH, true)),
  ]);
  return found.flat();
}

async function readSnapshots(transaction: Reading, shown: Shown): Promise<readonly Snapshot[]> {
  const registers = transaction.objectStore("registers");
  const [of_day, open] = await Promise.all([
    shown.date === null ? [] : registers.index("date").getAll(shown.date),
    shown.session_id === null ? undefined : registers.get(shown.session_id),
  ]);
  return open === undefined ? of_day : [...of_day, open];
}

/** What is kept under a name; each name has its own kind of value. */
export async function referenceOf<Name extends keyof Reference>(
  reference: { get(name: keyof Reference): Promise<unknown> },
  name: Name,
): Promise<Reference[Name] | null> {
  return ((await reference.get(name)) as Reference[Name] | undefined) ?? null;
}
