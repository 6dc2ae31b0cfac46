/** Reading a desk in one transaction, so that its parts belong together. */

import type { IDBPDatabase, IDBPTransaction } from "idb";
import type { DateText } from "../model.ts";
import type { Desk, Ledger } from "../core/desk.ts";
import type { KeptRoster } from "../core/roster.ts";
import { findRows, withFound, type KnownRows } from "./known_rows.ts";
import type { PersonSchema, Reference } from "./schema.ts";
import { openedOne, openedSnapshots, type Seal, type Sealed, type StoredSnapshot } from "./seal.ts";

/** Which snapshots the screens need: those of a day, and the register that is open. */
export interface Shown {
  readonly date: DateText | null;
  readonly session_id: string | null;
}

/** The same for the school as it is kept here; null: it is not, or is sealed. */
export type ShownOf = (roster: KeptRoster | null) => Shown;

type StoreName = "outbox" | "registers" | "reference" | "ledger";
type Reading = IDBPTransaction<PersonSchema, StoreName[], "readonly">;

/** All that the screens need to know, as one transaction finds it; of the rows those that are not `known`. What is sealed is opened after it, for nothing may be waited for within. */
export async function readDesk(
  database: IDBPDatabase<PersonSchema>,
  shown: ShownOf,
  fresh: () => Ledger,
  seal: Seal | null,
  known: KnownRows | null,
): Promise<{ readonly desk: Omit<Desk, "person">; readonly known: KnownRows }> {
  const stores: StoreName[] = ["outbox", "registers", "reference", "ledger"];
  const transaction = database.transaction(stores);
  const reference = transaction.objectStore("reference");
  const [kept, roster, conflicts, uncounted] = await Promise.all([
    transaction.objectStore("ledger").get("ledger"),
    reference.get("roster"),
    reference.get("conflicts"),
    reference.get("uncounted"),
  ]);
  const ledger = kept ?? fresh();
  const open = roster === undefined || "sealed" in roster ? null : (roster as KeptRoster);
  const [rows, snapshots] = await Promise.all([findRows(transaction, ledger, known), readSnapshots(transaction, shown(open))]);
  const [now_known, registers] = await Promise.all([withFound(rows, ledger, seal), openedSnapshots(seal, snapshots)]);
  const desk = {
    ledger,
    roster: await referenceOf(seal, "roster", roster),
    conflicts: (await referenceOf(seal, "conflicts", conflicts)) ?? [],
    uncounted: (await referenceOf(seal, "uncounted", uncounted)) ?? [],
    rows: now_known.rows,
    closed_rows: now_known.closed.length,
    snapshots: new Map(registers.map((snapshot) => [snapshot.session_id, snapshot])),
  };
  return { desk, known: now_known };
}

async function readSnapshots(transaction: Reading, shown: Shown): Promise<readonly StoredSnapshot[]> {
  const registers = transaction.objectStore("registers");
  const [of_day, open] = await Promise.all([
    shown.date === null ? [] : registers.index("date").getAll(shown.date),
    shown.session_id === null ? undefined : registers.get(shown.session_id),
  ]);
  return open === undefined ? of_day : [...of_day, open];
}

/** What is kept under a name; each name has its own kind of value. */
export async function referenceOf<Name extends keyof Reference>(
  seal: Seal | null,
  _name: Name,
  stored: PersonSchema["reference"]["value"] | undefined,
): Promise<Reference[Name] | null> {
  return stored === undefined ? null : openedOne<Reference[Name]>(seal, stored as Reference[Name] | { readonly sealed: Sealed });
}
