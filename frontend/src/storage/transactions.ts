/** The kinds of transactions on a person's database. */

import type { IDBPDatabase, IDBPTransaction } from "idb";
import type { Ledger } from "../core/desk.ts";
import type { PersonSchema } from "./schema.ts";

type StoreName = "outbox" | "registers" | "reference" | "ledger" | "keys";
/** A transaction that may write to everything. */
export type Writing = IDBPTransaction<PersonSchema, StoreName[], "readwrite">;

const ALL: StoreName[] = ["outbox", "registers", "reference", "ledger", "keys"];
const OUTBOX: StoreName[] = ["outbox", "ledger"];

/** Makes the stores of a new database, and only adds to an old one. */
export function createStores(database: IDBPDatabase<PersonSchema>, old_version: number): void {
  if (old_version < 1) createFirst(database);
  if (old_version < 2) {
    database.createObjectStore("keys", { keyPath: "id" });
    database.createObjectStore("attempts");
  }
}

function createFirst(database: IDBPDatabase<PersonSchema>): void {
  const outbox = database.createObjectStore("outbox", { keyPath: "seq" });
  outbox.createIndex("command_id", "command_id", { unique: true });
  outbox.createIndex("state", "state");
  outbox.createIndex("answer", "answer");
  database.createObjectStore("registers", { keyPath: "session_id" }).createIndex("date", "date");
  database.createObjectStore("reference");
  database.createObjectStore("ledger");
}

/** What a change leaves behind. */
export interface Change<T> {
  readonly result: T;
  readonly ledger: Ledger;
}

/**
 * One change: reads the ledger, does the work, writes the ledger, and resolves when the transaction is complete on the
 * disk, not when its requests succeeded: between the two a full device still takes everything back. If anything fails,
 * nothing has happened.
 */
export async function change<T>(
  database: IDBPDatabase<PersonSchema>,
  scope: "outbox" | "all",
  fresh: () => Ledger,
  work: (transaction: Writing, ledger: Ledger) => Promise<Change<T>>,
): Promise<T> {
  const stores = scope === "all" ? ALL : OUTBOX;
  const transaction = database.transaction(stores, "readwrite", { durability: "strict" });
  // Heard below; without this a failure of the work would leave the transaction's own failure unheard.
  transaction.done.catch(() => undefined);
  const ledger = (await transaction.objectStore("ledger").get("ledger")) ?? fresh();
  try {
    const done = await work(transaction, ledger);
    if (done.ledger !== ledger) transaction.objectStore("ledger").put(done.ledger, "ledger").catch(() => undefined);
    // All is asked for: the disk need not wait until this busy page has heard of each request.
    transaction.commit();
    await transaction.done;
    return done.result;
  } catch (error) {
    throw await firstCause(transaction, error);
  }
}

/** Why the transaction failed, which says more than the request that failed with it. */
async function firstCause(transaction: Writing, error: unknown): Promise<unknown> {
  try {
    transaction.abort();
  } catch {
    // It is over already.
  }
  const cause = transaction.error;
  return cause ?? error;
}
