/**
 * Browsers remove what an app keeps: when room runs short, or because somebody cleared the site's data. If that happens under
 * the open app, what it has in memory goes into the empty database in its place, so that nothing that is not sent is lost.
 */

import type { IDBPDatabase } from "idb";
import type { Desk, Ledger } from "../core/desk.ts";
import { storedRow, type PersonStore } from "./person.ts";
import type { PersonSchema, Reference } from "./schema.ts";
import type { StoredRow } from "./seal.ts";
import { change } from "./transactions.ts";

/** Writes all that `desk` has, and the keys of the store, into its database that is new. */
export async function refill(database: IDBPDatabase<PersonSchema>, desk: Desk, store: PersonStore): Promise<void> {
  const { ledger, roster, conflicts, uncounted } = desk;
  const { sealing, known_keys } = store;
  const rows = await Promise.all([...desk.rows.values()].map(async (row) => storedRow(row, await sealing?.seal(row.command))));
  const registers = await Promise.all([...desk.snapshots.values()].map((snapshot) => store.storedSnapshot(snapshot)));
  const read = await Promise.all(Object.entries({ roster, conflicts, uncounted }).map(async ([name, value]) =>
    value === null ? [] : [[name as keyof Reference, await store.stored(value)] as const]));
  await change(database, "all", () => ledger, async (transaction) => {
    for (const key of known_keys) await transaction.objectStore("keys").put(key);
    for (const row of rows) await transaction.objectStore("outbox").put(row);
    for (const register of registers) await transaction.objectStore("registers").put(register);
    for (const [name, value] of read.flat()) await transaction.objectStore("reference").put(value, name);
    return { result: undefined, ledger: goingOn(ledger, rows) };
  });
}

/** Numbers, ids and stamps go on where they were, and all registers are read from the server anew. */
function goingOn(ledger: Ledger, rows: readonly StoredRow[]): Ledger {
  const greatest = <T extends string | number>(known: T | null, more: readonly (T | null)[]): T | null =>
    more.reduce((one, other) => (other !== null && (one === null || other > one) ? other : one), known);
  return {
    ...ledger,
    last_seq: greatest(ledger.last_seq, rows.map((row) => row.seq)) ?? 0,
    last_command_id: greatest(ledger.last_command_id, rows.map((row) => row.command_id)),
    last_stamp: greatest(ledger.last_stamp, rows.map((row) => row.occurred_at)),
    read_to: null,
    read_from: null,
    read_at: null,
  };
}
